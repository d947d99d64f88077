"""A row becomes a track, or is rejected with a cause."""

import warnings

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.catalogue.importing.layouts import FIELDS, choose_layout
from src.catalogue.importing.rows import RowRejected, merge_tracks, to_track
from src.catalogue.models.track import TRACK
from tests.fakes import make_track


def read(**row):
    row = {"title": "Alison", "artists": "Slowdive", **row}
    return to_track(row, choose_layout(list(row), {}), source="mine", licence="CC0")


def test_to_track_keeps_source_licence_and_song_key():
    track = read(title="Alison - Live")
    assert (track["source"], track["licence"]) == ("mine", "CC0")
    assert track["song_key"] == read()["song_key"]
    assert track["versions"] == ["live"]


def test_to_track_gives_the_same_id_for_the_same_source_id():
    assert read(id="7")["id"] == read(id="7", title="Renamed")["id"]
    assert read(id="7")["id"] != read(id="8")["id"]


def test_to_track_without_id_tells_tracks_apart_by_name_artists_and_album():
    assert read()["id"] == read()["id"]
    assert len({read()["id"], read(album="Souvlaki")["id"], read(artists="Other")["id"]}) == 3


@pytest.mark.parametrize("missing", ["", "NA", "n/a", "NaN", "null", "None", "-", None, float("nan")])
@pytest.mark.parametrize(("field", "cause"), [("title", "no title"), ("artists", "no artist")])
def test_to_track_when_a_name_is_missing_rejects_the_row(missing, field, cause):
    with pytest.raises(RowRejected) as caught:
        read(**{field: missing})
    assert caught.value.cause == cause


@pytest.mark.parametrize("title", [True, ["a"], {"a": "b"}, " \0 "])
def test_to_track_when_the_title_is_no_text_rejects_the_row(title):
    with pytest.raises(RowRejected, match="no title"):
        read(title=title)


@pytest.mark.parametrize("field", ["title", "artists"])
def test_to_track_when_a_name_is_too_long_rejects_the_row(field):
    with pytest.raises(RowRejected, match="name too long"):
        read(**{field: "a" * 501})


@pytest.mark.parametrize("missing", ["", "NA", "nan", None, float("nan")])
def test_to_track_leaves_missing_values_out(missing):
    track = read(
        album=missing, year=missing, popularity=missing, isrc=missing, language=missing, energy=missing
    )
    assert not {"album", "year", "popularity", "isrc", "language", "features"} & set(track)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("year", 1859),
        ("year", 2101),
        ("year", "soon"),
        ("popularity", -1),
        ("popularity", 101),
        ("duration_ms", 0),
        ("duration_ms", 0.3),
        ("duration_ms", 86_400_001),
        ("duration_ms", True),
        ("duration_ms", float("inf")),
        ("duration_ms", 10**400),
        ("explicit", "perhaps"),
        ("release_date", "last spring"),
    ],
)
def test_to_track_leaves_values_out_that_cannot_be(field, value):
    assert field not in read(**{field: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tempo", 0),
        ("tempo", 401),
        ("energy", 1.1),
        ("energy", -0.1),
        ("loudness", -81),
        ("key", 12),
        ("mode", 2),
    ],
)
def test_to_track_leaves_features_out_that_cannot_be(name, value):
    assert "features" not in read(**{name: value})


def test_to_track_reads_features_from_columns_and_nested():
    assert read(tempo="120.5", key="11", mode="0")["features"] == {"tempo": 120.5, "key": 11, "mode": 0}
    assert read(features={"tempo": 90, "title": "no"}, energy=0.5)["features"] == {
        "tempo": 90.0,
        "energy": 0.5,
    }


def test_to_track_reads_a_bare_year():
    track = read(release_date="1993")
    assert track["year"] == 1993
    assert "release_date" not in track


@pytest.mark.parametrize("date", ["1993-05", "1993-05-17"])
def test_to_track_reads_a_date_with_its_year(date):
    track = read(release_date=date)
    assert (track["year"], track["release_date"]) == (1993, date)


def test_to_track_drops_the_time_of_a_date():
    assert read(release_date="1993-05-17T00:00:00Z")["release_date"] == "1993-05-17"


def test_to_track_takes_the_year_column_before_the_date():
    assert read(year=1993, release_date="2010-01-01")["year"] == 1993


@pytest.mark.parametrize(
    "artists", [["A", "B"], "['A', 'B']", "A;B", "A; ;B", ["A", None, "NA", "B"], ("A", "B")]
)
def test_to_track_reads_several_artists(artists):
    assert read(artists=artists)["artists"] == ["A", "B"]


@pytest.mark.parametrize("artists", ["[unclosed", "[not a list]", "[{[]: 1}]", r"[\d]"])
def test_to_track_keeps_brackets_that_hold_no_list(artists):
    assert read(artists=artists)["artists"] == [artists]


def test_to_track_when_a_list_holds_no_name_rejects_the_row():
    with pytest.raises(RowRejected, match="no artist"):
        read(artists=f"[0x{'f' * 5_000}, None, True]")


def test_to_track_reads_a_list_quietly():
    with warnings.catch_warnings(record=True, action="always") as seen:
        assert read(artists=r"['\d']")["artists"] == [r"\d"]
    assert not seen


def test_to_track_does_not_split_artists_where_the_layout_has_no_separator():
    row = {
        "track_name": "x",
        "track_artist": "A;B",
        "playlist_genre": "rock",
        "playlist_subgenre": "shoegaze",
    }
    track = to_track(row, choose_layout(list(row), {}), source="s", licence="l")
    assert track["artists"] == ["A;B"]
    assert track["genres"] == ["rock", "shoegaze"]


def test_to_track_folds_and_joins_lists():
    track = read(genres="Rock, Dream Pop,rock", moods=["Calm"], tags="['Female Vocals']")
    assert track["genres"] == ["rock", "dream pop"]
    assert track["moods"] == ["calm"]
    assert track["tags"] == ["female vocals"]


def test_to_track_bounds_lists():
    assert len(read(genres=",".join(f"g{number}" for number in range(99)))["genres"]) == 30
    assert read(genres=["g" * 101, "ok"])["genres"] == ["ok"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [(True, True), ("True", True), ("1", True), (1, True), (" YES ", True), (False, False), ("0", False)],
)
def test_to_track_reads_spellings_of_explicit(cell, expected):
    assert read(explicit=cell)["explicit"] is expected


def test_to_track_reads_seconds_where_there_are_no_milliseconds():
    assert read(duration_s="12.5")["duration_ms"] == 12_500
    assert read(duration_s="12.5", duration_ms=7)["duration_ms"] == 7


def test_to_track_bounds_and_folds_codes():
    track = read(isrc="gbx" * 9, mbid="m" * 99, language="EN", album="b" * 999)
    assert track["isrc"] == ("GBX" * 4)
    assert (len(track["mbid"]), track["language"], len(track["album"])) == (36, "en", 500)


def test_to_track_drops_half_a_surrogate_pair():
    assert read(title="a\ud800b")["title"] == "ab"


def test_merge_tracks_joins_lists_and_fills_gaps():
    first = make_track("X", "Y", genres=["rock"], moods=["calm"], year=1990)
    second = make_track("X", "Y", genres=["rock", "pop"], tags=["live"], year=2000, popularity=5)
    merged = merge_tracks(first, second)
    assert merged["genres"] == ["rock", "pop"]
    assert (merged["moods"], merged["tags"]) == (["calm"], ["live"])
    assert (merged["year"], merged["popularity"]) == (1990, 5)


def test_merge_tracks_with_itself_changes_nothing():
    track = make_track("X", "Y", genres=["rock"], year=1990)
    assert merge_tracks(track, track) == track


_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**308, max_value=10**320)
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(["[0x" + "f" * 5_000 + "]", "[[]", "['a','b']", "1999-01-01", "\ud83d"])
)
_CELLS = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner)
)


@settings(max_examples=150, deadline=None, database=None)
@given(st.dictionaries(st.sampled_from([*FIELDS, "features"]), _CELLS))
def test_to_track_whatever_the_cells_gives_a_valid_track_or_a_cause(row):
    layout = choose_layout([*FIELDS, *row], {})
    try:
        track = to_track(row, layout, source="s", licence="l")
    except RowRejected:
        return
    assert TRACK.validate_json(TRACK.dump_json(track)) == track
