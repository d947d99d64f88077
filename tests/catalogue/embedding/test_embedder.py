"""Vectors are unit vectors, and a query is embedded once."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.catalogue.embedding.embedder import MAX_QUERY_CHARS, Embedder, Vectors, cache_queries, unit_vectors
from src.errors import EmbeddingUnavailable
from tests.fakes import hashed_embedder, hashed_vector


def counting_embedder(asked: list[str]) -> Embedder:
    """An embedder that notes the queries it is asked for."""

    async def embed_query(text: str) -> Vectors:
        asked.append(text)
        if text == "broken":
            raise EmbeddingUnavailable("not now")
        return hashed_vector(text)

    plain = hashed_embedder()
    return Embedder(plain.model, plain.dimensions, plain.embed_texts, embed_query)


def test_unit_vectors_have_length_one_and_keep_their_direction() -> None:
    rows = unit_vectors(np.asarray([[3, 4], [0, -0.5]], dtype=np.float32))
    np.testing.assert_allclose(rows, np.asarray([[0.6, 0.8], [0.0, -1.0]], dtype=np.float32), rtol=1e-6)
    assert rows.dtype == np.float32


@given(
    st.lists(st.floats(-1e6, 1e6, width=32), min_size=3, max_size=3).filter(
        lambda row: max(map(abs, row)) > 1e-3
    )
)
def test_unit_vectors_of_any_row(row: list[float]) -> None:
    assert np.linalg.norm(unit_vectors(np.asarray([row], dtype=np.float32))) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("bad", [[0.0, 0.0], [float("nan"), 1.0], [float("inf"), 1.0], [1.0, float("-inf")]])
def test_unit_vectors_one_bad_row_is_refused(bad: list[float]) -> None:
    with pytest.raises(EmbeddingUnavailable, match="zero or not finite"):
        unit_vectors(np.asarray([[1, 0], bad], dtype=np.float32))


def test_unit_vectors_of_no_rows_are_none() -> None:
    assert unit_vectors(np.empty((0, 4), dtype=np.float32)).shape == (0, 4)


async def test_cache_queries_asks_once() -> None:
    asked: list[str] = []
    cached = cache_queries(counting_embedder(asked), 8)
    first, second = await cached.embed_query("dream pop"), await cached.embed_query("dream pop")
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(first, hashed_vector("dream pop"))
    assert asked == ["dream pop"]
    assert (cached.model, cached.dimensions) == ("hashed-words", len(first))


async def test_cache_queries_forgets_what_was_used_least_recently() -> None:
    asked: list[str] = []
    cached = cache_queries(counting_embedder(asked), 2)
    for text in ("a", "b", "a", "c", "a", "b"):
        await cached.embed_query(text)
    assert asked == ["a", "b", "c", "b"]


async def test_cache_queries_of_size_zero_keeps_nothing() -> None:
    asked: list[str] = []
    cached = cache_queries(counting_embedder(asked), 0)
    for _ in range(2):
        await cached.embed_query("a")
    assert asked == ["a", "a"]


async def test_cache_queries_bounds_the_text() -> None:
    asked: list[str] = []
    cached = cache_queries(counting_embedder(asked), 8)
    for ending in ("one", "two"):
        await cached.embed_query("x" * MAX_QUERY_CHARS + ending)
    assert asked == ["x" * MAX_QUERY_CHARS]


async def test_cache_queries_does_not_keep_failures() -> None:
    asked: list[str] = []
    cached = cache_queries(counting_embedder(asked), 8)
    for _ in range(2):
        with pytest.raises(EmbeddingUnavailable):
            await cached.embed_query("broken")
    assert asked == ["broken", "broken"]


async def test_cache_queries_leaves_passages_alone() -> None:
    plain = hashed_embedder()
    assert cache_queries(plain, 8).embed_texts is plain.embed_texts
