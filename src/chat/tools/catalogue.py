"""The tools that search the catalogue.

Whatever a tool searches, the hard wishes of the brief filter it, and enforcement decides at the end.
"""

from collections.abc import Sequence

from src.catalogue.facets import describe_catalogue as overview
from src.catalogue.filters import to_conditions
from src.catalogue.lookup import artist_tracks as tracks_of
from src.catalogue.lookup import find_artist, find_tracks
from src.catalogue.models.filter import TrackFilter
from src.catalogue.models.track import Track
from src.catalogue.search import Found, hybrid_search, tracks_like
from src.chat.tools.context import ToolContext, ToolOutcome
from src.chat.tools.models.arguments import (
    ArtistTracks,
    DescribeCatalogue,
    FindTrack,
    SearchCatalogue,
    SimilarTracks,
)
from src.lexicon.vocabulary import keywords
from src.schema import with_present

DEFAULT_LIMIT = 20
# Tracks that represent an artist given as an example.
_TRACKS_OF_EXAMPLE = 5


async def search_catalogue(arguments: SearchCatalogue, context: ToolContext) -> ToolOutcome:
    empty: TrackFilter = {}
    filter_ = with_present(
        empty,
        genres_any=arguments.get("genres"),
        genres_none=arguments.get("not_genres"),
        artists=arguments.get("artists"),
        not_artists=arguments.get("not_artists"),
        moods=arguments.get("moods"),
        languages=arguments.get("languages"),
        features=arguments.get("features"),
        year_from=arguments.get("year_from"),
        year_to=arguments.get("year_to"),
    )
    query = arguments["query"]
    vector = await context.catalogue.embed(query)
    where = [*context.where, *to_conditions(filter_)]
    limit = arguments.get("limit", DEFAULT_LIMIT)
    found = await hybrid_search(context.catalogue, keywords(query), vector, where, limit)
    return ToolOutcome(query, found, note="" if found else "Nothing fits these filters; loosen them.")


async def similar_tracks(arguments: SimilarTracks, context: ToolContext) -> ToolOutcome:
    query = "like " + ", ".join(arguments["like"])
    positives, unknown = await _examples(arguments["like"], context)
    negatives, _ = await _examples(arguments.get("unlike", []), context)
    note = f"Not in the catalogue: {', '.join(unknown)}." if unknown else ""
    if not positives:
        return ToolOutcome(query, error=note)
    limit = arguments.get("limit", DEFAULT_LIMIT)
    found = await tracks_like(context.catalogue, positives, negatives, context.where, limit + 10)
    # An example is not like itself.
    others = [item for item in found if item.track["id"] not in positives]
    return ToolOutcome(query, others[:limit], note)


async def find_track(arguments: FindTrack, context: ToolContext) -> ToolOutcome:
    title, artist = arguments["title"], arguments.get("artist")
    query = f"{title} by {artist}" if artist else title
    tracks = await find_tracks(context.catalogue, title, artist, limit=5)
    note = "" if tracks else "This track is not in the catalogue. Say so; do not put another in its place."
    return ToolOutcome(query, _as_found(tracks), note)


async def artist_tracks(arguments: ArtistTracks, context: ToolContext) -> ToolOutcome:
    artist = await find_artist(context.catalogue, arguments["artist"])
    if artist is None:
        note = "This artist is not in the catalogue. Say so; do not put another in their place."
        return ToolOutcome(arguments["artist"], note=note)
    limit = arguments.get("limit", DEFAULT_LIMIT)
    tracks = await tracks_of(context.catalogue, artist, context.where, limit)
    return ToolOutcome(
        artist.name, _as_found(tracks), note=f"{artist.tracks} tracks by {artist.name} in all."
    )


async def describe_catalogue(_arguments: DescribeCatalogue, context: ToolContext) -> ToolOutcome:
    content = await overview(context.catalogue)
    genres = ", ".join(f"{item['value']} {item['tracks']}" for item in content["genres"][:60])
    moods = ", ".join(item["value"] for item in content["moods"])
    decades = ", ".join(f"{item['value']} {item['tracks']}" for item in content["decades"])
    note = f"{content['tracks']} tracks. Genres: {genres}. Moods: {moods}. Decades: {decades}."
    return ToolOutcome("catalogue", note=note)


async def _examples(names: Sequence[str], context: ToolContext) -> tuple[list[str], list[str]]:
    """Track ids for the examples, and the examples that the catalogue has no track for."""
    ids: list[str] = []
    unknown: list[str] = []
    for name in names:
        tracks = await _tracks_named(name, context)
        ids += tracks
        if not tracks:
            unknown.append(name)
    return list(dict.fromkeys(ids)), unknown


async def _tracks_named(name: str, context: ToolContext) -> list[str]:
    if (id_ := context.track_of_handle(name.strip("[] "))) is not None:
        return [id_]
    title, by, artist_name = name.rpartition(" by ")
    if by and (tracks := await find_tracks(context.catalogue, title, artist_name, limit=1)):
        return [tracks[0]["id"]]
    if artist := await find_artist(context.catalogue, name):
        tracks = await tracks_of(context.catalogue, artist, [], _TRACKS_OF_EXAMPLE)
        return [track["id"] for track in tracks]
    return [track["id"] for track in await find_tracks(context.catalogue, name, None, limit=1)]


def _as_found(tracks: Sequence[Track]) -> list[Found]:
    return [Found(track, 1 / rank, {"lookup": rank}) for rank, track in enumerate(tracks, start=1)]
