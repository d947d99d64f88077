"""What a list violates of the hard demands, counted from the list itself rather than from running sums."""

from dataclasses import dataclass

from src.playlists.solver.assignment import SECONDS_ROUNDING, inversions
from src.playlists.solver.problem import Numbers, Problem


@dataclass(frozen=True, slots=True)
class Violations:
    """Seconds beyond the tolerance, pairs of one artist too near, neighbours out of order by year, and of
    each hard quota how many tracks are missing or too many.
    """

    seconds: float
    spacing: int
    order: int
    quotas: tuple[int, ...]

    @property
    def none(self) -> bool:
        """Whether nothing is violated."""
        return not (self.seconds or self.spacing or self.order or any(self.quotas))


def violations_of(problem: Problem, sequence: Numbers) -> Violations:
    """What the list violates."""
    over = 0.0
    if problem.duration_s is not None:
        off = abs(float(problem.seconds[sequence].sum()) - problem.duration_s) - problem.tolerance_s
        over = off if off > SECONDS_ROUNDING else 0.0
    return Violations(
        seconds=over,
        spacing=sum(gap < problem.spacing for gap in gaps(problem, sequence)),
        order=inversions(problem, sequence),
        quotas=tuple(
            quota_missed(problem, number, sequence) if goal.quota["hard"] else 0
            for number, goal in enumerate(problem.quotas)
        ),
    )


def gaps(problem: Problem, sequence: Numbers) -> list[int]:
    """How many tracks lie between each track and the next one by the same artist."""
    last: dict[int, int] = {}
    found: list[int] = []
    for position, artist in enumerate(problem.artist[sequence].tolist()):
        if artist in last:
            found.append(position - last[artist] - 1)
        last[artist] = position
    return found


def quota_count(problem: Problem, number: int, sequence: Numbers) -> tuple[int, int, int]:
    """Of a quota: its members in the list, those of unknown membership, and the tracks it is of."""
    goal = problem.quotas[number]
    part = goal.part(sequence)
    return int(goal.members[part].sum()), int(goal.unknown[part].sum()), len(part)


def quota_missed(problem: Problem, number: int, sequence: Numbers) -> int:
    """How many members a quota has too few or too many; above 0 for every list where its bounds cross."""
    members, _, size = quota_count(problem, number, sequence)
    low, high = problem.quotas[number].bounds(size)
    return max(0, low - members, members - high)
