"""The smallest difference between two lists: tracks that stayed in order have not moved."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from src.playlists.models.playlist import ChangedEntry, MovedEntry, PlaylistDiff
from src.playlists.models.result import PlaylistEntry, PlaylistResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What is known of why a list changed, by track ids.

    Attributes:
        missing: no longer in the catalogue.
        removed: removed on request.
        replaced: replaced on request, with the positions to fill.
        moved: moved on request.
        rested: excluded by a refresh to make room for others.
        spec_changed: whether the spec changed.
        restored: number of the version that was restored.
    """

    missing: Collection[str] = frozenset()
    removed: Collection[str] = frozenset()
    replaced: Mapping[str, int] = field(default_factory=dict)
    moved: Collection[str] = frozenset()
    rested: Collection[str] = frozenset()
    spec_changed: bool = False
    restored: int | None = None


NOTHING_KNOWN = Grounds()


def diff_lists(old: PlaylistResult, new: PlaylistResult, grounds: Grounds = NOTHING_KNOWN) -> PlaylistDiff:
    """What changed from one list to the next, with a sentence on each change.

    Of the tracks in both, the longest run in the same order has not moved. A track at an unchanged position
    is always in that run, because a listener reads numbers; one moved on request only if it must be.
    """
    before, after = _by_occurrence(old["entries"]), _by_occurrence(new["entries"])
    both = [key for key in after if key in before]
    stayed = _stayed(
        [(before[key]["position"], after[key]["position"], key[0] in grounds.moved) for key in both]
    )
    moved = [key for index, key in enumerate(both) if index not in stayed]
    made_room = {
        grounds.replaced[track_id]: entry["track"]["title"]
        for (track_id, _), entry in before.items()
        if track_id in grounds.replaced
    }
    return {
        "added": [
            _changed(entry, _why_added(entry, made_room, grounds))
            for key, entry in after.items()
            if key not in before
        ],
        "removed": [
            _changed(entry, _why_removed(entry, grounds)) for key, entry in before.items() if key not in after
        ],
        "moved": [_moved(before[key], after[key], grounds) for key in moved],
        "kept": len(stayed),
        "pinned_kept": sum(after[both[index]]["pinned"] for index in stayed),
    }


def _by_occurrence(entries: Sequence[PlaylistEntry]) -> dict[tuple[str, int], PlaylistEntry]:
    """Entries by track and by how often the track came before: a list may hold one twice."""
    seen: Counter[str] = Counter()
    found: dict[tuple[str, int], PlaylistEntry] = {}
    for entry in entries:
        track_id = entry["track"]["id"]
        found[track_id, seen[track_id]] = entry
        seen[track_id] += 1
    return found


def _stayed(positions: Sequence[tuple[int, int, bool]]) -> frozenset[int]:
    """Indices of the heaviest run of rising old positions.

    Tracks with unchanged positions rise among themselves, so that a weight above the sum of all others keeps
    every one of them.

    Args:
        positions: of each track, by rising new position: the old one, the new one, whether moved on request.
    """
    unchanged = 2 * len(positions) + 1
    runs: list[tuple[int, frozenset[int]]] = [(0, frozenset())]
    for index, (old, new, on_request) in enumerate(positions):
        before = [0, *(at + 1 for at in range(index) if positions[at][0] < old)]
        total, run = max((runs[at] for at in before), key=itemgetter(0))
        weight = unchanged if old == new else 1 if on_request else 2
        runs.append((total + weight, run | {index}))
    return max(runs, key=itemgetter(0))[1]


def _changed(entry: PlaylistEntry, why: str) -> ChangedEntry:
    track = entry["track"]
    return {
        "position": entry["position"],
        "track_id": track["id"],
        "title": track["title"],
        "artists": track["artists"],
        "why": why,
    }


def _moved(old: PlaylistEntry, new: PlaylistEntry, grounds: Grounds) -> MovedEntry:
    track = new["track"]
    return {
        "track_id": track["id"],
        "title": track["title"],
        "artists": track["artists"],
        "from_position": old["position"],
        "to_position": new["position"],
        "why": _why_moved(new, grounds),
    }


def _why_added(entry: PlaylistEntry, made_room: Mapping[int, str], grounds: Grounds) -> str:
    if grounds.restored is not None:
        return f"It stood in version {grounds.restored}."
    if entry["pinned"]:
        return "It is pinned here."
    if grounds.spec_changed:
        return "It suits what the list is to be now."
    if entry["position"] in made_room:
        return f"It takes the place of “{made_room[entry['position']]}”, which was to be replaced."
    if grounds.rested:
        return "It is new: the refresh made room for it."
    return "It ranks among the best for the list now."


def _why_removed(entry: PlaylistEntry, grounds: Grounds) -> str:
    track_id = entry["track"]["id"]
    if grounds.restored is not None:
        return f"It was not in version {grounds.restored}."
    if track_id in grounds.removed:
        return "It was removed on request."
    if track_id in grounds.replaced:
        return "It was replaced on request."
    if track_id in grounds.missing:
        return "It is no longer in the catalogue."
    if track_id in grounds.rested:
        return "It made room for something new: it had stood here longest."
    if grounds.spec_changed:
        return "Others suit better what the list is to be now."
    return "Others rank higher now."


def _why_moved(entry: PlaylistEntry, grounds: Grounds) -> str:
    if grounds.restored is not None:
        return f"It stood here in version {grounds.restored}."
    if entry["track"]["id"] in grounds.moved:
        return "It was moved on request."
    if entry["pinned"]:
        return "It is pinned here."
    if grounds.spec_changed:
        return "The order follows what the list is to be now."
    return "The order was worked out anew around what came and went."
