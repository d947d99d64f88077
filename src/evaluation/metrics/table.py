"""The metrics of a case, and of a whole run: one table names each with its unit and which way is better."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import find_artist, find_tracks
from src.catalogue.models.track import Track
from src.chat.models.answer import Answer, Usage
from src.chat.models.why import TurnRecord
from src.chat.understand import TURNS_TOLD, as_told
from src.evaluation.metrics import lists, obedience, ranking
from src.evaluation.metrics.costs import (
    Price,
    are_tokens_known,
    cost_usd,
    first_calls_by_tool,
    first_calls_valid,
    percentile,
)
from src.evaluation.metrics.grounding import (
    TurnEvidence,
    grounded_picks,
    grounded_reasons,
    make_evidence,
    unknown_handles,
)
from src.evaluation.models.case import Case
from src.evaluation.models.run import Better, CaseRun, MetricLine, ToolUse, TurnRun
from src.evaluation.runner.list_checks import History
from src.lexicon.vocabulary import Vocabulary, load_vocabulary
from src.telemetry.models.span import SpanDocument

_POPULARITIES = 101
_STAGES: Mapping[str, Callable[[Usage], float]] = {
    "turn": lambda usage: usage["total_ms"],
    "retrieval": lambda usage: usage["retrieval_ms"],
    "embedding": lambda usage: usage["embedding_ms"],
    "model": lambda usage: usage["model_ms"],
}


@dataclass(frozen=True, slots=True)
class TurnSeen:
    """An answered turn with all that its metrics are taken from."""

    answer: Answer
    record: TurnRecord
    tools: Sequence[ToolUse]
    history: History
    relevant: frozenset[str]
    spans: Sequence[SpanDocument] = ()


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
    "constraints met, soft ones too": _Kind("share", "higher"),
    "relaxations declared": _Kind("share", "higher"),
    "relaxations said": _Kind("share", "higher"),
    "exclusion leaks": _Kind("count", "lower", is_count=True),
    "new artists": _Kind("share", "higher"),
    "named track, reciprocal rank": _Kind("share", "higher"),
    "named tracks found": _Kind("share", "higher"),
    "honest misses": _Kind("share", "higher"),
    "grounded picks": _Kind("share", "higher"),
    "grounded reasons": _Kind("share", "higher"),
    "unknown handles": _Kind("count", "lower", is_count=True),
    "first tool calls valid": _Kind("share", "higher"),
    "genre diversity": _Kind("share", "higher"),
    "artist concentration": _Kind("share", "lower"),
    "top artist's share": _Kind("share", "lower"),
    "near duplicates": _Kind("count", "lower", is_count=True),
    "popularity bias": _Kind("points", "neither"),
    "tracks without popularity": _Kind("count", "neither", is_count=True),
    "distinct-2": _Kind("share", "higher"),
    "judge": _Kind("1 to 5", "higher"),
    "model calls": _Kind("count", "lower"),
    "input tokens": _Kind("tokens", "lower"),
    "output tokens": _Kind("tokens", "lower"),
}


@dataclass(frozen=True, slots=True)
class _Known:
    """What the metrics of a case need to know of its catalogue."""

    catalogue: Catalogue
    vocabulary: Vocabulary
    mean_popularity: float | None


async def measure_case(seen: CaseSeen, catalogue: Catalogue) -> dict[str, float]:
    """The metrics of a case by name; those that do not apply to it are left out.

    A share is the mean over the turns that have it, a count their sum; the words of all replies are taken
    together.
    """
    known = _Known(catalogue, await load_vocabulary(catalogue), await _mean_popularity(catalogue))
    found: dict[str, list[float]] = {}
    for number, turn in enumerate(seen.turns):
        earlier = seen.turns[max(0, number - TURNS_TOLD) : number]
        for name, value in [*_of_turn(turn), *await _of_catalogue(turn, earlier, known)]:
            if value is not None:
                found.setdefault(name, []).append(value)
    words = lists.distinct_n((turn.answer["reply"] for turn in seen.turns), 2)
    if words is not None:
        found["distinct-2"] = [words]
    return {
        name: math.fsum(found[name]) / (1 if kind.is_count else len(found[name]))
        for name, kind in METRICS.items()
        if name in found
    }


def _of_turn(turn: TurnSeen) -> Iterable[tuple[str, float | None]]:
    answer, usage = turn.answer, turn.answer["usage"]
    tracks = [pick["track"] for pick in answer["recommendations"]]
    earlier = [pick["track"] for before in turn.history.earlier for pick in before["recommendations"]]
    yield from _of_ranking(turn, tracks)
    yield "constraints met", obedience.constraints_met(answer)
    yield "constraints met, soft ones too", obedience.all_constraints_met(answer)
    yield "relaxations declared", obedience.relaxations_declared(answer)
    yield "relaxations said", obedience.relaxations_said(answer)
    yield "exclusion leaks", obedience.exclusion_leaks(answer)
    yield "new artists", obedience.new_artists(answer, earlier)
    yield "named track, reciprocal rank", obedience.named_track_rank(answer)
    yield "named tracks found", obedience.named_tracks_found(answer)
    yield "grounded picks", grounded_picks(answer, turn.record)
    yield "unknown handles", unknown_handles(turn.spans) if usage["model_calls"] else None
    yield "first tool calls valid", first_calls_valid(turn.tools)
    yield "genre diversity", lists.genre_diversity(tracks)
    yield "artist concentration", lists.artist_concentration(tracks)
    yield "top artist's share", lists.top_artist_share(tracks)
    yield "near duplicates", lists.near_duplicates(tracks) if tracks else None
    yield "model calls", usage["model_calls"]
    yield "input tokens", usage["input_tokens"] if are_tokens_known(usage) else None
    yield "output tokens", usage["output_tokens"] if are_tokens_known(usage) else None


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


async def _of_catalogue(
    turn: TurnSeen, earlier: Sequence[TurnSeen], known: _Known
) -> list[tuple[str, float | None]]:
    """What takes a look into the catalogue.

    Args:
        earlier: the turns before, as many as a model's prompt has.
    """
    tracks = [pick["track"] for pick in turn.answer["recommendations"]]
    mean = known.mean_popularity
    return [
        ("grounded reasons", grounded_reasons(turn.answer, await _evidence(turn, earlier, known))),
        ("honest misses", obedience.honest_miss(turn.answer, await _absent(turn.answer, known.catalogue))),
        ("popularity bias", lists.popularity_bias(tracks, mean) if mean is not None else None),
        ("tracks without popularity", lists.without_popularity(tracks) if mean is not None else None),
    ]


async def _evidence(turn: TurnSeen, earlier: Sequence[TurnSeen], known: _Known) -> TurnEvidence:
    pool = await known.catalogue.engine.fetch(turn.record["ranking"])
    before = [as_told(one.history.message, one.answer) for one in earlier]
    return make_evidence(turn.history.message, before, turn.answer, known.vocabulary, list(pool.values()))


async def _absent(answer: Answer, catalogue: Catalogue) -> list[str]:
    """Names of artists and tracks that the brief asks for and the catalogue lacks."""
    constraints = answer["brief"]["wishes"]
    artists = [
        name for name in obedience.wanted_artists(constraints) if await find_artist(catalogue, name) is None
    ]
    titles = [
        constraint["title"]
        for constraint in obedience.unknown_tracks(constraints)
        if not await find_tracks(catalogue, constraint["title"], constraint.get("artist"), limit=1)
    ]
    return [*artists, *titles]


async def _mean_popularity(catalogue: Catalogue) -> float | None:
    counts = await catalogue.engine.facet("track.popularity", [], _POPULARITIES)
    total = sum(counts.values())
    return sum(int(value) * count for value, count in counts.items()) / total if total else None


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
        for tool, share in first_calls_by_tool(turn["tools"] for turn in _turns(cases)).items()
    ]
    lines += _diversity(cases, catalogue_sizes)
    lines += _latencies(cases)
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


def _latencies(cases: Sequence[CaseRun]) -> list[MetricLine]:
    """Percentiles over all turns together; a stage that no turn had is left out."""
    usages = [[turn["usage"] for turn in case["turns"] if "usage" in turn] for case in cases]
    answered = sum(bool(of_case) for of_case in usages)
    lines: list[MetricLine] = []
    for name, stage_of in _STAGES.items():
        values = [stage_of(usage) for of_case in usages for usage in of_case]
        if any(values):
            for label, share in (("p50", 0.5), ("p95", 0.95)):
                whole = partial(percentile, share=share)
                lines.append(_line(f"{name} ms {label}", values, "ms", "lower", whole, cases=answered))
    return lines


def _costs(cases: Sequence[CaseRun], prices: Mapping[str, Price]) -> list[MetricLine]:
    """The cost of the cases of which every turn has one; left out where no case has."""
    known = [cost for case in cases if (cost := _cost_of_case(case, prices)) is not None]
    return [_line("cost", known, "USD", "lower", math.fsum)] if known else []


def _cost_of_case(case: CaseRun, prices: Mapping[str, Price]) -> float | None:
    costs = [
        cost_usd(turn["usage"], turn["planner"].get("model", ""), prices)
        for turn in case["turns"]
        if "usage" in turn and "planner" in turn
    ]
    known = [cost for cost in costs if cost is not None]
    return math.fsum(known) if known and len(known) == len(costs) else None


def _line(
    name: str,
    values: Sequence[float],
    unit: str,
    better: Better,
    together: Callable[[Sequence[float]], float],
    *,
    cases: int | None = None,
) -> MetricLine:
    """A line over the values of cases; `cases` says how many there are where the values are of turns."""
    return {
        "name": name,
        "value": together(values),
        "unit": unit,
        "better": better,
        "cases": len(values) if cases is None else cases,
    }


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
