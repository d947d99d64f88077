"""Two runs of one suite case by case, and what a replay came to."""

from typing import Literal, NotRequired, TypedDict

from src.chat.models.answer import Answer
from src.evaluation.models.run import Better, GateLine, RunOrigin
from src.schema import documented

type Outcome = Literal["better", "worse", "changed", "unclear"]


@documented
class OriginChange(TypedDict):
    """Something in which the two runs were made differently."""

    field: str
    """`planner`, `prompts_hash`, `code_version`, `catalogue NAME`, …"""
    before: str
    """Value in the first run; empty when it has none."""
    after: str
    """Value in the second run; empty when it has none."""


@documented
class MetricChange(TypedDict):
    """One metric over the cases that have it in both runs."""

    name: str
    """Name of the metric, as in the runs."""
    unit: str
    """`share`, `count`, `ms`, `tokens`, `USD`, or empty."""
    better: Better
    """Which way is better."""
    cases: int
    """How many cases have it in both runs."""
    before: float
    """The first run's mean over these cases."""
    after: float
    """The second run's mean over these cases."""
    difference: float
    """Mean of the differences, second less first."""
    low: NotRequired[float]
    """Lower end of the 95 % interval of the mean difference; absent when there are too few cases for one."""
    high: NotRequired[float]
    """Upper end of the 95 % interval; absent with `low`."""
    outcome: Outcome
    """`better` or `worse` when the interval excludes 0, `changed` when it does and neither way is better,
    `unclear` otherwise."""


@documented
class CaseFlip(TypedDict):
    """A case that passed in one run alone."""

    id: str
    """Id of the case."""
    kind: str
    """Kind of the case."""
    passed: bool
    """Whether it passes in the second run."""
    failures: list[str]
    """What is not as expected in the run in which it failed."""


@documented
class Cost(TypedDict):
    """What some turns cost."""

    input_tokens: int
    """Tokens as the model's server counts them; 0 when it does not."""
    output_tokens: int
    """Tokens as the model's server counts them; 0 when it does not."""
    model_calls: int
    """Calls of the language model."""
    ms: float
    """Milliseconds of all these turns."""


@documented
class TurnChange(TypedDict):
    """A turn whose list or constraint report is not the same in both runs."""

    case: str
    """Id of the case."""
    turn: int
    """Number of the turn, from 1."""
    tracks_in: list[str]
    """Tracks that only the second run has, `title by artists`."""
    tracks_out: list[str]
    """Tracks that only the first run has."""
    gained: list[str]
    """Constraints with a better verdict in the second run, or new there."""
    lost: list[str]
    """Constraints with a worse verdict in the second run, or gone there."""
    before: Cost
    """What the turn cost in the first run."""
    after: Cost
    """What it cost in the second run."""


@documented
class Comparison(TypedDict):
    """What became of a suite from one run to another."""

    before: RunOrigin
    """How the first run was made."""
    after: RunOrigin
    """How the second run was made."""
    differs: list[OriginChange]
    """In what they were made differently; empty when in nothing."""
    seed: int
    """Seed of the resampling: the same seed gives the same intervals."""
    resamples: int
    """How often the cases were drawn again."""
    shared: int
    """Cases that both runs have."""
    only_before: list[str]
    """Cases that only the first run has."""
    only_after: list[str]
    """Cases that only the second run has."""
    metrics: list[MetricChange]
    """`passed` and `turn ms` first, then the others in the order of the second run."""
    flips: list[CaseFlip]
    """Cases that passed in one run alone: first those that no longer pass."""
    turns: list[TurnChange]
    """Turns of the shared cases that changed, in the order of the second run."""
    cost_before: Cost
    """Of the shared cases together, in the first run."""
    cost_after: Cost
    """Of the shared cases together, in the second run."""
    gates_broken: list[GateLine]
    """Gates that the second run breaks."""


type ReplayMode = Literal["strict", "loose", "live"]


@documented
class Difference(TypedDict):
    """Something that is not as it was recorded."""

    where: str
    """What differs: `catalogue`, `prompt of model call 1`, `embedding`, `clock`, `answer`, `pool`, …"""
    what: str
    """What differs, in a sentence."""
    diff: str
    """Line by line, `-` recorded and `+` now; empty where there is nothing to show."""


@documented
class Replayed(TypedDict):
    """One recorded turn, made again."""

    label: str
    """What it is in its suite, or the turn's id."""
    how: str
    """How the recording was made."""
    identical: bool
    """Whether the answer and the pool are byte for byte the same, without times and trace ids, and every
    exchange was as recorded."""
    outcome: str
    """`finished`, or the code of the error that ended it."""
    differences: list[Difference]
    """In the order in which they came up."""
    answer: NotRequired[Answer]
    """The answer as it is now; absent when there is none."""


@documented
class TurnsCompared(TypedDict):
    """Two recorded turns, or a turn and its replay, side by side."""

    tracks_in: list[str]
    """Tracks that only the second has."""
    tracks_out: list[str]
    """Tracks that only the first has."""
    moved: list[str]
    """Tracks that both have at other ranks: `NAME: 3 → 1`."""
    constraints_gained: list[str]
    """Constraints with a better verdict in the second, or new there."""
    constraints_lost: list[str]
    """Constraints with a worse verdict in the second, or gone there."""
    claims_gained: list[str]
    """Sentences that only the second says."""
    claims_lost: list[str]
    """Sentences that only the first says."""
    tokens: tuple[int, int]
    """Tokens of input and output together, in each."""
    model_calls: tuple[int, int]
    """Calls of the model, in each."""
    ms: tuple[float, float]
    """Milliseconds of the whole turn, in each."""
