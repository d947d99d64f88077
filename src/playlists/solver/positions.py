"""Required tracks and their positions: pins and the placements of the spec; impossible ones are refused."""

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
    """A required track: pinned, of a placement of the spec, or of a hard constraint of the brief.

    `track_id` is None where the catalogue has no such track.
    """

    name: str
    words: str
    track_id: str | None
    position: int | None
    source: Literal["pin", "place", "brief"]

    @property
    def at_position(self) -> str:
        """`Hurt by Johnny Cash at position 3`."""
        return f"{self.name} at {where(self)}"


@dataclass(frozen=True, slots=True)
class RefusedDemand:
    """A demand that no list can meet together with the others, why, and what is possible instead."""

    demand: Demand
    detail: str
    relaxation: Relaxation


@dataclass(frozen=True, slots=True)
class Admitted:
    """A demand that a list can meet, its candidate, and the other demands for the same track."""

    demand: Demand
    index: int
    also: tuple[Demand, ...] = ()


def demands_of(
    spec: PlaylistSpec,
    constraints: Sequence[Constraint],
    pinned: Mapping[int, str],
    titles: Mapping[str, str],
) -> list[Demand]:
    """Pins first, then the placements in the order of the spec, then the tracks of hard constraints."""
    demands = [
        Demand(titles.get(track_id, "a pinned track"), "", track_id, position, "pin")
        for position, track_id in sorted(pinned.items())
    ]
    for placement in spec["places"]:
        name = placement["title"] + (f" by {placement['artist']}" if "artist" in placement else "")
        track_id, position = placement.get("track_id"), placement.get("position")
        demands.append(Demand(name, placement["words"], track_id, position, "place"))
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
    demands: Sequence[Demand], problem: Problem, dropped: Mapping[str, str], cap: int | None
) -> tuple[list[Admitted], list[RefusedDemand]]:
    """Which demands a list can meet, whatever its length.

    Args:
        demands: in order of precedence.
        problem: the candidates.
        dropped: why enforcement drops a track, by track id.
        cap: the most tracks by one artist that was asked for; None when none was.
    """
    admitted: list[Admitted] = []
    refused: list[RefusedDemand] = []
    for demand in demands:
        index = problem.index_of(demand.track_id or "")
        objection = _objection(demand, index, admitted, problem, dropped, cap)
        if objection is not None:
            refused.append(RefusedDemand(demand, *objection))
        elif index is not None:
            _take(admitted, Admitted(demand, index))
    return admitted, refused


def _take(admitted: list[Admitted], item: Admitted) -> None:
    """A track that is required twice is in the list once; the first demand with a position is followed."""
    for number, other in enumerate(admitted):
        if other.index == item.index:
            first, second = (item, other) if other.demand.position is None else (other, item)
            admitted[number] = replace(first, also=(*other.also, second.demand))
            return
    admitted.append(item)


def _objection(
    demand: Demand,
    index: int | None,
    admitted: Sequence[Admitted],
    problem: Problem,
    dropped: Mapping[str, str],
    cap: int | None,
) -> tuple[str, Relaxation] | None:
    """Why no list can meet the demand, and what is possible instead."""
    without: Relaxation = {"relax": demand.name, "to": "leave it out"}
    if demand.track_id is None:
        return "not in this catalogue", without
    if (reason := dropped.get(demand.track_id)) is not None:
        return f"contradicts: {reason}", {"relax": reason, "to": f"all but {demand.name}"}
    if index is None:
        return "not among the candidates", without
    if not problem.usable[index]:
        if problem.duration_s is not None and not problem.seconds[index]:
            return "its length is not on record, and a total length is asked", without
        return "its year is not on record, and an order by year is asked", without
    for other in admitted:
        if other.index != index and problem.song[other.index] == problem.song[index]:
            return f"the same song as {other.demand.name}, and each song comes once", without
    by_artist = [other for other in admitted if problem.artist[other.index] == problem.artist[index]]
    is_admitted = any(other.index == index for other in admitted)
    is_capped = cap is not None and problem.caps[problem.artist[index]] <= cap
    if cap is not None and is_capped and len(by_artist) >= cap and not is_admitted:
        asked = f"at most {cap} by one artist"
        return f"contradicts: {asked}", {"relax": asked, "to": f"at most {len(by_artist) + 1} by one artist"}
    return None


def frame_at(admitted: Sequence[Admitted], count: int) -> tuple[Frame, list[RefusedDemand]]:
    """The positions of the demands in a list of that many tracks; where one is taken, anywhere."""
    fixed: dict[int, int] = {}
    floating: list[int] = []
    refused: list[RefusedDemand] = []
    names: dict[int, str] = {}

    def refuse(demand: Demand, detail: str, relax: str, to: str) -> None:
        refused.append(RefusedDemand(demand, detail, {"relax": relax, "to": to}))

    for item in admitted[:count]:
        demand, at = item.demand, _index_at(item.demand.position, count)
        if at is not None and at not in fixed:
            fixed[at], names[at] = item.index, demand.name
            continue
        floating.append(item.index)
        if at is not None:
            refuse(demand, f"{names[at]} is to be there too", demand.at_position, "another position")
        elif demand.position is not None:
            end = f"position {count if demand.position > 0 else 1}"
            refuse(demand, f"the list has {count} positions", demand.at_position, end)
    for item in admitted[count:]:
        detail = f"{len(admitted)} tracks must be in a list of {count}"
        refuse(item.demand, detail, f"{count} tracks", f"at least {len(admitted)} tracks")
    for item in admitted[:count]:
        at = _index_at(item.demand.position, count)
        for demand in item.also:
            if demand.position is not None and _index_at(demand.position, count) != at:
                there = where(item.demand)
                refuse(demand, f"is asked for at {there} too", demand.at_position, there)
    # A demand beyond the end gets the end, the nearest position, unless another track is fixed there.
    for refusal in refused:
        index = next((item.index for item in admitted if item.demand is refusal.demand), None)
        end_at = count - 1 if (refusal.demand.position or 0) > 0 else 0
        if index in floating and end_at not in fixed and _index_at(refusal.demand.position, count) is None:
            fixed[end_at] = index
            floating.remove(index)
    from_end = frozenset(item.index for item in admitted if (item.demand.position or 0) < 0)
    return Frame(count, fixed, tuple(floating), from_end), refused


def _index_at(position: int | None, count: int) -> int | None:
    """The index from 0 of a position; None when the list has no such position."""
    if position is None or position == 0 or abs(position) > count:
        return None
    return position - 1 if position > 0 else count + position
