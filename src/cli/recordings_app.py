"""The commands of `segue recordings`. What they need is imported when they run."""

from pathlib import Path
from typing import Annotated

import typer

recordings_app = typer.Typer(
    help="Recorded turns: RECORD, or `segue chat --record`, makes them.", no_args_is_help=True
)


@recordings_app.command("list")
def list_(limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many.")] = 20) -> None:
    """List your recorded turns, the latest first."""
    from src.cli.recordings import run_list

    run_list(limit)


@recordings_app.command()
def export(
    id_: Annotated[
        str, typer.Argument(help="Id of a turn, or of a conversation for all of it.", metavar="ID")
    ],
    file: Annotated[Path, typer.Argument(help="Where to write it: .jsonl.gz", metavar="FILE")],
) -> None:
    """Write recorded turns into one portable file, which `segue replay` makes again."""
    from src.cli.recordings import run_export

    run_export(id_, file)


@recordings_app.command()
def delete(id_: Annotated[str, typer.Argument(help="Id of the turn.", metavar="ID")]) -> None:
    """Delete the recording of a turn; the turn itself stays."""
    from src.cli.recordings import run_delete

    run_delete(id_)
