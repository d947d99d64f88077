"""An open catalogue: an engine with what is known of its content."""

from dataclasses import dataclass

from src.catalogue.embedding.embedder import Embedder
from src.catalogue.engine import Engine, Vector
from src.errors import EmbeddingMismatch

# The mark of a collection that BM25 alone serves.
NO_MODEL = "none"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What search needs.

    `embedder` is None when BM25 alone serves: because no model can be had, or because the catalogue was
    filled without one. `version` changes whenever the content does.
    """

    engine: Engine
    embedder: Embedder | None
    version: str

    async def embed(self, text: str) -> Vector | None:
        """The query vector of a text; None when BM25 alone serves.

        Raises:
            EmbeddingUnavailable: the embedding endpoint fails.
        """
        return await self.embedder.embed_query(text) if self.embedder and text.strip() else None


def matching_embedder(stored_model: str, embedder: Embedder | None) -> Embedder | None:
    """The embedder to search this catalogue with: never another than the one that filled it.

    Raises:
        EmbeddingMismatch: the catalogue was filled by another model.
    """
    if embedder is None or stored_model == NO_MODEL:
        return None
    if stored_model != embedder.model:
        raise EmbeddingMismatch(
            f"The catalogue was filled by the embedding model {stored_model!r}, the one configured is "
            f"{embedder.model!r}: set EMBEDDING_MODEL back, or run `segue catalogue reembed`."
        )
    return embedder
