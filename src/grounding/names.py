"""Names in a sentence: those of other tracks in reach, and those that nobody said."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.grounding.numbers import ENGLISH_NUMBER_WORDS
from src.grounding.support import Support
from src.lexicon.tables import word_set
from src.lexicon.tokens import Token
from src.lexicon.vocabulary import COMMON_WORDS, MOODS

_QUOTED = re.compile(
    r"[\"“”«»„]([^\"“”«»„]+)[\"“”«»„]|『([^』]+)』|「([^」]+)」|(?:^|\s)'([^']{2,60})'(?=\W|$)"
)
# So many words do not follow each other by chance.
_LONG_NAME = 4
# What leads to a name: `by`, `recalls`, `a sister of`.
_LEADS_TO_NAME = re.compile(
    r"\b(?:by|like|recalls?|recalling|echoe?s|echoing|evokes?|called|titled|named|unlike|than|covers?|quotes?"
    r"|(?:sister|brother|cousin|fans?|shades|style|vein|spirit|echo|echoes|reminiscent|version|twin) of"
    r"|reminds \w+ of"
    r"|(?:close|akin|nod|answer|next|similar|related|sequel) to|wie|como|comme|come)$"
)
# Words of a name that say nothing of themselves.
SMALL_WORDS = word_set("claims", "small_words")


@dataclass(frozen=True, slots=True)
class Names:
    """Keys of artists and titles in reach, which a sentence about another track must not name.

    `plain` holds every key with what a folded sentence has to hold for it to be named.
    """

    artists: frozenset[str] = frozenset()
    plain: tuple[tuple[str, str], ...] = ()


NO_NAMES = Names()


def names_of(tracks: Iterable[Track], earlier: Iterable[str] = ()) -> Names:
    """The names of tracks in reach.

    Args:
        tracks: in reach of the turn.
        earlier: tracks of earlier turns as the model sees them, `title by artist`.
    """
    artists: set[str] = set()
    titles: set[str] = set()
    for track in tracks:
        artists.update(name_key(name) for name in track["artists"])
        titles.update((name_key(track["title"]), track["song_key"].rpartition("|")[0]))
    for text in earlier:
        title, _, artist = text.rpartition(" by ")
        titles.add(name_key(title))
        artists.add(name_key(artist))
    keys = (artists | titles) - {""}
    return Names(frozenset(artists - {""}), tuple((key, _without_s(f" {key} ")) for key in keys))


def names_another(
    text: str, tokens: Sequence[Token], words: Sequence[str], support: Support, names: Names
) -> bool:
    """Whether the sentence names another track in reach or its artist, or quotes what nobody said."""
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
    # That the listener named an artist does not make this track theirs.
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
    """Whether a name is recognised in small letters: everyday words are not, nor is one word of a title."""
    words = name.split()
    plain = SMALL_WORDS | COMMON_WORDS | MOODS.keys() | ENGLISH_NUMBER_WORDS
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
    """The words in capitals and small words between them, without the first word of the sentence."""
    kept = [
        token.key
        if token.is_word and position and (token.is_capitalised or token.key in SMALL_WORDS)
        else "."
        for position, token in enumerate(tokens)
    ]
    return f" {' '.join(kept)} "
