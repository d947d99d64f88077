"""Music-CRS: strict reading, the official prediction JSON, and its scores on numbers worked out by hand."""

import json
from math import isclose, log2

import pytest

from src.errors import InvalidInput
from src.evaluation.public.models.music_crs import CRS_SESSION, CrsPrediction, CrsSession
from src.evaluation.public.models.ranking import DialogueRanking
from src.evaluation.public.music_crs import (
    ground_truth,
    load_music_crs,
    score_predictions,
    to_predictions,
    to_public,
    write_predictions,
)
from tests.evaluation.public.made import Item, crs_session, crs_track, write_lines


def session(id_: str, turns: list[tuple[str, ...]], **fields: object) -> CrsSession:
    return CRS_SESSION.validate_python(crs_session(id_, turns, **fields), strict=True)


def entry(session_id: str, turn: int, tracks: list[str], response: str = "") -> CrsPrediction:
    return {
        "session_id": session_id,
        "user_id": "u1",
        "turn_number": turn,
        "predicted_track_ids": tracks,
        "predicted_response": response,
    }


OPEN = session("s1", [("jazz", "t1", "Here."), ("more", "t2", "There.")])
BLIND = session("s2", [("rock", "t3", "So."), ("slower", "t4", "Well."), ("softer",)], user_id=None)
TRUTHS = ground_truth([OPEN, session("s3", [("pop", "t3", "Yes.")])])


def test_ground_truth_is_every_track_played_but_those_of_blind_sessions():
    assert ground_truth([OPEN, BLIND]) == [
        {"session_id": "s1", "turn_number": 1, "ground_truth_track_id": "t1"},
        {"session_id": "s1", "turn_number": 2, "ground_truth_track_id": "t2"},
    ]


def test_score_predictions_averages_over_turn_numbers():
    predictions = [
        entry("s1", 1, ["t1", "x"]),
        entry("s1", 2, ["x", "y", "t2"]),
        entry("s3", 1, ["x", "t3"]),
    ]
    scores = score_predictions(TRUTHS, predictions, 10)
    first, second = (1 + 1 / log2(3)) / 2, 1 / log2(4)
    assert isclose(scores["ndcg@20"], (first + second) / 2, rel_tol=1e-12)
    assert scores["ndcg@10"] == scores["ndcg@20"]
    assert scores["ndcg@1"] == (1 / 2 + 0) / 2
    # t1, t2, t3, x and y, of ten.
    assert scores["catalogue diversity"] == 5 / 10


def test_score_predictions_of_a_track_behind_the_cut():
    ranked = [f"x{number}" for number in range(10)] + ["t1"]
    truths = TRUTHS[:1]
    scores = score_predictions(truths, [entry("s1", 1, ranked)], 100)
    assert scores["ndcg@10"] == 0
    assert isclose(scores["ndcg@20"], 1 / log2(12))


def test_score_predictions_distinct_2_is_lower_case_words_between_blanks():
    predictions = [
        entry("s1", 1, ["t1"], "Good stuff, good stuff,"),
        entry("s1", 2, ["t2"], "good\nSTUFF, again"),
        entry("s3", 1, ["t3"], "one"),
    ]
    # good stuff, ×3; stuff, good; stuff, again: three of five.
    assert score_predictions(TRUTHS, predictions, 10)["distinct-2"] == 3 / 5
    silent = [entry(item["session_id"], item["turn_number"], []) for item in predictions]
    assert score_predictions(TRUTHS, silent, 10)["distinct-2"] == 0


def test_score_predictions_of_a_blind_set_has_diversity_alone():
    scores = score_predictions([], [entry("s2", 3, ["a", "b"], "a b")], 4)
    assert scores == {"catalogue diversity": 0.5, "distinct-2": 1.0}


def test_score_predictions_leaves_out_what_was_not_asked():
    predictions = [entry("s1", turn, ["a"]) for turn in (1, 2)] + [
        entry("s3", 1, ["a"]),
        entry("s9", 1, ["b"]),
    ]
    assert score_predictions(TRUTHS, predictions, 10)["catalogue diversity"] == 1 / 10


@pytest.mark.parametrize(
    ("predictions", "size", "message"),
    [
        ([entry("s1", 1, ["a"])], 10, r"turn 2 of the session s1 is missing"),
        ([entry("s1", 1, ["a", "a"])], 10, r"turn 1 of the session s1 holds a track twice"),
        ([], 0, r"hold no track"),
    ],
)
def test_score_predictions_when_they_cannot_be_scored(predictions, size, message):
    with pytest.raises(InvalidInput, match=message):
        score_predictions(TRUTHS, predictions, size)


def test_to_predictions_predicts_every_turn_or_the_one_that_waits(tmp_path):
    def ranking(id_: str, turns: int) -> DialogueRanking:
        tracks = [f"t{number}" for number in range(30)]
        return {
            "id": id_,
            "turns": [
                {"number": number, "tracks": tracks, "response": "Ça"} for number in range(1, turns + 1)
            ],
        }

    made = to_predictions([OPEN, BLIND], {"s1": ranking("s1", 2), "s2": ranking("s2", 3)})
    assert [(item["session_id"], item["user_id"], item["turn_number"]) for item in made] == [
        ("s1", "u1", 1),
        ("s1", "u1", 2),
        ("s2", "", 3),
    ]
    assert {len(item["predicted_track_ids"]) for item in made} == {20}
    path = tmp_path / "predictions.json"
    write_predictions(path, made)
    assert "Ça" in path.read_text(encoding="utf-8")
    assert list(json.loads(path.read_bytes())[0]) == [
        "session_id",
        "user_id",
        "turn_number",
        "predicted_track_ids",
        "predicted_response",
    ]
    assert json.loads(path.read_text(encoding="utf-8")) == made


def test_to_public_tells_what_was_played():
    first, last = to_public(OPEN).turns
    assert (first.number, first.message, first.reply) == (1, "jazz", "Here.")
    assert first.shown == first.liked == ("t1",)
    assert last.number == 2
    waiting = to_public(BLIND).turns[-1]
    assert (waiting.message, waiting.reply, waiting.shown) == ("softer", "", ())


def test_load_music_crs_of_parquet(tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    sessions, tracks = tmp_path / "test.parquet", tmp_path / "all_tracks.parquet"
    rows = [crs_session("s1", [("jazz", "t1", "Here.")]), crs_session("s2", [("rock",)], user_id=None)]
    for row in rows:
        row["goal_progress_assessments"] = ["none"]
    parquet.write_table(arrow.Table.from_pylist(rows), sessions)
    parquet.write_table(arrow.Table.from_pylist([crs_track("t1", "A", ["B"])]), tracks)
    data = load_music_crs([sessions], [tracks])
    assert [item["session_id"] for item in data.sessions] == ["s1", "s2"]
    assert data.tracks == ["t1"]


def message(turn: int, role: str) -> Item:
    return {"turn_number": turn, "role": role, "content": "x", "thought": None}


@pytest.mark.parametrize(
    ("second", "text"),
    [
        (crs_session("s1", [("jazz",)]), r":2: the session stands in .*sessions.jsonl:1 already"),
        (crs_session("s2", []), r":2: the session has no turn"),
        (crs_session("s2", [("jazz",), ("more", "t1", "Here.")]), r":2: in turn 1 nothing is played"),
        (crs_session("s2", [], conversations=[message(1, "music")]), r":2: in turn 1 nobody asks"),
        (crs_session("s2", [], conversations=[message(1, "user")] * 2), r":2: turn 1 has two parts"),
        (crs_session("s2", [], conversations=[message(1, "dj")]), r":2: conversations.0.role: "),
    ],
)
def test_load_music_crs_when_a_line_is_wrong(tmp_path, second, text):
    path = write_lines(tmp_path / "sessions.jsonl", [crs_session("s1", [("jazz",)]), second])
    with pytest.raises(InvalidInput, match=text):
        load_music_crs([path], [])


def test_load_music_crs_when_a_track_stands_twice(tmp_path):
    sessions = write_lines(tmp_path / "sessions.jsonl", [crs_session("s1", [("jazz",)])])
    tracks = write_lines(tmp_path / "tracks.jsonl", [crs_track("t1", "A", ["B"])] * 2)
    with pytest.raises(InvalidInput, match=r"tracks.jsonl:2: the track t1 stands in the files already"):
        load_music_crs([sessions], [tracks])
