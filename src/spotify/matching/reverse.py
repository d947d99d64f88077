"""From tracks of elsewhere to the catalogue's own: by code, then by names and length.

Spotify's texts are compared in memory, and neither embedded nor stored.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Final

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import tracks_by_isrc, tracks_named
from src.catalogue.models.track import Track
from src.catalogue.names import name_key, split_title
from src.spotify.matching.match import (
    MatchVerdict,
    Rendition,
    recording_of_item,
    recording_of_track,
    same_recording,
)
from src.spotify.matching.names import split_credit
from src.spotify.models.api import SpotifyTrack

# Asked of the engine at once: a page of Spotify's.
ITEMS_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """A row of the catalogue, and whether it is the recording that was looked for."""

    track: Track
    verdict: MatchVerdict


async def to_catalogue(catalogue: Catalogue, items: Sequence[SpotifyTrack]) -> list[Track | None]:
    """The catalogue's track for each of Spotify's, in their order; None where the catalogue has none.

    Whether it can be played does not matter here: a saved track is known all the same.
    """
    rows = await judged_rows(catalogue, [recording_of_item(item) for item in items])
    return [next((row.track for row in found if row.verdict.refusal is None), None) for found in rows]


async def judged_rows(catalogue: Catalogue, recordings: Sequence[Rendition | None]) -> list[list[JudgedRow]]:
    """For each recording the rows of its ISRC or its names, judged; those that fit first, the surest first.

    Names are looked up where no row of the ISRC fits. Rows are judged in a thread, one page at a time: a long
    list would block the event loop for seconds.
    """
    judged: list[list[JudgedRow]] = []
    for part in batched(recordings, ITEMS_AT_ONCE, strict=False):
        known = [recording for recording in part if recording is not None]
        by_code = _by(await tracks_by_isrc(catalogue, [item.isrc for item in known]), _code_of)
        found = await asyncio.to_thread(_judge_coded, part, by_code)
        left = [item for item, rows in zip(part, found, strict=True) if item is not None and not _fits(rows)]
        by_title = _by(await _named(catalogue, left), _titles_of)
        judged += await asyncio.to_thread(_judge_named, part, found, by_title)
    return judged


def _judge_coded(items: Sequence[Rendition | None], by_code: dict[str, list[Track]]) -> list[list[JudgedRow]]:
    return [judge_rows(item, by_code.get(item.isrc, ())) if item is not None else [] for item in items]


def _judge_named(
    items: Sequence[Rendition | None],
    found: Sequence[list[JudgedRow]],
    by_title: dict[str, list[Track]],
) -> list[list[JudgedRow]]:
    """What was found by the code, and for what does not fit the rows of the names as well."""
    judged: list[list[JudgedRow]] = []
    for item, rows in zip(items, found, strict=True):
        if item is None or _fits(rows):
            judged.append(rows)
            continue
        named = [row for key in _title_keys(item) for row in by_title.get(key, ())]
        judged.append(judge_rows(item, [*(candidate.track for candidate in rows), *named]))
    return judged


def judge_rows(item: Rendition, rows: Sequence[Track]) -> list[JudgedRow]:
    """Each row once, judged: those that fit first, the surest first; of equals the plainest, then the most
    popular, then the first by id.
    """

    def order(candidate: JudgedRow) -> tuple[bool, float, int, int, str]:
        row, verdict = candidate.track, candidate.verdict
        refused = verdict.refusal is not None
        return (refused, -verdict.confidence, len(row["versions"]), -row.get("popularity", 0), row["id"])

    unique = {row["id"]: row for row in rows}.values()
    return sorted(
        (JudgedRow(row, same_recording(recording_of_track(row), item)) for row in unique), key=order
    )


async def _named(catalogue: Catalogue, items: Sequence[Rendition]) -> list[Track]:
    titles = [key for item in items for key in _title_keys(item)]
    artists = [key for item in items for key in _artist_keys(item)]
    return await tracks_named(catalogue, titles, artists)


def _fits(rows: Sequence[JudgedRow]) -> bool:
    return bool(rows) and rows[0].verdict.refusal is None


def _by(rows: Iterable[Track], keys_of: Callable[[Track], Iterable[str]]) -> dict[str, list[Track]]:
    by_key: dict[str, list[Track]] = {}
    for row in rows:
        for key in keys_of(row):
            by_key.setdefault(key, []).append(row)
    return by_key


def _code_of(row: Track) -> list[str]:
    return [row["isrc"]] if "isrc" in row else []


def _titles_of(row: Track) -> list[str]:
    """As the engine's index has them."""
    return [name_key(name) for name in (split_title(row["title"]).name, *row.get("aliases", []))]


def _title_keys(item: Rendition) -> list[str]:
    """The keys under which the catalogue may have the song."""
    names = (item.title.name, item.title.short, split_title(item.title.name).name)
    return list(dict.fromkeys(name_key(name) for name in names))


def _artist_keys(item: Rendition) -> list[str]:
    """The keys under which it may have the artist: as credited, each of several, with and without `the`."""
    keys: list[str] = []
    for name in (item.artists[0], *split_credit(item.artists[0]), " and ".join(item.artists)):
        key = name_key(name)
        keys += [key, key.removeprefix("the "), f"the {key.removeprefix('the ')}"]
    return list(dict.fromkeys(keys))
