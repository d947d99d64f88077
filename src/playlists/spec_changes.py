"""The spec after an edit: it must not contradict what was just changed by hand."""

from collections.abc import Sequence

from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.constraints.models.brief import Brief, Constraint, TrackConstraint
from src.constraints.models.spec import MIN_DURATION_S, Placement, PlaylistSpec
from src.errors import InvalidInput
from src.playlists.edit import Edited
from src.playlists.models.result import PlaylistResult
from src.understanding.playlist.changes import change_spec, without_count


def changed_spec(spec: PlaylistSpec, result: PlaylistResult, edited: Edited) -> PlaylistSpec:
    """The spec of the edited list, for this solving and later refreshes.

    - A track that the listener turned down is rejected for good, and its placement removed.
    - A placed track that was moved is wanted at its new position; one that was pushed away, anywhere.
    - Removing tracks shortens the list: a refresh does not fill the gap.
    - Then the changes that were asked for apply, in their order.

    Args:
        spec: before the edit.
        result: the list before the edit.
        edited: the list after it.

    Raises:
        InvalidInput: the list would become too short, too long, or shorter than a pinned position; or there
            are too many quotas.
    """
    changed: PlaylistSpec = {
        **spec,
        "brief": _without_turned_down(spec["brief"], result, edited),
        "places": _placements(spec["places"], result, edited),
    }
    changed = _shortened(changed, result, edited)
    for change in edited.spec_changes:
        changed = change_spec(changed, change, result["duration_s"])
    last_fixed = max(edited.entries_fixed, default=0)
    if "tracks" in changed and edited.spec_changes and last_fixed > changed["tracks"]:
        raise InvalidInput(
            f"Number {last_fixed} stays where it is, and the list is to have {changed['tracks']} tracks: "
            "unpin it, or ask for a longer list."
        )
    return changed


def rejected_track(track: Track, turn: int) -> TrackConstraint:
    """The constraint that rejects a track and other recordings of its song."""
    return {
        "kind": "track",
        "title": track["title"],
        "artist": track["artists"][0],
        "track_id": track["id"],
        "relation": "rejected",
        "hard": True,
        "words": "",
        "turn": turn,
    }


def with_rejected(brief: Brief, tracks: Sequence[Track]) -> Brief:
    """The brief with these tracks rejected, in place of earlier constraints on them."""
    named = {_song(track["title"], track["artists"][0]) for track in tracks}
    ids = {track["id"] for track in tracks}

    def is_on_them(constraint: Constraint) -> bool:
        return constraint["kind"] == "track" and (
            constraint.get("track_id") in ids
            or _song(constraint["title"], constraint.get("artist", "")) in named
        )

    kept = [constraint for constraint in brief["wishes"] if not is_on_them(constraint)]
    return {**brief, "wishes": [*kept, *(rejected_track(track, brief["turn"]) for track in tracks)]}


def _song(title: str, artist: str) -> tuple[str, str]:
    return name_key(title), name_key(artist)


def _without_turned_down(brief: Brief, result: PlaylistResult, edited: Edited) -> Brief:
    never = set(edited.never_ids)
    tracks = {entry["track"]["id"]: entry["track"] for entry in result["entries"]}
    return with_rejected(brief, [track for track_id, track in tracks.items() if track_id in never])


def _placements(placements: Sequence[Placement], result: PlaylistResult, edited: Edited) -> list[Placement]:
    before = {entry["track"]["id"]: entry["position"] for entry in result["entries"]}
    after = {entry["track"]["id"]: entry["position"] for entry in edited.entries}
    kept: list[Placement] = []
    for placement in placements:
        track_id = placement.get("track_id")
        if track_id in edited.rejected_ids:
            continue
        changed = placement.copy()
        if track_id is not None and track_id in after and "position" in placement:
            was_there = _counted(placement["position"], len(result["entries"])) == before[track_id]
            is_there = _counted(placement["position"], len(edited.entries)) == after[track_id]
            if track_id in edited.moved_to:
                changed["position"] = edited.moved_to[track_id]
            elif was_there and not is_there:
                del changed["position"]
        kept.append(changed)
    return kept


def _counted(position: int, length: int) -> int:
    """A position from the front."""
    return position if position > 0 else length + 1 + position


def _shortened(spec: PlaylistSpec, result: PlaylistResult, edited: Edited) -> PlaylistSpec:
    removed = len(result["entries"]) - len(edited.entries)
    if not removed:
        return spec
    shorter = spec.copy()
    if "duration_s" in spec:
        left = {entry["track"]["id"] for entry in edited.entries}
        gone_ms = sum(
            entry["track"].get("duration_ms", 0)
            for entry in result["entries"]
            if entry["track"]["id"] not in left
        )
        shorter["duration_s"] = max(MIN_DURATION_S, spec["duration_s"] - gone_ms / 1000)
    if "tracks" in spec:
        shorter["tracks"] = max(1, spec["tracks"] - removed)
    elif "duration_s" not in spec:
        shorter["tracks"] = len(edited.entries)
    return without_count(shorter)
