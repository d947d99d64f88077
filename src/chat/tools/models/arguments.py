"""What the model may call, and with what: these docstrings are the text the model reads."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from src.catalogue.models.filter import FeatureRange
from src.constraints.models.entry import BriefEntry, BriefRemoval
from src.schema import documented

type Names = Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=20)]


@documented
class SearchCatalogue(TypedDict, closed=True):
    """Search the catalogue by meaning and words. Use it when the candidates at hand do not fit, with other
    words than before. What the listener ruled out is filtered already."""

    query: Annotated[str, Field(min_length=1, max_length=600)]
    """What the music should be like, in words: mood, style, instruments, theme, occasion."""
    genres: NotRequired[Names]
    """Only tracks of one of these genres."""
    not_genres: NotRequired[Names]
    """No tracks of these genres."""
    artists: NotRequired[Names]
    """Only tracks by these artists."""
    not_artists: NotRequired[Names]
    """No tracks by these artists."""
    moods: NotRequired[Names]
    """Only tracks of one of these moods."""
    year_from: NotRequired[Annotated[int, Field(ge=1860, le=2100)]]
    """Released in this year or later."""
    year_to: NotRequired[Annotated[int, Field(ge=1860, le=2100)]]
    """Released in this year or earlier."""
    languages: NotRequired[Names]
    """Words in one of these languages, as ISO 639 codes; `zxx` for music without words."""
    features: NotRequired[Annotated[list[FeatureRange], Field(max_length=9)]]
    """Bounds on measured features; tracks without the measurement are left out."""
    limit: NotRequired[Annotated[int, Field(ge=1, le=50)]]
    """How many tracks; 20 when left out."""


@documented
class SimilarTracks(TypedDict, closed=True):
    """Find tracks like given examples, and unlike others."""

    like: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=200)]], Field(min_length=1, max_length=10)
    ]
    """Examples: handles (`t3`), artists (`Nina Simone`) or titles (`Clocks by Coldplay`)."""
    unlike: NotRequired[Names]
    """Examples to move away from, written the same way."""
    limit: NotRequired[Annotated[int, Field(ge=1, le=50)]]
    """How many tracks; 20 when left out."""


@documented
class FindTrack(TypedDict, closed=True):
    """Look a track up by its title; forgives typos. Use it for a track that the listener named."""

    title: Annotated[str, Field(min_length=1, max_length=200)]
    """The title, without the artist."""
    artist: NotRequired[Annotated[str, Field(max_length=200)]]
    """The artist, if known."""


@documented
class ArtistTracks(TypedDict, closed=True):
    """List tracks by an artist; forgives typos."""

    artist: Annotated[str, Field(min_length=1, max_length=200)]
    """The artist's name."""
    limit: NotRequired[Annotated[int, Field(ge=1, le=50)]]
    """How many tracks; 20 when left out."""


@documented
class DescribeCatalogue(TypedDict, closed=True):
    """Learn what the catalogue holds: its size, genres, moods and decades, with counts."""


@documented
class UpdateBrief(TypedDict, closed=True):
    """Note what the listener wants when the wishes you were given miss or misread something in the message.
    Gives the candidates under the corrected wishes. Do it before your picks. What the listener ruled out
    cannot be loosened."""

    text: NotRequired[Annotated[str, Field(min_length=1, max_length=300)]]
    """What the music should be like, in words, for search by meaning."""
    add: NotRequired[Annotated[list[BriefEntry], Field(max_length=12)]]
    """Wishes to add or to tighten."""
    remove: NotRequired[Annotated[list[BriefRemoval], Field(max_length=12)]]
    """Wishes that the listener has taken back."""


@documented
class RememberRule(TypedDict, closed=True):
    """Keep a rule of the listener for all conversations. Only when the message says that it holds
    for good (`never play X again`, `always`, `from now on`)."""

    words: Annotated[str, Field(min_length=2, max_length=300)]
    """The rule in the listener's own words, copied from the message."""
    scope: NotRequired[Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=5)]]
    """Words of an occasion it is limited to (`work`, `kids`); left out, it always holds."""


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
