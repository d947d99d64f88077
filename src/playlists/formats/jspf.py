"""JSPF: the playlist of JSON, the twin of XSPF."""

from collections.abc import Mapping, Sequence

from src.errors import InvalidInput
from src.playlists.formats.identifiers import EXTENSION, identifiers_of
from src.playlists.formats.loose_json import number, parse_json, rows, table, texts, words
from src.playlists.formats.text import check_room, foreign_track, tidy
from src.playlists.models.foreign import ForeignList, ForeignTrack
from src.playlists.models.jspf import JSPF_FILE, JspfTrack
from src.playlists.models.result import PlaylistEntry


def write_jspf(title: str, entries: Sequence[PlaylistEntry], links: Mapping[str, str]) -> bytes:
    """The list as JSPF.

    Args:
        links: where a track can be heard, by its id, as far as known.
    """
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
    if reason := tidy(entry["reason"]):
        written["annotation"] = reason
    if link := tidy(links.get(track["id"], "")):
        written["info"] = link
    if album := tidy(track.get("album", "")):
        written["album"] = album
    if (duration := track.get("duration_ms")) is not None:
        written["duration"] = duration
    return written


def read_jspf(data: bytes) -> ForeignList:
    """The list in a JSPF file; identifiers and locations may be a text or several, as writers differ.

    Raises:
        InvalidInput: it is no such file, or too large; the message names the line or the track.
    """
    document, notes = parse_json(data)
    playlist = table(table(document).get("playlist"))
    if not isinstance(playlist.get("track"), list):
        raise InvalidInput('Line 1: a JSPF file holds {"playlist": {"track": […]}}.')
    tracks: list[ForeignTrack] = []
    for place, row in enumerate(rows(playlist["track"]), start=1):
        check_room(len(tracks), f"Track {place}")
        if (track := _from_track(table(row), place)) is not None:
            tracks.append(track)
    return {"title": tidy(words(playlist.get("title"))), "tracks": tracks, "notes": notes}


def _from_track(row: Mapping[str, object], place: int) -> ForeignTrack | None:
    ours = next(iter(rows(table(row.get("extension")).get(EXTENSION))), None)
    return foreign_track(
        place,
        title=words(row.get("title")),
        artists=texts(table(ours).get("artists")) or [words(row.get("creator"))],
        album=words(row.get("album")),
        duration_ms=number(row.get("duration")),
        identifiers=[*texts(row.get("identifier")), *texts(row.get("location"))],
    )
