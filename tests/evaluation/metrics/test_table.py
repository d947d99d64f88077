"""Metrics of cases made by hand over the small catalogue, and of runs made of cases."""

import math

import pytest

from src.catalogue.catalogue import Catalogue
from src.chat.models.answer import Answer
from src.chat.models.why import TurnRecord
from src.chat.state import new_usage
from src.chat.understand import TURNS_TOLD
from src.evaluation.metrics.costs import Price
from src.evaluation.metrics.table import (
    METRICS,
    CaseSeen,
    TurnSeen,
    measure_case,
    measure_run,
    passed_by_kind,
)
from src.evaluation.models.case import Case
from src.evaluation.models.run import CaseRun, MetricLine, ToolUse, TurnRun
from src.evaluation.runner.list_checks import History
from src.telemetry.models.span import SpanDocument
from tests.evaluation.answers import make_answer, make_constraint, make_line
from tests.fakes import make_track, songs

TRACKS = {track["title"]: track for track in songs()}
FADE, ALISON = TRACKS["Fade Into You"], TRACKS["Alison"]


def record_of(*tracks) -> TurnRecord:
    return {
        "searches": [],
        "ranking": [track["id"] for track in tracks],
        "drops": [],
        "waiting": [],
        "standing": [],
    }


def case_of(id_: str = "case", kind: str = "mood") -> Case:
    return {"id": id_, "kind": kind, "catalogue": "starter", "blind": False, "turns": []}


def seen_turn(answer: Answer, *earlier: Answer, message="something nice", pool=(), relevant=(), **more):
    return TurnSeen(
        answer=answer,
        record=record_of(*(pool or [pick["track"] for pick in answer["recommendations"]])),
        tools=more.get("tools", ()),
        history=History(message, earlier),
        relevant=frozenset(track["id"] for track in relevant),
        spans=more.get("spans", ()),
    )


async def measured(catalogue: Catalogue, *turns: TurnSeen) -> dict[str, float]:
    return await measure_case(CaseSeen(case_of(), turns), catalogue)


def with_usage(answer: Answer, **fields: float) -> Answer:
    answer["usage"].update(fields)  # type: ignore[typeddict-item]
    return answer


def tool(name: str, *, ok: bool = True) -> ToolUse:
    return {"tool": name, "ok": ok, "first": True}


def span(unknown_handles: int) -> SpanDocument:
    return {
        "name": "turn",
        "span_id": "0" * 16,
        "start": "2026-11-23T12:00:00Z",
        "ms": 1.0,
        "status": "ok",
        "attributes": {"segue.unknown_handles": unknown_handles},
    }


async def test_measure_case_when_nothing_is_asked_gives_what_every_answer_has(catalogue):
    metrics = await measured(catalogue, seen_turn(make_answer([FADE, ALISON])))
    assert metrics == {
        "grounded picks": 1,
        "grounded reasons": 1,
        "genre diversity": pytest.approx(1 - 2 / 3),
        "artist concentration": 0.5,
        "top artist's share": 0.5,
        "near duplicates": 0,
        "tracks without popularity": 2,
        "distinct-2": 1,
        "model calls": 0,
        "input tokens": 0,
        "output tokens": 0,
    }


async def test_measure_case_keeps_the_order_and_names_of_the_table(catalogue):
    metrics = await measured(catalogue, seen_turn(make_answer([FADE]), relevant=[FADE]))
    assert list(metrics) == [name for name in METRICS if name in metrics]


async def test_measure_case_ranks_against_the_relevant_tracks_of_each_turn(catalogue):
    first = seen_turn(make_answer([FADE, ALISON]), relevant=[ALISON])
    other = seen_turn(make_answer([FADE]), relevant=[ALISON], pool=[FADE, ALISON])
    metrics = await measured(catalogue, first, other, seen_turn(make_answer([FADE])))
    assert metrics["ndcg@10"] == pytest.approx(1 / math.log2(3) / 2)
    assert metrics["hit@10"] == 0.5
    assert metrics["recall@10"] == 0.5
    assert metrics["mrr@10"] == 0.25
    assert metrics["r-precision"] == 0
    assert metrics["recall@50 of the pool"] == 1


async def test_measure_case_sums_counts_and_means_shares(catalogue):
    constraint = make_constraint(kind="artist", name="Slowdive", relation="rejected")
    leaking = make_answer(
        [ALISON, FADE], constraints=[constraint], report_lines=[make_line("artist", "no Slowdive")]
    )
    metrics = await measured(catalogue, seen_turn(leaking), seen_turn(leaking, pool=[FADE]))
    assert metrics["exclusion leaks"] == 2
    assert metrics["constraints met"] == 1
    assert metrics["grounded picks"] == 0.75


async def test_measure_case_when_catalogue_lacks_a_name_wants_it_admitted(catalogue):
    constraints = [
        make_constraint(kind="artist", name="Zzyzx Quartet", relation="wanted"),
        make_constraint(kind="artist", name="Slowdive", relation="wanted"),
        make_constraint(kind="track", title="Qwertyuiop Blues", relation="wanted"),
    ]
    lines = [make_line("artist", "by Zzyzx Quartet", "unmet")]
    answer = make_answer(
        [ALISON], constraints=constraints, report_lines=lines, reply="Zzyzx Quartet is not in this catalogue."
    )
    assert (await measured(catalogue, seen_turn(answer)))["honest misses"] == 0.5


async def test_measure_case_grounds_reasons_in_the_turns_that_a_model_is_told_of(catalogue):
    claims = make_answer([ALISON], reason="You asked for some klezmer.")
    quiet = make_answer([])
    said = seen_turn(quiet, message="some klezmer, please")
    others = [seen_turn(quiet) for _ in range(TURNS_TOLD)]
    near = await measured(catalogue, said, *others[1:], seen_turn(claims))
    far = await measured(catalogue, said, *others, seen_turn(claims))
    assert (near["grounded reasons"], far["grounded reasons"]) == (1, 0)


async def test_measure_case_counts_tools_and_unknown_handles_where_a_model_planned(catalogue):
    answer = with_usage(make_answer([FADE]), model_calls=2, input_tokens=900, output_tokens=50)
    tools = [tool("search_catalogue"), tool("find_track", ok=False)]
    metrics = await measured(catalogue, seen_turn(answer, tools=tools, spans=[span(3)]))
    assert metrics["first tool calls valid"] == 0.5
    assert metrics["unknown handles"] == 3
    assert (metrics["model calls"], metrics["input tokens"], metrics["output tokens"]) == (2, 900, 50)


async def test_measure_case_when_server_counts_no_tokens_leaves_them_out(catalogue):
    metrics = await measured(catalogue, seen_turn(with_usage(make_answer([FADE]), model_calls=1)))
    assert "input tokens" not in metrics
    assert "output tokens" not in metrics


async def test_measure_case_takes_the_words_of_all_replies_together(catalogue):
    answers = [make_answer([], reply="here it is"), make_answer([], reply="here it was")]
    metrics = await measured(catalogue, *(seen_turn(answer) for answer in answers))
    assert metrics["distinct-2"] == 0.75


async def test_measure_case_compares_popularity_with_the_mean_of_the_catalogue(catalogue):
    known = [track["popularity"] for track in songs() if "popularity" in track]
    tracks = [make_track("A", "A", popularity=100), make_track("B", "B")]
    metrics = await measured(catalogue, seen_turn(make_answer(tracks)))
    assert metrics["popularity bias"] == pytest.approx(100 - sum(known) / len(known))
    assert metrics["tracks without popularity"] == 1


async def test_measure_case_without_an_answered_turn_has_no_metric(catalogue):
    assert await measured(catalogue) == {}


def turn_run(total_ms: float, *, model: str = "", tools=(), tracks=(), **usage: float) -> TurnRun:
    spent = new_usage()
    spent.update({"total_ms": total_ms, **usage})  # type: ignore[typeddict-item]
    turn: TurnRun = {
        "message": "hi",
        "reply": "Here.",
        "tracks": [
            {"id": id_, "title": id_, "artists": ["A"], "reason": "", "chosen_by": "ranking"}
            for id_ in tracks
        ],
        "constraints": [],
        "planner": {"kind": "llm" if model else "rules", "degraded": False, "detail": ""},
        "usage": spent,
        "tools": list(tools),
        "spans": [],
        "failures": [],
    }
    if model:
        turn["planner"]["model"] = model
    return turn


UNANSWERED: TurnRun = {
    "message": "hi",
    "reply": "",
    "tracks": [],
    "constraints": [],
    "tools": [],
    "spans": [],
    "failures": ["It took too long."],
}


def case_run(*turns: TurnRun, passed=True, kind="mood", catalogue="starter", **metrics: float) -> CaseRun:
    return {
        "id": "case",
        "kind": kind,
        "catalogue": catalogue,
        "blind": False,
        "passed": passed,
        "metrics": {name.replace("_", " "): value for name, value in metrics.items()},
        "turns": list(turns),
    }


def lines_of(*cases: CaseRun, sizes=None, prices=None) -> dict[str, MetricLine]:
    return {line["name"]: line for line in measure_run(cases, sizes or {}, prices or {})}


def test_measure_run_means_shares_and_sums_counts_over_the_cases_that_have_them():
    lines = lines_of(
        case_run(constraints_met=1.0, exclusion_leaks=1.0),
        case_run(constraints_met=0.5, exclusion_leaks=2.0),
        case_run(passed=False),
    )
    assert lines["constraints met"] == {
        "name": "constraints met",
        "value": 0.75,
        "unit": "share",
        "better": "higher",
        "cases": 2,
    }
    assert (lines["exclusion leaks"]["value"], lines["exclusion leaks"]["better"]) == (3, "lower")
    assert lines["passed"]["value"] == pytest.approx(2 / 3)
    assert lines["passed"]["cases"] == 3
    assert "ndcg@10" not in lines


def test_measure_run_takes_percentiles_over_turns_and_counts_cases():
    lines = lines_of(case_run(turn_run(10), turn_run(20), UNANSWERED), case_run(turn_run(40)), case_run())
    assert (lines["turn ms p50"]["value"], lines["turn ms p50"]["cases"]) == (20, 2)
    assert lines["turn ms p95"]["value"] == pytest.approx(38)
    assert "model ms p50" not in lines


def test_measure_run_costs_only_cases_whose_every_turn_has_a_price():
    priced = turn_run(1, model="m", model_calls=1, input_tokens=1_000_000, output_tokens=500_000)
    uncounted = turn_run(1, model="m", model_calls=1)
    other = turn_run(1, model="other", model_calls=1, input_tokens=5, output_tokens=5)
    prices = {"m": Price(1, 4)}
    lines = lines_of(
        case_run(priced, priced), case_run(priced, other), case_run(uncounted), case_run(), prices=prices
    )
    assert (lines["cost"]["value"], lines["cost"]["unit"], lines["cost"]["cases"]) == (6, "USD", 1)
    assert "cost" not in lines_of(case_run(other), prices=prices)
    assert "cost" not in lines_of(case_run(turn_run(1)), prices=prices)


def test_measure_run_tells_each_tool_and_each_catalogue():
    lines = lines_of(
        case_run(turn_run(1, tools=[tool("find_track")], tracks=["a", "b"]), turn_run(1, tracks=["b"])),
        case_run(turn_run(1, tools=[tool("find_track", ok=False)], tracks=["c"]), catalogue="messy"),
        sizes={"starter": 4, "messy": 10, "unused": 3},
    )
    assert lines["first calls of find_track valid"]["value"] == 0.5
    assert lines["catalogue diversity, starter"]["value"] == 0.5
    assert lines["catalogue diversity, messy"]["value"] == 0.1
    assert "catalogue diversity, unused" not in lines


def test_measure_run_without_cases_has_no_line():
    assert measure_run([], {"starter": 4}, {}) == []


def test_measure_run_of_every_metric_is_a_number_with_a_unit_and_a_better_way():
    lines = lines_of(case_run(turn_run(5), **dict.fromkeys(METRICS, 0.0)))
    assert set(METRICS) <= lines.keys()
    assert all(math.isfinite(line["value"]) and line["unit"] for line in lines.values())


def test_passed_by_kind_is_the_share_of_each_kind():
    cases = [case_run(kind="mood"), case_run(kind="mood", passed=False), case_run(kind="count")]
    assert passed_by_kind(cases) == {"count": 1, "mood": 0.5}
