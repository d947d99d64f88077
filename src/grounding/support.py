"""Evidence for the words about a track: its record, and what the listener said."""

from collections.abc import Iterable
from dataclasses import dataclass

from src.catalogue.models.track import Track
from src.catalogue.names import genre_key, genre_terms, name_key
from src.grounding.numbers import claimed_keys, decade_key, decade_names, key_names, spoken_numbers
from src.grounding.prose import straight
from src.lexicon.tables import meanings, word_set
from src.lexicon.tokens import Phrases, find_phrases, tokenize
from src.lexicon.vocabulary import (
    COUNTRIES,
    DEMONYMS,
    LANGUAGE_NAMES,
    LANGUAGES,
    MOOD_KIN,
    MOODS,
    TAG_KIN,
    TAGS,
    Vocabulary,
)
from src.understanding.genres import read_genres


def _keys_by_value(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """A table turned around: every value with the keys that have it."""
    turned: dict[str, set[str]] = {}
    for key, value in pairs:
        turned.setdefault(value, set()).add(key)
    return {value: frozenset(keys) for value, keys in turned.items()}


# Words for moods, with those that listeners hardly use; one of the moods that a word means must be on record.
MOOD_WORDS = Phrases(MOODS | meanings("moods", "written"))
# Voices and instruments: a record that has no such tag does not support them.
HEARD = word_set("tags", "heard")
# What a record's own word supports.
_MOODS_BY_KIN = _keys_by_value((mood, kin) for mood in set(MOODS.values()) for kin in MOOD_KIN.get(mood, ()))
_HEARD_BY_TAG = _keys_by_value((tag, kin) for tag in HEARD for kin in TAG_KIN.get(tag, (tag,)))
_LANGUAGES_BY_CODE = _keys_by_value(LANGUAGES.items())
_COUNTRIES_BY_CODE = _keys_by_value([*COUNTRIES.items(), *DEMONYMS.items()])
_PARTS_OF_COUNTRIES = word_set("origins", "parts_of_countries")


@dataclass(frozen=True, slots=True)
class Support:
    """Evidence that words are checked against.

    `words` holds keys of single words, numbers and phrases; `text` the folded names and sayings in which a
    name may be found, `own` those of the records alone; `tagged` single words of the records' genres, moods
    and tags; `years` the records' years; `genres`, `moods` and `heard` (voices, instruments) what is
    supported of these.
    """

    words: frozenset[str]
    text: str
    own: str
    tagged: frozenset[str]
    years: frozenset[int]
    genres: frozenset[str]
    moods: frozenset[str]
    heard: frozenset[str]


def listener_support(words: str, vocabulary: Vocabulary) -> Support:
    """What the listener's own words support, whatever the track."""
    tokens = tokenize(straight(words))
    keys = {word for token in tokens for word in [token.key, *token.key.split()]}
    folded = name_key(words)
    decades = {decade_key(word) for word in folded.split()}
    decades |= {f"{digits:02d}s" for digits, _ in decade_names(folded.split())}
    languages = {f"{LANGUAGES[key]} words" for key in keys if key in LANGUAGES}
    numbers = {number.digits for number in spoken_numbers(folded.split())}
    return Support(
        words=frozenset(keys | decades | numbers | languages | set(claimed_keys(folded.split()))),
        text=folded,
        own="",
        tagged=frozenset(),
        years=frozenset(),
        genres=frozenset(genre_key(genre) for _, genre in read_genres(tokens, vocabulary)),
        moods=frozenset(mood for _, mood in find_phrases(tokens, MOOD_WORDS)),
        heard=frozenset(tag for _, tag in find_phrases(tokens, TAGS)),
    )


def support_of(tracks: Iterable[Track], listener: Support) -> Support:
    """What the records of these tracks support, and what the listener's words do."""
    words, genres = set(listener.words), set(listener.genres)
    moods, heard, years = set(listener.moods), set(listener.heard), set(listener.years)
    texts, tagged = [listener.text], set(listener.tagged)
    for track in tracks:
        words.update(_record_words(track))
        texts.extend(name_key(text) for text in _record_texts(track))
        years.update([track["year"]] if "year" in track else [])
        genres.update(term for genre in track["genres"] for term in genre_terms(genre))
        tagged.update(_tagged(track))
        moods.update(track["moods"])
        moods.update(mood for own in track["moods"] for mood in _MOODS_BY_KIN.get(own, ()))
        heard.update(tag for own in track["tags"] for tag in _HEARD_BY_TAG.get(own, ()))
    return Support(
        frozenset(words),
        " . ".join(texts),
        " . ".join(texts[1:]),
        frozenset(tagged),
        frozenset(years),
        frozenset(genres),
        frozenset(moods),
        frozenset(heard),
    )


def _record_texts(track: Track) -> list[str]:
    texts = [track["title"], *track["artists"], *track.get("aliases", []), track.get("album", "")]
    return [*texts, *track["genres"], *track["moods"], *track["tags"], *track["versions"]]


def _tagged(track: Track) -> set[str]:
    texts = [*track["genres"], *track["moods"], *track["tags"]]
    return {word for text in texts for word in name_key(text).split()}


def _record_words(track: Track) -> set[str]:
    keys = {name_key(text) for text in _record_texts(track)}
    words = keys | {word for key in keys for word in key.split()}
    if (year := track.get("year")) is not None:
        words.update({str(year), f"{year // 10 * 10}s"})
    if (language := track.get("language")) is not None:
        words.add(LANGUAGE_NAMES.get(language, language).casefold())
        words.update(_LANGUAGES_BY_CODE.get(language, ()))
        words.add(f"{language} words")
    if (country := track.get("country")) is not None:
        words.update(_COUNTRIES_BY_CODE.get(country, frozenset()) - _PARTS_OF_COUNTRIES)
    features = track.get("features", {})
    if (tempo := features.get("tempo")) is not None:
        words.update({str(round(tempo)), f"{round(tempo)} bpm", f"{round(tempo)}bpm"})
    if (key := features.get("key")) is not None:
        mode = features.get("mode")
        words.update(key_names(key, None))
        words.update(set() if mode is None else {*key_names(key, mode), "major" if mode else "minor"})
    return words
