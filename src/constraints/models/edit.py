"""Operations of an edit. Numbers are those that the listener sees: of the list before the edit."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from src.constraints.models.brief import Constraint
from src.constraints.models.spec import (
    MAX_DURATION_S,
    MAX_TRACKS,
    MIN_DURATION_S,
    Contour,
    OrderName,
    Placement,
    Quota,
    Share,
    Transitions,
)
from src.schema import documented

MAX_OPERATIONS = 50

type Position = Annotated[int, Field(ge=1, le=MAX_TRACKS)]


@documented
class PositionsOperation(TypedDict, closed=True):
    """Something done with single tracks."""

    op: Literal["pin", "unpin", "remove", "replace", "keep"]
    """`pin`: they stay where they are in every edit and refresh. `unpin`: no longer. `remove`: they go, and
    the list is shorter. `replace`: others take their positions. `keep`: these and the pinned stay, all others
    are replaced."""
    positions: Annotated[list[Position], Field(min_length=1, max_length=MAX_TRACKS)]
    """Positions in the list before the edit, from 1."""


@documented
class MoveOperation(TypedDict, closed=True):
    """One track put elsewhere. Pinned tracks stay at their positions, the others close up around it."""

    op: Literal["move"]
    """Says that this operation is of the kind `move`."""
    from_position: Position
    """Its position in the list before the edit, from 1."""
    to_position: Position
    """Its new position, from 1."""


@documented
class ChangeSpecOperation(TypedDict, closed=True):
    """Something else asked of the list as a whole; what is left out stays. It is solved anew around what is
    pinned.
    """

    op: Literal["change_spec"]
    """Says that this operation is of the kind `change_spec`."""
    wishes: NotRequired[Annotated[list[Constraint], Field(max_length=50)]]
    """New wishes; one takes the place of an earlier one about the same."""
    text: NotRequired[Annotated[str, Field(max_length=600)]]
    """Put before the brief's words, for search by meaning."""
    shares: NotRequired[Annotated[list[Quota], Field(max_length=8)]]
    """New quotas; one replaces an earlier one about the same genres and years."""
    courses: NotRequired[Annotated[list[Contour], Field(max_length=2)]]
    """One replaces that of its feature."""
    places: NotRequired[Annotated[list[Placement], Field(max_length=100)]]
    """Tracks that must be there from now on."""
    transitions: NotRequired[Transitions]
    """What is asked of neighbours from now on."""
    artist_spacing: NotRequired[Annotated[int, Field(ge=1, le=50)]]
    """In place of the old one."""
    tracks: NotRequired[Annotated[int, Field(ge=1, le=MAX_TRACKS)]]
    """So many tracks from now on; alone, it takes the place of a duration."""
    duration_s: NotRequired[Annotated[float, Field(ge=MIN_DURATION_S, le=MAX_DURATION_S)]]
    """So long from now on; alone, it takes the place of a number of tracks."""
    duration_change_s: NotRequired[Annotated[float, Field(ge=-MAX_DURATION_S, le=MAX_DURATION_S)]]
    """So much longer, or shorter when negative, than asked before or than the list is."""
    tolerance_s: NotRequired[Annotated[float, Field(ge=0, le=3600)]]
    """How many seconds the new length may be off."""
    unfamiliar_share: NotRequired[Share]
    """In place of the old one."""
    order: NotRequired[OrderName]
    """In place of the old one."""
    title: NotRequired[Annotated[str, Field(min_length=1, max_length=100)]]
    """The new name of the list."""
    words: NotRequired[str]
    """The listener's words; left out when made by hand."""


@documented
class RestoreOperation(TypedDict, closed=True):
    """Back to an earlier version. It stands alone in an edit."""

    op: Literal["restore"]
    """Says that this operation is of the kind `restore`."""
    version: Annotated[int, Field(ge=0)]
    """Number of the version; 0 is the one before the present one."""


type Operation = Annotated[
    PositionsOperation | MoveOperation | ChangeSpecOperation | RestoreOperation, Field(discriminator="op")
]
