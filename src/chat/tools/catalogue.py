"""The tools that search the catalogue, and those that change the turn.

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
    RememberRule,
    SearchCatalogue,
    SimilarTracks,
    UpdateBrief,
)
from src.errors import InvalidInput
from src.lexicon.keywords import keywords

DEFAULT_LIMIT = 20
# Tracks that stand for an artist given as an example.
_TRACKS_OF_EXAMPLE = 5
_FIXED = "The wishes cannot change here."


async def search_catalogue(arguments: SearchCatalogue, context: ToolContext) -> ToolOutcome:
    filter_: TrackFilter = {}
    if genres := arguments.get("genres"):
        filter_["genres_any"] = genres
    if not_genres := arguments.get("not_genres"):
        filter_["genres_none"] = not_genres
    if artists := arguments.get("artists"):
        filter_["artists"] = artists
    if not_artists := arguments.get("not_artists"):
        filter_["not_artists"] = not_artists
    if moods := arguments.get("moods"):
        filter_["moods"] = moods
    if languages := arguments.get("languages"):
        filter_["languages"] = languages
    if features := arguments.get("features"):
        filter_["features"] = features
    if "year_from" in arguments:
        filter_["year_from"] = arguments["year_from"]
    if "year_to" in arguments:
        filter_["year_to"] = arguments["year_to"]
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
    if not positives:
        return ToolOutcome(query, error=f"Not in the catalogue: {', '.join(unknown)}.")
    found = await tracks_like(
        context.catalogue, positives, negatives, context.where, arguments.get("limit", DEFAULT_LIMIT) + 10
    )
    # An example is not like itself.
    others = [item for item in found if item.track["id"] not in positives]
    note = f"Not in the catalogue: {', '.join(unknown)}." if unknown else ""
    return ToolOutcome(query, others[: arguments.get("limit", DEFAULT_LIMIT)], note)


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


async def update_brief(arguments: UpdateBrief, context: ToolContext) -> ToolOutcome:
    if context.update_brief is None:
        raise InvalidInput(_FIXED)
    return await context.update_brief(arguments)


async def remember_rule(arguments: RememberRule, context: ToolContext) -> ToolOutcome:
    if context.remember_rule is None:
        raise InvalidInput(_FIXED)
    return await context.remember_rule(arguments)


async def _examples(names: Sequence[str], context: ToolContext) -> tuple[list[str], list[str]]:
    """Track ids that stand for the examples, and the examples that nothing stands for."""
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
