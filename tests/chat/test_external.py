"""Handles of tracks that only Spotify has."""

from hypothesis import given
from hypothesis import strategies as st

from src.chat.external import Shelf, handle_number


def item(number):
    return {"id": f"{number:022d}", "name": f"Song {number}", "artists": [{"name": "Somebody"}]}


def test_shelf_gives_a_track_one_handle_for_good():
    shelf = Shelf({1: item(7)["id"]}, last=4)
    assert [shelf.add(item(7), 90), shelf.add(item(8), 80), shelf.add(item(7), 90)] == ["s1", "s5", "s1"]
    assert shelf.ids == {1: item(7)["id"], 5: item(8)["id"]}


def test_shelf_knows_earlier_handles_and_shows_only_those_of_this_turn():
    shelf = Shelf({1: item(7)["id"]}, last=1)
    assert shelf.by_handle("s1") is None
    assert shelf.spotify_id("[s1]") == item(7)["id"]
    shelf.add(item(7), 90)
    found = shelf.by_handle("S1")
    assert found is not None
    assert (found.record["title"], found.match) == ("Song 7", 90)


@given(st.text(max_size=14))
def test_handle_number_reads_handles_and_nothing_else(text):
    number = handle_number(text)
    if number is not None:
        assert text.strip("[] ").lower() == f"s{text.strip('[] ')[1:]}"
        assert number == int(text.strip("[] ")[1:])
