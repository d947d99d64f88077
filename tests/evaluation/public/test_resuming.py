"""What an interrupted run leaves, and what the next one makes of it."""

import pytest

from src.errors import InvalidInput
from src.evaluation.public.models.ranking import DialogueRanking
from src.evaluation.public.resuming import keep_part, open_part, part_of


def ranking(id_: str) -> DialogueRanking:
    return {"id": id_, "turns": [{"number": 0, "tracks": ["a", "b"], "response": "Ça"}]}


def test_open_part_gives_what_is_done(tmp_path):
    path = part_of(tmp_path / "out.jsonl")
    assert path.name == "out.jsonl.part"
    assert open_part(path, "run") == {}
    keep_part(path, ranking("d1"))
    keep_part(path, ranking("d2"))
    assert open_part(path, "run") == {"d1": ranking("d1"), "d2": ranking("d2")}


@pytest.mark.parametrize("cut", [1, 10, 30])
def test_open_part_drops_a_line_that_was_cut_off(tmp_path, cut):
    path = tmp_path / "out.part"
    open_part(path, "run")
    keep_part(path, ranking("d1"))
    keep_part(path, ranking("d2"))
    path.write_bytes(path.read_bytes()[:-cut])
    assert open_part(path, "run") == {"d1": ranking("d1")}
    keep_part(path, ranking("d2"))
    assert list(open_part(path, "run")) == ["d1", "d2"]


def test_open_part_when_its_header_was_cut_off(tmp_path):
    path = tmp_path / "out.part"
    open_part(path, "run")
    path.write_bytes(path.read_bytes()[:9])
    assert open_part(path, "run") == {}
    keep_part(path, ranking("d1"))
    assert list(open_part(path, "run")) == ["d1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"somebody's notes", ":1: this is no begun run"),
        (b"somebody's notes\n", ":1: this is no begun run"),
        (b'{"format":"segue-rankings","version":1,"run":"another"}\n', ":1: this run was begun with other"),
        (b'{"format":"segue-rankings","version":2,"run":"run"}\n', ":1: this run was begun with other"),
        (b'{"format":"segue-rankings","version":1,"run":"run"}\n{"id":"d1"}\n', ":2: turns: Field required"),
    ],
)
def test_open_part_leaves_what_is_not_its_own(tmp_path, content, message):
    path = tmp_path / "out.part"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=message):
        open_part(path, "run")
    assert path.read_bytes() == content


def test_keep_part_where_nothing_can_be_written(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be written"):
        keep_part(tmp_path / "nowhere" / "out.part", ranking("d1"))
    (tmp_path / "folder.part").mkdir()
    with pytest.raises(InvalidInput, match="cannot be read"):
        open_part(tmp_path / "folder.part", "run")
