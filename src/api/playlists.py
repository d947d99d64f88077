"""`/v1/playlists`: made from a prompt as a job, stored with every version, edited, refreshed, exported."""

import asyncio
from typing import Annotated, get_args
from urllib.parse import quote

from fastapi import APIRouter, Header, Path, Query, Request, Response

from src.api.dependencies import ListenerOf, Service, ServiceOf
from src.api.jobs import accepted, submit_job, wait_for_job
from src.api.models.playlists import (
    PLAYLIST_ANSWER,
    ExportFormat,
    ImportAnswer,
    PlaylistAnswer,
    PlaylistLines,
    PlaylistPatch,
    VersionAnswer,
    VersionLines,
)
from src.errors import InvalidInput, NotFound
from src.jobs.models.job import JobDocument
from src.playlists.formats.formats import format_named, format_of_file
from src.playlists.formats.text import export_name
from src.playlists.make import asked_contours
from src.playlists.matching import match_tracks
from src.playlists.models.playlist import PLAYLIST_REQUEST, PlaylistRequest, StoredPlaylist
from src.playlists.picture import MEDIA_TYPE as SVG
from src.playlists.picture import contour_picture
from src.playlists.refresh import check_fresh
from src.playlists.revise import check_version, edit_playlist, read_words, replace_spec
from src.playlists.schedule_store import set_mode, set_schedule
from src.playlists.store import delete_playlist, get_playlist, list_playlists
from src.playlists.version_store import get_version, list_versions, restore_version
from src.schema import with_present

router = APIRouter(prefix="/v1/playlists", tags=["playlists"])

PlaylistId = Annotated[str, Path(min_length=1, max_length=64)]
Version = Annotated[int, Path(ge=1)]
Before = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]
Key = Annotated[str | None, Header(min_length=1, max_length=128)]

_MADE_DOC = {"description": "It takes longer: a job, to be followed at its `Location`."}
_SVG_DOC = {"description": "The contour of energy, tempo and year.", "content": {SVG: {}}}
_FILE_DOC = {"description": "The list as a file."}


@router.post("", response_model=PlaylistAnswer, responses={202: _MADE_DOC})
async def make_playlist(
    body: PlaylistRequest,
    service: ServiceOf,
    listener: ListenerOf,
    prefer: Annotated[str, Header(description="`wait` holds the answer until the list is made.")] = "",
    idempotency_key: Key = None,
) -> Response:
    """Make a playlist: 200 with it when it is done at once, else 202 with the job that makes it."""
    job = await submit_job(service, listener, "playlist", PLAYLIST_REQUEST.dump_python(body), idempotency_key)
    return await _made(service, listener, job, prefer)


@router.get("")
async def read_playlists(
    service: ServiceOf,
    listener: ListenerOf,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Before = None,
) -> PlaylistLines:
    """Your playlists, the last changed first."""
    page = await list_playlists(service.agent.database, listener, limit, before)
    answer: PlaylistLines = {
        "playlists": [
            {
                "id": item["id"],
                "title": item["title"],
                "version": item["version"],
                "updated_at": item["updated_at"].isoformat(),
                "mode": item["mode"],
                "tracks": item["tracks"],
            }
            for item in page["playlists"]
        ]
    }
    return with_present(answer, next=page["next_cursor"])


@router.post("/import")
async def import_list(
    request: Request,
    service: ServiceOf,
    _listener: ListenerOf,
    name: Annotated[
        str, Query(min_length=1, max_length=200, description="The file's name; its ending counts.")
    ],
) -> ImportAnswer:
    """Match the tracks of a file (M3U8, JSPF, XSPF, CSV, JSON) to the catalogue; the body is the file."""
    found = format_of_file(name)
    if found.read is None:
        raise InvalidInput(f"Files of the format {found.name} are written here, and not read.")
    foreign = await asyncio.to_thread(found.read, await request.body())
    async with service.agent.catalogue.use() as catalogue:
        report = await match_tracks(catalogue, foreign["tracks"])
    ids = [line["track_id"] for line in report["lines"] if line["status"] == "matched" and "track_id" in line]
    return {
        "title": foreign["title"],
        "notes": foreign["notes"],
        "report": report,
        "track_ids": list(dict.fromkeys(ids)),
    }


@router.get("/{playlist_id}")
async def read_playlist(playlist_id: PlaylistId, service: ServiceOf, listener: ListenerOf) -> PlaylistAnswer:
    """A playlist as it is now."""
    return playlist_answer(await get_playlist(service.agent.database, listener, playlist_id))


@router.patch("/{playlist_id}")
async def change_playlist(
    playlist_id: PlaylistId, patch: PlaylistPatch, service: ServiceOf, listener: ListenerOf
) -> PlaylistAnswer:
    """Edit it, in words, by operations or by a whole spec; or set its mode and its schedule."""
    agent, clients = service.agent, service.clients
    playlist = await get_playlist(agent.database, listener, playlist_id)
    edits = [name for name in ("words", "operations", "spec") if name in patch]
    if len(edits) > 1:
        raise InvalidInput("Send one of words, operations and spec.")
    if edits and "version" not in patch:
        raise InvalidInput("Name the version that the edit is made for.")
    if "version" in patch:
        check_version(playlist, patch["version"])
    if "words" in patch:
        operations = await read_words(clients, playlist, patch["words"])
        await edit_playlist(clients, playlist, operations, patch["words"])
    elif "operations" in patch:
        await edit_playlist(clients, playlist, patch["operations"], "")
    elif "spec" in patch:
        await replace_spec(clients, playlist, patch["spec"])
    if "schedule" in patch or "schedule_zone" in patch:
        schedule = patch.get("schedule", playlist["schedule"])
        zone = patch.get("schedule_zone", playlist["schedule_zone"])
        await set_schedule(agent.database, listener, playlist_id, schedule, agent.now(), zone=zone)
    if "mode" in patch:
        await set_mode(agent.database, listener, playlist_id, patch["mode"], agent.now())
    return playlist_answer(await get_playlist(agent.database, listener, playlist_id))


@router.delete("/{playlist_id}", status_code=204)
async def remove_playlist(playlist_id: PlaylistId, service: ServiceOf, listener: ListenerOf) -> Response:
    """Delete a playlist with its versions."""
    await delete_playlist(service.agent.database, listener, playlist_id)
    return Response(status_code=204)


@router.post("/{playlist_id}/refresh", response_model=PlaylistAnswer, responses={202: _MADE_DOC})
async def refresh_playlist(
    playlist_id: PlaylistId,
    service: ServiceOf,
    listener: ListenerOf,
    prefer: Annotated[str, Header(description="`wait` holds the answer until it is done.")] = "",
    idempotency_key: Key = None,
) -> Response:
    """Renew a playlist: pins and the spec stay."""
    check_fresh(await get_playlist(service.agent.database, listener, playlist_id))
    job = await submit_job(service, listener, "refresh", {"playlist_id": playlist_id}, idempotency_key)
    return await _made(service, listener, job, prefer)


@router.get("/{playlist_id}/versions")
async def read_versions(
    playlist_id: PlaylistId,
    service: ServiceOf,
    listener: ListenerOf,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    before: Before = None,
) -> VersionLines:
    """What was changed and why, version by version."""
    page = await list_versions(service.agent.database, listener, playlist_id, limit, before)
    answer: VersionLines = {
        "versions": [{**line, "made_at": line["made_at"].isoformat()} for line in page["versions"]]
    }
    return with_present(answer, next=page["next_cursor"])


@router.get("/{playlist_id}/versions/{number}")
async def read_version(
    playlist_id: PlaylistId, number: Version, service: ServiceOf, listener: ListenerOf
) -> VersionAnswer:
    """One version, whole."""
    version = await get_version(service.agent.database, listener, playlist_id, number)
    return {**version, "made_at": version["made_at"].isoformat()}


@router.post("/{playlist_id}/versions/{number}/restore")
async def bring_back(
    playlist_id: PlaylistId, number: Version, service: ServiceOf, listener: ListenerOf
) -> PlaylistAnswer:
    """Make an earlier version the present one, as a new version."""
    agent = service.agent
    playlist = await get_playlist(agent.database, listener, playlist_id)
    await restore_version(
        agent.database, listener, playlist_id, number, version=playlist["version"], at=agent.now()
    )
    return playlist_answer(await get_playlist(agent.database, listener, playlist_id))


@router.get("/{playlist_id}/picture.svg", response_class=Response, responses={200: _SVG_DOC})
async def picture(playlist_id: PlaylistId, service: ServiceOf, listener: ListenerOf) -> Response:
    """The contour of energy, tempo and year over the list."""
    playlist = await get_playlist(service.agent.database, listener, playlist_id)
    entries = playlist["result"]["entries"]
    drawn = contour_picture(playlist["title"], entries, asked_contours(playlist["spec"], len(entries)))
    return Response(drawn, media_type=SVG)


@router.get("/{playlist_id}/export", response_class=Response, responses={200: _FILE_DOC})
async def export_list(
    playlist_id: PlaylistId,
    service: ServiceOf,
    listener: ListenerOf,
    format_: Annotated[ExportFormat, Query(alias="format")] = "m3u8",
) -> Response:
    """The list as a file: M3U8, XSPF, JSPF, CSV or JSON."""
    playlist = await get_playlist(service.agent.database, listener, playlist_id)
    found = format_named(format_)
    content = found.write(playlist["title"], playlist["result"]["entries"], {})
    name = quote(export_name(playlist["title"]) + found.ending)
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(content, media_type=found.media_type, headers=headers)


def playlist_answer(playlist: StoredPlaylist) -> PlaylistAnswer:
    """A playlist as clients receive it."""
    here = f"/v1/playlists/{playlist['id']}"
    answer: PlaylistAnswer = {
        "id": playlist["id"],
        "title": playlist["title"],
        "version": playlist["version"],
        "created_at": playlist["created_at"].isoformat(),
        "updated_at": playlist["updated_at"].isoformat(),
        "mode": playlist["mode"],
        "spec": playlist["spec"],
        "result": playlist["result"],
        "links": {
            "self": here,
            "versions": f"{here}/versions",
            "picture": f"{here}/picture.svg",
            **{name: f"{here}/export?format={name}" for name in get_args(ExportFormat.__value__)},
        },
    }
    next_refresh_at = playlist["next_refresh_at"]
    return with_present(
        answer,
        schedule=playlist["schedule"],
        schedule_zone=playlist["schedule_zone"] if playlist["schedule"] is not None else None,
        next_refresh_at=next_refresh_at.isoformat() if next_refresh_at is not None else None,
    )


async def _made(service: Service, listener: str, job: JobDocument, prefer: str) -> Response:
    """The playlist when its job is finished in time, else the job.

    Raises:
        JobFailed: the job failed in that time.
        NotFound: it failed because what the list was to be made from does not exist.
    """
    settings = service.settings
    wait_s = settings.playlist_wait_max_s if "wait" in prefer.lower() else settings.playlist_wait_s
    job = await wait_for_job(service, listener, job, wait_s)
    if job["status"] == "done" and job["result"] is not None:
        playlist = await get_playlist(service.agent.database, listener, str(job["result"]["playlist_id"]))
        headers = {"Location": f"/v1/playlists/{playlist['id']}", "Segue-Job": job["id"]}
        content = PLAYLIST_ANSWER.dump_json(playlist_answer(playlist))
        return Response(content, media_type="application/json", headers=headers)
    if job["status"] == "failed" and job["problem"] is not None:
        if job["problem"]["code"] == NotFound.code:
            raise NotFound(job["problem"]["detail"])
        raise JobFailed(job["problem"]["detail"], code=job["problem"]["code"])
    return accepted(job)


class JobFailed(InvalidInput):
    """The job that was asked for failed; the code is that of its problem."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code
