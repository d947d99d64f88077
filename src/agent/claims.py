"""Checking words against records: a sentence that claims what no record and no listener said is cut."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from src.catalogue.models.track import Track
from src.catalogue.names import genre_key, genre_terms, name_key
from src.wishes.genres import Vocabulary, read_genres
from src.wishes.tokens import Token, find_phrases, tokenize
from src.wishes.vocabulary import COMMON_WORDS, LANGUAGE_NAMES, LANGUAGES, MOOD_KIN, MOODS

_HANDLE = re.compile(r"\[?\bt\d{1,6}\b\]?")
_SENTENCE_END = re.compile(r"(?<=[.!?。！？])\s*")
# Claims that no record of a catalogue holds.
_UNKNOWABLE = re.compile(
    r"\b(debut|grammy|award|awards|chart|charts|charted|billboard|platinum|gold record|number one|no\.? ?1|#1"
    r"|best[- ]selling|one[- ]hit|million|first (?:album|single|hit)|last album|final album|critically"
    r"|acclaimed|produced by|written by|sampled|samples|cover of|soundtrack (?:of|to|for)|featured in"
    r"|from the (?:film|movie|series|show)|recorded (?:in|at)|live (?:at|from|in)|reunion|breakthrough)\b",
    re.IGNORECASE,
)
# Addresses and markup: a weak model's leftovers, or somebody else's words.
_NOT_PROSE = re.compile(r"https?:|www\.|<[\w/|<]|[\w|>]>|[{}\\`|]|\[/?\w+\]")
_DECADE = re.compile(r"^(?:19|20)?\d0s$")


@dataclass(frozen=True, slots=True)
class Ground:
    """What words may rest on: keys of single words and numbers, genres and moods that are supported."""

    words: frozenset[str]
    genres: frozenset[str]
    moods: frozenset[str]


def listener_ground(words: str, vocabulary: Vocabulary) -> Ground:
    """What the listener's own words support, whatever the track."""
    tokens = tokenize(words)
    return Ground(
        words=frozenset(word for token in tokens for word in [token.key, *token.key.split()]),
        genres=frozenset(genre_key(genre) for _, genre in read_genres(tokens, vocabulary)),
        moods=frozenset(mood for _, mood in find_phrases(tokens, MOODS)),
    )


def ground_of(tracks: Iterable[Track], listener: Ground) -> Ground:
    """What the records of these tracks support, and the listener's words besides."""
    words, genres, moods = set(listener.words), set(listener.genres), set(listener.moods)
    for track in tracks:
        words.update(_record_words(track))
        genres.update(term for genre in track["genres"] for term in genre_terms(genre))
        own = set(track["moods"])
        moods.update(own)
        moods.update(mood for mood in MOODS.values() if own.intersection(MOOD_KIN.get(mood, ())))
    return Ground(frozenset(words), frozenset(genres), frozenset(moods))


def supported_text(text: str, ground: Ground, vocabulary: Vocabulary) -> str:
    """The sentences of a text that claim nothing beyond the ground; empty when none is left."""
    sentences = [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
    return " ".join(sentence for sentence in sentences if is_supported(sentence, ground, vocabulary))


def is_supported(sentence: str, ground: Ground, vocabulary: Vocabulary) -> bool:
    """Whether one sentence claims nothing that the ground does not hold.

    Checked are numbers, years and decades, names (capital letters, quotes), genres, moods, languages, and
    what no record ever holds: debuts, charts, awards, films.
    """
    if _HANDLE.search(sentence) or _UNKNOWABLE.search(sentence) or _NOT_PROSE.search(sentence):
        return False
    tokens = tokenize(sentence)
    for position, token in enumerate(tokens):
        if token.is_word and not _token_supported(tokens, position, token, ground):
            return False
    if any(not _genre_supported(genre, ground) for _, genre in read_genres(tokens, vocabulary)):
        return False
    return all(mood in ground.moods for _, mood in find_phrases(tokens, MOODS))


def _token_supported(tokens: list[Token], position: int, token: Token, ground: Ground) -> bool:
    if any(character.isdigit() for character in token.key):
        return token.key in ground.words or _decade_key(token.key) in ground.words
    if not token.is_capitalised or token.text == "I":
        return token.key not in LANGUAGES or token.key in ground.words
    starts = position == 0 or not tokens[position - 1].is_word
    known = token.key in ground.words or set(token.key.split()) <= ground.words
    # The first word of a sentence bears a capital anyway: only a name made of several gives itself away.
    follows = (
        position + 1 < len(tokens) and tokens[position + 1].is_word and tokens[position + 1].is_capitalised
    )
    if starts and not follows:
        return True
    return known or token.key in COMMON_WORDS or token.key.removesuffix("s") in ground.words


def _genre_supported(genre: str, ground: Ground) -> bool:
    return genre_key(genre) in ground.genres or bool(
        set(genre_terms(genre)) & ground.genres & {genre_key(genre)}
    )


def _decade_key(key: str) -> str:
    """`90s`, `1990s` and `90's` in one form."""
    digits = key.removesuffix("s")
    if not _DECADE.match(f"{digits}s"):
        return key
    return f"{digits}s" if len(digits) == 4 else f"{'19' if int(digits) >= 30 else '20'}{digits}s"


def _record_words(track: Track) -> set[str]:
    texts = [track["title"], *track["artists"], *track.get("aliases", []), track.get("album", "")]
    texts += [*track["genres"], *track["moods"], *track["tags"]]
    words = {word for text in texts for word in name_key(text).split()}
    words.update(name_key(text) for text in texts)
    if (year := track.get("year")) is not None:
        words.update({str(year), f"{year // 10 * 10}s"})
    if (language := track.get("language")) is not None:
        words.add(LANGUAGE_NAMES.get(language, language).casefold())
        words.update(name for name, code in LANGUAGES.items() if code == language)
    if (tempo := track.get("features", {}).get("tempo")) is not None:
        words.update({str(round(tempo)), f"{round(tempo)}bpm"})
    return words
