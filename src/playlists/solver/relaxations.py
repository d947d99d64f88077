"""What would make an impossible list possible: each demand is relaxed by itself, and what it comes to said.

Every offer has been tried: there is a list that meets everything else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from src.constraints.describe import (
    describe,
    length_in_words,
    number_of_tracks,
    share_in_words,
    spacing_in_words,
)
from src.constraints.enforcement import Rules, is_checkable
from src.constraints.models.spec import MAX_TRACKS, PlaylistSpec
from src.playlists.models.result import Relaxation
from src.playlists.solver.assignment import RELAXED, Weights
from src.playlists.solver.attempts import Found, Search, attempt, from_choice, quick
from src.playlists.solver.positions import Admitted, Refusal, frame_at, where
from src.playlists.solver.problem import Problem, capped, eligible_set, pose
from src.playlists.solver.proofs import Lengths, choose
from src.playlists.solver.violations import gaps, share_count
from src.retrieval.pool import PoolTrack

# Places and wishes that are left out in turn, and caps that are tried.
_MAX_TRIED = 8


@dataclass(frozen=True, slots=True)
class Relaxations:
    """What to relax, and how the offers go together."""

    relaxations: tuple[Relaxation, ...]
    notes: tuple[str, ...]


NO_RELAXATIONS = Relaxations((), ())
_ANY = "Any one of the offers makes the list possible."
_ALL = "The offers have to be taken together."


def relaxations_of(
    spec: PlaylistSpec,
    pool: Sequence[PoolTrack],
    found: Found,
    search: Search,
    rules: Rules,
    refusals: Sequence[Refusal],
) -> Relaxations:
    """The offers for a list that breaks something.

    Args:
        spec: what was asked.
        pool: everybody, those included that a hard wish keeps out.
        found: the nearest list.
        search: its demands and limits.
        rules: the hard wishes.
        refusals: places that contradict something; each brings its own offer.
    """
    refused = tuple(_unlike(refusal.relaxation for refusal in refusals))
    is_short = len(found.sequence) < search.lengths.low
    if found.violations.none and not is_short:
        return Relaxations(refused, (_ALL,) if len(refused) > 1 else ())
    single = tuple(_unlike(_single(spec, pool, found, search, rules)))
    if single:
        return Relaxations((*refused, *single), (_ANY,) if len(single) > 1 and not refused else ())
    witness = (*refused, *_witness(spec, found, search))
    return Relaxations(witness, (_ALL,) if len(witness) > 1 else ())


def _unlike(relaxations: Iterator[Relaxation]) -> list[Relaxation]:
    kept: list[Relaxation] = []
    for relaxation in relaxations:
        if relaxation not in kept:
            kept.append(relaxation)
    return kept


def _single(
    spec: PlaylistSpec, pool: Sequence[PoolTrack], found: Found, search: Search, rules: Rules
) -> Iterator[Relaxation]:
    """One demand relaxed at a time, with everything else met."""
    tried: list[Callable[[], Iterator[Relaxation]]] = [
        lambda: _other_count(found, search),
        lambda: _other_length(found, search),
        lambda: _other_spacing(found, search),
        lambda: _other_order(spec, found, search),
        lambda: _other_shares(found, search),
        lambda: _other_cap(found, search, rules),
        lambda: _without_places(found, search),
        lambda: _without_constraints(spec, pool, found, search, rules),
    ]
    for try_it in tried:
        if search.has_time():
            yield from try_it()


def _obeys(found: Found | None, search: Search) -> bool:
    return found is not None and found.violations.none and len(found.sequence) >= search.lengths.low


def _other_count(found: Found, search: Search) -> Iterator[Relaxation]:
    asked = search.lengths.low
    if search.lengths.high != asked:
        return
    problem = found.problem
    least = max(1, len(search.admitted))
    most = min(problem.selectable(), MAX_TRACKS)
    if least > most:
        return
    lengths = Lengths(least, most)
    frame, _ = frame_at(search.admitted, least)
    choice = choose(problem, frame, lengths, search.time_left(), nearest_to=asked)
    if choice.state == "possible" and len(choice.chosen) != asked:
        other = from_choice(problem, search, choice)
        if other.violations.none and not other.refused:
            yield {"relax": number_of_tracks(asked), "to": number_of_tracks(len(other.sequence))}


def _relaxed(found: Found, search: Search, weights: Weights) -> Found | None:
    if len(found.sequence) < search.lengths.low:
        return None
    return quick(found.problem, search, len(found.sequence), weights, found.sequence)


def _other_length(found: Found, search: Search) -> Iterator[Relaxation]:
    asked = found.problem.duration_s
    if asked is None:
        return
    other = _relaxed(found, search, Weights(duration=RELAXED))
    if other is not None and replace(other.violations, seconds=0.0).none and not other.violations.none:
        seconds = float(found.problem.seconds[other.sequence].sum())
        yield {"relax": f"a length of {length_in_words(asked)}", "to": length_in_words(seconds)}


def _other_spacing(found: Found, search: Search) -> Iterator[Relaxation]:
    """The widest spacing that a list can keep; narrower ones it keeps as well."""
    asked = found.problem.spacing
    kept, low, high = None, 0, asked - 1
    while low <= high and search.has_time():
        between = (low + high) // 2
        other, _ = attempt(replace(found.problem, spacing=between), search)
        if _obeys(other, search):
            kept, low = between, between + 1
        else:
            high = between - 1
    if kept is not None:
        yield {"relax": spacing_in_words(asked), "to": spacing_in_words(kept)}


def _other_order(spec: PlaylistSpec, found: Found, search: Search) -> Iterator[Relaxation]:
    if "order" not in spec:
        return
    other = _relaxed(found, search, Weights(order=0.0))
    if other is not None and replace(other.violations, order=0).none and not other.violations.none:
        yield {"relax": "sorted by year", "to": "any order"}


def _other_shares(found: Found, search: Search) -> Iterator[Relaxation]:
    for number, share in enumerate(found.problem.quotas):
        if not share.constraint["hard"] or not search.has_time():
            continue
        other = _relaxed(found, search, Weights(relaxed_share=number))
        if other is None:
            return
        others = tuple(0 if at == number else missed for at, missed in enumerate(other.violations.quotas))
        if replace(other.violations, quotas=others).none and not other.violations.none:
            members, _, size = share_count(other.problem, number, other.sequence)
            yield {"relax": share_in_words(share.constraint), "to": f"{members} of {size}"}


def _other_cap(found: Found, search: Search, rules: Rules) -> Iterator[Relaxation]:
    said = any(
        constraint["kind"] == "per_artist" and constraint["hard"] for constraint in rules.binding.constraints
    )
    if not said:
        return
    for cap in range(rules.artist_cap + 1, rules.artist_cap + 1 + _MAX_TRIED):
        looser = capped(found.problem, cap)
        if looser.selectable() >= search.lengths.low and search.has_time():
            other, _ = attempt(looser, search)
            if _obeys(other, search):
                yield {
                    "relax": f"at most {rules.artist_cap} by one artist",
                    "to": f"at most {cap} by one artist",
                }
                return


def _without_places(found: Found, search: Search) -> Iterator[Relaxation]:
    for item in search.admitted[:_MAX_TRIED]:
        for relaxation, others in _looser_place(item, search.admitted):
            if not search.has_time():
                return
            other, _ = attempt(found.problem, replace(search, admitted=others))
            if _obeys(other, search):
                yield relaxation
                break


def _looser_place(
    item: Admitted, admitted: Sequence[Admitted]
) -> Iterator[tuple[Relaxation, tuple[Admitted, ...]]]:
    """The track somewhere else, then without it."""
    name = item.demand.name
    if item.demand.position is not None:
        anywhere = Admitted(replace(item.demand, position=None), item.index)
        moved = tuple(anywhere if other is item else other for other in admitted)
        yield {"relax": f"{name} at {where(item.demand)}", "to": "another position"}, moved
    yield {"relax": name, "to": "leave it out"}, tuple(other for other in admitted if other is not item)


def _without_constraints(
    spec: PlaylistSpec, pool: Sequence[PoolTrack], found: Found, search: Search, rules: Rules
) -> Iterator[Relaxation]:
    for group in [group for group in rules.groups if is_checkable(group)][:_MAX_TRIED]:
        if not search.has_time():
            return
        looser = replace(rules, groups=tuple(other for other in rules.groups if other is not group))
        eligible = eligible_set(pool, looser)
        more = len(eligible.candidates) - len(found.problem.candidates)
        if more <= 0:
            continue
        problem: Problem = pose(spec, eligible.candidates, eligible.unchecked, looser, musts=())
        at = {candidate.track["id"]: index for index, candidate in enumerate(problem.candidates)}
        admitted = tuple(
            Admitted(item.demand, at[found.problem.candidates[item.index].track["id"]])
            for item in search.admitted
        )
        said = any(
            constraint["kind"] == "per_artist" and constraint["hard"]
            for constraint in rules.binding.constraints
        )
        problem = problem if said else capped(problem, len(problem.candidates))
        other, _ = attempt(problem, replace(search, admitted=admitted))
        if _obeys(other, search):
            words = " or ".join(describe(constraint) for constraint in group)
            yield {"relax": words, "to": f"leave it out: {number_of_tracks(more)} more fit the rest"}


def _witness(spec: PlaylistSpec, found: Found, search: Search) -> Iterator[Relaxation]:
    """What the nearest list comes to wherever it breaks something."""
    problem, violations, sequence = found.problem, found.violations, found.sequence
    asked = search.lengths.low
    if len(sequence) < asked and search.lengths.high == asked:
        yield {"relax": number_of_tracks(asked), "to": number_of_tracks(len(sequence))}
    if violations.seconds and problem.duration_s is not None:
        seconds = float(problem.seconds[sequence].sum())
        yield {
            "relax": f"a length of {length_in_words(problem.duration_s)}",
            "to": length_in_words(seconds),
        }
    if violations.spacing:
        nearest = min(gaps(problem, sequence))
        yield {"relax": spacing_in_words(problem.spacing), "to": spacing_in_words(nearest)}
    if violations.order and "order" in spec:
        yield {"relax": "sorted by year", "to": "any order"}
    for number, missed in enumerate(violations.quotas):
        if missed:
            members, _, size = share_count(problem, number, sequence)
            yield {"relax": share_in_words(problem.quotas[number].constraint), "to": f"{members} of {size}"}
