"""A suite: cases with the bounds that a run of them must keep, as its TOML file states them."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.schema import documented


@documented
class Gate(TypedDict, closed=True):
    """A bound on a metric of a run."""

    metric: Annotated[str, Field(min_length=1)]
    """Name of a metric, or `passed: KIND`, the share of passed cases of a kind; `passed` is of all."""
    at_least: NotRequired[float]
    """The metric must not be below."""
    at_most: NotRequired[float]
    """The metric must not be above."""
    planner: NotRequired[Literal["rules", "llm"]]
    """Holds for this kind of planner alone; for every one when left out."""


@documented
class RedteamSpec(TypedDict, closed=True):
    """Conversations with a hostile model over a hostile catalogue, in place of cases."""

    runs: Annotated[int, Field(ge=1, le=100_000)]
    """How many conversations."""
    seed: int
    """Of the first one; the others count on from it."""


@documented
class SuiteFile(TypedDict, closed=True):
    """A suite's TOML file. Its paths are relative to its folder."""

    title: Annotated[str, Field(min_length=1)]
    """What it measures, in a sentence."""
    cases: NotRequired[list[str]]
    """Files of cases, JSON Lines."""
    adversary: NotRequired[RedteamSpec]
    """Conversations with a hostile model, in place of cases."""
    catalogues: NotRequired[dict[Literal["messy"], str]]
    """Rows that fill a catalogue, by its name."""
    recordings: NotRequired[str]
    """Recorded turns of the cases, for replays without a model."""
    gates: NotRequired[list[Gate]]
    """Bounds that a run must keep."""


SUITE_FILE = TypeAdapter(SuiteFile)


@documented
class EvaluationRequest(TypedDict, closed=True):
    """A suite that ships, and who plans."""

    suite: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9-]+$")]
    """Its name: `core`, `dialogues`, `playlists`, `adversary`."""
    planner: NotRequired[Literal["rules", "scripted", "model"]]
    """The rules, the scripted model, or the configured one; the rules when left out."""
    kinds: NotRequired[Annotated[list[str], Field(max_length=50)]]
    """Only cases of these kinds."""
    cases: NotRequired[Annotated[list[str], Field(max_length=500)]]
    """Only these cases."""


EVALUATION_REQUEST = TypeAdapter(EvaluationRequest)
