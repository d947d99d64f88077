"""`segue recordings`: the recorded turns of this machine's database."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from src.cli.terminal import command_settings, open_console, print_plain, run_async
from src.errors import NotFound

if TYPE_CHECKING:
    from src.recordings.file import RecordingFile
    from src.settings import Settings
    from src.storage.database import Database

recordings_app = typer.Typer(
    help="Recorded turns: RECORD, or `segue chat --record`, makes them.", no_args_is_help=True
)


@recordings_app.command("list")
def list_(limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many.")] = 20) -> None:
    """List your recorded turns, the latest first."""
    from src.recordings.store import list_recordings
    from src.settings import LOCAL_LISTENER

    recordings = _on_database(lambda database: list_recordings(database, LOCAL_LISTENER, limit))
    console = open_console()
    if not recordings:
        console.print("No turn is recorded: set RECORD, or use `segue chat --record`.")
    for item in recordings:
        cells = (item["turn_id"], item["created_at"][:19], item["outcome"], item["how"])
        print_plain(console, "  ".join(cells))


@recordings_app.command()
def export(
    id_: Annotated[
        str, typer.Argument(help="Id of a turn, or of a conversation for all of it.", metavar="ID")
    ],
    file: Annotated[Path, typer.Argument(help="Where to write it: .jsonl.gz", metavar="FILE")],
) -> None:
    """Write recorded turns into one portable file, which `segue replay` makes again."""
    from src.recordings.file import save_recordings

    content = _on_database(lambda database: load_turns(database, id_))
    save_recordings(file, content)
    turns = len(content.recordings)
    said = f"{turns} turn{'s' if turns != 1 else ''}, {file.stat().st_size:,} bytes: {file}"
    open_console().print(said, markup=False)


@recordings_app.command()
def delete(id_: Annotated[str, typer.Argument(help="Id of the turn.", metavar="ID")]) -> None:
    """Delete the recording of a turn; the turn itself stays."""
    from src.recordings.store import delete_recording
    from src.settings import LOCAL_LISTENER

    _on_database(lambda database: delete_recording(database, LOCAL_LISTENER, id_))
    open_console().print("deleted")


@asynccontextmanager
async def opened_database(settings: "Settings") -> "AsyncIterator[Database]":
    """The database of the settings, at this code's schema; a server may have it open too."""
    from src.storage.database import close_database, open_database
    from src.storage.migrate import migrate

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = await open_database(settings.database_dsn, timeout_s=settings.database_timeout_s)
    try:
        await migrate(database)
        yield database
    finally:
        await close_database(database)


async def load_turns(database: "Database", id_: str) -> "RecordingFile":
    """The recording of a turn, or those of a whole conversation.

    Raises:
        NotFound: neither is recorded.
    """
    from src.recordings.file import LabelledRecording, RecordingFile
    from src.recordings.store import get_conversation_recordings, get_recording
    from src.settings import LOCAL_LISTENER

    try:
        recording, parts = await get_recording(database, LOCAL_LISTENER, id_)
        return RecordingFile([LabelledRecording("", recording)], parts)
    except NotFound:
        recordings, parts = await get_conversation_recordings(database, LOCAL_LISTENER, id_)
    return RecordingFile([LabelledRecording("", recording) for recording in recordings], parts)


def _on_database[T](work: "Callable[[Database], Awaitable[T]]") -> T:

    settings = command_settings()

    async def run() -> T:
        async with opened_database(settings) as database:
            return await work(database)

    return run_async(run())
