"""What the model may call where a Spotify app is set up: these docstrings are the text the model reads."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.schema import documented

type Text = Annotated[str, Field(min_length=1, max_length=200)]


@documented
class SpotifySearch(TypedDict, closed=True):
    """Search Spotify for what the catalogue lacks. What the catalogue holds comes back as its own tracks; for
    the rest you get handles that begin with `s` and how well each matches your own words, and no more: they
    can be picked like any other, and the listener sees their titles."""

    words: NotRequired[Text]
    """Plain words to search for."""
    title: NotRequired[Text]
    """Title of a track."""
    artist: NotRequired[Text]
    """Name of an artist."""
    album: NotRequired[Text]
    """Title of an album."""
    year_from: NotRequired[Annotated[int, Field(ge=1860, le=2100)]]
    """Released in this year or later."""
    year_to: NotRequired[Annotated[int, Field(ge=1860, le=2100)]]
    """Released in this year or earlier."""


@documented
class SpotifyMyTaste(TypedDict, closed=True):
    """See which tracks of the catalogue the listener plays or saved on Spotify. Use them as examples in
    `similar_tracks`; recommend them only when the listener asks for their own music."""

    what: Literal["recent", "top", "saved"]
    """Played of late, played most, or saved."""
    period: NotRequired[Literal["weeks", "months", "years"]]
    """For `top`: over about four weeks, six months (when left out), or a year."""


@documented
class SpotifyOpenPlaylist(TypedDict, closed=True):
    """Open a playlist of the listener's own by its name, and see which of its tracks the catalogue holds."""

    name: Text
    """The name as the listener said it."""


@documented
class SavePlaylist(TypedDict, closed=True):
    """Save a list to the listener's Spotify account, only when the listener asks for it. It is written when
    the answer is complete: the list of this answer, or the handles you name. The listener is told track by
    track what was saved."""

    name: NotRequired[Annotated[str, Field(min_length=1, max_length=100)]]
    """What the new playlist is called."""
    handles: NotRequired[
        Annotated[
            list[Annotated[str, Field(min_length=2, max_length=12)]], Field(min_length=1, max_length=100)
        ]
    ]
    """Handles in the order of the playlist; left out, the list of this answer."""
    onto: NotRequired[Annotated[str, Field(min_length=1, max_length=100)]]
    """Name of an own playlist to add to, instead of making a new one."""
    dry_run: NotRequired[bool]
    """Only tell what would be written."""


SPOTIFY_SEARCH = TypeAdapter(SpotifySearch)
SPOTIFY_MY_TASTE = TypeAdapter(SpotifyMyTaste)
SPOTIFY_OPEN_PLAYLIST = TypeAdapter(SpotifyOpenPlaylist)
SAVE_PLAYLIST = TypeAdapter(SavePlaylist)
