"""What a replay came to."""

from typing import Literal, NotRequired, TypedDict

from src.chat.models.answer import Answer
from src.schema import documented

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
