"""A suite with its gates, and what a run of it came to."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.chat.models.answer import PlannerInfo, Usage
from src.chat.models.why import TurnRecord
from src.constraints.models.brief import ReportLine
from src.schema import documented
from src.telemetry.models.span import SpanDocument

RUN_FORMAT = "segue-run"
RUN_VERSION = 1

type Better = Literal["higher", "lower", "neither"]


@documented
class RunTrack(TypedDict):
    """A track of an answer, as a report shows it."""

    id: str
    """The catalogue's track."""
    title: str
    """Title as on record."""
    artists: list[str]
    """Credited artists, the main one first."""
    year: NotRequired[int]
    """Year of release."""
    reason: str
    """Why it was recommended."""
    chosen_by: Literal["model", "ranking"]
    """Who chose it."""


@documented
class ToolUse(TypedDict):
    """One call of a tool in a turn."""

    tool: str
    """The tool's name, or `unknown`."""
    ok: bool
    """False when it answered with an error that the model could mend."""
    first: bool
    """Whether it was the first call of this tool in the turn."""


@documented
class TurnRun(TypedDict):
    """One turn as it went."""

    message: str
    """What the listener said."""
    reply: str
    """The words around the list; empty when there was no answer."""
    tracks: list[RunTrack]
    """The list, best first."""
    constraints: list[ReportLine]
    """The constraint report: one line a constraint, with its verdict."""
    planner: NotRequired[PlannerInfo]
    """Who planned; absent when there was no answer."""
    usage: NotRequired[Usage]
    """Tokens, calls and milliseconds; absent when there was no answer."""
    tools: list[ToolUse]
    """Tools that the planner called, in order."""
    record: NotRequired[TurnRecord]
    """The pool: every search with its ranks, the ranking, the drops."""
    spans: list[SpanDocument]
    """The trace."""
    failures: list[str]
    """What is not as expected, a sentence each; empty when all is."""


@documented
class CaseRun(TypedDict):
    """One case as it went."""

    id: str
    """Id of the case, unique in the suite."""
    kind: str
    """What the case tests; the report has one line a kind."""
    catalogue: str
    """Name of the catalogue: `starter`, `messy` or `hostile`."""
    blind: bool
    """Whether it was written without sight of the code that reads messages."""
    passed: bool
    """Whether no turn has a failure."""
    metrics: dict[str, float]
    """Metric by name, of this case alone; those that do not apply to it are left out."""
    turns: list[TurnRun]
    """In order; a turn without an answer is the last."""


@documented
class MetricLine(TypedDict):
    """One metric over the cases that have it."""

    name: str
    """`ndcg@20`, `exclusion leaks`, `turn ms p95`, …"""
    value: float
    """The mean over the cases, or what `unit` says."""
    unit: str
    """`share`, `count`, `ms`, `tokens`, `USD`, or empty."""
    better: Better
    """Which way is better."""
    cases: int
    """How many cases have it."""


@documented
class GateLine(TypedDict):
    """A bound of the suite's file, and whether the run keeps it."""

    metric: str
    """Name of the metric, or `passed: KIND`."""
    at_least: NotRequired[float]
    """The metric must not be below."""
    at_most: NotRequired[float]
    """The metric must not be above."""
    value: NotRequired[float]
    """What the run has; absent when it has no such metric, which breaks the gate."""
    kept: bool
    """Whether the bound is kept."""
    floor: NotRequired[bool]
    """Whether the bound asks for no more than what there was when it was set."""
    why: NotRequired[str]
    """Why it stands where it stands."""


@documented
class RunOrigin(TypedDict):
    """How a run was made."""

    suite: str
    """Name of the suite."""
    suite_hash: str
    """Digest of its cases and gates: runs of different suites are not compared."""
    planner: str
    """`rules`, or the model's name."""
    how: str
    """`rules planner`, `scripted model`, `model NAME`; `replayed` is said here too."""
    code_version: str
    """Version of Segue."""
    prompts_hash: str
    """Digest of all texts under `prompts/`."""
    catalogues: dict[str, str]
    """Fingerprint of each catalogue by name."""
    command: str
    """What makes the run again."""
    started_at: str
    """When the run began, as ISO time in UTC."""
    judge: NotRequired[str]
    """The judging model and its version; absent where none judged."""


@documented
class Run(TypedDict):
    """A whole run."""

    format: Literal["segue-run"]
    """Tells such a file from others."""
    version: Literal[1]
    """Version of this document."""
    origin: RunOrigin
    """How the run was made, enough to make it again."""
    seconds: float
    """Wall-clock time of all turns, without the opening of catalogues."""
    degraded_turns: int
    """Turns in which the rules had to stand in for the model."""
    metrics: list[MetricLine]
    """Figures over all cases, each with its unit."""
    gates: list[GateLine]
    """Bounds of the suite that apply to this planner."""
    gates_kept: NotRequired[str]
    """How many are kept, and which of those are floors, in words; absent in runs of version 0.4."""
    cases: list[CaseRun]
    """Every case, in the order of the suite."""
    titles: NotRequired[dict[str, str]]
    """Title and artists of the tracks in pools, by id."""


RUN = TypeAdapter(Run)


@documented
class UnfinishedHead(TypedDict, closed=True):
    """The first line of an unfinished run's file; it goes on where all three are the same."""

    suite_hash: str
    """Digest of the suite's cases and gates."""
    planner: str
    """`rules`, `scripted`, or the model's name."""
    prompts_hash: str
    """Digest of all texts under `prompts/`."""


@documented
class JudgeVerdict(TypedDict):
    """What a judging model answers about one list."""

    score: float
    """From 1, nothing fits, to 5; anything else counts as a failure of the judge."""
    why: str
    """The judge's reason in a sentence; nothing reads it yet."""


JUDGE_VERDICT = TypeAdapter(JudgeVerdict)


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
    floor: NotRequired[Literal[True]]
    """The bound lies at or under what runs reached when it was set, and better is possible: it holds what is
    there and asks for no more. Needs `why`."""
    why: NotRequired[Annotated[str, Field(min_length=1)]]
    """Why the bound stands where it stands."""


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
