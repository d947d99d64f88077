"""`segue recordings` and `segue replay`, from the recorded turn to its replay."""

import gzip
import json

from src.chat.models.answer import ANSWER, Answer
from tests.cli.conftest import one_line, write_json_lines
from tests.fakes import songs


def recorded_turn(segue, message: str = "mellow jazz", *options: str) -> Answer:
    ran = segue("chat", message, "--record", "--json", *options)
    assert ran.code == 0, ran
    return ANSWER.validate_json(ran.out)


def test_replay_of_a_recorded_turn_is_identical(segue):
    answer = recorded_turn(segue)
    listed = segue("recordings", "list")
    assert answer["turn_id"] in listed.out
    assert "rules planner" in listed.out
    ran = segue("replay", answer["turn_id"])
    assert (ran.code, ran.err) == (0, "")
    assert f"{answer['turn_id']} (rules planner): identical" in ran.out
    assert "1 of 1 identical" in ran.out


def test_replay_of_a_file_by_another_code_says_what_differs(segue, tmp_path, monkeypatch):
    answer = recorded_turn(segue)
    file = str(tmp_path / "turn.jsonl.gz")
    assert "1 turn," in segue("recordings", "export", answer["turn_id"], file).out
    assert "is there already" in one_line(segue("recordings", "export", answer["turn_id"], file))
    # With its rows given, no other catalogue is built to look for the one that was searched.
    replay = ("replay", file, "--rows", str(write_json_lines(tmp_path / "songs.jsonl", songs())))
    assert segue(*replay).code == 0
    monkeypatch.setattr("src.chat.state.SOFT_CONSTRAINT_WEIGHT", -5.0)
    ran = segue(*replay)
    assert ran.code == 1
    assert "answer: The answer is not the recorded one." in ran.out
    assert "0 of 1 identical" in ran.out
    out = tmp_path / "out.json"
    loose = segue(*replay, "--loose", "--json", str(out))
    assert loose.code == 0
    assert "tokens 0 → 0" in loose.out
    assert not json.loads(out.read_bytes())[0]["identical"]


def test_replay_of_a_whole_conversation(segue, tmp_path):
    first = recorded_turn(segue)
    recorded_turn(segue, "more", "--conversation", first["conversation_id"])
    file = str(tmp_path / "talk.jsonl.gz")
    assert "2 turns," in segue("recordings", "export", first["conversation_id"], file).out
    assert "2 of 2 identical" in segue("replay", file).out


def test_replay_diff_shows_two_turns_side_by_side(segue):
    one, other = recorded_turn(segue, "mellow jazz"), recorded_turn(segue, "sad country")
    ran = segue("replay", "--diff", one["turn_id"], other["turn_id"])
    assert ran.code == 0
    assert "  + Jolene by Dolly Parton" in ran.out
    assert "  ~ So What by Miles Davis: 1 → 5" in ran.out
    assert "two recorded turns" in one_line(segue("replay", "--diff", one["turn_id"]))


def test_replay_of_what_is_no_recording(segue, tmp_path):
    assert "no turn" in one_line(segue("replay", "0" * 32)).lower()
    file = tmp_path / "it.jsonl.gz"
    file.write_bytes(gzip.compress(b"{}\n"))
    assert f"{file}:1: this is no recording of Segue's." in one_line(segue("replay", str(file)))
    assert "cannot be read" in one_line(segue("replay", str(tmp_path / "none.jsonl.gz")))


def test_recordings_delete(segue):
    answer = recorded_turn(segue)
    assert segue("recordings", "delete", answer["turn_id"]).out == "deleted\n"
    assert "No turn is recorded" in segue("recordings", "list").out
    assert "no recording" in one_line(segue("recordings", "delete", answer["turn_id"]))
