"""Runs of a suite made by hand, for what reads them."""

from collections.abc import Mapping, Sequence

from src.constraints.models.brief import ReportLine
from src.evaluation.models.run import CaseRun, GateLine, MetricLine, Run, RunTrack, TurnRun


def make_run_track(track_id: str, **fields: object) -> RunTrack:
    """A track of an answer."""
    track: RunTrack = {
        "id": track_id,
        "title": f"Title {track_id}",
        "artists": [f"Artist {track_id}"],
        "year": 1994,
        "reason": "dream pop, 1994",
        "chosen_by": "ranking",
    }
    track.update(fields)  # type: ignore[typeddict-item]
    return track


def make_turn(
    *,
    message: str = "dream pop, please",
    reply: str = "Here is what fits:",
    tracks: Sequence[str | RunTrack] = ("t1", "t2"),
    report_lines: Sequence[ReportLine] = (),
    failures: Sequence[str] = (),
    tokens: int = 0,
    ms: float = 40.0,
    found: int = 3,
) -> TurnRun:
    """A turn with a pool and a trace.

    Args:
        tokens: input tokens; as many calls of the model as thousands of them.
        found: how many tracks the search gave.
    """
    listed = [track if not isinstance(track, str) else make_run_track(track) for track in tracks]
    pool = [f"t{number}" for number in range(1, found + 1)]
    return {
        "message": message,
        "reply": reply,
        "tracks": listed,
        "constraints": list(report_lines),
        "planner": {"kind": "rules", "degraded": False, "detail": ""},
        "usage": {
            "model_calls": tokens // 1000,
            "tool_calls": 1,
            "input_tokens": tokens,
            "output_tokens": tokens // 10,
            "embedding_ms": ms / 4,
            "retrieval_ms": ms / 4,
            "model_ms": 0.0,
            "total_ms": ms,
        },
        "tools": [{"tool": "search_catalogue", "ok": True, "first": True}],
        "record": {
            "searches": [{"tool": "search_catalogue", "query": message, "tier": 0, "tracks": pool}],
            "ranking": pool,
            "drops": [{"track_id": "t3", "rule": "artist_cap", "detail": "at most 2 by one artist"}],
            "waiting": [],
            "standing": [],
        },
        "spans": [
            {
                "name": "invoke_agent segue",
                "span_id": "84b1f7f7bf5a4aeb",
                "start": "2026-11-24T17:04:18.231949+00:00",
                "ms": ms,
                "status": "ok",
                "attributes": {"gen_ai.operation.name": "invoke_agent"},
            }
        ],
        "failures": list(failures),
    }


def make_case(
    case_id: str,
    *turns: TurnRun,
    kind: str = "count",
    blind: bool = False,
    metrics: Mapping[str, float] | None = None,
) -> CaseRun:
    """A case that passed unless one of its turns has a failure."""
    held = list(turns) or [make_turn()]
    return {
        "id": case_id,
        "kind": kind,
        "catalogue": "starter",
        "blind": blind,
        "passed": not any(turn["failures"] for turn in held),
        "metrics": dict(metrics or {}),
        "turns": held,
    }


def make_metric(name: str, value: float = 0.5, **fields: object) -> MetricLine:
    """A share of which more is better."""
    line: MetricLine = {"name": name, "value": value, "unit": "share", "better": "higher", "cases": 1}
    line.update(fields)  # type: ignore[typeddict-item]
    return line


def make_run(
    *cases: CaseRun,
    metrics: Sequence[MetricLine] = (),
    gates: Sequence[GateLine] = (),
    **origin: object,
) -> Run:
    """A run of the rules planner.

    Args:
        origin: fields of its origin that are to be others.
    """
    run: Run = {
        "format": "segue-run",
        "version": 1,
        "origin": {
            "suite": "core",
            "suite_hash": "5" * 64,
            "planner": "rules",
            "how": "rules planner",
            "code_version": "0.4.0",
            "prompts_hash": "a" * 64,
            "catalogues": {"starter": "starter-1"},
            "command": "segue eval run core",
            "started_at": "2026-11-24T17:10:00+00:00",
        },
        "seconds": 2.0,
        "degraded_turns": 0,
        "metrics": list(metrics),
        "gates": list(gates),
        "cases": list(cases),
    }
    run["origin"].update(origin)  # type: ignore[typeddict-item]
    return run
