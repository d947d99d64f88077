"""Where a catalogue track is to be had on Spotify: what was found, and what the listener is given."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.schema import documented

type LinkStatus = Literal["resolved", "not_found", "wrong_version", "not_playable", "not_looked_up"]
# `no_calls_left`: there was none left for a further search; `failed`: the looking up ended with an error.
type NotLookedUpCause = Literal["no_calls_left", "failed"]
type LinkMethod = Literal["isrc", "name"]
type Confidence = Annotated[float, Field(ge=0, le=1)]


@documented
class Link(TypedDict):
    """What Spotify has for one track of the catalogue."""

    track_id: str
    """The catalogue's id."""
    status: LinkStatus
    """`resolved`: there is a URI. `wrong_version`: Spotify has the song as another recording alone, such as
    live, a cover, or of another length. `not_looked_up`: nothing is known, because no call could be made."""
    uri: NotRequired[str]
    """`spotify:track:…`, of what is resolved."""
    method: NotRequired[LinkMethod]
    """By the recording's code, or by title, artist and length."""
    confidence: Confidence
    """How sure it is that this is the same recording. 1: code, names and length agree; 0.95: names and length
    do; about 0.8: names do, and the length is unknown; what is below 0.6 is not given. 0 without a URI."""
    detail: str
    """What that means, in words for the listener; nothing of Spotify's."""
    cause: NotRequired[NotLookedUpCause]
    """Why it is `not_looked_up`; absent of every other status."""


@documented
class StoredLink(TypedDict):
    """The stored part of a link: of Spotify's texts the URI alone."""

    status: Literal["resolved", "not_found", "wrong_version", "not_playable"]
    """What was found."""
    uri: NotRequired[str]
    """`spotify:track:…`, of what is resolved."""
    method: NotRequired[LinkMethod]
    """By the recording's code, or by names."""
    confidence: Confidence
    """How sure it is, 0 to 1."""


@documented
class TrackLink(TypedDict):
    """Where to hear a track."""

    service: Literal["spotify"]
    """Whose page it is."""
    url: str
    """A page of open.spotify.com."""
    exact: bool
    """True: the track itself. False: a search for it."""


STORED_LINK = TypeAdapter(StoredLink)
