"""A whole run of a suite: opened, run, measured, held against its gates."""

import shlex
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from src.catalogue.embedding.choose import choose_embedder
from src.catalogue.embedding.embedder import Embedder
from src.catalogue.facets import fingerprint
from src.chat.clients import Agent, RecordingPolicy, open_model
from src.chat.models.answer import Answer
from src.errors import InvalidInput
from src.evaluation.metrics.costs import read_prices
from src.evaluation.metrics.judge import Judge, judge_case
from src.evaluation.metrics.table import measure_run, passed_by_kind
from src.evaluation.models.case import Case, CatalogueName
from src.evaluation.models.run import CaseRun, MetricLine, Run, RunOrigin
from src.evaluation.playback import RecordedExchanges, as_it_is, recorded_exchanges
from src.evaluation.redteam.redteam import run_redteam_suite
from src.evaluation.replay import network_forbidden
from src.evaluation.runner.catalogues import open_case_agent
from src.evaluation.runner.run import Conditions, CountCases, Ran, run_cases
from src.evaluation.runner.scripted_model import HOW, NAME, answer_plainly, serve_model
from src.evaluation.runner.suite import Suite, check_gates, kept_in_words
from src.llm.chat import Chat
from src.llm.chat_completions import close_chat_model
from src.prompts import prompts_digest
from src.recordings.file import load_recordings
from src.settings import Settings
from src.version import VERSION

type PlannerName = Literal["rules", "scripted", "model"]
type KeepTurn = Callable[[Agent, str, str, Answer], Awaitable[None]]

_RULES = "rules"


async def _keep_nothing(_agent: Agent, _case: str, _label: str, _answer: Answer) -> None:
    """Nothing is kept of a turn besides what the run holds."""


@dataclass(frozen=True, slots=True)
class SuitePlan:
    """How a suite is run.

    `planner` plans: the rules, the scripted model, or the configured one. `replay` takes models and query
    vectors from the suite's recordings, with the network forbidden. `kinds` and `ids` choose cases; all when
    empty. `rows` fill catalogues in place of the suite's own. `done` are cases that an interrupted run has;
    `watch` is called with each new one; `count` gets the cases done and all of them; `stop` says whether to
    end before the next. `keep` is given each answered turn when `record` is set. `judge` scores each case by
    a model. `command` makes the run again.
    """

    planner: PlannerName = "rules"
    replay: bool = False
    kinds: Sequence[str] = ()
    ids: Sequence[str] = ()
    rows: Mapping[CatalogueName, Path] = field(default_factory=dict)
    done: Mapping[str, CaseRun] = field(default_factory=dict)
    watch: Callable[[CaseRun], None] = lambda _case: None
    count: CountCases = lambda _done, _of: None
    stop: Callable[[], bool] = lambda: False
    record: bool = False
    keep: KeepTurn = _keep_nothing
    judge: bool = False
    command: str = ""


async def run_suite(settings: Settings, suite: Suite, plan: SuitePlan) -> Run:
    """Run the suite.

    Raises:
        InvalidInput: no case is chosen, rows or a relevant track are missing, or a model or recordings are
            wanted that are not there.
        DomainError: a catalogue cannot be opened.
    """
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    if suite.adversary is not None:
        lines, cases, seconds = await run_redteam_suite(suite.adversary, plan.count)
        origin = _origin(suite, plan, "hostile", "scripted hostile model", {}, started_at)
        return _finished(suite, origin, Ran(cases, seconds, False), lines, degraded=0)
    cases_chosen = choose_cases(suite, plan)
    async with AsyncExitStack() as stack:
        embedder = await choose_embedder(settings)
        chat = await stack.enter_async_context(opened_planner(settings, plan))
        recorded = _recorded(suite) if plan.replay else None
        seen: dict[str, _Seen] = {}
        ran = await _run(settings, suite, plan, cases_chosen, embedder, chat, recorded, seen)
        judge = Judge(chat) if plan.judge and chat is not None else None
        if judge is not None:
            await _judge_all(judge, ran.cases)
    planner, how = _who(plan, chat, recorded)
    fingerprints = {name: catalogue.fingerprint for name, catalogue in seen.items()}
    origin = _origin(suite, plan, planner, how, fingerprints, started_at)
    sizes = {name: catalogue.tracks for name, catalogue in seen.items()}
    lines = measure_run(ran.cases, sizes, read_prices(settings.model_prices or ""))
    if recorded is not None:
        lines.append(_count("turns unlike their recording", len(recorded.differing)))
    if judge is not None:
        origin["judge"] = judge.version
        lines.append(_count("judge failures", judge.failures))
    degraded = sum(
        turn["planner"]["degraded"] for case in ran.cases for turn in case["turns"] if "planner" in turn
    )
    return _finished(suite, origin, ran, lines, degraded=degraded)


def choose_cases(suite: Suite, plan: SuitePlan) -> list[Case]:
    """The cases that are to be run.

    Raises:
        InvalidInput: a kind or an id does not exist, or no case is chosen.
    """
    _must_exist("kind", plan.kinds, {case["kind"] for case in suite.cases})
    _must_exist("case", plan.ids, {case["id"] for case in suite.cases})
    chosen = [
        case
        for case in suite.cases
        if (not plan.kinds or case["kind"] in plan.kinds) and (not plan.ids or case["id"] in plan.ids)
    ]
    if not chosen:
        raise InvalidInput("No case is both of these kinds and one of these cases.")
    return chosen


@asynccontextmanager
async def opened_planner(settings: Settings, plan: SuitePlan) -> AsyncIterator[Chat | None]:
    """The model that plans; None for the rules.

    Raises:
        InvalidInput: the configured model is wanted and none is configured.
    """
    async with AsyncExitStack() as stack:
        if plan.planner == "scripted":
            server = await stack.enter_async_context(serve_model(answer_plainly))
            settings = settings.model_copy(update={"llm_base_url": server.base_url, "llm_model": NAME})
        if plan.planner == "rules":
            yield None
            return
        model = open_model(settings)
        if model is None:
            raise InvalidInput("There is no model: set LLM_MODEL, and LLM_BASE_URL for a server of yours.")
        stack.push_async_callback(close_chat_model, model)
        yield model


@dataclass(frozen=True, slots=True)
class _Seen:
    """A catalogue as the run saw it."""

    fingerprint: str
    tracks: int


async def _run(
    settings: Settings,
    suite: Suite,
    plan: SuitePlan,
    cases: Sequence[Case],
    embedder: Embedder | None,
    chat: Chat | None,
    recorded: RecordedExchanges | None,
    seen: dict[str, _Seen],
) -> Ran:
    rows = {**suite.rows, **plan.rows}

    @asynccontextmanager
    async def opened(name: CatalogueName) -> AsyncIterator[Agent]:
        # One for each catalogue: it remembers fingerprints by the catalogue's own count of versions.
        recording_policy = RecordingPolicy(how=HOW if plan.planner == "scripted" else "")
        async with open_case_agent(
            name,
            rows=rows,
            settings=settings,
            embedder=embedder,
            chat=chat,
            recording_policy=recording_policy,
        ) as agent:
            async with agent.catalogue.use() as catalogue:
                seen[name] = _Seen(await fingerprint(catalogue), await catalogue.engine.count([]))
            yield agent

    conditions = Conditions(
        swap=recorded.swap if recorded else as_it_is,
        done=plan.done,
        watch=plan.watch,
        count=plan.count,
        stop=plan.stop,
        record=plan.record,
        keep=plan.keep,
    )
    guard: AbstractContextManager[None] = network_forbidden() if recorded else nullcontext()
    with guard:
        return await run_cases(cases, opened, conditions, suite.places)


def _recorded(suite: Suite) -> RecordedExchanges:
    if suite.recordings is None:
        raise InvalidInput(f"The suite {suite.name} has no recordings: make some with `segue eval record`.")
    return recorded_exchanges(load_recordings(suite.recordings))


async def _judge_all(judge: Judge, cases: Sequence[CaseRun]) -> None:
    for case in cases:
        score = await judge_case(judge, case)
        if score is not None:
            case["metrics"]["judge"] = score


def _who(plan: SuitePlan, chat: Chat | None, recorded: RecordedExchanges | None) -> tuple[str, str]:
    """The planner's name, and how the run was made, in words."""
    if recorded is not None:
        made_by = sorted({recording["made_with"]["how"] for recording in recorded.by_label.values()})
        models = {recording["made_with"]["model"] for recording in recorded.by_label.values()} - {""}
        return ", ".join(sorted(models)) or _RULES, f"{', '.join(made_by)}, replayed"
    if chat is None:
        return _RULES, "rules planner"
    return chat.model, HOW if plan.planner == "scripted" else f"model {chat.model}"


def _origin(
    suite: Suite, plan: SuitePlan, planner: str, how: str, catalogues: dict[str, str], started_at: str
) -> RunOrigin:
    return {
        "suite": suite.name,
        "suite_hash": suite.digest,
        "planner": planner,
        "how": how,
        "code_version": VERSION,
        "prompts_hash": prompts_digest(),
        "catalogues": catalogues,
        "command": plan.command or shlex.join(["segue", "eval", "run", suite.name]),
        "started_at": started_at,
    }


def _finished(suite: Suite, origin: RunOrigin, ran: Ran, lines: list[MetricLine], *, degraded: int) -> Run:
    kind: Literal["rules", "llm"] = "rules" if origin["planner"] == _RULES else "llm"
    gates = check_gates(suite.gates, lines, passed_by_kind(ran.cases), kind)
    if len(ran.cases) < len(suite.cases):
        # A part of a suite is not held to what it does not measure.
        gates = [gate for gate in gates if "value" in gate]
    return {
        "format": "segue-run",
        "version": 1,
        "origin": origin,
        "seconds": round(ran.seconds, 3),
        "degraded_turns": degraded,
        "metrics": lines,
        "gates": gates,
        "gates_kept": kept_in_words(gates),
        "cases": ran.cases,
        "titles": ran.titles,
    }


def _count(name: str, value: float) -> MetricLine:
    return {"name": name, "value": float(value), "unit": "count", "better": "lower", "cases": 1}


def _must_exist(what: str, named: Sequence[str], there: set[str]) -> None:
    missing = sorted({*named} - there)
    if missing:
        raise InvalidInput(f"The suite has no {what} {', '.join(missing)}.")
