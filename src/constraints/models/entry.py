"""A wish in the flat form in which a model or a client writes one."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from src.constraints.models.brief import Relation
from src.schema import documented

type ConstraintKind = Literal[
    "artist",
    "track",
    "genre",
    "mood",
    "tag",
    "years",
    "range",
    "language",
    "country",
    "explicit",
    "vocals",
    "version",
    "new_artists",
    "count",
    "per_artist",
    "uncheckable",
]
type Short = Annotated[str, Field(min_length=1, max_length=200)]


@documented
class BriefEntry(TypedDict, closed=True):
    """One wish of the listener."""

    kind: ConstraintKind
    """What it is about. `tag`: an instrument, a voice, an occasion; `range`: a measured property;
    `uncheckable`: what no record can tell."""
    value: NotRequired[Short]
    """Artist, title, genre, mood, tag, property (`tempo`, `energy`, `duration_s`, `popularity`), language,
    country, version, `clean` or `allowed` for explicit, `instrumental` or `vocal` for vocals."""
    artist: NotRequired[Short]
    """Artist of a track."""
    relation: NotRequired[Relation]
    """`wanted` when left out; `rejected` to leave it out; `seed` for more like it."""
    low: NotRequired[float]
    """At least this year or value."""
    high: NotRequired[float]
    """At most this year or value."""
    number: NotRequired[Annotated[int, Field(ge=1, le=50)]]
    """How many, for `count` and `per_artist`."""
    hard: NotRequired[bool]
    """Whether the list must obey it; exclusions and numbers do when left out."""
    words: Short
    """The listener's own words for it, copied from the message."""


@documented
class BriefRemoval(TypedDict, closed=True):
    """A wish to take back."""

    kind: ConstraintKind
    """Which kind of wish it is."""
    value: NotRequired[Short]
    """What the wish is about; every wish of the kind when left out."""


@documented
class BriefPatch(TypedDict, closed=True):
    """An edit of the brief. What is left out stays as it is."""

    text: NotRequired[Annotated[str, Field(max_length=600)]]
    """What to search for by meaning, in words."""
    remove: NotRequired[Annotated[list[BriefRemoval], Field(max_length=50)]]
    """Wishes to take out, before any is added."""
    add: NotRequired[Annotated[list[BriefEntry], Field(max_length=50)]]
    """Wishes to add; one replaces what it is about."""
