"""`segue worker`: wants a broker, does jobs, and ends by a signal without an error."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from src.cli.worker import WorkerParts, run_worker
from src.jobs import wiring as opening
from src.jobs.dispatch import Dispatch
from src.settings import InvalidSettings, Settings
from tests.jobs.scene import Broker, Clock, dispatch_of, opened

_WAITS_FOR_A_BROKER = """
from contextlib import asynccontextmanager
from pathlib import Path
from src.cli.worker import WorkerParts, run_worker
from src.storage.database import close_database, open_database

@asynccontextmanager
async def workplace(settings):
    database = await open_database(settings.database_dsn, timeout_s=5)
    try:
        yield WorkerParts(database, {})
    finally:
        await close_database(database)
        print("closed", flush=True)

run_worker(workplace)
"""


def test_run_worker_without_a_broker_opens_nothing_and_says_what_to_set():
    opened_for: list[object] = []
    with pytest.raises(InvalidSettings, match="BROKER_URL must be set"):
        run_worker(opened_for.append)  # type: ignore[arg-type]
    assert opened_for == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_worker_whose_broker_is_away_waits_and_ends_by_a_signal(tmp_path: Path, number: signal.Signals):
    process = subprocess.Popen(
        [sys.executable, "-c", _WAITS_FOR_A_BROKER],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "BROKER_URL": "amqp://guest:hunter2@127.0.0.1:1/",
            "DATA_DIR": str(tmp_path / "data"),
        },
    )
    with process:
        assert process.stderr is not None
        seen = ""
        while "cannot be reached" not in seen:
            line = process.stderr.readline()
            assert line, seen
            seen += line
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (0, "closed\n")
    assert "hunter2" not in seen + err
    assert "Traceback" not in seen + err


def test_run_worker_works_with_what_is_passed_in_until_a_signal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    seen: list[object] = []

    @asynccontextmanager
    async def beside(dispatch: Dispatch) -> AsyncIterator[None]:
        seen.append(("beside", dispatch.queued_max))
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
        try:
            yield
        finally:
            await asyncio.sleep(0)
            seen.append("beside closed")

    @asynccontextmanager
    async def workplace(_settings: Settings) -> AsyncIterator[WorkerParts]:
        async with opened("sqlite", tmp_path) as db:
            yield WorkerParts(db, {}, beside)
        seen.append("closed")

    @asynccontextmanager
    async def rabbit(_settings, database, handlers, broker_url: SecretStr) -> AsyncIterator[Dispatch]:
        seen.append((dict(handlers), broker_url.get_secret_value()))
        yield dispatch_of(database, Clock(), Broker().send, queued_max=7)

    monkeypatch.setenv("BROKER_URL", "amqp://somewhere/")
    monkeypatch.setattr(opening, "open_rabbit_worker", rabbit)
    run_worker(workplace)
    assert seen == [({}, "amqp://somewhere/"), ("beside", 7), "beside closed", "closed"]
