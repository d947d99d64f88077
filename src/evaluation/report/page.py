"""A run as one HTML page: nothing is fetched, so it works from a file, in a mail and without a network."""

from pathlib import Path

from src.evaluation.files import write_whole
from src.evaluation.models.comparison import Comparison
from src.evaluation.models.run import Run
from src.evaluation.report.comparison import compared
from src.evaluation.report.sections import (
    case_rows,
    gate_cards,
    headline,
    kind_counts,
    metric_columns,
    metric_tiles,
    origin_lines,
    turn_times,
)
from src.evaluation.report.templates import own_text, templates


def render_page(run: Run, comparison: Comparison | None = None) -> str:
    """The page of a run.

    Args:
        run: the run.
        comparison: the run set against an earlier one, shown on the page too.
    """
    places = {case["id"]: place for place, case in enumerate(run["cases"])}
    kinds, total = kind_counts(run)
    columns = metric_columns(run)
    return (
        templates()
        .get_template("page.html")
        .render(
            run=run,
            style=own_text("page.css"),
            script=own_text("page.js"),
            headline=headline(run),
            gates=gate_cards(run),
            metrics=metric_tiles(run),
            kinds=kinds,
            total=total,
            times=turn_times(run),
            compared=None if comparison is None else compared(comparison, places),
            cases=case_rows(run, columns),
            columns=columns,
            origin=origin_lines(run),
        )
    )


def save_page(path: Path, run: Run, comparison: Comparison | None = None, *, replace: bool = False) -> None:
    """Write the page of a run whole or not at all.

    Raises:
        InvalidInput: the file is there already and is not to be replaced, or it cannot be written.
    """
    write_whole(path, [render_page(run, comparison).encode()], replace=replace)
