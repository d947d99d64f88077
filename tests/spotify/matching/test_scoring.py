"""The score says how well a track matches the query, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.spotify.matching.match import match_score
from tests.spotify.matching.items import make_item


@pytest.mark.parametrize(
    "query",
    [
        {"title": "Amber Rain", "artist": "Kin of Moss"},
        {"title": "amber rain"},
        {"artist": "KIN OF MOSS"},
        {"artist": "Ada Moth"},
        {"words": "kin of moss rain"},
        {"words": "amber rain letters"},
        {"album": "Letters"},
    ],
)
def test_match_score_when_everything_asked_for_is_there(query: dict[str, str]) -> None:
    item = make_item("Amber Rain - Remastered 2011", "Kin of Moss", "Ada Moth", album="Letters")
    assert match_score(item, **query) == 100


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (make_item("Amber Rain", "Kin of Moss"), make_item("Amber Rainfall", "Kin of Moss")),
        (make_item("Amber Rain", "Kin of Moss"), make_item("Amber Rain", "Copper Wolves")),
        (make_item("Amber Rain", "Kin of Moss"), make_item("Amber Rain - Live", "Kin of Moss")),
        (make_item("Amber Rain", "Kin of Moss"), make_item("Amber Rain", "Kin of Moss", "Sing King")),
        (make_item("Amber Rain - Live", "Kin of Moss"), make_item("Copper Bell", "Tidal Bureau")),
    ],
)
def test_match_score_orders_by_closeness(better, worse) -> None:
    query = {"title": "Amber Rain", "artist": "Kin of Moss"}
    assert match_score(better, **query) > match_score(worse, **query)


def test_match_score_of_a_version_that_was_asked_for() -> None:
    live = make_item("Amber Rain - Live at Wembley", "Kin of Moss")
    assert match_score(live, words="amber rain live") == 100
    assert match_score(live, words="amber rain") < 100


def test_match_score_of_no_query_or_no_track() -> None:
    assert match_score(make_item("Amber Rain"), words="  ") == 0
    assert match_score({}, title="Amber Rain", artist="Kin of Moss", words="x", album="y") == 0


@given(st.text(), st.text(), st.text(), st.text(), st.text(max_size=40))
def test_match_score_is_a_percentage(words: str, title: str, artist: str, album: str, name: str) -> None:
    item = make_item(name, name, album=name)
    assert 0 <= match_score(item, words=words, title=title, artist=artist, album=album) <= 100
