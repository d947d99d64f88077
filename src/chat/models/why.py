"""Why a track is in an answer or not: what a turn keeps for it, and what is told of one track."""

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
    """The tool."""
    query: str
    """What was asked of it, in words."""
    tier: int
    """How far the soft wishes were loosened, from 0."""
    tracks: list[str]
    """Ids of the tracks it gave, best first."""


@documented
class DropRecord(TypedDict):
    """A track that a rule kept out."""

    track_id: str
    """The track."""
    rule: str
    """Kind of the wish, or the standing rule."""
    detail: str
    """What it broke, in plain words."""


@documented
class WaitingRecord(TypedDict):
    """A track whose record cannot tell whether it meets a hard wish."""

    track_id: str
    """The track."""
    unchecked: list[str]
    """The wishes, in plain words."""


@documented
class TurnRecord(TypedDict):
    """What a turn keeps beside its answer."""

    searches: list[SearchRecord]
    """In the order they were made."""
    ranking: list[str]
    """Ids of every track in reach, in the order in which they fill the list."""
    drops: list[DropRecord]
    """What was kept out, in order."""
    waiting: list[WaitingRecord]
    """What could only stand last."""
    standing: list[Constraint]
    """Wishes of the listener's taste rules that held in this turn."""


@documented
class SearchRank(TypedDict):
    """Where a track stood in one search."""

    tool: str
    """The tool."""
    query: str
    """What was asked of it."""
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
    """The track."""
    title: NotRequired[str]
    """Its title; absent when the catalogue has no such track."""
    artists: NotRequired[list[str]]
    """Its artists."""
    stage: Stage
    """`picked`; `dropped` by a rule when it was offered; `waiting`, because a checked track stood before it;
    `outranked`; `filtered` by a hard wish before any search; `not_retrieved` by any search; or
    `not_in_catalogue`."""
    rule: NotRequired[str]
    """The rule or the kind of wish that keeps it out."""
    detail: str
    """The same in a sentence."""
    rank: NotRequired[int]
    """Its place in the answer, or in the ranking of everything in reach."""
    searches: list[SearchRank]
    """Where it stood in each search of the turn."""


TURN_RECORD = TypeAdapter(TurnRecord)
