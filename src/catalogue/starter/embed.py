"""`python -m src.catalogue.starter.embed`: make `vectors.npy` from `tracks.jsonl` with the packaged model."""

import asyncio
import sys

import numpy as np

from src.catalogue.documents import passage_text
from src.catalogue.embedding.embedder import Vectors
from src.catalogue.embedding.local import BATCH, local_embedder
from src.catalogue.starter import MODEL, VECTORS, starter_tracks


async def embed_starter() -> Vectors:
    """The vectors of every starter track, shape (tracks, 384), in the order of `tracks.jsonl`."""
    embedder = local_embedder()
    if embedder.model != MODEL:
        raise RuntimeError(f"the starter is embedded by {MODEL}, the packaged model is {embedder.model}")
    texts = [passage_text(track) for track in starter_tracks()]
    parts = [
        await embedder.embed_texts(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)
    ]
    return np.concatenate(parts)


if __name__ == "__main__":
    vectors = asyncio.run(embed_starter())
    np.save(VECTORS, vectors.astype(np.float16))
    sys.stdout.write(f"{len(vectors)} vectors in {VECTORS}\n")
