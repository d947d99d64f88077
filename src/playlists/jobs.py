"""The jobs that make and refresh playlists: each stores its result together with the end of the job."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from loguru import logger
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from src.constraints.models.brief import empty_brief
from src.constraints.models.spec import PlaylistSpec, empty_spec
from src.errors import DomainError, InvalidInput
from src.jobs.dispatch import Dispatch, sweep
from src.jobs.running import JobHandler, JobOutcome, JobRun
from src.jobs.store import NewJob, insert_job_in
from src.playlists.make import Fixed, PlaylistClients, grown, make_list, spec_of_conversation, spec_of_prompt
from src.playlists.models.playlist import PLAYLIST_REQUEST, NewPlaylist, PlaylistRequest, RefreshRequest
from src.playlists.revise import refreshed
from src.playlists.schedule_store import claim_due_playlists
from src.playlists.store import insert_playlist_in, update_playlist_in
from src.storage.database import write

_REFRESH: TypeAdapter[RefreshRequest] = TypeAdapter(RefreshRequest)


def playlist_handlers(clients: PlaylistClients) -> dict[str, JobHandler]:
    """The handlers by kind of job."""
    return {"playlist": partial(_make, clients), "refresh": partial(_refresh, clients)}


async def _make(clients: PlaylistClients, run: JobRun) -> JobOutcome:
    request = _read(PLAYLIST_REQUEST, run)
    await run.report(0.05, "reading what is asked")
    spec, liked, notes = await wanted_spec(clients, run.listener, request)
    fixed = Fixed(liked=liked, grow=request.get("grow"))
    result = await make_list(
        clients, run.listener, spec, fixed=fixed, seed=request.get("seed", 1), report=run.report
    )
    result["notes"] = [*notes, *result["notes"]]
    new: NewPlaylist = {
        "id": clients.new_id(),
        "listener": run.listener,
        "created_at": clients.now(),
        "mode": request.get("mode", "fresh"),
        "spec": spec,
        "result": result,
        "from_conversation": request.get("conversation_id"),
        "created_by_job": run.job_id,
    }

    async def store(connection: AsyncConnection) -> None:
        await insert_playlist_in(connection, new)

    return JobOutcome({"playlist_id": new["id"]}, store)


async def _refresh(clients: PlaylistClients, run: JobRun) -> JobOutcome:
    request = _read(_REFRESH, run)
    change = await refreshed(clients, run.listener, request["playlist_id"], report=run.report)

    async def store(connection: AsyncConnection) -> None:
        await update_playlist_in(connection, change)

    return JobOutcome({"playlist_id": request["playlist_id"]}, store)


async def wanted_spec(
    clients: PlaylistClients, listener: str, request: PlaylistRequest
) -> tuple[PlaylistSpec, list[str], list[str]]:
    """The spec of a request, ids of tracks to be like, and notes on the reading.

    Raises:
        InvalidInput: the request is empty or impossible.
        NotFound: no such conversation or playlist of this listener.
    """
    notes: list[str] = []
    liked: list[str] = []
    if "spec" in request:
        spec = request["spec"]
    elif "prompt" in request:
        spec, notes = await spec_of_prompt(clients, request["prompt"])
    elif "conversation_id" in request or "grow" in request:
        spec = empty_spec(empty_brief())
    else:
        raise InvalidInput(
            "Say what the list is to be: a prompt, a spec, a conversation, or what it grows from."
        )
    if "conversation_id" in request:
        spec, liked = await spec_of_conversation(clients, listener, request["conversation_id"], spec)
    if "grow" in request:
        spec, seeds = await grown(clients, listener, request["grow"], spec)
        liked = [*seeds, *liked]
    spec = {**spec, "title": request.get("title") or spec["title"] or "Playlist"}
    if "tracks" in request:
        spec["tracks"] = request["tracks"]
    if "minutes" in request:
        spec["duration_s"] = request["minutes"] * 60
        if "tracks" not in request:
            spec.pop("tracks", None)
    return spec, liked, notes


def _read[T](adapter: TypeAdapter[T], run: JobRun) -> T:
    try:
        return adapter.validate_python(run.request)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"The request of this job cannot be read: {where}: {first['msg']}") from None


LOOK_EVERY_S: Final = 30.0
_CLAIMED_AT_ONCE: Final = 50


async def ask_for_due(dispatch: Dispatch) -> int:
    """Queue a job for every refresh that is due now; returns how many there were.

    Of two processes that do so at once, one queues each refresh.
    """
    now = dispatch.now()
    async with write(dispatch.db) as connection:
        due = await claim_due_playlists(connection, now, _CLAIMED_AT_ONCE)
        for playlist in due:
            job = NewJob(
                id=dispatch.new_id(),
                listener=playlist["listener"],
                kind="refresh",
                request={"playlist_id": playlist["id"]},
                created_at=now,
            )
            await insert_job_in(connection, job)
    if due:
        await sweep(dispatch)
    return len(due)


@asynccontextmanager
async def due_refreshes(
    dispatch: Dispatch, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> AsyncIterator[None]:
    """Queue due refreshes regularly until the block ends."""
    looking = asyncio.create_task(_look_forever(dispatch, sleep))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def _look_forever(dispatch: Dispatch, sleep: Callable[[float], Awaitable[None]]) -> None:
    while True:
        try:
            await ask_for_due(dispatch)
        except DomainError as error:
            logger.warning("Due refreshes could not be looked for: {}", error.code)
        await sleep(LOOK_EVERY_S)
