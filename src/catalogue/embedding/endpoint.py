"""Any OpenAI-compatible `/v1/embeddings`."""

import asyncio
import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from src.catalogue.embedding.embedder import MAX_QUERY_CHARS, Embedder, Vectors, unit_vectors
from src.errors import EmbeddingUnavailable
from src.retries import backoff_s

if TYPE_CHECKING:
    from openai import AsyncOpenAI

BATCH = 128


async def endpoint_embedder(
    *, base_url: str, api_key: str | None, model: str, timeout_s: float, attempts: int
) -> Embedder:
    """The model behind an endpoint; one short text is embedded at once to learn its dimensions.

    Models of the E5 family are given their `query: ` and `passage: ` prefixes; others take texts as they are.

    Raises:
        EmbeddingUnavailable: the endpoint does not answer, or not with vectors.
    """
    import openai

    client = openai.AsyncOpenAI(
        base_url=base_url, api_key=api_key or "none", timeout=timeout_s, max_retries=0
    )
    dimensions: int | None = None
    query_prefix, passage_prefix = ("query: ", "passage: ") if "e5" in model.lower() else ("", "")

    async def embed(texts: list[str]) -> Vectors:
        for attempt in range(1, attempts + 1):
            try:
                vectors = await _request(client, model, texts)
                if dimensions not in (None, vectors.shape[-1]):
                    raise EmbeddingUnavailable("The embedding endpoint changed the size of its vectors.")
                return vectors
            except (openai.APIConnectionError, openai.RateLimitError, openai.InternalServerError) as error:
                if attempt == attempts:
                    raise EmbeddingUnavailable(
                        "The embedding endpoint does not answer; check EMBEDDING_BASE_URL."
                    ) from error
                await asyncio.sleep(backoff_s(attempt, random.random()))
            except openai.APIError as error:
                raise EmbeddingUnavailable(
                    "The embedding endpoint refuses; check EMBEDDING_API_KEY and EMBEDDING_MODEL."
                ) from error
        raise AssertionError

    async def embed_texts(texts: Sequence[str]) -> Vectors:
        batches = [
            await embed([passage_prefix + text for text in texts[start : start + BATCH]])
            for start in range(0, len(texts), BATCH)
        ]
        return np.concatenate(batches) if batches else np.empty((0, dimensions or 0), dtype=np.float32)

    async def embed_query(text: str) -> Vectors:
        vector: Vectors = (await embed([query_prefix + text[:MAX_QUERY_CHARS]]))[0]
        return vector

    dimensions = len(await embed_query("music"))
    return Embedder(model, dimensions, embed_texts, embed_query)


async def _request(client: "AsyncOpenAI", model: str, texts: list[str]) -> Vectors:
    try:
        answer = await client.embeddings.create(model=model, input=texts, encoding_format="float")
        rows = sorted(answer.data, key=lambda row: row.index)
        whole = [row.index for row in rows] == list(range(len(texts)))
        vectors = np.asarray([row.embedding for row in rows], dtype=np.float32)
    # The client hands on whatever came, unchecked: a proxy's page, rows of unequal length, null.
    except (AttributeError, TypeError, ValueError) as error:
        raise EmbeddingUnavailable("The embedding endpoint did not answer with vectors.") from error
    if not whole:
        raise EmbeddingUnavailable("The embedding endpoint answered with other than one vector a text.")
    return unit_vectors(vectors)
