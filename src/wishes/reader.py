"""The rules reader: a message becomes wishes. It reads every message, with a model and without one."""

from collections.abc import Callable
from dataclasses import dataclass

from src.catalogue.catalogue import Catalogue
from src.wishes.genres import Vocabulary, read_genres
from src.wishes.language import message_language
from src.wishes.models.brief import RangeWish, TrackWish, Wish, YearsWish
from src.wishes.naming import NameReading, read_names
from src.wishes.polarity import Polarity, read_polarity
from src.wishes.sound import (
    read_count,
    read_new_artists,
    read_per_artist,
    read_ranges,
    read_versions,
    read_vocals,
    read_wording,
)
from src.wishes.tokens import Span, Token, find_phrases, tokenize, words_of
from src.wishes.undo import read_undo, starts_over
from src.wishes.vocabulary import COMMON_WORDS, LANGUAGES, MOODS, UNCHECKABLE, VERSIONS
from src.wishes.years import YearReading, read_years

# Words beside a language that make it a demand rather than a style: `in French`, `French lyrics`.
_BEFORE_LANGUAGE = frozenset({"in", "sung", "en", "auf", "em"})
_AFTER_LANGUAGE = frozenset({"language", "lyrics", "speaking", "sung", "words"})
# Words before `the 1975` that make it the band.
_BEFORE_NAME = frozenset({"by", "like", "no", "to", "of", "and", "love"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message asks for.

    `text` is what to search by meaning: the message without what it rules out. `undone` holds the keys of
    words that the message takes back; `start_over` empties the brief.
    """

    text: str
    language: str
    wishes: list[Wish]
    undone: frozenset[str]
    start_over: bool


@dataclass(frozen=True, slots=True)
class _Message:
    """One message as all readers see it."""

    text: str
    tokens: list[Token]
    polarity: list[Polarity]
    turn: int

    def stance(self, span: Span) -> Polarity:
        return self.polarity[span.first]

    def words(self, span: Span) -> str:
        """The listener's words, with the cue that negates them: `no country`, not `country`."""
        first = span.first
        if self.stance(span) != "plain":
            while first > 0 and span.first - first < 4 and self.polarity[first - 1] == self.stance(span):
                first -= 1
            if first > 0 and self.tokens[first - 1].is_word:
                first -= 1
        return words_of(self.tokens, Span(first, span.last), self.text)


async def read_message(
    catalogue: Catalogue, vocabulary: Vocabulary, text: str, turn: int, this_year: int
) -> Reading:
    """Read one message.

    Args:
        turn: number of the turn, from 1; every wish bears it.
        this_year: what `recent` is counted from.
    """
    tokens = tokenize(text)
    message = _Message(text, tokens, read_polarity(tokens), turn)
    genres = read_genres(tokens, vocabulary)
    years = [reading for reading in read_years(tokens, this_year) if not _names_a_year(tokens, reading.span)]
    genre_spans = [span for span, _ in genres]
    claimed = [*genre_spans, *(reading.span for reading in years)]
    claimed += [span for table in (LANGUAGES, MOODS, VERSIONS) for span, _ in find_phrases(tokens, table)]
    names = await read_names(catalogue, text, tokens, message.polarity, claimed)

    def free(span: Span) -> bool:
        return not any(span.overlaps(name.span) for name in names)

    def free_of_genres(span: Span) -> bool:
        return free(span) and not any(span.overlaps(other) for other in genre_spans)

    count = read_count(tokens)
    wishes = [
        *(_name_wish(name, turn) for name in names),
        *_genre_wishes(message, genres, free),
        *_mood_wishes(message, free_of_genres),
        *_year_wishes(message, years, free),
        *_range_wishes(message, free),
        *_language_wishes(message, free_of_genres),
        *_sound_wishes(message, free),
        *_list_wishes(message, count, free),
    ]
    return Reading(
        text=_search_text(message, names, years, count[0] if count else None),
        language=message_language(text, tokens),
        wishes=wishes,
        undone=read_undo(tokens, names),
        start_over=starts_over(tokens),
    )


def _name_wish(name: NameReading, turn: int) -> Wish:
    """A named artist or track: to be by them and to leave them out bind, a seed does not.

    What the catalogue lacks cannot bind as wanted; the ledger says that it is not there.
    """
    binds = name.relation in ("wanted", "rejected", "satisfied")
    known = name.artist is not None or name.track is not None
    hard = binds and (known or name.relation != "wanted")
    if name.kind == "artist":
        return {
            "kind": "artist",
            "name": name.artist.name if name.artist else name.said,
            "relation": name.relation,
            "hard": hard,
            "words": name.said,
            "turn": turn,
        }
    wish: TrackWish = {
        "kind": "track",
        "title": name.track["title"] if name.track else name.said,
        "relation": name.relation,
        "hard": hard,
        "words": name.said,
        "turn": turn,
    }
    if name.track is not None:
        wish["artist"] = name.track["artists"][0]
        wish["track_id"] = name.track["id"]
    elif name.said_artist:
        wish["artist"] = name.said_artist
    return wish


def _genre_wishes(
    message: _Message, genres: list[tuple[Span, str]], free: Callable[[Span], bool]
) -> list[Wish]:
    wishes: list[Wish] = []
    for span, genre in genres:
        if free(span):
            stance = message.stance(span)
            rejected = stance in ("rejected", "satisfied", "contrast")
            wishes.append(
                {
                    "kind": "genre",
                    "genre": genre,
                    "relation": "rejected" if rejected else "wanted",
                    "hard": rejected or stance == "only",
                    "words": message.words(span),
                    "turn": message.turn,
                }
            )
    return wishes


def _mood_wishes(message: _Message, free: Callable[[Span], bool]) -> list[Wish]:
    return [
        {
            "kind": "mood",
            "mood": mood,
            "relation": "rejected" if message.stance(span) in ("rejected", "contrast") else "wanted",
            "hard": False,
            "words": message.words(span),
            "turn": message.turn,
        }
        for span, mood in find_phrases(message.tokens, MOODS)
        if free(span)
    ]


def _year_wishes(message: _Message, years: list[YearReading], free: Callable[[Span], bool]) -> list[Wish]:
    wishes: list[Wish] = []
    for reading in years:
        if not free(reading.span):
            continue
        words = words_of(message.tokens, reading.span, message.text)
        wish: YearsWish = {"kind": "years", "hard": reading.hard, "words": words, "turn": message.turn}
        if reading.year_from is not None:
            wish["year_from"] = reading.year_from
        if reading.year_to is not None:
            wish["year_to"] = reading.year_to
        wishes.append(wish)
    return wishes


def _range_wishes(message: _Message, free: Callable[[Span], bool]) -> list[Wish]:
    wishes: list[Wish] = []
    for bounds in read_ranges(message.tokens, message.polarity):
        if not free(bounds.span):
            continue
        wish: RangeWish = {
            "kind": "range",
            "feature": bounds.feature,
            "hard": bounds.hard,
            "words": message.words(bounds.span),
            "turn": message.turn,
        }
        if bounds.low is not None:
            wish["low"] = bounds.low
        if bounds.high is not None:
            wish["high"] = bounds.high
        wishes.append(wish)
    return wishes


def _language_wishes(message: _Message, free: Callable[[Span], bool]) -> list[Wish]:
    wishes: list[Wish] = []
    for span, language in find_phrases(message.tokens, LANGUAGES):
        if not free(span):
            continue
        before = message.tokens[span.first - 1].key if span.first else ""
        after = message.tokens[span.last].key if span.last < len(message.tokens) else ""
        rejected = message.stance(span) == "rejected"
        demanded = before in _BEFORE_LANGUAGE or after in _AFTER_LANGUAGE or message.stance(span) == "only"
        wishes.append(
            {
                "kind": "language",
                "language": language,
                "relation": "rejected" if rejected else "wanted",
                "hard": rejected or demanded,
                "words": message.words(span),
                "turn": message.turn,
            }
        )
    return wishes


def _sound_wishes(message: _Message, free: Callable[[Span], bool]) -> list[Wish]:
    """Voices, wording, versions, and what no record can prove."""
    tokens, text, turn = message.tokens, message.text, message.turn
    wishes: list[Wish] = []
    for span, vocals in read_vocals(tokens)[:1]:
        if free(span):
            words = words_of(tokens, span, text)
            # `with great lyrics` praises, `no vocals` demands.
            hard = vocals == "instrumental"
            wishes.append({"kind": "vocals", "vocals": vocals, "hard": hard, "words": words, "turn": turn})
    for span, allowed in read_wording(tokens)[-1:]:
        if free(span):
            words = words_of(tokens, span, text)
            wishes.append(
                {"kind": "explicit", "allowed": allowed, "hard": not allowed, "words": words, "turn": turn}
            )
    for span, version, wanted in read_versions(tokens, message.polarity):
        if free(span):
            wishes.append(
                {
                    "kind": "version",
                    "version": version,
                    "relation": "wanted" if wanted else "rejected",
                    "hard": True,
                    "words": message.words(span),
                    "turn": turn,
                }
            )
    for span, what in find_phrases(tokens, UNCHECKABLE):
        words = words_of(tokens, span, text)
        wishes.append({"kind": "uncheckable", "what": what, "hard": False, "words": words, "turn": turn})
    return wishes


def _list_wishes(
    message: _Message, count: tuple[Span, int] | None, free: Callable[[Span], bool]
) -> list[Wish]:
    """How many, how many by one artist, and whether by others than so far."""
    tokens, text, turn = message.tokens, message.text, message.turn
    wishes: list[Wish] = []
    if (other := read_new_artists(tokens)) is not None:
        wishes.append(
            {"kind": "new_artists", "hard": True, "words": words_of(tokens, other, text), "turn": turn}
        )
    per_artist = read_per_artist(tokens)
    if per_artist is not None:
        span, at_most = per_artist
        words = words_of(tokens, span, text)
        wishes.append({"kind": "per_artist", "at_most": at_most, "hard": True, "words": words, "turn": turn})
    if count is not None and free(count[0]):
        span, number = count
        if per_artist is None or not per_artist[0].overlaps(span):
            words = words_of(tokens, Span(span.first, min(span.last + 1, len(tokens))), text)
            wishes.append({"kind": "count", "count": number, "hard": True, "words": words, "turn": turn})
    return wishes


def _search_text(
    message: _Message, names: list[NameReading], years: list[YearReading], counted: Span | None
) -> str:
    """The message without what it rules out or bounds: an embedding does not understand `no`."""
    dropped: set[int] = set()
    for position, stance in enumerate(message.polarity):
        if stance in ("rejected", "satisfied", "contrast"):
            # The cue itself stands right before.
            dropped.update((position - 1, position))
    for name in names:
        if name.kind == "artist" and name.relation == "wanted":
            dropped.update(range(name.span.first, name.span.last))
    # `nothing after 1995` is a filter, and its `nothing` would only mislead.
    bounds = [reading.span for reading in years if reading.hard] + ([counted] if counted else [])
    for span in bounds:
        dropped.update(range(span.first, span.last))
        if span.first and message.tokens[span.first - 1].key == "nothing":
            dropped.add(span.first - 1)
    kept = [token for position, token in enumerate(message.tokens) if position not in dropped]
    if not any(token.is_word and token.key not in COMMON_WORDS for token in kept):
        return message.text
    pieces: list[str] = []
    end = 0
    for token in kept:
        if pieces and token.start > end:
            pieces.append(" ")
        pieces.append(message.text[token.start : token.end])
        end = token.end
    return "".join(pieces).strip(" ,;:-–")


def _names_a_year(tokens: list[Token], span: Span) -> bool:
    """`like the 1975` is the band, `the 1970s` is not."""
    before = tokens[span.first - 1].key if span.first else ""
    return tokens[span.first].key == "the" and span.last - span.first == 2 and before in _BEFORE_NAME
