"""`/health` for probes, and `/v1/traces`."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Response
from loguru import logger

from src.api.dependencies import ListenerOf, ServiceOf
from src.api.models.bodies import READY, Live, Ready, Trace
from src.conversations.turn_store import load_spans
from src.errors import DomainError
from src.storage.database import read
from src.telemetry.models.span import SPANS

# A kubelet names a pod by its address, the image's own check by loopback: neither need be in ALLOWED_HOSTS.
PROBES: Final = frozenset({"/health/live", "/health/ready"})

router = APIRouter()


@router.head("/health/live", include_in_schema=False)
@router.get("/health/live", tags=["health"])
async def live() -> Live:
    """The process runs."""
    return {"status": "ok"}


@router.head("/health/ready", include_in_schema=False)
@router.get("/health/ready", tags=["health"], response_model=Ready, responses={503: {"model": Ready}})
async def ready(service: ServiceOf) -> Response:
    """Whether the catalogue and the database answer; names what does not."""
    parts: dict[str, str] = {}
    try:
        async with service.agent.catalogue.use() as catalogue:
            await catalogue.engine.fetch([])
        parts["catalogue"] = "ok"
    except DomainError as error:
        parts["catalogue"] = error.code
    try:
        async with read(service.agent.database) as connection:
            await connection.exec_driver_sql("SELECT 1")
        parts["database"] = "ok"
    except DomainError as error:
        parts["database"] = error.code
    is_ready = set(parts.values()) == {"ok"}
    if not is_ready:
        logger.warning("not ready", **parts)
    body: Ready = {"status": "ready" if is_ready else "not_ready", "parts": parts}
    return Response(READY.dump_json(body), 200 if is_ready else 503, media_type="application/json")


@router.get("/v1/traces/{trace_id}", tags=["traces"])
async def read_trace(
    trace_id: Annotated[str, Path(pattern="^[0-9a-f]{32}$")], service: ServiceOf, listener: ListenerOf
) -> Trace:
    """The spans of one of your turns."""
    turns = await load_spans(service.agent.database, listener, trace_id)
    return {"trace_id": trace_id, "spans": [span for text in turns for span in SPANS.validate_json(text)]}
