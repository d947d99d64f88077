"""Telling one catalogue's content from another's, on either engine, without reading every record."""

import hashlib
import json

from src.catalogue.catalogue import NO_MODEL, Catalogue
from src.catalogue.credits import PART_MARK

# More than any catalogue has names.
_ALL = 10_000_000
_FIELDS = ("title_keys", "artist_keys", "genre_terms", "mood_keys", "track.year")


async def fingerprint(catalogue: Catalogue) -> str:
    """Digest of the number of tracks, of all names, genres, moods and years with their counts, and of the
    embedding model.

    Two catalogues that differ in nothing but a measurement have the same.
    """
    count = await catalogue.engine.count([])
    facets = [await catalogue.engine.facet(field, [], _ALL) for field in _FIELDS]
    model = catalogue.embedder.model if catalogue.embedder else NO_MODEL
    # Who may be half a name is made of the names.
    names = [{key: n for key, n in facet.items() if not key.startswith(PART_MARK)} for facet in facets]
    content = [model, count, *(sorted(facet.items()) for facet in names)]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()[:16]
