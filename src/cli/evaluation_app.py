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
