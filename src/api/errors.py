"""Every error as problem+json (RFC 9457). None echoes input."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from loguru import logger
from starlette.exceptions import HTTPException

from src.chat.models.answer import PROBLEM, ProblemDetails
from src.errors import DomainError
from src.schema import with_present

MEDIA_TYPE = "application/problem+json"
_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
    421: "wrong_host",
    422: "invalid_input",
}
_DETAILS = {
    404: "There is no such thing here.",
    405: "This address does not take this method.",
    413: "The body is larger than MAX_BODY_BYTES.",
}
# What any route may answer besides; FastAPI documents another form for 422 than the one that is sent.
DOCUMENTED: dict[int | str, dict[str, object]] = {
    status: {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": PROBLEM.json_schema()}},
    }
    for status in (401, 403, 404, 409, 413, 422, 503)
}


def problem_of(error: DomainError, request_id: str) -> ProblemDetails:
    """A domain error as a problem document."""
    return problem(error.status, error.code, error.message, request_id)


def problem_response(document: ProblemDetails, headers: dict[str, str] | None = None) -> Response:
    """The document as an answer."""
    return Response(PROBLEM.dump_json(document), document["status"], headers, MEDIA_TYPE)


def error_response(error: DomainError, request_id: str) -> Response:
    """A domain error as an answer, with `Retry-After` where it has one."""
    headers: dict[str, str] = {}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(problem_of(error, request_id), headers)


def problem(status: int, code: str, detail: str, request_id: str) -> ProblemDetails:
    """A problem document; without `request_id` where the request has none."""
    document: ProblemDetails = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    return with_present(document, request_id=request_id or None)


def internal_problem(request_id: str) -> ProblemDetails:
    """A bug, as the listener may see it: its log line bears the request id."""
    detail = "Something went wrong here; quote the request id when you ask for help."
    return problem(500, "internal_error", detail, request_id)


def add_error_handlers(app: FastAPI) -> None:
    """Answer domain errors, invalid requests, HTTP errors and bugs alike with problem+json."""

    async def on_domain_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, DomainError)
        return error_response(error, request_id_of(request))

    async def on_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        found = [(item["loc"], str(item["type"]), str(item["msg"])) for item in error.errors()]
        reasons = "; ".join(dict.fromkeys(_reason(*item) for item in found))
        return problem_response(problem(422, "invalid_input", reasons[:1000], request_id_of(request)))

    async def on_http_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        code = _CODES.get(error.status_code, "http_error")
        detail = _DETAILS.get(error.status_code, HTTPStatus(error.status_code).phrase)
        document = problem(error.status_code, code, detail, request_id_of(request))
        return problem_response(document, dict(error.headers or {}))

    async def on_bug(request: Request, error: Exception) -> Response:
        logger.opt(exception=error).error("unhandled error")
        return problem_response(internal_problem(request_id_of(request)))

    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]] = {
        DomainError: on_domain_error,
        RequestValidationError: on_invalid,
        HTTPException: on_http_error,
        Exception: on_bug,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def request_id_of(request: Request) -> str:
    """The id that `RequestChecks` gave the request."""
    return str(request.scope.get("segue.request_id", ""))


def _reason(location: tuple[int | str, ...], kind: str, message: str) -> str:
    """`limit: Input should be …`; a name that the client made up is input, so it is not echoed."""
    known = [str(part) for part in location[1:] if isinstance(part, str)]
    if kind == "extra_forbidden":
        return "there is a field too many"
    return f"{'.'.join(known) or str(location[0])}: {message}"
