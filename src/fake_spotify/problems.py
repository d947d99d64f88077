"""How the fake says no: one kind of body for the API, another for the accounts pages."""

from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException

from src.fake_spotify.models.control import AccountsError, ErrorBody, ProblemAnswer

OWNER_NEEDS_PREMIUM: Final = "Active premium subscription required for the owner of the app"

_PROBLEM = TypeAdapter(ProblemAnswer)
_ACCOUNTS = TypeAdapter(AccountsError)


class ApiProblem(Exception):
    """A failure of the API."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


class AccountsProblem(Exception):
    """A failure of the token endpoint."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status


def problem_body(status: int, message: str, reason: str | None = None) -> bytes:
    """The JSON of a failure of the API."""
    problem: ErrorBody = {"status": status, "message": message}
    if reason is not None:
        problem["reason"] = reason
    return _PROBLEM.dump_json({"error": problem})


def add_error_handlers(app: FastAPI) -> None:
    """Answer both kinds of failure, and those of the framework, as Spotify does."""

    @app.exception_handler(ApiProblem)
    async def on_api_problem(_request: Request, problem: ApiProblem) -> Response:
        return _answer(problem.status, problem.message)

    @app.exception_handler(AccountsProblem)
    async def on_accounts_problem(_request: Request, problem: AccountsProblem) -> Response:
        body = _ACCOUNTS.dump_json({"error": problem.error, "error_description": problem.description})
        return Response(body, problem.status, media_type="application/json")

    @app.exception_handler(RequestValidationError)
    async def on_validation(_request: Request, _error: RequestValidationError) -> Response:
        return _answer(400, "Error parsing JSON.")

    @app.exception_handler(HTTPException)
    async def on_http(_request: Request, error: HTTPException) -> Response:
        return _answer(error.status_code, "Service not found" if error.status_code == 404 else error.detail)


def _answer(status: int, message: str) -> Response:
    return Response(problem_body(status, message), status, media_type="application/json")
