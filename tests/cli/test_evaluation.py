"""`segue eval` and `segue scorecard` on this machine: run, record, replay, compare, report."""

import json
from pathlib import Path

import pytest

from src.evaluation.models.run import RUN, Run
from src.evaluation.runner.files import read_count, unfinished_path
from src.recordings.file import load_recordings
from tests.cli.conftest import one_line, write_json_lines
from tests.fakes import songs

_GATES = """
title = "Three cases"
cases = ["cases.jsonl"]
catalogues = { messy = "messy.jsonl" }

[[gates]]
metric = "passed"
at_least = 0.6
floor = true
why = "2 of 3 pass"

[[gates]]
metric = "passed: count"
at_least = 1.0
"""


def a_case(id_: str, expect: dict[str, object], kind: str = "count") -> dict[str, object]:
    turns = [{"message": "nothing but jazz", "expect": expect}]
    return {"id": id_, "kind": kind, "catalogue": "messy", "blind": True, "turns": turns}


CASES = [
    a_case("is-jazz", {"genres": {"any_of": ["jazz"]}}),
    a_case("is-something", {"at_least": 1}, "other"),
    a_case("is-rock", {"genres": {"any_of": ["rock"]}}, "other"),
]


@pytest.fixture
def suite(tmp_path: Path) -> str:
    """A suite of three cases, of which one fails and one is of a kind that must pass whole."""
    write_json_lines(tmp_path / "messy.jsonl", songs())
    write_json_lines(tmp_path / "cases.jsonl", CASES)
    path = tmp_path / "three.toml"
    path.write_text(_GATES)
    return str(path)


def read_run(path: Path) -> Run:
    return RUN.validate_json(path.read_bytes())


def test_eval_run_writes_the_run_and_the_page(segue, suite, tmp_path):
    out, html = tmp_path / "run.json", tmp_path / "run.html"
    count = tmp_path / "count"
    ran = segue("eval", "run", suite, "--out", str(out), "--html", str(html), "--count", str(count))
    assert (ran.code, ran.err) == (0, "")
    assert "is-rock" in ran.out
    run = read_run(out)
    assert [case["id"] for case in run["cases"] if case["passed"]] == ["is-jazz", "is-something"]
    assert run["origin"]["how"] == "rules planner"
    assert run["origin"]["command"].startswith(f"segue eval run {suite}")
    assert all(gate["kept"] for gate in run["gates"])
    assert run.get("gates_kept") == "2 of 2 gates kept, 1 of them a floor: passed"
    assert "2 of 2 gates kept, 1 of them a floor: passed" in ran.out
    assert "is-rock" in html.read_text()
    assert read_count(count) == (3, 3)
    assert not unfinished_path(out).exists()
    assert "is there already" in one_line(segue("eval", "run", suite, "--out", str(out)))


def test_eval_run_exits_with_1_when_a_gate_is_broken(segue, suite):
    Path(suite).write_text(_GATES.replace("0.6", "0.7"))
    ran = segue("eval", "run", suite)
    assert ran.code == 1
    assert ran.err == ""
    assert segue("eval", "run", suite, "--case", "is-jazz").code == 0


def test_eval_run_goes_on_where_it_was_interrupted(segue, suite, tmp_path):
    out = tmp_path / "run.json"
    assert segue("eval", "run", suite, "--out", str(out)).code == 0
    whole = read_run(out)
    out.rename(tmp_path / "whole.json")
    head = {"suite_hash": whole["origin"]["suite_hash"], "planner": "rules"}
    head["prompts_hash"] = whole["origin"]["prompts_hash"]
    marked = json.loads(RUN.dump_json(whole))["cases"][0]
    marked["turns"][0]["reply"] = "as it was before"
    part = unfinished_path(out)
    part.write_text(json.dumps(head) + "\n" + json.dumps(marked) + "\n" + '{"id": "is-some')
    assert segue("eval", "run", suite, "--out", str(out)).code == 0
    again = read_run(out)
    assert again["cases"][0]["turns"][0]["reply"] == "as it was before"
    assert [case["id"] for case in again["cases"]] == [case["id"] for case in whole["cases"]]
    out.unlink()
    part.write_text(json.dumps({**head, "planner": "other"}) + "\n")
    assert "an interrupted run of something else" in one_line(segue("eval", "run", suite, "--out", str(out)))
    part.write_text(json.dumps(head) + "\nnonsense\n" + json.dumps(marked) + "\n")
    assert f"{part}:2: the line is damaged" in one_line(segue("eval", "run", suite, "--out", str(out)))


@pytest.mark.parametrize("planner", ["rules", "scripted"])
def test_eval_record_then_replay(segue, suite, tmp_path, planner):
    recorded = tmp_path / "three.recordings.jsonl.gz"
    ran = segue("eval", "record", suite, "--planner", planner, "--out", str(recorded))
    assert (ran.code, ran.err) == (0, "")
    how = {"rules": "rules planner", "scripted": "scripted model"}[planner]
    assert f"3 turns by {how}" in ran.out
    items = load_recordings(recorded).recordings
    assert [item.label for item in items] == ["is-jazz/1", "is-something/1", "is-rock/1"]
    assert {item.recording["made_with"]["how"] for item in items} == {how}
    rows = str(tmp_path / "messy.jsonl")
    assert "3 of 3 identical" in segue("replay", str(recorded), "--rows", rows).out
    Path(suite).write_text(_GATES.replace("catalogues", f'recordings = "{recorded.name}"\ncatalogues'))
    out = tmp_path / "replayed.json"
    ran = segue("eval", "run", suite, "--replay", "--out", str(out))
    assert (ran.code, ran.err) == (0, "")
    run = read_run(out)
    assert run["origin"]["how"] == f"{how}, replayed"
    unlike = next(line for line in run["metrics"] if line["name"] == "turns unlike their recording")
    assert unlike["value"] == 0.0
    assert "is there already" in one_line(segue("eval", "record", suite, "--out", str(recorded)))


def test_eval_compare_two_runs(segue, suite, tmp_path):
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    assert segue("eval", "run", suite, "--out", str(first)).code == 0
    assert segue("eval", "run", suite, "--planner", "scripted", "--out", str(second)).code == 0
    html = tmp_path / "compared.html"
    ran = segue("eval", "compare", str(first), str(second), "--html", str(html), "--turns")
    assert (ran.code, ran.err) == (0, "")
    assert "scripted" in ran.out
    assert html.exists()
    other = json.loads(second.read_text())
    other["origin"]["suite_hash"] = "0" * 16
    second.write_text(json.dumps(other))
    assert "suite" in one_line(segue("eval", "compare", str(first), str(second)))
    broken = json.loads(first.read_text())
    broken["gates"][0]["kept"] = False
    first.write_text(json.dumps(broken))
    assert segue("eval", "compare", str(first), str(first)).code == 1


def test_eval_report_of_a_damaged_run(segue, tmp_path):
    damaged = tmp_path / "run.json"
    damaged.write_text('{"format": "segue-run",\n')
    assert f"{damaged}" in one_line(segue("eval", "report", str(damaged), str(tmp_path / "it.html")))


def test_scorecard_of_runs(segue, suite, tmp_path):
    run, out = tmp_path / "a.json", tmp_path / "docs" / "scorecard.md"
    segue("eval", "run", suite, "--out", str(run))
    assert segue("scorecard", str(run), "--out", str(out)).code == 0
    text = out.read_text()
    assert "| cases that passed | 66.7% |" in text
    assert f"`segue eval run {suite}" in text


def test_eval_suites_lists_those_that_ship(segue):
    assert "core: " in segue("eval", "suites").out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "no-such"], "There is no suite no-such: there are adversary, core"),
        (["run", "none.toml"], "there is no such file"),
        (["run", "SUITE", "--rows", "messy"], "--rows takes messy=FILE"),
        (["run", "SUITE", "--kind", "counts"], "The suite has no kind counts."),
        (["run", "SUITE", "--case", "is-pop"], "The suite has no case is-pop."),
        (["run", "SUITE", "--kind", "count", "--case", "is-rock"], "No case is both"),
        (["run", "SUITE", "--planner", "model"], "There is no model: set LLM_MODEL"),
        (["run", "SUITE", "--replay"], "has no recordings"),
        (["record", "SUITE", "--out", "x.jsonl.gz", "--budget", "1"], "--budget needs the model's price"),
    ],
)
def test_eval_when_something_is_wrong(segue, suite, arguments, says):
    ran = segue("eval", *[suite if argument == "SUITE" else argument for argument in arguments])
    assert says in one_line(ran)


def test_eval_run_with_a_model_that_is_down_says_so(segue, suite, tmp_path, monkeypatch):
    monkeypatch.setenv("LLM_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("LLM_MODEL", "absent-model")
    monkeypatch.setenv("LLM_ATTEMPTS", "1")
    out = tmp_path / "run.json"
    ran = segue("eval", "run", suite, "--planner", "model", "--case", "is-jazz", "--out", str(out))
    assert ran.err == ""
    run = read_run(out)
    assert (run["origin"]["planner"], run["degraded_turns"]) == ("absent-model", 1)


def test_eval_record_stops_at_its_budget_and_goes_on(segue, suite, tmp_path, monkeypatch):
    monkeypatch.setenv("MODEL_PRICES", "scripted=1000/1000")
    monkeypatch.setenv("LLM_MODEL", "scripted")
    out = tmp_path / "it.jsonl.gz"
    options = ("--planner", "scripted", "--budget", "0.01", "--out", str(out))
    ran = segue("eval", "record", suite, *options)
    assert ran.code == 1
    assert "The budget is spent" in ran.out
    assert not out.exists()
    ran = segue("eval", "record", suite, "--planner", "scripted", "--out", str(out))
    assert (ran.code, ran.err) == (0, "")
    assert len(load_recordings(out).recordings) == 3
