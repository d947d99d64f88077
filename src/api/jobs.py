"""`/v1/jobs`: work in the background, to follow and to cancel."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import StreamingResponse

from src.api.dependencies import ListenerOf, Service, ServiceOf
from src.api.event_stream import MEDIA_TYPE, STREAM_HEADERS, event_block, stream_doc
from src.api.models.playlists import JOB_ANSWER, JobAnswer, JobAnswers
from src.jobs.dispatch import submit
from src.jobs.models.job import JOB_JSON, JobDocument
from src.jobs.models.messages import JobKind
from src.jobs.store import cancel_job, get_job, list_jobs

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

JobId = Annotated[str, Path(min_length=1, max_length=64)]

_LOOK_EVERY_S: Final = 0.05
_SHOW_EVERY_S: Final = 0.25
_FINAL: Final = frozenset({"done", "failed", "cancelled"})
_STREAM_DOC = stream_doc(
    "A `progress` event whenever something changes; the last one is `finished`.", "progress", '{"id":…}'
)
_RESULT_OF: Final = {
    "playlist": "/v1/playlists/{playlist_id}",
    "refresh": "/v1/playlists/{playlist_id}",
    "evaluation": "/v1/evaluations/{evaluation_id}",
}


@router.get("")
async def read_jobs(
    service: ServiceOf, listener: ListenerOf, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> JobAnswers:
    """Your jobs, the latest first."""
    jobs = await list_jobs(service.agent.database, listener, limit)
    return {"jobs": [job_answer(job) for job in jobs]}


@router.get("/{job_id}")
async def read_job(job_id: JobId, service: ServiceOf, listener: ListenerOf) -> JobAnswer:
    """One job, and how far it is."""
    return job_answer(await get_job(service.agent.database, listener, job_id))


@router.get("/{job_id}/events", response_class=StreamingResponse, responses={200: _STREAM_DOC})
async def follow_job(job_id: JobId, service: ServiceOf, listener: ListenerOf) -> StreamingResponse:
    """The job as an event stream, until it is finished."""
    first = await get_job(service.agent.database, listener, job_id)
    events = _events(service, listener, first)
    return StreamingResponse(events, media_type=MEDIA_TYPE, headers=STREAM_HEADERS)


@router.delete("/{job_id}")
async def stop_job(job_id: JobId, service: ServiceOf, listener: ListenerOf) -> JobAnswer:
    """Cancel a job that is not finished."""
    agent = service.agent
    return job_answer(await cancel_job(agent.database, listener, job_id, agent.now()))


async def submit_job(
    service: Service, listener: str, kind: JobKind, request: dict[str, object], idempotency_key: str | None
) -> JobDocument:
    """Queue a job; with the key of an earlier request of its kind, that one's job."""
    return await submit(
        service.dispatch,
        listener=listener,
        kind=kind,
        request=request,
        idempotency_key=f"{kind} {idempotency_key}" if idempotency_key is not None else None,
        request_hash=hashlib.sha256(JOB_JSON.dump_json(request)).hexdigest(),
    )


def job_answer(job: JobDocument) -> JobAnswer:
    """A job as its listener sees it."""
    links = {"self": f"/v1/jobs/{job['id']}", "events": f"/v1/jobs/{job['id']}/events"}
    if job["result"] is not None:
        links["result"] = _RESULT_OF[job["kind"]].format_map(job["result"])
    return {
        "id": job["id"],
        "kind": job["kind"],
        "status": job["status"],
        "progress": job["progress"],
        "step": job["step"],
        "problem": job["problem"],
        "result": job["result"],
        "links": links,
    }


async def wait_for_job(service: Service, listener: str, job: JobDocument, seconds: float) -> JobDocument:
    """The job as it is when it is finished, or when the time is over."""
    until = time.monotonic() + seconds
    while job["status"] not in _FINAL and time.monotonic() < until:
        await asyncio.sleep(_LOOK_EVERY_S)
        job = await get_job(service.agent.database, listener, job["id"])
    return job


async def _events(service: Service, listener: str, job: JobDocument) -> AsyncIterator[bytes]:
    until = time.monotonic() + service.settings.job_timeout_s
    shown = b""
    while True:
        finished = job["status"] in _FINAL
        data = JOB_ANSWER.dump_json(job_answer(job))
        if data != shown:
            shown = data
            yield event_block("finished" if finished else "progress", data)
        if finished or time.monotonic() > until:
            return
        await asyncio.sleep(_SHOW_EVERY_S)
        job = await get_job(service.agent.database, listener, job["id"])


def accepted(job: JobDocument) -> Response:
    """202 with the job, and where to follow it."""
    headers = {"Location": f"/v1/jobs/{job['id']}"}
    content = JOB_ANSWER.dump_json(job_answer(job))
    return Response(content, status_code=202, media_type="application/json", headers=headers)
