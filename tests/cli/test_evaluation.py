"""`segue eval run` on this machine."""

import pytest

from src.evaluation.models.report import REPORT
from tests.cli.conftest import one_line, write_json_lines
from tests.fakes import songs


def a_case(id_: str, expect: dict[str, object], kind: str = "count") -> dict[str, object]:
    turns = [{"message": "nothing but jazz", "expect": expect}]
    return {"id": id_, "kind": kind, "catalogue": "messy", "blind": True, "turns": turns}


@pytest.fixture
def files(tmp_path) -> tuple[str, str]:
    """A file of three cases, of which one fails, and the option that gives the catalogue."""
    cases = [
        a_case("is-jazz", {"genres": {"any_of": ["jazz"]}}),
        a_case("is-something", {"at_least": 1}, "other"),
        a_case("is-rock", {"genres": {"any_of": ["rock"]}}, "other"),
    ]
    rows = write_json_lines(tmp_path / "messy.jsonl", songs())
    return str(write_json_lines(tmp_path / "cases.jsonl", cases)), f"messy={rows}"


def test_eval_run_prints_the_table_and_fails_below_the_share_needed(segue, files, tmp_path):
    cases, rows = files
    out = tmp_path / "report.json"
    ran = segue("eval", "run", cases, "--rows", rows, "--json", str(out))
    assert ran.code == 1
    assert ran.err == ""
    assert "66.7%" in ran.out
    assert "is-rock (other, messy)" in ran.out
    assert [
        result["id"] for result in REPORT.validate_json(out.read_bytes())["results"] if result["passed"]
    ] == [
        "is-jazz",
        "is-something",
    ]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--need", "0.6", "--whole", "count"], 0),
        (["--need", "0.6", "--whole", "count", "--whole", "other"], 1),
        (["--kind", "count"], 0),
        (["--case", "is-something", "--case", "is-rock"], 1),
    ],
)
def test_eval_run_exits_by_what_must_pass(segue, files, options, code):
    cases, rows = files
    assert segue("eval", "run", cases, "--rows", rows, *options).code == code


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "add --rows messy=FILE"),
        (["--rows", "messy"], "--rows takes messy=FILE"),
        (["--rows", "starter=x.jsonl"], "--rows takes messy=FILE"),
        (["--rows", "ROWS", "--kind", "counts"], "These files have no kind counts."),
        (["--rows", "ROWS", "--whole", "counts"], "These files have no kind counts."),
        (["--rows", "ROWS", "--case", "is-pop"], "These files have no case is-pop."),
        (["--rows", "ROWS", "--kind", "count", "--case", "is-rock"], "No case is both"),
        (["--rows", "ROWS", "--with-model"], "--with-model needs a model: set LLM_MODEL"),
    ],
)
def test_eval_run_when_an_option_is_wrong(segue, files, options, says):
    cases, rows = files
    ran = segue("eval", "run", cases, *[rows if option == "ROWS" else option for option in options])
    assert says in one_line(ran)


def test_eval_run_when_the_report_cannot_be_written(segue, files, tmp_path):
    cases, rows = files
    ran = segue("eval", "run", cases, "--rows", rows, "--need", "0", "--json", str(tmp_path))
    assert ran.code == 1
    assert "the report cannot be written there" in ran.err


def test_eval_run_with_a_model_that_is_down_says_so(segue, files, monkeypatch):
    monkeypatch.setenv("LLM_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("LLM_MODEL", "absent-model")
    monkeypatch.setenv("LLM_ATTEMPTS", "1")
    cases, rows = files
    ran = segue("eval", "run", cases, "--rows", rows, "--case", "is-jazz", "--with-model")
    assert (ran.code, ran.err) == (0, "")
    assert "planner: absent-model" in ran.out
    assert "turns in which the rules stood in for the model: 1" in ran.out


def test_eval_run_without_with_model_leaves_the_model_alone(segue, files, monkeypatch):
    monkeypatch.setenv("LLM_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("LLM_MODEL", "absent-model")
    cases, rows = files
    ran = segue("eval", "run", cases, "--rows", rows, "--case", "is-jazz")
    assert (ran.code, ran.err) == (0, "")
    assert "planner: rules" in ran.out
    assert "stood in" not in ran.out
