"""`segue eval cpcd` and `segue eval music-crs`: public data sets, on the user's own copy."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.text import Text

from src.catalogue.embedding.choose import choose_embedder
from src.errors import InvalidInput
from src.evaluation.models.run import MetricLine
from src.evaluation.public.catalogues import write_cpcd_rows, write_music_crs_rows
from src.evaluation.public.runs import open_public_agent, run_cpcd, run_music_crs
from src.evaluation.runner.suite_run import PlannerName, SuitePlan, opened_planner
from src.settings import Settings, load_settings
from src.telemetry.logging import configure_logging

type DataSet = Literal["cpcd", "music-crs"]

_WRITE_ROWS = {"cpcd": write_cpcd_rows, "music-crs": write_music_crs_rows}
_RUN = {"cpcd": run_cpcd, "music-crs": run_music_crs}


def run_public(
    data_set: DataSet,
    dialogues: Sequence[Path],
    tracks: Sequence[Path],
    out: Path,
    *,
    rows_only: bool,
    planner: PlannerName,
) -> None:
    """Rank and score a data set, or write its tracks as rows for an import.

    Raises:
        InvalidInput: a file is wrong, the output is there already, or the catalogue is another one.
    """
    configure_logging("ERROR")
    settings, console = load_settings(), Console(highlight=False, soft_wrap=True)
    if rows_only:
        if not tracks:
            raise InvalidInput("--rows-only needs the data set's tracks: give them by --tracks.")
        rows = _WRITE_ROWS[data_set](tracks, out)
        then = f"segue catalogue import {out} --source {data_set}"
        console.print(f"{rows} tracks: {out}; next: {then}", markup=False)
        return
    for line in asyncio.run(_run(settings, data_set, dialogues, tracks, out, planner, console)):
        console.print(Text(f"{line['name']}: {line['value']:.4f} ({line['cases']})"))
    console.print(f"written: {out}", markup=False)


async def _run(
    settings: Settings,
    data_set: DataSet,
    dialogues: Sequence[Path],
    tracks: Sequence[Path],
    out: Path,
    planner: PlannerName,
    console: Console,
) -> list[MetricLine]:
    def progress(done: int, total: int) -> None:
        console.print(f"{done} of {total}")

    embedder = await choose_embedder(settings)
    async with (
        opened_planner(settings, SuitePlan(planner=planner)) as chat,
        open_public_agent(settings, embedder, chat) as agent,
    ):
        return await _RUN[data_set](agent, dialogues, tracks, out, progress=progress)
