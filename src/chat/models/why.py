"""Why a track is in an answer or not: what a turn stores for it, and what one track's explanation says."""

from typing import Literal, NotRequired, TypedDict

from pydantic import TypeAdapter

from src.constraints.models.brief import Constraint
from src.schema import documented

type Stage = Literal[
    "picked", "dropped", "waiting", "outranked", "filtered", "not_retrieved", "not_in_catalogue"
]


@documented
class SearchRecord(TypedDict):
    """One search of the turn."""

    tool: str
    """Name of the tool that searched."""
    query: str
    """What was asked of it, in words."""
    tier: int
    """How far the soft wishes were loosened, from 0."""
    tracks: list[str]
    """Ids of the tracks it returned, best first."""


@documented
class DropRecord(TypedDict):
    """A track that was offered and that a rule dropped."""

    track_id: str
    """Id of the track."""
    rule: str
    """Kind of the wish that it broke, or name of the rule of every list."""
    detail: str
    """What it broke, in plain words."""


@documented
class WaitingRecord(TypedDict):
    """A track whose record cannot tell whether it meets a hard wish."""

    track_id: str
    """Id of the track."""
    unchecked: list[str]
    """The wishes, in plain words."""


@documented
class TurnRecord(TypedDict):
    """How a turn chose its tracks, stored with its answer."""

    searches: list[SearchRecord]
    """In the order they were made."""
    ranking: list[str]
    """Ids of every candidate, in the order in which they fill the list."""
    drops: list[DropRecord]
    """The dropped tracks, in order."""
    waiting: list[WaitingRecord]
    """The tracks that could only come last."""
    standing: list[Constraint]
    """Wishes of the listener's taste rules that held in this turn."""


@documented
class SearchRank(TypedDict):
    """The position of a track in one search."""

    tool: str
    """Name of the tool that searched."""
    query: str
    """What was asked of it, in words."""
    tier: int
    """How far the soft wishes were loosened, from 0."""
    rank: int | None
    """From 1; null when the search did not hold the track."""
    found: int
    """How many tracks it held."""


@documented
class Why(TypedDict):
    """What became of one track in one turn."""

    track_id: str
    """Id of the track."""
    title: NotRequired[str]
    """Its title; absent when the catalogue has no such track."""
    artists: NotRequired[list[str]]
    """Its artists; absent when the title is."""
    stage: Stage
    """`picked`; `dropped` by a rule when it was offered; `waiting`, because checked tracks came first;
    `outranked`; `filtered` by a hard wish before any search; `not_retrieved` by any search; or
    `not_in_catalogue`."""
    rule: NotRequired[str]
    """The rule or the kind of wish that it breaks; absent when it breaks none."""
    detail: str
    """The same in a sentence."""
    rank: NotRequired[int]
    """Its position from 1, in the answer or in the ranking of all candidates; absent when it has none."""
    searches: list[SearchRank]
    """Its position in each search of the turn."""


TURN_RECORD = TypeAdapter(TurnRecord)
