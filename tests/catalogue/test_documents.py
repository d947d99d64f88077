"""What is stored and embedded of a track."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.catalogue.documents import (
    INDEXES,
    MAX_PASSAGE_CHARS,
    artist_aliases,
    passage_text,
    title_aliases,
    to_document,
)
from src.catalogue.lookup import find_artist, known_artists
from src.catalogue.models.filter import FeatureName
from src.catalogue.models.track import AudioFeatures, TrackDocument
from src.lexicon.vocabulary import load_vocabulary
from src.understanding.message import read_message
from tests.catalogue.test_lookup import add
from tests.fakes import make_track


def test_passage_text_holds_what_carries_meaning_most_telling_first() -> None:
    track = make_track(
        "So What",
        "Miles Davis",
        featuring=["Bill Evans"],
        genres=["jazz", "modal jazz"],
        moods=["calm"],
        tags=["trumpet"],
        year=1959,
        album="Kind of Blue",
    )
    assert passage_text(track) == (
        "So What by Miles Davis, Bill Evans. jazz, modal jazz. calm. trumpet. 1959, 1950s. Kind of Blue"
    )


def test_passage_text_of_a_bare_record_is_its_name() -> None:
    assert passage_text(make_track("Alison", "Slowdive")) == "Alison by Slowdive"


@given(st.text(max_size=3_000), st.text(max_size=3_000))
def test_passage_text_is_bounded_and_free_of_nul(title: str, artist: str) -> None:
    text = passage_text(make_track("x", "y", tags=[title, artist, "\0"]))
    assert len(text) <= MAX_PASSAGE_CHARS
    assert "\0" not in text


def test_to_document_keys_name_artists_title_and_aliases() -> None:
    document = to_document(
        make_track(
            "Hyperballad - Live (feat. X)",
            "Björk",
            featuring=["The Brodsky Quartet"],
            aliases=["ハイパーバラッド"],
        )
    )
    assert document["artist_keys"] == ["bjork", "the brodsky quartet", "x", "ハイパーバラッド"]
    assert document["title_keys"] == ["hyperballad", "ハイパーバラッド"]
    assert document["artist_grams"].split()[:3] == ["øbj", "bjo", "jor"]
    assert "hyp" in document["title_grams"].split()


def test_to_document_repeats_no_key() -> None:
    document = to_document(make_track("Yellow", "Coldplay", featuring=["COLDPLAY"], aliases=["yellow"]))
    assert document["artist_keys"] == ["coldplay"]
    assert document["title_keys"] == ["yellow"]


def test_to_document_text_is_folded_and_holds_every_word() -> None:
    track = make_track(
        "夜に駆ける",
        "Édith",
        aliases=["Yoru"],
        album="THE BOOK",
        genres=["J-Pop"],
        moods=["Calm"],
        tags=["piano"],
        year=2019,
    )
    words = set(to_document(track)["text"].split())
    assert words == {
        *("夜に", "に駆", "駆け", "ける"),
        *("edith", "yoru", "the", "book", "j", "pop", "calm", "piano", "2019", "2010s"),
    }


def test_to_document_text_is_bounded() -> None:
    assert len(to_document(make_track("a " * 9_000, "x"))["text"]) <= 2 * MAX_PASSAGE_CHARS


def test_to_document_genres_are_found_under_the_broader_ones() -> None:
    document = to_document(make_track("x", "y", genres=["folk rock", "R&B"], moods=["Laid-Back"]))
    assert {"folk rock", "folk", "rock", "r and b"} <= set(document["genre_terms"])
    assert document["mood_keys"] == ["laid back"]


def test_to_document_wording_says_explicit_clean_or_nothing() -> None:
    assert to_document(make_track("x", "y", explicit=True)).get("wording") == "explicit"
    assert to_document(make_track("x", "y", explicit=False)).get("wording") == "clean"
    assert "wording" not in to_document(make_track("x", "y"))


def test_indexes_name_fields_that_documents_have() -> None:
    fields = set(TrackDocument.__annotations__)
    assert {key for key in INDEXES if not key.startswith("track.")} <= fields
    features = {key.removeprefix("track.features.") for key in INDEXES if key.startswith("track.features.")}
    assert features <= set(AudioFeatures.__annotations__)
    # A bound on a number without an index is a full scan on a server.
    assert features == set(get_args(FeatureName.__value__))


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


@pytest.mark.parametrize("message", ["no Bombs Over Baghdad", "like Bombs Over Baghdad"])
async def test_read_message_takes_an_alias_that_may_be_either_for_the_song(catalogue, message):
    await add(catalogue, make_track("B.O.B", "Outkast", aliases=["Bombs Over Baghdad"]))
    reading = await read_message(catalogue, await load_vocabulary(catalogue), message, 1, 2026)
    assert [(one["kind"], one.get("title")) for one in reading.constraints] == [("track", "B.O.B")]


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
