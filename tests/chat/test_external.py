"""Handles of tracks that only Spotify has."""

from hypothesis import given
from hypothesis import strategies as st

from src.chat.external import ExternalCandidates, handle_number


def item(number):
    return {"id": f"{number:022d}", "name": f"Song {number}", "artists": [{"name": "Somebody"}]}


def test_external_gives_a_track_one_handle_for_good():
    external = ExternalCandidates({1: item(7)["id"]}, last=4)
    assert [external.add(item(7), 90), external.add(item(8), 80), external.add(item(7), 90)] == [
        "s1",
        "s5",
        "s1",
    ]
    assert external.ids == {1: item(7)["id"], 5: item(8)["id"]}


def test_external_knows_earlier_handles_and_shows_only_those_of_this_turn():
    external = ExternalCandidates({1: item(7)["id"]}, last=1)
    assert external.by_handle("s1") is None
    assert external.spotify_id("[s1]") == item(7)["id"]
    external.add(item(7), 90)
    found = external.by_handle("S1")
    assert found is not None
    assert (found.record["title"], found.match) == ("Song 7", 90)


@given(st.text(max_size=14))
def test_handle_number_reads_handles_and_nothing_else(text):
    number = handle_number(text)
    if number is not None:
        assert text.strip("[] ").lower() == f"s{text.strip('[] ')[1:]}"
        assert number == int(text.strip("[] ")[1:])
