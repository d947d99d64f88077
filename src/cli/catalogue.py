"""`segue catalogue`: import, search, facets, and changes of the embedded catalogue."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from src.cli.client import address_of, call_server
from src.cli.terminal import command_settings, open_console, plain, print_plain, run_async
from src.errors import CatalogueInUse, InvalidInput

if TYPE_CHECKING:
    from src.catalogue.catalogue import Catalogue
    from src.catalogue.edge import EdgeEngine
    from src.catalogue.importing.steps import ImportOptions, ImportSummary
    from src.catalogue.models.filter import TrackFilter
    from src.catalogue.models.overview import Overview
    from src.catalogue.models.track import Track
    from src.cli.progress import ProgressBar
    from src.settings import Settings

catalogue_app = typer.Typer(help="The tracks that can be recommended.", no_args_is_help=True)

_LOG_LEVEL = "WARNING"


@catalogue_app.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(help=".csv, .tsv, .jsonl (also .gz) or .parquet", metavar="FILE…")
    ],
    map_: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="Which column holds a field.")
    ] = None,
    source: Annotated[str, typer.Option(help="Name of the collection that the ids belong to.")] = "import",
    licence: Annotated[str, typer.Option(help="Licence of these records.")] = "as the source states",
    with_starter: Annotated[
        bool, typer.Option(help="Keep the starter catalogue beside the first import.")
    ] = False,
) -> None:
    """Import your own tracks; run it again to go on after an interruption."""
    from src.catalogue.importing.steps import ImportOptions
    from src.cli.progress import ProgressBar

    settings = command_settings(_LOG_LEVEL)
    pairs = [entry.partition("=") for entry in map_ or []]
    if any(not name or not column for name, _, column in pairs):
        raise InvalidInput("--map takes FIELD=COLUMN, for example --map title=song.")
    options = ImportOptions({name: column for name, _, column in pairs}, source, licence, with_starter)
    began = time.perf_counter()
    with ProgressBar(detailed=True) as bar:
        summary = run_async(_import(settings, files, options, bar))
    _show_summary(summary, time.perf_counter() - began)


@catalogue_app.command()
def search(
    query: Annotated[str, typer.Argument(help="What it should be like, or its name.")],
    limit: Annotated[int, typer.Option(min=1, max=50)] = 10,
    genre: Annotated[list[str] | None, typer.Option(help="Only this genre; may be repeated.")] = None,
    not_genre: Annotated[list[str] | None, typer.Option(help="Not this genre; may be repeated.")] = None,
    artist: Annotated[list[str] | None, typer.Option(help="Only by this artist; may be repeated.")] = None,
    not_artist: Annotated[list[str] | None, typer.Option(help="Not by this artist; may be repeated.")] = None,
    year_from: Annotated[int | None, typer.Option(min=1860, max=2100)] = None,
    year_to: Annotated[int | None, typer.Option(min=1860, max=2100)] = None,
) -> None:
    """Search the catalogue by meaning and words."""
    from src.cli.show import track_text
    from src.schema import with_present

    lists: TrackFilter = {
        "artists": artist or [],
        "not_artists": not_artist or [],
        "genres_any": genre or [],
        "genres_none": not_genre or [],
    }
    filter_ = with_present(lists, year_from=year_from, year_to=year_to)
    console = open_console()
    for track in run_async(_search(command_settings(_LOG_LEVEL), query, limit, filter_)):
        console.print(track_text(track))
        print_plain(console, f"     {', '.join(track['genres'][:4])}  {track['id']}", "dim")


@catalogue_app.command()
def info() -> None:
    """Size of the catalogue, its engine and its embedding model."""
    content = run_async(_overview(command_settings(_LOG_LEVEL)))
    for name in ("tracks", "engine", "embedding_model", "version"):
        open_console().print(f"{name.replace('_', ' ')}: {content[name]}", markup=False)


@catalogue_app.command()
def facets() -> None:
    """Genres, moods, languages and decades with their counts."""
    from rich.table import Table
    from rich.text import Text

    content = run_async(_overview(command_settings(_LOG_LEVEL)))
    for name in ("genres", "moods", "languages", "decades"):
        table = Table(name, "tracks")
        for count in content[name]:
            table.add_row(Text(plain(count["value"])), str(count["tracks"]))
        open_console().print(table)


@catalogue_app.command()
def remove(ids: Annotated[list[str], typer.Argument(help="Ids of the tracks.", metavar="ID…")]) -> None:
    """Remove tracks from the embedded catalogue."""
    from src.catalogue.generations import catalogue_folder
    from src.catalogue.importing.build import rebuild

    settings = _embedded_settings()
    wanted = list(dict.fromkeys(ids))
    missing: list[str] = []

    async def change(engine: "EdgeEngine") -> None:
        there = await engine.fetch(wanted)
        missing.extend(id_ for id_ in wanted if id_ not in there)
        await engine.delete(list(there))

    total = run_async(rebuild(catalogue_folder(settings.data_dir), change))
    console = open_console()
    print_plain(console, f"removed {len(wanted) - len(missing)} tracks, {total} are left")
    if missing:
        print_plain(console, f"not in the catalogue: {', '.join(missing)}", "yellow")


@catalogue_app.command()
def reembed() -> None:
    """Embed the whole catalogue anew by the configured model."""
    from src.catalogue.embedding.choose import choose_embedder
    from src.catalogue.generations import catalogue_folder
    from src.catalogue.importing.build import reembed as reembed_catalogue
    from src.cli.progress import ProgressBar

    settings = _embedded_settings()
    with ProgressBar(detailed=True) as bar:

        async def run() -> int:
            embedder = await choose_embedder(settings)
            return await reembed_catalogue(catalogue_folder(settings.data_dir), embedder, bar.show)

        total = run_async(run())
    open_console().print(f"embedded {total} tracks anew")


def _embedded_settings() -> "Settings":

    settings = command_settings(_LOG_LEVEL)
    if settings.qdrant_url:
        raise InvalidInput("This command changes the embedded catalogue; QDRANT_URL is set.")
    return settings


async def _import(
    settings: "Settings", files: list[Path], options: "ImportOptions", bar: "ProgressBar"
) -> "ImportSummary":
    from src.catalogue.embedding.choose import choose_embedder
    from src.catalogue.generations import catalogue_folder
    from src.catalogue.importing.build import import_files, import_to_server

    embedder = await choose_embedder(settings)
    if settings.qdrant_url:
        return await import_to_server(settings, files, options, embedder, bar.show)
    return await import_files(catalogue_folder(settings.data_dir), files, options, embedder, bar.show)


async def _search(settings: "Settings", query: str, limit: int, filter_: "TrackFilter") -> "list[Track]":
    from src.api.models.bodies import TRACK_PAGE
    from src.catalogue.filters import to_conditions
    from src.catalogue.search import hybrid_search

    async def here(catalogue: "Catalogue") -> "list[Track]":
        vector = await catalogue.embed(query)
        found = await hybrid_search(catalogue, query, vector, to_conditions(filter_), limit)
        return [item.track for item in found]

    async def there(address: str) -> "list[Track]":
        lists = {
            "artist": filter_.get("artists", []),
            "not_artist": filter_.get("not_artists", []),
            "genre": filter_.get("genres_any", []),
            "not_genre": filter_.get("genres_none", []),
        }
        params = [("query", query), ("limit", str(limit))]
        params += [(name, value) for name, values in lists.items() for value in values]
        params += [(name, str(filter_[name])) for name in ("year_from", "year_to") if name in filter_]
        page = await call_server(address, settings, "GET", "/v1/tracks", TRACK_PAGE, params=params)
        return [hit["track"] for hit in page["tracks"]]

    return await _on_catalogue(settings, here, there)


async def _overview(settings: "Settings") -> "Overview":
    from pydantic import TypeAdapter

    from src.catalogue.facets import describe_catalogue
    from src.catalogue.models.overview import Overview

    answer = TypeAdapter(Overview)
    return await _on_catalogue(
        settings,
        describe_catalogue,
        lambda address: call_server(address, settings, "GET", "/v1/catalogue", answer),
    )


async def _on_catalogue[T](
    settings: "Settings", here: "Callable[[Catalogue], Awaitable[T]]", there: Callable[[str], Awaitable[T]]
) -> T:
    """Read the catalogue in this process, or at the address of the server that has it open."""
    from src.catalogue.embedding.choose import choose_embedder
    from src.catalogue.wiring import open_catalogue

    try:
        embedder = await choose_embedder(settings)
        async with open_catalogue(settings, embedder) as source, source.use() as catalogue:
            return await here(catalogue)
    except CatalogueInUse as error:
        return await there(address_of(error))


def _show_summary(summary: "ImportSummary", seconds: float) -> None:

    console = open_console()
    print_plain(
        console,
        f"{summary.rows} rows read, {summary.tracks} tracks, {summary.embedded} embedded, "
        f"{summary.total} tracks in the catalogue now, {seconds:.1f} s",
    )
    for cause, count in summary.rejected.items():
        print_plain(console, f"  rejected, {cause}: {count}", "yellow")
    if summary.rejects_file is not None:
        print_plain(console, f"  rejected rows: {summary.rejects_file}", "yellow")
