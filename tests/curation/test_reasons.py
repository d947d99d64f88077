"""Reasons are made of the record and of the wish that a track is there for."""

import pytest

from src.curation.reasons import reason_of
from src.wishes.checks import Known
from tests.curation.pools import candidate, genre_wish, spec_of

SONG = candidate(
    "Song", "Somebody", genres=["rock", "indie", "dream pop"], moods=["dreamy", "calm", "warm"], year=1993
)


def _said(spec, position=2, one=SONG):
    return reason_of(spec, one, position, Known())


def test_reason_of_names_the_narrowest_genres_the_first_moods_and_the_year():
    assert _said(spec_of()) == "indie, dream pop, dreamy, calm, 1993"


def test_reason_of_a_bare_record_is_empty():
    assert _said(spec_of(), one=candidate("Bare")) == ""


def test_reason_of_says_a_word_once():
    assert _said(spec_of(), one=candidate("Song", genres=["calm"], moods=["calm"])) == "calm"


def test_reason_of_a_must_have_says_that_it_was_asked_for():
    place = {"track_id": SONG.track["id"], "title": "Song", "words": "with Song"}
    assert _said(spec_of(places=[place])).endswith("1993; asked for by name")


@pytest.mark.parametrize(("position", "said"), [(1, True), (2, False)])
def test_reason_of_an_opener_is_said_of_the_first_track_alone(position, said):
    opener = {**genre_wish("dream pop", hard=False), "words": "something dreamy"}
    reason = _said(spec_of(openers=[opener]), position)
    assert ("opens with something dreamy" in reason) is said


def test_reason_of_an_opener_that_is_not_met_is_not_claimed():
    assert "opens" not in _said(spec_of(openers=[genre_wish("jazz", hard=False)]), 1)


def test_reason_of_a_share_names_its_genre():
    share = {"genres": ["indie", "jazz"], "at_least": 0.5, "hard": True, "words": "half indie or jazz"}
    assert _said(spec_of(shares=[share])).endswith("; for the indie")
    other = {"genre": "jazz", "at_least": 0.5, "hard": True, "words": "half jazz"}
    assert "for the" not in _said(spec_of(shares=[other]))
