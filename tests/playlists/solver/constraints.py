"""Wishes and specs in few words."""

from src.constraints.models.brief import WISH, Wish
from src.constraints.models.spec import PlaylistSpec


def wish(kind: str, **fields: object) -> Wish:
    """A soft wish of the first turn, unless the fields say otherwise."""
    return WISH.validate_python({"kind": kind, "hard": False, "words": "", "turn": 1, **fields})


def genre(name: str, relation: str = "wanted", *, hard: bool = False) -> Wish:
    """A genre wanted or rejected."""
    return wish("genre", genre=name, relation=relation, hard=hard)


def spec(text: str = "", wishes: list[Wish] | None = None, **fields: object) -> PlaylistSpec:
    """A spec of a brief and of these fields."""
    empty: PlaylistSpec = {
        "title": "",
        "prompt": text,
        "brief": {"text": text, "turn": 1, "wishes": wishes or []},
        "courses": [],
        "shares": [],
        "places": [],
        "openers": [],
    }
    return {**empty, **fields}  # type: ignore[typeddict-item]
