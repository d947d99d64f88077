"""`/fake/…`: faults, what was called, and back to the start; for this machine alone."""

import ipaddress
import re

from fastapi import APIRouter, Depends, Request, Response

from src.fake_spotify.faults import Fault
from src.fake_spotify.models.control import FaultList, Planned, SeenList
from src.fake_spotify.problems import ApiProblem
from src.fake_spotify.tokens import WorldOf


async def _from_here(request: Request) -> None:
    host = request.client.host if request.client else ""
    if not ipaddress.ip_address(host or "0.0.0.0").is_loopback:  # noqa: S104 - read, not bound
        raise ApiProblem(403, "Only from this machine.")


router = APIRouter(prefix="/fake", dependencies=[Depends(_from_here)])


@router.post("/faults")
async def plan(world: WorldOf, body: FaultList) -> Planned:
    """Plan faults in addition to those already planned."""
    try:
        world.faults.add(*(Fault(**fault) for fault in body["faults"]))
    except re.PatternError:
        raise ApiProblem(400, "path is no regular expression") from None
    return {"planned": len(world.faults.planned), "fired": len(world.faults.fired)}


@router.delete("/faults", status_code=204)
async def clear(world: WorldOf) -> Response:
    """Forget all faults, and give back the quotas."""
    world.clear_faults()
    return Response(status_code=204)


@router.get("/requests")
async def seen(world: WorldOf) -> SeenList:
    """Every call that was made, in order."""
    return {
        "requests": [
            {"method": call.method, "path": call.path, "query": call.query, "status": call.status}
            for call in world.requests
        ]
    }


@router.post("/reset", status_code=204)
async def reset(world: WorldOf) -> Response:
    """Back to the start."""
    world.reset()
    return Response(status_code=204)
