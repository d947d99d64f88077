"""What testers send to `/fake/…`, and the small bodies that the fake answers with."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from src.fake_spotify.faults import FaultKind
from src.schema import documented


@documented
class FaultBody(TypedDict, closed=True):
    """A fault to come; see `src.fake_spotify.faults.Fault`."""

    kind: FaultKind
    """What goes wrong."""
    method: NotRequired[str | None]
    """Of which calls; of all without it."""
    path: NotRequired[str]
    """Regular expression, matched from the start of the path; `/v1/` without it."""
    nth: NotRequired[Annotated[int, Field(ge=1)]]
    """The first matching call that it befalls; 1 without it."""
    times: NotRequired[Annotated[int, Field(ge=1)] | None]
    """How many in a row; null: every one from there on."""
    seconds: NotRequired[Annotated[float, Field(ge=0)] | None]
    """How long the wait is, or is said to be."""
    carried_out: NotRequired[bool]
    """Whether the call is carried out all the same."""
    reads: NotRequired[Annotated[int, Field(ge=1)]]
    """After how many later reads a `late` call is carried out."""


@documented
class FaultList(TypedDict, closed=True):
    """Faults to come."""

    faults: list[FaultBody]
    """They are added to those planned already."""


@documented
class Planned(TypedDict):
    """How many faults stand."""

    planned: int
    """All that were planned since the last reset."""
    fired: int
    """How many calls were befallen."""


@documented
class Seen(TypedDict):
    """A call that was made."""

    method: str
    """HTTP method of the call, in capitals."""
    path: str
    """Path without the query."""
    query: str
    """The query as sent."""
    status: int
    """What was answered; 0 when no answer went out."""


@documented
class SeenList(TypedDict):
    """All calls since the last reset."""

    requests: list[Seen]
    """In order of their arrival."""


@documented
class TokenAnswer(TypedDict):
    """Tokens."""

    access_token: str
    """For calls of the API."""
    token_type: Literal["Bearer"]
    """How it is sent."""
    scope: NotRequired[str]
    """What it may do, separated by spaces; absent for the app itself."""
    expires_in: int
    """Seconds."""
    refresh_token: NotRequired[str]
    """For the next access token; absent where the old one goes on."""


@documented
class AccountsError(TypedDict):
    """Why there is no token."""

    error: str
    """A word for programs."""
    error_description: str
    """Words for people."""


@documented
class ErrorBody(TypedDict):
    """What went wrong."""

    status: int
    """The HTTP status."""
    message: str
    """Words for people."""
    reason: NotRequired[str]
    """A word for programs."""


@documented
class ProblemAnswer(TypedDict):
    """The body of every failure of the API."""

    error: ErrorBody
    """What went wrong."""
