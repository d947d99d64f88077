"""Every field of a TrackFilter has its effect, and unknown values pass only on request."""

import pytest

from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import AnyOf, Between, Match, Missing, NotIds
from src.catalogue.filters import to_conditions
from src.catalogue.models.filter import TrackFilter
from src.catalogue.models.track import Track
from src.catalogue.names import song_key
from tests.fakes import songs

SONGS = songs()
CLOCKS = song_key("Clocks", ["Coldplay"])
ALISON = next(track["id"] for track in SONGS if track["title"] == "Alison")


def tempo(track: Track) -> float:
    return track.get("features", {}).get("tempo", 0)


# What each field alone must leave of the small catalogue.
EFFECTS = {
    "artists": (
        TrackFilter(artists=["bill EVANS", "Drake"]),
        lambda track: track["title"] in ("Blue in Green", "Hotline Bling"),
    ),
    "not_artists": (TrackFilter(not_artists=["COLDPLAY"]), lambda track: track["artists"] != ["Coldplay"]),
    "genres_any": (
        TrackFilter(genres_any=["R&B", "Bossa-Nova"]),
        lambda track: bool({"r&b", "bossa nova"} & set(track["genres"])),
    ),
    "genres_none": (
        TrackFilter(genres_none=["Rock"]),
        lambda track: not any("rock" in genre.replace("-", " ").split() for genre in track["genres"]),
    ),
    "moods": (TrackFilter(moods=["Sad"]), lambda track: "sad" in track["moods"]),
    "year_from": (TrackFilter(year_from=2015), lambda track: track.get("year", 0) >= 2015),
    "year_to": (TrackFilter(year_to=1959), lambda track: track.get("year", 9999) <= 1959),
    "features": (
        TrackFilter(features=[{"feature": "tempo", "low": 100, "high": 140}]),
        lambda track: 100 <= tempo(track) <= 140,
    ),
    "duration_from_s": (
        TrackFilter(duration_from_s=307),
        lambda track: track.get("duration_ms", 0) >= 307_000,
    ),
    "duration_to_s": (
        TrackFilter(duration_to_s=160.5),
        lambda track: track.get("duration_ms", 999_999) <= 160_500,
    ),
    "editorial_energy_from": (
        TrackFilter(editorial_energy_from=4),
        lambda track: track.get("editorial_energy", 0) >= 4,
    ),
    "editorial_energy_to": (
        TrackFilter(editorial_energy_to=1),
        lambda track: track.get("editorial_energy", 9) <= 1,
    ),
    "explicit": (TrackFilter(explicit=True), lambda track: track.get("explicit") is True),
    "languages": (TrackFilter(languages=["fr"]), lambda track: track.get("language") == "fr"),
    "not_languages": (TrackFilter(not_languages=["en"]), lambda track: track.get("language") != "en"),
    "countries": (TrackFilter(countries=["BR"]), lambda track: track.get("country") == "BR"),
    "not_countries": (TrackFilter(not_countries=["BR"]), lambda track: track.get("country") != "BR"),
    "tags_any": (TrackFilter(tags_any=["female vocals"]), lambda track: "female vocals" in track["tags"]),
    "tags_none": (TrackFilter(tags_none=["instrumental"]), lambda track: "instrumental" not in track["tags"]),
    "popularity_from": (TrackFilter(popularity_from=85), lambda track: track.get("popularity", 0) >= 85),
    "popularity_to": (TrackFilter(popularity_to=40), lambda track: track.get("popularity", 99) <= 40),
    "not_versions": (
        TrackFilter(not_versions=["live", "karaoke"]),
        lambda track: not track["versions"],
    ),
    "versions": (TrackFilter(versions=["live"]), lambda track: "live" in track["versions"]),
    "exclude_ids": (
        TrackFilter(exclude_ids=[ALISON, "what a model made up"]),
        lambda track: track["id"] != ALISON,
    ),
    "exclude_songs": (TrackFilter(exclude_songs=[CLOCKS]), lambda track: track["song_key"] != CLOCKS),
}


async def found(catalogue: Catalogue, filter_: TrackFilter, *, allow_missing: bool = False) -> set[str]:
    where = to_conditions(filter_, allow_missing=allow_missing)
    return {track["title"] for track in await catalogue.engine.browse(where, 100)}


def test_to_conditions_every_field_is_held_up_here() -> None:
    assert set(EFFECTS) == set(TrackFilter.__annotations__)


@pytest.mark.parametrize("field", EFFECTS)
async def test_to_conditions_each_field_has_its_effect(shared_catalogue: Catalogue, field: str) -> None:
    filter_, holds = EFFECTS[field]
    wanted = {track["title"] for track in SONGS if holds(track)}
    assert 0 < len(wanted) < len(SONGS)
    assert await found(shared_catalogue, filter_) == wanted


async def test_to_conditions_clean_words_are_known_to_be_clean(shared_catalogue: Catalogue) -> None:
    assert await found(shared_catalogue, {"explicit": False}) == {
        track["title"] for track in SONGS if track.get("explicit") is False
    }


async def test_to_conditions_fields_together_must_all_hold(shared_catalogue: Catalogue) -> None:
    filter_: TrackFilter = {"genres_any": ["jazz"], "not_artists": ["Miles Davis"], "year_to": 1960}
    assert await found(shared_catalogue, filter_) == {"Take Five"}


def test_to_conditions_without_a_constraint_asks_for_nothing() -> None:
    assert to_conditions({}) == []
    empty: TrackFilter = {"artists": [], "moods": [], "features": [{"feature": "energy"}], "exclude_ids": []}
    assert to_conditions(empty) == []
    assert to_conditions(empty, allow_missing=True) == []


def test_to_conditions_names_are_compared_as_keys() -> None:
    filter_: TrackFilter = {"artists": ["Björk", "BJORK"], "not_artists": ["P!nk"], "genres_any": ["Rap"]}
    assert to_conditions(filter_) == [
        Match("artist_keys", ("bjork", "&bjork")),
        Match("genre_terms", ("hip hop",)),
        Match("artist_keys", ("pink",), negated=True),
    ]


def test_to_conditions_zero_is_a_bound() -> None:
    filter_: TrackFilter = {"popularity_to": 0, "features": [{"feature": "energy", "low": 0.0}]}
    assert to_conditions(filter_) == [
        Between("track.popularity", None, 0),
        Between("track.features.energy", 0.0, None),
    ]


def test_to_conditions_allow_missing_opens_what_is_wanted_and_never_what_is_rejected() -> None:
    filter_: TrackFilter = {"year_from": 1990, "moods": ["sad"], "genres_none": ["pop"], "exclude_ids": ["x"]}
    assert to_conditions(filter_, allow_missing=True) == [
        AnyOf((Match("mood_keys", ("sad",)), Missing("mood_keys"))),
        AnyOf((Between("track.year", 1990, None), Missing("track.year"))),
        Match("genre_terms", ("pop",), negated=True),
        NotIds(("x",)),
    ]


async def test_to_conditions_allow_missing_adds_exactly_the_tracks_without_the_value(
    shared_catalogue: Catalogue,
) -> None:
    strict = await found(shared_catalogue, {"year_from": 2015})
    open_ = await found(shared_catalogue, {"year_from": 2015}, allow_missing=True)
    assert open_ - strict == {"An Untold Year", "Clocks (Karaoke Version)"}
    assert strict < open_
