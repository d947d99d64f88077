"""`/v1/recordings`: recorded turns of the listener, to take away as files and to delete."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from src.api.dependencies import ListenerOf, ServiceOf
from src.api.models.bodies import RecordingList
from src.recordings.file import LabelledRecording, RecordingFile, write_recordings
from src.recordings.store import delete_recording, get_recording, list_recordings

router = APIRouter(prefix="/v1/recordings", tags=["recordings"])

TurnId = Annotated[str, Path(min_length=1, max_length=64)]
_MEDIA_TYPE = "application/gzip"
_FILE_DOC = {
    "description": "The recording as a portable file (`.jsonl.gz`), which `segue replay` makes again.",
    "content": {_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
}


@router.get("")
async def read_recordings(
    service: ServiceOf, listener: ListenerOf, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> RecordingList:
    """Your recorded turns, the latest first."""
    return {"recordings": await list_recordings(service.agent.database, listener, limit)}


@router.get("/{turn_id}", response_class=Response, responses={200: _FILE_DOC})
async def export_recording(turn_id: TurnId, service: ServiceOf, listener: ListenerOf) -> Response:
    """One recorded turn as a file."""
    recording, parts = await get_recording(service.agent.database, listener, turn_id)
    content = write_recordings(RecordingFile([LabelledRecording("", recording)], parts))
    disposition = f'attachment; filename="{recording["turn_id"]}.jsonl.gz"'
    return Response(content, media_type=_MEDIA_TYPE, headers={"Content-Disposition": disposition})


@router.delete("/{turn_id}", status_code=204)
async def remove_recording(turn_id: TurnId, service: ServiceOf, listener: ListenerOf) -> Response:
    """Delete the recording of a turn; the turn itself stays."""
    await delete_recording(service.agent.database, listener, turn_id)
    return Response(status_code=204)
