"""Which parts a recording is made of."""

from collections.abc import Iterator

from src.recordings.models.recording import BEFORE, Recording
from src.recordings.parts import Parts


def part_names(recording: Recording, parts: Parts) -> list[str]:
    """Names of all parts, each once, in the order in which they are met.

    Raises:
        DamagedRecording: the part that says what the turn began with is missing.
    """
    return list(dict.fromkeys(_names(recording, parts)))


def _names(recording: Recording, parts: Parts) -> Iterator[str]:
    yield recording["before"]
    before = BEFORE.validate_json(parts.get(recording["before"]))
    yield from before["pool"]
    yield from (turn["answer"] for turn in before["recent"])
    for call in recording["model"]:
        yield from call["messages"]
        yield call["tools"]
        yield call["answer"]
    yield from (item["vector"] for item in recording["embeddings"] if "vector" in item)
    if "answer" in recording:
        yield recording["answer"]
    if "record" in recording:
        yield recording["record"]
    yield recording["spans"]
