"""A solved list: its entries, what became of each wish, what each soft aim scored."""

from typing import Literal, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from src.catalogue.models.track import Track
from src.constraints.models.brief import ReportLine
from src.schema import documented

type LevelSource = Literal["measured", "editorial", "moods"]


@documented
class PlaylistEntry(TypedDict):
    """One place of the list."""

    position: int
    """From 1."""
    track: Track
    """The record, from the catalogue."""
    reason: str
    """Why it stands here; from the record and the listener's words."""
    pinned: bool
    """Whether a refresh or an edit leaves it where it is."""
    energy: NotRequired[float]
    """0 to 1; absent where no record tells it."""
    energy_source: NotRequired[LevelSource]
    """What tells it."""


@documented
class AimScore(TypedDict):
    """How well a soft aim was met."""

    aim: str
    """What was aimed at: `relevance`, `energy course`, `tempo steps`, `keys`, `shares`, `unfamiliar`, …"""
    score: float
    """0 (not at all) to 1 (wholly)."""
    detail: str
    """The numbers behind it."""


@documented
class Relaxation(TypedDict):
    """What would make an impossible list possible."""

    relax: str
    """What to relax, in plain words: `two per artist`."""
    to: str
    """To what, in plain words: `at most 4 tracks by one artist`, `17 tracks`."""


@documented
class PlaylistResult(TypedDict):
    """The list as it was solved."""

    status: Literal["complete", "nearest"]
    """`complete`: every hard wish holds. `nearest`: no list can meet them all; this meets the most, and
    `offers` say what to relax."""
    entries: list[PlaylistEntry]
    """In order."""
    duration_s: float
    """Sum of the known lengths."""
    unknown_durations: int
    """Tracks whose length no record tells."""
    constraints: list[ReportLine]
    """Every wish with its verdict."""
    aims: list[AimScore]
    """Soft aims with their scores."""
    offers: list[Relaxation]
    """Empty when the list is complete."""
    notes: list[str]
    """What must be said: no features, a stand-in measure, the time limit."""
    solver: str
    """What solved it."""
    proven: bool
    """When `nearest`: whether it is proven that no list meets every hard wish."""
    solve_ms: float
    """Time of selection and order."""
    seed: int
    """The same seed gives the same list."""


RESULT = TypeAdapter(PlaylistResult)
