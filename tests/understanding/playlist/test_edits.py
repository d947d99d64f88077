"""Edits by words: operations on places, changes of the spec, and refusals that help."""

import pytest
from pydantic import TypeAdapter

from src.constraints.describe import describe
from src.constraints.models.brief import empty_brief
from src.constraints.models.edit import Operation
from src.constraints.models.spec import SPEC, empty_spec
from src.errors import InvalidInput
from src.lexicon.vocabulary import load_vocabulary
from src.understanding.playlist.changes import change_spec
from src.understanding.playlist.edits import read_edits
from tests.fakes import songs

_TITLES = (
    "Take Five",
    "Clocks",
    "Yellow",
    "Jolene",
    "Ring of Fire",
    "HUMBLE.",
    "Hotline Bling",
    "My Favorite Things",
)


def _list():
    by_title = {track["title"]: track for track in songs()}
    return [{**by_title[title], "duration_ms": 240_000} for title in _TITLES]


async def _read(catalogue, words):
    edits = await read_edits(catalogue, await load_vocabulary(catalogue), words, _list(), 2026)
    return TypeAdapter(list[Operation]).validate_python(edits)


@pytest.mark.parametrize(
    ("words", "edits"),
    [
        ("swap number 3", [{"op": "replace", "positions": [3]}]),
        ("replace 3 and 7", [{"op": "replace", "positions": [3, 7]}]),
        ("keep 1, 5 and 8", [{"op": "keep", "positions": [1, 5, 8]}]),
        ("keep only 1-4", [{"op": "keep", "positions": [1, 2, 3, 4]}]),
        ("remove the last one", [{"op": "remove", "positions": [8]}]),
        ("remove the last two", [{"op": "remove", "positions": [7, 8]}]),
        ("remove Jolene", [{"op": "remove", "positions": [4]}]),
        ("move 4 to the top", [{"op": "move", "from_position": 4, "to_position": 1}]),
        ("move the last one to number 2", [{"op": "move", "from_position": 8, "to_position": 2}]),
        ("move 2 down", [{"op": "move", "from_position": 2, "to_position": 3}]),
        ("pin the first", [{"op": "pin", "positions": [1]}]),
        ("unpin 3", [{"op": "unpin", "positions": [3]}]),
        ("undo", [{"op": "restore", "version": 0}]),
        ("undo the last change", [{"op": "restore", "version": 0}]),
        ("revert to version 2", [{"op": "restore", "version": 2}]),
        (
            "swap 3 with 7",
            [
                {"op": "move", "from_position": 3, "to_position": 7},
                {"op": "move", "from_position": 7, "to_position": 3},
            ],
        ),
        ("pin 1 and remove 2", [{"op": "pin", "positions": [1]}, {"op": "remove", "positions": [2]}]),
        ("entferne die letzte", [{"op": "remove", "positions": [8]}]),
        ("quita la 3", [{"op": "remove", "positions": [3]}]),
        ("supprime le 4", [{"op": "remove", "positions": [4]}]),
    ],
)
async def test_read_edits_of_places(catalogue, words, edits):
    assert await _read(catalogue, words) == edits


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("make it 10 minutes shorter", "duration_s", 8 * 240 - 600),
        ("half an hour longer", "duration_s", 8 * 240 + 1800),
        ("5 songs more", "tracks", 13),
        ("make it an hour", "duration_s", 3600),
        ("newest first", "order", "year_descending"),
        ("call it Foo", "title", "Foo"),
        ("never the same artist twice in a row", "artist_spacing", 1),
        ("half of it unknown", "unfamiliar_share", 0.5),
    ],
)
async def test_read_edits_of_the_spec(catalogue, words, field, value):
    (edit,) = await _read(catalogue, words)
    assert edit["op"] == "change_spec"
    assert edit[field] == value


async def test_read_edits_less_in_a_half(catalogue):
    (edit,) = await _read(catalogue, "less rock in the second half")
    assert edit["shares"][0]["half"] == "second"
    assert edit["shares"][0]["at_most"] == 0.2
    assert "wishes" not in edit


@pytest.mark.parametrize(
    ("words", "constraint"),
    [("no more Drake", "no more Drake"), ("remove the rock", "no rock"), ("more jazz", "jazz")],
)
async def test_read_edits_constraints(catalogue, words, constraint):
    (edit,) = await _read(catalogue, words)
    assert [describe(one) for one in edit["wishes"]] == [constraint]


@pytest.mark.parametrize("words", ["replace 99", "delete track 0", "remove the last 20", "move 3 to 40"])
async def test_read_edits_out_of_the_list(catalogue, words):
    with pytest.raises(InvalidInput, match="8 tracks"):
        await _read(catalogue, words)


@pytest.mark.parametrize("words", ["hello", "", "gibberish flibber"])
async def test_read_edits_not_understood(catalogue, words):
    with pytest.raises(InvalidInput, match="Say for example"):
        await _read(catalogue, words)


async def test_read_edits_never_below_the_bounds(catalogue):
    with pytest.raises(InvalidInput, match="1 minute"):
        await _read(catalogue, "3 hours shorter")


async def test_changed_spec_takes_what_was_read(catalogue):
    spec = empty_spec(empty_brief())
    spec["tracks"] = 8
    edits = await _read(catalogue, "less rock in the second half, builds up, make it an hour, no more Drake")
    for edit in edits:
        assert edit["op"] == "change_spec"
        spec = change_spec(spec, edit, 0.0)
    SPEC.validate_python(spec)
    assert "tracks" not in spec
    assert spec["duration_s"] == 3600
    assert [contour["shape"] for contour in spec["courses"]] == ["build"]
    assert len(spec["shares"]) == 1
