"""The commands of `segue playlists`. What they need is imported when they run."""

from pathlib import Path
from typing import Annotated

import typer

playlists_app = typer.Typer(help="Playlists that were made: shown, edited, refreshed.", no_args_is_help=True)

_ID = typer.Argument(help="Id of the playlist.", metavar="ID")


@playlists_app.command("list")
def list_(limit: Annotated[int, typer.Option(min=1, max=100)] = 20) -> None:
    """List your playlists, the last changed first."""
    from src.cli.playlists import run_list

    run_list(limit)


@playlists_app.command()
def show(playlist_id: Annotated[str, _ID]) -> None:
    """Show a playlist with its verdicts."""
    from src.cli.playlists import run_show

    run_show(playlist_id)


@playlists_app.command()
def edit(
    playlist_id: Annotated[str, _ID],
    words: Annotated[str, typer.Argument(help="`swap number 3`, `keep 1, 5 and 9`, `undo`, …")],
) -> None:
    """Edit a playlist in words."""
    from src.cli.playlists import run_edit

    run_edit(playlist_id, words)


@playlists_app.command()
def refresh(playlist_id: Annotated[str, _ID]) -> None:
    """Renew a playlist: pins and the spec stay; shows what changed."""
    from src.cli.playlists import run_refresh

    run_refresh(playlist_id)


@playlists_app.command()
def export(
    playlist_id: Annotated[str, _ID],
    file: Annotated[Path, typer.Argument(help=".m3u8, .xspf, .jspf, .csv, .json or .svg", metavar="FILE")],
) -> None:
    """Write a playlist into a file, or its picture."""
    from src.cli.playlists import run_export

    run_export(playlist_id, file)


@playlists_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=".m3u8, .xspf, .jspf, .csv or .json", metavar="FILE")],
    tracks: Annotated[int | None, typer.Option(min=1, max=500, help="Grow it to so many tracks.")] = None,
    threshold: Annotated[float, typer.Option(min=0, max=1, help="How alike new tracks must be.")] = 0.0,
) -> None:
    """Match a foreign list to the catalogue, show the report, and make a playlist of what was found."""
    from src.cli.playlists import run_import

    run_import(file, tracks, threshold)


@playlists_app.command()
def save(
    playlist_id: Annotated[str, _ID],
    name: Annotated[str | None, typer.Option(help="Name at Spotify; its title when left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
) -> None:
    """Save a playlist to your Spotify account, as a private one, read back."""
    from src.cli.playlists import run_save

    run_save(playlist_id, name, dry_run=dry_run)


@playlists_app.command()
def delete(playlist_id: Annotated[str, _ID]) -> None:
    """Delete a playlist with its versions."""
    from src.cli.playlists import run_delete

    run_delete(playlist_id)
