"""How long to wait before a call that leaves the mesh is tried again."""

_FIRST_BOUND_S = 0.5
_LAST_BOUND_S = 8.0


def backoff_s(attempt: int, chance: float) -> float:
    """Seconds to wait after failed attempt number `attempt` (from 1).

    Full jitter over a bound that doubles: `chance`, 0 to 1, picks the point below the bound.
    """
    return chance * min(_LAST_BOUND_S, _FIRST_BOUND_S * 2.0 ** (attempt - 1))
