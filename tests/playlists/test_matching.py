"""What a file names is found in the catalogue, or told why not; another version is never given for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import TrackPoint
from src.catalogue.models.track import Track
from src.playlists.formats.formats import FORMATS
from src.playlists.matching import MAX_CANDIDATES, MAX_FORGIVING, match_tracks
from src.playlists.models.imports import ForeignTrack, MatchLine, MatchReport
from tests.catalogue.engines import ignores_memory_warnings, open_engine
from tests.fakes import hashed_embedder, make_track, stub_vector
from tests.playlists.entries import make_entry

pytestmark = ignores_memory_warnings

ISRC = "QZABC2400001"
STUDIO = make_track("Amber Rain", "Kin of Moss", duration_ms=180_000, isrc=ISRC, popularity=40)
AGAIN = make_track("Amber Rain - Remastered 2011", "Kin of Moss", duration_ms=180_000, popularity=70)
LIVE = make_track("Amber Rain - Live", "Kin of Moss", duration_ms=180_000)
OTHERS = make_track("Amber Rain", "Copper Wolves", duration_ms=240_000)
ONLY_REMIX = make_track("Tin Sea - Zed Kay Remix", "Ada Moth", duration_ms=200_000)
DUO = make_track("Tidal Bell", "Ada Moth", featuring=["Zed Kay"], duration_ms=200_000)
COMMA = make_track("Glass Hours", "Harbour, Field & Sons", duration_ms=150_000)
NO_LENGTH = make_track("Paper Moth", "The Long Rooms")
YOZORA = make_track("夜空", "赤い月", aliases=["Yozora", "Akai Tsuki"], duration_ms=210_000)
ALL = [STUDIO, AGAIN, LIVE, OTHERS, ONLY_REMIX, DUO, COMMA, NO_LENGTH, YOZORA]


@asynccontextmanager
async def _open(kind: str, folder: Path) -> AsyncIterator[Catalogue]:
    async with open_engine(kind, folder) as engine:
        await engine.upsert([TrackPoint(track, stub_vector(track)) for track in ALL])
        yield Catalogue(engine, hashed_embedder(), "test")


@pytest.fixture
async def stocked(tmp_path: Path) -> AsyncIterator[Catalogue]:
    async with _open("memory", tmp_path) as catalogue:
        yield catalogue


def _foreign(title: str, *artists: str, **fields: object) -> ForeignTrack:
    track: ForeignTrack = {"title": title, "artists": list(artists), "identifiers": [], "line": 1}
    track.update(fields)  # type: ignore[typeddict-item]
    return track


def _by_id(track: Track, title: str = "", *artists: str) -> ForeignTrack:
    return _foreign(title, *artists, identifiers=[f"urn:uuid:{track['id'].upper()}"])


async def _line(catalogue: Catalogue, foreign: ForeignTrack) -> MatchLine:
    report = await match_tracks(catalogue, [foreign])
    (line,) = TypeAdapter(MatchReport).validate_python(report)["lines"]
    return line


@pytest.mark.parametrize(
    ("foreign", "track", "method", "score"),
    [
        (_by_id(LIVE), LIVE, "id", 1.0),
        (_by_id(DUO, "Tidal Bell", "Ada Moth, Zed Kay"), DUO, "id", 1.0),
        (_by_id(DUO, "Tidal Bell"), DUO, "id", 1.0),
        (_foreign("", isrc=ISRC), STUDIO, "isrc", 0.9),
        (_foreign("Amber Rain", "Kin of Moss", isrc=ISRC, duration_ms=180_000), STUDIO, "isrc", 1.0),
        (_foreign("Amber Rain", "Copper Wolves", isrc=ISRC), OTHERS, "name", 0.8),
        (_foreign("amber rain (live)", "kin of moss", duration_ms=181_000), LIVE, "name", 0.95),
        (_foreign("Amber Rain - 2011 Remaster", "Kin of Moss", duration_ms=181_000), AGAIN, "name", 0.95),
        (_foreign("Tidal Bell", "Ada Moth, Zed Kay", duration_ms=200_000), DUO, "name", 0.95),
        (_foreign("Tidal Bell (feat. Zed Kay)", "Ada Moth", duration_ms=200_000), DUO, "name", 0.95),
        (_foreign("Glass Hours", "Harbour, Field & Sons", duration_ms=150_000), COMMA, "name", 0.95),
        (_foreign("Paper Moth", "Long Rooms"), NO_LENGTH, "name", 0.8),
        (_foreign("Yozora", "Akai Tsuki", duration_ms=210_000), YOZORA, "name", 0.95),
        (_foreign("Paper Moth", "The Long Rooms, Ada Moth"), NO_LENGTH, "name", 0.7),
        (_foreign("Tidel Bell", "Ada Moth", duration_ms=200_000), DUO, "name", 0.88),
    ],
)
async def test_match_tracks_that_are_there(
    stocked: Catalogue, foreign: ForeignTrack, track: Track, method: str, score: float
) -> None:
    line = await _line(stocked, foreign)
    assert (line["status"], line.get("track_id"), line.get("method")) == ("matched", track["id"], method)
    assert line["score"] == pytest.approx(score, abs=0.03)
    assert line["why"]
    assert line["candidates"] == []


@pytest.mark.parametrize(
    ("foreign", "why"),
    [
        (_foreign("Amber Rain - Zed Kay Remix", "Kin of Moss"), "as another version alone: Amber Rain"),
        (
            _foreign("Tin Sea", "Ada Moth", duration_ms=200_000),
            "another version alone: Tin Sea - Zed Kay Remix",
        ),
        (_foreign("Nowhere", "Nobody"), "no track of this title by this artist"),
        (_foreign("Amber Rain", "Somebody Else Entirely"), "no track of this title by this artist"),
        (_foreign("Nowhere"), "names no artist"),
        (_foreign("", isrc="QZABC2499999"), "does not know its code"),
        (_foreign("", identifiers=["urn:uuid:not-one"]), "does not know its code or id"),
    ],
)
async def test_match_tracks_that_are_missing(stocked: Catalogue, foreign: ForeignTrack, why: str) -> None:
    line = await _line(stocked, foreign)
    assert (line["status"], line["score"], "track_id" in line) == ("missing", 0.0, False)
    assert why in line["why"]


@pytest.mark.parametrize(
    ("foreign", "tracks", "why"),
    [
        (_foreign("Amber Rain"), {STUDIO["id"], AGAIN["id"], OTHERS["id"]}, "names no artist"),
        (
            _foreign("Glass Hours", "Harbour, Field & Sons", duration_ms=275_000),
            {COMMA["id"]},
            "4:35 in the file, 2:30 in the catalogue",
        ),
        (_foreign("Papr Moth", "The Long Rooms"), {NO_LENGTH["id"]}, "spelled nearly so"),
    ],
)
async def test_match_tracks_that_may_be_meant(
    stocked: Catalogue, foreign: ForeignTrack, tracks: set[str], why: str
) -> None:
    line = await _line(stocked, foreign)
    assert (line["status"], "track_id" in line) == ("ambiguous", False)
    assert {candidate["track_id"] for candidate in line["candidates"]} == tracks
    assert why in line["why"]


async def test_match_tracks_by_an_id_that_the_names_contradict_goes_by_the_names(stocked: Catalogue) -> None:
    for title in ("Amber Rain - Live", "Amber Rain"):
        line = await _line(stocked, _by_id(COMMA, title, "Kin of Moss"))
        assert (line["status"], line["method"]) == ("matched", "name")
    # The id of the studio take in a row that was written over to mean the live one.
    assert (await _line(stocked, _by_id(STUDIO, "Amber Rain - Live", "Kin of Moss")))["track_id"] == LIVE[
        "id"
    ]


async def test_match_tracks_tells_two_songs_that_agree_equally(stocked: Catalogue) -> None:
    twin = make_track("Elsewhere", "Copper Wolves", duration_ms=180_000, isrc="QZABC2400009")
    other = make_track("Elsewhere - Demo", "Copper Wolves", duration_ms=180_000, isrc="QZABC2400009")
    await stocked.engine.upsert([TrackPoint(track, stub_vector(track)) for track in (twin, other)])
    line = await _line(stocked, _foreign("", isrc="QZABC2400009"))
    assert line["status"] == "ambiguous"
    assert [candidate["track_id"] for candidate in line["candidates"]] == [twin["id"], other["id"]]


async def test_match_tracks_reads_a_credit_both_ways_before_it_speaks_of_versions(stocked: Catalogue) -> None:
    alone = make_track("Slow Lamp", "Ada Moth", duration_ms=200_000)
    remix = make_track("Slow Lamp - Remix", "Ada Moth", featuring=["Zed Kay"], duration_ms=200_000)
    await stocked.engine.upsert([TrackPoint(track, stub_vector(track)) for track in (alone, remix)])
    line = await _line(stocked, _foreign("Slow Lamp", "Ada Moth, Zed Kay", duration_ms=200_000))
    assert (line["status"], line["track_id"]) == ("matched", alone["id"])
    line = await _line(stocked, _foreign("Slow Lamp", "Ada Moth, Zed Kay", duration_ms=300_000))
    assert [candidate["track_id"] for candidate in line["candidates"]] == [alone["id"]]


async def test_match_tracks_of_equal_records_gives_the_best_known(stocked: Catalogue) -> None:
    lesser = make_track("Paper Moth", "The Long Rooms", id=OTHERS["id"][:-1] + "0", popularity=3)
    await stocked.engine.upsert([TrackPoint(lesser, stub_vector(lesser))])
    line = await _line(stocked, _foreign("Paper Moth", "The Long Rooms"))
    assert line["track_id"] == lesser["id"]
    assert "Of 2 records" in line["why"]


async def test_match_tracks_keeps_the_order_and_counts(stocked: Catalogue) -> None:
    foreign = [_foreign("Nowhere", "Nobody", line=7), _by_id(LIVE), _foreign("Amber Rain"), _by_id(LIVE)] * 40
    report = await match_tracks(stocked, foreign)
    assert (report["matched"], report["ambiguous"], report["missing"]) == (80, 40, 40)
    assert [line["status"] for line in report["lines"][:4]] == ["missing", "matched", "ambiguous", "matched"]
    assert report["lines"][0]["line"] == 7
    assert await match_tracks(stocked, []) == {"matched": 0, "ambiguous": 0, "missing": 0, "lines": []}


async def test_match_tracks_bounds_the_forgiving_searches(stocked: Catalogue) -> None:
    nowhere = [_foreign(f"Nowhere {place}", "Nobody") for place in range(MAX_FORGIVING)]
    report = await match_tracks(stocked, [*nowhere, _foreign("Papr Moth", "The Long Rooms")])
    assert report["lines"][-1]["status"] == "missing"


async def test_match_tracks_bounds_the_candidates(stocked: Catalogue) -> None:
    many = [make_track("Same Name", f"Artist {place}") for place in range(MAX_CANDIDATES + 2)]
    await stocked.engine.upsert([TrackPoint(track, stub_vector(track)) for track in many])
    assert len((await _line(stocked, _foreign("Same Name")))["candidates"]) == MAX_CANDIDATES


@pytest.mark.parametrize("kind", ["edge", "memory"])
async def test_match_tracks_of_a_list_of_our_own_finds_every_track(tmp_path: Path, kind: str) -> None:
    entries = [make_entry(track, place) for place, track in enumerate(ALL, start=1)]
    async with _open(kind, tmp_path) as catalogue:
        for format_ in FORMATS.values():
            assert format_.read is not None
            foreign = format_.read(format_.write("All", entries, {}))["tracks"]
            by_id = await match_tracks(catalogue, foreign)
            assert [line.get("track_id") for line in by_id["lines"]] == [track["id"] for track in ALL]
            assert {line.get("method") for line in by_id["lines"]} == {"id"}
            for track in foreign:
                track["identifiers"] = []
            by_names = await match_tracks(catalogue, foreign)
            assert [line.get("track_id") for line in by_names["lines"]] == [track["id"] for track in ALL]
            assert {line.get("method") for line in by_names["lines"]} == {"isrc", "name"}
