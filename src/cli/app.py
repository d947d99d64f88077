"""The `segue` command. What a subcommand needs is imported when it runs: the command itself starts fast."""

import sys

import typer

from src.cli import public_data  # noqa: F401 - adds its commands to `segue eval`
from src.cli.catalogue import catalogue_app
from src.cli.chat import chat
from src.cli.dev import dev_app
from src.cli.evaluation import evaluation_app, scorecard
from src.cli.playlists import playlist, playlists_app
from src.cli.recordings import recordings_app
from src.cli.replay import replay
from src.cli.rules import rules_app
from src.cli.serve import serve
from src.cli.spotify import spotify_app
from src.cli.worker import worker

app = typer.Typer(
    help="Music recommendations in your own words.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (chat, playlist, worker, replay, serve, scorecard):
    app.command()(command)
for name, group in (
    ("catalogue", catalogue_app),
    ("rules", rules_app),
    ("spotify", spotify_app),
    ("eval", evaluation_app),
    ("playlists", playlists_app),
    ("recordings", recordings_app),
    ("dev", dev_app),
):
    app.add_typer(group, name=name)


def main() -> None:
    """Run the command; an error that is nobody's bug is one line."""
    from src.errors import DomainError

    try:
        app()
    except DomainError as error:
        sys.stderr.write(f"segue: {error.message}\n")
        sys.exit(1)
