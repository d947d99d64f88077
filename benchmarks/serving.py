"""A server of this repository in a process of its own, and what it uses."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

_READY_S = 60


@contextmanager
def served(environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """(address, process id) of a running `segue serve`."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "src.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, **environment}, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        until = time.monotonic() + _READY_S
        while not _is_ready(address):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the server did not start: run `segue serve` to read why")
            time.sleep(0.05)
        yield address, process.pid
    finally:
        process.terminate()
        process.wait()


def _is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/health/ready", timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def busy_processes(count: int) -> Iterator[None]:
    """So many processes beside, each of which would take a whole core."""
    processes = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, by the clock of its own that Linux keeps in nanoseconds:
    `/proc` tells hundredths of a second, and a turn takes a few of them.
    """
    return time.clock_gettime(~pid << 3 | 2)


def private_megabytes(pid: int) -> float:
    """Resident memory less what is backed by files."""
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
    )
    return (int(status["RssAnon"].split()[0]) + int(status["RssShmem"].split()[0])) / 1024
