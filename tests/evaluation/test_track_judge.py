"""One track against one constraint, by the record alone."""

import pytest

from src.catalogue.models.track import Track
from src.evaluation.models.case import Named
from src.evaluation.track_judge import (
    has_version,
    is_by,
    is_clean,
    is_credited_to,
    is_instrumental,
    matches,
    measure,
    meets,
    shares_artist,
    versions_of,
)
from tests.evaluation.answers import make_constraint
from tests.fakes import make_track


def track(**fields):
    return make_track(fields.pop("title", "Clocks"), fields.pop("artist", "Coldplay"), **fields)


# kind: (constraint, a track that meets it, one that breaks it, one whose record does not tell)
NO = {"relation": "rejected"}
YES = {"relation": "wanted"}
RULES: dict[str, tuple[dict[str, object], Track, Track, Track | None]] = {
    "no artist": ({"kind": "artist", "name": "coldplay", **NO}, track(artist="Other"), track(), None),
    "an alias": (
        {"kind": "artist", "name": "Cold Play", **NO},
        track(artist="Other"),
        track(aliases=["cold play"]),
        None,
    ),
    "enough of an artist": (
        {"kind": "artist", "name": "Coldplay", "relation": "satisfied"},
        track(artist="Other"),
        track(artist="Other", featuring=["Coldplay"]),
        None,
    ),
    "artist": ({"kind": "artist", "name": "Coldplay", **YES}, track(), track(artist="Other"), None),
    "no track": (
        {"kind": "track", "title": "Clocks", "artist": "Coldplay", **NO},
        track(artist="Other"),
        track(title="Clocks - Live"),
        None,
    ),
    "no genre": (
        {"kind": "genre", "genre": "rock", **NO},
        track(genres=["jazz"]),
        track(genres=["folk rock"]),
        track(genres=[]),
    ),
    "genre": (
        {"kind": "genre", "genre": "Rock", **YES},
        track(genres=["folk rock"]),
        track(genres=["folk"]),
        track(genres=[]),
    ),
    "no mood": (
        {"kind": "mood", "mood": "sad", **NO},
        track(moods=["calm"]),
        track(moods=["sad"]),
        track(moods=[]),
    ),
    "no tag": (
        {"kind": "tag", "tag": "piano", **NO},
        track(tags=["choir"]),
        track(tags=["piano"]),
        track(tags=[]),
    ),
    "years": (
        {"kind": "years", "year_from": 1990, "year_to": 1999, **YES},
        track(year=1990),
        track(year=2000),
        track(),
    ),
    "no years": (
        {"kind": "years", "year_from": 1980, "year_to": 1989, **NO},
        track(year=1990),
        track(year=1989),
        track(),
    ),
    "nothing after": ({"kind": "years", "year_to": 1995, **YES}, track(year=1995), track(year=1996), track()),
    "range": (
        {"kind": "range", "feature": "tempo", "low": 100, "high": 120},
        track(features={"tempo": 100}),
        track(features={"tempo": 121}),
        track(),
    ),
    "language": (
        {"kind": "language", "language": "fr", **YES},
        track(language="fr"),
        track(language="en"),
        track(),
    ),
    "no language": (
        {"kind": "language", "language": "en", **NO},
        track(language="fr"),
        track(language="en"),
        track(),
    ),
    "country": (
        {"kind": "country", "country": "FR", **YES},
        track(country="FR"),
        track(country="US"),
        track(),
    ),
    "no country": (
        {"kind": "country", "country": "US", **NO},
        track(country="FR"),
        track(country="US"),
        track(),
    ),
    "clean": ({"kind": "explicit", "allowed": False}, track(explicit=False), track(explicit=True), track()),
    "instrumental": (
        {"kind": "vocals", "vocals": "instrumental"},
        track(language="zxx"),
        track(language="en"),
        track(),
    ),
    "version": ({"kind": "version", "version": "live", **YES}, track(title="Clocks - Live"), track(), None),
    "no version": (
        {"kind": "version", "version": "live", **NO},
        track(),
        track(title="Clocks (Live in Sydney)"),
        None,
    ),
    "a version by its tag": (
        {"kind": "version", "version": "acoustic", **NO},
        track(tags=["piano"]),
        track(tags=["acoustic"]),
        None,
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_meets_of_each_kind(name):
    fields, right, wrong, silent = RULES[name]
    constraint = make_constraint(**fields)
    assert meets(constraint, right) is True
    assert meets(constraint, wrong) is False
    if silent is not None:
        assert meets(constraint, silent) is None


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "artist", "name": "Coldplay", "relation": "seed"},
        {"kind": "track", "title": "Clocks", **YES},
        {"kind": "mood", "mood": "sad", **YES},
        {"kind": "tag", "tag": "piano", **YES},
        {"kind": "explicit", "allowed": True},
        {"kind": "count", "count": 5},
        {"kind": "per_artist", "at_most": 1},
        {"kind": "new_artists"},
        {"kind": "own_listening", "source": "top", **NO},
        {"kind": "uncheckable", "what": "from a film", "hard": False},
    ],
)
def test_meets_of_a_constraint_that_no_single_record_tells_of_is_none(fields):
    assert meets(make_constraint(**fields), track()) is None


@pytest.mark.parametrize(
    ("fields", "clean"),
    [
        ({"explicit": True, "language": "zxx"}, False),
        ({"explicit": False}, True),
        ({"language": "zxx"}, True),
        ({"language": "en"}, None),
        ({}, None),
    ],
)
def test_is_clean_when_nothing_is_marked_only_without_voices(fields, clean):
    assert is_clean(track(**fields)) is clean


def test_has_version_by_title_record_or_tag():
    assert has_version(track(title="Clocks - Live"), ["live"])
    recorded = track()
    recorded["versions"] = ["live"]
    assert has_version(recorded, ["demo", "live"])
    assert has_version(track(tags=["live"]), ["live"])
    assert versions_of(track(tags=["live"])) == set()


def test_has_version_when_the_tag_is_an_occasion():
    assert not has_version(track(tags=["karaoke"]), ["karaoke"])
    assert has_version(track(title="Clocks (Karaoke Version)"), ["karaoke"])


def test_is_credited_to_a_joint_credit_and_its_halves():
    joint = track(artist="Somebody Unheard & Nobody Heard")
    assert is_credited_to(joint, ["Nobody Heard"])
    assert is_credited_to(joint, ["somebody unheard and nobody heard"])
    assert not is_credited_to(joint, ["Somebody"])


def test_is_by_every_credited_artist_and_alias():
    duet = track(title="Clocks (feat. Slowdive)", aliases=["Cold Play"])
    assert all(is_by(duet, [name]) for name in ("COLDPLAY", "slowdive", "cold play"))
    assert not is_by(duet, ["Clocks", "Cold"])


def test_shares_artist_with_a_guest_of_another():
    assert shares_artist(track(), [track(artist="Other", featuring=["Coldplay"])])
    assert not shares_artist(track(), [track(artist="Other")])
    assert not shares_artist(track(), [])


@pytest.mark.parametrize(
    ("named", "title", "artist"),
    [
        ("Satisfaction", "(I Can't Get No) Satisfaction", "The Rolling Stones"),
        ("(I Can't Get No) Satisfaction", "(I Can't Get No) Satisfaction", "The Rolling Stones"),
        ("clocks", "Clocks - Remastered 2011", "Coldplay"),
        ("Dont Stop Me Now", "Don't Stop Me Now", "Queen"),
        ("Deja Vu", "Déjà Vu (feat. Jay-Z)", "Beyoncé"),
        ("夜に駆ける", "夜に駆ける", "YOASOBI"),
    ],
)
def test_matches_without_brackets_case_accents_and_punctuation(named, title, artist):
    assert matches({"title": named, "artist": artist.lower()}, make_track(title, artist))


def test_matches_by_an_alias_of_the_artist():
    named: Named = {"title": "Der Mussolini", "artist": "DAF"}
    group = "Deutsch Amerikanische Freundschaft"
    assert matches(named, make_track("Der Mussolini", group, aliases=["DAF"]))
    assert not matches(named, make_track("Der Mussolini", group))


def test_matches_when_title_or_artist_differs():
    assert not matches({"title": "Clocks"}, make_track("Yellow", "Coldplay"))
    assert not matches({"title": "Yellow", "artist": "Donovan"}, make_track("Yellow", "Coldplay"))
    assert not matches({"title": "Yell"}, make_track("Yellow", "Coldplay"))


@pytest.mark.parametrize(
    ("fields", "instrumental"),
    [
        ({"language": "zxx"}, True),
        ({"tags": ["instrumental"]}, True),
        ({"features": {"instrumentalness": 0.5}}, True),
        ({"features": {"instrumentalness": 0.4}}, False),
        ({"language": "en"}, False),
        ({"tags": ["female vocals"]}, False),
        ({"tags": ["piano"]}, None),
        ({"language": "en", "tags": ["instrumental"]}, False),
        ({"tags": ["instrumental"], "features": {"instrumentalness": 0.1}}, True),
        ({"tags": ["male vocals"], "features": {"instrumentalness": 0.9}}, True),
    ],
)
def test_is_instrumental_by_what_the_record_tells(fields, instrumental):
    assert is_instrumental(make_track("Song", "Artist", **fields)) is instrumental


@pytest.mark.parametrize(
    ("feature", "fields", "value"),
    [
        ("duration_s", {"duration_ms": 61_500}, 61.5),
        ("popularity", {"popularity": 40}, 40),
        ("tempo", {"features": {"tempo": 120.0}}, 120),
        ("energy", {"editorial_energy": 3}, 0.5),
        ("energy", {"editorial_energy": 3, "features": {"energy": 0.9}}, 0.9),
        ("tempo", {"editorial_energy": 3}, None),
        ("duration_s", {}, None),
    ],
)
def test_measure_of_a_property(feature, fields, value):
    assert measure(feature, make_track("Song", "Artist", **fields)) == value
