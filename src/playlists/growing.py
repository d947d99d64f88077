"""Growing a list from tracks: which are examples, which candidates are alike enough, how many are wanted."""

from collections.abc import Iterable, Sequence
from math import ceil, isfinite
from typing import Final

from src.catalogue.models.track import Track
from src.errors import InvalidInput
from src.playlists.models.grow import GrowRequest
from src.playlists.models.spec import Place, PlaylistSpec
from src.playlists.spec_changes import with_rejected

DEFAULT_TRACKS: Final = 25
# Where no length is known: the median of popular recordings lies near three and a half minutes.
TYPICAL_DURATION_S: Final = 210.0


def check_grow(request: GrowRequest) -> None:
    """Check what needs no look-up.

    Raises:
        InvalidInput: there is nothing to grow from, or a track is both included and excluded.
    """
    sources = ("from_playlist", "from_conversation", "from_tracks", "include")
    if not any(request.get(source) for source in sources):
        raise InvalidInput("Say what the list grows from: a playlist, a conversation, or tracks.")
    if set(request.get("include", [])) & set(request.get("exclude", [])):
        raise InvalidInput("A track is both included and excluded: leave it out of one of them.")


def grow_seeds(request: GrowRequest, *, playlist: Sequence[str] = (), liked: Sequence[str] = ()) -> list[str]:
    """Ids of the examples, each once: what is included first, nothing of what is excluded.

    Args:
        request: a checked request.
        playlist: track ids of `from_playlist`.
        liked: track ids liked in `from_conversation`.

    Raises:
        InvalidInput: no example is left.
    """
    excluded = set(request.get("exclude", []))
    every = [*request.get("include", []), *request.get("from_tracks", []), *playlist, *liked]
    seeds = [track_id for track_id in dict.fromkeys(every) if track_id not in excluded]
    if not seeds:
        raise InvalidInput("There is no track to grow from: the list is empty, or nothing was liked.")
    return seeds


def alike_enough(
    candidates: Iterable[tuple[Track, float]], request: GrowRequest, excluded: Sequence[Track] = ()
) -> list[tuple[Track, float]]:
    """The candidates that may come in, the most alike first, ties by id, one recording a song.

    Args:
        candidates: tracks with their likeness to the examples, 0 to 1.
        request: its threshold counts, and what it excludes; at the threshold is alike enough.
        excluded: the records of what it excludes, so that other recordings stay out too.
    """
    away = set(request.get("exclude", []))
    songs = {track["song_key"] for track in excluded}
    ranked = sorted(
        (
            (track, likeness)
            for track, likeness in candidates
            if isfinite(likeness)
            and likeness >= request["threshold"]
            and track["id"] not in away
            and track["song_key"] not in songs
        ),
        key=lambda pair: (-pair[1], pair[0]["id"]),
    )
    first: dict[str, tuple[Track, float]] = {}
    for track, likeness in ranked:
        first.setdefault(track["song_key"], (track, likeness))
    return list(first.values())


def grown_spec(spec: PlaylistSpec, included: Sequence[Track], excluded: Sequence[Track]) -> PlaylistSpec:
    """The spec with the included tracks as must-haves and the excluded ones rejected.

    Args:
        spec: what else the list is to be.
        included: records of what the request includes.
        excluded: records of what it excludes.
    """
    named = {place.get("track_id") for place in spec["places"]}
    places: list[Place] = [
        {"track_id": track["id"], "title": track["title"], "artist": track["artists"][0], "words": ""}
        for track in included
        if track["id"] not in named
    ]
    return {**spec, "places": [*spec["places"], *places], "brief": with_rejected(spec["brief"], excluded)}


def wanted_tracks(spec: PlaylistSpec, like: Sequence[Track] = ()) -> int:
    """How many tracks a list of this spec has, about.

    Args:
        spec: its number of tracks, or its duration.
        like: tracks such as it will have: their lengths tell how many fill a duration.
    """
    if "tracks" in spec:
        return spec["tracks"]
    if "duration_s" not in spec:
        return DEFAULT_TRACKS
    known = [track["duration_ms"] / 1000 for track in like if "duration_ms" in track]
    typical = sum(known) / len(known) if known else TYPICAL_DURATION_S
    return max(1, ceil(spec["duration_s"] / typical))
