"""What a list is to be after an edit: the spec must not ask for what was just changed by hand."""

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
    """The spec that the edited list is solved by, refreshed by and kept with.

    - What the listener turned down is rejected for good, and no longer a must-have.
    - A must-have that was moved is wanted at its new place; one that was pushed away, anywhere.
    - Removing tracks makes the list that much shorter: a refresh does not fill the gap.
    - Then come the changes that were asked for, in their order.

    Args:
        spec: the spec before the edit.
        result: the list before the edit.
        edited: the list after it.

    Raises:
        InvalidInput: the list would become too short, too long, or shorter than a pin's place; or there are
            too many shares.
    """
    changed: PlaylistSpec = {
        **spec,
        "brief": _without_turned_down(spec["brief"], result, edited),
        "places": _places(spec["places"], result, edited),
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
    """The wish that a track and other recordings of its song stay away."""
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
    """The brief with these tracks rejected; whatever it said of them before is gone."""
    named = {_song(track["title"], track["artists"][0]) for track in tracks}
    ids = {track["id"] for track in tracks}
    kept: list[Constraint] = [
        constraint
        for constraint in brief["wishes"]
        if constraint["kind"] != "track"
        or (
            constraint.get("track_id") not in ids
            and _song(constraint["title"], constraint.get("artist", "")) not in named
        )
    ]
    return {**brief, "wishes": [*kept, *(rejected_track(track, brief["turn"]) for track in tracks)]}


def _song(title: str, artist: str) -> tuple[str, str]:
    return name_key(title), name_key(artist)


def _without_turned_down(brief: Brief, result: PlaylistResult, edited: Edited) -> Brief:
    never = set(edited.never_ids)
    tracks = {entry["track"]["id"]: entry["track"] for entry in result["entries"]}
    return with_rejected(brief, [track for track_id, track in tracks.items() if track_id in never])


def _places(places: Sequence[Placement], result: PlaylistResult, edited: Edited) -> list[Placement]:
    stood = {entry["track"]["id"]: entry["position"] for entry in result["entries"]}
    stands = {entry["track"]["id"]: entry["position"] for entry in edited.entries}
    kept: list[Placement] = []
    for place in places:
        track_id = place.get("track_id")
        if track_id in edited.rejected_ids:
            continue
        if track_id is None or track_id not in stands or "position" not in place:
            kept.append(place)
        elif track_id in edited.moved_to:
            kept.append({**place, "position": edited.moved_to[track_id]})
        elif (
            _counted(place["position"], len(result["entries"])) == stood[track_id]
            and _counted(place["position"], len(edited.entries)) != stands[track_id]
        ):
            kept.append(_anywhere(place))
        else:
            kept.append(place)
    return kept


def _counted(position: int, length: int) -> int:
    """A place from the front."""
    return position if position > 0 else length + 1 + position


def _anywhere(place: Placement) -> Placement:
    rest = place.copy()
    del rest["position"]
    return rest


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
