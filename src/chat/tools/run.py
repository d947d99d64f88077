"""What the model may call: one table names every tool, and validates what the model wrote."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache

from pydantic import TypeAdapter, ValidationError

from src.chat.tools import catalogue, spotify
from src.chat.tools.context import SpotifyAccess, ToolContext, ToolOutcome
from src.chat.tools.models import arguments as forms
from src.errors import DomainError
from src.llm.models.chat import ToolSpec
from src.spotify.errors import SpotifyError


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool: `schema` makes the JSON schema of its arguments, `call` runs it on what the model wrote."""

    schema: Callable[[], dict[str, object]]
    call: Callable[[str, ToolContext], Awaitable[ToolOutcome]]


def make_tool[Arguments](
    form: TypeAdapter[Arguments], run: Callable[[Arguments, ToolContext], Awaitable[ToolOutcome]]
) -> Tool:
    """A tool of its arguments' form, whose docstrings the model reads.

    The tool validates what the model wrote, then runs. What the model can mend comes back as `error`.
    """

    async def call(text: str, context: ToolContext) -> ToolOutcome:
        try:
            arguments = form.validate_json(text or "{}")
        except ValidationError as error:
            return ToolOutcome("", error=f"Wrong arguments: {_readable(error)}")
        try:
            return await run(arguments, context)
        except SpotifyError as error:
            return ToolOutcome("", error=error.message, trouble=error.message)
        except DomainError as error:
            return ToolOutcome("", error=error.message)

    return Tool(form.json_schema, call)


def _readable(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(str(part) for part in item['loc']) or 'arguments'}: {item['msg']}"
        for item in error.errors(include_url=False, include_input=False, include_context=False)[:5]
    )


# Run alone and before the others of one answer: they change what the others filter by.
CHANGE_THE_TURN = frozenset({"update_brief", "remember_rule"})

TOOLS = {
    "search_catalogue": make_tool(TypeAdapter(forms.SearchCatalogue), catalogue.search_catalogue),
    "similar_tracks": make_tool(TypeAdapter(forms.SimilarTracks), catalogue.similar_tracks),
    "find_track": make_tool(TypeAdapter(forms.FindTrack), catalogue.find_track),
    "artist_tracks": make_tool(TypeAdapter(forms.ArtistTracks), catalogue.artist_tracks),
    "describe_catalogue": make_tool(TypeAdapter(forms.DescribeCatalogue), catalogue.describe_catalogue),
    "update_brief": make_tool(TypeAdapter(forms.UpdateBrief), lambda form, turn: turn.update_brief(form)),
    "remember_rule": make_tool(TypeAdapter(forms.RememberRule), lambda form, turn: turn.remember_rule(form)),
    "spotify_search": make_tool(TypeAdapter(forms.SpotifySearch), spotify.spotify_search),
    "spotify_my_taste": make_tool(TypeAdapter(forms.SpotifyMyTaste), spotify.spotify_my_taste),
    "spotify_open_playlist": make_tool(TypeAdapter(forms.SpotifyOpenPlaylist), spotify.spotify_open_playlist),
    "save_playlist": make_tool(TypeAdapter(forms.SavePlaylist), spotify.save_playlist),
}
_OF_THE_ACCOUNT = frozenset({"spotify_open_playlist", "save_playlist"})
_OF_SPOTIFY = _OF_THE_ACCOUNT | {"spotify_search", "spotify_my_taste"}


def offered_tools(spotify: SpotifyAccess | None) -> frozenset[str]:
    """Names of the tools of a turn: those of Spotify need an app, those of an account its consent."""
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
    return [_spec(name, tool.schema()) for name, tool in TOOLS.items() if name in offered]


def _spec(name: str, schema: dict[str, object]) -> ToolSpec:
    description = " ".join(str(schema.pop("description", "")).split())
    parameters = {key: value for key, value in schema.items() if key != "title"}
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": parameters},
    }
