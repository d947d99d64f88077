"""The length of a list: in many words, told apart from that of a track, and within bounds."""

import pytest

from src.curation.prompt_text import open_prompt
from src.curation.spec_duration import read_length
from src.errors import InvalidInput


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
