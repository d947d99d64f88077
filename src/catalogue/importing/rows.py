"""One row of somebody's file becomes a track, or is rejected with a cause."""

import ast
import math
import re
import warnings
from collections.abc import Mapping

from src.catalogue.importing.files import Row
from src.catalogue.importing.layouts import Layout
from src.catalogue.models.track import FEATURES, AudioFeatures, Track
from src.catalogue.names import song_key, split_title
from src.catalogue.starter import track_id

_MAX_NAME_CHARS = 500
_MAX_LIST = 30
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-"})
_COUNTRY = re.compile(r"^[A-Z]{2}$")
_DATE = re.compile(r"^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_BOUNDS = {"loudness": (-80.0, 20.0), "tempo": (1e-6, 400.0), "key": (0, 11), "mode": (0, 1)}


class RowRejected(Exception):
    """The row is no track; `cause` counts it."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


def to_track(row: Row, layout: Layout, *, source: str, licence: str) -> Track:
    """The track that a row describes. A value that cannot be is left out; a missing name rejects the row.

    Raises:
        RowRejected: no title, no artist, or a name that is no name.
    """
    title = _name(_cell(row, layout, "title"), "no title")
    artists = _artists(row, layout)
    if not artists:
        raise RowRejected("no artist")
    album = _text(_cell(row, layout, "album"))
    source_id = _text(_cell(row, layout, "id")) or f"{title}|{'|'.join(artists)}|{album or ''}"
    track: Track = {
        "id": track_id(source, source_id),
        "title": title,
        "artists": artists,
        "genres": _list(row, layout, "genres"),
        "moods": _list(row, layout, "moods"),
        "tags": _list(row, layout, "tags"),
        "song_key": song_key(title, artists),
        "versions": list(split_title(title).versions),
        "source": source,
        "licence": licence,
    }
    if album is not None:
        track["album"] = album[:_MAX_NAME_CHARS]
    _set_date(track, row, layout)
    _set_numbers(track, row, layout)
    if (language := _text(_cell(row, layout, "language"))) is not None:
        track["language"] = language.lower()[:8]
    if _COUNTRY.match(country := (_text(_cell(row, layout, "country")) or "").upper()):
        track["country"] = country
    if (isrc := _text(_cell(row, layout, "isrc"))) is not None:
        track["isrc"] = isrc.upper()[:12]
    if (mbid := _text(_cell(row, layout, "mbid"))) is not None:
        track["mbid"] = mbid[:36]
    if (explicit := _truth(_cell(row, layout, "explicit"))) is not None:
        track["explicit"] = explicit
    return track


def merge_tracks(first: Track, second: Track) -> Track:
    """One track from two rows about it: lists are joined, what the first lacks is taken from the second."""
    return {
        **second,
        **first,
        "genres": _joined(first["genres"], second["genres"]),
        "moods": _joined(first["moods"], second["moods"]),
        "tags": _joined(first["tags"], second["tags"]),
    }


def _joined(first: list[str], second: list[str]) -> list[str]:
    return list(dict.fromkeys([*first, *second]))[:_MAX_LIST]


def _cell(row: Row, layout: Layout, name: str) -> object:
    for column in layout.columns.get(name, ()):
        value = row.get(column)
        if not _is_missing(value):
            return value
    features = row.get("features")
    return features.get(name) if isinstance(features, Mapping) and name in FEATURES else None


def _is_missing(value: object) -> bool:
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or (isinstance(value, str) and value.strip().lower() in _MISSING)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, bool | list | dict):
        return None
    try:
        written = str(value)
    except ValueError:  # an integer of thousands of digits
        return None
    # JSON can escape half a surrogate pair, which no file, database or engine takes.
    text = " ".join(written.encode("utf-8", "ignore").decode().replace("\0", " ").split())
    return text or None


def _name(value: object, cause: str) -> str:
    text = _text(value)
    if text is None:
        raise RowRejected(cause)
    if len(text) > _MAX_NAME_CHARS:
        raise RowRejected("name too long")
    return text


def _artists(row: Row, layout: Layout) -> list[str]:
    return [_name(artist, "no artist") for artist in _parts(_cell(row, layout, "artists"), layout.separator)]


def _list(row: Row, layout: Layout, name: str) -> list[str]:
    found: list[str] = []
    for column in layout.columns.get(name, ()):
        found += _parts(row.get(column), ",")
    return list(dict.fromkeys(part.lower() for part in found if len(part) <= 100))[:_MAX_LIST]


def _parts(value: object, separator: str | None) -> list[str]:
    """A cell that holds several values: a list, the text of a Python list, or text with separators."""
    if isinstance(value, str) and value.startswith("[") and value.endswith("]"):
        try:
            with warnings.catch_warnings(action="ignore", category=SyntaxWarning):
                value = ast.literal_eval(value)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            value = str(value)
    if isinstance(value, list | tuple):
        texts = [_text(part) for part in value]
    elif isinstance(value, str) and separator is not None:
        texts = [_text(part) for part in value.split(separator)]
    else:
        texts = [_text(value)]
    return [text for text in texts if text is not None and text.lower() not in _MISSING]


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _truth(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(
        str(value).strip().lower()
    )


def _set_date(track: Track, row: Row, layout: Layout) -> None:
    year = _number(_cell(row, layout, "year"))
    date = _DATE.match(_text(_cell(row, layout, "release_date")) or "")
    if date is not None:
        if date[2]:
            track["release_date"] = date[0]
        year = float(date[1]) if year is None else year
    if year is not None and 1860 <= year <= 2100:
        track["year"] = int(year)


def _set_numbers(track: Track, row: Row, layout: Layout) -> None:
    duration = _number(_cell(row, layout, "duration_ms"))
    seconds = _number(_cell(row, layout, "duration_s"))
    if duration is None and seconds is not None:
        duration = seconds * 1000
    if duration is not None and 1 <= round(duration) <= 86_400_000:
        track["duration_ms"] = round(duration)
    popularity = _number(_cell(row, layout, "popularity"))
    if popularity is not None and 0 <= popularity <= 100:
        track["popularity"] = round(popularity)
    features: AudioFeatures = {}
    for name in FEATURES:
        value = _number(_cell(row, layout, name))
        low, high = _BOUNDS.get(name, (0.0, 1.0))
        if value is not None and low <= value <= high:
            _set_feature(features, name, value)
    if features:
        track["features"] = features


def _set_feature(features: AudioFeatures, name: str, value: float) -> None:
    match name:
        case "key":
            features["key"] = int(value)
        case "mode":
            features["mode"] = int(value)
        case _:
            features.update({name: value})  # type: ignore[misc]
