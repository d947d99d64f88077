"""What a message wants done with a list is told apart from what it wants to hear."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.understanding.commands import MAX_NAME, Command, read_command


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
        ("save it as St. Vincent mix", "St. Vincent mix", "", ""),
        ("save it as Haze. now something faster", "Haze", "", "now something faster"),
        ("send it to my playlist Gym and find more", "", "Gym", "and find more"),
        ("save to spotify", "", "", ""),
        ('save as "Quiet Evenings"', "Quiet Evenings", "", ""),
        ("turn this into a playlist", "", "", ""),
        ("make a playlist out of these", "", "", ""),
        ("save that as a public playlist called Loud", "Loud", "", ""),
        ("add these to Kitchen Floor", "", "Kitchen Floor", ""),
        ("enregistre ça sous le nom Soirée", "Soirée", "", ""),
        ("I love it, save it as LoveIt", "LoveIt", "", ""),
        ("save that. now something faster", "", "", "now something faster"),
        ("some dub, then save them as a playlist called Haze", "Haze", "", "some dub"),
    ],
)
def test_read_command_save(message, name, onto, rest):
    command, left = read_command(message)
    assert command is not None
    assert (command.kind, command.name, command.onto, left) == ("save", name, onto, rest)


@pytest.mark.parametrize(
    "message",
    [
        *("undo that save", "Undo the playlist please", "revert the last save", "undo", "unsave that"),
        *("undo, please", "please undo that", "undo the last one", "rückgängig machen", "annule", "desfazer"),
    ],
)
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
        "a playlist for a road trip",
        "please don't save that",
        "how do I save this?",
        "never save it",
        "I don't want you to save this list",
        "did you save that?",
        "don't undo the save",
    ],
)
def test_read_command_leaves_requests_alone(message):
    assert read_command(message) == (None, message)


@given(st.text(max_size=300))
def test_read_command_bounds_what_it_takes_from_any_text(text):
    command, rest = read_command(text)
    assert len(rest) <= len(text) + 1
    assert not command or not command.dry_run
    if command is None:
        assert rest == text
    else:
        assert len(command.name) <= MAX_NAME
        assert "\n" not in command.name


@pytest.mark.parametrize(
    ("message", "is_first"),
    [
        ("save that, then give me jazz", True),
        ("great, save that and go on with 3 jazz songs", True),
        ("3 jazz songs and save them", False),
    ],
)
def test_read_command_tells_what_was_given_from_what_is_asked_for(message, is_first):
    command, rest = read_command(message)
    assert command is not None
    assert command.is_first is is_first
    assert "jazz" in rest


@pytest.mark.parametrize(
    ("message", "name", "force", "rest"),
    [
        ("undo the save of Night Drive", "Night Drive", False, ""),
        ("please undo the save of Night Drive again", "Night Drive", False, ""),
        ("undo the save of “Rainy, slow” anyway", "Rainy, slow", True, ""),
        ('undo my save called "Foo: bar"', "Foo: bar", False, ""),
        ("undo the save of the playlist Night on Spotify. now jazz", "Night", False, "now jazz"),
        ("undo the save of St. Vincent mix and find more", "St. Vincent mix", False, "and find more"),
        ("undo the save of it", "", False, ""),
        ("undo the save of that playlist anyway", "", True, ""),
        ("undo the save of the mix please", "", False, ""),
        ("undo the save of Please", "Please", False, ""),
    ],
)
def test_read_command_undo_by_name(message, name, force, rest):
    assert read_command(message) == (Command("undo", name, force=force), rest)


def test_read_command_undo_by_force():
    command, rest = read_command("undo that save anyway")
    assert (command, rest) == (Command("undo", force=True), "")
