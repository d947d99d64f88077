"""Typed filters over the catalogue: the one form that retrieval, tools and the HTTP search use."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from src.schema import documented

type FeatureName = Literal[
    "danceability",
    "energy",
    "valence",
    "acousticness",
    "instrumentalness",
    "speechiness",
    "liveness",
    "loudness",
    "tempo",
]


@documented
class FeatureRange(TypedDict, closed=True):
    """Bounds on one measured audio feature."""

    feature: FeatureName
    """Which feature; `tempo` is in beats per minute, `loudness` in decibels, the others 0 to 1."""
    low: NotRequired[float]
    """At least this."""
    high: NotRequired[float]
    """At most this."""


@documented
class TrackFilter(TypedDict, closed=True):
    """What a track must be. Every field given must hold; a track that lacks the value does not hold."""

    artists: NotRequired[list[str]]
    """By any of these artists, featured ones included."""
    not_artists: NotRequired[list[str]]
    """By none of these artists, featured ones included."""
    genres_any: NotRequired[list[str]]
    """Of at least one of these genres; `rock` covers `folk rock` too."""
    genres_none: NotRequired[list[str]]
    """Of none of these genres; `country` covers `country rock` too."""
    moods: NotRequired[list[str]]
    """Of at least one of these moods."""
    year_from: NotRequired[int]
    """Released in this year or later."""
    year_to: NotRequired[int]
    """Released in this year or earlier."""
    features: NotRequired[list[FeatureRange]]
    """Bounds on audio features."""
    duration_from_s: NotRequired[float]
    """At least this many seconds long."""
    duration_to_s: NotRequired[float]
    """At most this many seconds long."""
    editorial_energy_from: NotRequired[int]
    """Editor's energy, 1 (very calm) to 5 (very intense): at least this."""
    editorial_energy_to: NotRequired[int]
    """Editor's energy: at most this."""
    explicit: NotRequired[bool]
    """Explicit words (true) or none (false)."""
    languages: NotRequired[list[str]]
    """Words in one of these languages (ISO 639 codes); `zxx` means no words."""
    not_languages: NotRequired[list[str]]
    """Words in none of these languages."""
    countries: NotRequired[list[str]]
    """First artist from one of these countries (ISO 3166-1 alpha-2)."""
    not_countries: NotRequired[list[str]]
    """First artist from none of these countries."""
    tags_any: NotRequired[list[str]]
    """With at least one of these tags."""
    tags_none: NotRequired[list[str]]
    """With none of these tags."""
    popularity_from: NotRequired[int]
    """Popularity (0 to 100) of at least this."""
    popularity_to: NotRequired[int]
    """Popularity (0 to 100) of at most this."""
    not_versions: NotRequired[list[str]]
    """None of these kinds of version: `live`, `remix`, `karaoke`, `cover`, …"""
    versions: NotRequired[list[str]]
    """One of these kinds of version."""
    exclude_ids: NotRequired[list[str]]
    """None of these tracks."""
    exclude_songs: NotRequired[list[str]]
    """No recording of these songs, by `song_key`."""
