"""What is drawn of a list: energy, tempo and year, track by track, with gaps where no record tells them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from src.playlists.models.result import PlaylistEntry

type LaneName = Literal["energy", "tempo", "year"]


@dataclass(frozen=True, slots=True)
class Lane:
    """One property over the list. `low` and `high` are of the known values, None where there is none."""

    name: LaneName
    unit: str
    values: tuple[float | None, ...]
    low: float | None
    high: float | None
    known: int


def lanes_of(entries: Sequence[PlaylistEntry]) -> list[Lane]:
    """The three lanes, in order."""
    return [
        _lane("energy", "", [entry.get("energy") for entry in entries]),
        _lane("tempo", "bpm", [entry["track"].get("features", {}).get("tempo") for entry in entries]),
        _lane("year", "", [entry["track"].get("year") for entry in entries]),
    ]


def level_words(name: LaneName, value: float) -> str:
    """A value as people write it: `0.62`, `128`, `1971`."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if name == "energy" else f"{value:.0f}"


def range_words(lane: Lane) -> str:
    """`0.2 to 0.9`, `54 to 174 bpm`, `1971`, `not known`."""
    if lane.low is None or lane.high is None:
        return "not known"
    low, high = level_words(lane.name, lane.low), level_words(lane.name, lane.high)
    return f"{low if low == high else f'{low} to {high}'}{f' {lane.unit}' if lane.unit else ''}"


def _lane(name: LaneName, unit: str, values: Sequence[float | None]) -> Lane:
    known = [value for value in values if value is not None]
    return Lane(
        name, unit, tuple(values), min(known, default=None), max(known, default=None), known=len(known)
    )
