"""Two runs side by side on a terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from src.evaluation.models.comparison import CaseFlip, Comparison, MetricChange, Outcome, TurnChange
from src.evaluation.shown import plain, shortened, shown_value

_STYLES: dict[Outcome, str] = {"better": "green", "worse": "red", "changed": "yellow", "unclear": "dim"}
_SHOWN_OF_ORIGIN = 48


def show_comparison(console: Console, comparison: Comparison, *, turns: bool = False) -> None:
    """What differs in how they were made, metrics with intervals, flipped cases and costs.

    Args:
        console: where to.
        comparison: the two runs.
        turns: whether every changed turn is shown, with its tracks and wishes.
    """
    _show_origins(console, comparison)
    _show_metrics(console, comparison)
    _show_costs(console, comparison)
    for flip in comparison["flips"]:
        _show_flip(console, flip)
    for what, ids in (("first", comparison["only_before"]), ("second", comparison["only_after"])):
        if ids:
            console.print(Text(plain(f"only in the {what} run: {', '.join(ids)}"), style="yellow"))
    changed = len({change["case"] for change in comparison["turns"]})
    console.print(Text(f"\nchanged turns: {len(comparison['turns'])}, in cases: {changed}"))
    if turns:
        for change in comparison["turns"]:
            _show_turn(console, change)
    for gate in comparison["gates_broken"]:
        console.print(Text(plain(f"✗ the second run breaks the gate on {gate['metric']}"), style="red"))


def _show_origins(console: Console, comparison: Comparison) -> None:
    suite = comparison["after"]["suite"]
    console.print(Text(plain(f"{suite}: {comparison['shared']} cases in both runs"), style="bold"))
    if not comparison["differs"]:
        console.print(Text("made alike: planner, prompts, code and catalogues are the same", style="dim"))
    for change in comparison["differs"]:
        was, now = (shortened(change[side], _SHOWN_OF_ORIGIN) or "none" for side in ("before", "after"))
        console.print(Text(f"{plain(change['field'])}: {was} → {now}", style="yellow"))


def _show_metrics(console: Console, comparison: Comparison) -> None:
    times = f"{comparison['resamples']:,} resamples, seed {comparison['seed']}"
    table = Table(caption=f"95 % intervals of the mean difference by paired bootstrap, {times}")
    table.add_column("metric")
    for name in ("before", "after", "difference", "95 % interval", "cases"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for change in comparison["metrics"]:
        table.add_row(*_cells(change), style=_STYLES[change["outcome"]])
    console.print(table)


def _cells(change: MetricChange) -> list[str | Text]:
    unit = change["unit"]
    ends = [
        shown_value(end, unit, signed=True)
        for end in (change.get("low"), change.get("high"))
        if end is not None
    ]
    return [
        Text(plain(change["name"])),
        shown_value(change["before"], unit),
        shown_value(change["after"], unit),
        shown_value(change["difference"], unit, signed=True),
        " to ".join(ends) or "too few cases",
        str(change["cases"]),
        change["outcome"] if change["outcome"] != "unclear" else "",
    ]


def _show_costs(console: Console, comparison: Comparison) -> None:
    before, after = comparison["cost_before"], comparison["cost_after"]
    console.print(
        Text(
            f"tokens in {before['input_tokens']:,} → {after['input_tokens']:,}, "
            f"out {before['output_tokens']:,} → {after['output_tokens']:,}; "
            f"model calls {before['model_calls']:,} → {after['model_calls']:,}; "
            f"time {before['ms'] / 1000:.1f} → {after['ms'] / 1000:.1f} s"
        )
    )


def _show_flip(console: Console, flip: CaseFlip) -> None:
    way, style = ("failed → passed", "green") if flip["passed"] else ("passed → failed", "red")
    console.print(Text(plain(f"{way}: {flip['id']} ({flip['kind']})"), style=style))
    for failure in flip["failures"]:
        console.print(Text(f"    {plain(failure)}", style="dim"))


def _show_turn(console: Console, change: TurnChange) -> None:
    console.print(Text(plain(f"\n{change['case']}, turn {change['turn']}"), style="bold"))
    for mark, lines, style in (
        ("+", change["tracks_in"], "green"),
        ("-", change["tracks_out"], "red"),
        ("↑", change["gained"], "green"),
        ("↓", change["lost"], "red"),
    ):
        for line in lines:
            console.print(Text(f"  {mark} {plain(line)}", style=style))
