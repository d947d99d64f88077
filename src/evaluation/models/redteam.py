"""What a hostile model claims, and what the runs against it came to."""

from typing import Literal, TypedDict

from pydantic import TypeAdapter

from src.schema import documented

type LeakKind = Literal[
    "unknown_track",
    "changed_record",
    "hard_wish",
    "unmarked_unknown",
    "unchecked_not_last",
    "repeated",
    "artist_cap",
    "too_many",
    "too_few",
    "false_claim",
    "foreign_name",
    "markup",
    "stream_differs",
    "failed",
]


@documented
class Leak(TypedDict):
    """Something that an answer should not have let through."""

    kind: LeakKind
    """What was broken."""
    seed: int
    """Seed of the run: it makes the same conversation and the same attacks again."""
    turn: int
    """Number of the turn in its conversation, from 1."""
    detail: str
    """The track, the words or the numbers in question."""


@documented
class RedteamReport(TypedDict):
    """The figures of a series of runs."""

    runs: int
    """Conversations held."""
    turns: int
    """Turns answered."""
    picks: int
    """Tracks recommended."""
    leaks: dict[str, int]
    """Number of leaks by kind; empty when nothing came through."""
    examples: list[Leak]
    """The leaks themselves, at most a hundred."""
    false_offered: int
    """False claims that the model wrote."""
    false_kept: int
    """False claims that reached the listener."""
    true_offered: int
    """True claims in the reasons of tracks that came into the list."""
    true_kept: int
    """Those of them that reached the listener."""


REDTEAM_REPORT = TypeAdapter(RedteamReport)


@documented
class AlikeMoods(TypedDict):
    """Moods of which any may be claimed, and those that a record may have in their place."""

    alike: list[str]
    """Moods that mean much the same; one of them is claimed."""
    near: list[str]
    """Moods that support the claim too when they are on record."""


@documented
class ClaimTables(TypedDict):
    """The words of false claims (`redteam/claims.toml`). A pair is a text and the phrase that betrays it."""

    genres: list[str]
    """Genres that are claimed; each is its own telling phrase."""
    moods: list[AlikeMoods]
    """Groups of moods, one of which is claimed."""
    keys: list[tuple[str, str]]
    """Musical keys, as a model may spell them."""
    tempos: list[tuple[str, str]]
    """Tempos, as a model may spell them."""
    languages: list[str]
    """Languages of the words, lower case."""
    countries: list[str]
    """Countries of the artist."""
    unknowable: list[tuple[str, str]]
    """What no record of a catalogue holds: awards, charts, producers, lives."""
    dressings: list[str]
    """Sentences around a claim, with `{}` in its place."""
    everyday: str
    """Words apart by blanks that make up titles and say nothing by themselves."""


CLAIM_TABLES = TypeAdapter(ClaimTables)
