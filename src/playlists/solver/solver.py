"""From a spec and a pool to a list: its tracks, their order, and the verdict on every constraint.

`constraints/enforcement.py` judges the hard constraints of the brief; a track that it drops is never a
candidate. Tracks that it cannot check are used only when no list is found without them. After that the
default cap on one artist's tracks is loosened; a cap that was asked for is not.
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
from src.playlists.solver.attempts import (
    FoundList,
    Search,
    attempt,
    caps_artists,
    is_ruled_out,
    lengths_of,
    nearest,
    searched,
)
from src.playlists.solver.contours import energy_level
from src.playlists.solver.positions import admit, demands_of
from src.playlists.solver.problem import Problem, capped, eligible_set, pose
from src.playlists.solver.relaxations import NO_RELAXATIONS, relaxations_of
from src.playlists.solver.search import ROUNDS
from src.playlists.solver.verdicts import aims_of, constraints_of, notes_of, without_length
from src.retrieval.pool import PoolTrack

SOLVER = "local search, HiGHS"
# The caps on one artist's tracks that replace the default one, in turn.
_LOOSER_CAPS = (3, 4, 6, 10, 25)
# Numbers of tracks at which the nearest list is looked for once it is proven that none is possible.
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
        pool: the candidates; a repeated track counts once.
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
    # A track that the listener places is wanted, even if it is a cover or was in an earlier answer.
    rules = replace(rules, wanted_ids=rules.wanted_ids | frozenset(musts))
    eligible = eligible_set(pool, rules)
    cap = rules.artist_cap if caps_artists(rules) else None
    problem = pose(spec, eligible.candidates, eligible.unchecked, rules, musts=musts if cap is None else ())
    dropped = {drop.track["id"]: drop.detail for drop in eligible.drops}
    admitted, refused = admit(demands, problem, dropped, cap)
    lengths, tries = lengths_of(spec, rules, problem, admitted)
    search = Search(tuple(admitted), lengths, tries, seed, lambda: time_limit_s - (clock() - began))
    found, proven = _strictest(problem, search, musts, cap, rules)
    if found.violations.none:
        found = _polished(found, search)
    refusals = [*refused, *found.refused]
    complete = search.is_met_by(found) and not refusals
    proven = not complete and (proven or bool(refused) or lengths.clash)
    untimed = sum("duration_ms" not in candidate.track for candidate in eligible.candidates)
    if not complete and "duration_s" in spec and untimed and 2 * untimed >= len(eligible.candidates):
        any_length = copy(spec)
        del any_length["duration_s"]
        other = solve(
            any_length,
            pool,
            rules,
            seed=seed,
            time_limit_s=search.time_left(),
            pinned=pinned,
            reason_of=reason_of,
            clock=clock,
        )
        return without_length(other, spec["duration_s"], untimed, proven=proven)
    relaxations = NO_RELAXATIONS if complete else relaxations_of(spec, pool, found, search, rules, refusals)
    seconds = found.problem.seconds[found.sequence]
    return {
        "status": "complete" if complete else "nearest",
        "entries": _entries(found, pinned or {}, reason_of),
        "duration_s": round(float(seconds.sum()), 3),
        "unknown_durations": int((seconds == 0).sum()),
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


def _strictest(
    problem: Problem, search: Search, musts: Sequence[str], cap: int | None, rules: Rules
) -> tuple[FoundList, bool]:
    """The list of the strictest problem that has one; else the nearest list, and whether it is proven that
    none has.
    """
    problems = [problem]
    if problem.unchecked.any():
        required = np.zeros(len(problem.candidates), dtype=bool)
        required[[item.index for item in search.admitted]] = True
        problems.insert(0, replace(problem, usable=problem.usable & (~problem.unchecked | required)))
    if cap is None:
        looser = [number for number in (*_LOOSER_CAPS, len(problem.candidates)) if number > rules.artist_cap]
        problems += [capped(problem, number, musts) for number in looser]
    loosest = problems[-1]
    best: FoundList | None = None
    if problem.selectable() >= search.lengths.low and not search.lengths.impossible:
        best = nearest(problems[0], search, tries=1)
        if search.is_met_by(best):
            return best, False
    if is_ruled_out(loosest, search):
        return nearest(loosest, search, tries=_NEAREST_TRIES), True
    proven = False
    for each in problems:
        if best is not None and not search.has_time():
            break
        found, proven = attempt(each, search)
        if found is None:
            continue
        if search.is_met_by(found):
            return found, False
        if best is None or found.cost < best.cost:
            best = found
    return (best, proven) if best is not None else (nearest(loosest, search), proven)


def _polished(found: FoundList, search: Search) -> FoundList:
    """The long search, from a list without violations."""
    assignment = Assignment(found.problem, found.frame)
    better = searched(assignment, found.sequence, search, found.refused, ROUNDS)
    return better if better.violations.none else found


def _entries(found: FoundList, pinned: Mapping[int, str], reason_of: ReasonOf) -> list[PlaylistEntry]:
    count = len(found.sequence)
    pins = {position if position > 0 else count + 1 + position: id_ for position, id_ in pinned.items()}
    entries: list[PlaylistEntry] = []
    for position, index in enumerate(found.sequence.tolist(), start=1):
        candidate = found.problem.candidates[index]
        entry: PlaylistEntry = {
            "position": position,
            "track": candidate.track,
            "reason": reason_of(candidate, position),
            "pinned": pins.get(position) == candidate.track["id"],
        }
        if (level := energy_level(candidate.track)) is not None:
            entry["energy"], entry["energy_source"] = level
        entries.append(entry)
    return entries
