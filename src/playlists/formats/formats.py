"""The formats in which lists are exported and imported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from src.errors import InvalidInput
from src.playlists.formats.csv_file import read_csv, write_csv
from src.playlists.formats.json_file import read_json, write_json
from src.playlists.formats.m3u8 import read_m3u8, write_m3u8
from src.playlists.formats.xspf import read_jspf, read_xspf, write_jspf, write_xspf
from src.playlists.models.imports import ForeignList
from src.playlists.models.result import PlaylistEntry

# From a title, the entries, and links by track id (pages to hear a track at, as far as known) to a file.
type Writer = Callable[[str, Sequence[PlaylistEntry], Mapping[str, str]], bytes]
type Reader = Callable[[bytes], ForeignList]


@dataclass(frozen=True, slots=True)
class PlaylistFormat:
    """One format. `ending` has its dot; `other_endings` are read as well."""

    name: str
    media_type: str
    ending: str
    write: Writer
    read: Reader | None
    other_endings: tuple[str, ...] = ()


FORMATS: Final[dict[str, PlaylistFormat]] = {
    format_.name: format_
    for format_ in (
        PlaylistFormat("m3u8", "audio/x-mpegurl; charset=utf-8", ".m3u8", write_m3u8, read_m3u8, (".m3u",)),
        PlaylistFormat("xspf", "application/xspf+xml", ".xspf", write_xspf, read_xspf),
        PlaylistFormat("jspf", "application/jspf+json", ".jspf", write_jspf, read_jspf),
        PlaylistFormat(
            "csv", "text/csv; charset=utf-8; header=present", ".csv", write_csv, read_csv, (".tsv", ".txt")
        ),
        PlaylistFormat("json", "application/json", ".json", write_json, read_json),
    )
}


def format_named(name: str) -> PlaylistFormat:
    """The format of a name, in any case.

    Raises:
        InvalidInput: there is none.
    """
    found = FORMATS.get(name.strip().lower())
    if found is None:
        raise InvalidInput(f"Name one of these formats: {', '.join(FORMATS)}.")
    return found


def format_of_file(file_name: str) -> PlaylistFormat:
    """The format of a file by its ending.

    Raises:
        InvalidInput: no format has that ending.
    """
    ending = PurePath(file_name).suffix.lower()
    for format_ in FORMATS.values():
        if ending in (format_.ending, *format_.other_endings):
            return format_
    endings = [ending for row in FORMATS.values() for ending in (row.ending, *row.other_endings)]
    raise InvalidInput(f"Give the file one of these endings: {', '.join(endings)}.")
