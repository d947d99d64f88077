"""What a message wants done with a list is told apart from what it wants to hear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.wishes.commands import MAX_NAME, Command, read_command


@pytest.mark.parametrize(
    ("message", "name", "onto", "rest"),
    [
        ("save that", "", "", ""),
        ("Great, save it!", "", "", ""),
        ("save it as Night Drive", "Night Drive", "", ""),
        ('Save this to Spotify as "Rainy, slow"', "Rainy, slow", "", ""),
        ("save the list as a playlist", "", "", ""),
        ("put it on spotify", "", "", ""),
        ("add them to my Road Trip playlist", "", "Road Trip", ""),
        ("save these to my playlist Road Trip please", "", "Road Trip", ""),
        ("turn this into a spotify playlist called Foo Bar", "Foo Bar", "", ""),
        ("speichere das als Abend", "Abend", "", ""),
        ("10 chill songs and save it to Spotify as Evening", "Evening", "", "10 chill songs"),
        ("some dub, then save them as a playlist called Haze", "Haze", "", "some dub"),
    ],
)
def test_read_command_save(message, name, onto, rest):
    assert read_command(message) == (Command("save", name, onto), rest)


@pytest.mark.parametrize("message", ["undo that save", "Undo the playlist please", "revert the last save"])
def test_read_command_undo(message):
    assert read_command(message) == (Command("undo"), "")


@pytest.mark.parametrize(
    "message",
    [
        "songs to save this relationship",
        "songs about how to save a life",
        "play Save It for Later",
        "put it on",
        "make it a bit more upbeat",
        "add it to the mix",
        "keep it mellow",
        "undo that",
        "a playlist for a road trip",
    ],
)
def test_read_command_leaves_requests_alone(message):
    assert read_command(message) == (None, message)


@given(st.text(max_size=300))
def test_read_command_bounds_what_it_takes_from_any_text(text):
    command, rest = read_command(text)
    assert len(rest) <= len(text) + 1
    if command is None:
        assert rest == text
    else:
        assert len(command.name) <= MAX_NAME
        assert "\n" not in command.name
