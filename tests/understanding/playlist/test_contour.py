"""Courses: named shapes, levels in words, tempos in numbers."""

import pytest

from src.constraints.models.spec import level_tempo
from src.understanding.playlist.contour import read_contours
from src.understanding.playlist.text import open_prompt


@pytest.mark.parametrize(
    ("prompt", "feature", "shape"),
    [
        ("starts calm, ends dancing", "energy", "build"),
        ("starts wild and ends mellow", "energy", "cool_down"),
        ("builds up", "energy", "build"),
        ("songs that build", "energy", "build"),
        ("winds down", "energy", "cool_down"),
        ("a cool-down list", "energy", "cool_down"),
        ("fades out", "energy", "cool_down"),
        ("gradually calmer", "energy", "cool_down"),
        ("getting slower", "tempo", "cool_down"),
        ("gets faster and faster", "tempo", "build"),
        ("starts slow and ends fast", "tempo", "build"),
        ("steady", "energy", "steady"),
        ("same energy throughout", "energy", "steady"),
        ("high energy from start to finish", "energy", "steady"),
        ("no ups and downs", "energy", "steady"),
        ("peak in the middle", "energy", "peak"),
        ("builds then cools down", "energy", "peak"),
        ("quiet, then loud, then quiet", "energy", "peak"),
        ("loud at the start, calm in the middle, loud at the end", "energy", "valley"),
        ("ups and downs", "energy", "wave"),
        ("energy like a wave", "energy", "wave"),
        ("a chill start, a big finish", "energy", "build"),
        ("from mellow to party", "energy", "build"),
        ("calmer in the second half", "energy", "cool_down"),
        ("more energetic towards the end", "energy", "build"),
        ("beginnt ruhig und endet laut", "energy", "build"),
        ("wird immer schneller", "tempo", "build"),
        ("empieza suave y acaba bailando", "energy", "build"),
        ("commence calme et finit dansant", "energy", "build"),
        ("it gets less energetic", "energy", "cool_down"),
    ],
)
def test_read_contours_shape(prompt, feature, shape):
    _, contours = read_contours(open_prompt(prompt))
    assert [(contour["feature"], contour["shape"]) for contour in contours] == [(feature, shape)]


@pytest.mark.parametrize(
    ("prompt", "low", "high"),
    [
        ("start at 100 bpm and end at 130", 100, 130),
        ("45 min run, from 120 bpm up to 160 bpm", 120, 160),
        ("tempo rising from 124 to 132 bpm", 124, 132),
        ("from 128 bpm down to 90 bpm", 128, 90),
    ],
)
def test_read_contours_between_tempos(prompt, low, high):
    _, contours = read_contours(open_prompt(prompt))
    assert contours[0]["feature"] == "tempo"
    assert contours[0]["shape"] == ("build" if high > low else "cool_down")
    ends = [level_tempo(point["level"]) for point in contours[0]["points"]]
    assert ends == [pytest.approx(low), pytest.approx(high)]


def test_read_contours_of_energy_and_tempo_together():
    _, contours = read_contours(open_prompt("from 100 bpm up to 120 bpm, peak in the middle"))
    assert [(contour["feature"], contour["shape"]) for contour in contours] == [
        ("tempo", "build"),
        ("energy", "peak"),
    ]


@pytest.mark.parametrize(
    "prompt",
    [
        "calm jazz",
        "slow songs",
        "new wave hits",
        "tempo between 100 and 120 bpm",
        "heavy metal to end the night",
        "start with something acoustic",
        "calm songs to start the day",
        "",
    ],
)
def test_read_contours_leaves_what_is_no_contour(prompt):
    rest, contours = read_contours(open_prompt(prompt))
    assert contours == []
    assert rest.rest() == prompt


def test_read_contours_takes_its_words_out():
    rest, _ = read_contours(open_prompt("dinner, starts calm, ends dancing, no rap"))
    assert rest.rest() == "dinner, no rap"
