"""Text to vectors, whatever the backend: one value of two callables."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from src.errors import EmbeddingUnavailable

# Longer texts cost seconds (4,000 emoji took 14 s), and a request says what it wants well before this.
MAX_QUERY_CHARS = 600

type Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Embedder:
    """A model that turns texts into unit vectors.

    `embed_texts` takes passages and gives an array of shape (texts, dimensions); `embed_query` takes one
    query and gives shape (dimensions,). Both raise `EmbeddingUnavailable`.
    """

    model: str
    dimensions: int
    embed_texts: Callable[[Sequence[str]], Awaitable[Vectors]]
    embed_query: Callable[[str], Awaitable[Vectors]]


def unit_vectors(vectors: Vectors) -> Vectors:
    """The rows at length one.

    Raises:
        EmbeddingUnavailable: a row is not finite or is zero; the engine would store it silently.
    """
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    if not np.isfinite(lengths).all() or (lengths == 0).any():
        raise EmbeddingUnavailable("The embedding model gave a vector that is zero or not finite.")
    return np.asarray(vectors / lengths, dtype=np.float32)


def cache_queries(embedder: Embedder, size: int) -> Embedder:
    """The same model with the vectors of its last `size` queries kept in memory."""
    cached: OrderedDict[str, Vectors] = OrderedDict()

    async def embed_query(text: str) -> Vectors:
        key = text[:MAX_QUERY_CHARS]
        if (vector := cached.get(key)) is not None:
            cached.move_to_end(key)
            return vector
        vector = await embedder.embed_query(key)
        cached[key] = vector
        while len(cached) > size:
            cached.popitem(last=False)
        return vector

    return Embedder(embedder.model, embedder.dimensions, embedder.embed_texts, embed_query)
