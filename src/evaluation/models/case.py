"""Cases: what a listener says, turn by turn, and what must be true of each answer."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.conversations.models.conversation import FeedbackVerdict
from src.schema import documented

type CatalogueName = Literal["starter", "messy"]
type Fraction = Annotated[float, Field(ge=0, le=1)]


@documented
class Named(TypedDict, closed=True):
    """A track by its names; either may be left out. Compared without case, accents and punctuation."""

    title: NotRequired[str]
    """Title; what it has in brackets is not compared."""
    artist: NotRequired[str]
    """One of the credited artists."""


@documented
class YearSpan(TypedDict, closed=True):
    """Years of release, both included. A track without a year fails unless it is marked unchecked."""

    first: NotRequired[int]
    """Not before."""
    last: NotRequired[int]
    """Not after."""
    share: NotRequired[Fraction]
    """Share of the list that must lie inside; all of it when left out."""


@documented
class GenreShare(TypedDict, closed=True):
    """Genres of which a track must bear one; `rock` covers `folk rock`."""

    any_of: Annotated[list[str], Field(min_length=1)]
    """Genres, lower case."""
    share: NotRequired[Fraction]
    """Share of the list; all of it when left out."""


@documented
class WordShare(TypedDict, closed=True):
    """Moods or tags of which a track must bear one."""

    any_of: Annotated[list[str], Field(min_length=1)]
    """Moods or tags, lower case, as the catalogue writes them."""
    share: Fraction
    """Share of the list."""


@documented
class ValueSpan(TypedDict, closed=True):
    """Bounds on a measured property of each track."""

    feature: str
    """`tempo`, `energy`, `valence`, `popularity`, `duration_s` and so on."""
    low: NotRequired[float]
    """At least."""
    high: NotRequired[float]
    """At most."""
    share: NotRequired[Fraction]
    """Share of the list; all of it, but for tracks marked unchecked, when left out."""


@documented
class ExpectedLine(TypedDict, closed=True):
    """A line that the constraint report must have."""

    kind: str
    """Kind of the constraint."""
    value: NotRequired[str]
    """Words that its value contains, compared without case."""
    verdict: NotRequired[Literal["met", "relaxed", "unmet", "uncheckable"]]
    """What the line of the report must say: met, relaxed, unmet or uncheckable."""
    hard: NotRequired[bool]
    """Whether it binds."""


@documented
class ConstraintPart(TypedDict, closed=True):
    """Some fields of a constraint that the brief must hold, or must not hold."""

    kind: str
    """`artist`, `track`, `genre`, `mood`, `tag`, `years`, `range`, `language`, `country`, `explicit`,
    `vocals`, `version`, `new_artists`, `count`, `per_artist`, `own_listening`, `uncheckable`."""
    name: NotRequired[str]
    """What it is about: artist, title, genre, mood, tag, feature, language, country or version."""
    relation: NotRequired[Literal["wanted", "seed", "contrast", "satisfied", "rejected"]]
    """How the listener stands to it."""
    hard: NotRequired[bool]
    """Whether it binds."""


@documented
class Expectation(TypedDict, closed=True):
    """What must be true of one answer. What is left out is not checked; no track may come twice."""

    count: NotRequired[Annotated[int, Field(ge=0, le=50)]]
    """Exactly so many tracks."""
    at_least: NotRequired[Annotated[int, Field(ge=1, le=50)]]
    """At least so many tracks."""
    first: NotRequired[Named]
    """The first track."""
    contains: NotRequired[list[Named]]
    """Each of these is in the list."""
    lacks: NotRequired[list[Named]]
    """None of these is in the list."""
    all_by: NotRequired[list[str]]
    """Every track is credited to one of these artists."""
    none_by: NotRequired[list[str]]
    """No track is credited to one of these artists."""
    genres: NotRequired[GenreShare]
    """What the tracks are."""
    no_genres: NotRequired[list[str]]
    """No track bears one of these genres, or a kind of it."""
    moods: NotRequired[WordShare]
    """Moods of the tracks."""
    tags: NotRequired[WordShare]
    """Tags of the tracks."""
    no_tags: NotRequired[list[str]]
    """No track bears one of these tags."""
    years: NotRequired[YearSpan]
    """When they were released."""
    languages: NotRequired[list[str]]
    """Every track's words are in one of these languages (ISO 639; `zxx` without words)."""
    no_languages: NotRequired[list[str]]
    """No track's words are in one of these languages."""
    countries: NotRequired[list[str]]
    """Every track's artist is from one of these countries (ISO 3166, two letters)."""
    clean: NotRequired[Literal[True]]
    """No track is marked explicit."""
    vocals: NotRequired[Literal["instrumental", "vocal"]]
    """Every track is so, as far as its record tells."""
    versions: NotRequired[list[str]]
    """Every track is one of these versions."""
    no_versions: NotRequired[list[str]]
    """No track is one of these versions: `live`, `remix`, `karaoke`, `cover`, `acoustic`, …"""
    values: NotRequired[list[ValueSpan]]
    """Measured properties."""
    per_artist: NotRequired[Annotated[int, Field(ge=1)]]
    """At most so many tracks by one first artist."""
    new_artists: NotRequired[Literal[True]]
    """Nobody credited here was credited in an earlier answer of the conversation."""
    repeats: NotRequired[list[Named]]
    """Tracks of earlier answers that may come again; no other may."""
    absent: NotRequired[list[str]]
    """The reply says of each of these names that it is not in the catalogue."""
    ledger: NotRequired[list[ExpectedLine]]
    """Lines that the constraint report has."""
    wishes: NotRequired[list[ConstraintPart]]
    """Constraints that the brief holds."""
    no_wishes: NotRequired[list[ConstraintPart]]
    """Constraints that the brief does not hold."""
    says: NotRequired[list[str]]
    """Words that the reply contains, compared without case and accents."""
    never_says: NotRequired[list[str]]
    """Words that neither the reply nor a reason contains."""


@documented
class CaseFeedback(TypedDict, closed=True):
    """A verdict on a track of an earlier answer, given before the message."""

    rank: Annotated[int, Field(ge=1, le=50)]
    """Rank of the track in the last answer."""
    verdict: FeedbackVerdict
    """What the listener thinks of it."""


@documented
class CaseTurn(TypedDict, closed=True):
    """One message and what is expected of its answer."""

    message: Annotated[str, Field(min_length=1, max_length=4000)]
    """What the listener says."""
    limit: NotRequired[Annotated[int, Field(ge=1, le=50)]]
    """The caller's own number of tracks."""
    feedback: NotRequired[list[CaseFeedback]]
    """Given before the message is sent."""
    expect: Expectation
    """What must be true of the answer."""
    relevant: NotRequired[Annotated[list[Named], Field(min_length=1)]]
    """Tracks of the catalogue that a good answer would hold; they are scored, not demanded."""


@documented
class Case(TypedDict, closed=True):
    """A conversation of one to six turns."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{3,60}$")]
    """Unique in its file."""
    kind: Annotated[str, Field(min_length=3, max_length=40)]
    """What it is about; the report has one line a kind."""
    catalogue: CatalogueName
    """What it runs on: the starter catalogue, or the small messy one."""
    blind: bool
    """Whether it was written without sight of the code that reads messages."""
    turns: Annotated[list[CaseTurn], Field(min_length=1, max_length=6)]
    """In order."""


CASE = TypeAdapter(Case)
