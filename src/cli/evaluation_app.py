"""The commands of `segue eval`. What they need is imported when they run."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

evaluation_app = typer.Typer(help="How well requests are answered.", no_args_is_help=True)


class PlannerOption(StrEnum):
    """Who plans."""

    RULES = "rules"
    SCRIPTED = "scripted"
    MODEL = "model"


_SUITE = typer.Argument(help="A suite that ships, or a .toml or .jsonl file.", metavar="SUITE")
_PLANNER = typer.Option(help="The rules, a scripted model, or the configured one.")
_ROWS = typer.Option(metavar="NAME=FILE", help="What fills a catalogue: messy=FILE.")
_KIND = typer.Option(help="Only cases of this kind; may be repeated.")
_CASE = typer.Option(help="Only this case; may be repeated.")


@evaluation_app.command()
def suites() -> None:
    """List the suites that ship."""
    from src.cli.evaluation import run_suites

    run_suites()


@evaluation_app.command()
def run(
    suite: Annotated[str, _SUITE],
    planner: Annotated[PlannerOption, _PLANNER] = PlannerOption.RULES,
    replay: Annotated[
        bool, typer.Option("--replay", help="Models and vectors from the suite's recordings, offline.")
    ] = False,
    rows: Annotated[list[str] | None, _ROWS] = None,
    kind: Annotated[list[str] | None, _KIND] = None,
    case: Annotated[list[str] | None, _CASE] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write the whole run there (JSON); an interrupted one goes on."),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report there, as one page.")] = None,
    judge: Annotated[bool, typer.Option("--judge", help="Let the planning model judge the lists.")] = False,
) -> None:
    """Run a suite and show what passed; exits with 1 when a gate of the suite is broken."""
    from src.cli.evaluation import RunOptions, run_evaluation

    run_evaluation(
        suite,
        RunOptions(
            planner=planner.value,
            replay=replay,
            rows=tuple(rows or ()),
            kinds=tuple(kind or ()),
            ids=tuple(case or ()),
            out=out,
            html=html,
            judge=judge,
        ),
    )


@evaluation_app.command()
def record(
    suite: Annotated[str, _SUITE],
    out: Annotated[Path, typer.Option(help="Where the recordings are written: .jsonl.gz")],
    planner: Annotated[PlannerOption, _PLANNER] = PlannerOption.RULES,
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
    from src.cli.evaluation import RecordOptions, run_record

    run_record(
        suite,
        RecordOptions(
            out=out,
            planner="model" if model else planner.value,
            model=model,
            rows=tuple(rows or ()),
            kinds=tuple(kind or ()),
            ids=tuple(case or ()),
            budget_usd=budget,
            agreed=yes,
        ),
    )


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
    from src.cli.evaluation import CompareOptions, run_compare

    run_compare(first, second, CompareOptions(html, turns, other_suite, seed))


@evaluation_app.command()
def report(
    run: Annotated[Path, typer.Argument(help="A run, as `--out` wrote it.", metavar="RUN")],
    html: Annotated[Path, typer.Argument(help="Where to write the page.", metavar="HTML")],
) -> None:
    """Write a run's report as one page that needs nothing beside it."""
    from src.cli.evaluation import run_report

    run_report(run, html)


_TRACKS = typer.Option(help="The data set's track metadata; may be repeated.")
_OUT = typer.Option(help="Where the rankings are written; interrupted, it goes on from there.")
_ROWS_OUT = typer.Option("--rows-only", help="Only write the tracks as rows for `segue catalogue import`.")


@evaluation_app.command()
def cpcd(
    dialogs: Annotated[list[Path], typer.Argument(help="cpcd_v1.dialogs.*.jsonl", metavar="DIALOGS…")],
    out: Annotated[Path, _OUT],
    tracks: Annotated[list[Path] | None, _TRACKS] = None,
    rows_only: Annotated[bool, _ROWS_OUT] = False,
    planner: Annotated[PlannerOption, _PLANNER] = PlannerOption.RULES,
) -> None:
    """Rank and score CPCD on your own copy, over the catalogue made of its tracks."""
    from src.cli.public_data import run_public

    run_public("cpcd", dialogs, tracks or [], out, rows_only=rows_only, planner=planner.value)


@evaluation_app.command("music-crs")
def music_crs(
    sessions: Annotated[list[Path], typer.Argument(help="JSON Lines, JSON or Parquet", metavar="SESSIONS…")],
    out: Annotated[Path, _OUT],
    tracks: Annotated[list[Path] | None, _TRACKS] = None,
    rows_only: Annotated[bool, _ROWS_OUT] = False,
    planner: Annotated[PlannerOption, _PLANNER] = PlannerOption.RULES,
) -> None:
    """Predict and score Music-CRS (RecSys Challenge 2026) on your own copy, over its own tracks."""
    from src.cli.public_data import run_public

    run_public("music-crs", sessions, tracks or [], out, rows_only=rows_only, planner=planner.value)
