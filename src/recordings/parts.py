"""Parts of recordings: pieces of content named by their digest, so that equal ones are stored once."""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from src.errors import DomainError
from src.recordings.models.recording import BEFORE, Recording

_DIGEST_BYTES = 16
# Of zlib: a third of the time of its default for a tenth more bytes.
_LEVEL = 1
_POOL_BLOCK = 64


class DamagedRecording(DomainError):
    """A recording is not what was written: truncated, edited by hand, or of another version."""

    status = 422
    code = "damaged_recording"


def digest(content: bytes) -> str:
    """The name of a part: 128 bits of BLAKE2b, in hexadecimal digits."""
    return hashlib.blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()


def pack(content: bytes) -> bytes:
    """A part as it is stored."""
    return zlib.compress(content, _LEVEL)


def unpack(stored: bytes) -> bytes:
    """A part as it was."""
    return zlib.decompress(stored)


@dataclass(slots=True)
class Parts:
    """Parts by name."""

    contents: dict[str, bytes] = field(default_factory=dict)

    def add(self, content: bytes | str) -> str:
        """Add a part and return its name."""
        # A model's JSON may hold lone surrogates, which have no UTF-8.
        data = content.encode("utf-8", "replace") if isinstance(content, str) else content
        name = digest(data)
        self.contents[name] = data
        return name

    def add_json(self, value: object) -> str:
        """Add a value as JSON."""
        return self.add(json.dumps(value, ensure_ascii=False, separators=(",", ":")))

    def add_ids(self, ids: Sequence[str]) -> list[str]:
        """Add a growing list in blocks, so that a longer one shares the full blocks."""
        starts = range(0, len(ids), _POOL_BLOCK)
        return [self.add_json(ids[start : start + _POOL_BLOCK]) for start in starts]

    def add_vector(self, vector: NDArray[np.float32]) -> str:
        """Add a vector."""
        return self.add(base64.b64encode(np.asarray(vector, dtype="<f4").tobytes()))

    def get(self, name: str) -> bytes:
        """The content of a part.

        Raises:
            DamagedRecording: there is no such part.
        """
        if name not in self.contents:
            raise DamagedRecording(f"The recording lacks its part {name}: export it again.")
        return self.contents[name]

    def text(self, name: str) -> str:
        """A part that is text."""
        return self.get(name).decode()

    def vector(self, name: str) -> NDArray[np.float32]:
        """A part that is a vector."""
        return np.frombuffer(base64.b64decode(self.get(name)), dtype="<f4").astype(np.float32)

    def ids(self, names: Iterable[str]) -> list[str]:
        """A list that was added in blocks."""
        return [str(id_) for name in names for id_ in json.loads(self.get(name))]


def merged(all_parts: Iterable[Parts]) -> Parts:
    """The parts of several recordings together."""
    return Parts({name: content for parts in all_parts for name, content in parts.contents.items()})


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
