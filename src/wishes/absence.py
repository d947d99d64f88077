"""Which of the names in a brief the catalogue does not have."""

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import find_artist, known_artists
from src.catalogue.names import genre_key, name_key
from src.wishes.genres import Vocabulary
from src.wishes.models.brief import Brief

# Misspelt names looked for by their letters: each costs a search, and the reader has looked before.
MAX_FORGIVING = 8


async def absent_names(catalogue: Catalogue, brief: Brief, vocabulary: Vocabulary) -> frozenset[str]:
    """Keys of the artists and genres that the brief names and the catalogue lacks."""
    names = {name_key(wish["name"]): wish["name"] for wish in brief["wishes"] if wish["kind"] == "artist"}
    there = await known_artists(catalogue, list(names)) if names else {}
    missing = [key for key in names if key not in there]
    forgiven = {
        key for key in missing[-MAX_FORGIVING:] if await find_artist(catalogue, names[key]) is not None
    }
    absent = [key for key in missing if key not in forgiven]
    genres = [genre_key(wish["genre"]) for wish in brief["wishes"] if wish["kind"] == "genre"]
    return frozenset([*absent, *(genre for genre in genres if not vocabulary.holds(genre))])
