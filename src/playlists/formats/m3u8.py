"""M3U8: the list that every player opens.

Each track has `#EXTINF` with seconds and `Artist - Title`, which players split at the first ` - `; the exact
names and our ids are in comments. The line itself is the track's link where one is known, else the name of a
file next to the list. Players read an address without `://` as a file name, so a scheme of our own would name
a file that nobody has: `Artist - Title` is one that somebody may have.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from src.errors import InvalidInput
from src.playlists.formats.text import UUID_URN, check_room, decode_text, export_name, foreign_track, tidy
from src.playlists.models.imports import ForeignList, ForeignTrack
from src.playlists.models.result import PlaylistEntry

_NEW_LINE: Final = re.compile(r"\r\n|\r|\n")
# Seconds, attributes of television lists in quotes, then the name. Runs of spaces are collapsed before.
_EXTINF: Final = re.compile(
    r'#EXTINF: ?(?P<seconds>-?\d{1,9}(?:\.\d{1,9})?)?(?: [\w-]+="[^"]*")* ?(?:,(?P<name>.*))?$', re.IGNORECASE
)
# Tags of streams cut into segments, whose manifests have the same ending.
_STREAM: Final = re.compile(r"#EXT-X-(?:TARGETDURATION|STREAM-INF|MEDIA-SEQUENCE)", re.IGNORECASE)
_TRACK_NUMBER: Final = re.compile(r"(?:\d{1,2}-)?\d{1,3}(?:\. |\.|\s-\s| |_)(?=\S)")
_ENDING: Final = re.compile(r"\.[A-Za-z0-9]{2,5}$")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_JOIN: Final = " - "


@dataclass
class _Tags:
    """The tags before a track's line."""

    line: int = 0
    seconds: float | None = None
    name: str = ""
    others: dict[str, str] = field(default_factory=dict)


def write_m3u8(title: str, entries: Sequence[PlaylistEntry], links: Mapping[str, str]) -> bytes:
    """The list as M3U8, in UTF-8 without a byte order mark, which would hide `#EXTM3U` from players."""
    lines = ["#EXTM3U", f"#PLAYLIST:{tidy(title)}"]
    for entry in entries:
        track = entry["track"]
        artist, name = tidy(", ".join(track["artists"])), tidy(track["title"])
        length = track.get("duration_ms")
        album, isrc = tidy(track.get("album", "")), tidy(track.get("isrc", ""))
        lines += [
            f"#EXTINF:{-1 if length is None else round(length / 1000)},{artist}{_JOIN}{name}",
            f"#EXTART:{artist}",
            *([f"#EXTALB:{album}"] if album else []),
            *([f"#SEGUE-ISRC:{isrc}"] if isrc else []),
            f"#SEGUE-ID:{tidy(track['id'])}",
            tidy(links.get(track["id"], "")) or export_name(f"{artist}{_JOIN}{name}"),
        ]
    return ("\n".join(lines) + "\n").encode()


def read_m3u8(data: bytes) -> ForeignList:
    """The list in an M3U or M3U8 file, with or without `#EXTINF`, in any of its encodings.

    Raises:
        InvalidInput: it is no such list, or too large; the message names the line.
    """
    text, notes = decode_text(data)
    tracks: list[ForeignTrack] = []
    title = ""
    tags = _Tags()
    for number, raw in enumerate(_NEW_LINE.split(text), start=1):
        line = " ".join(raw.split())
        if _STREAM.match(line):
            raise InvalidInput(f"Line {number}: this is the manifest of a stream, not a list of tracks.")
        if line.upper().startswith("#PLAYLIST:"):
            title = title or tidy(line.partition(":")[2])
        elif line.startswith("#"):
            _take(tags, line, number)
        elif line:
            check_room(len(tracks), f"Line {number}")
            if (track := _track(line, number, tags)) is not None:
                tracks.append(track)
            tags = _Tags()
    return {"title": title, "tracks": tracks, "notes": notes}


def _take(tags: _Tags, line: str, number: int) -> None:
    if found := _EXTINF.match(line):
        tags.line, tags.name = number, found["name"] or ""
        tags.seconds = float(found["seconds"]) if found["seconds"] else None
    elif ":" in line:
        name, _, value = line.removeprefix("#").partition(":")
        tags.others[name.upper()] = value


def _track(line: str, number: int, tags: _Tags) -> ForeignTrack | None:
    path_artist, path_title = _names_of_path(line)
    artist = tags.others.get("EXTART", "").strip()
    title = tags.name.strip()
    if artist and title.startswith(f"{artist}{_JOIN}"):
        title = title.removeprefix(f"{artist}{_JOIN}")
    elif _JOIN in title:
        before, _, title = title.partition(_JOIN)
        artist = artist or before
    elif title and not artist and title == path_title:
        artist = path_artist
    if not title:
        artist, title = artist or path_artist, path_title
    identifiers = [line] if _SCHEME.match(line) else []
    if id_ := tags.others.get("SEGUE-ID", "").strip():
        identifiers.insert(0, f"{UUID_URN}{id_}")
    return foreign_track(
        tags.line or number,
        title=title,
        artists=[artist],
        album=tags.others.get("EXTALB", ""),
        duration_ms=None if tags.seconds is None else tags.seconds * 1000,
        isrc=tags.others.get("SEGUE-ISRC", ""),
        identifiers=identifiers,
    )


def _names_of_path(line: str) -> tuple[str, str]:
    """(artist, title) from a file name: `Artist - Title`, or `Artist/Album/01 Title`."""
    scheme = _SCHEME.match(line)
    if scheme and scheme[0].lower() != "file:":
        return "", ""
    path = unquote(line) if scheme else line
    parts = [part for part in re.split(r"[/\\]", path) if part]
    if not parts:
        return "", ""
    stem = _ENDING.sub("", parts[-1])
    name = _TRACK_NUMBER.sub("", stem, count=1)
    if _JOIN in name:
        artist, _, title = name.partition(_JOIN)
        return artist, title
    # Libraries put numbered files into folders of artist and album.
    numbered = name != stem
    return (parts[-3] if numbered and len(parts) > 2 else "", name)
