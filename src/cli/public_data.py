"""`segue eval cpcd` and `segue eval music-crs`: public data sets, on the user's own copy."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from src.cli.evaluation import PLANNER, PlannerOption, evaluation_app
from src.cli.terminal import command_settings, open_console, run_async
from src.errors import InvalidInput

if TYPE_CHECKING:
    from src.evaluation.models.run import MetricLine
    from src.evaluation.runner.suite_run import PlannerName

type _DataSet = Literal["cpcd", "music-crs"]

_TRACKS = typer.Option(help="The data set's track metadata; may be repeated.")
_OUT = typer.Option(help="Where the rankings are written; interrupted, it goes on from there.")
_ROWS_OUT = typer.Option("--rows-only", help="Only write the tracks as rows for `segue catalogue import`.")


@evaluation_app.command()
def cpcd(
    dialogs: Annotated[list[Path], typer.Argument(help="cpcd_v1.dialogs.*.jsonl", metavar="DIALOGS…")],
    out: Annotated[Path, _OUT],
    tracks: Annotated[list[Path] | None, _TRACKS] = None,
    rows_only: Annotated[bool, _ROWS_OUT] = False,
    planner: Annotated[PlannerOption, PLANNER] = PlannerOption.RULES,
) -> None:
    """Rank and score CPCD on your own copy, over the catalogue made of its tracks."""
    _rank("cpcd", dialogs, tracks or [], out, rows_only=rows_only, planner=planner.value)


@evaluation_app.command("music-crs")
def music_crs(
    sessions: Annotated[list[Path], typer.Argument(help="JSON Lines, JSON or Parquet", metavar="SESSIONS…")],
    out: Annotated[Path, _OUT],
    tracks: Annotated[list[Path] | None, _TRACKS] = None,
    rows_only: Annotated[bool, _ROWS_OUT] = False,
    planner: Annotated[PlannerOption, PLANNER] = PlannerOption.RULES,
) -> None:
    """Predict and score Music-CRS (RecSys Challenge 2026) on your own copy, over its own tracks."""
    _rank("music-crs", sessions, tracks or [], out, rows_only=rows_only, planner=planner.value)


def _rank(
    data_set: _DataSet,
    dialogues: Sequence[Path],
    tracks: Sequence[Path],
    out: Path,
    *,
    rows_only: bool,
    planner: "PlannerName",
) -> None:
    """Rank and score a data set, or write its tracks as rows for an import.

    Raises:
        InvalidInput: a file is wrong, the output is there already, or the catalogue is another one.
    """
    from src.evaluation.public.catalogues import write_cpcd_rows, write_music_crs_rows

    settings, console = command_settings(), open_console()
    if rows_only:
        if not tracks:
            raise InvalidInput("--rows-only needs the data set's tracks: give them by --tracks.")
        rows = (write_cpcd_rows if data_set == "cpcd" else write_music_crs_rows)(tracks, out)
        then = f"segue catalogue import {out} --source {data_set}"
        console.print(f"{rows} tracks: {out}; next: {then}", markup=False)
        return

    def progress(done: int, total: int) -> None:
        console.print(f"{done} of {total}")

    async def run() -> "list[MetricLine]":
        from src.catalogue.embedding.choose import choose_embedder
        from src.evaluation.public.runs import open_public_agent, run_cpcd, run_music_crs
        from src.evaluation.runner.suite_run import SuitePlan, opened_planner

        embedder = await choose_embedder(settings)
        async with (
            opened_planner(settings, SuitePlan(planner=planner)) as chat,
            open_public_agent(settings, embedder, chat) as agent,
        ):
            score = run_cpcd if data_set == "cpcd" else run_music_crs
            return await score(agent, dialogues, tracks, out, progress=progress)

    for line in run_async(run()):
        console.print(f"{line['name']}: {line['value']:.4f} ({line['cases']})", markup=False)
    console.print(f"written: {out}", markup=False)
