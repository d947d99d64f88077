"""The job of an evaluation, and the runs that were asked for over HTTP."""

import asyncio
import os
import sys
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr, ValidationError
from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from src.errors import InvalidInput, NotFound
from src.evaluation.models.run import EVALUATION_REQUEST, RUN, EvaluationRequest, Run
from src.evaluation.runner.files import load_run, read_count
from src.evaluation.runner.suite import shipped_suites
from src.jobs.running import JobHandler, JobOutcome, JobRun, JobStopped
from src.settings import Settings
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


_LOOK_EVERY_S = 0.5
# Of what a suite's process says when it fails.
_MESSAGE_CHARS = 400


def evaluation_handler(settings: Settings) -> JobHandler:
    """The handler of jobs that run a suite."""
    return partial(_evaluate, settings)


def check_evaluation(request: EvaluationRequest, settings: Settings) -> None:
    """Refuse what no run can come of.

    Raises:
        InvalidInput: there is no such suite, or no model to plan.
    """
    if request["suite"] not in shipped_suites():
        raise InvalidInput(f"There is no such suite; there are {', '.join(shipped_suites())}.")
    if request.get("planner") == "model" and not settings.llm_model:
        raise InvalidInput("This service has no model: let the rules plan, or the scripted model.")


async def _evaluate(settings: Settings, run: JobRun) -> JobOutcome:
    try:
        request = EVALUATION_REQUEST.validate_python(run.request)
    except ValidationError:
        raise InvalidInput("The request of this job cannot be read.") from None
    check_evaluation(request, settings)
    with TemporaryDirectory(prefix="segue-evaluation-") as folder:
        out = Path(folder) / "run.json"
        await _run_process(settings, request, out, run)
        done = load_run(out)

    async def store(connection: AsyncConnection) -> None:
        await put_run_in(
            connection, id_=run.job_id, listener=run.listener, created_at=datetime.now(UTC), run=done
        )

    kept = sum(gate["kept"] for gate in done["gates"])
    floors = sum(gate["kept"] and gate.get("floor", False) for gate in done["gates"])
    passed = sum(case["passed"] for case in done["cases"])
    result: dict[str, object] = {
        "evaluation_id": run.job_id,
        "cases": len(done["cases"]),
        "passed": passed,
        "gates": len(done["gates"]),
        "gates_kept": kept,
        "floors_kept": floors,
    }
    return JobOutcome(result, store)


async def _run_process(settings: Settings, request: EvaluationRequest, out: Path, run: JobRun) -> None:
    command = ["-m", "src.cli", "eval", "run", request["suite"], "--out", str(out)]
    counted = out.with_name("count")
    command += ["--count", str(counted)]
    command += ["--planner", request.get("planner", "rules")]
    command += [part for kind in request.get("kinds", []) for part in ("--kind", kind)]
    command += [part for case in request.get("cases", []) for part in ("--case", case)]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        env={**os.environ, **environment_of(settings)},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    said = asyncio.create_task(process.communicate())
    try:
        while not said.done():
            await asyncio.wait({said}, timeout=_LOOK_EVERY_S)
            if run.should_stop():
                raise JobStopped
            await _report(run, counted)
    finally:
        if process.returncode is None:
            process.kill()
        await asyncio.gather(said, return_exceptions=True)
    if process.returncode not in (0, 1) or not await asyncio.to_thread(out.exists):
        message = (said.result()[1] or b"").decode("utf-8", "replace").strip()[-_MESSAGE_CHARS:]
        raise InvalidInput(f"The suite could not be run: {message.removeprefix('segue: ')}")


async def _report(run: JobRun, counted: Path) -> None:
    count = await asyncio.to_thread(read_count, counted)
    if count is None:
        return
    done, of = count
    await run.report(done / of, f"{done} of {of} cases are run")


def environment_of(settings: Settings) -> Mapping[str, str]:
    """The settings as variables, for a process with the same ones; those at their defaults are left out."""
    variables: dict[str, str] = {}
    for name in settings.model_fields_set:
        value: object = getattr(settings, name)
        if isinstance(value, SecretStr):
            variables[name.upper()] = value.get_secret_value()
        elif isinstance(value, tuple):
            variables[name.upper()] = ",".join(str(part) for part in value)
        elif value is not None:
            variables[name.upper()] = str(value)
    return variables
