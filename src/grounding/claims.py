"""Checking words against records: a sentence with a claim that has no support is cut."""

import re
from collections.abc import Sequence

from src.catalogue.names import genre_key, name_key
from src.grounding.names import NO_NAMES, SMALL_WORDS, Names, names_another
from src.grounding.numbers import (
    PARTS_OF_DECADE,
    SpokenNumber,
    claimed_keys,
    decade_key,
    decade_names,
    is_decade,
    spoken_numbers,
)
from src.grounding.prose import SENTENCE_END, is_prose, straight
from src.grounding.support import HEARD, MOOD_WORDS, Support
from src.lexicon.tables import pattern, word_list, word_set
from src.lexicon.tokens import Phrases, Token, find_phrases, tokenize
from src.lexicon.vocabulary import COMMON_WORDS, COUNTRIES, DEMONYMS, LANGUAGES, TAGS, Vocabulary
from src.understanding.genres import read_genres

# Facts that no record of a catalogue holds: prizes, charts, who wrote, films, lives.
_UNKNOWABLE = re.compile(rf"\b(?:{pattern('claims', 'unknowable')})\b")
# The same in scripts without blanks or with many endings, compared letter by letter.
_UNKNOWABLE_PARTS = word_list("claims", "unknowable_parts")
# What a record tells of a recording, and the words that claim it.
_VERSION_CLAIMS = {
    version: re.compile(rf"\b(?:{words})\b")
    for version, words in {
        "live": (
            r"live (?:at|from|in|on|version|recording|take|cut|set|session|album|performance|track)"
            r"|in concert|unplugged|concert recording|recorded live|performed live"
        ),
        "cover": r"cover (?:of|version|by)|covers? an?|a cover|rendition of|version of",
        "remix": r"remix\w*|rework\w*",
        "karaoke": r"karaoke",
        "acoustic": r"acoustic (?:version|take)|stripped down version",
        "demo": r"demo",
        "remaster": r"remaster\w*",
    }.items()
}
# Genres that a catalogue may lack; its own are read by its vocabulary.
_GENRES = word_set("genres", "written")
_GENRE_ENDING = re.compile(r"\w{3,}(?:core|wave|step|gaze|tronica|billy)")
_DECADE_BEFORE = word_set("claims", "before_decade")
_TEMPO = frozenset({"bpm", "beats"})
_ORIGINS = Phrases(dict.fromkeys([*LANGUAGES, *DEMONYMS, *COUNTRIES], ""))
# German for an isle, and a word that means all of them who speak.
_NO_ORIGINS = frozenset({"island", "us", "turkey"})
_OF_LANGUAGE = word_set("origins", "of_language")


def supported_text(text: str, support: Support, vocabulary: Vocabulary, names: Names = NO_NAMES) -> str:
    """The sentences of a text that claim nothing without support; empty when none is left."""
    sentences = [part.strip() for part in SENTENCE_END.split(text) if part and part.strip()]
    return " ".join(sentence for sentence in sentences if is_supported(sentence, support, vocabulary, names))


def is_supported(sentence: str, support: Support, vocabulary: Vocabulary, names: Names = NO_NAMES) -> bool:
    """Whether one sentence claims nothing that the support does not hold.

    Checked are numbers in digits and words, years and decades, tempo and key; names (capital letters,
    quotes, and those in reach however they are written); genres, moods, voices and instruments, languages
    and countries, versions; and what no record ever holds: debuts, charts, awards, films.
    """
    if not is_prose(sentence):
        return False
    text = straight(sentence)
    tokens = tokenize(text)
    folded = name_key(text)
    words = folded.split()
    unknowable = (match[0] for match in _UNKNOWABLE.finditer(folded))
    # A catalogue may tag a track with `film` or `sample`: then its record does tell.
    if not all(set(words.split()) - SMALL_WORDS <= support.tagged for words in unknowable):
        return False
    if any(part in folded for part in _UNKNOWABLE_PARTS):
        return False
    return (
        all(
            _token_supported(tokens, position, support, text)
            for position, token in enumerate(tokens)
            if token.is_word
        )
        and all(_number_supported(number, support) for number in spoken_numbers(words))
        and all(_decade_in(f"{digits:02d}s", before, support) for digits, before in decade_names(words))
        and all(key in support.words for key in claimed_keys(words))
        and all(version in support.words for version, form in _VERSION_CLAIMS.items() if form.search(folded))
        and not names_another(text, tokens, words, support, names)
        and _sound_supported(tokens, words, support, vocabulary)
    )


def _token_supported(tokens: Sequence[Token], position: int, support: Support, text: str) -> bool:
    token = tokens[position]
    if any(character.isdigit() for character in token.key):
        return _digits_supported(tokens, position, support, text)
    # One letter is no name: `I`, or a key, which is checked as one.
    if not token.is_capitalised or len(token.text) == 1:
        return True
    # The first word has a capital anyway: only a name of several words is recognised there.
    follows = (
        position + 1 < len(tokens) and tokens[position + 1].is_word and tokens[position + 1].is_capitalised
    )
    if position == 0 and (not follows or tokens[1].text == "I"):
        return True
    known = token.key in support.words or set(token.key.split()) <= support.words
    return known or token.key in COMMON_WORDS or token.key.removesuffix("s") in support.words


def _digits_supported(tokens: Sequence[Token], position: int, support: Support, text: str) -> bool:
    token = tokens[position]
    before = tokens[position - 1].key if position else ""
    after = tokens[position + 1].key if position + 1 < len(tokens) else ""
    if after in _TEMPO and f"{token.key} bpm" not in support.words:
        return False
    if is_decade(token.key):
        return _decade_in(decade_key(token.key), before, support)
    if len(token.key) == 2 and (before in _DECADE_BEFORE or before in PARTS_OF_DECADE):
        return token.key in support.words or _decade_in(f"{token.key}s", before, support)
    if len(token.key) == 2 and text[max(0, token.start - 1)] == "'":
        return any(f"{year % 100:02d}" == token.key for year in support.years) or token.key in support.words
    return token.key in support.words


def _number_supported(number: SpokenNumber, support: Support) -> bool:
    if number.after in _TEMPO:
        return f"{number.digits} bpm" in support.words
    return number.digits in support.words or any(
        f"{year % 100:02d}" == number.digits for year in support.years
    )


def _decade_in(decade: str, before: str, support: Support) -> bool:
    """Whether a year on record lies in a decade (`80s`, `1980s`), and in the part of it that is spoken of."""
    said = decade in support.words or _long_decade(decade) in support.words
    if before not in PARTS_OF_DECADE:
        return said or any(f"{year // 10 * 10}s".endswith(decade) for year in support.years)
    first, last = PARTS_OF_DECADE[before]
    own = [year for year in support.years if f"{year // 10 * 10}s".endswith(decade)]
    return any(first <= year % 10 <= last for year in own) or (said and before in support.words and not own)


def _long_decade(decade: str) -> str:
    if len(decade) > 3:
        return f"{decade[2:]}"
    return f"{'19' if int(decade[:2]) >= 30 else '20'}{decade}"


def _sound_supported(
    tokens: list[Token], words: Sequence[str], support: Support, vocabulary: Vocabulary
) -> bool:
    """Genres, moods, voices and instruments, languages and countries."""
    read = read_genres(tokens, vocabulary)
    genres = {genre_key(genre) for _, genre in read}
    genres |= {genre_key(run) for run in _runs(words, 3) if run in _GENRES}
    genres |= {word for word in words if _GENRE_ENDING.fullmatch(word)}
    if any(genre not in support.genres and f" {genre} " not in f" {support.text} " for genre in genres):
        return False
    for span, mood in find_phrases(tokens, MOOD_WORDS):
        # `soft rock` is a genre, and says nothing of softness.
        if mood not in support.moods and not any(span.lies_in(other) for other, _ in read):
            return False
    for span, tag in find_phrases(tokens, TAGS):
        said = {token.key for token in tokens[span.first : span.last]}
        if tag in HEARD and tag not in support.heard and not said <= support.words:
            return False
    for span, _ in find_phrases(tokens, _ORIGINS):
        place = " ".join(token.key for token in tokens[span.first : span.last])
        if place in _NO_ORIGINS or len(place) == 2:
            continue
        neighbours = {
            token.key for token in [*tokens[max(0, span.first - 1) : span.first], *tokens[span.last :][:1]]
        }
        is_sung = place in LANGUAGES and bool(neighbours & _OF_LANGUAGE)
        if (f"{LANGUAGES[place]} words" if is_sung else place) not in support.words:
            return False
    return True


def _runs(words: Sequence[str], longest: int) -> set[str]:
    return {
        " ".join(words[start : start + size])
        for start in range(len(words))
        for size in range(1, min(longest, len(words) - start) + 1)
    }
