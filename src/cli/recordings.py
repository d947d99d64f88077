"""`segue recordings`: the recorded turns of this machine's database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from rich.console import Console
from rich.text import Text

from src.cli.show import plain
from src.errors import NotFound
from src.recordings.file import LabelledRecording, RecordingFile, save_recordings
from src.recordings.models.recording import RecordingSummary
from src.recordings.store import (
    delete_recording,
    get_conversation_recordings,
    get_recording,
    list_recordings,
)
from src.settings import LOCAL_LISTENER, Settings, load_settings
from src.storage.database import Database, close_database, open_database
from src.storage.migrate import migrate
from src.telemetry.logging import configure_logging


def run_list(limit: int) -> None:
    """Show the latest recordings."""
    recordings = asyncio.run(_list(_settings(), limit))
    console = Console(highlight=False, soft_wrap=True)
    if not recordings:
        console.print("No turn is recorded: set RECORD, or use `segue chat --record`.")
        return
    for item in recordings:
        cells = (item["turn_id"], item["created_at"][:19], item["outcome"], item["how"])
        console.print(Text(plain("  ".join(cells))))


def run_export(id_: str, file: Path) -> None:
    """Write a turn, or all recorded turns of a conversation, into a file.

    Raises:
        NotFound: neither is recorded.
        InvalidInput: the file is there already, or cannot be written.
    """
    content = asyncio.run(_load(_settings(), id_))
    save_recordings(file, content)
    size = file.stat().st_size
    turns = len(content.recordings)
    Console(highlight=False).print(
        f"{turns} turn{'s' if turns != 1 else ''}, {size:,} bytes: {file}", markup=False
    )


def run_delete(turn_id: str) -> None:
    """Delete the recording of a turn."""
    asyncio.run(_delete(_settings(), turn_id))
    Console(highlight=False).print("deleted")


@asynccontextmanager
async def opened_database(settings: Settings) -> AsyncIterator[Database]:
    """The database of the settings, at this code's schema; a server may have it open too."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = await open_database(settings.database_dsn, timeout_s=settings.database_timeout_s)
    try:
        await migrate(database)
        yield database
    finally:
        await close_database(database)


async def load_turns(database: Database, id_: str) -> RecordingFile:
    """The recording of a turn, or those of a whole conversation.

    Raises:
        NotFound: neither is recorded.
    """
    try:
        recording, parts = await get_recording(database, LOCAL_LISTENER, id_)
        return RecordingFile([LabelledRecording("", recording)], parts)
    except NotFound:
        recordings, parts = await get_conversation_recordings(database, LOCAL_LISTENER, id_)
    return RecordingFile([LabelledRecording("", recording) for recording in recordings], parts)


def _settings() -> Settings:
    configure_logging("ERROR")
    return load_settings()


async def _list(settings: Settings, limit: int) -> list[RecordingSummary]:
    async with opened_database(settings) as database:
        return await list_recordings(database, LOCAL_LISTENER, limit)


async def _load(settings: Settings, id_: str) -> RecordingFile:
    async with opened_database(settings) as database:
        return await load_turns(database, id_)


async def _delete(settings: Settings, turn_id: str) -> None:
    async with opened_database(settings) as database:
        await delete_recording(database, LOCAL_LISTENER, turn_id)
