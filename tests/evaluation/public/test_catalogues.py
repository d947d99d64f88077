"""A data set's tracks as rows that an import reads, under ids that are found again."""

import pytest

from src.catalogue.importing.files import BadRow, read_rows
from src.catalogue.importing.layouts import choose_layout
from src.catalogue.importing.rows import to_track
from src.catalogue.models.track import Track
from src.errors import InvalidInput
from src.evaluation.public.catalogues import (
    must_hold,
    own_ids,
    share_held,
    write_cpcd_rows,
    write_music_crs_rows,
)
from tests.evaluation.public.made import agent_on, cpcd_track, crs_track, own_id, write_lines


def imported(path, source: str) -> list[Track]:
    """What `segue catalogue import` makes of a file."""
    rows = [row.content for row in read_rows(path) if not isinstance(row.content, BadRow)]
    layout = choose_layout(list(rows[0]), {})
    return [to_track(row, layout, source=source, licence="as stated") for row in rows]


def test_write_cpcd_rows_for_an_import(tmp_path):
    bare = {**cpcd_track("b"), "track_release_titles": None}
    tracks = write_lines(tmp_path / "tracks.jsonl", [cpcd_track("a", "A", "Hey Ya!", "Outkast"), bare])
    assert write_cpcd_rows([tracks], tmp_path / "rows.jsonl") == 2
    first, second = imported(tmp_path / "rows.jsonl", "cpcd")
    assert (first["title"], first["artists"], first["album"]) == ("Hey Ya!", ["Outkast"], "An Album")
    assert "album" not in second
    assert [track["id"] for track in (first, second)] == list(own_ids("cpcd", ["a", "b"]).segue.values())


def test_write_music_crs_rows_for_an_import(tmp_path):
    tags = [
        "Indie Rock",
        "chillout",
        "seen live",
        "ambient",
        "albums i own and love",
        "rock n roll i like pop",
    ]
    empty = {
        "track_id": "t2",
        "track_name": ["B"],
        "artist_name": ["C"],
        "album_name": None,
        "tag_list": None,
        "popularity": None,
        "release_date": None,
        "duration": None,
        "ISRC": [],
    }
    tracks = write_lines(
        tmp_path / "tracks.jsonl", [crs_track("t1", "A", ["B", "C"], tag_list=tags), {**empty}]
    )
    assert write_music_crs_rows([tracks], tmp_path / "rows.jsonl") == 2
    first, second = imported(tmp_path / "rows.jsonl", "music-crs")
    assert first["id"] == own_ids("music-crs", ["t1"]).segue["t1"]
    assert (first["title"], first["artists"], first["album"]) == ("A", ["B", "C"], "An Album")
    assert (first["year"], first["release_date"], first["duration_ms"]) == (2006, "2006-12-06", 300920)
    assert (first["popularity"], first["isrc"]) == (39, "TCABY1497179")
    assert first["genres"] == ["indie rock", "ambient"]
    assert first["moods"] == ["mellow"]
    assert first["tags"] == [tag.lower() for tag in tags]
    assert (second["genres"], second["tags"]) == ([], [])
    assert not {"album", "year", "popularity", "duration_ms", "isrc"} & second.keys()


def test_write_rows_when_a_track_is_wrong(tmp_path):
    tracks = write_lines(tmp_path / "tracks.jsonl", [cpcd_track("a"), {"track_ids": "b"}])
    with pytest.raises(InvalidInput, match=r"tracks.jsonl:2: track_titles: Field required"):
        write_cpcd_rows([tracks], tmp_path / "rows.jsonl")
    assert not (tmp_path / "rows.jsonl").exists()


async def test_must_hold_refuses_another_catalogue(agent, tmp_path):
    ids = own_ids("cpcd", [own_id("Yellow"), "unknown"])
    with pytest.raises(InvalidInput, match=r"import ROWS --source cpcd"):
        await must_hold(agent, ids, "cpcd")
    async with agent_on(agent, "cpcd", tmp_path / "made") as ours:
        await must_hold(ours, ids, "cpcd")


async def test_share_held_counts_what_is_there(agent, tmp_path):
    ids = own_ids("cpcd", [own_id("Yellow"), own_id("Clocks"), "unknown"])
    async with agent_on(agent, "cpcd", tmp_path / "made") as ours:
        assert await share_held(ours, ids, [own_id("Yellow"), own_id("Clocks"), "unknown", "other"]) == 0.5
        assert await share_held(ours, ids, []) == 0
