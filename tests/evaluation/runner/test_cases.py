"""Reading request cases: what is wrong is said with its file and line."""

import json

import pytest

from src.constraints.models.brief import CONSTRAINT
from src.errors import InvalidInput
from src.evaluation.runner.cases import CONSTRAINT_KINDS, load_placed_cases


def a_case(id_="case-one", expect=None, **fields):
    return {
        "id": id_,
        "kind": "count",
        "catalogue": "starter",
        "blind": False,
        "turns": [{"message": "7 songs", "expect": expect or {"count": 7}}],
        **fields,
    }


@pytest.fixture
def write(tmp_path):
    def write_lines(*lines, name="cases.jsonl"):
        path = tmp_path / name
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("\n".join(texts), encoding="utf-8")
        return path

    return write_lines


def refusal(*paths):
    with pytest.raises(InvalidInput) as refused:
        load_placed_cases(paths)
    return refused.value.message


def test_load_placed_cases_of_several_files_in_order(write):
    first = write(a_case("one-a"), "", a_case("one-b"), "")
    second = write(a_case("two-a"), name="more.jsonl")
    assert [item.case["id"] for item in load_placed_cases([second, first])] == ["two-a", "one-a", "one-b"]


def test_load_placed_cases_when_a_text_holds_a_line_separator(write):
    path = write(json.dumps(a_case(turns=[{"message": "a\u2028b", "expect": {}}]), ensure_ascii=False))
    assert load_placed_cases([path])[0].case["turns"][0]["message"] == "a\u2028b"


def test_load_placed_cases_when_a_line_is_no_json(write):
    path = write(a_case(), "", '{"id": ')
    assert refusal(path).startswith(f"{path}:3: the line: Invalid JSON")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (a_case(colour="red"), "colour: Extra inputs are not permitted"),
        (a_case(expect={"cuont": 7}), "turns.0.expect.cuont: Extra inputs are not permitted"),
        (a_case(turns=[]), "turns: "),
        (a_case(catalogue="other"), "catalogue: "),
        (a_case(id_="No Id"), "id: "),
        (a_case(expect={"first": {}}), "turn 1: a track needs a title or an artist"),
        (a_case(expect={"repeats": [{}]}), "turn 1: a track needs a title or an artist"),
        (a_case(expect={"years": {"share": 0.5}}), "turn 1: years need a first or a last one"),
        (
            a_case(expect={"values": [{"feature": "bpm", "low": 1}]}),
            "turn 1: there is no feature bpm; there are danceability",
        ),
        (
            a_case(expect={"values": [{"feature": "tempo"}]}),
            "turn 1: tempo needs a low or a high bound",
        ),
        (a_case(expect={"no_wishes": [{"kind": "artists"}]}), "turn 1: there is no wish of kind artists"),
        (
            a_case(
                turns=[{"message": "a", "feedback": [{"rank": 1, "verdict": "like"}], "expect": {"count": 7}}]
            ),
            "turn 1: feedback before the first answer",
        ),
    ],
)
def test_load_placed_cases_when_a_case_is_wrong(write, line, says):
    path = write(a_case("another"), line)
    assert refusal(path).startswith(f"{path}:2: {says}")


def test_load_placed_cases_when_an_id_stands_twice(write):
    first, second = write(a_case("one")), write(a_case("two"), a_case("one"), name="more.jsonl")
    assert refusal(first, second) == f"{second}:2: the id one stands in {first}:1 already."


def test_load_placed_cases_when_a_file_is_empty(write):
    assert refusal(path := write("", "")) == f"{path}: the file holds no case."


def test_load_placed_cases_when_a_file_is_missing(tmp_path):
    assert refusal(path := tmp_path / "none.jsonl") == f"{path}: there is no such file."


def test_load_placed_cases_when_a_file_is_no_text(tmp_path):
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b"\xff\xfe")
    assert refusal(path) == f"{path}: the file cannot be read as UTF-8 text."


def test_constraint_kinds_are_those_of_the_brief():
    assert set(CONSTRAINT.json_schema()["discriminator"]["mapping"]) == CONSTRAINT_KINDS
