"""What a tool works with, and what it returns."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import Condition
from src.catalogue.search import Found
from src.chat.tools.models.arguments import RememberRule, SavePlaylist, UpdateBrief
from src.errors import InvalidInput
from src.spotify.app import Caller
from src.spotify.models.api import SpotifyTrack


@dataclass(frozen=True, slots=True)
class SpotifyAccess:
    """Spotify as one turn may use it.

    `caller` holds the turn's budget of calls; it calls for the listener when `connected`, else for the app.
    `taste` says whether the listener lets their listening be read. `add_external` takes a track that the
    catalogue lacks, with how well it matches the search (0 to 100), and returns its handle; `order` notes
    what to save when the answer is complete.
    """

    caller: Caller
    connected: bool
    taste: bool
    add_external: Callable[[SpotifyTrack, int], str]
    order: Callable[[SavePlaylist], "ToolOutcome"]


async def _refuse(_arguments: UpdateBrief | RememberRule) -> "ToolOutcome":
    raise InvalidInput("The wishes cannot change here.")


@dataclass(frozen=True, slots=True)
class ToolContext:
    """What a tool works with.

    `where` holds the conditions of the brief's hard wishes; `track_of_handle` returns the track id of a
    handle of this conversation, or None. `update_brief` and `remember_rule` change the turn itself, which
    lies above the tools. `spotify` is None where no app is set up.
    """

    catalogue: Catalogue
    where: Sequence[Condition]
    track_of_handle: Callable[[str], str | None]
    update_brief: Callable[[UpdateBrief], Awaitable["ToolOutcome"]] = _refuse
    remember_rule: Callable[[RememberRule], Awaitable["ToolOutcome"]] = _refuse
    spotify: SpotifyAccess | None = None


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """A tool's result: tracks, best first, and a note in words. `error` is for the model to mend.

    `are_examples`: the tracks are examples, and do not fill the list by themselves. `trouble` is what the
    listener should know too.
    """

    query: str
    found: list[Found] = field(default_factory=list)
    note: str = ""
    error: str = ""
    are_examples: bool = False
    trouble: str = ""
