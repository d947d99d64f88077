"""Which of the names in a brief the catalogue does not have."""

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import find_artist, known_artists
from src.catalogue.names import genre_key, name_key
from src.wishes.genres import Vocabulary
from src.wishes.models.brief import Brief


async def absent_names(catalogue: Catalogue, brief: Brief, vocabulary: Vocabulary) -> frozenset[str]:
    """Keys of the artists and genres that the brief names and the catalogue lacks."""
    names = {name_key(wish["name"]): wish["name"] for wish in brief["wishes"] if wish["kind"] == "artist"}
    there = await known_artists(catalogue, list(names)) if names else {}
    missing = [key for key in names if key not in there]
    absent = [key for key in missing if await find_artist(catalogue, names[key]) is None]
    genres = [genre_key(wish["genre"]) for wish in brief["wishes"] if wish["kind"] == "genre"]
    return frozenset([*absent, *(genre for genre in genres if not vocabulary.holds(genre))])
