"""XSPF version 1, the playlist of XML, as xspf.org states it; and JSPF, the same in JSON.

`location` is left out, as the specification allows: a page to hear a track at is no audio file, so it is in
`info`. Files are read by expat itself, event by event: a document type is refused, so that no entities are
expanded or fetched, and no tree is built.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.parsers.expat import ErrorString, ExpatError, ParserCreate

from src.errors import InvalidInput
from src.playlists.formats.json_file import number, parse_json, read_tracks, rows, table, texts, words
from src.playlists.formats.text import (
    EXTENSION,
    check_room,
    check_size,
    foreign_track,
    identifiers_of,
    tidy,
    xml_text,
)
from src.playlists.models.files import JSPF_FILE, JspfTrack
from src.playlists.models.imports import ForeignList, ForeignTrack
from src.playlists.models.result import PlaylistEntry
from src.schema import with_present

NAMESPACE: Final = "http://xspf.org/ns/0/"
# Version 0 and many writers of version 1 leave the namespace out.
_NAMESPACES: Final = frozenset({NAMESPACE, ""})
MAX_DEPTH: Final = 32
_TRACK: Final = ("playlist", "trackList", "track")
_TITLE: Final = ("playlist", "title")
_OURS: Final = (*_TRACK, "extension", "entry")
_SEPARATOR: Final = " "


def write_xspf(title: str, entries: Sequence[PlaylistEntry], links: Mapping[str, str]) -> bytes:
    """The list as XSPF."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<playlist version="1" xmlns="{NAMESPACE}" xmlns:segue="{EXTENSION}">',
        f"  <title>{xml_text(tidy(title))}</title>",
        "  <trackList>",
        *(line for entry in entries for line in _track_lines(entry, links)),
        "  </trackList>",
        "</playlist>",
    ]
    return ("\n".join(lines) + "\n").encode()


def _track_lines(entry: PlaylistEntry, links: Mapping[str, str]) -> list[str]:
    track = entry["track"]
    values = [
        *(("identifier", uri) for uri in identifiers_of(track)),
        ("title", track["title"]),
        ("creator", ", ".join(track["artists"])),
        ("annotation", entry["reason"]),
        ("info", links.get(track["id"], "")),
        ("album", track.get("album", "")),
        ("duration", str(track.get("duration_ms", ""))),
    ]
    ours = f'position="{entry["position"]}" pinned="{str(entry["pinned"]).lower()}"'
    return [
        "    <track>",
        *(f"      <{name}>{xml_text(text)}</{name}>" for name, value in values if (text := tidy(value))),
        f'      <extension application="{EXTENSION}">',
        f"        <segue:entry {ours}>",
        *(f"          <segue:artist>{xml_text(tidy(name))}</segue:artist>" for name in track["artists"]),
        "        </segue:entry>",
        "      </extension>",
        "    </track>",
    ]


@dataclass
class _Reading:
    """The parser's path and what it has read. Names of other namespaces include theirs."""

    path: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    identifiers: list[str] = field(default_factory=list)
    artists: list[str] = field(default_factory=list)
    line: int = 0
    title: str = ""
    tracks: list[ForeignTrack] = field(default_factory=list)


def read_xspf(data: bytes) -> ForeignList:
    """The list in an XSPF file, with or without its namespace, in any encoding that expat knows.

    Raises:
        InvalidInput: it is no such file, holds a document type, or is too large; the message names the line.
    """
    check_size(data)
    parser = ParserCreate(namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    reading = _Reading()

    def refuse(*_: object) -> None:
        raise InvalidInput(f"Line {parser.CurrentLineNumber}: a document type (<!DOCTYPE>) is not read.")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, _: _start(reading, name, parser.CurrentLineNumber)
    parser.EndElementHandler = lambda _: _end(reading)
    parser.CharacterDataHandler = reading.text.append
    try:
        parser.Parse(data, True)
    except ExpatError as error:
        why = ErrorString(error.code)
        raise InvalidInput(f"Line {error.lineno}: the file is no well-formed XML ({why}).") from None
    except (LookupError, ValueError):
        raise InvalidInput("Line 1: the file's encoding is not known. Save it as UTF-8.") from None
    return {"title": reading.title, "tracks": reading.tracks, "notes": []}


def _start(reading: _Reading, name: str, line: int) -> None:
    namespace, _, local = name.rpartition(_SEPARATOR)
    known = namespace in _NAMESPACES or namespace == EXTENSION
    if not reading.path and not (known and local == "playlist"):
        raise InvalidInput(f"Line {line}: an XSPF file begins with a <playlist>.")
    if len(reading.path) >= MAX_DEPTH:
        raise InvalidInput(f"Line {line}: the elements are nested too deep.")
    reading.path.append(local if known else name)
    reading.text.clear()
    if tuple(reading.path) == _TRACK:
        check_room(len(reading.tracks), f"Line {line}")
        reading.values, reading.identifiers, reading.artists, reading.line = {}, [], [], line


def _end(reading: _Reading) -> None:
    path, text = tuple(reading.path), "".join(reading.text).strip()
    if path == _TITLE:
        reading.title = tidy(text)
    elif path == (*_OURS, "artist"):
        reading.artists.append(text)
    elif path[:-1] == _TRACK and path[-1] in ("identifier", "location"):
        reading.identifiers.append(text)
    elif path[:-1] == _TRACK:
        reading.values.setdefault(path[-1], text)
    elif path == _TRACK and (track := _track(reading)) is not None:
        reading.tracks.append(track)
    reading.path.pop()
    reading.text.clear()


def _track(reading: _Reading) -> ForeignTrack | None:
    values = reading.values
    duration = values.get("duration", "")
    return foreign_track(
        reading.line,
        title=values.get("title", ""),
        artists=reading.artists or [values.get("creator", "")],
        album=values.get("album", ""),
        duration_ms=int(duration) if duration.isdecimal() and len(duration) < 12 else None,
        identifiers=reading.identifiers,
    )


def write_jspf(title: str, entries: Sequence[PlaylistEntry], links: Mapping[str, str]) -> bytes:
    """The list as JSPF."""
    tracks = [_to_track(entry, links) for entry in entries]
    return JSPF_FILE.dump_json({"playlist": {"title": tidy(title), "track": tracks}}, indent=2) + b"\n"


def _to_track(entry: PlaylistEntry, links: Mapping[str, str]) -> JspfTrack:
    track = entry["track"]
    artists = [tidy(name) for name in track["artists"]]
    written: JspfTrack = {
        "identifier": [tidy(uri) for uri in identifiers_of(track)],
        "title": tidy(track["title"]),
        "creator": ", ".join(artists),
        "extension": {
            EXTENSION: [{"position": entry["position"], "pinned": entry["pinned"], "artists": artists}]
        },
    }
    return with_present(
        written,
        annotation=tidy(entry["reason"]) or None,
        info=tidy(links.get(track["id"], "")) or None,
        album=tidy(track.get("album", "")) or None,
        duration=track.get("duration_ms"),
    )


def read_jspf(data: bytes) -> ForeignList:
    """The list in a JSPF file; identifiers and locations may be a text or several, as writers differ.

    Raises:
        InvalidInput: it is no such file, or too large; the message names the line or the track.
    """
    document, notes = parse_json(data)
    playlist = table(table(document).get("playlist"))
    if not isinstance(playlist.get("track"), list):
        raise InvalidInput('Line 1: a JSPF file holds {"playlist": {"track": […]}}.')
    return read_tracks(playlist.get("title"), rows(playlist["track"]), _from_track, notes)


def _from_track(row: Mapping[str, object], line: int) -> ForeignTrack | None:
    ours = next(iter(rows(table(row.get("extension")).get(EXTENSION))), None)
    return foreign_track(
        line,
        title=words(row.get("title")),
        artists=texts(table(ours).get("artists")) or [words(row.get("creator"))],
        album=words(row.get("album")),
        duration_ms=number(row.get("duration")),
        identifiers=[*texts(row.get("identifier")), *texts(row.get("location"))],
    )
