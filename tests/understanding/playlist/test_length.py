"""The length of a list: in many words, told apart from that of a track, and within bounds."""

import pytest

from src.errors import InvalidInput
from src.understanding.playlist.length import read_length, read_tracks
from src.understanding.playlist.text import open_prompt


@pytest.mark.parametrize(
    ("prompt", "minutes"),
    [
        ("a ninety-minute list", 90),
        ("1h30", 90),
        ("1:30h of jazz", 90),
        ("an hour and a half", 90),
        ("two and a half hours", 150),
        ("2.5 hours", 150),
        ("45 min", 45),
        ("90min", 90),
        ("half an hour of rock", 30),
        ("three quarters of an hour", 45),
        ("an hour and twenty minutes", 80),
        ("1 hour 10", 70),
        ("for my 40 minute commute", 40),
        ("anderthalb Stunden", 90),
        ("zwei Stunden Musik", 120),
        ("una hora y media", 90),
        ("treinta minutos", 30),
        ("une heure et demie", 90),
        ("une demi-heure", 30),
        ("a couple of hours", 120),
        ("make it 2 hours, no wait, 90 minutes", 90),
        ("first 20 minutes calm, 2 hours in total", 120),
    ],
)
def test_read_length_exact(prompt, minutes):
    _, length = read_length(open_prompt(prompt))
    assert length is not None
    assert length.seconds == minutes * 60
    assert length.tolerance_s is None


@pytest.mark.parametrize(
    ("prompt", "minutes", "tolerance_s"),
    [
        ("about 90 minutes", 90, 270),
        ("an hour or so", 60, 180),
        ("no longer than 2 hours", 114, 360),
        ("2 hours max", 114, 360),
        ("at least 2 hours", 126, 360),
        ("between 1 and 2 hours", 90, 1800),
        ("60-90 minutes", 75, 900),
    ],
)
def test_read_length_with_slack(prompt, minutes, tolerance_s):
    _, length = read_length(open_prompt(prompt))
    assert length is not None
    assert length.seconds == pytest.approx(minutes * 60)
    assert length.tolerance_s == pytest.approx(tolerance_s)


@pytest.mark.parametrize(
    "prompt",
    [
        "songs under 3 minutes",
        "nothing over 5 minutes",
        "3 minute pop songs",
        "each track under four minutes",
        "30 Seconds to Mars",
        "happy hour",
        "songs of the last 2 hours",
        "24 tracks",
    ],
)
def test_read_length_leaves_what_is_not_the_list(prompt):
    rest, length = read_length(open_prompt(prompt))
    assert length is None
    assert rest.rest() == prompt


def test_read_length_takes_its_words_out():
    rest, _ = read_length(open_prompt("about two hours of electro house for a run"))
    assert rest.rest() == "electro house for a run"


@pytest.mark.parametrize(
    "prompt", ["a list of 3 seconds", "3 seconds of jazz", "40 h of rock", "a 13 hour set", "0 minutes"]
)
def test_read_length_out_of_bounds(prompt):
    with pytest.raises(InvalidInput, match="1 minute to 12 hours"):
        read_length(open_prompt(prompt))


@pytest.mark.parametrize(
    ("prompt", "number"),
    [
        ("25 tracks of jazz", 25),
        ("thirty slow songs", 30),
        ("a hundred songs", 100),
        ("a 40-song list", 40),
        ("a list of thirty-two tracks", 32),
        ("playlist of 60: everything", 60),
        ("top 20", 20),
        ("20er Playlist", 20),
        ("rock, newest first, 20", 20),
        ("make it 40", 40),
        ("zwanzig Lieder", 20),
        ("treinta y cinco canciones", 35),
        ("vingt chansons", 20),
        ("just 1 song", 1),
        ("500 songs", 500),
        ("20 90s rock songs", 20),
        ("5 songs by Coldplay, 20 songs in total", 20),
        ("two songs per artist", None),
        ("max 3 songs by the same artist", None),
        ("at least 5 songs between", None),
        ("the first 5 songs", None),
        ("1999 songs", None),
        ("track 3", None),
        ("one song per artist", None),
    ],
)
async def test_read_tracks(catalogue, prompt, number):
    assert (await read_tracks(catalogue, open_prompt(prompt)))[1] == number


@pytest.mark.parametrize("prompt", ["0 songs", "10,000 tracks", "a 2000-song playlist", "501 tracks"])
async def test_read_tracks_out_of_bounds(catalogue, prompt):
    with pytest.raises(InvalidInput, match="1 to 500"):
        await read_tracks(catalogue, open_prompt(prompt))
