"""Fresh databases of both engines, empty or migrated.

A migrated one costs no migration: on SQLite it is a copy of a file, on PostgreSQL the database that an
earlier test has given back, with its rows deleted (20 ms; `CREATE DATABASE … TEMPLATE` takes 270). Each
worker process has its own, and `drop_databases` removes them at the end of the session. A name on the server
holds the time at which it was made, so that a later run drops what a killed one left.
"""

import asyncio
import re
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import cache
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from src.storage.database import close_database, open_database
from src.storage.migrate import migrate
from src.storage.tables import metadata

ENGINES = ("sqlite", "postgresql")
_SERVER = "postgresql://postgres@127.0.0.1:5432"
_NAME = re.compile(r"segue_test_(\d+)_[0-9a-f]{32}")
# No run takes this long.
_LEFT_BEHIND_S = 6 * 3_600
_TABLES = {*metadata.tables, "alembic_version"}
_DELETE_ROWS = "; ".join(f"DELETE FROM {name}" for name in metadata.tables)

# Migrated databases of this process that no test uses now.
_free: list[str] = []


@asynccontextmanager
async def fresh_dsn(engine: str, folder: Path) -> AsyncIterator[str]:
    """DSN of an empty database, dropped afterwards."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'segue.sqlite'}"
        return
    name = await _create()
    try:
        yield f"{_SERVER}/{name}"
    finally:
        await _drop(name)


@asynccontextmanager
async def migrated_dsn(engine: str, folder: Path) -> AsyncIterator[str]:
    """DSN of a database with every table and no rows."""
    if engine == "sqlite":
        shutil.copy(sqlite_template(), folder / "segue.sqlite")
        yield f"sqlite:///{folder / 'segue.sqlite'}"
        return
    name = _free.pop() if _free else await _create_migrated()
    try:
        yield f"{_SERVER}/{name}"
    finally:
        if await _delete_rows(name):
            _free.append(name)
        else:
            await _drop(name)


@cache
def sqlite_template() -> Path:
    """A migrated SQLite file, to be copied."""
    path = Path(tempfile.mkdtemp(prefix="segue_test_")) / "template.sqlite"
    _run(_migrate(f"sqlite:///{path}"))
    return path


def drop_databases() -> None:
    """Remove what this process made."""
    if sqlite_template.cache_info().currsize:
        shutil.rmtree(sqlite_template().parent)
        sqlite_template.cache_clear()
    while _free:
        _run(_drop(_free.pop()))


async def _create() -> str:
    name = f"segue_test_{time.time():.0f}_{uuid4().hex}"
    async with _connected("postgres") as server:
        await server.execute(f"CREATE DATABASE {name}")
    return name


async def _create_migrated() -> str:
    await _drop_left_behind()
    name = await _create()
    await _migrate(f"{_SERVER}/{name}")
    return name


async def _migrate(dsn: str) -> None:
    database = await open_database(dsn, timeout_s=20)
    await migrate(database)
    await close_database(database)


async def _delete_rows(name: str) -> bool:
    """Make the database as it was after its migration; False when its tables are not those any more."""
    async with _connected(name) as connection:
        # A connection that a failed test left open may hold locks.
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        if {row["tablename"] for row in rows} != _TABLES:
            return False
        await connection.execute(_DELETE_ROWS)
    return True


async def _drop(name: str) -> None:
    async with _connected("postgres") as server:
        await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


async def _drop_left_behind() -> None:
    async with _connected("postgres") as server:
        names = [row["datname"] for row in await server.fetch("SELECT datname FROM pg_database")]
    for match in filter(None, map(_NAME.fullmatch, names)):
        if time.time() - int(match[1]) > _LEFT_BEHIND_S:
            # Another worker may be dropping it too.
            with suppress(asyncpg.PostgresError):
                await _drop(match[0])


@asynccontextmanager
async def _connected(name: str) -> AsyncIterator[asyncpg.Connection]:
    try:
        connection = await asyncpg.connect(f"{_SERVER}/{name}", timeout=2)
    except (OSError, asyncpg.PostgresError):
        pytest.skip("no PostgreSQL on 127.0.0.1:5432 that trusts the user postgres")
    try:
        yield connection
    finally:
        await connection.close()


def _run(work: Coroutine[object, object, None]) -> None:
    # In a thread of its own: the event loop of a test may be running in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()
