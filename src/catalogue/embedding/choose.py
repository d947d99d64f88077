"""Which embedding model serves."""

from src.catalogue.embedding.embedder import Embedder, cache_queries
from src.catalogue.embedding.endpoint import endpoint_embedder
from src.catalogue.embedding.local import local_embedder, local_model_available
from src.errors import EmbeddingUnavailable
from src.settings import Settings


async def choose_embedder(settings: Settings) -> Embedder | None:
    """The configured model with a query cache; None when BM25 alone is to serve.

    `auto` takes the endpoint when one is set, else the packaged model where it exists, else none.

    Raises:
        EmbeddingUnavailable: the model asked for cannot be had.
    """
    backend = settings.embedding_backend
    if backend == "none":
        return None
    if settings.embedding_base_url and settings.embedding_model and backend in ("auto", "endpoint"):
        key = settings.embedding_api_key
        embedder = await endpoint_embedder(
            base_url=settings.embedding_base_url,
            api_key=key.get_secret_value() if key else None,
            model=settings.embedding_model,
            timeout_s=settings.embedding_timeout_s,
            attempts=settings.embedding_attempts,
        )
    elif local_model_available():
        embedder = local_embedder()
    elif backend == "local":
        raise EmbeddingUnavailable(
            "This platform has no packaged model: set EMBEDDING_BASE_URL, or EMBEDDING_BACKEND=none."
        )
    else:
        return None
    return cache_queries(embedder, settings.embedding_cache_size)
