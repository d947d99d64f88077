"""Fresh databases of both engines."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

ENGINES = ("sqlite", "postgresql")
_SERVER = "postgresql://postgres@127.0.0.1:5432"


@asynccontextmanager
async def fresh_dsn(engine: str, folder: Path) -> AsyncIterator[str]:
    """DSN of an empty database, dropped afterwards."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'segue.sqlite'}"
        return
    name = f"segue_test_{uuid4().hex}"
    try:
        server = await asyncpg.connect(f"{_SERVER}/postgres", timeout=2)
    except (OSError, asyncpg.PostgresError):
        pytest.skip("no PostgreSQL on 127.0.0.1:5432 that trusts the user postgres")
    try:
        await server.execute(f"CREATE DATABASE {name}")
        yield f"{_SERVER}/{name}"
    finally:
        await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await server.close()
