"""The `segue` command. What a subcommand needs is imported when it runs: the command itself starts fast."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from src.cli.dev_app import dev_app
from src.cli.evaluation_app import evaluation_app
from src.cli.playlists_app import playlists_app
from src.cli.recordings_app import recordings_app
from src.cli.rules_app import rules_app
from src.cli.spotify_app import spotify_app

app = typer.Typer(
    help="Music recommendations in your own words.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
catalogue_app = typer.Typer(help="The tracks that can be recommended.", no_args_is_help=True)
app.add_typer(catalogue_app, name="catalogue")
app.add_typer(rules_app, name="rules")
app.add_typer(spotify_app, name="spotify")
app.add_typer(evaluation_app, name="eval")
app.add_typer(playlists_app, name="playlists")
app.add_typer(recordings_app, name="recordings")
app.add_typer(dev_app, name="dev")


@app.command()
def chat(
    message: Annotated[
        str | None, typer.Argument(help="What you want to hear. Without it, a conversation.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
    conversation: Annotated[str | None, typer.Option(help="Go on with this conversation.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, max=50, help="How many tracks.")] = None,
    record: Annotated[bool, typer.Option("--record", help="Record the turn, to be replayed.")] = False,
) -> None:
    """Ask for music in your own words."""
    from src.cli.chat import run_chat

    run_chat(message, as_json=json, conversation_id=conversation, limit=limit, record=record)


@app.command()
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
    from src.cli.playlists import Options, run_playlist

    run_playlist(prompt, Options(tracks, minutes, title, seed, out, json))


@app.command()
def worker() -> None:
    """Do the jobs that `segue serve` sends to RabbitMQ; needs BROKER_URL, and QDRANT_URL beside a server."""
    from src.cli.worker import run_worker
    from src.cli.workplace import open_workplace

    run_worker(open_workplace)


@app.command()
def replay(
    sources: Annotated[
        list[str], typer.Argument(help="Recording files, or ids of recorded turns.", metavar="RECORDING…")
    ],
    diff: Annotated[bool, typer.Option("--diff", help="Show two recorded turns side by side.")] = False,
    loose: Annotated[
        bool, typer.Option("--loose", help="Go on by the order of the recorded answers where prompts differ.")
    ] = False,
    live: Annotated[bool, typer.Option("--live", help="Ask the configured model, or the rules.")] = False,
    model: Annotated[str | None, typer.Option(help="Ask this model instead, live.")] = None,
    rows: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Rows of the catalogue that the turns searched.")
    ] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Write what came of it there.")] = None,
) -> None:
    """Make recorded turns again: today's code on the recorded exchanges, with the network forbidden."""
    from src.cli.replay import ReplayOptions, run_diff, run_replay
    from src.errors import InvalidInput

    if diff and len(sources) != 2:
        raise InvalidInput("--diff takes two recorded turns.")
    if diff:
        run_diff(*sources)
    else:
        run_replay(sources, ReplayOptions(loose=loose, live=live, model=model, rows=rows, json_file=json))


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; HOST.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; PORT.")] = None,
) -> None:
    """Serve the same over HTTP, with OpenAPI at /docs."""
    from src.cli.serve import run_serve

    run_serve(host, port)


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
    from src.cli.catalogue import run_import

    run_import(files, map_ or [], source=source, licence=licence, with_starter=with_starter)


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
    from src.cli.catalogue import run_search

    run_search(
        query,
        limit,
        {
            "artists": artist or [],
            "not_artists": not_artist or [],
            "genres_any": genre or [],
            "genres_none": not_genre or [],
        },
        year_from,
        year_to,
    )


@catalogue_app.command()
def info() -> None:
    """Size of the catalogue, its engine and its embedding model."""
    from src.cli.catalogue import run_info

    run_info()


@catalogue_app.command()
def facets() -> None:
    """Genres, moods, languages and decades with their counts."""
    from src.cli.catalogue import run_facets

    run_facets()


@catalogue_app.command()
def remove(ids: Annotated[list[str], typer.Argument(help="Ids of the tracks.", metavar="ID…")]) -> None:
    """Remove tracks from the embedded catalogue."""
    from src.cli.catalogue import run_remove

    run_remove(ids)


@catalogue_app.command()
def reembed() -> None:
    """Embed the whole catalogue anew by the configured model."""
    from src.cli.catalogue import run_reembed

    run_reembed()


@app.command()
def scorecard(
    runs: Annotated[
        list[Path] | None,
        typer.Argument(help="Runs, as `segue eval run --out` wrote them; without any, they are made now."),
    ] = None,
    out: Annotated[Path, typer.Option(help="Where to write it.")] = Path("docs/scorecard.md"),
) -> None:
    """Write the honesty scorecard: obedience, leaks, grounding, misses, latency and cost, as measured."""
    from src.cli.evaluation import run_scorecard

    run_scorecard(runs or [], out)


def main() -> None:
    """Run the command; an error that is nobody's bug is one line."""
    from src.errors import DomainError

    try:
        app()
    except DomainError as error:
        sys.stderr.write(f"segue: {error.message}\n")
        sys.exit(1)
