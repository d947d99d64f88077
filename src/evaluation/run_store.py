"""Runs that were asked for over HTTP: whose they are, and the whole document, compressed."""

import zlib
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from src.errors import NotFound
from src.evaluation.models.run import RUN, Run
from src.storage.database import Database, read, uninterrupted
from src.storage.tables import evaluation_runs

# Of one listener; a run of a large suite takes about half a megabyte.
RUNS_KEPT = 50

_OWN = evaluation_runs.c.listener == bindparam("of_listener")
_INSERT = insert(evaluation_runs)
_GET = select(evaluation_runs.c.document).where(_OWN, evaluation_runs.c.id == bindparam("of_run"))
_NEWEST = (
    select(evaluation_runs.c.id)
    .where(_OWN)
    .order_by(evaluation_runs.c.created_at.desc(), evaluation_runs.c.id.desc())
    .limit(RUNS_KEPT)
)
_LIST = select(evaluation_runs.c.id, evaluation_runs.c.created_at, evaluation_runs.c.suite).where(
    evaluation_runs.c.id.in_(_NEWEST)
)
_PRUNE = delete(evaluation_runs).where(_OWN, evaluation_runs.c.id.not_in(_NEWEST))


async def put_run_in(
    connection: AsyncConnection, *, id_: str, listener: str, created_at: datetime, run: Run
) -> None:
    """Store a run in a transaction that is under way; the listener's oldest go."""
    await connection.execute(
        _INSERT,
        {
            "id": id_,
            "listener": listener,
            "created_at": created_at,
            "suite": run["origin"]["suite"],
            "document": zlib.compress(RUN.dump_json(run)),
        },
    )
    await connection.execute(_PRUNE, {"of_listener": listener})


@uninterrupted
async def get_run(db: Database, listener: str, id_: str) -> Run:
    """A run.

    Raises:
        NotFound: there is no such run, or it is another listener's.
    """
    async with read(db) as connection:
        document = await connection.scalar(_GET, {"of_listener": listener, "of_run": id_})
    if document is None:
        raise NotFound("There is no such evaluation.")
    return RUN.validate_json(zlib.decompress(document))


@uninterrupted
async def list_runs(db: Database, listener: str) -> list[tuple[str, datetime, str]]:
    """(id, time, suite) of the listener's runs, the latest first."""
    async with read(db) as connection:
        rows = (await connection.execute(_LIST, {"of_listener": listener})).all()
    found = [(row.id, row.created_at, row.suite) for row in rows]
    return sorted(found, key=lambda item: (item[1], item[0]), reverse=True)
