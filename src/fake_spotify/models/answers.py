"""What the fake API answers: the fields of Development Mode and no others."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from src.schema import documented


@documented
class ExternalUrls(TypedDict):
    """Links to the open pages."""

    spotify: str
    """The page of the thing."""


@documented
class ExternalIds(TypedDict):
    """Codes of the industry."""

    isrc: NotRequired[str]
    """Of a recording."""
    upc: NotRequired[str]
    """Of a release."""


@documented
class Image(TypedDict):
    """A picture."""

    url: str
    """Where it is."""
    height: int | None
    """Pixels; null when unknown."""
    width: int | None
    """Pixels; null when unknown."""


@documented
class Restrictions(TypedDict):
    """Why something cannot be played."""

    reason: str
    """`market`, `product`, `explicit`."""


@documented
class SimplifiedArtist(TypedDict):
    """An artist inside of something else."""

    id: str
    """22 characters of base 62."""
    name: str
    """Name."""
    type: Literal["artist"]
    """What it is."""
    uri: str
    """`spotify:artist:…`."""
    href: str
    """Where the API answers it."""
    external_urls: ExternalUrls
    """Its page."""


@documented
class Artist(SimplifiedArtist):
    """An artist."""

    images: list[Image]
    """The widest first."""


@documented
class SimplifiedAlbum(TypedDict):
    """An album inside of something else."""

    id: str
    """22 characters of base 62."""
    name: str
    """Title."""
    type: Literal["album"]
    """What it is."""
    uri: str
    """`spotify:album:…`."""
    href: str
    """Where the API answers it."""
    external_urls: ExternalUrls
    """Its page."""
    album_type: str
    """`album`, `single` or `compilation`."""
    total_tracks: int
    """Number of its tracks."""
    release_date: str
    """A year, a month or a day."""
    release_date_precision: Literal["year", "month", "day"]
    """How much of the date is known."""
    images: list[Image]
    """The widest first."""
    artists: list[SimplifiedArtist]
    """By whom."""


@documented
class SimplifiedTrack(TypedDict):
    """A track inside of its album: without the album and without codes."""

    id: str
    """22 characters of base 62."""
    name: str
    """Title."""
    type: Literal["track"]
    """What it is."""
    uri: str
    """`spotify:track:…`."""
    href: str
    """Where the API answers it."""
    external_urls: ExternalUrls
    """Its page."""
    artists: list[SimplifiedArtist]
    """By whom, the main one first."""
    duration_ms: int
    """Length in milliseconds."""
    explicit: bool
    """Whether the words are explicit."""
    disc_number: int
    """From 1."""
    track_number: int
    """From 1."""
    is_local: Literal[False]
    """Only local files are."""
    preview_url: None
    """Always null by now."""
    is_playable: NotRequired[bool]
    """In the market that was asked for."""
    restrictions: NotRequired[Restrictions]
    """Why it cannot be played."""


@documented
class Track(SimplifiedTrack):
    """A track."""

    album: SimplifiedAlbum
    """Its album."""
    external_ids: ExternalIds
    """Its ISRC."""


@documented
class LocalTrack(TypedDict):
    """A file on somebody's own machine, as an entry of a playlist shows it."""

    id: None
    """It has none."""
    name: str
    """Title."""
    type: Literal["track"]
    """What it is."""
    uri: str
    """`spotify:local:…`."""
    duration_ms: int
    """Length in milliseconds."""
    is_local: Literal[True]
    """It is."""


@documented
class Episode(TypedDict):
    """An episode of a show."""

    id: str
    """22 characters of base 62."""
    name: str
    """Title."""
    type: Literal["episode"]
    """What it is."""
    uri: str
    """`spotify:episode:…`."""
    href: str
    """Where the API answers it."""
    duration_ms: int
    """Length in milliseconds."""
    explicit: bool
    """Whether the words are explicit."""


@documented
class PublicUser(TypedDict):
    """A user as others see them."""

    id: str
    """Id."""
    display_name: str
    """Name."""
    type: Literal["user"]
    """What it is."""
    uri: str
    """`spotify:user:…`."""
    href: str
    """Where the API answered it once."""
    external_urls: ExternalUrls
    """Their page."""


@documented
class Me(PublicUser):
    """The user whose token it is."""

    account_id: str
    """Never changes."""
    images: list[Image]
    """The widest first."""


@documented
class Page[T](TypedDict):
    """A part of a list."""

    href: str
    """Where this part is."""
    limit: int
    """How many at most."""
    next: str | None
    """Where the next part is."""
    offset: int
    """How many come before."""
    previous: str | None
    """Where the part before is."""
    total: int
    """How many there are in all."""
    items: list[T]
    """The part."""


@documented
class Album(SimplifiedAlbum):
    """An album."""

    tracks: Page[SimplifiedTrack]
    """Its first tracks."""
    copyrights: list[str]
    """Nobody's."""
    external_ids: ExternalIds
    """Its UPC."""


@documented
class Cursors(TypedDict):
    """Where a list by time goes on; milliseconds since 1970."""

    after: NotRequired[str]
    """The latest of this part."""
    before: NotRequired[str]
    """The earliest of this part."""


@documented
class PlayedTrack(TypedDict):
    """A track that was played."""

    track: Track
    """The track."""
    played_at: str
    """ISO time."""
    context: None
    """From where; never said here."""


@documented
class PlayedPage(TypedDict):
    """A part of what was played, the latest first."""

    href: str
    """Where this part is."""
    limit: int
    """How many at most."""
    next: str | None
    """Where the earlier ones are."""
    cursors: Cursors | None
    """Where it goes on; null when nothing was played."""
    total: int
    """How many there are in all."""
    items: list[PlayedTrack]
    """The part."""


@documented
class SavedTrack(TypedDict):
    """A track in the library."""

    added_at: str
    """ISO time."""
    track: Track
    """The track."""


@documented
class SearchAnswer(TypedDict):
    """What a search found."""

    tracks: NotRequired[Page[Track]]
    """The matches, best first; absent when tracks were not asked for."""


type TrackKind = Literal[
    "original", "karaoke", "live", "remaster", "remix", "cover", "tribute", "same_title", "other"
]


@documented
class TrackRow(TypedDict):
    """One recording. What is left out is invented, the same at every start."""

    title: str
    """Title as released."""
    artists: list[str]
    """Artists as credited, the main one first."""
    id: NotRequired[str]
    """22 characters of base 62; made from the names without it."""
    album: NotRequired[str]
    """Title of the album; a single named like the track without it."""
    album_artists: NotRequired[list[str]]
    """Artists of the album; the track's first without it."""
    isrc: NotRequired[str]
    """Twelve characters; invented without it, and none at all when empty."""
    duration_ms: NotRequired[int]
    """Length in milliseconds."""
    explicit: NotRequired[bool]
    """Whether the words are explicit; false without it."""
    year: NotRequired[int]
    """Year of release."""
    release_date: NotRequired[str]
    """A year, a month or a day of release; the year without it."""
    genres: NotRequired[list[str]]
    """What the search filter `genre:` finds it by; never answered."""
    markets: NotRequired[list[str]]
    """Countries where it can be played; everywhere without it."""
    is_playable: NotRequired[bool]
    """False: it can be played nowhere."""
    kind: NotRequired[TrackKind]
    """Which trap it is; an original, and none, without it. A test may read it, no answer holds it."""
    in_catalogue: NotRequired[bool]
    """False: what Segue does not know, so that its texts may bear the marker; true without it."""
