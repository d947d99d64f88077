"""A run on a terminal: a line a kind, the metrics, the gates, then what failed."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from src.evaluation.measuring import passed_by_kind
from src.evaluation.models.run import Run


def show_run(console: Console, run: Run) -> None:
    """The run in tables."""
    table = Table()
    for kind, share in passed_by_kind(run["cases"]).items():
        table.add_row(kind, f"{share:.1%}")
    console.print(table)
    for line in run["metrics"]:
        console.print(Text(f"{line['name']}: {line['value']:.4g} {line['unit']} ({line['cases']})"))
    for gate in run["gates"]:
        console.print(Text(f"{'kept' if gate['kept'] else 'BROKEN'} {gate['metric']} {gate.get('value')}"))
    console.print(f"{run['seconds']} s")
    for case in run["cases"]:
        for turn in case["turns"]:
            for failure in turn["failures"]:
                console.print(Text(f"{case['id']}: {failure}", style="red"))
