"""The metrics of a case, and of a whole run: one table names each with its unit and which way is better."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from src.agent.models.answer import Answer, Usage
from src.agent.models.why import TurnRecord
from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import find_artist
from src.catalogue.models.track import Track
from src.evaluation.expectations import History
from src.evaluation.metrics import lists, obedience, ranking
from src.evaluation.metrics.costs import Price, cost_usd, percentile
from src.evaluation.metrics.grounding import grounded_picks, grounded_reasons
from src.evaluation.models.case import Case
from src.evaluation.models.run import Better, CaseRun, MetricLine, ToolUse, TurnRun
from src.wishes.genres import load_vocabulary

_POPULARITIES = 101
_STAGES: Mapping[str, Callable[[Usage], float]] = {
    "turn": lambda usage: usage["total_ms"],
    "retrieval": lambda usage: usage["retrieval_ms"],
    "embedding": lambda usage: usage["embedding_ms"],
    "model": lambda usage: usage["model_ms"],
}


@dataclass(frozen=True, slots=True)
class TurnSeen:
    """An answered turn with all that its metrics are taken from; `messages` are the listener's so far."""

    answer: Answer
    record: TurnRecord
    tools: Sequence[ToolUse]
    history: History
    messages: Sequence[str]
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """A case with its answered turns."""

    case: Case
    turns: Sequence[TurnSeen]


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a metric is: how the values of turns come together in a case, and cases in a run."""

    unit: str
    better: Better
    is_count: bool = False


# Every metric of a case. A case has those alone that apply to it.
METRICS: Mapping[str, _Kind] = {
    "ndcg@10": _Kind("share", "higher"),
    "hit@10": _Kind("share", "higher"),
    "recall@10": _Kind("share", "higher"),
    "recall@50 of the pool": _Kind("share", "higher"),
    "mrr@10": _Kind("share", "higher"),
    "r-precision": _Kind("share", "higher"),
    "constraints met": _Kind("share", "higher"),
    "relaxations declared": _Kind("share", "higher"),
    "exclusion leaks": _Kind("count", "lower", is_count=True),
    "new artists": _Kind("share", "higher"),
    "named track, reciprocal rank": _Kind("share", "higher"),
    "honest misses": _Kind("share", "higher"),
    "grounded picks": _Kind("share", "higher"),
    "grounded reasons": _Kind("share", "higher"),
    "first tool calls valid": _Kind("share", "higher"),
    "genre diversity": _Kind("share", "higher"),
    "artist concentration": _Kind("share", "lower"),
    "near duplicates": _Kind("count", "lower", is_count=True),
    "popularity bias": _Kind("points", "neither"),
    "distinct-2": _Kind("share", "higher"),
    "judge": _Kind("1 to 5", "higher"),
    "model calls": _Kind("count", "lower"),
    "input tokens": _Kind("tokens", "lower"),
    "output tokens": _Kind("tokens", "lower"),
}


async def measure_case(seen: CaseSeen, catalogue: Catalogue) -> dict[str, float]:
    """The metrics of a case by name; those that do not apply to it are left out.

    A share is the mean over the turns that have it, a count their sum.
    """
    found: dict[str, list[float]] = {}
    for turn in seen.turns:
        for name, value in [*_of_turn(turn), *await _of_catalogue(turn, catalogue)]:
            if value is not None:
                found.setdefault(name, []).append(value)
    if words := lists.distinct_n((turn.answer["reply"] for turn in seen.turns), 2):
        found["distinct-2"] = [words]
    return {
        name: math.fsum(found[name]) / (1 if kind.is_count else len(found[name]))
        for name, kind in METRICS.items()
        if name in found
    }


def _of_turn(turn: TurnSeen) -> Iterable[tuple[str, float | None]]:
    answer = turn.answer
    tracks = [pick["track"] for pick in answer["recommendations"]]
    earlier = [pick["track"] for before in turn.history.earlier for pick in before["recommendations"]]
    yield from _of_ranking(turn, tracks)
    yield "constraints met", obedience.constraints_met(answer)
    yield "relaxations declared", obedience.relaxations_declared(answer)
    yield "exclusion leaks", obedience.exclusion_leaks(answer)
    yield "new artists", obedience.new_artists(answer, earlier)
    yield "named track, reciprocal rank", obedience.named_track_rank(answer)
    yield "grounded picks", grounded_picks(answer, turn.record)
    yield "first tool calls valid", first_calls_valid(turn.tools)
    yield "genre diversity", lists.genre_diversity(tracks)
    yield "artist concentration", lists.artist_concentration(tracks)
    yield "near duplicates", float(lists.near_duplicates(tracks)) if tracks else None
    yield "model calls", float(answer["usage"]["model_calls"])
    yield "input tokens", float(answer["usage"]["input_tokens"])
    yield "output tokens", float(answer["usage"]["output_tokens"])


def _of_ranking(turn: TurnSeen, tracks: Sequence[Track]) -> Iterable[tuple[str, float | None]]:
    if not turn.relevant:
        return
    ids, relevant = list(dict.fromkeys(track["id"] for track in tracks)), turn.relevant
    yield "ndcg@10", ranking.ndcg_at_k(ids, relevant, 10)
    yield "hit@10", ranking.hit_at_k(ids, relevant, 10)
    yield "recall@10", ranking.recall_at_k(ids, relevant, 10)
    yield "mrr@10", ranking.mrr_at_k(ids, relevant, 10)
    yield "r-precision", ranking.r_precision(ids, relevant)
    pool = list(dict.fromkeys(turn.record["ranking"]))
    yield "recall@50 of the pool", ranking.recall_at_k(pool, relevant, 50)


async def _of_catalogue(turn: TurnSeen, catalogue: Catalogue) -> list[tuple[str, float | None]]:
    answer = turn.answer
    vocabulary = await load_vocabulary(catalogue)
    wanted = obedience.wanted_artists(answer["brief"]["wishes"])
    absent = [name for name in wanted if await find_artist(catalogue, name) is None]
    tracks = [pick["track"] for pick in answer["recommendations"]]
    mean = await _mean_popularity(catalogue)
    return [
        ("grounded reasons", grounded_reasons(answer, turn.messages, vocabulary)),
        ("honest misses", obedience.honest_miss(answer, absent)),
        ("popularity bias", lists.popularity_bias(tracks, mean) if mean is not None else None),
    ]


async def _mean_popularity(catalogue: Catalogue) -> float | None:
    counts = await catalogue.engine.facet("track.popularity", [], _POPULARITIES)
    total = sum(counts.values())
    return sum(int(value) * count for value, count in counts.items()) / total if total else None


def first_calls_valid(tools: Sequence[ToolUse]) -> float | None:
    """Share of the tools whose first call in the turn was valid; None where none was called.

    First-attempt tool success, as TalkPlay-Tools (arXiv 2510.01698) reports it.
    """
    firsts = [use["ok"] for use in tools if use["first"]]
    return sum(firsts) / len(firsts) if firsts else None


def tools_by_name(cases: Sequence[CaseRun]) -> dict[str, float]:
    """First-attempt validity of each tool over all turns."""
    firsts: dict[str, list[bool]] = {}
    for turn in _turns(cases):
        for use in turn["tools"]:
            if use["first"]:
                firsts.setdefault(use["tool"], []).append(use["ok"])
    return {tool: sum(valid) / len(valid) for tool, valid in sorted(firsts.items())}


def measure_run(
    cases: Sequence[CaseRun], catalogue_sizes: Mapping[str, int], prices: Mapping[str, Price]
) -> list[MetricLine]:
    """The metrics of a run: shares as means over the cases that have them, counts as sums.

    Args:
        catalogue_sizes: tracks of each catalogue, by name.
        prices: of models, by name; without one, costs are left out.
    """
    passed = [float(case["passed"]) for case in cases]
    lines = [_line("passed", passed, "share", "higher", _mean)] if cases else []
    for name, kind in METRICS.items():
        values = [case["metrics"][name] for case in cases if name in case["metrics"]]
        if values:
            lines.append(_line(name, values, kind.unit, kind.better, sum if kind.is_count else _mean))
    lines += [
        _line(f"first calls of {tool} valid", [share], "share", "higher", _mean)
        for tool, share in tools_by_name(cases).items()
    ]
    lines += _diversity(cases, catalogue_sizes)
    lines += _latencies([turn["usage"] for turn in _turns(cases) if "usage" in turn])
    lines += _costs(cases, prices)
    return lines


def passed_by_kind(cases: Sequence[CaseRun]) -> dict[str, float]:
    """Share of the passed cases, by kind."""
    kinds: dict[str, list[bool]] = {}
    for case in cases:
        kinds.setdefault(case["kind"], []).append(case["passed"])
    return {kind: sum(passed) / len(passed) for kind, passed in sorted(kinds.items())}


def _turns(cases: Sequence[CaseRun]) -> list[TurnRun]:
    return [turn for case in cases for turn in case["turns"]]


def _diversity(cases: Sequence[CaseRun], sizes: Mapping[str, int]) -> list[MetricLine]:
    lines: list[MetricLine] = []
    for name, size in sizes.items():
        of_it = [case for case in cases if case["catalogue"] == name]
        ids = [[track["id"] for track in turn["tracks"]] for turn in _turns(of_it)]
        if of_it and size:
            value = lists.catalogue_diversity(ids, size)
            lines.append(_line(f"catalogue diversity, {name}", [value], "share", "higher", _mean))
    return lines


def _latencies(usages: Sequence[Usage]) -> list[MetricLine]:
    lines: list[MetricLine] = []
    for name, stage_of in _STAGES.items():
        values = [stage_of(usage) for usage in usages]
        if any(values):
            for label, share in (("p50", 0.5), ("p95", 0.95)):
                whole = partial(percentile, share=share)
                lines.append(_line(f"{name} ms {label}", values, "ms", "lower", whole))
    return lines


def _costs(cases: Sequence[CaseRun], prices: Mapping[str, Price]) -> list[MetricLine]:
    costs = [
        cost_usd(turn["usage"], turn["planner"].get("model", ""), prices)
        for turn in _turns(cases)
        if "usage" in turn and "planner" in turn
    ]
    known = [cost for cost in costs if cost is not None]
    return [_line("cost", known, "USD", "lower", math.fsum)] if known else []


def _line(
    name: str,
    values: Sequence[float],
    unit: str,
    better: Better,
    together: Callable[[Sequence[float]], float],
) -> MetricLine:
    return {
        "name": name,
        "value": together(values),
        "unit": unit,
        "better": better,
        "cases": len(values),
    }


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
