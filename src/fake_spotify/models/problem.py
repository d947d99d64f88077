"""How the fake API says no."""

from typing import NotRequired

from typing_extensions import TypedDict

from src.schema import documented


@documented
class Problem(TypedDict):
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

    error: Problem
    """What went wrong."""
