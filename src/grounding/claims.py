"""Checking words against records: a sentence that claims what no record and no listener said is cut."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from src.catalogue.models.track import Track
from src.catalogue.names import genre_key, genre_terms, name_key
from src.grounding.numbers import (
    NUMBER_WORDS,
    PARTS_OF_DECADE,
    SpokenNumber,
    claimed_keys,
    decade_names,
    key_names,
    spoken_numbers,
)
from src.grounding.words import (
    GENRE_ENDING,
    GENRES,
    HEARD,
    MOOD_WORDS,
    UNKNOWABLE,
    UNKNOWABLE_PARTS,
    VERSION_CLAIMS,
)
from src.lexicon.countries import COUNTRIES, DEMONYMS
from src.lexicon.genres import Vocabulary
from src.lexicon.tags import TAG_KIN, TAGS
from src.lexicon.tokens import Phrases, Token, find_phrases, tokenize
from src.lexicon.vocabulary import COMMON_WORDS, LANGUAGE_NAMES, LANGUAGES, MOOD_KIN, MOODS
from src.understanding.genres import read_genres


def _keys_by_value(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """A table turned around: every value with the keys that have it."""
    turned: dict[str, set[str]] = {}
    for key, value in pairs:
        turned.setdefault(value, set()).add(key)
    return {value: frozenset(keys) for value, keys in turned.items()}


_HANDLE = re.compile(r"\bt-?\d+\b|[\[\]]", re.IGNORECASE)
# Addresses and markup: a weak model's leftovers, or somebody else's words.
_NOT_PROSE = re.compile(
    r"\w+:/|www\.|\w\.(?:com|net|org|io|fm|tv|co|me|ly|gg|app|shop|xyz|example|info|link)\b|\w@\w|@\w"
    r"|<[\w/|!?<]|[\w|/\"]>|[{}\\`|~^_=]|&#?\w+;|\*\*|#\w|--|\w\(|\b\w+:\w+:|\b[A-Ga-g][#♯♭]"
)
# Letters that are not seen, or turn the line around: words could hide behind them.
_HIDDEN = re.compile(
    "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_HYPHEN = re.compile(r"(?<=\w)[-‐‑](?=\w)")
_APOSTROPHES = str.maketrans("’‘ʼ′`´", "''''''")
_QUOTED = re.compile(
    r"[\"“”«»„]([^\"“”«»„]+)[\"“”«»„]|『([^』]+)』|「([^」]+)」|(?:^|\s)'([^']{2,60})'(?=\W|$)"
)
_DECADE = re.compile(r"^((?:1[89]|20)?\d0)(?:s|ies|er|ern)$")
_DECADE_BEFORE = frozenset({"anos", "annees", "anni", "jaren", "anys", "the", "los", "les", "gli"})
# Or `beat`, a genre to some catalogues, would be read in it.
_BEATS = re.compile(r"\bbeats (?:per|a) minute\b", re.IGNORECASE)
_TEMPO = frozenset({"bpm", "beats"})
# What a record's own word supports.
_MOODS_BY_KIN = _keys_by_value((mood, kin) for mood in set(MOODS.values()) for kin in MOOD_KIN.get(mood, ()))
_HEARD_BY_TAG = _keys_by_value((tag, kin) for tag in HEARD for kin in TAG_KIN.get(tag, (tag,)))
_LANGUAGES_BY_CODE = _keys_by_value(LANGUAGES.items())
_COUNTRIES_BY_CODE = _keys_by_value([*COUNTRIES.items(), *DEMONYMS.items()])
_ORIGINS = Phrases(dict.fromkeys([*LANGUAGES, *DEMONYMS, *COUNTRIES], ""))
_MOODS = Phrases({**MOODS, **MOOD_WORDS})
# German for an isle, and a word that means all of them who speak.
_NO_ORIGINS = frozenset({"island", "us", "turkey"})
# Beside these, `German` is what is sung, not where the band is from.
_OF_LANGUAGE = frozenset(
    {"in", "sung", "sings", "singing", "words", "lyrics", "vocals", "verses", "language"}
)
# Parts of a country: the country on record does not tell which.
_PARTS_OF_COUNTRIES = frozenset({"english", "welsh", "scottish", "england", "wales", "scotland"})
_LONGEST_WORD = 60
# So many words do not stand in a row by chance.
_LONG_NAME = 4
# What leads to a name: `by`, `recalls`, `a sister of`.
_LEADS_TO_NAME = re.compile(
    r"\b(?:by|like|recalls?|recalling|echoe?s|echoing|evokes?|called|titled|named|unlike|than|covers?|quotes?"
    r"|(?:sister|brother|cousin|fans?|shades|style|vein|spirit|echo|echoes|reminiscent|version|twin) of"
    r"|reminds \w+ of"
    r"|(?:close|akin|nod|answer|next|similar|related|sequel) to|wie|como|comme|come)$"
)
# Words of a name that say nothing of themselves.
_SMALL_WORDS = frozenset(
    {"the", "a", "an", "of", "and", "in", "to", "de", "la", "el", "le", "del", "y", "on"}
)


@dataclass(frozen=True, slots=True)
class Support:
    """What words may rest on.

    `words` holds keys of single words, numbers and phrases; `text` the folded names and sayings in which a
    name may stand, `own` those of the records alone; `tagged` single words of the records' genres, moods and
    tags; `years` the records' years; `genres`, `moods` and `heard` (voices, instruments) what is supported of
    these.
    """

    words: frozenset[str]
    text: str
    own: str
    tagged: frozenset[str]
    years: frozenset[int]
    genres: frozenset[str]
    moods: frozenset[str]
    heard: frozenset[str]


@dataclass(frozen=True, slots=True)
class Names:
    """Keys of artists and titles in reach, which a sentence about another track must not take.

    `plain` holds every key with what a folded sentence has to hold for it to be named.
    """

    artists: frozenset[str] = frozenset()
    plain: tuple[tuple[str, str], ...] = ()


NO_NAMES = Names()


def names_of(tracks: Iterable[Track], told: Iterable[str] = ()) -> Names:
    """The names of tracks in reach.

    Args:
        tracks: in reach of the turn.
        told: tracks of earlier turns as a model is told of them, `title by artist`.
    """
    artists: set[str] = set()
    titles: set[str] = set()
    for track in tracks:
        artists.update(name_key(name) for name in track["artists"])
        titles.update((name_key(track["title"]), track["song_key"].rpartition("|")[0]))
    for text in told:
        title, _, artist = text.rpartition(" by ")
        titles.add(name_key(title))
        artists.add(name_key(artist))
    keys = (artists | titles) - {""}
    return Names(frozenset(artists - {""}), tuple((key, _without_s(f" {key} ")) for key in keys))


def listener_support(words: str, vocabulary: Vocabulary) -> Support:
    """What the listener's own words support, whatever the track."""
    tokens = tokenize(_straight(words))
    keys = {word for token in tokens for word in [token.key, *token.key.split()]}
    folded = name_key(words)
    decades = {_decade_key(word) for word in folded.split()}
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
        moods=frozenset(mood for _, mood in find_phrases(tokens, _MOODS)),
        heard=frozenset(tag for _, tag in find_phrases(tokens, TAGS)),
    )


def support_of(tracks: Iterable[Track], listener: Support) -> Support:
    """What the records of these tracks support, and the listener's words besides."""
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


def supported_text(text: str, support: Support, vocabulary: Vocabulary, names: Names = NO_NAMES) -> str:
    """The sentences of a text that claim nothing beyond the ground; empty when none is left."""
    sentences = [part.strip() for part in SENTENCE_END.split(text) if part and part.strip()]
    return " ".join(sentence for sentence in sentences if is_supported(sentence, support, vocabulary, names))


def is_supported(sentence: str, support: Support, vocabulary: Vocabulary, names: Names = NO_NAMES) -> bool:
    """Whether one sentence claims nothing that the ground does not hold.

    Checked are numbers in digits and words, years and decades, tempo and key; names (capital letters,
    quotes, and those in reach however they are written); genres, moods, voices and instruments, languages
    and countries, versions; and what no record ever holds: debuts, charts, awards, films.
    """
    if not is_prose(sentence):
        return False
    text = _straight(sentence)
    tokens = tokenize(text)
    folded = name_key(text)
    words = folded.split()
    unknowable = (match[0] for match in UNKNOWABLE.finditer(folded))
    # A catalogue may tag a track with `film` or `sample`: then its record does tell.
    if not all(set(words.split()) - _SMALL_WORDS <= support.tagged for words in unknowable):
        return False
    if any(part in folded for part in UNKNOWABLE_PARTS):
        return False
    return (
        all(
            _token_supported(tokens, position, support, text)
            for position, token in enumerate(tokens)
            if token.is_word
        )
        and all(_number_supported(number, support) for number in spoken_numbers(words))
        and all(_decade_supported(digits, before, support) for digits, before in decade_names(words))
        and all(key in support.words for key in claimed_keys(words))
        and all(version in support.words for form, version in VERSION_CLAIMS if form.search(folded))
        and not _names_another(text, tokens, words, support, names)
        and _sound_supported(tokens, words, support, vocabulary)
    )


def is_prose(text: str) -> bool:
    """Whether a text is plain words: no handle, address, markup, hidden letter, or word of two scripts."""
    words = text.split()
    # Before the patterns: on a word without end they are quadratic.
    if any(word.isascii() and len(word) > _LONGEST_WORD for word in words):
        return False
    if _HANDLE.search(text) or _NOT_PROSE.search(text) or _HIDDEN.search(text):
        return False
    return not any(_mixes_scripts(word) for word in words)


def _mixes_scripts(word: str) -> bool:
    if word.isascii():
        return False
    scripts = {unicodedata.name(letter, "").split(" ")[0] for letter in word if letter.isalpha()}
    return len(scripts & {"LATIN", "CYRILLIC", "GREEK"}) > 1


def _straight(text: str) -> str:
    """One kind of apostrophe, one word for tempo, and hyphened words apart: `mid-’80s` as `mid '80s`."""
    return _BEATS.sub("bpm", _HYPHEN.sub(" ", text.translate(_APOSTROPHES)))


def _token_supported(tokens: Sequence[Token], position: int, support: Support, text: str) -> bool:
    token = tokens[position]
    if any(character.isdigit() for character in token.key):
        return _digits_supported(tokens, position, support, text)
    # One letter is no name: `I`, or a key, which is checked as one.
    if not token.is_capitalised or len(token.text) == 1:
        return True
    # The first word bears a capital anyway: only a name made of several gives itself away.
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
    if _DECADE.match(token.key):
        return _decade_in(_decade_key(token.key), before, support)
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


def _decade_supported(digits: int, before: str, support: Support) -> bool:
    return _decade_in(f"{digits:02d}s", before, support)


def _decade_in(decade: str, before: str, support: Support) -> bool:
    """Whether a year on record lies in a decade (`80s`, `1980s`), and in the part of it that is spoken of."""
    said = decade in support.words or _long_decade(decade) in support.words
    if before not in PARTS_OF_DECADE:
        return said or any(f"{year // 10 * 10}s".endswith(decade) for year in support.years)
    first, last = PARTS_OF_DECADE[before]
    own = [year for year in support.years if f"{year // 10 * 10}s".endswith(decade)]
    return any(first <= year % 10 <= last for year in own) or (said and before in support.words and not own)


def _decade_key(key: str) -> str:
    """`90s`, `90ies` and `90er` as `90s`, `1990s` as it is; anything else unchanged."""
    match = _DECADE.match(key)
    return f"{match[1]}s" if match else key


def _long_decade(decade: str) -> str:
    if len(decade) > 3:
        return f"{decade[2:]}"
    return f"{'19' if int(decade[:2]) >= 30 else '20'}{decade}"


def _names_another(
    text: str, tokens: Sequence[Token], words: Sequence[str], support: Support, names: Names
) -> bool:
    """Whether the sentence takes a name in reach that is not this track's, or quotes what nobody said."""
    for quoted in _QUOTED.finditer(text):
        inside = name_key(next(part for part in quoted.groups() if part))
        if not set(inside.split()) <= support.words and f" {inside} " not in f" {support.text} ":
            return True
    padded = f" {' '.join(words)} "
    plain = _without_s(padded)
    own = f" {support.text} "
    written = _written_as_names(tokens)
    if any(not _is_known_run(run, support) for run in _capitalised_runs(tokens)):
        return True
    # Whom the listener named did not therefore make this track.
    if any(f" {' '.join(run)} " not in f" {support.own} " for run in _runs_after_by(tokens)):
        return True
    for name, without_s in names.plain:
        key = f" {name} "
        if without_s not in plain or key in own:
            continue
        if _is_telling(name, is_artist=name in names.artists) or key in written:
            return True
        if (" " in name or name not in COMMON_WORDS) and _LEADS_TO_NAME.search(padded.split(key)[0]):
            return True
    return False


def _without_s(text: str) -> str:
    """Folded text without the `s` that ends a word: `bowies work` as `bowie work`."""
    return text.replace("s ", " ")


def _is_telling(name: str, *, is_artist: bool) -> bool:
    """Whether a name gives itself away in small letters: everyday words do not, nor one word of a title."""
    words = name.split()
    plain = _SMALL_WORDS | COMMON_WORDS | MOODS.keys() | NUMBER_WORDS
    is_rare = any(word not in plain and len(word) > 3 for word in words)
    return len(words) >= _LONG_NAME or (is_rare and (is_artist or len(words) > 1))


def _capitalised_runs(tokens: Sequence[Token]) -> Iterator[list[str]]:
    """Several words with capitals in a row; without the first word of the sentence."""
    position = 1
    while position < len(tokens):
        end = _run_end(tokens, position)
        if end - position > 1:
            yield [token.key for token in tokens[position:end]]
        position = end + 1


def _runs_after_by(tokens: Sequence[Token]) -> Iterator[list[str]]:
    """Words with capitals right after `by`."""
    for position, token in enumerate(tokens[:-1], start=1):
        end = _run_end(tokens, position)
        if token.key == "by" and end > position:
            yield [other.key for other in tokens[position:end]]


def _run_end(tokens: Sequence[Token], start: int) -> int:
    end = start
    while end < len(tokens) and tokens[end].is_capitalised and tokens[end].text != "I":
        end += 1
    return end


def _is_known_run(run: Sequence[str], support: Support) -> bool:
    return all(set(key.split()) <= support.words or key.removesuffix("s") in support.words for key in run)


def _written_as_names(tokens: Sequence[Token]) -> str:
    """The words that bear capitals or stand beside such, without the first word of the sentence."""
    kept = [
        token.key
        if token.is_word and position and (token.is_capitalised or token.key in _SMALL_WORDS)
        else "."
        for position, token in enumerate(tokens)
    ]
    return f" {' '.join(kept)} "


def _sound_supported(
    tokens: list[Token], words: Sequence[str], support: Support, vocabulary: Vocabulary
) -> bool:
    """Genres, moods, voices and instruments, languages and countries."""
    read = read_genres(tokens, vocabulary)
    genres = {genre_key(genre) for _, genre in read}
    genres |= {genre_key(run) for run in _runs(words, 3) if run in GENRES}
    genres |= {word for word in words if GENRE_ENDING.fullmatch(word)}
    if any(genre not in support.genres and f" {genre} " not in f" {support.text} " for genre in genres):
        return False
    for span, mood in find_phrases(tokens, _MOODS):
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
        beside = {
            token.key for token in [*tokens[max(0, span.first - 1) : span.first], *tokens[span.last :][:1]]
        }
        is_sung = place in LANGUAGES and bool(beside & _OF_LANGUAGE)
        if (f"{LANGUAGES[place]} words" if is_sung else place) not in support.words:
            return False
    return True


def _runs(words: Sequence[str], longest: int) -> set[str]:
    return {
        " ".join(words[start : start + size])
        for start in range(len(words))
        for size in range(1, min(longest, len(words) - start) + 1)
    }


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


# The full stop of an abbreviation ends no sentence: what follows it is a name.
_ABBREVIATIONS = (
    "Dr",
    "Mr",
    "Mrs",
    "Ms",
    "St",
    "No",
    "no",
    "Nr",
    "Vol",
    "vol",
    "Feat",
    "feat",
    "Ft",
    "ft",
    "vs",
)


_ENDS_NONE = "".join(rf"(?<!\b{word}\.)" for word in (*_ABBREVIATIONS, "Jr", "Prod", "prod", "[A-Z]"))


SENTENCE_END = re.compile(rf"(?<=[.!?。！？]){_ENDS_NONE}\s+|(?<=[。！？])")
