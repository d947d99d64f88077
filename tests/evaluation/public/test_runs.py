"""Whole runs over made data sets, with the real turns."""

import gzip
import json
from collections.abc import Callable

import pytest

from src.catalogue.generations import catalogue_folder
from src.catalogue.importing.build import import_files
from src.catalogue.importing.steps import ImportOptions
from src.chat.clients import Agent
from src.errors import InvalidInput
from src.evaluation.models.run import MetricLine
from src.evaluation.public.catalogues import write_cpcd_rows
from src.evaluation.public.files import part_of
from src.evaluation.public.runs import open_public_agent, run_cpcd, run_music_crs
from src.settings import Settings
from tests.evaluation.public.made import (
    agent_on,
    cpcd_dialogue,
    cpcd_track,
    cpcd_turn,
    crs_session,
    crs_track,
    own_id,
    read_predictions,
    write_lines,
)
from tests.fakes import hashed_embedder, songs

DREAMY = [own_id(title) for title in ("Alison", "Fade Into You", "Space Song", "Cherry-coloured Funk")]
JAZZ = [own_id(title) for title in ("So What", "Blue in Green", "Take Five")]


@pytest.fixture
async def for_cpcd(agent, tmp_path):
    async with agent_on(agent, "cpcd", tmp_path / "made") as opened:
        yield opened


@pytest.fixture
async def for_crs(agent, tmp_path):
    async with agent_on(agent, "music-crs", tmp_path / "made") as opened:
        yield opened


@pytest.fixture
def cpcd_files(tmp_path):
    dialogs = [
        cpcd_dialogue(
            "d1", [cpcd_turn("dream pop", DREAMY[:1], [own_id("Yellow")]), cpcd_turn("more")], DREAMY
        ),
        cpcd_dialogue("d2", [cpcd_turn("nothing but jazz")], [*JAZZ, "gone"]),
        cpcd_dialogue("d3", [cpcd_turn("some country")], [own_id("Jolene")]),
    ]
    tracks = [
        cpcd_track(own_id(track["title"]), f"c-{track['song_key']}", track["title"], track["artists"][0])
        for track in songs()
    ]
    packed = tmp_path / "cpcd_v1.dialogs.test.jsonl.gz"
    packed.write_bytes(gzip.compress("".join(json.dumps(item) + "\n" for item in dialogs).encode()))
    return [packed], [write_lines(tmp_path / "cpcd_v1.tracks.jsonl", tracks)]


@pytest.fixture
def crs_files(tmp_path):
    sessions = [
        crs_session("s1", [("dream pop", DREAMY[0], "Here."), ("more of that", DREAMY[1], "There.")]),
        crs_session("s2", [("nothing but jazz", JAZZ[0], "Yes."), ("and more", JAZZ[1], "So.")]),
    ]
    tracks = [crs_track(own_id(track["title"]), track["title"], track["artists"]) for track in songs()]
    (tmp_path / "test.json").write_text(json.dumps(sessions), encoding="utf-8")
    return [tmp_path / "test.json"], [write_lines(tmp_path / "all_tracks.jsonl", tracks)]


def values(lines: list[MetricLine]) -> dict[str, float]:
    return {line["name"]: line["value"] for line in lines}


async def test_run_cpcd_ranks_and_scores(for_cpcd: Agent, cpcd_files, tmp_path):
    output, seen = tmp_path / "out.jsonl", []
    lines = await run_cpcd(
        for_cpcd,
        cpcd_files[0],
        cpcd_files[1],
        output,
        progress=lambda done, total: seen.append((done, total)),
    )
    found = values(lines)
    assert (found["hit@10"], found["hit@100"]) == (1, 1)
    assert 0.5 < found["mrr@10"] <= 1
    assert next(line["cases"] for line in lines if line["name"] == "hit@10") == 3
    # Of nine tracks of the goals one is in no catalogue.
    assert found["relevant tracks in the catalogue"] == 8 / 9
    assert (found["turns with fewer than 100 tracks"], found["turns without an answer"]) == (4, 0)
    assert seen == [(0, 3), (1, 3), (2, 3), (3, 3)]
    results = [json.loads(line) for line in output.read_text().splitlines()]
    assert [result["docid"] for result in results] == ["d1:0", "d1:1", "d2:0", "d3:0"]
    first, second = ({item["docid"] for item in result["neighbor"]} for result in results[:2])
    assert DREAMY[0] in first
    assert DREAMY[0] not in second
    assert not part_of(output).exists()


async def test_run_cpcd_without_tracks_goes_by_those_of_the_dialogues(for_cpcd: Agent, cpcd_files, tmp_path):
    found = values(await run_cpcd(for_cpcd, cpcd_files[0], [], tmp_path / "out.jsonl"))
    # The dialogues bring two tracks, of which one is in a goal.
    assert found["relevant tracks in the catalogue"] == 1 / 9


async def test_run_cpcd_goes_on_where_it_was_interrupted(for_cpcd: Agent, cpcd_files, tmp_path):
    output, part = tmp_path / "out.jsonl", part_of(tmp_path / "out.jsonl")
    with pytest.raises(KeyboardInterrupt):
        await run_cpcd(for_cpcd, cpcd_files[0], cpcd_files[1], output, progress=_stop_at(2))
    assert not output.exists()
    _mark(part, "d1", "marked")
    with pytest.raises(InvalidInput, match=r"out.jsonl.part:1: this run was begun with other"):
        await run_cpcd(for_cpcd, cpcd_files[0], cpcd_files[1], output, limit=7)
    seen: list[int] = []
    lines = await run_cpcd(
        for_cpcd, cpcd_files[0], cpcd_files[1], output, progress=lambda done, _: seen.append(done)
    )
    # Two were done, one was asked for; what was done was taken as it stood.
    assert seen == [2, 3]
    first = json.loads(output.read_text().splitlines()[0])
    assert first == {"docid": "d1:0", "neighbor": [{"docid": "marked"}]}
    assert values(lines)["hit@10"] < 1
    assert not part.exists()


async def test_run_cpcd_of_no_goal_has_counts_alone(for_cpcd: Agent, cpcd_files, tmp_path):
    dialogs = write_lines(tmp_path / "d.jsonl", [cpcd_dialogue("d1", [cpcd_turn("")], [])])
    found = values(await run_cpcd(for_cpcd, [dialogs], cpcd_files[1], tmp_path / "out.jsonl"))
    assert found == {"turns with fewer than 100 tracks": 1, "turns without an answer": 1}


async def test_run_music_crs_predicts_and_scores(for_crs: Agent, crs_files, tmp_path):
    output = tmp_path / "out.json"
    found = values(await run_music_crs(for_crs, crs_files[0], crs_files[1], output))
    predictions = read_predictions(output)
    assert [(item["session_id"], item["turn_number"]) for item in predictions] == [
        ("s1", 1),
        ("s1", 2),
        ("s2", 1),
        ("s2", 2),
    ]
    assert DREAMY[0] in predictions[0]["predicted_track_ids"]
    assert DREAMY[0] not in predictions[1]["predicted_track_ids"]
    assert all(item["predicted_response"] for item in predictions)
    assert found["ndcg@20"] >= found["ndcg@10"] >= found["ndcg@1"]
    assert found["ndcg@10"] > 0.4
    listed = {id_ for item in predictions for id_ in item["predicted_track_ids"]}
    assert found["catalogue diversity"] == len(listed) / len(songs())
    assert 0 < found["distinct-2"] <= 1
    assert found["relevant tracks in the catalogue"] == 1
    assert not part_of(output).exists()


async def test_run_music_crs_of_a_blind_set(for_crs: Agent, crs_files, tmp_path):
    session = crs_session("s9", [("dream pop", DREAMY[0], "Here."), ("more",)], user_id=None)
    blind = write_lines(tmp_path / "blind.jsonl", [session])
    found = values(await run_music_crs(for_crs, [blind], crs_files[1], tmp_path / "out.json"))
    assert "ndcg@20" not in found
    (prediction,) = read_predictions(tmp_path / "out.json")
    assert (prediction["turn_number"], prediction["user_id"]) == (2, "")
    assert DREAMY[0] not in prediction["predicted_track_ids"]


async def test_run_music_crs_goes_on_where_it_was_interrupted(for_crs: Agent, crs_files, tmp_path):
    output, part = tmp_path / "out.json", part_of(tmp_path / "out.json")
    with pytest.raises(KeyboardInterrupt):
        await run_music_crs(for_crs, crs_files[0], crs_files[1], output, progress=_stop_at(1))
    _mark(part, "s1", "marked")
    await run_music_crs(for_crs, crs_files[0], crs_files[1], output)
    marked = [item["predicted_track_ids"] == ["marked"] for item in read_predictions(output)]
    assert marked == [True, True, False, False]


@pytest.mark.parametrize("run", [run_cpcd, run_music_crs])
async def test_runs_write_over_nothing(agent: Agent, tmp_path, run):
    output = tmp_path / "out"
    output.write_text("mine")
    with pytest.raises(InvalidInput, match="name another one"):
        await run(agent, [tmp_path / "none.jsonl"], [], output)
    assert output.read_text() == "mine"


async def test_runs_refuse_another_catalogue(agent: Agent, cpcd_files, crs_files, tmp_path):
    with pytest.raises(InvalidInput, match="--source cpcd"):
        await run_cpcd(agent, cpcd_files[0], cpcd_files[1], tmp_path / "out")
    with pytest.raises(InvalidInput, match="--source music-crs"):
        await run_music_crs(agent, crs_files[0], crs_files[1], tmp_path / "out")
    assert not part_of(tmp_path / "out").exists()


def _stop_at(stop: int) -> Callable[[int, int], None]:
    def progress(done: int, _total: int) -> None:
        if done == stop:
            raise KeyboardInterrupt

    return progress


def _mark(part, id_: str, track: str) -> None:
    """Put another track in place of what is done of one dialogue."""
    kept = []
    for line in part.read_text().splitlines():
        item = json.loads(line)
        if item.get("id") == id_:
            item["turns"] = [{**turn, "tracks": [track]} for turn in item["turns"]]
        kept.append(json.dumps(item) + "\n")
    part.write_text("".join(kept))


async def test_open_public_agent_serves_what_was_imported(settings: Settings, tmp_path):
    tracks = write_lines(
        tmp_path / "tracks.jsonl",
        [
            cpcd_track(f"v{number}", f"c{number}", title, artist)
            for number, (title, artist) in enumerate([("Yellow", "Coldplay"), ("Alison", "Slowdive")])
        ],
    )
    dialogs = write_lines(
        tmp_path / "dialogs.jsonl", [cpcd_dialogue("d1", [cpcd_turn("songs by Slowdive")], ["v1"])]
    )
    write_cpcd_rows([tracks], tmp_path / "rows.jsonl")
    embedder = hashed_embedder()
    folder = catalogue_folder(settings.data_dir)
    options = ImportOptions({}, source="cpcd", licence="CC BY 4.0")
    await import_files(folder, [tmp_path / "rows.jsonl"], options, embedder, lambda *_: None)
    async with open_public_agent(settings, embedder) as agent:
        lines = await run_cpcd(agent, [dialogs], [tracks], tmp_path / "out.jsonl")
    assert {line["name"]: line["value"] for line in lines}["hit@1"] == 1
    # Nothing came into the user's own database.
    assert not list(settings.data_dir.rglob("*.sqlite"))
