"""From a spec and a pool to a list: who is in it, in which order, and what became of every wish.

Hard wishes of the brief are judged in `constraints/enforcement.py`; what it drops is never a candidate.
What it cannot check stands last: such tracks come in only when no list is found without them. The default cap
on one artist's tracks gives way after that; a cap that was said does not.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace

import numpy as np

from src.constraints.enforcement import Rules
from src.constraints.models.spec import PlaylistSpec
from src.playlists.models.result import PlaylistEntry, PlaylistResult
from src.playlists.solver.assignment import Assignment
from src.playlists.solver.attempts import Found, Search, attempt, is_ruled_out, lengths_of, nearest, searched
from src.playlists.solver.contours import energy_level
from src.playlists.solver.positions import admit, demands_of
from src.playlists.solver.problem import Problem, capped, eligible_set, pose
from src.playlists.solver.relaxations import NO_RELAXATIONS, relaxations_of
from src.playlists.solver.search import ROUNDS
from src.playlists.solver.verdicts import aims_of, constraints_of, notes_of, without_length
from src.retrieval.pool import PoolTrack

SOLVER = "local search, HiGHS"
# What the default cap on one artist's tracks is loosened to, in turn.
_LOOSER_CAPS = (3, 4, 6, 10, 25)

# Numbers of tracks at which the nearest list is looked for once it is known that none obeys.
_NEAREST_TRIES = 3

type ReasonOf = Callable[[PoolTrack, int], str]


def solve(
    spec: PlaylistSpec,
    pool: Sequence[PoolTrack],
    rules: Rules,
    *,
    seed: int,
    time_limit_s: float,
    pinned: Mapping[int, str] | None = None,
    reason_of: ReasonOf = lambda _candidate, _position: "",
    clock: Callable[[], float] = time.monotonic,
) -> PlaylistResult:
    """The list that a spec asks for, or the nearest one with what to relax.

    Args:
        spec: what the list is to be.
        pool: the candidates; a track twice counts once.
        rules: what binds, from the brief of the spec.
        seed: the same one gives the same list.
        time_limit_s: when it ends, the best so far is taken and the notes say so.
        pinned: track ids that must stand at these positions, from 1; negative ones count from the end.
        reason_of: words for a candidate at a position.
        clock: seconds that only go forward.
    """
    began = clock()
    titles = {candidate.track["id"]: candidate.track["title"] for candidate in pool}
    demands = demands_of(spec, rules.binding.constraints, pinned or {}, titles)
    musts = [demand.track_id for demand in demands if demand.track_id is not None]
    # Whom the listener names for a place is wanted, a cover and a track of an earlier answer included.
    rules = replace(rules, wanted_ids=rules.wanted_ids | frozenset(musts))
    eligible = eligible_set(pool, rules)
    cap = _said_cap(rules)
    problem = pose(spec, eligible.candidates, eligible.unchecked, rules, musts=musts if cap is None else ())
    kept_out = {drop.track["id"]: drop.detail for drop in eligible.drops}
    admitted, refused = admit(demands, problem, kept_out, cap)
    lengths, tries = lengths_of(spec, rules, problem, admitted)
    search = Search(tuple(admitted), lengths, tries, seed, lambda: time_limit_s - (clock() - began))
    found, proven = _first_that_obeys(problem, search, musts, cap, rules)
    if found.violations.none:
        found = _polished(found, search)
    refusals = [*refused, *found.refused]
    short = len(found.sequence) < lengths.low
    complete = found.violations.none and not refusals and not short
    proven = not complete and (proven or bool(refused) or lengths.clash)
    untold = sum("duration_ms" not in candidate.track for candidate in eligible.candidates)
    if not complete and "duration_s" in spec and untold and 2 * untold >= len(eligible.candidates):
        plain = copy(spec)
        del plain["duration_s"]
        left = search.time_left()
        other = solve(
            plain, pool, rules, seed=seed, time_limit_s=left, pinned=pinned, reason_of=reason_of, clock=clock
        )
        return without_length(other, spec["duration_s"], untold, proven=proven)
    relaxations = NO_RELAXATIONS if complete else relaxations_of(spec, pool, found, search, rules, refusals)
    entries = _entries(found, pinned or {}, reason_of)
    result: PlaylistResult = {
        "status": "complete" if complete else "nearest",
        "entries": entries,
        "duration_s": round(float(found.problem.seconds[found.sequence].sum()), 3),
        "unknown_durations": int((found.problem.seconds[found.sequence] == 0).sum()),
        "constraints": constraints_of(spec, found, rules, eligible.drops, demands, refusals),
        "aims": aims_of(found),
        "offers": list(relaxations.relaxations),
        "notes": [
            *notes_of(spec, found, eligible, rules, out_of_time=not search.has_time()),
            *relaxations.notes,
        ],
        "solver": SOLVER,
        "proven": proven,
        "solve_ms": round((clock() - began) * 1000, 1),
        "seed": seed,
    }
    return result


def _said_cap(rules: Rules) -> int | None:
    said = [
        constraint
        for constraint in rules.binding.constraints
        if constraint["kind"] == "per_artist" and constraint["hard"]
    ]
    return rules.artist_cap if said else None


def _first_that_obeys(
    problem: Problem, search: Search, musts: Sequence[str], cap: int | None, rules: Rules
) -> tuple[Found, bool]:
    """The list of the strictest problem that has one; else the nearest list, and whether none is proven."""
    problems = [problem]
    if problem.unchecked.any():
        must_be = np.zeros(len(problem.candidates), dtype=bool)
        must_be[[item.index for item in search.admitted]] = True
        checked = problem.usable & (~problem.unchecked | must_be)
        problems.insert(0, replace(problem, usable=checked))
    if cap is None:
        looser = [number for number in (*_LOOSER_CAPS, len(problem.candidates)) if number > rules.artist_cap]
        problems += [capped(problem, number, musts) for number in looser]
    loosest = problems[-1]
    best: Found | None = None
    if problem.selectable() >= search.lengths.low and not search.lengths.impossible:
        best = nearest(problems[0], search, tries=1)
        if _obeys(best, search):
            return best, False
    if is_ruled_out(loosest, search):
        return nearest(loosest, search, tries=_NEAREST_TRIES), True
    proven = False
    for posed in problems:
        if best is not None and not search.has_time():
            break
        found, proven = attempt(posed, search)
        if found is not None and _obeys(found, search):
            return found, False
        if found is not None and (best is None or found.cost < best.cost):
            best = found
    return (best, proven) if best is not None else (nearest(loosest, search), proven)


def _obeys(found: Found, search: Search) -> bool:
    return found.violations.none and len(found.sequence) >= search.lengths.low


def _polished(found: Found, search: Search) -> Found:
    """The long search, from a list that obeys."""
    assignment = Assignment(found.problem, found.frame)
    better = searched(assignment, found.sequence, search, found.refused, ROUNDS)
    return better if better.violations.none else found


def _entries(found: Found, pinned: Mapping[int, str], reason_of: ReasonOf) -> list[PlaylistEntry]:
    count = len(found.sequence)
    pins = {position - 1 if position > 0 else count + position: id_ for position, id_ in pinned.items()}
    entries: list[PlaylistEntry] = []
    for place, index in enumerate(found.sequence.tolist()):
        candidate = found.problem.candidates[index]
        entry: PlaylistEntry = {
            "position": place + 1,
            "track": candidate.track,
            "reason": reason_of(candidate, place + 1),
            "pinned": pins.get(place) == candidate.track["id"],
        }
        if (level := energy_level(candidate.track)) is not None:
            entry["energy"], entry["energy_source"] = level
        entries.append(entry)
    return entries
