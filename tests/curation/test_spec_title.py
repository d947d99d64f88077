"""The title of a list."""

import pytest

from src.curation.prompt_text import open_prompt
from src.curation.spec_title import MAX_TITLE, make_title, read_title
from src.curation.spec_wording import read_wording


@pytest.mark.parametrize(
    ("prompt", "title", "rest"),
    [
        ("call it Night Drive. rock", "Night Drive", "rock"),
        ('a playlist called "Rainy Days", jazz', "Rainy Days", "a playlist, jazz"),
        ("name it Night Shift - 4 hours", "Night Shift", "- 4 hours"),
        ("nenn sie Abendrot", "Abendrot", ""),
        ("songs called Yellow", "", "songs called Yellow"),
    ],
)
def test_read_title(prompt, title, rest):
    read, said = read_title(open_prompt(prompt))
    assert said == title
    assert read.rest() == rest


def test_make_title_is_short_and_without_talk():
    title = make_title("please make me a playlist of sad songs for " + "very " * 30 + "long nights", "")
    assert title.startswith("Sad songs for very")
    assert len(title) <= MAX_TITLE


@pytest.mark.parametrize("text", ["", "!!!", "make me a playlist"])
def test_make_title_of_nothing(text):
    assert make_title(text, text) == "Playlist"


@pytest.mark.parametrize(
    "prompt",
    [
        "nothing explicit",
        "no explicit ones",
        "sin canciones explícitas",
        "keine expliziten Texte",
        "rien d'explicite",
    ],
)
def test_read_wording_wants_clean_words(prompt):
    rest, wish = read_wording(open_prompt(prompt))
    assert wish is not None
    assert not wish["allowed"]
    assert wish["hard"]
    assert rest.rest() == ""


def test_read_wording_leaves_what_is_allowed():
    assert read_wording(open_prompt("explicit is fine"))[1] is None
