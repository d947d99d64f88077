"""Handlers that do as told, and messages for them."""

import asyncio
from dataclasses import dataclass, field

from src.jobs.models.messages import JobMessage
from src.jobs.running import JobOutcome, JobRun


def message(job_id="j1", attempt=1) -> JobMessage:
    return JobMessage(version=1, job_id=job_id, kind="playlist", attempt=attempt)


@dataclass
class Handler:
    """Waits for `go` where there is one, fails with each of `failures` in turn, then succeeds."""

    failures: list[Exception] = field(default_factory=list)
    go: asyncio.Event | None = None
    runs: list[JobRun] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, run: JobRun) -> JobOutcome:
        self.runs.append(run)
        self.started.set()
        if self.go is not None:
            await self.go.wait()
        if self.failures:
            raise self.failures.pop(0)
        return JobOutcome({"of": run.job_id})
