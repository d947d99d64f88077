"""`/v1/tracks` and `/v1/catalogue`: plain search, one track, and what there is."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from src.api.dependencies import ListenerOf, ServiceOf
from src.api.models.bodies import TrackPage
from src.catalogue.facets import describe_catalogue
from src.catalogue.filters import to_conditions
from src.catalogue.models.filter import FeatureRange, TrackFilter
from src.catalogue.models.overview import Overview
from src.catalogue.models.track import Track
from src.catalogue.search import hybrid_search
from src.errors import NotFound
from src.schema import with_present

router = APIRouter(prefix="/v1", tags=["catalogue"])

_MAX_TEMPO = 400.0

Names = Annotated[list[Annotated[str, Query(max_length=200)]], Query(max_length=20)]


@router.get("/tracks")
async def search_tracks(
    service: ServiceOf,
    _listener: ListenerOf,
    query: Annotated[
        str, Query(min_length=1, max_length=600, description="What it should be like, or its name.")
    ],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
    artist: Names = [],  # noqa: B006 - FastAPI copies defaults
    not_artist: Names = [],  # noqa: B006
    genre: Names = [],  # noqa: B006
    not_genre: Names = [],  # noqa: B006
    mood: Names = [],  # noqa: B006
    language: Names = [],  # noqa: B006
    year_from: Annotated[int | None, Query(ge=1860, le=2100)] = None,
    year_to: Annotated[int | None, Query(ge=1860, le=2100)] = None,
    tempo_from: Annotated[float | None, Query(ge=0, le=400)] = None,
    tempo_to: Annotated[float | None, Query(ge=0, le=400)] = None,
    duration_from_s: Annotated[float | None, Query(ge=0, le=86_400)] = None,
    duration_to_s: Annotated[float | None, Query(ge=0, le=86_400)] = None,
    popularity_from: Annotated[int | None, Query(ge=0, le=100)] = None,
    popularity_to: Annotated[int | None, Query(ge=0, le=100)] = None,
    explicit: Annotated[bool | None, Query()] = None,
) -> TrackPage:
    """Hybrid search by meaning and words, under filters; one recording a song."""
    lists: TrackFilter = {
        "artists": artist,
        "not_artists": not_artist,
        "genres_any": genre,
        "genres_none": not_genre,
        "moods": mood,
        "languages": language,
    }
    filter_ = with_present(
        lists,
        year_from=year_from,
        year_to=year_to,
        features=_tempo_ranges(tempo_from, tempo_to),
        duration_from_s=duration_from_s,
        duration_to_s=duration_to_s,
        popularity_from=popularity_from,
        popularity_to=popularity_to,
        explicit=explicit,
    )
    async with service.agent.catalogue.use() as catalogue:
        vector = await catalogue.embed(query)
        found = await hybrid_search(catalogue, query, vector, to_conditions(filter_), limit)
    return {
        "tracks": [{"track": item.track, "score": item.score, "ranks": item.ranks} for item in found],
        "searched_by": ["text"] if vector is None else ["meaning", "text"],
    }


@router.get("/tracks/{track_id}")
async def read_track(track_id: UUID, service: ServiceOf, _listener: ListenerOf) -> Track:
    """One track."""
    async with service.agent.catalogue.use() as catalogue:
        tracks = await catalogue.engine.fetch([str(track_id)])
    if not tracks:
        raise NotFound("There is no such track in the catalogue.")
    return tracks[str(track_id)]


@router.get("/catalogue")
async def read_catalogue(service: ServiceOf, _listener: ListenerOf) -> Overview:
    """Size and vocabulary of the catalogue, its engine and its embedding model."""
    async with service.agent.catalogue.use() as catalogue:
        return await describe_catalogue(catalogue)


def _tempo_ranges(low: float | None, high: float | None) -> list[FeatureRange] | None:
    if low is None and high is None:
        return None
    return [{"feature": "tempo", "low": low or 0.0, "high": _MAX_TEMPO if high is None else high}]
