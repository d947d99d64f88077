"""What every call passes: it is noted down, and a fault may befall it."""

import asyncio
import math
import re
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from loguru import logger
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.fake_spotify.faults import QUOTA_SECONDS, RATE_LIMIT_SECONDS, STALL_SECONDS, Fault
from src.fake_spotify.problems import OWNER_NEEDS_PREMIUM, problem_body
from src.fake_spotify.world import Bucket, LateWrite, SeenRequest, World

# Which calls share a quota.
_BUCKETS: Final[tuple[tuple[re.Pattern[str], Bucket], ...]] = (
    (re.compile(r"/v1/search"), "search"),
    (re.compile(r"/v1/(tracks|albums|artists)"), "catalogue"),
    (re.compile(r"/v1/(me/)?playlists"), "playlists"),
    (re.compile(r"/v1/me/(library|tracks)"), "library"),
    (re.compile(r"/v1/"), "user"),
)
_PLAYLIST: Final = re.compile(r"/v1/playlists/[^/]+")
# Linger on, for no time: closing sends a reset instead of the end of the stream.
_RESET: Final = struct.pack("ii", 1, 0)


def bucket_of(path: str) -> Bucket | None:
    """The bucket of a call; None outside of the API."""
    return next((bucket for pattern, bucket in _BUCKETS if pattern.match(path)), None)


def subject_of(path: str) -> str:
    """What a call is about: one playlist, or the path itself."""
    found = _PLAYLIST.match(path)
    return found.group() if found else path


async def wait(seconds: float, closing: asyncio.Event, receive: Receive) -> bool:
    """Wait; False as soon as the client has hung up or the server goes down."""
    ends = {asyncio.create_task(_hung_up(receive)), asyncio.create_task(closing.wait())}
    done, pending = await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    return not done


async def hang_up(scope: Scope, receive: Receive, *, reset: bool = False) -> None:
    """Close the connection without an answer; without a server, that is a `ConnectionResetError`."""
    transport = scope.get("state", {}).get("transport")
    if not isinstance(transport, asyncio.Transport):
        raise ConnectionResetError("the fake hung up")
    if reset:
        connection = transport.get_extra_info("socket")
        if not transport.is_closing():
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        transport.abort()
    else:
        transport.close()
    # Until the server has noticed, it would answer for an app that returns without an answer.
    await _hung_up(receive)


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


type _Headers = tuple[tuple[bytes, bytes], ...]
type _Noted = Callable[[int], None]

_UNNOTED: Final = "/fake/"
_JSON: Final[_Headers] = ((b"content-type", b"application/json"),)
_HTML: Final[_Headers] = ((b"content-type", b"text/html; charset=utf-8"),)
_PAGE: Final = b"<!DOCTYPE html><html><head><title>One moment</title></head><body>One moment.</body></html>"


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    headers: _Headers = _JSON


@dataclass(frozen=True, slots=True)
class _Call:
    """A call whose body has been read, so that it can be carried out now, later, or twice."""

    app: ASGIApp
    scope: Scope
    body: bytes
    receive: Receive
    send: Send
    world: World
    note: _Noted

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    async def carry_out(self) -> _Answer:
        """What the app answers; a read lets the writes land that waited for it."""
        status = 500
        headers: _Headers = ()
        parts: list[bytes] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": self.body, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = tuple(message.get("headers", ()))
            else:
                parts.append(message.get("body", b""))

        await self.app(dict(self.scope), receive, send)
        if self.method == "GET":
            await _land(self.world, subject_of(self.path))
        kept = tuple(header for header in headers if header[0].lower() != b"content-length")
        return _Answer(status, b"".join(parts), kept)

    async def answer(self, answer: _Answer, *, cut: bool = False) -> None:
        """Send an answer, or, `cut`, half of it."""
        self.note(answer.status)
        length = (b"content-length", str(len(answer.body)).encode())
        headers = answer.headers if answer.status == 204 else (*answer.headers, length)
        await self.send({"type": "http.response.start", "status": answer.status, "headers": list(headers)})
        body = answer.body[: len(answer.body) // 2] if cut else answer.body
        await self.send({"type": "http.response.body", "body": body, "more_body": cut})
        if cut:
            await hang_up(self.scope, self.receive)


async def _land(world: World, subject: str) -> None:
    """Carry out the late writes whose last read this was."""
    for late in [late for late in world.late if late.subject == subject]:
        late.reads_left -= 1
        if late.reads_left <= 0:
            world.late = [other for other in world.late if other is not late]
            await late.carry_out()


class CallLog:
    """The routes on one world: an ASGI app around theirs."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        world = self._world
        if scope["type"] == "http":
            scope = {**scope, "state": {**scope.get("state", {}), "world": world}}
        if scope["type"] != "http" or scope["path"].startswith(_UNNOTED):
            await self._app(scope, receive, send)
            return
        body = await _read(receive)
        call = _Call(self._app, scope, body, receive, send, world, _note(world, scope))
        fault = world.faults.next_for(call.method, call.path)
        refusal = _used_up(world, call.path)
        if refusal is not None:
            await call.answer(refusal)
        elif fault is None:
            await call.answer(await call.carry_out())
        else:
            logger.info("fault", kind=fault.kind, method=call.method)
            await _befall(fault, call)


async def _befall(fault: Fault, call: _Call) -> None:
    real = await call.carry_out() if fault.carried_out else None
    match fault.kind:
        case "stall":
            await _stall(fault, call, real)
        case "drop" | "reset" | "late":
            if fault.kind == "late":
                late = LateWrite(subject_of(call.path), fault.reads, call.carry_out)
                call.world.late.append(late)
            if fault.seconds:
                await wait(fault.seconds, call.world.closing, call.receive)
            await hang_up(call.scope, call.receive, reset=fault.kind == "reset")
        case "half" | "cut":
            real = real or await call.carry_out()
            if fault.kind == "half":
                await call.answer(replace(real, body=real.body[: len(real.body) // 2]))
            else:
                await call.answer(real, cut=True)
        case _:
            await call.answer(_failure(fault, call))


async def _stall(fault: Fault, call: _Call, real: _Answer | None) -> None:
    seconds = STALL_SECONDS if fault.seconds is None else fault.seconds
    if await wait(seconds, call.world.closing, call.receive):
        await call.answer(real or await call.carry_out())
    else:
        await hang_up(call.scope, call.receive)


def _failure(fault: Fault, call: _Call) -> _Answer:
    match fault.kind:
        case "rate_limited":
            seconds = RATE_LIMIT_SECONDS if fault.seconds is None else fault.seconds
            return _too_many(seconds, problem_body(429, "API rate limit exceeded"))
        case "quota":
            seconds = QUOTA_SECONDS if fault.seconds is None else fault.seconds
            bucket = bucket_of(call.path)
            if bucket is not None:
                call.world.exhausted[bucket] = call.world.clock() + timedelta(seconds=seconds)
            return _quota(seconds)
        case "unauthorized":
            return _Answer(401, problem_body(401, "Access token missing"))
        case "owner_premium":
            return _Answer(403, problem_body(403, OWNER_NEEDS_PREMIUM))
        case "forbidden":
            return _Answer(403, problem_body(403, "Forbidden"))
        case "html":
            return _Answer(200, _PAGE, _HTML)
        case "502" | "504":
            # A gateway answers, not the API.
            return _Answer(int(fault.kind), _PAGE, _HTML)
        case "500" | "503":
            return _Answer(int(fault.kind), problem_body(int(fault.kind), "Server error"))
        case kind:
            raise AssertionError(f"{kind} is answered elsewhere")


def _used_up(world: World, path: str) -> _Answer | None:
    """The refusal of a call whose bucket has no quota left."""
    bucket = bucket_of(path)
    if bucket is None or bucket not in world.exhausted:
        return None
    left = (world.exhausted[bucket] - world.clock()).total_seconds()
    if left > 0:
        return _quota(left)
    del world.exhausted[bucket]
    return None


def _quota(seconds: float) -> _Answer:
    return _too_many(seconds, problem_body(429, "Too many requests", "QUOTA_EXCEEDED"))


def _too_many(seconds: float, body: bytes) -> _Answer:
    return _Answer(429, body, (*_JSON, (b"retry-after", str(math.ceil(seconds)).encode())))


def _note(world: World, scope: Scope) -> _Noted:
    """Write the call down as one without an answer; returns what writes its status."""
    seen = SeenRequest(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), 0)
    number = len(world.requests)
    world.requests.append(seen)

    def note(status: int) -> None:
        # The list may have been emptied in the meantime.
        if number < len(world.requests) and world.requests[number] is seen:
            world.requests[number] = seen._replace(status=status)

    return note


async def _read(receive: Receive) -> bytes:
    parts = []
    while (message := await receive())["type"] == "http.request":
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            break
    return b"".join(parts)
