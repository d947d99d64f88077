"""The brief: what one conversation is about, as a short list of wishes."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.schema import documented

type Relation = Literal["wanted", "seed", "contrast", "satisfied", "rejected"]
type OwnSource = Literal["recent", "top", "saved", "playlist"]
type RangeName = Literal[
    "danceability",
    "energy",
    "valence",
    "acousticness",
    "instrumentalness",
    "speechiness",
    "liveness",
    "loudness",
    "tempo",
    "duration_s",
    "popularity",
]


@documented
class ArtistConstraint(TypedDict, closed=True):
    """An artist and how the listener stands to them."""

    kind: Literal["artist"]
    """Says that this constraint is of the kind `artist`."""
    name: str
    """The artist, as the catalogue writes it where it is there."""
    relation: Relation
    """`wanted`: by this very artist; `seed`: more like this; `contrast`: away from this;
    `satisfied`: enough of it; `rejected`: never."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class TrackConstraint(TypedDict, closed=True):
    """A named track and how the listener stands to it."""

    kind: Literal["track"]
    """Says that this constraint is of the kind `track`."""
    title: str
    """The title, as the catalogue writes it where it is there."""
    artist: NotRequired[str]
    """Its artist, where said or known."""
    track_id: NotRequired[str]
    """The catalogue's track; absent when it is not in the catalogue."""
    relation: Relation
    """How the listener stands to it, as to an artist."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class GenreConstraint(TypedDict, closed=True):
    """A genre wanted or rejected."""

    kind: Literal["genre"]
    """Says that this constraint is of the kind `genre`."""
    genre: str
    """Lower case; `rock` covers `folk rock`."""
    relation: Literal["wanted", "rejected"]
    """Whether it is asked for or ruled out."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class MoodConstraint(TypedDict, closed=True):
    """A mood wanted or rejected."""

    kind: Literal["mood"]
    """Says that this constraint is of the kind `mood`."""
    mood: str
    """Lower case, one of the catalogue's moods."""
    relation: Literal["wanted", "rejected"]
    """Whether it is asked for or ruled out."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class TagConstraint(TypedDict, closed=True):
    """An instrument, a kind of voice, an occasion or an activity, wanted or rejected."""

    kind: Literal["tag"]
    """Says that this constraint is of the kind `tag`."""
    tag: str
    """Lower case, as catalogues tag it: `female vocals`, `piano`, `workout`."""
    relation: Literal["wanted", "rejected"]
    """Whether it is asked for or ruled out."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class YearsConstraint(TypedDict, closed=True):
    """Years of release, both bounds included."""

    kind: Literal["years"]
    """Says that this constraint is of the kind `years`."""
    year_from: NotRequired[int]
    """Not before this year."""
    year_to: NotRequired[int]
    """Not after this year."""
    relation: Literal["wanted", "rejected"]
    """`rejected`: not from these years (`no 80s`)."""
    hard: bool
    """True for a stated bound (`nothing after 1995`), false for a feel (`90s vibe`)."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class RangeConstraint(TypedDict, closed=True):
    """Bounds on a measured property."""

    kind: Literal["range"]
    """Says that this constraint is of the kind `range`."""
    feature: RangeName
    """Which property: `tempo` in beats a minute, `duration_s` in seconds, `popularity` 0 to 100."""
    low: NotRequired[float]
    """At least this."""
    high: NotRequired[float]
    """At most this."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class LanguageConstraint(TypedDict, closed=True):
    """The language of the words sung."""

    kind: Literal["language"]
    """Says that this constraint is of the kind `language`."""
    language: str
    """ISO 639 code."""
    relation: Literal["wanted", "rejected"]
    """Whether it is asked for or ruled out."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class CountryConstraint(TypedDict, closed=True):
    """Where the artists are from."""

    kind: Literal["country"]
    """Says that this constraint is of the kind `country`."""
    country: str
    """ISO 3166-1 alpha-2."""
    relation: Literal["wanted", "rejected"]
    """Whether it is asked for or ruled out."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class ExplicitConstraint(TypedDict, closed=True):
    """Whether explicit words are allowed."""

    kind: Literal["explicit"]
    """Says that this constraint is of the kind `explicit`."""
    allowed: bool
    """False: clean tracks only."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class VocalsConstraint(TypedDict, closed=True):
    """With voices or without."""

    kind: Literal["vocals"]
    """Says that this constraint is of the kind `vocals`."""
    vocals: Literal["instrumental", "vocal"]
    """`instrumental`: no voices; `vocal`: with voices."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class VersionConstraint(TypedDict, closed=True):
    """A kind of version wanted or rejected."""

    kind: Literal["version"]
    """Says that this constraint is of the kind `version`."""
    version: str
    """`live`, `remix`, `acoustic`, `karaoke`, `cover`, `remaster`, `demo`, `edit`, `instrumental`."""
    relation: Literal["wanted", "rejected"]
    """Whether it is asked for or ruled out."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class NewArtistsConstraint(TypedDict, closed=True):
    """Only artists that are new to the conversation."""

    kind: Literal["new_artists"]
    """Says that this constraint is of the kind `new_artists`."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class CountConstraint(TypedDict, closed=True):
    """How many tracks."""

    kind: Literal["count"]
    """Says that this constraint is of the kind `count`."""
    count: Annotated[int, Field(ge=1, le=50)]
    """Exactly this many."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class PerArtistConstraint(TypedDict, closed=True):
    """At most so many tracks by one artist."""

    kind: Literal["per_artist"]
    """Says that this constraint is of the kind `per_artist`."""
    at_most: Annotated[int, Field(ge=1, le=50)]
    """Tracks by one first artist."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class OwnListeningConstraint(TypedDict, closed=True):
    """Tracks like those of the listener's own listening, or none of them."""

    kind: Literal["own_listening"]
    """Says that this constraint is of the kind `own_listening`."""
    source: OwnSource
    """Played of late, played most, saved, or an own playlist."""
    playlist: NotRequired[str]
    """Name of the playlist, in the listener's words."""
    relation: Literal["seed", "rejected"]
    """`seed`: find tracks like those; `rejected`: leave those out."""
    hard: bool
    """Whether the list must obey it."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


@documented
class UncheckableConstraint(TypedDict, closed=True):
    """A wish that no record in this catalogue can prove or disprove."""

    kind: Literal["uncheckable"]
    """Says that this constraint is of the kind `uncheckable`."""
    what: str
    """The wish in a few words."""
    hard: bool
    """Always false: it cannot bind what cannot be checked."""
    words: str
    """The listener's words."""
    turn: int
    """The turn that said it, from 1."""


type Constraint = Annotated[
    ArtistConstraint
    | TrackConstraint
    | GenreConstraint
    | MoodConstraint
    | TagConstraint
    | YearsConstraint
    | RangeConstraint
    | LanguageConstraint
    | CountryConstraint
    | ExplicitConstraint
    | VocalsConstraint
    | VersionConstraint
    | NewArtistsConstraint
    | CountConstraint
    | PerArtistConstraint
    | OwnListeningConstraint
    | UncheckableConstraint,
    Field(discriminator="kind"),
]


@documented
class Brief(TypedDict, closed=True):
    """The typed state of one conversation: small, readable, carried from turn to turn."""

    text: str
    """What the listener is after, in words, for search by meaning."""
    turn: int
    """Turns so far."""
    wishes: list[Constraint]
    """Everything that was asked for and still stands, oldest first."""


type Absence = Literal["not_in_catalogue", "from_spotify"]


@documented
class ReportLine(TypedDict):
    """One line of the constraint report: a wish or a rule of the service, and what became of it."""

    kind: str
    """Kind of the wish, or the rule: `one_per_song`, `artist_cap`, `feedback`, `not_repeated`, …"""
    value: str
    """The wish in a few plain words: `no Mazzy Star`, `1995 or earlier`."""
    hard: bool
    """Whether the list had to obey it."""
    words: str
    """The listener's words; empty for a rule of the service."""
    verdict: Literal["met", "relaxed", "unmet", "uncheckable"]
    """`met`; `relaxed`: a soft wish that some tracks do not meet; `unmet`; `uncheckable`."""
    detail: str
    """Numbers and names behind the verdict; empty when there is nothing to add."""
    absence: NotRequired[Absence]
    """`not_in_catalogue`: what is named is not there; `from_spotify`: nor is it, but the list has it from
    Spotify. Left out where nothing is absent, and in answers stored before there was this code."""


BRIEF = TypeAdapter(Brief)
CONSTRAINT: TypeAdapter[Constraint] = TypeAdapter(Constraint)


def empty_brief() -> Brief:
    """The brief of a conversation in which nothing has been said."""
    return {"text": "", "turn": 0, "wishes": []}
