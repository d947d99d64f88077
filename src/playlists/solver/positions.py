"""Tracks that must be in the list, and where: pins, and the places of the spec; what cannot be is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from src.constraints.describe import describe
from src.constraints.models.brief import Constraint
from src.constraints.models.spec import PlaylistSpec
from src.playlists.models.result import Relaxation
from src.playlists.solver.problem import Frame, Problem


@dataclass(frozen=True, slots=True)
class Demand:
    """One track that must be there: pinned, of a place of the spec, or of a hard wish of the brief.

    `track_id` is None where the catalogue has no such track.
    """

    name: str
    words: str
    track_id: str | None
    position: int | None
    source: Literal["pin", "place", "brief"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A demand that no list can meet beside the others, why, and what would do instead."""

    demand: Demand
    detail: str
    relaxation: Relaxation


@dataclass(frozen=True, slots=True)
class Admitted:
    """A demand that can be met as far as it goes, its candidate, and what else is said of the same track."""

    demand: Demand
    index: int
    also: tuple[Demand, ...] = ()


def demands_of(
    spec: PlaylistSpec,
    constraints: Sequence[Constraint],
    pinned: Mapping[int, str],
    titles: Mapping[str, str],
) -> list[Demand]:
    """Pins first, then the places in the order of the spec, then the tracks that hard wishes ask for."""
    demands = [
        Demand(titles.get(track_id, "a pinned track"), "", track_id, position, "pin")
        for position, track_id in sorted(pinned.items())
    ]
    for place in spec["places"]:
        name = f"{place['title']} by {place['artist']}" if "artist" in place else place["title"]
        track_id, position = place.get("track_id"), place.get("position")
        demands.append(Demand(name, place["words"], track_id, position, "place"))
    demands += [
        Demand(describe(constraint), constraint["words"], constraint.get("track_id"), None, "brief")
        for constraint in constraints
        if constraint["kind"] == "track" and constraint["relation"] == "wanted" and constraint["hard"]
    ]
    return demands


def where(demand: Demand) -> str:
    """`position 3`, `the last position`, `anywhere`."""
    match demand.position:
        case None:
            return "anywhere"
        case -1:
            return "the last position"
        case int(position) if position < 0:
            return f"position {-position} from the end"
        case position:
            return f"position {position}"


def admit(
    demands: Sequence[Demand], problem: Problem, kept_out: Mapping[str, str], cap: int | None
) -> tuple[list[Admitted], list[Refusal]]:
    """Which demands a list can meet, whatever its length.

    Args:
        demands: in order of precedence.
        problem: the candidates.
        kept_out: why enforcement keeps a track out, by track id.
        cap: the tracks by one artist that were said to be the most; None when nothing was said.
    """
    admitted: list[Admitted] = []
    refused: list[Refusal] = []
    for demand in demands:
        detail = _objection(demand, admitted, problem, kept_out, cap)
        if detail is None:
            index = problem.index_of(demand.track_id or "")
            if index is not None:
                _take(admitted, Admitted(demand, index))
        else:
            refused.append(Refusal(demand, *detail))
    return admitted, refused


def _take(admitted: list[Admitted], item: Admitted) -> None:
    """A track that is asked for twice is there once; the first that says where is followed."""
    for number, other in enumerate(admitted):
        if other.index == item.index:
            first, second = (item, other) if other.demand.position is None else (other, item)
            admitted[number] = replace(first, also=(*other.also, second.demand))
            return
    admitted.append(item)


def _objection(
    demand: Demand,
    admitted: Sequence[Admitted],
    problem: Problem,
    kept_out: Mapping[str, str],
    cap: int | None,
) -> tuple[str, Relaxation] | None:
    if demand.track_id is None:
        return "not in this catalogue", {"relax": demand.name, "to": "leave it out"}
    if demand.track_id in kept_out:
        reason = kept_out[demand.track_id]
        return f"contradicts: {reason}", {"relax": reason, "to": f"all but {demand.name}"}
    index = problem.index_of(demand.track_id)
    if index is None:
        return "not among the candidates", {"relax": demand.name, "to": "leave it out"}
    if not problem.usable[index]:
        lacks = "length" if problem.duration_s is not None and not problem.seconds[index] else "year"
        asked = "a total length" if lacks == "length" else "an order by year"
        return f"its {lacks} is not on record, and {asked} is asked", {
            "relax": demand.name,
            "to": "leave it out",
        }
    for other in admitted:
        if other.index != index and problem.song[other.index] == problem.song[index]:
            detail = f"the same song as {other.demand.name}, and each song comes once"
            return detail, {"relax": demand.name, "to": "leave it out"}
    by_them = sum(problem.artist[other.index] == problem.artist[index] for other in admitted)
    same = any(other.index == index for other in admitted)
    if cap is not None and by_them >= cap and not same and problem.caps[problem.artist[index]] <= cap:
        return f"contradicts: at most {cap} by one artist", {
            "relax": f"at most {cap} by one artist",
            "to": f"at most {by_them + 1} by one artist",
        }
    return None


def frame_at(admitted: Sequence[Admitted], count: int) -> tuple[Frame, list[Refusal]]:
    """Where the demands stand in a list of so many tracks; one whose place is taken may stand elsewhere."""
    fixed: dict[int, int] = {}
    floating: list[int] = []
    refused: list[Refusal] = []
    names: dict[int, str] = {}
    for item in admitted[:count]:
        demand, place = item.demand, _place(item.demand.position, count)
        if demand.position is None:
            floating.append(item.index)
        elif place is None:
            nearest = count if demand.position > 0 else 1
            relaxation: Relaxation = {
                "relax": f"{demand.name} at {where(demand)}",
                "to": f"position {nearest}",
            }
            refused.append(Refusal(demand, f"the list has {count} positions", relaxation))
            floating.append(item.index)
        elif place in fixed:
            relaxation = {"relax": f"{demand.name} at {where(demand)}", "to": "another position"}
            refused.append(Refusal(demand, f"{names[place]} is to stand there too", relaxation))
            floating.append(item.index)
        else:
            fixed[place], names[place] = item.index, demand.name
    for item in admitted[count:]:
        relaxation = {"relax": f"{count} tracks", "to": f"at least {len(admitted)} tracks"}
        refused.append(
            Refusal(item.demand, f"{len(admitted)} tracks must be in a list of {count}", relaxation)
        )
    for item in admitted[:count]:
        place = _place(item.demand.position, count)
        for demand in item.also:
            if demand.position is not None and _place(demand.position, count) != place:
                relaxation = {"relax": f"{demand.name} at {where(demand)}", "to": where(item.demand)}
                refused.append(Refusal(demand, f"is asked for at {where(item.demand)} too", relaxation))
    # The nearest position to one beyond the end is the end, unless somebody stands there.
    for refusal in refused:
        at = next((item.index for item in admitted if item.demand is refusal.demand), None)
        end = count - 1 if (refusal.demand.position or 0) > 0 else 0
        if at in floating and end not in fixed and _place(refusal.demand.position, count) is None:
            fixed[end] = at
            floating.remove(at)
    from_end = frozenset(item.index for item in admitted if (item.demand.position or 0) < 0)
    return Frame(count, fixed, tuple(floating), from_end), refused


def _place(position: int | None, count: int) -> int | None:
    """The place from 0 of a position; None when the list has none such."""
    if position is None or position == 0 or abs(position) > count:
        return None
    return position - 1 if position > 0 else count + position
