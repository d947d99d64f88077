"""A whole prompt: nothing is read twice, and any text gives a valid spec."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from src.catalogue.catalogue import Catalogue
from src.catalogue.edge import create_edge
from src.catalogue.engine import TrackPoint
from src.constraints.describe import describe
from src.constraints.models.spec import SPEC
from src.errors import InvalidInput
from src.lexicon.vocabulary import load_vocabulary
from src.understanding.playlist.prompt import MAX_TITLE, make_title, read_spec, read_title, read_wording
from src.understanding.playlist.text import open_prompt
from tests.fakes import hashed_embedder, songs, stub_vector


async def _read(catalogue, prompt: str):
    return await read_spec(catalogue, await load_vocabulary(catalogue), prompt, 2026)


def _constraints(spec) -> set[str]:
    return {describe(constraint) for constraint in spec["brief"]["wishes"]}


async def test_read_spec_of_a_whole_prompt(catalogue):
    spec = await _read(
        catalogue,
        "A ninety-minute dinner list, starts calm, ends dancing, mostly jazz and bossa, "
        "two per artist at most, no explicit tracks",
    )
    SPEC.validate_python(spec)
    assert spec["duration_s"] == 5400
    assert "tracks" not in spec
    assert [contour["shape"] for contour in spec["courses"]] == ["build"]
    assert spec["shares"][0]["genres"] == ["jazz", "bossa nova"]
    assert spec["shares"][0]["at_least"] == 0.6
    # The course is no mood of the tracks, and the length no length of a track.
    assert _constraints(spec) == {
        "jazz",
        "bossa nova",
        "dinner",
        "at most 2 by one artist",
        "no explicit words",
    }
    assert spec["title"] == "Dinner list"


async def test_read_spec_keeps_the_length_of_a_track_a_constraint(catalogue):
    spec = await _read(catalogue, "20 tracks, none longer than 4 minutes")
    assert spec["tracks"] == 20
    assert "duration_s" not in spec
    assert _constraints(spec) == {"length at most 240 s"}


@pytest.mark.parametrize(
    ("words", "alone"),
    [
        ("with Mazzy Star and Slowdive, 9 tracks", False),
        ("with Mazzy Star and Slowdive, 4 tracks", True),
        ("with only Mazzy Star and Slowdive, 9 tracks", True),
        ("by Mazzy Star and Slowdive, 9 tracks", True),
    ],
)
async def test_read_spec_artists_who_may_not_fill_the_list_stand_among_others(catalogue, words, alone):
    spec = await _read(catalogue, f"Please make a playlist {words}, at most 2 by one artist")
    artists = [constraint for constraint in spec["brief"]["wishes"] if constraint["kind"] == "artist"]
    told = [(constraint["name"], constraint["relation"], constraint["hard"]) for constraint in artists]
    assert told == [("Mazzy Star", "wanted", alone), ("Slowdive", "wanted", alone)]


async def test_read_spec_years_of_a_part_bind_no_other_track(catalogue):
    spec = await _read(catalogue, "30 songs, at least a third from the 80s")
    assert _constraints(spec) == set()
    assert spec["shares"][0]["year_from"] == 1980


async def test_read_spec_exclusion_of_a_half_binds_no_other_half(catalogue):
    spec = await _read(catalogue, "No rock in the second half. jazz")
    assert _constraints(spec) == {"jazz"}


async def test_read_spec_place_is_no_wanted_track_of_the_brief(catalogue):
    spec = await _read(catalogue, "Start with Yellow by Coldplay, twenty rock songs, nothing by Drake")
    assert [place["position"] for place in spec["places"]] == [1]
    assert _constraints(spec) == {"rock", "no Drake"}


async def test_read_spec_opener_is_soft(catalogue):
    spec = await _read(catalogue, "open with something by Coldplay, then rock, 10 songs")
    assert [constraint["kind"] for constraint in spec["openers"]] == ["artist"]
    assert not any(constraint["hard"] for constraint in spec["openers"])


async def test_read_spec_a_small_number_without_songs_counts_tracks(catalogue):
    spec = await _read(catalogue, "give me 7")
    assert spec["tracks"] == 7
    assert _constraints(spec) == set()


async def test_read_spec_says_what_it_cannot_prove(catalogue):
    spec = await _read(catalogue, "jazz, at least a quarter in Spanish")
    assert {constraint["kind"] for constraint in spec["brief"]["wishes"]} == {"genre", "uncheckable"}


async def test_read_spec_all_that_belongs_to_the_list(catalogue):
    spec = await _read(
        catalogue,
        "call it Late Bus. 40 songs, half of them unknown, newest first, smooth transitions, in key, "
        "at least 3 songs between two by the same artist",
    )
    assert spec["title"] == "Late Bus"
    assert spec["order"] == "year_descending"
    assert spec["unfamiliar_share"] == 0.5
    assert spec["transitions"]["harmonic"]
    assert spec["artist_spacing"] == 3
    assert spec["prompt"].startswith("call it")


@pytest.mark.parametrize("prompt", ["0 tracks", "10,000 tracks", "a 3 s list", "40 h of rock"])
async def test_read_spec_out_of_bounds(catalogue, prompt):
    with pytest.raises(InvalidInput, match="A playlist"):
        await _read(catalogue, prompt)


_TALK = """
start with end half mostly a the and then or no rock jazz 80s 25 30 % minutes hour songs tracks by Coldplay
Yellow in second first calm wild " ' - to from at least most per artist third bpm 120 call it include put
swap 3 , . ; ¦ ·
"""
_WORDS = st.sampled_from(_TALK.split())


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Iterator[tuple[asyncio.Runner, Catalogue]]:
    """One catalogue for all examples."""
    with asyncio.Runner() as runner:
        embedder = hashed_embedder()
        engine = create_edge(tmp_path_factory.mktemp("any") / "shard", embedder.dimensions)
        runner.run(engine.upsert([TrackPoint(track, stub_vector(track)) for track in songs()]))
        yield runner, Catalogue(engine, embedder, "any")
        runner.run(engine.close())


@settings(max_examples=60, deadline=None)
@given(text=st.one_of(st.text(max_size=80), st.lists(_WORDS, max_size=25).map(" ".join)))
def test_read_spec_of_any_text_is_valid_or_refused(opened, text):
    runner, catalogue = opened
    with suppress(InvalidInput):
        SPEC.validate_python(runner.run(_read(catalogue, text)))


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
    rest, constraint = read_wording(open_prompt(prompt))
    assert constraint is not None
    assert not constraint["allowed"]
    assert constraint["hard"]
    assert rest.rest() == ""


def test_read_wording_leaves_what_is_allowed():
    assert read_wording(open_prompt("explicit is fine"))[1] is None
