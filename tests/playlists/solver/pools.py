"""Small pools and specs for the solver's tests."""

from collections.abc import Sequence
from typing import Literal

from src.catalogue.models.track import Track
from src.constraints.checks import Known
from src.constraints.conflicts import bind
from src.constraints.enforcement import Rules, make_rules
from src.constraints.models.brief import Constraint
from src.constraints.models.spec import PlaylistSpec, empty_spec
from src.retrieval.pool import PoolTrack
from tests.fakes import make_track


def spec_of(*constraints: Constraint, **fields: object) -> PlaylistSpec:
    """A spec that asks for these wishes and fields."""
    spec = empty_spec({"text": "", "turn": 1, "wishes": list(constraints)})
    spec.update(fields)  # type: ignore[typeddict-item]
    return spec


def rules_of(spec: PlaylistSpec, known: Known | None = None) -> Rules:
    """The rules of the spec's brief."""
    return make_rules(bind(spec["brief"]), known or Known(), None)


def candidate(title: str, artist: str = "", relevance: float = 0.5, **fields: object) -> PoolTrack:
    """A candidate by an artist of its own unless one is named."""
    familiar = bool(fields.pop("familiar", True))
    track = make_track(title, artist or f"Artist of {title}", **fields)
    return PoolTrack(track, relevance, ("text",), familiar)


def numbered(count: int, **fields: object) -> list[PoolTrack]:
    """Candidates of four minutes with energies that rise from 0 to 1."""
    pool = []
    for number in range(count):
        energy = number / max(1, count - 1)
        own: dict[str, object] = {"duration_ms": 240_000, "features": {"energy": energy}, **fields}
        pool.append(candidate(f"Song {number:03}", "", 0.5, **own))
    return pool


def tracks_of(pool: Sequence[PoolTrack]) -> list[Track]:
    """Their tracks."""
    return [one.track for one in pool]


def per_artist(at_most: int) -> Constraint:
    """A hard cap."""
    return {"kind": "per_artist", "at_most": at_most, "hard": True, "words": f"{at_most} each", "turn": 1}


def count_of(count: int) -> Constraint:
    """A hard number of tracks."""
    return {"kind": "count", "count": count, "hard": True, "words": f"{count} songs", "turn": 1}


def genre_constraint(
    genre: str, relation: Literal["wanted", "rejected"] = "wanted", *, hard: bool = True
) -> Constraint:
    """A genre, wanted or rejected."""
    return {
        "kind": "genre",
        "genre": genre,
        "relation": relation,
        "hard": hard,
        "words": genre,
        "turn": 1,
    }


def clean() -> Constraint:
    """No explicit words."""
    return {"kind": "explicit", "allowed": False, "hard": True, "words": "no explicit", "turn": 1}
