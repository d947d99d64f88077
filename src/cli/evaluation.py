"""`segue eval`: suites, run and recorded on this machine."""

import asyncio
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import typer
from rich.console import Console

from src.errors import InvalidInput
from src.evaluation.metrics.costs import read_prices
from src.evaluation.models.case import Case, CatalogueName
from src.evaluation.models.run import CaseRun, Run, UnfinishedHead
from src.evaluation.report.compare import compare_runs
from src.evaluation.report.page import save_page
from src.evaluation.report.scorecard import write_scorecard
from src.evaluation.report.tables import show_comparison, show_run
from src.evaluation.runner.files import (
    add_unfinished,
    begin_unfinished,
    end_unfinished,
    load_run,
    load_unfinished,
    save_run,
)
from src.evaluation.runner.record import Spending, estimate, record_suite
from src.evaluation.runner.suite import Suite, broken, load_suite, shipped_suites
from src.evaluation.runner.suite_run import PlannerName, SuitePlan, choose_cases, run_suite
from src.prompts import prompts_digest
from src.settings import Settings, load_settings
from src.telemetry.logging import configure_logging

_WIDE = 140


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to run a suite, and where to write what came of it."""

    planner: PlannerName = "rules"
    replay: bool = False
    rows: Sequence[str] = ()
    kinds: Sequence[str] = ()
    ids: Sequence[str] = ()
    out: Path | None = None
    html: Path | None = None
    judge: bool = False


@dataclass(frozen=True, slots=True)
class RecordOptions:
    """How to record a suite."""

    out: Path
    planner: PlannerName = "rules"
    model: str | None = None
    rows: Sequence[str] = ()
    kinds: Sequence[str] = ()
    ids: Sequence[str] = ()
    budget_usd: float | None = None
    agreed: bool = False


def run_suites() -> None:
    """Show the suites that ship."""
    console = Console(highlight=False, soft_wrap=True)
    for name in shipped_suites():
        suite = load_suite(name)
        size = f"{len(suite.cases)} cases" if suite.cases else "made from seeds"
        console.print(f"{name}: {suite.title} ({size})", markup=False)


def run_evaluation(name: str, options: RunOptions) -> None:
    """Run a suite, show what came of it, and exit with 1 when a gate is broken.

    Raises:
        InvalidInput: the suite, a file, a kind, a case or an option is wrong.
    """
    settings, suite = _settings(), load_suite(name)
    _must_be_new(options.out)
    _must_be_new(options.html)
    plan = SuitePlan(
        planner=options.planner,
        replay=options.replay,
        kinds=options.kinds,
        ids=options.ids,
        rows=_read_rows(options.rows),
        judge=options.judge,
        command=_command("run", name, options),
    )
    run = asyncio.run(run_suite(settings, suite, _resumed(settings, suite, plan, options.out)))
    show_run(_console(), run)
    if options.out is not None:
        save_run(options.out, run)
        end_unfinished(options.out)
    if options.html is not None:
        save_page(options.html, run)
    if broken(run["gates"]):
        raise typer.Exit(1)


def run_record(name: str, options: RecordOptions) -> None:
    """Record a suite, after an estimate of what a model will cost.

    Raises:
        InvalidInput: the suite or an option is wrong, the output is there already, or nobody agreed.
    """
    settings, suite, console = _settings(), load_suite(name), _console()
    _must_be_new(options.out)
    if options.model is not None:
        settings = settings.model_copy(update={"llm_model": options.model})
    plan = SuitePlan(
        planner=options.planner,
        kinds=options.kinds,
        ids=options.ids,
        rows=_read_rows(options.rows),
        watch=partial(_show_progress, console),
        command=_command("record", name, options),
    )
    price = read_prices(settings.model_prices or "").get(settings.llm_model or "")
    if options.budget_usd is not None and price is None:
        raise InvalidInput("--budget needs the model's price: set MODEL_PRICES.")
    if options.planner == "model":
        _agree(console, settings, choose_cases(suite, plan), options)
    spending = Spending(price, options.budget_usd)
    run, is_whole = asyncio.run(record_suite(settings, suite, plan, options.out, spending))
    spent = f", {spending.usd:.4f} USD" if price is not None else ""
    turns = sum(len(case["turns"]) for case in run["cases"])
    if not is_whole:
        console.print(f"The budget is spent{spent}: {turns} turns are recorded; run it again to go on.")
        raise typer.Exit(1)
    size = options.out.stat().st_size
    said = f"{turns} turns by {run['origin']['how']}{spent}, {size:,} bytes: {options.out}"
    console.print(said, markup=False)


@dataclass(frozen=True, slots=True)
class CompareOptions:
    """How to compare two runs."""

    html: Path | None = None
    turns: bool = False
    other_suite: bool = False
    seed: int = 1


def run_compare(first: Path, second: Path, options: CompareOptions) -> None:
    """Show two runs side by side; exits with 1 when the second breaks a gate.

    Raises:
        InvalidInput: a file is no run, or the runs are of different suites.
    """
    a, b = load_run(first), load_run(second)
    comparison = compare_runs(a, b, seed=options.seed, allow_other_suite=options.other_suite)
    show_comparison(_console(), comparison, turns=options.turns)
    if options.html is not None:
        save_page(options.html, b, comparison)
    if broken(b["gates"]):
        raise typer.Exit(1)


def run_report(path: Path, html: Path) -> None:
    """Write a run's report.

    Raises:
        InvalidInput: the file is no run, or the page is there already.
    """
    save_page(html, load_run(path))


def run_scorecard(files: Sequence[Path], out: Path) -> None:
    """Write the scorecard of these runs, or of runs made now.

    Raises:
        InvalidInput: a file is no run, or the page cannot be written.
    """
    runs = [load_run(path) for path in files] or asyncio.run(_scorecard_runs(_settings()))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(write_scorecard(runs), encoding="utf-8")
    except OSError:
        raise InvalidInput(f"{out}: the scorecard cannot be written there.") from None
    _console().print(f"{len(runs)} runs: {out}", markup=False)


async def _scorecard_runs(settings: Settings) -> list[Run]:
    """Every shipped suite by the rules, by the scripted model, and by the configured one, if there is one."""
    planners: list[PlannerName] = ["rules", "scripted"]
    if settings.llm_model:
        planners.append("model")
    runs: list[Run] = []
    for name in shipped_suites():
        suite = load_suite(name)
        for planner in planners if suite.adversary is None else planners[:1]:
            command = ["segue", "eval", "run", name]
            command += ["--planner", planner] if suite.adversary is None and planner != "rules" else []
            plan = SuitePlan(planner=planner, command=shlex.join(command))
            runs.append(await run_suite(settings, suite, plan))
            _console().print(f"{shlex.join(command)}: {runs[-1]['seconds']:.0f} s", markup=False)
    return runs


def _agree(console: Console, settings: Settings, cases: Sequence[Case], options: RecordOptions) -> None:
    """Say what it may cost, and ask unless it was agreed to."""
    expected = estimate(cases, read_prices(settings.model_prices or "").get(settings.llm_model or ""))
    usd = f"about {expected.usd:.2f} USD" if expected.usd is not None else "price unknown (MODEL_PRICES)"
    console.print(
        f"{expected.turns} turns: about {expected.input_tokens:,} tokens in "
        f"and {expected.output_tokens:,} out, {usd}."
    )
    if not options.agreed and not typer.confirm("Go on?", default=False):
        raise InvalidInput("Nothing was recorded: agree, or pass --yes.")


def _show_progress(console: Console, case: CaseRun) -> None:
    console.print(f"{'✓' if case['passed'] else '✗'} {case['id']}", markup=False)


def _resumed(settings: Settings, suite: Suite, plan: SuitePlan, out: Path | None) -> SuitePlan:
    """The plan that goes on where an interrupted run to the same output was."""
    if out is None or suite.adversary is not None:
        return plan
    planner = plan.planner if plan.planner != "model" else settings.llm_model or "model"
    head: UnfinishedHead = {
        "suite_hash": suite.digest,
        "planner": f"{planner}, replayed" if plan.replay else planner,
        "prompts_hash": prompts_digest(),
    }
    done = load_unfinished(out, head)
    begin_unfinished(out, head, done)
    return replace(plan, done=done, watch=partial(add_unfinished, out))


def _read_rows(pairs: Sequence[str]) -> dict[CatalogueName, Path]:
    rows: dict[CatalogueName, Path] = {}
    for pair in pairs:
        name, _, path = pair.partition("=")
        # The starter catalogue fills itself.
        if name != "messy" or not path:
            raise InvalidInput("--rows takes messy=FILE: the rows of the catalogue that cases call messy.")
        rows["messy"] = Path(path)
    return rows


def _must_be_new(out: Path | None) -> None:
    if out is not None and out.exists():
        raise InvalidInput(f"{out}: the file is there already; name another one.")


def _command(verb: str, suite: str, options: "RunOptions | RecordOptions") -> str:
    """What makes the run again, without where it is written."""
    words = ["segue", "eval", verb, suite]
    if options.planner != "rules":
        words += ["--planner", options.planner]
    if isinstance(options, RunOptions):
        words += ["--replay"] if options.replay else []
        words += ["--judge"] if options.judge else []
    for name, values in (("--rows", options.rows), ("--kind", options.kinds), ("--case", options.ids)):
        words += [word for value in values for word in (name, value)]
    return shlex.join(words)


def _console() -> Console:
    # A table's names need more than the 80 columns that rich takes for a file or a pipe.
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)


def _settings() -> Settings:
    configure_logging("ERROR")
    return load_settings()
