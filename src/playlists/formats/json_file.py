"""JSON of this service: the whole list, for programs and for later."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NoReturn

from src.errors import InvalidInput
from src.playlists.formats.text import UUID_URN, check_room, decode_text, foreign_track, tidy
from src.playlists.models.files import PLAYLIST_FILE, PlaylistFile
from src.playlists.models.imports import ForeignList, ForeignTrack
from src.playlists.models.result import PlaylistEntry

_DIGITS: Final = 12
_LARGEST: Final = 10**_DIGITS

# From the fields of a row and its number to a track; None where nothing names it.
type ReadRow = Callable[[Mapping[str, object], int], ForeignTrack | None]


def parse_json(data: bytes) -> tuple[object, list[str]]:
    """The document, and notes on how it was read.

    Raises:
        InvalidInput: it is no JSON, or too large; the message names the line.
    """
    text, notes = decode_text(data)
    try:
        document: object = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"Line {error.lineno}: the file is no JSON.") from None
    except (ValueError, RecursionError):
        raise InvalidInput("Line 1: the file is nested too deep, or a number is beyond all bounds.") from None
    return document, notes


def table(value: object) -> dict[str, object]:
    """A JSON object, or an empty one."""
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}


def rows(value: object) -> list[object]:
    """A JSON array; a lone value is an array of one, null an empty one."""
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def words(value: object) -> str:
    """A text, or an empty one."""
    return value if isinstance(value, str) else ""


def texts(value: object) -> list[str]:
    """The texts in an array."""
    return [item for item in rows(value) if isinstance(item, str)]


def number(value: object) -> float | None:
    """A number, or the number that a text holds."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) <= _DIGITS:
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
        return None
    return float(value)


def _refuse(_constant: str) -> NoReturn:
    raise ValueError


def write_json(title: str, entries: Sequence[PlaylistEntry], links: Mapping[str, str]) -> bytes:
    """The list with every field of every track."""
    ids = {entry["track"]["id"] for entry in entries}
    document: PlaylistFile = {
        "format": "segue-playlist",
        "version": 1,
        "title": tidy(title),
        "entries": list(entries),
        "links": {id_: link for id_, link in links.items() if id_ in ids},
    }
    return PLAYLIST_FILE.dump_json(document, indent=2) + b"\n"


def read_json(data: bytes) -> ForeignList:
    """The list in a file of `write_json`, or in an answer that holds `entries` of the same kind.

    Raises:
        InvalidInput: it is no such file, or too large; the message names the line or the track.
    """
    document, notes = parse_json(data)
    whole = table(document)
    if not isinstance(whole.get("entries"), list):
        raise InvalidInput('Line 1: a list of this service holds {"entries": […]}.')
    return read_tracks(whole.get("title"), rows(whole["entries"]), _from_entry, notes)


def read_tracks(title: object, entries: Sequence[object], read: ReadRow, notes: list[str]) -> ForeignList:
    """The list of a document's rows.

    Raises:
        InvalidInput: there are too many; the message names the track.
    """
    tracks: list[ForeignTrack] = []
    for number_, row in enumerate(entries, start=1):
        check_room(len(tracks), f"Track {number_}")
        if (track := read(table(row), number_)) is not None:
            tracks.append(track)
    return {"title": tidy(words(title)), "tracks": tracks, "notes": notes}


def _from_entry(entry: Mapping[str, object], line: int) -> ForeignTrack | None:
    row = table(entry.get("track"))
    id_ = words(row.get("id"))
    return foreign_track(
        line,
        title=words(row.get("title")),
        artists=texts(row.get("artists")),
        album=words(row.get("album")),
        duration_ms=number(row.get("duration_ms")),
        isrc=words(row.get("isrc")),
        identifiers=[f"{UUID_URN}{id_}"] if id_ else [],
    )
