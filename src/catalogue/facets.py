"""What a catalogue holds, in counts."""

import asyncio
from collections import Counter

from src.catalogue.catalogue import Catalogue
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
