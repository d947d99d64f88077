"""What a list breaks of the hard demands, counted anew from the list itself."""

from dataclasses import dataclass

from src.playlists.solver.assignment import SECONDS_ROUNDING, inversions
from src.playlists.solver.problem import Numbers, Problem, half_size


@dataclass(frozen=True, slots=True)
class Violations:
    """Seconds beyond the tolerance, pairs of one artist too near, neighbours out of order by year, and of
    each hard share how many tracks are missing or too many.
    """

    seconds: float
    spacing: int
    order: int
    quotas: tuple[int, ...]

    @property
    def none(self) -> bool:
        """Whether the list obeys."""
        return not (self.seconds or self.spacing or self.order or any(self.quotas))


def violations_of(problem: Problem, sequence: Numbers) -> Violations:
    """What the list breaks."""
    over = 0.0
    if problem.duration_s is not None:
        off = abs(float(problem.seconds[sequence].sum()) - problem.duration_s) - problem.tolerance_s
        over = off if off > SECONDS_ROUNDING else 0.0
    return Violations(
        seconds=over,
        spacing=sum(gap < problem.spacing for gap in gaps(problem, sequence)),
        order=inversions(problem, sequence),
        quotas=tuple(_missed(problem, number, sequence) for number in range(len(problem.quotas))),
    )


def gaps(problem: Problem, sequence: Numbers) -> list[int]:
    """How many tracks stand between each two that follow each other of one artist."""
    last: dict[int, int] = {}
    found: list[int] = []
    for place, artist in enumerate(problem.artist[sequence].tolist()):
        if artist in last:
            found.append(place - last[artist] - 1)
        last[artist] = place
    return found


def share_count(problem: Problem, number: int, sequence: Numbers) -> tuple[int, int, int]:
    """Of a share: its members in the list, those that may be, and the tracks that it is a share of."""
    share = problem.quotas[number]
    half = share.constraint.get("half")
    size = half_size(half, len(sequence))
    part = sequence[:size] if half != "second" else sequence[len(sequence) - size :]
    return int(share.members[part].sum()), int(share.unknown[part].sum()), size


def _missed(problem: Problem, number: int, sequence: Numbers) -> int:
    share = problem.quotas[number]
    if not share.constraint["hard"]:
        return 0
    members, _, size = share_count(problem, number, sequence)
    low, high = share.bounds(size)
    # No number lies between bounds that cross.
    return max(0, low - members, members - high)
