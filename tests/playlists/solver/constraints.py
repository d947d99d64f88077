"""Wishes and specs in few words."""

from src.constraints.models.brief import CONSTRAINT, Constraint
from src.constraints.models.spec import PlaylistSpec


def constraint(kind: str, **fields: object) -> Constraint:
    """A soft wish of the first turn, unless the fields say otherwise."""
    return CONSTRAINT.validate_python({"kind": kind, "hard": False, "words": "", "turn": 1, **fields})


def genre(name: str, relation: str = "wanted", *, hard: bool = False) -> Constraint:
    """A genre wanted or rejected."""
    return constraint("genre", genre=name, relation=relation, hard=hard)


def spec(text: str = "", constraints: list[Constraint] | None = None, **fields: object) -> PlaylistSpec:
    """A spec of a brief and of these fields."""
    empty: PlaylistSpec = {
        "title": "",
        "prompt": text,
        "brief": {"text": text, "turn": 1, "wishes": constraints or []},
        "courses": [],
        "shares": [],
        "places": [],
        "openers": [],
    }
    return {**empty, **fields}  # type: ignore[typeddict-item]
