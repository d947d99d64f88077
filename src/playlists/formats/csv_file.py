"""CSV as RFC 4180 states it: for spreadsheets, and for services that move lists.

It begins with a byte order mark: without one Excel reads UTF-8 as the local code page. A reader that does
not know the mark misreads only the name of the first column, so that is a dispensable one. A cell that a
spreadsheet would read as a formula is prefixed with an apostrophe, which `read_csv` removes.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal
from unicodedata import category

from src.catalogue.names import name_key
from src.errors import InvalidInput
from src.playlists.formats.text import UUID_URN, check_room, decode_text, foreign_track, tidy
from src.playlists.models.imports import ForeignList, ForeignTrack
from src.playlists.models.result import PlaylistEntry

type Column = Literal["title", "artist", "album", "isrc", "duration", "duration_ms", "uri", "id", "list"]

HEADER: Final = (
    "Position",
    "Title",
    "Artists",
    "Album",
    "Year",
    "Duration (ms)",
    "ISRC",
    "Track ID",
    "URL",
    "Energy",
    "Tempo (BPM)",
    "Pinned",
    "Reason",
)
# Spreadsheets calculate what begins so, in the forms of East Asian keyboards too.
_FORMULA: Final = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
# Between the artists of one cell; too many names hold a comma.
_BETWEEN: Final = "; "
_DELIMITERS: Final = (",", ";", "\t", "|")
# Excel's own first line that names the delimiter.
_SEP_LINE: Final = re.compile(r'"?sep=(.)"?(?:\r\n|\r|\n)', re.IGNORECASE)
_HEADER_CHARS: Final = 10_000
_LINE_BREAKS: Final = frozenset("\t\r\n")
_NAME_CHARS: Final = 100

# As Exportify, Soundiiz, TuneMyMusic, iTunes, Rhythmbox, Shazam and spreadsheets call them, by `name_key`.
_NAMES: Final[dict[Column, tuple[str, ...]]] = {
    "title": ("title", "track name", "track title", "name", "song", "song name", "song title", "track"),
    "artist": (
        "artists",
        "artist",
        "artist name s",
        "artist names",
        "artist name",
        "creator",
        "track artist",
    ),
    "album": ("album", "album name", "album title", "track album name"),
    "isrc": ("isrc", "isrc code", "track isrc"),
    "duration_ms": (
        "duration ms",
        "track duration ms",
        "duration milliseconds",
        "track duration milliseconds",
        "length ms",
        "time ms",
    ),
    "duration": ("duration", "length", "time", "track duration", "duration s", "duration seconds", "seconds"),
    "uri": ("track uri", "spotify uri", "uri", "url", "track url", "spotify url", "spotify id", "location"),
    "id": ("track id", "segue id"),
    "list": ("playlist name", "playlist"),
}
_CLOCK: Final = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:\.\d+)?")
_NUMBER: Final = re.compile(r"\d{1,9}(?:\.\d{1,6})?")
# A column that does not name its unit: more than five and a half hours of seconds is milliseconds.
_MOST_SECONDS: Final = 20_000
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SPOTIFY_ID: Final = re.compile(r"[0-9A-Za-z]{22}")


def write_csv(title: str, entries: Sequence[PlaylistEntry], links: Mapping[str, str]) -> bytes:
    """The list as CSV, a row a track, without the list's title."""
    del title
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for entry in entries:
        writer.writerow([_safe(cell) for cell in _cells(entry, links)])
    return out.getvalue().encode("utf-8-sig")


def _cells(entry: PlaylistEntry, links: Mapping[str, str]) -> list[str]:
    track = entry["track"]
    tempo = track.get("features", {}).get("tempo")
    return [
        str(entry["position"]),
        track["title"],
        _BETWEEN.join(track["artists"]),
        track.get("album", ""),
        str(track.get("year", "")),
        str(track.get("duration_ms", "")),
        track.get("isrc", ""),
        track["id"],
        links.get(track["id"], ""),
        f"{entry['energy']:g}" if "energy" in entry else "",
        "" if tempo is None else f"{tempo:g}",
        "yes" if entry["pinned"] else "",
        entry["reason"],
    ]


def _safe(cell: str) -> str:
    """The cell without control characters but line breaks, which RFC 4180 allows, and never a formula."""
    kept = "".join(
        letter if letter in _LINE_BREAKS or category(letter) not in ("Cc", "Cs") else " " * letter.isspace()
        for letter in cell
    )
    return f"'{kept}" if _FORMULA.match(kept) else kept


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def read_csv(data: bytes) -> ForeignList:
    """The list in a table with a header row, with commas, semicolons, tabs or bars between cells.

    Raises:
        InvalidInput: no column tells the titles, a row cannot be read, or it is too large; the message names
            the line.
    """
    text, notes = decode_text(data)
    rows = _rows(text)
    line, header = next(rows, (1, []))
    columns = _columns(header)
    if not columns.keys() & {"title", "isrc", "uri", "id"}:
        raise InvalidInput(
            f"Line {line}: name the columns in the first row: Title, Artist, and Album, ISRC or Duration "
            "where there are any."
        )
    tracks: list[ForeignTrack] = []
    titles: list[str] = []
    for line, row in rows:
        cells = {name: _bare(row[index]) for name, index in columns.items() if index < len(row)}
        if not any(cell.strip() for cell in cells.values()):
            continue
        check_room(len(tracks), f"Line {line}")
        if (track := _track(cells, line)) is not None:
            tracks.append(track)
            titles.append(tidy(cells.get("list", "")))
    return {"title": titles[0] if len(set(titles)) == 1 else "", "tracks": tracks, "notes": notes}


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not empty with the line at which it begins."""
    sep = _SEP_LINE.match(text)
    body = text[sep.end() :] if sep else text
    before = 1 if sep else 0
    # Some exporters leave a blank after the comma, before the quote. `strict`: a quote that is never closed
    # would swallow the rest of the list.
    reader = csv.reader(
        io.StringIO(body, newline=""),
        delimiter=sep[1] if sep else _delimiter(body),
        skipinitialspace=True,
        strict=True,
    )
    while True:
        start = before + reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise InvalidInput(f"Line {start}: the row cannot be read: see its quotes.") from None
        if any(row):
            yield start, row


def _delimiter(text: str) -> str:
    """The delimiter by which most column names are known."""
    head = text.lstrip()[:_HEADER_CHARS].splitlines()[:1]
    return max(_DELIMITERS, key=lambda mark: len(_columns(next(csv.reader(head, delimiter=mark), []))))


def _columns(header: Sequence[str]) -> dict[Column, int]:
    """The index of each known column; of several candidates, the one with the plainest name."""
    keys = [name_key(name[:_NAME_CHARS]) for name in header]
    return {
        column: keys.index(name)
        for column, names in _NAMES.items()
        if (name := next((name for name in names if name in keys), None)) is not None
    }


def _track(cells: Mapping[Column, str], line: int) -> ForeignTrack | None:
    id_, uri = cells.get("id", "").strip(), cells.get("uri", "").strip()
    return foreign_track(
        line,
        title=cells.get("title", ""),
        artists=cells.get("artist", "").split(";"),
        album=cells.get("album", ""),
        duration_ms=_duration_ms(cells),
        isrc=cells.get("isrc", ""),
        identifiers=[_identifier(id_), _identifier(uri)],
    )


def _identifier(cell: str) -> str:
    """The URI of a bare id; an address unchanged; empty for anything else."""
    if _UUID.fullmatch(cell):
        return f"{UUID_URN}{cell.lower()}"
    if _SPOTIFY_ID.fullmatch(cell):
        return f"spotify:track:{cell}"
    return cell if ":" in cell else ""


def _duration_ms(cells: Mapping[Column, str]) -> float | None:
    exact, other = cells.get("duration_ms", "").strip(), cells.get("duration", "").strip()
    if _NUMBER.fullmatch(exact):
        return float(exact)
    if clock := _CLOCK.fullmatch(other):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return 1000.0 * (3600 * hours + 60 * minutes + seconds)
    if _NUMBER.fullmatch(other):
        return float(other) if float(other) > _MOST_SECONDS else 1000 * float(other)
    return None
