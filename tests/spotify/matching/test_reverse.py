"""Tracks of Spotify's become the catalogue's own where they are the same recording, on both engines."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from src.catalogue.catalogue import Catalogue
from src.catalogue.embedding.embedder import Embedder, Vectors
from src.catalogue.engine import TrackPoint
from src.catalogue.lookup import tracks_by_isrc, tracks_named
from src.catalogue.models.track import Track
from src.spotify.matching.reverse import ITEMS_AT_ONCE, to_catalogue
from src.spotify.models.api import SpotifyTrack
from tests.catalogue.engines import ignores_memory_warnings, open_engine
from tests.fakes import DIMENSIONS, make_track, stub_vector
from tests.spotify.matching.items import make_item

pytestmark = ignores_memory_warnings

ISRC = "QZABC2400001"
STUDIO = make_track("Amber Rain", "Kin of Moss", duration_ms=180_000, isrc=ISRC)
LIVE = make_track("Amber Rain - Live", "Kin of Moss", duration_ms=180_000)
OTHER = make_track("Amber Rain", "Copper Wolves", duration_ms=180_000)
BOTH = make_track("Tidal Bell", "Ada Moth & Zed Kay", duration_ms=200_000)
YOZORA = make_track("夜空", "赤い月", aliases=["Yozora", "Akai Tsuki"], duration_ms=210_000)
PART = make_track("Copper Bell, Pt. 2", "The Wolves", duration_ms=90_000)
ALL = [STUDIO, LIVE, OTHER, BOTH, YOZORA, PART]


def _no_embedder() -> Embedder:
    """An embedder that must not be asked."""

    async def embed_texts(_texts: object) -> Vectors:
        raise AssertionError("Spotify's text is not to be embedded")

    async def embed_query(_text: str) -> Vectors:
        raise AssertionError("Spotify's text is not to be embedded")

    return Embedder("none of ours", DIMENSIONS, embed_texts, embed_query)


@pytest.fixture(params=["edge", "memory"])
async def stocked(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Catalogue]:
    async with open_engine(request.param, tmp_path) as engine:
        await engine.upsert([TrackPoint(track, stub_vector(track)) for track in ALL])
        yield Catalogue(engine, _no_embedder(), "test")


async def test_to_catalogue_gives_the_same_recordings_in_order(stocked: Catalogue) -> None:
    pairs: list[tuple[SpotifyTrack, Track | None]] = [
        (make_item("Amber Rain - Live", "Kin of Moss"), LIVE),
        (make_item("Amber Rain - Remastered 2011", "Kin of Moss"), STUDIO),
        (make_item("Amber Rain", "Copper Wolves"), OTHER),
        (make_item("Amber Rain", "Copper Wolves", duration_ms=190_000), None),
        (make_item("Amber Rain - Ada Moth Remix", "Kin of Moss"), None),
        (make_item("Amber Rain", "Somebody Else"), None),
        (make_item("Tidal Bell", "Ada Moth", "Zed Kay", duration_ms=201_000), BOTH),
        (make_item("Yozora", "Akai Tsuki", duration_ms=210_000), YOZORA),
        (make_item("夜空 (Yozora)", "赤い月", duration_ms=210_000), YOZORA),
        (make_item("Copper Bell, Pt. 2", "Wolves", duration_ms=90_000), PART),
        (make_item("Copper Bell, Pt. 1", "Wolves", duration_ms=90_000), None),
    ]
    found = await to_catalogue(stocked, [item for item, _ in pairs])
    assert [track and track["id"] for track in found] == [track and track["id"] for _, track in pairs]


async def test_to_catalogue_by_code_even_where_the_length_is_a_little_off(stocked: Catalogue) -> None:
    near, far = (
        make_item("Amber Rain", "Kin of Moss", isrc=ISRC, duration_ms=ms) for ms in (186_000, 240_000)
    )
    found = await to_catalogue(stocked, [near, far])
    assert [track and track["id"] for track in found] == [STUDIO["id"], None]


async def test_to_catalogue_when_the_code_is_anothers_goes_by_names(stocked: Catalogue) -> None:
    found = await to_catalogue(stocked, [make_item("Amber Rain", "Copper Wolves", isrc=ISRC)])
    assert [track and track["id"] for track in found] == [OTHER["id"]]


async def test_to_catalogue_knows_what_cannot_be_played_here(stocked: Catalogue) -> None:
    found = await to_catalogue(stocked, [make_item("Amber Rain", "Kin of Moss", is_playable=False)])
    assert found == [STUDIO]


async def test_to_catalogue_of_what_is_no_track(stocked: Catalogue) -> None:
    """An episode, a track without names, and nothing at all stand for None, and put nothing out of order."""
    items: list[SpotifyTrack] = [
        {"type": "episode", "name": "Amber Rain", "artists": [{"name": "Kin of Moss"}]},
        {},
        make_item("Amber Rain", "Kin of Moss"),
        {"name": "Amber Rain", "artists": [None]},
    ]
    assert await to_catalogue(stocked, items) == [None, None, STUDIO, None]
    assert await to_catalogue(stocked, []) == []


async def test_to_catalogue_of_more_than_is_asked_at_once(stocked: Catalogue) -> None:
    items = [make_item("Nowhere", "Nobody")] * ITEMS_AT_ONCE + [make_item("Amber Rain", "Kin of Moss")]
    assert await to_catalogue(stocked, items) == [None] * ITEMS_AT_ONCE + [STUDIO]


async def test_tracks_by_isrc_gives_every_row_of_a_code(stocked: Catalogue) -> None:
    again = make_track("Amber Rain", "Kin of Moss", album="Letters", isrc=ISRC, featuring=["Ada Moth"])
    await stocked.engine.upsert([TrackPoint(again, stub_vector(again))])
    found = await tracks_by_isrc(stocked, [ISRC, "", "QZABC2499999"])
    assert {track["id"] for track in found} == {STUDIO["id"], again["id"]}
    assert await tracks_by_isrc(stocked, [""]) == []


async def test_tracks_named_needs_both_names(stocked: Catalogue) -> None:
    found = await tracks_named(stocked, ["amber rain", "tidal bell"], ["kin of moss"])
    assert {track["id"] for track in found} == {STUDIO["id"], LIVE["id"]}
    assert await tracks_named(stocked, ["amber rain"], []) == []
