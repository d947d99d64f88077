"""Bring a database to the schema of this code."""

from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from src.errors import StorageUnavailable
from src.storage.database import Database, read, write

HEAD = "0008"
MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 7_345_110_904


async def migrate(db: Database) -> None:
    """Run the migrations that are missing, in one transaction; several processes may call it at once.

    Raises:
        StorageUnavailable: the database does not answer, or a newer version of the code has migrated it.
    """
    if await _load_revision(db) == HEAD:
        return
    async with write(db) as connection:
        if not db.is_sqlite:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        await connection.run_sync(_upgrade)


async def _load_revision(db: Database) -> str | None:
    try:
        async with read(db) as connection:
            revision = await connection.scalar(text("SELECT version_num FROM alembic_version"))
    except (OperationalError, ProgrammingError):
        return None
    return str(revision) if revision is not None else None


def _upgrade(connection: Connection) -> None:
    # Most starts find nothing to do, and alembic takes a tenth of a second to import.
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if not known.issuperset(MigrationContext.configure(connection).get_current_heads()):
        raise StorageUnavailable(
            "A newer version of Segue has migrated this database: run that version, or name another database."
        )
    command.upgrade(config, HEAD)
