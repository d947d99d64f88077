"""Entries of lists for tests."""

from src.catalogue.models.track import Track
from src.playlists.models.result import PlaylistEntry
from tests.fakes import make_track


def make_entry(track: Track, position: int = 1, **fields: object) -> PlaylistEntry:
    """An entry; any field as it is."""
    entry: PlaylistEntry = {"position": position, "track": track, "reason": "", "pinned": False}
    entry.update(fields)  # type: ignore[typeddict-item]
    return entry


def named_entry(title: str, *artists: str, **fields: object) -> PlaylistEntry:
    """An entry of a track with these names; fields of the track."""
    first, *others = artists or ("Kin of Moss",)
    return make_entry(make_track(title, first, featuring=others, **fields))
