"""Which model serves under which settings."""

import pytest
from pydantic import SecretStr

from src.catalogue.embedding import choose
from src.catalogue.embedding.choose import choose_embedder
from src.catalogue.embedding.embedder import Embedder, Vectors
from src.errors import EmbeddingUnavailable
from src.settings import Settings
from tests.fakes import hashed_embedder, hashed_vector

ENDPOINT = {
    "embedding_base_url": "http://127.0.0.1:9/v1",
    "embedding_model": "some-model",
    "embedding_api_key": SecretStr("sk-secret"),
    "embedding_timeout_s": 7.0,
    "embedding_attempts": 4,
}


@pytest.fixture(autouse=True)
def _stand_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    async def endpoint_embedder(
        *, base_url: str, api_key: str | None, model: str, timeout_s: float, attempts: int
    ) -> Embedder:
        return hashed_embedder(f"{model} {base_url} {api_key} {timeout_s} {attempts}")

    monkeypatch.setattr(choose, "endpoint_embedder", endpoint_embedder)
    monkeypatch.setattr(choose, "local_embedder", lambda: hashed_embedder("packaged"))


async def chosen(settings: Settings, **changes: object) -> str | None:
    embedder = await choose_embedder(settings.model_copy(update=changes))
    return embedder.model if embedder else None


@pytest.mark.parametrize(
    ("backend", "endpoint", "packaged", "model"),
    [
        ("none", True, True, None),
        ("none", False, True, None),
        ("auto", True, True, "endpoint"),
        ("auto", True, False, "endpoint"),
        ("auto", False, True, "packaged"),
        ("auto", False, False, None),
        ("local", True, True, "packaged"),
        ("local", False, True, "packaged"),
        ("endpoint", True, True, "endpoint"),
        ("endpoint", True, False, "endpoint"),
    ],
)
async def test_choose_embedder_for_each_backend(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    backend: str,
    endpoint: bool,
    packaged: bool,
    model: str | None,
) -> None:
    monkeypatch.setattr(choose, "local_model_available", lambda: packaged)
    changes = ENDPOINT if endpoint else {}
    expected = "some-model http://127.0.0.1:9/v1 sk-secret 7.0 4" if model == "endpoint" else model
    assert await chosen(settings, embedding_backend=backend, **changes) == expected


async def test_choose_embedder_endpoint_without_a_key(settings: Settings) -> None:
    changes = {**ENDPOINT, "embedding_api_key": None}
    assert await chosen(settings, embedding_backend="auto", **changes) == (
        "some-model http://127.0.0.1:9/v1 None 7.0 4"
    )


@pytest.mark.parametrize("endpoint", [True, False])
async def test_choose_embedder_local_where_there_is_none_says_what_to_do(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, endpoint: bool
) -> None:
    monkeypatch.setattr(choose, "local_model_available", lambda: False)
    with pytest.raises(EmbeddingUnavailable, match="EMBEDDING_BACKEND=none"):
        await chosen(settings, embedding_backend="local", **(ENDPOINT if endpoint else {}))


async def test_choose_embedder_caches_queries(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def embed_query(text: str) -> Vectors:
        asked.append(text)
        return hashed_vector(text)

    plain = hashed_embedder()
    counting = Embedder(plain.model, plain.dimensions, plain.embed_texts, embed_query)
    monkeypatch.setattr(choose, "local_model_available", lambda: True)
    monkeypatch.setattr(choose, "local_embedder", lambda: counting)
    embedder = await choose_embedder(
        settings.model_copy(update={"embedding_backend": "local", "embedding_cache_size": 1})
    )
    assert embedder is not None
    for text in ("a", "a", "b", "a"):
        await embedder.embed_query(text)
    assert asked == ["a", "b", "a"]
