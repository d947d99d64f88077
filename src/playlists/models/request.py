"""What a playlist is made from."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.playlists.models.grow import GrowRequest
from src.playlists.models.spec import MAX_DURATION_S, MAX_TRACKS, MIN_DURATION_S, PlaylistSpec
from src.schema import documented


@documented
class PlaylistRequest(TypedDict, closed=True):
    """One of a prompt, a spec, a conversation or examples to grow from; a conversation and examples also come
    with a prompt.
    """

    prompt: NotRequired[
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=4000,
                examples=["a ninety-minute dinner list, starts calm, ends dancing, mostly soul"],
            ),
        ]
    ]
    """The listener's words."""
    spec: NotRequired[PlaylistSpec]
    """The whole spec; a prompt beside it is not read."""
    conversation_id: NotRequired[Annotated[str, Field(min_length=1, max_length=64)]]
    """The brief and the likes of a conversation."""
    grow: NotRequired[GrowRequest]
    """Examples to grow from."""
    title: NotRequired[Annotated[str, Field(min_length=1, max_length=100)]]
    """Name of the list; made from the prompt when left out."""
    tracks: NotRequired[Annotated[int, Field(ge=1, le=MAX_TRACKS, strict=True)]]
    """Exactly so many, whatever the words say."""
    minutes: NotRequired[Annotated[float, Field(ge=MIN_DURATION_S / 60, le=MAX_DURATION_S / 60)]]
    """So long, whatever the words say."""
    seed: NotRequired[Annotated[int, Field(ge=0, le=2**31 - 1)]]
    """The same one gives the same list; 1 when left out."""
    mode: NotRequired[Literal["fresh", "frozen"]]
    """Whether a refresh may change it; `fresh` when left out."""


@documented
class RefreshRequest(TypedDict, closed=True):
    """Which playlist is to be refreshed."""

    playlist_id: Annotated[str, Field(min_length=1, max_length=64)]
    """The playlist."""


PLAYLIST_REQUEST = TypeAdapter(PlaylistRequest)
