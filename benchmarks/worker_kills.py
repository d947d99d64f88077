"""`kill -9` of the worker at random moments under jobs on RabbitMQ and PostgreSQL.

Run from the repository: `uv run python -m benchmarks.worker_kills [--jobs 200] [--kills 50] [--seed 1]`. It
needs RabbitMQ on 127.0.0.1:5672 (guest) and PostgreSQL on 127.0.0.1:5432 (user postgres); it makes a database
and queues of its own, and deletes both. The worker is the one of `segue worker` with a handler that takes 0.3
to 0.9 seconds and stores a row beside its result. Two jobs in five are asked for before the first kill, the
others between the kills. The exit status is 1 unless every job is done exactly once as its listener sees it:
one row a job, `done`, and a result that never changes.
"""

import argparse
import asyncio
import os
import random
import signal
import sys
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aio_pika
import asyncpg
from loguru import logger
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from src.cli.worker import WorkerParts, run_worker
from src.jobs.dispatch import submit
from src.jobs.rabbit import JobQueues
from src.jobs.running import JobOutcome, JobRun, delay_steps
from src.jobs.store import list_jobs
from src.jobs.wiring import open_dispatch
from src.settings import Settings, load_settings
from src.storage.database import Database, close_database, open_database
from src.storage.migrate import migrate

AMQP = "amqp://guest:guest@127.0.0.1:5672/"
POSTGRESQL = "postgresql://postgres@127.0.0.1:5432"
LISTENER = "ann"
LOOK_EVERY_S = 0.05
# One kill in five comes while the worker starts, the others while it works.
STARTING = 0.2
KILL_STARTING_S = (0.1, 1.5)
KILL_WORKING_S = (0.0, 3.0)
WORKER = {
    "JOBS_AT_ONCE": "2",
    "JOB_LEASE_S": "2",
    "JOB_RETRY_FIRST_S": "0.5",
    "JOB_RETRY_MAX_S": "4",
}


async def handle(run: JobRun) -> JobOutcome:
    """A job of 0.3 to 0.9 seconds, in three steps."""
    step_s = random.Random(run.job_id).uniform(0.1, 0.3)
    for step in range(3):
        await run.report(step / 3, f"step {step + 1}")
        await asyncio.sleep(step_s)

    async def beside(connection: AsyncConnection) -> None:
        row = {"job_id": run.job_id, "pid": os.getpid()}
        await connection.execute(text("INSERT INTO finished (job_id, pid) VALUES (:job_id, :pid)"), row)

    return JobOutcome({"pid": os.getpid(), "attempt": run.attempt}, beside)


@asynccontextmanager
async def workplace(settings: Settings) -> AsyncIterator[WorkerParts]:
    """What the worker works with."""
    database = await open_database(settings.database_dsn, timeout_s=settings.database_timeout_s)
    try:
        yield WorkerParts(database, {"evaluation": handle})
    finally:
        await close_database(database)


@dataclass
class Listener:
    """What the listener saw, look by look."""

    database: Database
    jobs: int
    results: dict[str, object] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)

    async def look(self) -> None:
        """Note what is new, and what must not be."""
        documents = await list_jobs(self.database, LISTENER, self.jobs)
        self.seen = Counter(document["status"] for document in documents)
        for document in documents:
            id_, result = document["id"], document["result"]
            if id_ in self.results and (document["status"], result) != ("done", self.results[id_]):
                self.wrong.append(f"{id_} was done and is {document['status']} with {result}")
            if document["status"] == "done":
                self.results[id_] = result

    async def wait(self, seconds: float) -> None:
        """Look on for so long."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            await self.look()
            await asyncio.sleep(min(LOOK_EVERY_S, left))


@dataclass
class Worker:
    """A worker as a process of its own; `works` is set when it waits for jobs."""

    process: asyncio.subprocess.Process
    works: asyncio.Event
    reading: asyncio.Task[None]

    async def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end."""
        self.process.send_signal(number)
        code = await self.process.wait()
        await self.reading
        return code


async def start_worker() -> Worker:
    """Start a worker."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.worker_kills", "--worker", stderr=asyncio.subprocess.PIPE
    )
    works = asyncio.Event()

    async def read() -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            if b"waits for jobs" in line:
                works.set()
            elif b'"ERROR"' in line or b"Traceback" in line:
                print(line.decode(), end="")

    return Worker(process, works, asyncio.create_task(read()))


async def main(jobs: int, kills: int, seed: int) -> bool:
    """Print the figures; True when everything held."""
    name = f"segue_kills_{uuid.uuid4().hex}"
    os.environ.update(
        WORKER,
        BROKER_URL=AMQP,
        DATABASE_URL=f"{POSTGRESQL}/{name}",
        JOBS_QUEUE=name,
        JOBS_QUEUED_MAX=str(jobs),
        SEGUE_ENV_FILE=os.devnull,
    )
    server = await asyncpg.connect(f"{POSTGRESQL}/postgres")
    await server.execute(f"CREATE DATABASE {name}")
    try:
        return await _run(load_settings(), jobs, random.Random(seed), kills)
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.close()


async def _run(settings: Settings, jobs: int, chance: random.Random, kills: int) -> bool:
    database = await open_database(settings.database_dsn, timeout_s=settings.database_timeout_s)
    await migrate(database)
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE finished (job_id TEXT NOT NULL, pid INTEGER NOT NULL)"))
    listener = Listener(database, jobs)
    began = time.monotonic()
    under_way: list[int] = []
    async with open_dispatch(settings, database, {}) as dispatch:
        asked = 0
        for kill in range(kills):
            # The last round asks for what rounding left: the end waits for every job.
            wanted = jobs if kill == kills - 1 else jobs * 2 // 5 + jobs * 3 // 5 * kill // (kills - 1)
            for number in range(asked, wanted):
                await submit(dispatch, listener=LISTENER, kind="evaluation", request={"number": number})
            asked = wanted
            worker = await start_worker()
            if chance.random() < STARTING:
                await listener.wait(chance.uniform(*KILL_STARTING_S))
            else:
                await worker.works.wait()
                await listener.wait(chance.uniform(*KILL_WORKING_S))
            await worker.end(signal.SIGKILL)
            await listener.look()
            under_way.append(listener.seen["running"])
        worker = await start_worker()
        done_at_last_kill = listener.seen["done"]
        while listener.seen["done"] + listener.seen["failed"] < jobs:
            await listener.wait(LOOK_EVERY_S)
        await worker.works.wait()
        code = await worker.end(signal.SIGTERM)
    took_s = time.monotonic() - began
    left = await _clear_queues(settings)
    ok = await _print(listener, under_way, done_at_last_kill, left, code)
    print(f"{took_s:.0f} s in all")
    await close_database(database)
    return ok


async def _clear_queues(settings: Settings) -> dict[str, int]:
    """Delete the queues; gives how many messages each still had."""
    steps = delay_steps(settings.job_retry_first_s, settings.job_retry_max_s)
    left: dict[str, int] = {}
    async with await aio_pika.connect(AMQP) as connection:
        channel = await connection.channel()
        for queue in JobQueues(steps, settings.jobs_queue).all:
            deleted = await channel.queue_delete(queue.name)
            left[queue.name.removeprefix(settings.jobs_queue) or "main"] = deleted.message_count or 0
    return left


async def _print(
    listener: Listener, under_way: list[int], done_at_last_kill: int, left: dict[str, int], code: int
) -> bool:
    async with listener.database.engine.connect() as connection:
        rows = Counter(await connection.scalars(text("SELECT job_id FROM finished")))
        starts = Counter(await connection.scalars(text("SELECT starts FROM jobs")))
    documents = await list_jobs(listener.database, LISTENER, listener.jobs)
    once = sum(rows[document["id"]] == 1 and document["status"] == "done" for document in documents)
    hit = sum(running > 0 for running in under_way)
    print(
        f"jobs {listener.jobs}, kills {len(under_way)}, of which {hit} with jobs under way "
        f"({sum(under_way)} jobs that stood as running, summed over the kills)"
    )
    print(f"done exactly once: {once} of {listener.jobs}; rows stored {rows.total()}; {dict(listener.seen)}")
    print(
        f"done at the last kill: {done_at_last_kill}; "
        f"results that changed under the listener: {len(listener.wrong)}"
    )
    print(f"jobs by number of starts: {dict(sorted(starts.items()))}")
    print(f"messages left: {left}; status of the last worker, ended by SIGTERM: {code}")
    for wrong in listener.wrong:
        print(wrong)
    held = once == listener.jobs == rows.total() and not listener.wrong
    return held and not any(left.values()) and code == 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--worker", action="store_true")
    arguments = parser.parse_args()
    if arguments.worker:
        run_worker(workplace)
    else:
        logger.remove()
        sys.exit(0 if asyncio.run(main(arguments.jobs, arguments.kills, arguments.seed)) else 1)
