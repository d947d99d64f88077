"""What a run of request cases came to."""

from typing import TypedDict

from pydantic import TypeAdapter

from src.evaluation.models.case import CatalogueName
from src.schema import documented


@documented
class TurnResult(TypedDict):
    """One turn of a case as it went."""

    message: str
    """What the listener said."""
    reply: str
    """The words around the list; empty when there was no answer."""
    titles: list[str]
    """The list, best first: `title by artists`."""
    failures: list[str]
    """What is not as expected, a sentence each; empty when all is."""


@documented
class CaseResult(TypedDict):
    """One case as it went."""

    id: str
    """The case."""
    kind: str
    """What it is about."""
    catalogue: CatalogueName
    """What it ran on."""
    blind: bool
    """Whether it was written without sight of the code that reads messages."""
    passed: bool
    """Whether no turn has a failure."""
    turns: list[TurnResult]
    """In order; a turn without an answer is the last."""


@documented
class KindLine(TypedDict):
    """Cases of one kind, counted; the others of them are sighted."""

    kind: str
    """The kind; `total` for all cases."""
    cases: int
    """How many there are."""
    passed: int
    """How many of them passed."""
    blind_cases: int
    """How many of them are blind."""
    blind_passed: int
    """How many of the blind ones passed."""


@documented
class Report(TypedDict):
    """A whole run."""

    planner: str
    """`rules`, or the model's name."""
    degraded_turns: int
    """Turns in which the rules had to stand in for the model."""
    seconds: float
    """Wall-clock time of all turns, without the opening of catalogues."""
    total: KindLine
    """All cases."""
    kinds: list[KindLine]
    """One line a kind, by name."""
    results: list[CaseResult]
    """Every case, in the order of the files."""


REPORT = TypeAdapter(Report)
