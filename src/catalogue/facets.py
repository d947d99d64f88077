"""What a catalogue holds, in counts, and the fingerprint that tells two contents apart."""

import asyncio
import hashlib
import json
from collections import Counter

from src.catalogue.catalogue import NO_MODEL, Catalogue
from src.catalogue.credits import PART_MARK
from src.catalogue.models.overview import Count, Overview

_MOST_GENRES, _MOST_MOODS, _MOST_LANGUAGES = 200, 60, 60
# Years fit into this many facet values.
_YEARS = 400


async def describe_catalogue(catalogue: Catalogue) -> Overview:
    """Size and vocabulary of the catalogue: genres, moods, languages and decades with their counts."""
    engine = catalogue.engine
    tracks, genres, moods, languages, years = await asyncio.gather(
        engine.count([]),
        engine.facet("track.genres", [], _MOST_GENRES),
        engine.facet("track.moods", [], _MOST_MOODS),
        engine.facet("track.language", [], _MOST_LANGUAGES),
        engine.facet("track.year", [], _YEARS),
    )
    decades: Counter[str] = Counter()
    for year, count in years.items():
        decades[f"{int(year) // 10 * 10}s"] += count
    return {
        "tracks": tracks,
        "version": catalogue.version,
        "engine": engine.name,
        "embedding_model": catalogue.embedder.model if catalogue.embedder else "none",
        "genres": _counts(genres),
        "moods": _counts(moods),
        "languages": _counts(languages),
        "decades": _counts(dict(sorted(decades.items()))),
    }


def _counts(counts: dict[str, int]) -> list[Count]:
    return [{"value": value, "tracks": tracks} for value, tracks in counts.items()]


# More than any catalogue has names.
_ALL = 10_000_000
_FIELDS = ("title_keys", "artist_keys", "genre_terms", "mood_keys", "track.year")


async def fingerprint(catalogue: Catalogue) -> str:
    """Digest of the number of tracks, of all names, genres, moods and years with their counts, and of the
    embedding model.

    Two catalogues that differ in nothing but a measurement have the same.
    """
    count = await catalogue.engine.count([])
    facets = [await catalogue.engine.facet(field, [], _ALL) for field in _FIELDS]
    model = catalogue.embedder.model if catalogue.embedder else NO_MODEL
    # Who may be half a name is made of the names.
    names = [{key: n for key, n in facet.items() if not key.startswith(PART_MARK)} for facet in facets]
    content = [model, count, *(sorted(facet.items()) for facet in names)]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]
