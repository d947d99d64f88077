"""Order by year and the unfamiliar share."""

import pytest

from src.curation.prompt_text import open_prompt
from src.curation.spec_order import read_order, read_unfamiliar


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
