import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from src.errors import StorageUnavailable
from src.storage.database import Database, close_database, open_database, read, write
from src.storage.migrate import HEAD, MIGRATIONS, migrate
from src.storage.tables import metadata

_OPEN = """
import asyncio, sys
from src.storage.database import close_database, open_database
from src.storage.migrate import migrate

async def main():
    db = await open_database(sys.argv[1], timeout_s=20)
    await migrate(db)
    await close_database(db)

asyncio.run(main())
print("alembic" in sys.modules)
"""


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[Database]:
    opened = await open_database(dsn, timeout_s=20)
    yield opened
    await close_database(opened)


def test_head_is_the_head_of_the_scripts():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


async def test_migrate_makes_the_schema_of_the_tables(db: Database):
    await migrate(db)

    def compare(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, metadata))

    def index_conditions(connection: Connection) -> dict[str | None, bool]:
        return {
            index["name"]: any(
                "spans IS NOT NULL" in str(value) for value in index["dialect_options"].values()
            )
            for index in inspect(connection).get_indexes("turns")
        }

    async with read(db) as connection:
        assert await connection.run_sync(compare) == []
        # Autogenerate does not compare the conditions of partial indexes.
        assert (await connection.run_sync(index_conditions))["ix_turns_with_spans"]


async def test_migrate_when_done_already_changes_nothing(db: Database):
    await migrate(db)
    await migrate(db)
    async with read(db) as connection:
        assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).all() == [(HEAD,)]


async def test_migrate_imports_alembic_only_when_there_is_something_to_do(dsn: str):
    outputs = [
        subprocess.run([sys.executable, "-c", _OPEN, dsn], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert [output.strip() for output in outputs] == ["True", "False"]


async def test_migrate_by_several_processes_at_once(dsn: str, db: Database):
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", _OPEN, dsn, stdout=-1, stderr=-1)
        for _ in range(4)
    ]
    outcomes = await asyncio.gather(*(process.communicate() for process in processes))
    assert [process.returncode for process in processes] == [0] * 4, outcomes
    await migrate(db)


async def test_migrate_by_two_engines_at_once(dsn: str, db: Database):
    other = await open_database(dsn, timeout_s=20)
    await asyncio.gather(migrate(db), migrate(other))
    await close_database(other)
    async with read(db) as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == HEAD


async def test_migrate_when_database_is_newer_than_the_code_says_so(db: Database):
    await migrate(db)
    async with write(db) as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageUnavailable, match="newer version"):
        await migrate(db)


async def test_migrate_when_it_fails_leaves_nothing(db: Database):
    async with write(db) as connection:
        await connection.execute(text("CREATE TABLE feedback (id INTEGER)"))
    with pytest.raises(Exception, match="feedback"):
        await migrate(db)
    async with read(db) as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == ["feedback"]
