"""The parts of a list that get a search of their own, so that each has candidates enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from src.catalogue.engine import AnyOf, Between, Condition, Match
from src.catalogue.filters import to_conditions
from src.catalogue.models.filter import TrackFilter
from src.catalogue.names import genre_key
from src.playlists.models.spec import PlaylistSpec, ShareWish, share_genres
from src.wishes.conditions import soft_conditions
from src.wishes.models.brief import Wish

# Genres wanted side by side that are looked for one by one; a brief seldom has more than three.
_MAX_GENRES = 6
# The most parts of one spec: eight shares, each with what is outside it, the opener, the genres.
MAX_PARTS = 8 + 8 + 1 + _MAX_GENRES


@dataclass(frozen=True, slots=True)
class Part:
    """Tracks that some place or share of the list is for: its name, and what they meet."""

    name: str
    where: tuple[Condition, ...]


def parts_of(spec: PlaylistSpec, wishes: Sequence[Wish]) -> list[Part]:
    """Every part of the list: shares, what a bounded one leaves room for, the opener, each of several genres.

    Args:
        spec: what the list is to be.
        wishes: those that bind.
    """
    parts: list[Part] = []
    for share in spec["shares"]:
        if share.get("at_least", 0.0) > 0:
            parts.append(Part(f"share: {_named(share)}", tuple(_inside(share))))
        if share.get("at_most", 1.0) < 1:
            parts.append(Part(f"beside: {_named(share)}", tuple(_outside(share))))
    if opener := soft_conditions([_softly(wish) for wish in spec["openers"]]):
        parts.append(Part("opener", tuple(opener)))
    genres = [wish["genre"] for wish in wishes if wish["kind"] == "genre" and wish["relation"] == "wanted"]
    if len(genres) > 1:
        parts += [
            Part(f"genre: {genre}", tuple(to_conditions({"genres_any": [genre]})))
            for genre in genres[:_MAX_GENRES]
        ]
    first: dict[tuple[Condition, ...], Part] = {}
    for part in parts:
        if part.where:
            first.setdefault(part.where, part)
    return list(first.values())


def _named(share: ShareWish) -> str:
    years = f"{share.get('year_from', '')}-{share.get('year_to', '')}".strip("-")
    return " ".join(word for word in (" or ".join(share_genres(share)), years) if word)


def _inside(share: ShareWish) -> list[Condition]:
    filter_: TrackFilter = {}
    if genres := share_genres(share):
        filter_["genres_any"] = genres
    if "year_from" in share:
        filter_["year_from"] = share["year_from"]
    if "year_to" in share:
        filter_["year_to"] = share["year_to"]
    return to_conditions(filter_)


def _outside(share: ShareWish) -> list[Condition]:
    """Tracks that are surely none of the share."""
    if genres := share_genres(share):
        return [Match("genre_terms", tuple(genre_key(genre) for genre in genres), negated=True)]
    spans: list[Between] = []
    if "year_from" in share:
        spans.append(Between("track.year", None, share["year_from"] - 1))
    if "year_to" in share:
        spans.append(Between("track.year", share["year_to"] + 1, None))
    return [AnyOf(tuple(spans))] if spans else []


def _softly(wish: Wish) -> Wish:
    return cast("Wish", {**wish, "hard": False})
