"""JSON of this service: the whole list, for programs and for later."""

from collections.abc import Mapping, Sequence

from src.errors import InvalidInput
from src.playlists.formats.loose_json import number, parse_json, rows, table, texts, words
from src.playlists.formats.text import UUID_URN, check_room, foreign_track, tidy
from src.playlists.models.foreign import ForeignList, ForeignTrack
from src.playlists.models.playlist_file import PLAYLIST_FILE
from src.playlists.models.result import PlaylistEntry


def write_json(title: str, entries: Sequence[PlaylistEntry], links: Mapping[str, str]) -> bytes:
    """The list with every field of every track.

    Args:
        links: where a track can be heard, by its id, as far as known.
    """
    there = {entry["track"]["id"] for entry in entries}
    shown = {id_: link for id_, link in links.items() if id_ in there}
    document = PLAYLIST_FILE.dump_json(
        {
            "format": "segue-playlist",
            "version": 1,
            "title": tidy(title),
            "entries": list(entries),
            "links": shown,
        },
        indent=2,
    )
    return document + b"\n"


def read_json(data: bytes) -> ForeignList:
    """The list in a file of `write_json`, or in an answer that holds `entries` of the same kind.

    Raises:
        InvalidInput: it is no such file, or too large; the message names the line or the track.
    """
    document, notes = parse_json(data)
    whole = table(document)
    if not isinstance(whole.get("entries"), list):
        raise InvalidInput('Line 1: a list of this service holds {"entries": […]}.')
    tracks: list[ForeignTrack] = []
    for place, row in enumerate(rows(whole["entries"]), start=1):
        check_room(len(tracks), f"Track {place}")
        if (track := _from_entry(table(table(row).get("track")), place)) is not None:
            tracks.append(track)
    return {"title": tidy(words(whole.get("title"))), "tracks": tracks, "notes": notes}


def _from_entry(row: Mapping[str, object], place: int) -> ForeignTrack | None:
    id_ = words(row.get("id"))
    return foreign_track(
        place,
        title=words(row.get("title")),
        artists=texts(row.get("artists")),
        album=words(row.get("album")),
        duration_ms=number(row.get("duration_ms")),
        isrc=words(row.get("isrc")),
        identifiers=[f"{UUID_URN}{id_}"] if id_ else [],
    )
