"""How well a track of Spotify's matches a query: a number, and nothing of the track itself."""

from collections.abc import Sequence
from typing import Final

from rapidfuzz.fuzz import ratio

from src.catalogue.names import name_key
from src.linking.versions import is_imitation, is_imitator, read_title
from src.spotify.models.api import SpotifyTrack
from src.spotify.reading import artist_names

_TITLE_WEIGHT: Final = 3
_ARTIST_WEIGHT: Final = 3
_WORDS_WEIGHT: Final = 2
_ALBUM_WEIGHT: Final = 1
# A word this alike is the same word misspelt.
_SAME_WORD: Final = 80.0
# Of a live take, a remix or a cover that nobody asked for.
_OTHER_VERSION: Final = 0.6


def match_score(
    item: SpotifyTrack, *, words: str = "", title: str = "", artist: str = "", album: str = ""
) -> int:
    """0 (nothing in common) to 100: how well a track matches what was looked for.

    Args:
        words: plain words, looked for in title, artists and album.
        title: title of a track.
        artist: name of an artist, who may be credited second.
        album: title of an album.
    """
    name = item.get("name") or ""
    artists = artist_names(item)
    album_name = (item.get("album") or {}).get("name") or ""
    scores: list[tuple[float, int]] = []
    if title.strip():
        scores.append((_title_score(title, name), _TITLE_WEIGHT))
    if artist.strip():
        scores.append((max((_alike(artist, other) for other in artists), default=0.0), _ARTIST_WEIGHT))
    if words.strip():
        scores.append((_covered(words, [name, *artists, album_name]), _WORDS_WEIGHT))
    if album.strip():
        scores.append((_alike(album, album_name), _ALBUM_WEIGHT))
    if not scores:
        return 0
    score = sum(value * weight for value, weight in scores) / sum(weight for _, weight in scores)
    asked = f"{words} {title} {artist} {album}"
    return round(score * (_OTHER_VERSION if _is_unasked(name, artists, asked) else 1.0))


def _title_score(wanted: str, name: str) -> float:
    return max(_alike(wanted, name), _alike(read_title(wanted).name, read_title(name).name))


def _alike(one: str, two: str) -> float:
    return ratio(name_key(one), name_key(two))


def _covered(words: str, texts: Sequence[str]) -> float:
    """The share of the words that stand in the texts, 0 to 100."""
    wanted = name_key(words).split()
    there = set(name_key(" ".join(texts)).split())
    found = sum(word in there or any(ratio(word, other) >= _SAME_WORD for other in there) for word in wanted)
    return 100 * found / len(wanted) if wanted else 0.0


def _is_unasked(name: str, artists: Sequence[str], asked: str) -> bool:
    """Whether it is another version, or an imitation, that the query does not speak of."""
    if is_imitation(name) or any(is_imitator(artist) for artist in artists):
        return not is_imitator(asked)
    kinds = read_title(name).kinds - read_title(f"x ({asked})").kinds
    return bool(kinds) and not set(name_key(name).split()) <= set(name_key(asked).split())
