"""What a refresh keeps and what it lets go.

A refresh keeps the spec, the pins at their places and the must-haves. A third of the other tracks (rounded
up) rests: those that have stood in the list longest, ties by id, so that a new list is not renewed from its
top alone. What went out rests for `REFRESHES_RESTED` refreshes: otherwise two sets would take turns.
Where the pool is too small for all of that, what went out longest ago may come back first, then the youngest
of the third stay: a list that cannot be renewed stays as it is.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from src.errors import Conflict
from src.playlists.diff import Grounds
from src.playlists.models.playlist import StoredPlaylist, VersionSummary

RENEWED_SHARE: Final = 1 / 3
REFRESHES_RESTED: Final = 2
# Room for the solver to choose in: candidates for each place that is not pinned.
CANDIDATES_A_PLACE: Final = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshPlan:
    """What the solver is to be told.

    Attributes:
        pinned: track ids by position that stay.
        excluded: tracks that must not be in the list; the last ones are the first to be let in again.
        rested: those of them that are in the list now.
        lost_pins: titles of pinned tracks that are no longer in the catalogue.
        open_places: how many places of the present list are not pinned.
    """

    pinned: Mapping[int, str]
    excluded: tuple[str, ...]
    rested: frozenset[str]
    lost_pins: tuple[str, ...]
    open_places: int


def plan_refresh(
    playlist: StoredPlaylist, versions: Sequence[VersionSummary], *, missing: Collection[str] = frozenset()
) -> RefreshPlan:
    """What a refresh of a playlist keeps and leaves out.

    Args:
        playlist: in its present state.
        versions: its versions, the newest first; with a part of them, ages are known as far as they go.
        missing: tracks of the list that are no longer in the catalogue.

    Raises:
        Conflict: `playlist_frozen` when the playlist is frozen.
    """
    check_fresh(playlist)
    entries = playlist["result"]["entries"]
    pins = [entry for entry in entries if entry["pinned"]]
    musts = {place["track_id"] for place in playlist["spec"]["places"] if "track_id" in place}
    stays = musts | {entry["track"]["id"] for entry in pins}
    loose = {entry["track"]["id"] for entry in entries} - stays
    since = _in_list_since(versions)
    there = loose - set(missing)
    by_age = sorted(there, key=lambda track_id: (since.get(track_id, 1), track_id))
    # What the catalogue has lost is renewed anyway.
    rested = by_age[: max(0, ceil(len(loose) * RENEWED_SHARE) - (len(loose) - len(there)))]
    return RefreshPlan(
        pinned={e["position"]: e["track"]["id"] for e in pins if e["track"]["id"] not in missing},
        excluded=(*rested, *(gone for gone in _resting(versions) if gone not in stays | loose)),
        rested=frozenset(rested),
        lost_pins=tuple(e["track"]["title"] for e in pins if e["track"]["id"] in missing),
        open_places=len(entries) - len(pins),
    )


def within_pool(plan: RefreshPlan, pool: Collection[str]) -> RefreshPlan:
    """The plan with as many exclusions as a pool allows.

    Args:
        plan: as it was wished.
        pool: ids of the candidates.
    """
    held = set(plan.pinned.values())
    candidates = set(pool) - held
    spare = max(0, len(candidates) - ceil(plan.open_places * CANDIDATES_A_PLACE))
    excluded: list[str] = []
    for track_id in plan.excluded:
        if track_id in candidates:
            if spare == 0:
                break
            spare -= 1
        excluded.append(track_id)
    return replace(plan, excluded=tuple(excluded), rested=plan.rested & set(excluded))


def refresh_grounds(plan: RefreshPlan, missing: Collection[str] = frozenset()) -> Grounds:
    """What a refresh tells of why a list changed."""
    return Grounds(missing=missing, rested=plan.rested)


def check_fresh(playlist: StoredPlaylist) -> None:
    """Refuse to refresh a frozen playlist.

    Raises:
        Conflict: `playlist_frozen`.
    """
    if playlist["mode"] == "frozen":
        raise frozen()


def frozen() -> Conflict:
    """The refusal to refresh."""
    return Conflict(
        "This playlist is frozen: set its mode to fresh to have it refreshed.", code="playlist_frozen"
    )


def _in_list_since(versions: Sequence[VersionSummary]) -> dict[str, int]:
    """Number of the version in which each track last came in; those of the first version are not in it."""
    since: dict[str, int] = {}
    for version in versions:
        for entry in version["diff"]["added"] if version["diff"] is not None else ():
            since.setdefault(entry["track_id"], version["number"])
    return since


def _resting(versions: Sequence[VersionSummary]) -> list[str]:
    """What the last refreshes took out, the latest first."""
    refreshes = [version for version in versions if version["cause"] == "refreshed"][:REFRESHES_RESTED]
    gone = [
        entry["track_id"]
        for version in refreshes
        for entry in (version["diff"]["removed"] if version["diff"] is not None else ())
    ]
    return list(dict.fromkeys(gone))
