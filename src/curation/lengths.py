"""How many tracks a list may have, and which numbers are worth trying first."""

from collections.abc import Sequence

import numpy as np

from src.curation.places import Admitted, frame_at
from src.curation.problem import Problem
from src.curation.proofs import Lengths
from src.playlists.models.spec import MAX_TRACKS, PlaylistSpec
from src.wishes.enforce import Rules

DEFAULT_TRACKS = 25
# Numbers of tracks that are tried before a program is asked.
_TRIES = 7


def asked_count(spec: PlaylistSpec, rules: Rules) -> int | None:
    """The number of tracks that was said: the spec's own before one in the brief."""
    if "tracks" in spec:
        return spec["tracks"]
    counts = [wish["count"] for wish in rules.binding.wishes if wish["kind"] == "count" and wish["hard"]]
    return min(counts) if counts else None


def lengths_of(
    spec: PlaylistSpec, rules: Rules, problem: Problem, admitted: Sequence[Admitted]
) -> tuple[Lengths, tuple[int, ...]]:
    """The least and the most tracks, and the numbers to try in order, those without clashing places first."""
    count = asked_count(spec, rules)
    if count is not None:
        return Lengths(count, count, clash=_clashes(admitted, count) > 0), (count,)
    positions = [abs(item.demand.position or 0) for item in admitted]
    least = max(1, len(admitted), *positions)
    if problem.duration_s is None:
        most = max(least, min(problem.selectable(), MAX_TRACKS))
        likeliest = DEFAULT_TRACKS
    else:
        seconds = np.sort(problem.seconds[problem.usable])
        up, down = np.cumsum(seconds), np.cumsum(seconds[::-1])
        least = max(least, 1 + int((down < problem.duration_s - problem.tolerance_s).sum()))
        most = min(MAX_TRACKS, int((up <= problem.duration_s + problem.tolerance_s).sum()))
        likeliest = round(problem.duration_s / _typical(problem))
    if least > most:
        # The nearest list is as long as can be, or as short.
        nearest = max(1, most, len(admitted))
        return Lengths(nearest, nearest, impossible=True), (nearest,)
    numbers = range(least, most + 1)
    clashes = {number: _clashes(admitted, number) for number in numbers}
    tries = sorted(numbers, key=lambda number: (clashes[number], abs(number - likeliest), number))
    return Lengths(least, most, clash=min(clashes.values()) > 0), tuple(tries[:_TRIES])


def _clashes(admitted: Sequence[Admitted], count: int) -> int:
    """How many places cannot be had in a list of so many tracks."""
    return len(frame_at(admitted, count)[1]) if admitted else 0


def _typical(problem: Problem) -> float:
    """The median length of the tracks that fit best."""
    usable = np.flatnonzero(problem.usable)
    if not usable.size:
        return 240.0
    best = usable[np.argsort(-problem.merit[usable], kind="stable")][:200]
    return float(np.median(problem.seconds[best]))
