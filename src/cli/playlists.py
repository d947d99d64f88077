"""`segue playlist` and `segue playlists`: the routes of playlists, called from the terminal."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from src.api.jobs import JOB_ANSWER
from src.api.models.playlists import ImportAnswer, PlaylistAnswer, PlaylistLines, VersionLines
from src.cli.client import ServerRefused, call, opened_api, read_answer, send
from src.cli.show import plain
from src.constraints.describe import number_of_tracks
from src.errors import InvalidInput
from src.playlists.formats.formats import format_of_file
from src.playlists.models.imports import MatchReport
from src.playlists.models.playlist import PlaylistDiff, PlaylistRequest
from src.playlists.picture import sparklines
from src.settings import Settings, load_settings
from src.spotify.sync.models.save import SaveReport
from src.telemetry.logging import configure_logging

if TYPE_CHECKING:
    import httpx

_ANSWER: TypeAdapter[PlaylistAnswer] = TypeAdapter(PlaylistAnswer)
_LINES: TypeAdapter[PlaylistLines] = TypeAdapter(PlaylistLines)
_VERSIONS: TypeAdapter[VersionLines] = TypeAdapter(VersionLines)
_IMPORTED: TypeAdapter[ImportAnswer] = TypeAdapter(ImportAnswer)
_SAVED: TypeAdapter[SaveReport] = TypeAdapter(SaveReport)
_NOTHING: TypeAdapter[None] = TypeAdapter(None)

_MARKS = {
    "met": ("✓", "green"),
    "relaxed": ("~", "yellow"),
    "unmet": ("✗", "red"),
    "uncheckable": ("?", "yellow"),
}
_PATH = "/v1/playlists"
_PICTURE = ".svg"
_LOOK_EVERY_S = 0.1
_MISSING_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Options:
    """What `segue playlist` is told besides the prompt."""

    tracks: int | None = None
    minutes: float | None = None
    title: str | None = None
    seed: int = 1
    out: Path | None = None
    as_json: bool = False


def run_playlist(prompt: str, options: Options) -> None:
    """Make a playlist with a progress bar, show it, and write it into a file if asked.

    Raises:
        InvalidInput: the prompt or an option is wrong, or the file cannot be written.
    """
    _check_ending(options.out)
    request: PlaylistRequest = {"prompt": prompt, "seed": options.seed}
    if options.tracks is not None:
        request["tracks"] = options.tracks
    if options.minutes is not None:
        request["minutes"] = options.minutes
    if options.title is not None:
        request["title"] = options.title
    answer, file = asyncio.run(_make(_settings(), request, options.out))
    _write(options.out, file)
    if options.as_json:
        sys.stdout.write(_ANSWER.dump_json(answer, indent=2).decode() + "\n")
    else:
        show_playlist(_console(), answer)


def run_list(limit: int) -> None:
    """Show the latest playlists."""

    async def ask() -> PlaylistLines:
        async with opened_api(_settings()) as client:
            return await call(client, "GET", _PATH, _LINES, params={"limit": str(limit)})

    lines, console = asyncio.run(ask()), _console()
    for item in lines["playlists"]:
        cells = (
            item["id"],
            f"version {item['version']}",
            f"{item['tracks']} tracks",
            item["mode"],
            item["title"],
        )
        console.print(Text(plain("  ".join(cells))))
    if not lines["playlists"]:
        console.print('There is no playlist yet: segue playlist "…" makes one.')


def run_show(playlist_id: str) -> None:
    """Show a playlist."""

    async def ask() -> PlaylistAnswer:
        async with opened_api(_settings()) as client:
            return await call(client, "GET", f"{_PATH}/{playlist_id}", _ANSWER)

    show_playlist(_console(), asyncio.run(ask()))


def run_edit(playlist_id: str, words: str) -> None:
    """Edit a playlist in words; show it and what changed."""

    async def ask() -> tuple[PlaylistAnswer, PlaylistDiff | None]:
        async with opened_api(_settings()) as client:
            now = await call(client, "GET", f"{_PATH}/{playlist_id}", _ANSWER)
            body = {"version": now["version"], "words": words}
            edited = await call(client, "PATCH", f"{_PATH}/{playlist_id}", _ANSWER, json=body)
            return edited, await _last_diff(client, playlist_id)

    _show_changed(*asyncio.run(ask()))


def run_refresh(playlist_id: str) -> None:
    """Renew a playlist; show it and what changed."""

    async def ask() -> tuple[PlaylistAnswer, PlaylistDiff | None]:
        async with opened_api(_settings()) as client:
            answer = await _post(client, f"{_PATH}/{playlist_id}/refresh")
            return answer, await _last_diff(client, playlist_id)

    _show_changed(*asyncio.run(ask()))


def run_export(playlist_id: str, file: Path) -> None:
    """Write a playlist, or its picture, into a file."""
    _check_ending(file)

    async def ask() -> bytes:
        async with opened_api(_settings()) as client:
            return await _file(client, playlist_id, file)

    _write(file, asyncio.run(ask()))
    _console().print(f"written: {file}", markup=False)


def run_import(file: Path, tracks: int | None, threshold: float) -> None:
    """Match a file to the catalogue, show the report, and make a playlist of what was found.

    Raises:
        InvalidInput: the file cannot be read, or nothing of it is in the catalogue.
    """
    try:
        content = file.read_bytes()
    except OSError:
        raise InvalidInput(f"{file}: the file cannot be read.") from None
    console = _console()

    async def ask() -> PlaylistAnswer:
        async with opened_api(_settings()) as client:
            params = {"name": file.name}
            found = await call(client, "POST", f"{_PATH}/import", _IMPORTED, content=content, params=params)
            _show_report(console, found["report"], found["notes"])
            ids = found["track_ids"]
            if not ids:
                raise InvalidInput("Nothing of this file is in the catalogue: no playlist was made.")
            request: PlaylistRequest = {
                "title": found["title"] or file.stem,
                "tracks": tracks or len(ids),
                "grow": {"include": ids, "threshold": threshold},
            }
            return await _post(client, _PATH, request)

    show_playlist(console, asyncio.run(ask()))


def run_save(playlist_id: str, name: str | None, *, dry_run: bool) -> None:
    """Save a playlist to the Spotify account; the same version is never written twice."""

    async def ask() -> SaveReport:
        async with opened_api(_settings()) as client:
            now = await call(client, "GET", f"{_PATH}/{playlist_id}", _ANSWER)
            body: dict[str, object] = {"playlist_id": playlist_id, "dry_run": dry_run}
            if name is not None:
                body["name"] = name
            key = f"playlist {playlist_id} version {now['version']}"
            headers = {"Idempotency-Key": key}
            return await call(client, "POST", "/v1/spotify/playlists", _SAVED, json=body, headers=headers)

    report, console = asyncio.run(ask()), _console()
    console.print(Text(plain(report["message"])))
    if "playlist" in report:
        console.print(Text(plain(report["playlist"]["url"]), style="cyan"))


def run_delete(playlist_id: str) -> None:
    """Delete a playlist."""

    async def ask() -> None:
        async with opened_api(_settings()) as client:
            await call(client, "DELETE", f"{_PATH}/{playlist_id}", _NOTHING)

    asyncio.run(ask())
    _console().print("deleted")


def show_playlist(console: Console, answer: PlaylistAnswer) -> None:
    """The list with its reasons, its course, its ledger, and what must be said of it."""
    result = answer["result"]
    minutes, unknown = result["duration_s"] / 60, result["unknown_durations"]
    count = number_of_tracks(len(result["entries"]))
    length = f", {minutes:.1f} minutes" if minutes else ""
    without = f" ({unknown} of unknown length)" if unknown else ""
    console.print(Text(plain(f"{answer['title']} – {count}{length}{without}")))
    for entry in result["entries"]:
        track = entry["track"]
        year = f" ({track['year']})" if "year" in track else ""
        pin = " ⚲" if entry["pinned"] else ""
        line = f"{entry['position']:3}. {', '.join(track['artists'])} – {track['title']}{year}{pin}"
        console.print(Text(plain(line)))
        if entry["reason"]:
            console.print(Text(plain(f"     {entry['reason']}"), style="dim"))
    console.print()
    console.print(Text(sparklines(result["entries"])))
    console.print()
    for line_ in result["constraints"]:
        mark, style = _MARKS[line_["verdict"]]
        detail = f" – {line_['verdict']} ({line_['detail']})" if line_["detail"] else ""
        console.print(Text(f" {mark} ", style=style).append(plain(f"{line_['value']}{detail}")))
    for aim in result["aims"]:
        console.print(Text(plain(f"   {aim['aim']}: {aim['score']:.2f} {aim['detail']}"), style="dim"))
    for offer in result["offers"]:
        console.print(Text(plain(f" → relax {offer['relax']}: {offer['to']}"), style="yellow"))
    for note in result["notes"]:
        console.print(Text(plain(f"   {note}"), style="dim"))
    solved = f"{result['solver']}, {result['solve_ms']:.0f} ms"
    said = f"playlist {answer['id']} · version {answer['version']} · {solved}"
    console.print(Text(f"\n{plain(said)}", style="dim"))


async def _make(
    settings: Settings, request: PlaylistRequest, out: Path | None
) -> tuple[PlaylistAnswer, bytes]:
    async with opened_api(settings) as client:
        with _Bar() as bar:
            answer = await _post(client, _PATH, request, bar.show)
        return answer, await _file(client, answer["id"], out) if out is not None else b""


async def _post(
    client: "httpx.AsyncClient",
    path: str,
    request: PlaylistRequest | None = None,
    show: Callable[[float, str], None] = lambda _share, _step: None,
) -> PlaylistAnswer:
    """The playlist that a call makes, once its job is done.

    Raises:
        ServerRefused: the job failed, or was cancelled.
    """
    response = await send(client, "POST", path, json=request)
    if response.status_code != HTTPStatus.ACCEPTED:
        return read_answer(response, _ANSWER)
    job = read_answer(response, JOB_ANSWER)
    while job["status"] in ("queued", "running"):
        show(job["progress"], job["step"])
        await asyncio.sleep(_LOOK_EVERY_S)
        job = await call(client, "GET", job["links"]["self"], JOB_ANSWER)
    if job["status"] != "done":
        raise ServerRefused(job["problem"]["detail"] if job["problem"] else f"The job was {job['status']}.")
    return await call(client, "GET", job["links"]["result"], _ANSWER)


async def _last_diff(client: "httpx.AsyncClient", playlist_id: str) -> PlaylistDiff | None:
    versions = await call(client, "GET", f"{_PATH}/{playlist_id}/versions", _VERSIONS, params={"limit": "1"})
    return versions["versions"][0]["diff"] if versions["versions"] else None


async def _file(client: "httpx.AsyncClient", playlist_id: str, file: Path) -> bytes:
    if file.suffix == _PICTURE:
        return (await send(client, "GET", f"{_PATH}/{playlist_id}/picture.svg")).content
    params = {"format": format_of_file(file.name).name}
    return (await send(client, "GET", f"{_PATH}/{playlist_id}/export", params=params)).content


def _show_changed(answer: PlaylistAnswer, diff: PlaylistDiff | None) -> None:
    console = _console()
    show_playlist(console, answer)
    if diff is None:
        return
    for mark, style, entries in (("+", "green", diff["added"]), ("-", "red", diff["removed"])):
        for entry in entries:
            named = f"{entry['title']} by {', '.join(entry['artists'])}"
            line = f" {mark} {entry['position']:3}. {named}: {entry['why']}"
            console.print(Text(plain(line), style=style))
    for moved in diff["moved"]:
        line = f" ~ {moved['title']}: {moved['from_position']} → {moved['to_position']}: {moved['why']}"
        console.print(Text(plain(line), style="yellow"))


def _show_report(console: Console, report: MatchReport, notes: list[str]) -> None:
    counts = f"{report['matched']} matched, {report['ambiguous']} ambiguous, {report['missing']} missing"
    console.print(counts)
    for note in notes:
        console.print(Text(plain(f"   {note}"), style="dim"))
    odd = [line for line in report["lines"] if line["status"] != "matched"]
    for line in odd[:_MISSING_SHOWN]:
        named = f"{', '.join(line['artists'])} – {line['title']}"
        console.print(Text(plain(f" {line['status']}: {named}: {line['why']}"), style="yellow"))
    if len(odd) > _MISSING_SHOWN:
        console.print(f" … and {len(odd) - _MISSING_SHOWN} more")


class _Bar:
    """A progress bar on standard error, taken away at the end; none where that is no terminal."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn())
        console = Console(stderr=True)
        # Stopped where there is no terminal, it would leave an empty line behind.
        self._is_seen = console.is_terminal
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("waiting", total=1.0)

    def __enter__(self) -> "_Bar":
        if self._is_seen:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._is_seen:
            self._progress.stop()

    def show(self, share: float, step: str) -> None:
        """How far it is."""
        self._progress.update(self._task, completed=share, description=step or "waiting")


def _check_ending(file: Path | None) -> None:
    """Refuse a file of no known format before anything is made."""
    if file is not None and file.suffix != _PICTURE:
        format_of_file(file.name)


def _write(file: Path | None, content: bytes) -> None:
    if file is None:
        return
    try:
        file.write_bytes(content)
    except OSError:
        raise InvalidInput(f"{file}: the file cannot be written there.") from None


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)


def _settings() -> Settings:
    configure_logging("ERROR")
    return load_settings()
