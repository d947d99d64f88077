"""Which exchanges the turn of a case has: the world's, or those of a recording."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial

from src.chat.clients import Agent
from src.errors import InvalidInput
from src.evaluation.playback import Playback, PlayedChat, played_embedder
from src.recordings.file import RecordingFile
from src.recordings.models.recording import Recording
from src.recordings.parts import Parts
from src.recordings.recorder import EmbeddingThrough

type SwapExchanges = Callable[[Agent, str], AbstractContextManager[Agent]]


@contextmanager
def as_it_is(agent: Agent, _label: str) -> Iterator[Agent]:
    """The agent itself."""
    yield agent


@dataclass(slots=True)
class RecordedExchanges:
    """The models and query vectors of recorded turns, by label; loosely: what differs is noted by turn."""

    parts: Parts
    by_label: Mapping[str, Recording]
    differing: dict[str, Sequence[str]] = field(default_factory=dict)

    @contextmanager
    def swap(self, agent: Agent, label: str) -> Iterator[Agent]:
        """The agent with the exchanges of one recorded turn.

        Raises:
            InvalidInput: this turn was not recorded.
        """
        recording = self.by_label.get(label)
        if recording is None:
            raise InvalidInput(f"The recordings hold no turn {label}: record the suite anew.")
        playback = Playback(recording, self.parts, loose=True)
        planned_by_model = recording["made_with"]["planner"] == "llm"
        yield replace(
            agent,
            chat=PlayedChat(playback) if planned_by_model else None,
            catalogue=EmbeddingThrough(agent.catalogue, partial(played_embedder, playback)),
        )
        if playback.differences:
            self.differing[label] = [found["where"] for found in playback.differences]


def recorded_exchanges(file: RecordingFile) -> RecordedExchanges:
    """The exchanges of a suite's recordings."""
    return RecordedExchanges(file.parts, {item.label: item.recording for item in file.recordings})
