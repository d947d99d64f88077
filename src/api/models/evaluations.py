"""What clients are answered of evaluations."""

from typing import TypedDict

from src.schema import documented


@documented
class EvaluationLine(TypedDict):
    """A finished evaluation."""

    id: str
    """Its id: that of the job that made it."""
    suite: str
    """The suite."""
    created_at: str
    """When it was finished, ISO."""
    report: str
    """Where its page is."""


@documented
class EvaluationLines(TypedDict):
    """The listener's finished evaluations, the latest first."""

    evaluations: list[EvaluationLine]
    """At most 50 are kept."""
