"""A solved list: its entries, the verdict on each constraint, the score of each soft aim."""

from typing import Literal, NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from src.catalogue.models.track import Track
from src.constraints.models.brief import ReportLine
from src.schema import documented

type LevelSource = Literal["measured", "editorial", "moods"]


@documented
class PlaylistEntry(TypedDict):
    """One position of the list and its track."""

    position: int
    """Position in the list, from 1."""
    track: Track
    """The track's record in the catalogue."""
    reason: str
    """Why the track is here, from its record and the listener's words."""
    pinned: bool
    """Whether refreshes and edits keep the track at this position."""
    energy: NotRequired[float]
    """Energy from 0 to 1; absent where the record has none."""
    energy_source: NotRequired[LevelSource]
    """Where the energy is from: a measurement, an editor, or the moods; absent with it."""


@documented
class AimScore(TypedDict):
    """How well a soft aim was met."""

    aim: str
    """The aim: `relevance`, `energy course`, `tempo steps`, `keys`, `shares`, `unfamiliar`, …"""
    score: float
    """How well it was met, 0 (not at all) to 1 (wholly)."""
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
    """The list as the solver returned it."""

    status: Literal["complete", "nearest"]
    """`complete`: every hard constraint is met. `nearest`: no list was found that meets them all; this one
    is the nearest, and `offers` name what to relax."""
    entries: list[PlaylistEntry]
    """The positions, in order."""
    duration_s: float
    """Sum of the known lengths, in seconds."""
    unknown_durations: int
    """How many tracks have no length on record."""
    constraints: list[ReportLine]
    """Every constraint with its verdict."""
    aims: list[AimScore]
    """Soft aims with their scores."""
    offers: list[Relaxation]
    """Relaxations that make the list possible; empty when it is complete."""
    notes: list[str]
    """Sentences on how the list was made: missing features, a substitute measure, the time limit."""
    solver: str
    """Name of the method."""
    proven: bool
    """Whether it is proven that no list meets every hard constraint; false when complete."""
    solve_ms: float
    """Time that the solver took, in milliseconds."""
    seed: int
    """The same seed makes the same list from the same catalogue."""


RESULT = TypeAdapter(PlaylistResult)
