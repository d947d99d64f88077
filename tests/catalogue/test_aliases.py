"""Whose an alias is, and what it may name in a message."""

import pytest

from src.catalogue.aliases import artist_aliases, title_aliases
from src.catalogue.documents import to_document
from src.catalogue.lookup import find_artist, known_artists
from src.lexicon.genres import load_vocabulary
from src.understanding.message import read_message
from tests.catalogue.test_lookup import add
from tests.fakes import make_track

SUDNO = make_track("Судно (Борис Рыжий)", "Molchat Doma", aliases=["Sudno (Boris Ryzhy)", "Молчат Дома"])
BRIDGE = make_track("제3한강교", "Hye Eun-yi", aliases=["The Third Han River Bridge", "혜은이"])
KNOW = make_track("난 알아요", "Seo Taiji and Boys", aliases=["I Know", "서태지와 아이들"])
DAF = make_track("Der Mussolini", "Deutsch Amerikanische Freundschaft", aliases=["DAF"])


@pytest.mark.parametrize(
    ("track", "of_artist", "of_title"),
    [
        (SUDNO, ["Молчат Дома"], ["Sudno (Boris Ryzhy)"]),
        (BRIDGE, ["혜은이"], ["The Third Han River Bridge"]),
        (KNOW, ["서태지와 아이들"], ["I Know"]),
        (DAF, ["DAF"], []),
    ],
)
def test_aliases_of_titles_and_artists_are_kept_apart(track, of_artist, of_title):
    assert (artist_aliases(track), title_aliases(track)) == (of_artist, of_title)


def test_to_document_keys_hold_no_alias_of_the_other():
    document = to_document(SUDNO)
    assert "sudno boris ryzhy" not in document["artist_keys"]
    assert "sudno boris ryzhy" in document["title_keys"]


@pytest.mark.parametrize("name", ["Boris", "Third", "I Know"])
async def test_find_artist_by_an_alias_of_a_title(catalogue, name):
    for track in (SUDNO, BRIDGE, KNOW):
        await add(catalogue, track)
    assert await find_artist(catalogue, name) is None


@pytest.mark.parametrize("message", ["more like the third", "I know them", "songs by Boris"])
async def test_read_message_takes_no_alias_of_a_title_for_an_artist(catalogue, message):
    for track in (SUDNO, BRIDGE, KNOW):
        await add(catalogue, track)
    reading = await read_message(catalogue, await load_vocabulary(catalogue), message, 1, 2026)
    credited = {track["artists"][0] for track in (SUDNO, BRIDGE, KNOW)}
    assert not [
        constraint
        for constraint in reading.constraints
        if constraint["kind"] == "artist" and constraint["name"] in credited
    ]


@pytest.mark.parametrize(
    "message",
    ["rap, que no sean las típicas", "no sean", "no 'feat.' in it", 'no "feat." please', "nothing with feat"],
)
async def test_read_message_excludes_nobody_by_half_a_name_in_small_letters(catalogue, message):
    await add(
        catalogue, make_track("Temperature", "Sean Paul"), make_track("Corre", "La Banda feat. Big Yamo")
    )
    reading = await read_message(catalogue, await load_vocabulary(catalogue), message, 1, 2026)
    assert [constraint for constraint in reading.constraints if constraint["kind"] == "artist"] == []


@pytest.mark.parametrize("message", ["more like the third", "like the second", "wie das erste"])
async def test_read_message_takes_no_place_in_a_list_for_half_a_name(catalogue, message):
    await add(catalogue, make_track("Slavery Days", "Third World"), make_track("Ruf", "Erste Allgemeine"))
    await add(catalogue, make_track("Glow", "Second Sky"))
    reading = await read_message(catalogue, await load_vocabulary(catalogue), message, 1, 2026)
    assert [constraint for constraint in reading.constraints if constraint["kind"] == "artist"] == []


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("songs by DAF", ["Deutsch Amerikanische Freundschaft"]),
        ("nothing by DAF", ["Deutsch Amerikanische Freundschaft"]),
        ("I need a daf of something", []),
        ("no Sean Paul", ["Sean Paul"]),
    ],
)
async def test_read_message_takes_an_alias_for_a_name_with_a_cue(catalogue, message, names):
    await add(
        catalogue, DAF, make_track("Temperature", "Sean Paul"), make_track("X", "A B", aliases=["Again"])
    )
    reading = await read_message(catalogue, await load_vocabulary(catalogue), message, 1, 2026)
    found = {constraint["name"] for constraint in reading.constraints if constraint["kind"] == "artist"}
    assert found & {"Deutsch Amerikanische Freundschaft", "Sean Paul"} == set(names)


async def test_known_artists_when_a_stored_key_is_an_alias_of_a_title(catalogue, monkeypatch):
    """Documents of earlier imports hold every alias among the keys of the artists."""
    monkeypatch.setattr("src.catalogue.documents.artist_aliases", lambda track: track.get("aliases", []))
    await add(catalogue, KNOW)
    monkeypatch.undo()
    assert await known_artists(catalogue, ["i know"]) == {}
    assert list(await known_artists(catalogue, ["서태지와 아이들"])) == ["서태지와 아이들"]
