import asyncio
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from src.errors import InvalidInput, StorageUnavailable
from src.storage.database import Database, close_database, open_database, read, uninterrupted, write


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[Database]:
    opened = await open_database(dsn, timeout_s=5)
    async with write(opened) as connection:
        await connection.execute(text("CREATE TABLE notes (id INTEGER PRIMARY KEY, words TEXT)"))
    yield opened
    await close_database(opened)


async def _insert(connection: AsyncConnection, number: int, words: str = "") -> None:
    await connection.execute(
        text("INSERT INTO notes (id, words) VALUES (:id, :words)"), {"id": number, "words": words}
    )


async def _insert_twice(db: Database, words: str) -> None:
    async with write(db) as connection:
        await _insert(connection, 1, words)
        await _insert(connection, 1, words)


async def _count(db: Database) -> int:
    async with read(db) as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM notes")) or 0)


async def test_write_commits_at_its_end(db: Database):
    async with write(db) as connection:
        await _insert(connection, 1)
    assert await _count(db) == 1


async def test_write_when_body_fails_leaves_nothing_and_the_next_writer_goes_on(db: Database):
    with pytest.raises(IntegrityError):
        await _insert_twice(db, "")
    assert await _count(db) == 0
    async with write(db) as connection:
        await _insert(connection, 1)
    assert await _count(db) == 1


async def test_write_when_cancelled_leaves_nothing_and_the_next_writer_goes_on(db: Database):
    inserted, never = asyncio.Event(), asyncio.Event()

    async def wait_inside() -> None:
        async with write(db) as connection:
            await _insert(connection, 1)
            inserted.set()
            await never.wait()

    task = asyncio.create_task(wait_inside())
    await inserted.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with write(db) as connection:
        await _insert(connection, 2)
    assert await _count(db) == 1


async def test_read_sees_one_state_throughout(db: Database):
    async with read(db) as connection:
        query = text("SELECT count(*) FROM notes")
        before = await connection.scalar(query)
        async with write(db) as writer:
            await _insert(writer, 1)
        assert await connection.scalar(query) == before == 0
    assert await _count(db) == 1


async def test_read_when_sql_is_wrong_is_a_bug_and_not_an_outage(db: Database):
    with pytest.raises(DBAPIError):
        async with read(db) as connection:
            await connection.execute(text("SELECT * FROM nowhere"))


async def test_errors_of_the_driver_never_show_what_was_written(db: Database):
    with pytest.raises(IntegrityError) as raised:
        await _insert_twice(db, "private words")
    assert "private words" not in str(raised.value)


@pytest.mark.parametrize("dsn", ["postgresql"], indirect=True)
async def test_write_when_text_holds_nul_on_postgresql_is_invalid_input(db: Database):
    with pytest.raises(InvalidInput, match="NUL"):
        async with write(db) as connection:
            await _insert(connection, 1, "a\x00b")


@pytest.mark.parametrize("dsn", ["postgresql"], indirect=True)
async def test_open_database_on_postgresql_bounds_each_statement(dsn: str):
    db = await open_database(dsn, timeout_s=0.2)
    with pytest.raises(StorageUnavailable):
        async with read(db) as connection:
            await connection.execute(text("SELECT pg_sleep(30)"))
    await close_database(db)


@pytest.mark.parametrize("dsn", ["postgresql"], indirect=True)
async def test_open_database_takes_every_spelling_of_postgresql(dsn: str):
    for spelling in ("postgres://", "postgresql+asyncpg://"):
        db = await open_database(dsn.replace("postgresql://", spelling) + "?sslmode=disable", timeout_s=5)
        assert not db.is_sqlite
        await close_database(db)


@pytest.mark.parametrize("dsn", ["sqlite"], indirect=True)
async def test_write_when_another_process_holds_the_lock_is_unavailable_after_the_time_out(dsn: str):
    db = await open_database(dsn, timeout_s=0.05)
    other = sqlite3.connect(dsn.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable) as raised:
        async with write(db):
            raise AssertionError("it must not get here")
    assert dsn.removeprefix("sqlite:///") not in raised.value.message
    other.execute("ROLLBACK")
    other.close()
    async with write(db) as connection:
        await connection.execute(text("CREATE TABLE notes (id INTEGER)"))
    await close_database(db)


@pytest.mark.parametrize("dsn", ["sqlite"], indirect=True)
async def test_write_when_a_writer_of_this_process_takes_too_long_is_unavailable(dsn: str):
    db = await open_database(dsn, timeout_s=0.05)
    async with write(db):
        with pytest.raises(StorageUnavailable):
            async with write(db):
                raise AssertionError("it must not get here")
    await close_database(db)


async def test_open_database_on_sqlite_makes_the_folder_and_sets_the_file_up(tmp_path: Path):
    db = await open_database(f"sqlite+aiosqlite:///{tmp_path}/a/b/segue.sqlite", timeout_s=7)
    async with read(db) as connection:
        settings = [
            await connection.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
        ]
    assert settings == ["wal", 1, 7_000, 1]
    await close_database(db)


@pytest.mark.parametrize(
    "dsn",
    [
        "",
        "sqlite://",
        "sqlite:///:memory:",
        "mysql://user:hush@host/db",
        "no dsn, hush",
        "postgresql+psycopg://h/d",
    ],
)
async def test_open_database_when_dsn_is_of_another_kind_says_what_to_write(dsn: str):
    with pytest.raises(InvalidInput, match="DATABASE_URL must be") as raised:
        await open_database(dsn, timeout_s=1)
    assert "hush" not in raised.value.message


async def test_open_database_when_nothing_answers_is_unavailable_without_the_password():
    with pytest.raises(StorageUnavailable) as raised:
        await open_database("postgresql://user:hush@127.0.0.1:1/segue", timeout_s=1)
    assert "hush" not in raised.value.message


@pytest.mark.parametrize("dsn", ["postgresql"], indirect=True)
async def test_open_database_when_postgresql_has_no_such_database_is_unavailable(dsn: str):
    with pytest.raises(StorageUnavailable):
        await open_database(dsn + "_missing", timeout_s=5)


async def test_open_database_when_the_file_is_no_database_is_unavailable(tmp_path: Path):
    (tmp_path / "segue.sqlite").write_text("not a database " * 100)
    with pytest.raises(StorageUnavailable):
        await open_database(f"sqlite:///{tmp_path}/segue.sqlite", timeout_s=1)


async def test_open_database_when_the_folder_cannot_be_made_is_unavailable(tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageUnavailable):
        await open_database(f"sqlite:///{tmp_path}/file/segue.sqlite", timeout_s=1)


@pytest.mark.parametrize("dsn", ["postgresql"], indirect=True)
async def test_read_when_the_server_drops_the_connection_is_unavailable_once(db: Database):
    with pytest.raises(StorageUnavailable):
        async with read(db) as connection:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    assert await _count(db) == 0


@pytest.mark.parametrize("times", [1, 3])
async def test_uninterrupted_when_cancelled_comes_to_its_end_first(times):
    begun, go_on, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @uninterrupted
    async def work() -> None:
        begun.set()
        await go_on.wait()
        ended.set()

    task = asyncio.create_task(work())
    await begun.wait()
    for _ in range(times):
        task.cancel()
        await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_uninterrupted_gives_back_the_result():
    @uninterrupted
    async def double(number: int) -> int:
        return 2 * number

    assert await double(4) == 8


def test_import_of_the_database_leaves_drivers_and_migrations_out():
    code = "import sys, src.storage.migrate, src.conversations.store; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"alembic", "asyncpg", "aiosqlite"} & set(modules.stdout.split())
