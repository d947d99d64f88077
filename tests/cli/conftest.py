"""The command on a small catalogue: called in this process, or run as one of its own."""

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest
from loguru import logger

from src.catalogue.generations import catalogue_folder, copy_shard
from src.catalogue.importing.build import import_files
from src.catalogue.importing.steps import ImportOptions
from src.chat.clients import open_agent, opened_tracing
from src.cli.app import main
from src.settings import Settings
from tests.fakes import songs


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str


class Command(Protocol):
    """`segue` with arguments."""

    def __call__(self, *arguments: str) -> Ran: ...


def write_json_lines(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def warm(tmp_path_factory) -> Path:
    """A data directory with `songs()` imported and the database migrated, to be copied."""
    root = tmp_path_factory.mktemp("warm")
    settings = Settings(_env_file=None, data_dir=root / "data", embedding_backend="none")
    path = write_json_lines(root / "songs.jsonl", songs())

    async def fill() -> None:
        folder = catalogue_folder(settings.data_dir)
        await import_files(folder, [path], ImportOptions({}), None, lambda *_: None)
        with opened_tracing(settings) as tracing:
            async with open_agent(settings, tracing):
                pass

    asyncio.run(fill())
    return settings.data_dir


@pytest.fixture
def data_dir(warm: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A filled data directory of the test's own, which the environment names."""
    copy_shard(warm, tmp_path / "data")
    monkeypatch.setenv("EMBEDDING_BACKEND", "none")
    monkeypatch.setenv("CATALOGUE_WAIT_S", "0.2")
    return tmp_path / "data"


@pytest.fixture
def segue(data_dir, monkeypatch, capsys) -> Iterator[Command]:
    """Run the command in this process."""

    def run(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["segue", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        printed = capsys.readouterr()
        return Ran(code if isinstance(code, int) else 0, printed.out, printed.err)

    yield run
    # What the command sent to the captured stream must not go there after it is closed.
    logger.remove()
    logging.getLogger().handlers.clear()


def environment(data_dir: Path, **more: str) -> dict[str, str]:
    """The variables of a process of its own."""
    kept = {name: os.environ[name] for name in os.environ if name.startswith(("PATH", "HOME", "COVERAGE"))}
    return kept | {
        "DATA_DIR": str(data_dir),
        "EMBEDDING_BACKEND": "none",
        "CATALOGUE_WAIT_S": "0.2",
        "PYTHONUTF8": "1",
        **more,
    }


def run_process(data_dir: Path, *arguments: str, **more: str) -> Ran:
    """Run the command as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "src.cli", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(data_dir, **more),
        cwd=data_dir.parent,
        timeout=60,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


class Server(NamedTuple):
    """A running `segue serve`."""

    data_dir: Path
    pid: int
    address: str


@contextmanager
def serving(data_dir: Path, stop: signal.Signals) -> Iterator[Server]:
    """Serve until the block ends, which it does by a signal and without an error."""
    process = subprocess.Popen(
        [sys.executable, "-m", "src.cli", "serve", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment(data_dir),
        cwd=data_dir.parent,
    )
    with process:
        assert process.stderr is not None
        seen = ""
        while "running on" not in seen:
            line = process.stderr.readline()
            assert line, seen
            seen += line
        owner = data_dir / "catalogue" / "owner.json"
        yield Server(data_dir, process.pid, json.loads(owner.read_text())["address"])
        process.send_signal(stop)
        rest = process.stderr.read()
        assert process.wait(timeout=20) == 0, rest
        assert "ERROR" not in rest
        assert "Traceback" not in rest
        assert not owner.exists()


@pytest.fixture(scope="session")
def server(warm, tmp_path_factory) -> Iterator[Server]:
    """One for all tests beside a server: they leave what it serves, or add to it."""
    data_dir = tmp_path_factory.mktemp("served") / "data"
    copy_shard(warm, data_dir)
    with serving(data_dir, signal.SIGTERM) as server:
        yield server


@pytest.fixture
def beside(server, segue, monkeypatch):
    """The command in this process, on the data directory that the server owns."""
    monkeypatch.setenv("DATA_DIR", str(server.data_dir))
    return segue


def one_line(ran: Ran) -> str:
    """The one line that a command says when it fails."""
    assert ran.code == 1, ran
    assert ran.out == ""
    assert ran.err.startswith("segue: ")
    assert ran.err.count("\n") == 1
    return ran.err
