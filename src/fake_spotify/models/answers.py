"""What the fake API answers, with the fields of Development Mode alone, and the rows of a world."""

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
    """Standard codes of a recording or a release."""

    isrc: NotRequired[str]
    """Of a recording."""
    upc: NotRequired[str]
    """Of a release."""


@documented
class Image(TypedDict):
    """A picture."""

    url: str
    """Its address."""
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
class Thing(TypedDict):
    """What artists, albums, tracks, playlists and users have in common."""

    id: str
    """22 characters of base 62; a user's is a name."""
    type: str
    """`artist`, `album`, `track`, `playlist` or `user`."""
    uri: str
    """`spotify:{type}:{id}`."""
    href: str
    """The address of the thing in the API."""
    external_urls: ExternalUrls
    """The address of its open page."""


@documented
class SimplifiedArtist(Thing):
    """An artist as a part of something else."""

    name: str
    """The artist as Spotify spells them."""


@documented
class Artist(SimplifiedArtist):
    """An artist."""

    images: list[Image]
    """The widest first."""


@documented
class SimplifiedAlbum(Thing):
    """An album as a part of something else."""

    name: str
    """Title."""
    album_type: str
    """`album`, `single` or `compilation`."""
    total_tracks: int
    """Number of its tracks."""
    release_date: str
    """A year, a month or a day."""
    release_date_precision: Literal["year", "month", "day"]
    """Which part of the date is known."""
    images: list[Image]
    """The widest first."""
    artists: list[SimplifiedArtist]
    """Its artists, the main one first."""


@documented
class SimplifiedTrack(Thing):
    """A track inside of its album: without the album and without codes."""

    name: str
    """Title."""
    artists: list[SimplifiedArtist]
    """As credited, the main one first."""
    duration_ms: int
    """Length in milliseconds."""
    explicit: bool
    """Whether the words are explicit."""
    disc_number: int
    """From 1."""
    track_number: int
    """From 1."""
    is_local: Literal[False]
    """Always false: see `LocalTrack`."""
    preview_url: None
    """Deprecated: always null."""
    is_playable: NotRequired[bool]
    """Whether it plays in the requested market; absent without a market."""
    restrictions: NotRequired[Restrictions]
    """Why it cannot be played; absent when it can."""


@documented
class Track(SimplifiedTrack):
    """A track."""

    album: SimplifiedAlbum
    """The album that the track was taken from."""
    external_ids: ExternalIds
    """Its ISRC."""


@documented
class LocalTrack(TypedDict):
    """A file on somebody's own machine, as an entry of a playlist."""

    id: None
    """Always null."""
    name: str
    """Title."""
    type: Literal["track"]
    """What it is."""
    uri: str
    """`spotify:local:…`."""
    duration_ms: int
    """Length in milliseconds."""
    is_local: Literal[True]
    """Always true."""


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
class PublicUser(Thing):
    """A user as others see them."""

    display_name: str
    """What the account calls itself in public."""


@documented
class Me(PublicUser):
    """The user whose token it is."""

    account_id: str
    """Permanent, unlike the id."""
    images: list[Image]
    """The widest first."""


@documented
class Page[T](TypedDict):
    """A part of a list."""

    href: str
    """Address of this part."""
    limit: int
    """How many at most."""
    next: str | None
    """Address of the next part; null after the last."""
    offset: int
    """How many come before."""
    previous: str | None
    """Address of the part before; null before the first."""
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
    """Always empty."""
    external_ids: ExternalIds
    """Its UPC."""


@documented
class Cursors(TypedDict):
    """Bounds of a part of a list by time, in milliseconds since 1970."""

    after: NotRequired[str]
    """The latest of this part."""
    before: NotRequired[str]
    """The earliest of this part."""


@documented
class PlayedTrack(TypedDict):
    """A track that was played."""

    track: Track
    """The track that was played, whole."""
    played_at: str
    """ISO time."""
    context: None
    """Always null here."""


@documented
class PlayedPage(TypedDict):
    """A part of what was played, the latest first."""

    href: str
    """Address of this part."""
    limit: int
    """How many at most."""
    next: str | None
    """Address of the earlier ones; null when there are none."""
    cursors: Cursors | None
    """Bounds of this part; null when nothing was played."""
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
    """The track that was saved, whole."""


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
