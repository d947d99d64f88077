"""The commands of `segue rules`. What they need is imported when they run."""

from pathlib import Path
from typing import Annotated

import typer

rules_app = typer.Typer(help="Your standing rules: they hold in every conversation.", no_args_is_help=True)


@rules_app.command("list")
def list_() -> None:
    """List your rules with their ids, the oldest first."""
    from src.cli.taste_rules import run_list

    run_list()


@rules_app.command()
def add(
    words: Annotated[str, typer.Argument(help="What must always hold, for example: never Drake")],
    scope: Annotated[
        list[str] | None,
        typer.Option(metavar="W", help="Only where you speak of this occasion; may be repeated."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last day on which it holds, such as 2026-12-24.")
    ] = None,
) -> None:
    """Add a rule in your own words."""
    from src.cli.taste_rules import run_add

    run_add(words, scope or [], until)


@rules_app.command()
def remove(rule_id: Annotated[str, typer.Argument(help="Id of the rule.", metavar="ID")]) -> None:
    """Remove a rule."""
    from src.cli.taste_rules import run_remove

    run_remove(rule_id)


@rules_app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="A .toml file; printed without one.")] = None,
) -> None:
    """Write all your rules as TOML, which `import` reads."""
    from src.cli.taste_rules import run_export

    run_export(file)


@rules_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A .toml file; [[rule]] and its words are enough.")],
) -> None:
    """Replace all your rules by those of a file."""
    from src.cli.taste_rules import run_import

    run_import(file)
