"""What a refresh keeps and what it replaces.

A refresh keeps the spec, the pinned tracks at their positions and the placed tracks. A third of the others
(rounded up) is replaced: those that have been in the list longest, ties by id, so that a new list is not only
renewed from its top. A replaced track is excluded for the next `REFRESHES_RESTED` refreshes: otherwise two
sets of tracks would alternate.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from src.errors import Conflict
from src.playlists.models.playlist import StoredPlaylist, VersionSummary

RENEWED_SHARE: Final = 1 / 3
REFRESHES_RESTED: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshPlan:
    """What the solver has to obey.

    Attributes:
        pinned: track ids by position that stay.
        excluded: tracks that must not be in the list.
        rested: those of them that are in the list now.
    """

    pinned: Mapping[int, str]
    excluded: tuple[str, ...]
    rested: frozenset[str]


def plan_refresh(
    playlist: StoredPlaylist, versions: Sequence[VersionSummary], *, missing: Collection[str] = frozenset()
) -> RefreshPlan:
    """What a refresh of a playlist keeps and excludes.

    Args:
        versions: the newest first; tracks older than the oldest of them count as equally old.
        missing: tracks of the list that are no longer in the catalogue.

    Raises:
        Conflict: `playlist_frozen` when the playlist is frozen.
    """
    check_fresh(playlist)
    entries = playlist["result"]["entries"]
    pins = [entry for entry in entries if entry["pinned"]]
    placed = {placement["track_id"] for placement in playlist["spec"]["places"] if "track_id" in placement}
    stays = placed | {entry["track"]["id"] for entry in pins}
    loose = {entry["track"]["id"] for entry in entries} - stays
    since = _in_list_since(versions)
    available = loose - set(missing)
    by_age = sorted(available, key=lambda track_id: (since.get(track_id, 1), track_id))
    # A track that the catalogue has lost is replaced anyway.
    rested = by_age[: max(0, ceil(len(loose) * RENEWED_SHARE) - (len(loose) - len(available)))]
    return RefreshPlan(
        pinned={pin["position"]: pin["track"]["id"] for pin in pins if pin["track"]["id"] not in missing},
        excluded=(*rested, *(id_ for id_ in _lately_removed(versions) if id_ not in stays | loose)),
        rested=frozenset(rested),
    )


def check_fresh(playlist: StoredPlaylist) -> None:
    """Refuse to refresh a frozen playlist.

    Raises:
        Conflict: `playlist_frozen`.
    """
    if playlist["mode"] == "frozen":
        raise frozen()


def frozen() -> Conflict:
    """The error that refuses a refresh."""
    return Conflict(
        "This playlist is frozen: set its mode to fresh to have it refreshed.", code="playlist_frozen"
    )


def _in_list_since(versions: Sequence[VersionSummary]) -> dict[str, int]:
    """Number of the version that last added each track; tracks of the first version are left out."""
    since: dict[str, int] = {}
    for version in versions:
        for entry in version["diff"]["added"] if version["diff"] is not None else ():
            since.setdefault(entry["track_id"], version["number"])
    return since


def _lately_removed(versions: Sequence[VersionSummary]) -> list[str]:
    """The tracks that the last refreshes removed, the latest first, each once."""
    refreshes = [version for version in versions if version["cause"] == "refreshed"][:REFRESHES_RESTED]
    diffs = [version["diff"] for version in refreshes if version["diff"] is not None]
    return list(dict.fromkeys(entry["track_id"] for diff in diffs for entry in diff["removed"]))
