"""Match the tracks of a file to the catalogue's: by our id, by the recording's code, by names and length.

The judgement is the one that links tracks to Spotify: a live take or a remix never matches the studio
recording. What it leaves open is reported, not guessed.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import batched
from typing import Final

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import find_tracks, tracks_by_isrc, tracks_named
from src.catalogue.models.track import Track
from src.catalogue.names import name_key, split_title
from src.playlists.formats.text import UUID_URN
from src.playlists.models.imports import (
    ForeignTrack,
    MatchCandidate,
    MatchLine,
    MatchMethod,
    MatchReport,
    MatchStatus,
)
from src.spotify.matching.match import (
    MatchVerdict,
    Refusal,
    Rendition,
    recording_of_track,
    same_recording,
)
from src.spotify.matching.names import split_credit, title_likeness
from src.spotify.matching.reverse import JudgedRow, judge_rows, judged_rows
from src.spotify.matching.versions import album_kinds, read_title

# Tracks looked up despite misspelling, each by two trigram searches; the others match exactly or are missing.
MAX_FORGIVING: Final = 200
MAX_CANDIDATES: Final = 5
LOOKED_UP_AT_ONCE: Final = 100
# The confidence of a code without a name, which may be mistyped.
CODE_ALONE: Final = 0.9

_OUR_URIS: Final = (UUID_URN, "segue:track:")
_OTHER_NAMES: Final[frozenset[Refusal]] = frozenset({"other_title", "other_artist"})


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A track of the file, and the recording that it is compared as."""

    track: ForeignTrack
    recording: Rendition


async def match_tracks(catalogue: Catalogue, foreign: Sequence[ForeignTrack]) -> MatchReport:
    """Each track of the file with its match, or why there is none, in the file's order.

    Raises:
        CatalogueUnavailable: the engine cannot serve.
    """
    wanted: list[_Wanted] = []
    for part in batched(foreign, LOOKED_UP_AT_ONCE, strict=False):
        wanted += await asyncio.to_thread(_wanted, part)
    lines: list[MatchLine | None] = [None] * len(wanted)
    for look_up in (_by_id, _by_code_alone, _by_title_alone, _by_names, _forgiving):
        left = [at for at, line in enumerate(lines) if line is None]
        for at, line in zip(left, await look_up(catalogue, [wanted[at] for at in left]), strict=True):
            lines[at] = line
    settled = [line or _missing(item) for item, line in zip(wanted, lines, strict=True)]
    counts = Counter(line["status"] for line in settled)
    return {
        "matched": counts["matched"],
        "ambiguous": counts["ambiguous"],
        "missing": counts["missing"],
        "lines": settled,
    }


def _wanted(tracks: Sequence[ForeignTrack]) -> list[_Wanted]:
    return [_Wanted(track, _recording_of(track)) for track in tracks]


async def _by_id(catalogue: Catalogue, wanted: Sequence[_Wanted]) -> list[MatchLine | None]:
    ids = [_our_id(item.track) for item in wanted]
    rows: dict[str, Track] = {}
    for part in batched(dict.fromkeys(id_ for id_ in ids if id_), LOOKED_UP_AT_ONCE, strict=False):
        rows |= await catalogue.engine.fetch(part)
    return [
        _matched(item, row, "id", 1.0, "The file names this track's id.")
        if (row := rows.get(id_)) is not None and _is_named_so(item, row)
        else None
        for item, id_ in zip(wanted, ids, strict=True)
    ]


async def _by_code_alone(catalogue: Catalogue, wanted: Sequence[_Wanted]) -> list[MatchLine | None]:
    codes = ["" if item.track["title"] else item.recording.isrc for item in wanted]
    rows: dict[str, list[Track]] = {}
    for part in batched((code for code in codes if code), LOOKED_UP_AT_ONCE, strict=False):
        for row in await tracks_by_isrc(catalogue, part):
            rows.setdefault(row.get("isrc", ""), []).append(row)
    lines: list[MatchLine | None] = []
    for item, code in zip(wanted, codes, strict=True):
        of_code = sorted({row["id"]: row for row in rows.get(code, ())}.values(), key=_plainness)
        found = [JudgedRow(row, MatchVerdict(CODE_ALONE, "isrc")) for row in of_code]
        lines.append(_surest(item, found, "The file has the recording's code alone.") if found else None)
    return lines


async def _by_title_alone(catalogue: Catalogue, wanted: Sequence[_Wanted]) -> list[MatchLine | None]:
    """Without an artist every track of the title is a candidate."""
    lines: list[MatchLine | None] = []
    for part in batched(wanted, LOOKED_UP_AT_ONCE, strict=False):
        alone = [item for item in part if item.track["title"] and not item.track["artists"]]
        keys = [name_key(split_title(item.track["title"]).name) for item in alone]
        rows = await tracks_named(catalogue, keys, None)
        lines += await asyncio.to_thread(_titled_alone, part, rows)
    return lines


def _titled_alone(items: Sequence[_Wanted], rows: Sequence[Track]) -> list[MatchLine | None]:
    # Each is compared with the rows of its own title: all with all would be quadratic.
    by_title: dict[str, list[tuple[Track, Rendition]]] = {}
    for row in rows:
        side = recording_of_track(row)
        for key in {name_key(split_title(name).name) for name in (row["title"], *row.get("aliases", []))}:
            by_title.setdefault(key, []).append((row, side))
    lines: list[MatchLine | None] = []
    for item in items:
        if item.track["artists"] or not item.track["title"]:
            lines.append(None)
            continue
        judged = [
            JudgedRow(row, same_recording(side, replace(item.recording, artists=side.artists)))
            for row, side in by_title.get(name_key(split_title(item.track["title"]).name), ())
            if title_likeness(side.title.name, item.recording.title.name) == "same"
        ]
        fitting = _fitting(judged)
        why = "The file names no artist: the title alone does not tell whose song it is."
        lines.append(_ambiguous(item, fitting, why) if fitting else None)
    return lines


async def _by_names(catalogue: Catalogue, wanted: Sequence[_Wanted]) -> list[MatchLine | None]:
    """`A, B` may be one band or two artists: the second where the first reading finds nothing."""
    named = [item.recording if item.track["title"] and item.track["artists"] else None for item in wanted]
    judged = await judged_rows(catalogue, named)
    parted = [
        _parted(recording) if recording is not None and not _fitting(rows) else None
        for recording, rows in zip(named, judged, strict=True)
    ]
    again = await judged_rows(catalogue, parted)
    return [
        _verdict_line(item, [*rows, *others])
        for item, rows, others in zip(wanted, judged, again, strict=True)
    ]


async def _forgiving(catalogue: Catalogue, wanted: Sequence[_Wanted]) -> list[MatchLine | None]:
    """Misspelt names: a match where the length agrees as well, otherwise candidates."""
    lines: list[MatchLine | None] = []
    looked_up = 0
    for item in wanted:
        if not (item.track["title"] and item.track["artists"]) or looked_up >= MAX_FORGIVING:
            lines.append(None)
            continue
        looked_up += 1
        rows = await find_tracks(catalogue, item.track["title"], item.track["artists"][0], MAX_CANDIDATES)
        judged = judge_rows(item.recording, rows)
        line = _verdict_line(item, judged)
        near = [found for found in judged if found.verdict.refusal in _OTHER_NAMES]
        if line is None and near:
            line = _ambiguous(item, near, "The names are spelled nearly so, and nothing else confirms it.")
        lines.append(line)
    return lines


def _missing(item: _Wanted) -> MatchLine:
    if item.track["title"] and item.track["artists"]:
        why = "The catalogue has no track of this title by this artist."
    elif item.track["title"]:
        why = "The catalogue has no track of this title; the file names no artist."
    else:
        why = "The file has no title, and the catalogue does not know its code or id."
    return _line(item, "missing", why)


def _verdict_line(item: _Wanted, judged: Sequence[JudgedRow]) -> MatchLine | None:
    """The line that the judged rows allow; None where all have other names, or there is no row."""
    if fitting := _fitting(judged):
        return _surest(item, fitting, _agreement(item, fitting[0]))
    other = [candidate for candidate in judged if candidate.verdict.refusal == "other_length"]
    if other:
        in_file, in_catalogue = (_clock(track.get("duration_ms")) for track in (item.track, other[0].track))
        lengths = f"{in_file} in the file, {in_catalogue} in the catalogue"
        return _ambiguous(item, other, f"Title and artist agree, but the length does not: {lengths}.")
    versions = [found.track["title"] for found in judged if found.verdict.refusal == "wrong_version"]
    if versions:
        return _line(item, "missing", f"The catalogue has the song as another version alone: {versions[0]}.")
    return None


def _fitting(judged: Sequence[JudgedRow]) -> list[JudgedRow]:
    return [candidate for candidate in judged if candidate.verdict.refusal is None]


def _surest(item: _Wanted, fitting: Sequence[JudgedRow], why: str) -> MatchLine:
    """A match with the surest row, unless another song or version is equally sure."""
    best = fitting[0]
    equals = [found for found in fitting if found.verdict.confidence == best.verdict.confidence]
    if any(_version_of(found.track) != _version_of(best.track) for found in equals):
        return _ambiguous(item, equals, f"{why} Several tracks agree equally well.")
    if len(equals) > 1:
        why = f"{why} Of {len(equals)} records of it, this is the best known."
    return _matched(item, best.track, best.verdict.method, best.verdict.confidence, why)


def _agreement(item: _Wanted, best: JudgedRow) -> str:
    if best.verdict.method == "isrc":
        return "The recording's code and the names agree."
    if "duration_ms" in item.track and "duration_ms" in best.track:
        return "Title, artist and length agree."
    return "Title and artist agree; the length is not known on both sides."


def _matched(item: _Wanted, row: Track, method: MatchMethod, score: float, why: str) -> MatchLine:
    line = _line(item, "matched", why)
    line["track_id"], line["method"], line["score"] = row["id"], method, score
    return line


def _ambiguous(item: _Wanted, found: Sequence[JudgedRow], why: str) -> MatchLine:
    line = _line(item, "ambiguous", why)
    unique = {candidate.track["id"]: candidate for candidate in found}.values()
    best = sorted(unique, key=lambda row: (-row.verdict.confidence, *_plainness(row.track)))
    line["candidates"] = [_shown(candidate) for candidate in best[:MAX_CANDIDATES]]
    return line


def _line(item: _Wanted, status: MatchStatus, why: str) -> MatchLine:
    return {
        "line": item.track["line"],
        "title": item.track["title"],
        "artists": item.track["artists"],
        "status": status,
        "score": 0.0,
        "why": why,
        "candidates": [],
    }


def _shown(candidate: JudgedRow) -> MatchCandidate:
    row = candidate.track
    return {
        "track_id": row["id"],
        "title": row["title"],
        "artists": row["artists"],
        "score": candidate.verdict.confidence,
    }


def _recording_of(track: ForeignTrack) -> Rendition:
    """A track of the file in the form that is compared."""
    title, album = read_title(track["title"]), track.get("album", "")
    return Rendition(
        title=title,
        aliases=(),
        artists=tuple(track["artists"]),
        kinds=title.kinds,
        album_kinds=album_kinds(album),
        album=album,
        isrc=track.get("isrc", ""),
        duration_ms=track.get("duration_ms"),
        explicit=None,
        year=None,
    )


def _parted(recording: Rendition) -> Rendition | None:
    """The recording with its first credit split; None where that names one artist."""
    parts = split_credit(recording.artists[0]) if recording.artists else []
    return replace(recording, artists=(*parts, *recording.artists[1:])) if len(parts) > 1 else None


def _our_id(track: ForeignTrack) -> str:
    uris = [uri.lower() for uri in track["identifiers"]]
    return next((uri.removeprefix(at) for uri in uris for at in _OUR_URIS if uri.startswith(at)), "")


def _is_named_so(item: _Wanted, row: Track) -> bool:
    """Whether the names in the file agree with the id: a cell may have been overwritten."""
    if not item.track["title"]:
        return True
    side = recording_of_track(row)
    said = item.recording if item.track["artists"] else replace(item.recording, artists=side.artists)
    parted = _parted(said)
    verdicts = [same_recording(side, said), *([same_recording(side, parted)] if parted else [])]
    return any(verdict.refusal not in (*_OTHER_NAMES, "wrong_version") for verdict in verdicts)


def _plainness(row: Track) -> tuple[int, int, str]:
    """Sorts records with the fewest versions first, then the best known."""
    return len(row["versions"]), -row.get("popularity", 0), row["id"]


def _version_of(row: Track) -> tuple[str, tuple[str, ...]]:
    """The song and the version that a listener tells apart; a remaster is no other version."""
    return row["song_key"], tuple(sorted(set(row["versions"]) - {"remaster"}))


def _clock(duration_ms: int | None) -> str:
    minutes, seconds = divmod(round((duration_ms or 0) / 1000), 60)
    return f"{minutes}:{seconds:02}"
