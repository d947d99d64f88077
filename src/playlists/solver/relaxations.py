"""The relaxations that make an impossible list possible: each demand is relaxed alone, with what it becomes.

Every relaxation has been tried: there is a list that meets all the other demands.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from src.constraints.describe import (
    describe,
    length_in_words,
    number_of_tracks,
    quota_in_words,
    spacing_in_words,
)
from src.constraints.enforcement import Rules, is_checkable
from src.constraints.models.spec import MAX_TRACKS, PlaylistSpec
from src.playlists.models.result import Relaxation
from src.playlists.solver.assignment import RELAXED, Weights
from src.playlists.solver.attempts import FoundList, Search, attempt, caps_artists, from_choice, quick
from src.playlists.solver.positions import Admitted, RefusedDemand, frame_at
from src.playlists.solver.problem import capped, eligible_set, pose
from src.playlists.solver.proofs import Lengths, choose
from src.playlists.solver.violations import gaps, quota_count
from src.retrieval.pool import PoolTrack

# Placements and constraints that are left out in turn, and caps that are tried.
_MAX_TRIED = 8


@dataclass(frozen=True, slots=True)
class Relaxations:
    """What to relax, and notes on how the relaxations combine."""

    relaxations: tuple[Relaxation, ...]
    notes: tuple[str, ...]


NO_RELAXATIONS = Relaxations((), ())
_ANY_ORDER: Relaxation = {"relax": "sorted by year", "to": "any order"}
_ANY = "Any one of these changes makes the list possible."
_ALL = "These changes have to be made together."


def relaxations_of(
    spec: PlaylistSpec,
    pool: Sequence[PoolTrack],
    found: FoundList,
    search: Search,
    rules: Rules,
    refusals: Sequence[RefusedDemand],
) -> Relaxations:
    """The relaxations for a list that violates something.

    Args:
        pool: all candidates, those included that a hard constraint drops.
        found: the nearest list.
        search: its demands and limits.
        rules: the hard constraints.
        refusals: demands that contradict something; each has its own relaxation.
    """
    refused = _distinct(refusal.relaxation for refusal in refusals)
    is_short = len(found.sequence) < search.lengths.low
    if found.violations.none and not is_short:
        return Relaxations(refused, (_ALL,) if len(refused) > 1 else ())
    single = _distinct(_single(spec, pool, found, search, rules))
    if single:
        return Relaxations((*refused, *single), (_ANY,) if len(single) > 1 and not refused else ())
    nearest = (*refused, *_nearest(spec, found, search))
    return Relaxations(nearest, (_ALL,) if len(nearest) > 1 else ())


def _distinct(relaxations: Iterable[Relaxation]) -> tuple[Relaxation, ...]:
    return tuple({(relaxation["relax"], relaxation["to"]): relaxation for relaxation in relaxations}.values())


def _single(
    spec: PlaylistSpec, pool: Sequence[PoolTrack], found: FoundList, search: Search, rules: Rules
) -> Iterator[Relaxation]:
    """One demand relaxed at a time, with all others met."""
    attempts: list[Callable[[], Iterator[Relaxation]]] = [
        lambda: _other_count(found, search),
        lambda: _other_length(found, search),
        lambda: _other_spacing(found, search),
        lambda: _other_order(spec, found, search),
        lambda: _other_quotas(found, search),
        lambda: _other_cap(found, search, rules),
        lambda: _without_placements(found, search),
        lambda: _without_constraints(spec, pool, found, search, rules),
    ]
    for relaxations in attempts:
        if search.has_time():
            yield from relaxations()


def _other_count(found: FoundList, search: Search) -> Iterator[Relaxation]:
    asked = search.lengths.low
    if search.lengths.high != asked:
        return
    problem = found.problem
    lengths = Lengths(max(1, len(search.admitted)), min(problem.selectable(), MAX_TRACKS))
    if lengths.low > lengths.high:
        return
    frame, _ = frame_at(search.admitted, lengths.low)
    choice = choose(problem, frame, lengths, search.time_left(), nearest_to=asked)
    if choice.state == "possible" and len(choice.chosen) != asked:
        other = from_choice(problem, search, choice)
        if other.violations.none and not other.refused:
            yield {"relax": number_of_tracks(asked), "to": number_of_tracks(len(other.sequence))}


def _relaxed(found: FoundList, search: Search, weights: Weights) -> FoundList | None:
    """A list of as many tracks with other weights; None where these are too few."""
    if len(found.sequence) < search.lengths.low:
        return None
    return quick(found.problem, search, len(found.sequence), weights, found.sequence)


def _other_length(found: FoundList, search: Search) -> Iterator[Relaxation]:
    asked = found.problem.duration_s
    if asked is None:
        return
    other = _relaxed(found, search, Weights(duration=RELAXED))
    if other is not None and replace(other.violations, seconds=0.0).none and not other.violations.none:
        yield _length(other, asked)


def _other_spacing(found: FoundList, search: Search) -> Iterator[Relaxation]:
    """The widest spacing that a list can have, by bisection: it then has every narrower one as well."""
    asked = found.problem.spacing
    widest, low, high = None, 0, asked - 1
    while low <= high and search.has_time():
        between = (low + high) // 2
        other, _ = attempt(replace(found.problem, spacing=between), search)
        if search.is_met_by(other):
            widest, low = between, between + 1
        else:
            high = between - 1
    if widest is not None:
        yield {"relax": spacing_in_words(asked), "to": spacing_in_words(widest)}


def _other_order(spec: PlaylistSpec, found: FoundList, search: Search) -> Iterator[Relaxation]:
    if "order" not in spec:
        return
    other = _relaxed(found, search, Weights(order=0.0))
    if other is not None and replace(other.violations, order=0).none and not other.violations.none:
        yield _ANY_ORDER


def _other_quotas(found: FoundList, search: Search) -> Iterator[Relaxation]:
    for number, goal in enumerate(found.problem.quotas):
        if not goal.quota["hard"] or not search.has_time():
            continue
        other = _relaxed(found, search, Weights(relaxed_quota=number))
        if other is None:
            return
        others = tuple(0 if at == number else missed for at, missed in enumerate(other.violations.quotas))
        if replace(other.violations, quotas=others).none and not other.violations.none:
            yield _quota(other, number)


def _other_cap(found: FoundList, search: Search, rules: Rules) -> Iterator[Relaxation]:
    if not caps_artists(rules):
        return
    for cap in range(rules.artist_cap + 1, rules.artist_cap + 1 + _MAX_TRIED):
        looser = capped(found.problem, cap)
        if looser.selectable() >= search.lengths.low and search.has_time():
            other, _ = attempt(looser, search)
            if search.is_met_by(other):
                yield {
                    "relax": f"at most {rules.artist_cap} by one artist",
                    "to": f"at most {cap} by one artist",
                }
                return


def _without_placements(found: FoundList, search: Search) -> Iterator[Relaxation]:
    for item in search.admitted[:_MAX_TRIED]:
        for relaxation, others in _looser_placement(item, search.admitted):
            if not search.has_time():
                return
            other, _ = attempt(found.problem, replace(search, admitted=others))
            if search.is_met_by(other):
                yield relaxation
                break


def _looser_placement(
    item: Admitted, admitted: Sequence[Admitted]
) -> Iterator[tuple[Relaxation, tuple[Admitted, ...]]]:
    """The track at another position, then no track, each with the demands that are left."""
    if item.demand.position is not None:
        anywhere = Admitted(replace(item.demand, position=None), item.index)
        moved = tuple(anywhere if other is item else other for other in admitted)
        yield {"relax": item.demand.at_position, "to": "another position"}, moved
    without: Relaxation = {"relax": item.demand.name, "to": "leave it out"}
    yield without, tuple(other for other in admitted if other is not item)


def _without_constraints(
    spec: PlaylistSpec, pool: Sequence[PoolTrack], found: FoundList, search: Search, rules: Rules
) -> Iterator[Relaxation]:
    for group in [group for group in rules.groups if is_checkable(group)][:_MAX_TRIED]:
        if not search.has_time():
            return
        looser = replace(rules, groups=tuple(other for other in rules.groups if other is not group))
        eligible = eligible_set(pool, looser)
        more = len(eligible.candidates) - len(found.problem.candidates)
        if more <= 0:
            continue
        problem = pose(spec, eligible.candidates, eligible.unchecked, looser, musts=())
        index_of = {candidate.track["id"]: index for index, candidate in enumerate(problem.candidates)}
        admitted = tuple(
            Admitted(item.demand, index_of[found.problem.candidates[item.index].track["id"]])
            for item in search.admitted
        )
        if not caps_artists(rules):
            problem = capped(problem, len(problem.candidates))
        other, _ = attempt(problem, replace(search, admitted=admitted))
        if search.is_met_by(other):
            words = " or ".join(describe(constraint) for constraint in group)
            yield {"relax": words, "to": f"leave it out: {number_of_tracks(more)} more fit the rest"}


def _nearest(spec: PlaylistSpec, found: FoundList, search: Search) -> Iterator[Relaxation]:
    """What the nearest list has in place of each demand that it violates."""
    problem, violations, sequence = found.problem, found.violations, found.sequence
    asked = search.lengths.low
    if len(sequence) < asked and search.lengths.high == asked:
        yield {"relax": number_of_tracks(asked), "to": number_of_tracks(len(sequence))}
    if violations.seconds and problem.duration_s is not None:
        yield _length(found, problem.duration_s)
    if violations.spacing:
        nearest = min(gaps(problem, sequence))
        yield {"relax": spacing_in_words(problem.spacing), "to": spacing_in_words(nearest)}
    if violations.order and "order" in spec:
        yield _ANY_ORDER
    yield from (_quota(found, number) for number, missed in enumerate(violations.quotas) if missed)


def _length(found: FoundList, asked: float) -> Relaxation:
    seconds = float(found.problem.seconds[found.sequence].sum())
    return {"relax": f"a length of {length_in_words(asked)}", "to": length_in_words(seconds)}


def _quota(found: FoundList, number: int) -> Relaxation:
    members, _, size = quota_count(found.problem, number, found.sequence)
    return {"relax": quota_in_words(found.problem.quotas[number].quota), "to": f"{members} of {size}"}
