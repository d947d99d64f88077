"""Order by year and the unfamiliar share."""

import pytest

from src.errors import InvalidInput
from src.understanding.playlist.order import (
    SMOOTH_STEP_BPM,
    read_order,
    read_spacing,
    read_transitions,
    read_unfamiliar,
)
from src.understanding.playlist.text import open_prompt


@pytest.mark.parametrize(
    ("prompt", "order"),
    [
        ("in order of release", "year"),
        ("chronological", "year"),
        ("from oldest to newest", "year"),
        ("newest first", "year_descending"),
        ("in order of release, newest first", "year_descending"),
        ("reverse chronological order", "year_descending"),
        ("chronologisch", "year"),
        ("neueste zuerst", "year_descending"),
        ("orden cronológico", "year"),
        ("ordre chronologique", "year"),
        ("new songs", None),
    ],
)
def test_read_order(prompt, order):
    assert read_order(open_prompt(prompt))[1] == order


@pytest.mark.parametrize(
    ("prompt", "share"),
    [
        ("half of it unknown", 0.5),
        ("30% songs I've never heard", 0.3),
        ("mostly things I don't know", 0.6),
        ("deep cuts only", 1.0),
        ("nothing I know", 1.0),
        ("some deep cuts", 0.25),
        ("hidden gems", 0.8),
        ("die Hälfte unbekannt", 0.5),
        ("nothing obscure", None),
        ("well known songs", None),
    ],
)
def test_read_unfamiliar(prompt, share):
    assert read_unfamiliar(open_prompt(prompt))[1] == share


@pytest.mark.parametrize(
    ("prompt", "step"),
    [
        ("no more than 5 bpm apart", 5),
        ("tempo steps of at most 6 bpm", 6),
        ("within 4 bpm of each other", 4),
        ("max 10 bpm between tracks", 10),
        ("smooth transitions", SMOOTH_STEP_BPM),
        ("flows nicely", SMOOTH_STEP_BPM),
        ("sanfte Übergänge", SMOOTH_STEP_BPM),
        ("transiciones suaves", SMOOTH_STEP_BPM),
        ("transitions douces", SMOOTH_STEP_BPM),
        ("smooth transitions, tempo changes of at most 3 bpm", 3),
    ],
)
def test_read_transitions_tempo_step(prompt, step):
    rest, transitions = read_transitions(open_prompt(prompt))
    assert transitions is not None
    assert transitions["tempo_step"] == step
    assert "harmonic" not in transitions
    assert rest.rest() == ""


@pytest.mark.parametrize(
    "prompt", ["in key", "harmonic mixing", "mixed in key", "compatible keys", "Camelot wheel"]
)
def test_read_transitions_harmonic(prompt):
    _, transitions = read_transitions(open_prompt(prompt))
    assert transitions is not None
    assert transitions["harmonic"]
    assert "tempo_step" not in transitions


@pytest.mark.parametrize("prompt", ["in the key of C", "smooth jazz", "songs at 120 bpm"])
def test_read_transitions_leaves_other_words(prompt):
    rest, transitions = read_transitions(open_prompt(prompt))
    assert transitions is None
    assert rest.rest() == prompt


@pytest.mark.parametrize(
    ("prompt", "spacing"),
    [
        ("never the same artist twice in a row", 1),
        ("no artist back to back", 1),
        ("no two songs by the same artist in a row", 1),
        ("at least five songs between two by the same artist", 5),
        ("same artist at least 4 tracks apart", 4),
        ("don't repeat an artist within 10 songs", 10),
        ("spread the artists out", 3),
        ("nie derselbe Künstler zweimal hintereinander", 1),
        ("nunca el mismo artista dos veces seguidas", 1),
        ("jamais deux fois le même artiste de suite", 1),
    ],
)
def test_read_spacing_in_many_words(prompt, spacing):
    rest, read = read_spacing(open_prompt(prompt))
    assert read == spacing
    assert rest.rest() == ""


def test_read_spacing_leaves_one_per_artist():
    assert read_spacing(open_prompt("never the same artist twice"))[1] is None


def test_read_spacing_out_of_bounds():
    with pytest.raises(InvalidInput, match="1 to 50"):
        read_spacing(open_prompt("at least 80 songs between two by the same artist"))
