"""What clients send to save lists, and what the routes of Spotify answer."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from src.chat.models.answer import OwnPlaylist
from src.schema import documented
from src.spotify.matching.models.link import TrackLink


@documented
class SaveBody(TypedDict, closed=True):
    """A list to write to the listener's Spotify account."""

    name: NotRequired[Annotated[str, Field(min_length=1, max_length=100, examples=["Rainy Sunday"])]]
    """Name of the new playlist; needed to create one."""
    description: NotRequired[Annotated[str, Field(max_length=200)]]
    """Description of a new playlist, in a sentence."""
    track_ids: NotRequired[
        Annotated[
            list[Annotated[str, Field(min_length=1, max_length=64)]], Field(min_length=1, max_length=1_000)
        ]
    ]
    """Ids of catalogue tracks, in order."""
    conversation_id: NotRequired[Annotated[str, Field(min_length=1, max_length=64)]]
    """In place of ids: the last list of this conversation."""
    playlist_id: NotRequired[Annotated[str, Field(min_length=1, max_length=64)]]
    """In place of ids: a playlist that was made here; its title is the name where none is given."""
    mode: Annotated[Literal["create", "append", "replace", "reorder"], Field(default="create")]
    """A new private playlist, or a change of an own one."""
    playlist: NotRequired[Annotated[str, Field(min_length=22, max_length=200)]]
    """Id, URI or address of an own playlist; needed unless one is created."""
    positions: NotRequired[
        Annotated[list[Annotated[int, Field(ge=1, le=10_000)]], Field(min_length=1, max_length=1_000)]
    ]
    """For `reorder`, in place of tracks: present positions, from 1, in their new order."""
    dry_run: Annotated[bool, Field(default=False)]
    """Only show what would be written."""


@documented
class UndoBody(TypedDict, closed=True):
    """How to undo."""

    force: Annotated[bool, Field(default=False)]
    """Undo even where the playlist was changed since."""


@documented
class OwnPlaylists(TypedDict):
    """The listener's own playlists, as Spotify orders them."""

    playlists: list[OwnPlaylist]
    """At most 100."""
    attribution: str
    """Whose data this is; show it with the playlists."""


@documented
class TrackLinks(TypedDict):
    """Where a track can be heard."""

    track_id: str
    """Id of the catalogue's track."""
    status: Literal["resolved", "not_found", "wrong_version", "not_playable", "not_looked_up"]
    """What came of looking for it at Spotify."""
    detail: str
    """What came of it, in words."""
    links: list[TrackLink]
    """The track's page, or a search for it."""
