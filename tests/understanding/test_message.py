"""What the reader makes of messages, over the small catalogue."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from src.constraints.models.brief import BRIEF, empty_brief
from src.lexicon.numbers import number_of
from src.lexicon.vocabulary import Vocabulary, load_vocabulary
from src.understanding.merge import merge_reading
from src.understanding.message import read_message
from src.understanding.playlist.prompt import read_spec


async def _read(catalogue, message, turn=1):
    return await read_message(catalogue, await load_vocabulary(catalogue), message, turn, 2026)


def _of(reading, kind):
    return [constraint for constraint in reading.constraints if constraint["kind"] == kind]


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("songs by Coldplay", [("Coldplay", "wanted")]),
        ("songs by coldplay", [("Coldplay", "wanted")]),
        (
            "something like Miles Davis and John Coltrane",
            [("Miles Davis", "seed"), ("John Coltrane", "seed")],
        ),
        ("no Mazzy Star", [("Mazzy Star", "rejected")]),
        ("anything but Drake", [("Drake", "rejected")]),
        ("tired of Drake", [("Drake", "satisfied")]),
        ("more like sigur ros", [("Sigur Rós", "seed")]),
        ("songs by Metalica", [("Metallica", "wanted")]),
        ("songs by edith piaff", [("Édith Piaf", "wanted")]),
        ("songs by Love", [("Love", "wanted")]),
        ("I love sad songs", []),
        ("love songs for a drive", []),
        ("Coldplay's best", [("Coldplay", "wanted")]),
        ("songs by Nobody Atall", [("Nobody Atall", "wanted")]),
    ],
)
async def test_read_message_names_artists(catalogue, message, names):
    constraints = _of(await _read(catalogue, message), "artist")
    assert [(constraint["name"], constraint["relation"]) for constraint in constraints] == names


@pytest.mark.parametrize(
    ("message", "title", "relation", "known"),
    [
        ('play "Jolene"', "Jolene", "wanted", True),
        ("songs like Clocks by Coldplay", "Clocks", "seed", True),
        ('something similar to "Take Five"', "Take Five", "seed", True),
        ("Play Ring of Fire by Johnny Cash", "Ring of Fire", "wanted", True),
        ('like "Yoru ni Kakeru"', "夜に駆ける", "seed", True),
        ("songs like Shiver Nights by Coldplay", "Shiver Nights", "seed", False),
        ('play "No Such Title"', "No Such Title", "wanted", False),
    ],
)
async def test_read_message_names_tracks(catalogue, message, title, relation, known):
    (constraint,) = _of(await _read(catalogue, message), "track")
    assert (constraint["title"], constraint["relation"], "track_id" in constraint) == (title, relation, known)
    if not known and "Coldplay" in message:
        (artist,) = _of(await _read(catalogue, message), "artist")
        assert (artist["name"], artist["relation"]) == ("Coldplay", "seed")


@pytest.mark.parametrize(
    ("message", "genres"),
    [
        ("dream pop", [("dream pop", "wanted", False)]),
        ("only jazz", [("jazz", "wanted", True)]),
        ("no country or metal", [("country", "rejected", True), ("metal", "rejected", True)]),
        ("some rap", [("hip hop", "wanted", False)]),
        ("r&b and bossa nova", [("r&b", "wanted", False), ("bossa nova", "wanted", False)]),
        ("a piano for a rainy day", []),
    ],
)
async def test_read_message_genres(catalogue, message, genres):
    constraints = _of(await _read(catalogue, message), "genre")
    assert [
        (constraint["genre"], constraint["relation"], constraint["hard"]) for constraint in constraints
    ] == genres


@pytest.mark.parametrize(
    ("message", "kind", "expected"),
    [
        ("no vocals", "vocals", {"vocals": "instrumental", "hard": True}),
        ("instrumental", "vocals", {"vocals": "instrumental"}),
        ("nothing explicit please", "explicit", {"allowed": False, "hard": True}),
        ("explicit is fine", "explicit", {"allowed": True}),
        ("rap sin letras explícitas", "explicit", {"allowed": False, "hard": True}),
        ("Rap ohne explizite Texte", "explicit", {"allowed": False, "hard": True}),
        ("du rap sans paroles explicites", "explicit", {"allowed": False, "hard": True}),
        ("rap sem letras explícitas", "explicit", {"allowed": False, "hard": True}),
        ("rap senza testi espliciti", "explicit", {"allowed": False, "hard": True}),
        ("rap without any explicit words", "explicit", {"allowed": False, "hard": True}),
        ("no live versions", "version", {"version": "live", "relation": "rejected"}),
        ("remixes of pop songs", "version", {"version": "remix", "relation": "wanted"}),
        ("songs in French", "language", {"language": "fr", "hard": True}),
        ("french songs", "language", {"language": "fr", "hard": False}),
        ("french rock", "country", {"country": "FR", "hard": False}),
        ("bands from Iceland", "country", {"country": "IS", "hard": True}),
        ("Swedish metal bands", "country", {"country": "SE", "hard": True}),
        ("nothing from the US", "country", {"country": "US", "relation": "rejected"}),
        ("for the gym", "tag", {"tag": "workout", "relation": "wanted", "hard": False}),
        ("no saxophone", "tag", {"tag": "saxophone", "relation": "rejected", "hard": True}),
        ("nothing sad", "mood", {"mood": "sad", "relation": "rejected", "hard": True}),
        ("nothing too sad", "mood", {"mood": "sad", "relation": "rejected", "hard": False}),
        ("nothing in German", "language", {"language": "de", "relation": "rejected"}),
        ("by another artist", "new_artists", {"hard": True}),
        ("at most two per artist", "per_artist", {"at_most": 2}),
        ("sad songs", "mood", {"mood": "sad", "relation": "wanted"}),
        ("with a key change", "uncheckable", {"what": "a key change"}),
    ],
)
async def test_read_message_other_constraints(catalogue, message, kind, expected):
    constraint = _of(await _read(catalogue, message), kind)[0]
    assert {key: constraint.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    "message", ["rap sin letra explícita", "du rap sans paroles explicites", "rap sem letra explícita"]
)
async def test_read_message_clean_words_are_words(catalogue, message):
    assert _of(await _read(catalogue, message), "vocals") == []


@pytest.mark.parametrize("number", ["seventeen", "two dozen", "twenty-one", "diecinueve", "treize"])
async def test_read_message_counts_as_the_reader_of_lists_does(catalogue, number):
    message = f"{number} songs"
    spec = await read_spec(catalogue, await load_vocabulary(catalogue), message, 2026)
    (count,) = _of(await _read(catalogue, message), "count")
    assert count["count"] == spec["tracks"] == number_of(number)


async def test_read_message_searches_without_what_is_ruled_out(catalogue):
    reading = await _read(catalogue, "mellow dream pop, nothing after 1995, no Mazzy Star")
    assert "mellow dream pop" in reading.text
    assert "Mazzy" not in reading.text
    assert "1995" not in reading.text


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=200))
async def test_read_message_takes_any_text(catalogue, text):
    vocabulary = Vocabulary({"rock": "rock"})
    reading = await read_message(catalogue, vocabulary, text, 1, 2026)
    brief = merge_reading(empty_brief(), reading)
    assert BRIEF.validate_python(brief) == brief
