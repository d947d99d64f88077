"""What every request passes first: its id, the host it asks for, the size of its body."""

import re
import uuid
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from src.api.errors import problem, problem_response
from src.telemetry.logging import log_context

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestChecks:
    """ASGI middleware. A page in a browser can make a request to a loopback service under a name of its own
    (DNS rebinding), so the host must be one of those allowed. To read one of the probes, any will do."""

    def __init__(
        self, app: ASGIApp, allowed_hosts: tuple[str, ...], probes: frozenset[str], max_body_bytes: int
    ) -> None:
        self._app = app
        self._allowed = frozenset(allowed_hosts)
        self._probes = probes
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        sent_id = headers.get("x-request-id", "")
        request_id = sent_id if _REQUEST_ID.fullmatch(sent_id) else uuid.uuid4().hex
        scope["segue.request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                out["X-Request-Id"] = request_id
                out["X-Content-Type-Options"] = "nosniff"
            await send(message)

        with log_context(request_id=request_id):
            if self._is_probe(scope) or self._is_allowed(headers.get("host", "")):
                await self._app(scope, self._bounded(receive), send_with_id)
            else:
                detail = "This service does not answer to that host; see ALLOWED_HOSTS."
                response = problem_response(problem(421, "wrong_host", detail, request_id))
                await response(scope, receive, send_with_id)

    def _bounded(self, receive: Receive) -> Receive:
        """The channel, ended with 413 when the body grows too large: FastAPI's own limit answers in text."""
        received = 0

        async def receive_bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_body_bytes:
                raise HTTPException(413)
            return message

        return receive_bounded

    def _is_probe(self, scope: Scope) -> bool:
        # The path as the routes are matched with it, to the letter.
        return scope["method"] in ("GET", "HEAD") and scope["path"] in self._probes

    def _is_allowed(self, host: str) -> bool:
        if "*" in self._allowed:
            return True
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._allowed or f"[{name}]" in self._allowed
