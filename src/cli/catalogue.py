"""`segue catalogue`: import, search, facets, and changes of the embedded catalogue."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from src.api.models.bodies import TrackPage
from src.catalogue.edge import EdgeEngine
from src.catalogue.embedding.choose import choose_embedder
from src.catalogue.facets import describe_catalogue
from src.catalogue.filters import to_conditions
from src.catalogue.generations import catalogue_folder
from src.catalogue.importing.build import import_files, rebuild
from src.catalogue.importing.build import reembed as reembed_catalogue
from src.catalogue.importing.server import import_to_server
from src.catalogue.importing.steps import ImportOptions, ImportSummary
from src.catalogue.models.filter import TrackFilter
from src.catalogue.models.overview import Count, Overview
from src.catalogue.models.track import Track
from src.catalogue.search import hybrid_search
from src.catalogue.wiring import open_catalogue
from src.cli.client import call_server
from src.cli.show import plain, track_text
from src.errors import CatalogueInUse, InvalidInput
from src.settings import Settings, load_settings
from src.telemetry.logging import configure_logging

_OVERVIEW = TypeAdapter(Overview)
_TRACK_PAGE = TypeAdapter(TrackPage)


def run_import(
    files: Sequence[Path], mapped: Sequence[str], *, source: str, licence: str, with_starter: bool
) -> None:
    """Import files with a progress bar and a summary."""
    settings = _settings()
    pairs = [entry.partition("=") for entry in mapped]
    if any(not name or not column for name, _, column in pairs):
        raise InvalidInput("--map takes FIELD=COLUMN, for example --map title=song.")
    options = ImportOptions({name: column for name, _, column in pairs}, source, licence, with_starter)
    began = time.perf_counter()
    with _Bar() as bar:
        summary = asyncio.run(_import(settings, files, options, bar))
    _show_summary(summary, time.perf_counter() - began)


async def _import(
    settings: Settings, files: Sequence[Path], options: ImportOptions, bar: "_Bar"
) -> ImportSummary:
    embedder = await choose_embedder(settings)
    if settings.qdrant_url:
        return await import_to_server(settings, files, options, embedder, bar.show)
    return await import_files(catalogue_folder(settings.data_dir), files, options, embedder, bar.show)


def run_search(
    query: str, limit: int, filter_: TrackFilter, year_from: int | None, year_to: int | None
) -> None:
    """Search and list."""
    if year_from is not None:
        filter_["year_from"] = year_from
    if year_to is not None:
        filter_["year_to"] = year_to
    console = Console(highlight=False, soft_wrap=True)
    for track in asyncio.run(_search(_settings(), query, limit, filter_)):
        console.print(track_text(track))
        console.print(Text(f"     {plain(', '.join(track['genres'][:4]))}  {track['id']}", style="dim"))


async def _search(settings: Settings, query: str, limit: int, filter_: TrackFilter) -> list[Track]:
    try:
        async with (
            open_catalogue(settings, await choose_embedder(settings)) as source,
            source.use() as catalogue,
        ):
            vector = await catalogue.embed(query)
            found = await hybrid_search(catalogue, query, vector, to_conditions(filter_), limit)
            return [item.track for item in found]
    except CatalogueInUse as error:
        if error.address is None:
            raise
        params = [("query", query), ("limit", str(limit))]
        lists = {
            "artist": filter_.get("artists", []),
            "not_artist": filter_.get("not_artists", []),
            "genre": filter_.get("genres_any", []),
            "not_genre": filter_.get("genres_none", []),
        }
        params += [(name, value) for name, values in lists.items() for value in values]
        if "year_from" in filter_:
            params.append(("year_from", str(filter_["year_from"])))
        if "year_to" in filter_:
            params.append(("year_to", str(filter_["year_to"])))
        page = await call_server(error.address, settings, "GET", "/v1/tracks", _TRACK_PAGE, params=params)
        return [hit["track"] for hit in page["tracks"]]


def run_info() -> None:
    """Size, engine and model."""
    content = asyncio.run(_overview(_settings()))
    console = Console(highlight=False)
    for name in ("tracks", "engine", "embedding_model", "version"):
        console.print(Text(f"{name.replace('_', ' ')}: {content[name]}"))


def run_facets() -> None:
    """The vocabulary in tables."""
    content = asyncio.run(_overview(_settings()))
    console = Console(highlight=False)
    for name, counts in (
        ("genres", content["genres"]),
        ("moods", content["moods"]),
        ("languages", content["languages"]),
        ("decades", content["decades"]),
    ):
        console.print(_table(name, counts))


async def _overview(settings: Settings) -> Overview:
    try:
        async with (
            open_catalogue(settings, await choose_embedder(settings)) as source,
            source.use() as catalogue,
        ):
            return await describe_catalogue(catalogue)
    except CatalogueInUse as error:
        if error.address is None:
            raise
        return await call_server(error.address, settings, "GET", "/v1/catalogue", _OVERVIEW)


def run_remove(ids: Sequence[str]) -> None:
    """Remove tracks by id; the running server swaps the new catalogue in by itself."""
    settings = _embedded(_settings())
    wanted = list(dict.fromkeys(ids))
    missing: list[str] = []

    async def change(engine: EdgeEngine) -> None:
        there = await engine.fetch(wanted)
        missing.extend(id_ for id_ in wanted if id_ not in there)
        await engine.delete(list(there))

    total = asyncio.run(rebuild(catalogue_folder(settings.data_dir), change))
    console = Console(highlight=False)
    console.print(Text(f"removed {len(wanted) - len(missing)} tracks, {total} are left"))
    if missing:
        console.print(Text(f"not in the catalogue: {plain(', '.join(missing))}", style="yellow"))


def run_reembed() -> None:
    """Embed everything anew by the configured model."""
    settings = _embedded(_settings())
    with _Bar() as bar:

        async def run() -> int:
            embedder = await choose_embedder(settings)
            return await reembed_catalogue(catalogue_folder(settings.data_dir), embedder, bar.show)

        total = asyncio.run(run())
    Console(highlight=False).print(Text(f"embedded {total} tracks anew"))


def _settings() -> Settings:
    configure_logging("WARNING")
    return load_settings()


def _embedded(settings: Settings) -> Settings:
    if settings.qdrant_url:
        raise InvalidInput("This command changes the embedded catalogue; QDRANT_URL is set.")
    return settings


class _Bar:
    """A progress bar with rate and time left; on something that is no terminal, silent."""

    def __init__(self) -> None:
        console = Console(stderr=True)
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._step = ""
        self._task = self._progress.add_task("", total=None, rate="")
        self._began = 0.0
        self._first = 0.0

    def __enter__(self) -> "_Bar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, step: str, done: float, total: float) -> None:
        """Progress of a step, in whatever it counts."""
        now = time.perf_counter()
        if step != self._step:
            self._step, self._began, self._first = step, now, done
            self._progress.reset(self._task, description=plain(step), total=total)
        rate = (done - self._first) / max(now - self._began, 1e-6)
        unit = f"{rate:,.0f} tracks/s" if step == "embedding" else ""
        self._progress.update(self._task, completed=done, total=total, rate=unit)


def _show_summary(summary: ImportSummary, seconds: float) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        Text(
            f"{summary.rows} rows read, {summary.tracks} tracks, {summary.embedded} embedded, "
            f"{summary.total} tracks in the catalogue now, {seconds:.1f} s"
        )
    )
    for cause, count in summary.rejected.items():
        console.print(Text(f"  rejected, {cause}: {count}", style="yellow"))
    if summary.rejects_file is not None:
        console.print(Text(f"  rejected rows: {summary.rejects_file}", style="yellow"))


def _table(name: str, counts: Sequence[Count]) -> Table:
    table = Table(name, "tracks")
    for count in counts:
        table.add_row(Text(plain(count["value"])), str(count["tracks"]))
    return table
