"""`segue playlist` and `segue playlists`: the routes of playlists, called from the terminal."""

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from src.cli.client import ServerRefused, call, on_routes, read_answer, send
from src.cli.terminal import open_console, print_plain, write_file
from src.errors import InvalidInput

if TYPE_CHECKING:
    import httpx

    from src.api.models.playlists import PlaylistAnswer
    from src.playlists.models.playlist import PlaylistDiff, PlaylistRequest
    from src.spotify.sync.models.save import SaveReport

playlists_app = typer.Typer(help="Playlists that were made: shown, edited, refreshed.", no_args_is_help=True)

_ID = typer.Argument(help="Id of the playlist.", metavar="ID")
_PATH = "/v1/playlists"
_PICTURE = ".svg"
_LOOK_EVERY_S = 0.1


def playlist(
    prompt: Annotated[str, typer.Argument(help="What the list is to be, as a whole.")],
    tracks: Annotated[int | None, typer.Option(min=1, max=500, help="Exactly so many tracks.")] = None,
    minutes: Annotated[float | None, typer.Option(min=1, max=720, help="So long.")] = None,
    title: Annotated[str | None, typer.Option(help="Name of the list.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same one gives the same list.")] = 1,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help=".m3u8, .xspf, .jspf, .csv, .json or .svg")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
) -> None:
    """Make a playlist: exact in number and length, shaped, with a verdict on every wish."""
    from src.api.models.playlists import PLAYLIST_ANSWER
    from src.cli.progress import ProgressBar
    from src.cli.show import show_playlist
    from src.schema import with_present

    _check_ending(out)
    bare: PlaylistRequest = {"prompt": prompt, "seed": seed}
    request = with_present(bare, tracks=tracks, minutes=minutes, title=title)

    async def make(client: "httpx.AsyncClient") -> "tuple[PlaylistAnswer, bytes]":
        with ProgressBar() as bar:
            answer = await _post(client, _PATH, request, bar.show)
        return answer, await _file(client, answer["id"], out) if out is not None else b""

    answer, file = on_routes(make)
    if out is not None:
        _write(out, file)
    if json:
        sys.stdout.write(PLAYLIST_ANSWER.dump_json(answer, indent=2).decode() + "\n")
    else:
        show_playlist(open_console(), answer)


@playlists_app.command("list")
def list_(limit: Annotated[int, typer.Option(min=1, max=100)] = 20) -> None:
    """List your playlists, the last changed first."""
    from src.api.models.playlists import PLAYLIST_LINES

    lines = on_routes(
        lambda client: call(client, "GET", _PATH, PLAYLIST_LINES, params=[("limit", str(limit))])
    )
    console = open_console()
    for item in lines["playlists"]:
        counts = f"version {item['version']}  {item['tracks']} tracks"
        print_plain(console, f"{item['id']}  {counts}  {item['mode']}  {item['title']}")
    if not lines["playlists"]:
        console.print('There is no playlist yet: segue playlist "…" makes one.')


@playlists_app.command()
def show(playlist_id: Annotated[str, _ID]) -> None:
    """Show a playlist with its verdicts."""
    from src.cli.show import show_playlist

    answer = on_routes(lambda client: _get(client, playlist_id))
    show_playlist(open_console(), answer)


@playlists_app.command()
def edit(
    playlist_id: Annotated[str, _ID],
    words: Annotated[str, typer.Argument(help="`swap number 3`, `keep 1, 5 and 9`, `undo`, …")],
) -> None:
    """Edit a playlist in words."""

    async def change(client: "httpx.AsyncClient") -> "PlaylistAnswer":
        from src.api.models.playlists import PLAYLIST_ANSWER

        now = await _get(client, playlist_id)
        body = {"version": now["version"], "words": words}
        return await call(client, "PATCH", f"{_PATH}/{playlist_id}", PLAYLIST_ANSWER, json=body)

    _change(playlist_id, change)


@playlists_app.command()
def refresh(playlist_id: Annotated[str, _ID]) -> None:
    """Renew a playlist: pins and the spec stay; shows what changed."""
    _change(playlist_id, lambda client: _post(client, f"{_PATH}/{playlist_id}/refresh"))


@playlists_app.command()
def export(
    playlist_id: Annotated[str, _ID],
    file: Annotated[Path, typer.Argument(help=".m3u8, .xspf, .jspf, .csv, .json or .svg", metavar="FILE")],
) -> None:
    """Write a playlist into a file, or its picture."""
    _check_ending(file)
    _write(file, on_routes(lambda client: _file(client, playlist_id, file)))
    open_console().print(f"written: {file}", markup=False)


@playlists_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=".m3u8, .xspf, .jspf, .csv or .json", metavar="FILE")],
    tracks: Annotated[int | None, typer.Option(min=1, max=500, help="Grow it to so many tracks.")] = None,
    threshold: Annotated[float, typer.Option(min=0, max=1, help="How alike new tracks must be.")] = 0.0,
) -> None:
    """Match a foreign list to the catalogue, show the report, and make a playlist of what was found."""
    from src.api.models.playlists import IMPORT_ANSWER
    from src.cli.show import show_match_report, show_playlist

    try:
        content = file.read_bytes()
    except OSError:
        raise InvalidInput(f"{file}: the file cannot be read.") from None
    console = open_console()

    async def make(client: "httpx.AsyncClient") -> "PlaylistAnswer":
        name = [("name", file.name)]
        found = await call(client, "POST", f"{_PATH}/import", IMPORT_ANSWER, content=content, params=name)
        show_match_report(console, found["report"], found["notes"])
        ids = found["track_ids"]
        if not ids:
            raise InvalidInput("Nothing of this file is in the catalogue: no playlist was made.")
        request: PlaylistRequest = {
            "title": found["title"] or file.stem,
            "tracks": tracks or len(ids),
            "grow": {"include": ids, "threshold": threshold},
        }
        return await _post(client, _PATH, request)

    show_playlist(console, on_routes(make))


@playlists_app.command()
def save(
    playlist_id: Annotated[str, _ID],
    name: Annotated[str | None, typer.Option(help="Name at Spotify; its title when left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
) -> None:
    """Save a playlist to your Spotify account, as a private one, read back."""
    from pydantic import TypeAdapter

    from src.schema import with_present
    from src.spotify.sync.models.save import SaveReport

    async def write(client: "httpx.AsyncClient") -> "SaveReport":
        now = await _get(client, playlist_id)
        bare: dict[str, object] = {"playlist_id": playlist_id, "dry_run": dry_run}
        # The same version is never written twice.
        headers = {"Idempotency-Key": f"playlist {playlist_id} version {now['version']}"}
        body, adapter = with_present(bare, name=name), TypeAdapter(SaveReport)
        return await call(client, "POST", "/v1/spotify/playlists", adapter, json=body, headers=headers)

    report, console = on_routes(write), open_console()
    print_plain(console, report["message"])
    if "playlist" in report:
        print_plain(console, report["playlist"]["url"], "cyan")


@playlists_app.command()
def delete(playlist_id: Annotated[str, _ID]) -> None:
    """Delete a playlist with its versions."""
    from pydantic import TypeAdapter

    path = f"{_PATH}/{playlist_id}"
    on_routes(lambda client: call(client, "DELETE", path, TypeAdapter(None)))
    open_console().print("deleted")


def _change(playlist_id: str, change: "Callable[[httpx.AsyncClient], Awaitable[PlaylistAnswer]]") -> None:
    """Change a playlist; show it, and how the new version differs from the one before."""
    from src.api.models.playlists import VERSION_LINES
    from src.cli.show import show_diff, show_playlist

    async def run(client: "httpx.AsyncClient") -> "tuple[PlaylistAnswer, PlaylistDiff | None]":
        answer = await change(client)
        path, last = f"{_PATH}/{playlist_id}/versions", [("limit", "1")]
        versions = (await call(client, "GET", path, VERSION_LINES, params=last))["versions"]
        return answer, versions[0]["diff"] if versions else None

    answer, diff = on_routes(run)
    console = open_console()
    show_playlist(console, answer)
    if diff is not None:
        show_diff(console, diff)


async def _get(client: "httpx.AsyncClient", playlist_id: str) -> "PlaylistAnswer":
    from src.api.models.playlists import PLAYLIST_ANSWER

    return await call(client, "GET", f"{_PATH}/{playlist_id}", PLAYLIST_ANSWER)


async def _post(
    client: "httpx.AsyncClient",
    path: str,
    request: "PlaylistRequest | None" = None,
    show_step: Callable[[str, float, float], None] = lambda _step, _done, _total: None,
) -> "PlaylistAnswer":
    """The playlist that a call makes, once its job is done.

    Raises:
        ServerRefused: the job failed, or was cancelled.
    """
    import asyncio
    from http import HTTPStatus

    from src.api.models.playlists import JOB_ANSWER, PLAYLIST_ANSWER

    response = await send(client, "POST", path, json=request)
    if response.status_code != HTTPStatus.ACCEPTED:
        return read_answer(response, PLAYLIST_ANSWER)
    job = read_answer(response, JOB_ANSWER)
    while job["status"] in ("queued", "running"):
        show_step(job["step"], job["progress"], 1.0)
        await asyncio.sleep(_LOOK_EVERY_S)
        job = await call(client, "GET", job["links"]["self"], JOB_ANSWER)
    if job["status"] != "done":
        raise ServerRefused(job["problem"]["detail"] if job["problem"] else f"The job was {job['status']}.")
    return await call(client, "GET", job["links"]["result"], PLAYLIST_ANSWER)


async def _file(client: "httpx.AsyncClient", playlist_id: str, file: Path) -> bytes:
    """The playlist in the format that the file's ending names."""
    from src.playlists.formats.formats import format_of_file

    if file.suffix == _PICTURE:
        return (await send(client, "GET", f"{_PATH}/{playlist_id}/picture.svg")).content
    params = [("format", format_of_file(file.name).name)]
    return (await send(client, "GET", f"{_PATH}/{playlist_id}/export", params=params)).content


def _check_ending(file: Path | None) -> None:
    """Refuse a file of no known format before anything is made."""
    from src.playlists.formats.formats import format_of_file

    if file is not None and file.suffix != _PICTURE:
        format_of_file(file.name)


def _write(file: Path, content: bytes) -> None:

    write_file(file, content, f"{file}: the file cannot be written there.")
