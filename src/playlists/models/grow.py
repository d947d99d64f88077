"""A list grown from tracks that are there already."""

from typing import Annotated, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.playlists.models.spec import MAX_TRACKS
from src.schema import documented

type TrackIds = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]], Field(max_length=MAX_TRACKS)
]


@documented
class GrowRequest(TypedDict, closed=True):
    """What a list grows from, and how far."""

    from_playlist: NotRequired[Annotated[str, Field(min_length=1, max_length=64)]]
    """An own playlist: its tracks are the examples."""
    from_conversation: NotRequired[Annotated[str, Field(min_length=1, max_length=64)]]
    """A conversation: the tracks liked in it are the examples."""
    from_tracks: NotRequired[TrackIds]
    """Tracks of the catalogue as examples: those of an imported list that were found."""
    include: NotRequired[TrackIds]
    """Tracks that must be in the list; they are examples too."""
    exclude: NotRequired[TrackIds]
    """Tracks that must not be in it; nor may other recordings of their songs."""
    threshold: Annotated[float, Field(ge=0, le=1, default=0.0)]
    """How alike the examples a track must be to come in, 0 (anything) to 1 (as good as the same)."""


GROW: TypeAdapter[GrowRequest] = TypeAdapter(GrowRequest)
