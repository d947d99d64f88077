"""CPCD: strict reading, and its own scoring rules on numbers worked out by hand."""

import json
from math import isclose

import pytest

from src.errors import InvalidInput
from src.evaluation.public.cpcd import (
    load_cpcd,
    macro_average,
    result_lines,
    score_dialogue,
    to_public,
)
from src.evaluation.public.models.cpcd import CPCD_DIALOGUE, CpcdDialogue
from src.evaluation.public.models.ranking import DialogueRanking
from tests.evaluation.public.made import Item, cpcd_dialogue, cpcd_track, cpcd_turn, write_lines


def dialogue(turns: list[Item], goal: list[str]) -> CpcdDialogue:
    return CPCD_DIALOGUE.validate_python(cpcd_dialogue("d1", turns, goal))


def test_score_dialogue_by_hand():
    talk = dialogue([cpcd_turn("hi")], ["a", "b", "c", "d"])
    (turn,) = score_dialogue(talk, [["x", "a", "y", "z", "b"]], {})
    assert (turn["hit@1"], turn["hit@5"], turn["mrr@1"], turn["mrr@10"]) == (0, 1, 0, 0.5)
    assert (turn["precision@5"], turn["precision@10"]) == (2 / 5, 2 / 10)
    assert (turn["recall@1"], turn["recall@100"]) == (0, 2 / 4)
    assert isclose(turn["map@5"], (1 / 2 + 2 / 5) / 4)
    assert isclose(turn["map@1"], 0)


def test_score_dialogue_compares_by_cluster():
    clusters = {"a": "A", "a-live": "A", "b": "B", "x": "X"}
    talk = dialogue([cpcd_turn("hi")], ["a", "b"])
    (turn,) = score_dialogue(talk, [["x", "a-live", "a", "b"]], clusters)
    # A counts once, at its first place; B moves up to the third.
    assert turn["mrr@10"] == 1 / 2
    assert isclose(turn["map@10"], (1 / 2 + 2 / 3) / 2)
    assert turn["recall@5"] == 1


def test_score_dialogue_counts_a_goal_of_one_cluster_once():
    talk = dialogue([cpcd_turn("hi")], ["a", "a-live"])
    (turn,) = score_dialogue(talk, [["a"]], {"a": "A", "a-live": "A"})
    assert turn["recall@1"] == 1


def test_score_dialogue_leaves_earlier_seeds_out():
    clusters = {"a": "A", "a-live": "A"}
    turns = [cpcd_turn("hi", liked=["a", "b", "c", "d"]), cpcd_turn("more"), cpcd_turn("and more")]
    talk = dialogue(turns, ["a", "b", "c", "d", "e"])
    first, second, third = score_dialogue(
        talk, [["a", "x"], ["a-live", "b", "c", "x", "d"], ["c", "e"]], clusters
    )
    assert first["hit@1"] == 1
    # Seeds are the first three that were liked, by cluster; the fourth stays a goal.
    assert (second["hit@1"], second["mrr@10"], second["recall@5"]) == (0, 1 / 2, 1 / 2)
    # They stay out in every later turn.
    assert (third["mrr@10"], third["recall@1"]) == (1, 1 / 2)


def test_score_dialogue_skips_a_turn_whose_goal_is_used_up():
    talk = dialogue([cpcd_turn("hi", liked=["a"]), cpcd_turn("more", liked=["b"])], ["a"])
    assert len(score_dialogue(talk, [["a"], ["b"]], {})) == 1
    assert score_dialogue(dialogue([cpcd_turn("hi")], []), [["a"]], {}) == []


def test_score_dialogue_of_an_empty_ranking():
    (turn,) = score_dialogue(dialogue([cpcd_turn("hi")], ["a"]), [[]], {})
    assert set(turn.values()) == {0.0}
    assert len(turn) == 25


def test_macro_average_is_over_turns_then_dialogues():
    one, none = {"hit@10": 1.0}, {"hit@10": 0.0}
    # Turns together would give 2 of 5.
    assert macro_average([[one], [none, none, none, one], []]) == {"hit@10": (1 + 1 / 4) / 2}
    assert macro_average([[]]) == {}


def test_to_public_tells_seeds_and_dislikes_alone():
    talk = dialogue([cpcd_turn("hi", ["a", "b", "c", "d"], ["e"]), cpcd_turn("more")], ["a"])
    first, second = to_public(talk).turns
    assert (first.number, first.message, first.reply) == (0, "hi", "Here are some.")
    assert first.liked == first.shown == ("a", "b", "c")
    assert first.disliked == ("e",)
    assert (second.number, second.liked) == (1, ())


def test_result_lines_are_as_the_script_reads_them():
    ranking: DialogueRanking = {"id": "d1", "turns": [{"number": 0, "tracks": ["a", "b"], "response": "x"}]}
    (line,) = result_lines([ranking])
    assert json.loads(line) == {"docid": "d1:0", "neighbor": [{"docid": "a"}, {"docid": "b"}]}


def test_load_cpcd_takes_clusters_from_tracks_before_dialogues(tmp_path):
    dialogs = write_lines(
        tmp_path / "dialogs.jsonl", [cpcd_dialogue("d1", [cpcd_turn("hi", ["a", "b"])], ["a", "b"])]
    )
    tracks = write_lines(tmp_path / "tracks.jsonl", [cpcd_track("a", "A"), cpcd_track("z", "Z")])
    assert load_cpcd([dialogs], [tracks]).clusters == {"a": "A", "b": "b", "z": "Z"}
    assert load_cpcd([dialogs], []).clusters == {"a": "a", "b": "b"}


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (cpcd_dialogue("d1", [cpcd_turn("hi")], []), r":2: the dialogue stands in .*dialogs.jsonl:1 already"),
        (cpcd_dialogue("d2", [], []), r":2: the dialogue has no turn"),
        (cpcd_dialogue("d:2", [cpcd_turn("hi")], []), r":2: an id with a colon"),
        ({"id": "d2"}, r":2: turns: Field required"),
        (
            {**cpcd_dialogue("d2", [], []), "turns": [{**cpcd_turn("hi"), "liked_results": "a"}]},
            r"liked_results: ",
        ),
    ],
)
def test_load_cpcd_when_a_line_is_wrong(tmp_path, second, message):
    path = write_lines(tmp_path / "dialogs.jsonl", [cpcd_dialogue("d1", [cpcd_turn("hi")], []), second])
    with pytest.raises(InvalidInput, match=message):
        load_cpcd([path], [])


def test_load_cpcd_when_a_track_stands_twice(tmp_path):
    dialogs = write_lines(tmp_path / "dialogs.jsonl", [cpcd_dialogue("d1", [cpcd_turn("hi")], [])])
    tracks = write_lines(tmp_path / "tracks.jsonl", [cpcd_track("a", "A"), cpcd_track("a", "B")])
    with pytest.raises(InvalidInput, match=r"tracks.jsonl:2: the track a stands in the files already"):
        load_cpcd([dialogs], [tracks])
