"""What the model may call: one table names every tool, and validates what the model wrote."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter, ValidationError

from src.chat.tools.catalogue import (
    artist_tracks,
    describe_catalogue,
    find_track,
    remember_rule,
    search_catalogue,
    similar_tracks,
    update_brief,
)
from src.chat.tools.context import SpotifyAccess, ToolContext, ToolOutcome
from src.chat.tools.models.arguments import (
    ARTIST_TRACKS,
    DESCRIBE_CATALOGUE,
    FIND_TRACK,
    REMEMBER_RULE,
    SAVE_PLAYLIST,
    SEARCH_CATALOGUE,
    SIMILAR_TRACKS,
    SPOTIFY_MY_TASTE,
    SPOTIFY_OPEN_PLAYLIST,
    SPOTIFY_SEARCH,
    UPDATE_BRIEF,
    ArtistTracks,
    DescribeCatalogue,
    FindTrack,
    RememberRule,
    SavePlaylist,
    SearchCatalogue,
    SimilarTracks,
    SpotifyMyTaste,
    SpotifyOpenPlaylist,
    SpotifySearch,
    UpdateBrief,
)
from src.chat.tools.spotify import save_playlist, spotify_my_taste, spotify_open_playlist, spotify_search
from src.errors import DomainError
from src.llm.models.chat import ToolSpec
from src.spotify.errors import SpotifyError


@dataclass(frozen=True, slots=True)
class Tool[Arguments]:
    """A tool by its arguments' type, whose docstring and schema the model reads."""

    arguments: TypeAdapter[Arguments]
    run: Callable[[Arguments, ToolContext], Awaitable[ToolOutcome]]

    async def call(self, text: str, context: ToolContext) -> ToolOutcome:
        """Validate what the model wrote, then run. What the model can mend comes back as `error`."""
        try:
            arguments = self.arguments.validate_json(text or "{}")
        except ValidationError as error:
            return ToolOutcome("", error=f"Wrong arguments: {_readable(error)}")
        try:
            return await self.run(arguments, context)
        except SpotifyError as error:
            return ToolOutcome("", error=error.message, trouble=error.message)
        except DomainError as error:
            return ToolOutcome("", error=error.message)


def _readable(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in item['loc']) or 'arguments'}: {item['msg']}"
        for item in error.errors(include_url=False, include_input=False, include_context=False)[:5]
    )


type AnyTool = (
    Tool[SearchCatalogue]
    | Tool[SimilarTracks]
    | Tool[FindTrack]
    | Tool[ArtistTracks]
    | Tool[DescribeCatalogue]
    | Tool[UpdateBrief]
    | Tool[RememberRule]
    | Tool[SpotifySearch]
    | Tool[SpotifyMyTaste]
    | Tool[SpotifyOpenPlaylist]
    | Tool[SavePlaylist]
)

# Run alone and before the others of one answer: they change what the others filter by.
CHANGE_THE_TURN = frozenset({"update_brief", "remember_rule"})

TOOLS: dict[str, AnyTool] = {
    "search_catalogue": Tool(SEARCH_CATALOGUE, search_catalogue),
    "similar_tracks": Tool(SIMILAR_TRACKS, similar_tracks),
    "find_track": Tool(FIND_TRACK, find_track),
    "artist_tracks": Tool(ARTIST_TRACKS, artist_tracks),
    "describe_catalogue": Tool(DESCRIBE_CATALOGUE, describe_catalogue),
    "update_brief": Tool(UPDATE_BRIEF, update_brief),
    "remember_rule": Tool(REMEMBER_RULE, remember_rule),
    "spotify_search": Tool(SPOTIFY_SEARCH, spotify_search),
    "spotify_my_taste": Tool(SPOTIFY_MY_TASTE, spotify_my_taste),
    "spotify_open_playlist": Tool(SPOTIFY_OPEN_PLAYLIST, spotify_open_playlist),
    "save_playlist": Tool(SAVE_PLAYLIST, save_playlist),
}
_OF_THE_ACCOUNT = frozenset({"spotify_open_playlist", "save_playlist"})
_OF_SPOTIFY = _OF_THE_ACCOUNT | {"spotify_search", "spotify_my_taste"}


def offered_tools(spotify: SpotifyAccess | None) -> frozenset[str]:
    """Names of the tools that can be called in a turn: none of Spotify's without an app, and none of an
    account's without its consent.
    """
    offered = frozenset(TOOLS) - _OF_SPOTIFY
    if spotify is None:
        return offered
    offered |= {"spotify_search"}
    if spotify.connected:
        offered |= _OF_THE_ACCOUNT
    return offered | {"spotify_my_taste"} if spotify.taste else offered


@cache
def tool_specs(offered: frozenset[str]) -> list[ToolSpec]:
    """The tools of these names as a model is offered them: descriptions from the docstrings."""
    return [_spec(name, tool.arguments.json_schema()) for name, tool in TOOLS.items() if name in offered]


def _spec(name: str, schema: dict[str, object]) -> ToolSpec:
    description = " ".join(str(schema.pop("description", "")).split())
    parameters = {key: value for key, value in schema.items() if key != "title"}
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": parameters},
    }
