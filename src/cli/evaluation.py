"""`segue eval` and `segue scorecard`: suites, run, recorded and compared on this machine."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from src.cli.terminal import command_settings, open_console, run_async
from src.errors import InvalidInput

if TYPE_CHECKING:
    from rich.console import Console

    from src.evaluation.models.case import Case, CatalogueName
    from src.evaluation.models.run import CaseRun, Run
    from src.evaluation.runner.suite import Suite
    from src.evaluation.runner.suite_run import PlannerName, SuitePlan
    from src.settings import Settings

evaluation_app = typer.Typer(help="How well requests are answered.", no_args_is_help=True)

# A table's names need more than the 80 columns that rich takes for a file or a pipe.
_WIDE = 140


class PlannerOption(StrEnum):
    """Who plans."""

    RULES = "rules"
    SCRIPTED = "scripted"
    MODEL = "model"


_SUITE = typer.Argument(help="A suite that ships, or a .toml or .jsonl file.", metavar="SUITE")
PLANNER = typer.Option(help="The rules, a scripted model, or the configured one.")
_ROWS = typer.Option(metavar="NAME=FILE", help="What fills a catalogue: messy=FILE.")
_KIND = typer.Option(help="Only cases of this kind; may be repeated.")
_CASE = typer.Option(help="Only this case; may be repeated.")


@evaluation_app.command()
def suites() -> None:
    """List the suites that ship."""
    from src.evaluation.runner.suite import load_suite, shipped_suites

    for name in shipped_suites():
        suite = load_suite(name)
        size = f"{len(suite.cases)} cases" if suite.cases else "made from seeds"
        open_console().print(f"{name}: {suite.title} ({size})", markup=False)


@evaluation_app.command()
def run(
    suite: Annotated[str, _SUITE],
    planner: Annotated[PlannerOption, PLANNER] = PlannerOption.RULES,
    replay: Annotated[
        bool, typer.Option("--replay", help="Models and vectors from the suite's recordings, offline.")
    ] = False,
    rows: Annotated[list[str] | None, _ROWS] = None,
    kind: Annotated[list[str] | None, _KIND] = None,
    case: Annotated[list[str] | None, _CASE] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the whole run there (JSON); an interrupted one goes on.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report there, as one page.")] = None,
    judge: Annotated[bool, typer.Option("--judge", help="Let the planning model judge the lists.")] = False,
    count: Annotated[
        Path | None,
        typer.Option(help="Keep there, as each case ends, how many are done and of how many.", hidden=True),
    ] = None,
) -> None:
    """Run a suite and show what passed; exits with 1 when a gate of the suite is broken."""
    from src.evaluation.report.page import save_page
    from src.evaluation.report.tables import show_run
    from src.evaluation.runner.files import end_unfinished, save_run, write_count
    from src.evaluation.runner.suite import load_suite
    from src.evaluation.runner.suite_run import run_suite

    settings, loaded = command_settings(), load_suite(suite)
    _must_be_new(out)
    _must_be_new(html)
    flags = ["--replay"] * replay + ["--judge"] * judge
    plan = _plan("run", suite, planner.value, rows, kind, case, flags)
    plan = _resumed(settings, loaded, replace(plan, replay=replay, judge=judge), out)
    if count is not None:
        plan = replace(plan, count=partial(write_count, count))
    finished = run_async(run_suite(settings, loaded, plan))
    show_run(_console(), finished)
    if out is not None:
        save_run(out, finished)
        end_unfinished(out)
    if html is not None:
        save_page(html, finished)
    _exit_if_broken(finished)


@evaluation_app.command()
def record(
    suite: Annotated[str, _SUITE],
    out: Annotated[Path, typer.Option(help="Where the recordings are written: .jsonl.gz")],
    planner: Annotated[PlannerOption, PLANNER] = PlannerOption.RULES,
    model: Annotated[str | None, typer.Option(help="Name of the model; implies --planner model.")] = None,
    rows: Annotated[list[str] | None, _ROWS] = None,
    kind: Annotated[list[str] | None, _KIND] = None,
    case: Annotated[list[str] | None, _CASE] = None,
    budget: Annotated[
        float | None, typer.Option(min=0, help="US dollars after which it stops; goes on when run again.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before a model is called.")] = False,
) -> None:
    """Record a suite's turns, by the rules, the scripted model, or any OpenAI-compatible endpoint."""
    from src.evaluation.metrics.costs import read_prices
    from src.evaluation.runner.record import Spending, record_suite
    from src.evaluation.runner.suite import load_suite
    from src.evaluation.runner.suite_run import choose_cases

    settings, loaded, console = command_settings(), load_suite(suite), _console()
    _must_be_new(out)
    if model is not None:
        settings = settings.model_copy(update={"llm_model": model})
    plan = _plan("record", suite, "model" if model else planner.value, rows, kind, case, [])
    plan = replace(plan, watch=partial(_show_progress, console))
    price = read_prices(settings.model_prices or "").get(settings.llm_model or "")
    if budget is not None and price is None:
        raise InvalidInput("--budget needs the model's price: set MODEL_PRICES.")
    if plan.planner == "model":
        _agree(console, settings, choose_cases(loaded, plan), agreed=yes)
    spending = Spending(price, budget)
    recorded, is_whole = run_async(record_suite(settings, loaded, plan, out, spending))
    spent = f", {spending.usd:.4f} USD" if price is not None else ""
    turns = sum(len(made["turns"]) for made in recorded["cases"])
    if not is_whole:
        console.print(f"The budget is spent{spent}: {turns} turns are recorded; run it again to go on.")
        raise typer.Exit(1)
    size = f"{out.stat().st_size:,} bytes"
    console.print(f"{turns} turns by {recorded['origin']['how']}{spent}, {size}: {out}", markup=False)


@evaluation_app.command()
def compare(
    first: Annotated[Path, typer.Argument(help="A run, as `--out` wrote it.", metavar="A")],
    second: Annotated[Path, typer.Argument(help="The run to hold against it.", metavar="B")],
    html: Annotated[Path | None, typer.Option(help="Write B's report there, compared with A.")] = None,
    turns: Annotated[bool, typer.Option("--turns", help="Show what changed in each turn.")] = False,
    other_suite: Annotated[bool, typer.Option("--other-suite", help="Although the suites differ.")] = False,
    seed: Annotated[int, typer.Option(help="Of the bootstrap.")] = 1,
) -> None:
    """Compare two runs: intervals for every metric, cases that flipped; exits with 1 when B breaks a gate."""
    from src.evaluation.report.compare import compare_runs
    from src.evaluation.report.page import save_page
    from src.evaluation.report.tables import show_comparison
    from src.evaluation.runner.files import load_run

    a, b = load_run(first), load_run(second)
    comparison = compare_runs(a, b, seed=seed, allow_other_suite=other_suite)
    show_comparison(_console(), comparison, turns=turns)
    if html is not None:
        save_page(html, b, comparison)
    _exit_if_broken(b)


@evaluation_app.command()
def report(
    run: Annotated[Path, typer.Argument(help="A run, as `--out` wrote it.", metavar="RUN")],
    html: Annotated[Path, typer.Argument(help="Where to write the page.", metavar="HTML")],
) -> None:
    """Write a run's report as one page that needs nothing beside it."""
    from src.evaluation.report.page import save_page
    from src.evaluation.runner.files import load_run

    save_page(html, load_run(run))


def scorecard(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(help="Runs, as `segue eval run --out` wrote them; without any, they are made now."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where to write it.")] = Path("docs/scorecard.md"),
) -> None:
    """Write the honesty scorecard: obedience, leaks, grounding, misses, latency and cost, as measured."""
    from src.evaluation.report.scorecard import write_scorecard
    from src.evaluation.runner.files import load_run

    made = [load_run(path) for path in runs or []] or run_async(_scorecard_runs(command_settings()))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(write_scorecard(made), encoding="utf-8")
    except OSError:
        raise InvalidInput(f"{out}: the scorecard cannot be written there.") from None
    _console().print(f"{len(made)} runs: {out}", markup=False)


async def _scorecard_runs(settings: "Settings") -> "list[Run]":
    """Every shipped suite by the rules, by the scripted model, and by the configured one, if there is one."""
    from src.evaluation.runner.suite import load_suite, shipped_suites
    from src.evaluation.runner.suite_run import SuitePlan, run_suite

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


def _plan(
    verb: str,
    suite: str,
    planner: "PlannerName",
    rows: Sequence[str] | None,
    kinds: Sequence[str] | None,
    ids: Sequence[str] | None,
    flags: Sequence[str],
) -> "SuitePlan":
    """What to run, with the command that runs it again; that leaves out where its output is written."""
    from src.evaluation.runner.suite_run import SuitePlan

    words = ["segue", "eval", verb, suite]
    words += ["--planner", planner] if planner != "rules" else []
    words += flags
    for name, values in (("--rows", rows), ("--kind", kinds), ("--case", ids)):
        words += [word for value in values or () for word in (name, value)]
    return SuitePlan(
        planner=planner,
        kinds=tuple(kinds or ()),
        ids=tuple(ids or ()),
        rows=_read_rows(rows or ()),
        command=shlex.join(words),
    )


def _agree(console: "Console", settings: "Settings", cases: "Sequence[Case]", *, agreed: bool) -> None:
    """Say what it may cost, and ask unless it was agreed to."""
    from src.evaluation.metrics.costs import read_prices
    from src.evaluation.runner.record import estimate

    expected = estimate(cases, read_prices(settings.model_prices or "").get(settings.llm_model or ""))
    usd = f"about {expected.usd:.2f} USD" if expected.usd is not None else "price unknown (MODEL_PRICES)"
    console.print(
        f"{expected.turns} turns: about {expected.input_tokens:,} tokens in "
        f"and {expected.output_tokens:,} out, {usd}."
    )
    if not agreed and not typer.confirm("Go on?", default=False):
        raise InvalidInput("Nothing was recorded: agree, or pass --yes.")


def _show_progress(console: "Console", case: "CaseRun") -> None:
    console.print(f"{'✓' if case['passed'] else '✗'} {case['id']}", markup=False)


def _resumed(settings: "Settings", suite: "Suite", plan: "SuitePlan", out: Path | None) -> "SuitePlan":
    """The plan that goes on where an interrupted run to the same output was."""
    from src.evaluation.models.run import UnfinishedHead
    from src.evaluation.runner.files import add_unfinished, begin_unfinished, load_unfinished
    from src.prompts import prompts_digest

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


def _read_rows(pairs: Sequence[str]) -> "dict[CatalogueName, Path]":

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


def _exit_if_broken(run: "Run") -> None:
    """Exit with 1 when the run breaks a gate of its suite."""
    from src.evaluation.runner.suite import broken

    if broken(run["gates"]):
        raise typer.Exit(1)


def _console() -> "Console":
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _WIDE)
