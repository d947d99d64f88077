"""One database: a SQLite file, or PostgreSQL. Transactions for reading and for writing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from src.errors import DomainError, InvalidInput, StorageUnavailable

# What else is stored or deleted in a transaction, or not at all.
type Beside = Callable[[AsyncConnection], Awaitable[None]]

SQLITE_CONNECTIONS = 4
POSTGRESQL_CONNECTIONS = 10

# Result codes of SQLite: busy, locked, read-only, I/O error, corrupt, full, cannot open, not a database.
_SQLITE_UNAVAILABLE = frozenset({5, 6, 8, 10, 11, 13, 14, 26})
# Classes of SQLSTATE: connection, authorization, catalogue name, resources, operator intervention, system.
_SQLSTATE_UNAVAILABLE = ("08", "28", "3D", "53", "57", "58", "55P03", "40P01", "40001")
_SQLSTATE_BAD_TEXT = ("22021", "22P05")


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. `timeout_s` bounds each wait: for a connection, a lock, a statement."""

    engine: AsyncEngine
    timeout_s: float
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_sqlite(self) -> bool:
        """True for SQLite, false for PostgreSQL."""
        return self.engine.dialect.name == "sqlite"


async def open_database(dsn: str, *, timeout_s: float) -> Database:
    """Open the database and make sure that it answers; a missing SQLite file is created.

    Args:
        dsn: `sqlite:///path`, `postgresql://…` or `postgres://…`, with or without `+aiosqlite`, `+asyncpg`.
        timeout_s: seconds to wait for a connection, a lock or a statement.

    Raises:
        InvalidInput: the DSN is of another kind.
        StorageUnavailable: the database cannot be reached, or the file cannot be opened.
    """
    url = _read_dsn(dsn)
    if url.get_backend_name() == "sqlite":
        engine = _sqlite_engine(url, timeout_s)
    else:
        engine = _postgresql_engine(url, timeout_s)
    db = Database(engine=engine, timeout_s=timeout_s)
    try:
        async with _failures_translated(), engine.connect() as connection:
            if db.is_sqlite:
                await connection.exec_driver_sql("PRAGMA journal_mode = WAL")
            else:
                await connection.exec_driver_sql("SELECT 1")
    except BaseException:
        await engine.dispose()
        raise
    return db


async def close_database(db: Database) -> None:
    """Close every connection; the database is of no use afterwards."""
    await db.engine.dispose()


@asynccontextmanager
async def read(db: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction that sees one state of the database throughout.

    Raises:
        StorageUnavailable: the database does not answer in time.
        InvalidInput: a text cannot be stored, such as one with a NUL character.
    """
    async with _failures_translated(), db.engine.connect() as connection:
        if db.is_sqlite:
            await _begin_sqlite(connection, "BEGIN")
        else:
            await connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


@asynccontextmanager
async def write(db: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction that commits at the end, and leaves nothing behind after an error.

    On SQLite it is the only writer from its start; on PostgreSQL lock what you read `with_for_update`.

    Raises:
        StorageUnavailable: the database does not answer, or is locked for longer than the time-out.
        InvalidInput: a text cannot be stored, such as one with a NUL character.
    """
    async with _failures_translated():
        if not db.is_sqlite:
            async with db.engine.begin() as connection:
                yield connection
            return
        async with asyncio.timeout(db.timeout_s):
            await db.writing.acquire()
        try:
            async with db.engine.connect() as connection:
                await _begin_sqlite(connection, "BEGIN IMMEDIATE")
                yield connection
                await connection.commit()
        finally:
            db.writing.release()


def uninterrupted[**P, T](
    function: Callable[P, Coroutine[object, object, T]],
) -> Callable[P, Coroutine[object, object, T]]:
    """Let a call come to its end however often its caller is cancelled: a turn may time out, and then the
    client go away.

    The drivers cannot stop a statement: they would have to drop the connection. The caller is cancelled
    afterwards; a transaction has then happened as a whole or not at all. What is called must bound its own
    time.
    """

    @wraps(function)
    async def run(*args: P.args, **kwargs: P.kwargs) -> T:
        task = asyncio.ensure_future(function(*args, **kwargs))
        cancelled = False
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError:
                cancelled = True
        if cancelled:
            # Looked at, so that asyncio does not report a failure that nobody waited for.
            _ = task.cancelled() or task.exception()
            raise asyncio.CancelledError
        return task.result()

    return run


async def _begin_sqlite(connection: AsyncConnection, statement: str) -> None:
    # Each call of SQLAlchemy's cursor crosses to the connection's thread three times, the driver's once.
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    await driver.execute_fetchall(statement)


def _read_dsn(dsn: str) -> URL:
    try:
        url = make_url(dsn.replace("postgres://", "postgresql://", 1))
    except ArgumentError:
        url = None
    match url.drivername if url is not None else None:
        case "sqlite" | "sqlite+aiosqlite" if url is not None and url.database not in (None, "", ":memory:"):
            return url.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgresql+asyncpg" if url is not None:
            # libpq's name for what asyncpg calls `ssl`.
            query = {("ssl" if name == "sslmode" else name): value for name, value in url.query.items()}
            return url.set(drivername="postgresql+asyncpg", query=query)
        case _:
            raise InvalidInput("DATABASE_URL must be sqlite:///path/of/a/file or postgresql://…")


def _sqlite_engine(url: URL, timeout_s: float) -> AsyncEngine:
    try:
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageUnavailable("The folder of the database file cannot be made.") from error
    engine = create_async_engine(
        url,
        pool_size=SQLITE_CONNECTIONS,
        max_overflow=0,
        pool_timeout=timeout_s,
        hide_parameters=True,
        # `None` leaves BEGIN to `read` and `write`.
        connect_args={"timeout": timeout_s, "isolation_level": None},
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.close()

    return engine


def _postgresql_engine(url: URL, timeout_s: float) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=POSTGRESQL_CONNECTIONS,
        max_overflow=0,
        pool_timeout=timeout_s,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "timeout": timeout_s,
            "command_timeout": timeout_s,
            "server_settings": {"statement_timeout": str(round(timeout_s * 1_000))},
        },
    )


@asynccontextmanager
async def _failures_translated() -> AsyncIterator[None]:
    try:
        yield
    except Exception as error:
        failure = _read_failure(error)
        if failure is None:
            raise
        raise failure from error


def _read_failure(error: Exception) -> DomainError | None:
    """What a failure of the driver means; None when it is a bug, or an error of the caller."""
    unavailable = StorageUnavailable(
        "The database does not answer, or is locked. Try again; if it goes on, look at DATABASE_URL."
    )
    if isinstance(error, OSError | PoolTimeout):
        return unavailable
    # asyncpg's own errors come unwrapped while connecting.
    cause: object = error.orig if isinstance(error, DBAPIError) else error
    sqlite_code: object = getattr(cause, "sqlite_errorcode", None)
    sqlstate: object = getattr(cause, "sqlstate", None)
    if isinstance(sqlite_code, int) and sqlite_code & 0xFF in _SQLITE_UNAVAILABLE:
        return unavailable
    if isinstance(sqlstate, str) and sqlstate.startswith(_SQLSTATE_UNAVAILABLE):
        return unavailable
    if isinstance(sqlstate, str) and sqlstate in _SQLSTATE_BAD_TEXT:
        return InvalidInput("A text holds a character that cannot be stored, such as NUL: leave it out.")
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return unavailable
    return None
