"""Places: tracks resolved through the catalogue, and words that are none."""

import pytest

from src.lexicon.vocabulary import load_vocabulary
from src.understanding.playlist.placements import read_opener, read_placements
from src.understanding.playlist.text import open_prompt


async def _read(catalogue, prompt: str):
    rest, places = await read_placements(catalogue, await load_vocabulary(catalogue), open_prompt(prompt))
    return rest.rest(), [
        (place["title"], place.get("artist"), place.get("position"), "track_id" in place) for place in places
    ]


@pytest.mark.parametrize(
    ("prompt", "place"),
    [
        ("start with Clocks by Coldplay", ("Clocks", "Coldplay", 1, True)),
        ("end with Jolene", ("Jolene", "Dolly Parton", -1, True)),
        ('kick off with "Take Five"', ("Take Five", "The Dave Brubeck Quartet", 1, True)),
        ('open with "Clocks" by Coldplay', ("Clocks", "Coldplay", 1, True)),
        ("third track should be Yellow by Coldplay", ("Yellow", "Coldplay", 3, True)),
        ("track 7 should be Yellow by Coldplay", ("Yellow", "Coldplay", 7, True)),
        ("must include Ring of Fire by Johnny Cash", ("Ring of Fire", "Johnny Cash", None, True)),
        ("put Jolene by Dolly Parton at the end", ("Jolene", "Dolly Parton", -1, True)),
        ("Ring of Fire as the second track", ("Ring of Fire", "Johnny Cash", 2, True)),
        ("make sure Ring of Fire is in there", ("Ring of Fire", "Johnny Cash", None, True)),
        ("start with Ring of Fyre by Johnny Cash", ("Ring of Fire", "Johnny Cash", 1, True)),
        ("beginne mit Jolene von Dolly Parton", ("Jolene", "Dolly Parton", 1, True)),
        ("empieza con Jolene de Dolly Parton", ("Jolene", "Dolly Parton", 1, True)),
        ("start with No Such Song by Nobody Else", ("No Such Song", "Nobody Else", 1, False)),
        ("end with Some Missing Song", ("Some Missing Song", None, -1, False)),
    ],
)
async def test_read_places_one(catalogue, prompt, place):
    assert await _read(catalogue, prompt) == ("", [place])


async def test_read_places_two_ends(catalogue):
    rest, places = await _read(catalogue, "start with Yellow and end with Jolene, no rap")
    assert [place[0] for place in places] == ["Yellow", "Jolene"]
    assert [place[2] for place in places] == [1, -1]
    assert rest == "no rap"


async def test_read_places_a_list_of_names(catalogue):
    _, places = await _read(catalogue, "must include Yellow, Jolene and Take Five")
    assert [place[0] for place in places] == ["Yellow", "Jolene", "Take Five"]


@pytest.mark.parametrize(
    "prompt",
    [
        "start with something acoustic",
        "start with jazz",
        "start with Coldplay",
        "include some Coldplay",
        "don't include Yellow",
        "ends with dancing",
        "songs with a beat",
    ],
)
async def test_read_places_leaves_what_is_no_track(catalogue, prompt):
    assert await _read(catalogue, prompt) == (prompt, [])


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("open with something acoustic, then pop", "something acoustic"),
        ("start with a slow song and then rock", "a slow song"),
        ("start with jazz", "jazz"),
        ("no opener here", ""),
    ],
)
def test_read_opener(prompt, words):
    assert read_opener(open_prompt(prompt))[1] == words
