"""What is stored and embedded of a track."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from src.catalogue.documents import INDEXES, MAX_PASSAGE_CHARS, passage_text, to_document
from src.catalogue.models.filter import FeatureName
from src.catalogue.models.track import AudioFeatures, TrackDocument
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
