"""From tracks of Spotify to the catalogue's own: by code, then by names and length.

What Spotify wrote is compared in memory, and neither embedded nor kept.
"""

from collections.abc import Callable, Iterable, Sequence
from itertools import batched
from typing import Final

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import tracks_by_isrc, tracks_named
from src.catalogue.models.track import Track
from src.catalogue.names import name_key, split_title
from src.linking.matching import Recording, recording_of_item, recording_of_track, same_recording
from src.linking.naming import split_credit
from src.spotify.models.api import SpotifyTrack

# Asked of the engine at once: a page of Spotify's.
ITEMS_AT_ONCE: Final = 50


async def to_catalogue(catalogue: Catalogue, items: Sequence[SpotifyTrack]) -> list[Track | None]:
    """The catalogue's track for each of Spotify's, in their order; None of what the catalogue lacks.

    What can be played where does not matter here: a track that was saved is known all the same.

    Raises:
        CatalogueUnavailable: the engine cannot serve.
    """
    found: list[Track | None] = []
    for part in batched(items, ITEMS_AT_ONCE, strict=False):
        recordings = [recording_of_item(item) for item in part]
        known = [recording for recording in recordings if recording is not None]
        by_code = _by(await tracks_by_isrc(catalogue, [item.isrc for item in known]), _code_of)
        matches = {place: _best(item, by_code.get(item.isrc, ())) for place, item in _numbered(recordings)}
        left = [item for place, item in _numbered(recordings) if matches[place] is None]
        by_title = _by(await _named(catalogue, left), _titles_of)
        for place, item in _numbered(recordings):
            if matches[place] is None:
                rows = [row for key in _title_keys(item) for row in by_title.get(key, ())]
                matches[place] = _best(item, rows)
        found += [matches.get(place) for place in range(len(part))]
    return found


async def _named(catalogue: Catalogue, items: Sequence[Recording]) -> list[Track]:
    titles = [key for item in items for key in _title_keys(item)]
    artists = [key for item in items for key in _artist_keys(item)]
    return await tracks_named(catalogue, titles, artists)


def _best(item: Recording, rows: Sequence[Track]) -> Track | None:
    """The row that is the recording most surely; of equals the plainer, the better known, the first by id."""

    def order(entry: tuple[float, Track]) -> tuple[float, int, int, str]:
        confidence, row = entry
        return (-confidence, len(row["versions"]), -row.get("popularity", 0), row["id"])

    unique = {row["id"]: row for row in rows}.values()
    verdicts = [(same_recording(recording_of_track(row), item), row) for row in unique]
    fitting = [(verdict.confidence, row) for verdict, row in verdicts if verdict.refusal is None]
    return min(fitting, key=order)[1] if fitting else None


def _by(rows: Iterable[Track], keys_of: Callable[[Track], Iterable[str]]) -> dict[str, list[Track]]:
    by_key: dict[str, list[Track]] = {}
    for row in rows:
        for key in keys_of(row):
            by_key.setdefault(key, []).append(row)
    return by_key


def _numbered(recordings: Sequence[Recording | None]) -> list[tuple[int, Recording]]:
    return [(place, item) for place, item in enumerate(recordings) if item is not None]


def _code_of(row: Track) -> list[str]:
    return [row["isrc"]] if "isrc" in row else []


def _titles_of(row: Track) -> list[str]:
    """As the engine's index has them."""
    return [name_key(name) for name in (split_title(row["title"]).name, *row.get("aliases", []))]


def _title_keys(item: Recording) -> list[str]:
    """The keys under which the catalogue may have the song."""
    names = (item.title.name, item.title.short, split_title(item.title.name).name)
    return list(dict.fromkeys(name_key(name) for name in names))


def _artist_keys(item: Recording) -> list[str]:
    """The keys under which it may have the artist: as credited, each of several, with and without `the`."""
    keys: list[str] = []
    for name in (item.artists[0], *split_credit(item.artists[0]), " and ".join(item.artists)):
        key = name_key(name)
        keys += [key, key.removeprefix("the "), f"the {key.removeprefix('the ')}"]
    return list(dict.fromkeys(keys))
