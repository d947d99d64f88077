"""What may be done to a list as it stands: by hand, or read from words."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.playlists.models.spec import (
    MAX_DURATION_S,
    MAX_TRACKS,
    MIN_DURATION_S,
    Course,
    OrderName,
    Place,
    Share,
    ShareWish,
    Transitions,
)
from src.schema import documented
from src.wishes.models.brief import Wish

type Position = Annotated[int, Field(ge=1, le=MAX_TRACKS)]
type Positions = Annotated[list[Position], Field(min_length=1, max_length=MAX_TRACKS)]


@documented
class PinEdit(TypedDict, closed=True):
    """Leave these tracks where they are from now on."""

    op: Literal["pin"]
    """Tag."""
    positions: Positions
    """From 1."""


@documented
class UnpinEdit(TypedDict, closed=True):
    """Let these tracks move and go again."""

    op: Literal["unpin"]
    """Tag."""
    positions: Positions
    """From 1."""


@documented
class RemoveEdit(TypedDict, closed=True):
    """Take these tracks out; the list gets shorter."""

    op: Literal["remove"]
    """Tag."""
    positions: Positions
    """From 1."""


@documented
class MoveEdit(TypedDict, closed=True):
    """Take one track to another place; those between shift by one."""

    op: Literal["move"]
    """Tag."""
    position: Position
    """Where it is, from 1."""
    to: Position
    """Where it goes, from 1."""


@documented
class ReplaceEdit(TypedDict, closed=True):
    """Put others in the place of these tracks."""

    op: Literal["replace"]
    """Tag."""
    positions: Positions
    """From 1."""


@documented
class KeepEdit(TypedDict, closed=True):
    """Keep these tracks in their places and put others in the place of all the rest."""

    op: Literal["keep"]
    """Tag."""
    positions: Positions
    """From 1."""


@documented
class ChangeSpecEdit(TypedDict, closed=True):
    """Change what the list is to be. What is left out stays as it is."""

    op: Literal["change_spec"]
    """Tag."""
    wishes: NotRequired[Annotated[list[Wish], Field(max_length=50)]]
    """Added to the brief; one replaces what it is about."""
    text: NotRequired[Annotated[str, Field(max_length=600)]]
    """Put before the brief's words, for search by meaning."""
    shares: NotRequired[Annotated[list[ShareWish], Field(max_length=8)]]
    """Added; one replaces that of the same genres, years and half."""
    courses: NotRequired[Annotated[list[Course], Field(max_length=2)]]
    """Each replaces that of its feature."""
    places: NotRequired[Annotated[list[Place], Field(max_length=100)]]
    """Tracks that must be there from now on."""
    transitions: NotRequired[Transitions]
    """In place of the old ones."""
    artist_spacing: NotRequired[Annotated[int, Field(ge=1, le=50)]]
    """In place of the old one."""
    tracks: NotRequired[Annotated[int, Field(ge=1, le=MAX_TRACKS)]]
    """In place of the old number."""
    duration_s: NotRequired[Annotated[float, Field(ge=MIN_DURATION_S, le=MAX_DURATION_S)]]
    """In place of the old length; a number of tracks without one of its own goes."""
    tolerance_s: NotRequired[Annotated[float, Field(ge=0, le=3600)]]
    """Of the new length."""
    unfamiliar_share: NotRequired[Share]
    """In place of the old one."""
    order: NotRequired[OrderName]
    """In place of the old one."""
    title: NotRequired[Annotated[str, Field(min_length=1, max_length=100)]]
    """A new name."""
    words: str
    """The listener's words; empty when made by hand."""


@documented
class RestoreEdit(TypedDict, closed=True):
    """Bring an earlier version back."""

    op: Literal["restore"]
    """Tag."""
    version: NotRequired[Annotated[int, Field(ge=1)]]
    """Which; the one before the current when left out."""


type Edit = Annotated[
    PinEdit | UnpinEdit | RemoveEdit | MoveEdit | ReplaceEdit | KeepEdit | ChangeSpecEdit | RestoreEdit,
    Field(discriminator="op"),
]

EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)
EDITS: TypeAdapter[list[Edit]] = TypeAdapter(list[Edit])
