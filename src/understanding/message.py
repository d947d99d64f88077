"""The rules reader: a message becomes constraints. It reads every message, with a model and without one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from src.catalogue.catalogue import Catalogue
from src.constraints.describe import describe
from src.constraints.models.brief import (
    Constraint,
    CountryConstraint,
    LanguageConstraint,
    OwnListeningConstraint,
    RangeConstraint,
    Relation,
    TrackConstraint,
    YearsConstraint,
)
from src.lexicon.tokens import PhraseIndex, Span, Token, find_phrases, indexed_phrase_at, tokenize, words_of
from src.lexicon.vocabulary import LANGUAGES, MOODS, TAGS, VERSIONS, Vocabulary, keywords
from src.schema import with_present
from src.understanding.commands import read_undo, starts_over, undone_kinds
from src.understanding.genres import read_genres
from src.understanding.measures import MAX_COUNT, read_count, read_per_artist
from src.understanding.names import NameReading, is_too_long, read_names
from src.understanding.negation import Polarity, read_polarity
from src.understanding.origin import OriginReading, message_language, read_origins
from src.understanding.own_listening import OwnReading, read_own_listening
from src.understanding.phrases import (
    ADDING,
    AND_THE_LIKE,
    INSISTING,
    NOT_THOSE,
    OF_THEM,
    REMEMBERING,
    SWITCHING,
    read_unproven,
)
from src.understanding.references import Reference, read_references
from src.understanding.sound import read_new_artists, read_ranges, read_versions, read_vocals, read_wording
from src.understanding.years import YearReading, read_years

# Words after `the 1975` that make it the year.
_OF_A_YEAR = frozenset({"album", "version", "recording", "hit", "song", "single", "release", "era", "one"})
# `nothing too sad` is a matter of degree.
_DEGREES = frozenset({"too", "overly", "very", "super", "that", "so", "as"})
# Different constraints that are read from one message: each is checked on every track that is considered.
MAX_CONSTRAINTS_READ = 60
type Read = tuple[Span, Constraint]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message asks for.

    `text` is what to search by meaning: the message without what it rules out. `undone` holds the constraints
    that the message takes back and `undone_kinds` whole kinds of them; `start_over` empties the brief. `adds`
    says that the constraints come on top of the earlier ones, `switches` that they replace them.
    `references` are positions in the last answer (`more like the first one`). `of_them` is the relation to
    the artist that a pronoun means (`only him`): the one that was named last. `for_good` says that what is
    ruled out holds in every conversation. `in_part`: the message holds more than is read of one message.
    """

    text: str
    language: str
    constraints: list[Constraint]
    undone: list[Constraint]
    undone_kinds: frozenset[str]
    start_over: bool
    adds: bool
    switches: bool
    of_them: Relation | None
    references: list[Reference]
    for_good: bool
    in_part: bool = False


@dataclass(frozen=True, slots=True)
class _Message:
    """One message as all readers see it."""

    text: str
    tokens: list[Token]
    polarity: list[Polarity]
    turn: int

    def stance(self, span: Span) -> Polarity:
        return self.polarity[span.first]

    def rejects(self, span: Span) -> bool:
        return self.stance(span) in ("rejected", "satisfied", "contrast")

    def excludes(self, span: Span) -> bool:
        """Whether the words are ruled out for good, and not by degree (`nothing too sad`)."""
        by_degree = span.first > 0 and self.tokens[span.first - 1].key in _DEGREES
        return self.stance(span) in ("rejected", "satisfied") and not by_degree

    def relation(self, span: Span) -> tuple[Literal["wanted", "rejected"], bool]:
        """Whether the words ask for something or rule it out, and whether that binds."""
        if self.rejects(span):
            return "rejected", self.excludes(span)
        return "wanted", self.stance(span) == "only"

    def words(self, span: Span) -> str:
        """The listener's words, with the cue that negates them: `no country`, not `country`."""
        first = span.first
        if self.stance(span) != "plain":
            while first > 0 and span.first - first < 4 and self.polarity[first - 1] == self.stance(span):
                first -= 1
            if first > 0 and self.tokens[first - 1].is_word:
                first -= 1
        return words_of(self.tokens, Span(first, span.last), self.text)

    def plain_words(self, span: Span) -> str:
        return words_of(self.tokens, span, self.text)

    def holds(self, index: PhraseIndex) -> bool:
        """Whether the message holds a phrase of the index."""
        keys = [token.key for token in self.tokens]
        return any(indexed_phrase_at(keys, position, index) for position in range(len(keys)))


async def read_message(
    catalogue: Catalogue, vocabulary: Vocabulary, text: str, turn: int, this_year: int
) -> Reading:
    """Read one message.

    Args:
        catalogue: whose names are looked up.
        vocabulary: its genres.
        text: the message.
        turn: number of the turn, from 1; every constraint holds it.
        this_year: what `recent` is counted from.
    """
    tokens = tokenize(text)
    message = _Message(text, tokens, read_polarity(tokens), turn)
    phrases = [span for table in (TAGS, MOODS) for span, _ in find_phrases(tokens, table)]
    # `first dance` is an occasion, and no `dance`.
    genres = [
        (span, genre)
        for span, genre in read_genres(tokens, vocabulary)
        if not any(span.lies_in(other) and span != other for other in phrases)
    ]
    years = [reading for reading in read_years(tokens, this_year) if not _names_a_year(tokens, reading.span)]
    genre_spans = [span for span, _ in genres]
    claimed = [*genre_spans, *(reading.span for reading in years)]
    for table in (LANGUAGES, MOODS, VERSIONS, TAGS):
        claimed += [span for span, _ in find_phrases(tokens, table)]
    origins, unproven = read_origins(tokens), read_unproven(tokens)
    own = read_own_listening(tokens, text)
    claimed += [*(origin.span for origin in origins), *(span for span, _ in unproven)]
    claimed += [reading.span for reading in own]
    undone = read_undo(tokens)
    language = message_language(text, tokens)
    named = await read_names(catalogue, text, tokens, message.polarity, claimed, undone, language)
    # The name of an own playlist may be that of a song as well.
    names = [name for name in named if not any(name.span.overlaps(reading.span) for reading in own)]

    works = [*(span for span, _ in unproven), *(reading.span for reading in own)]

    def free(span: Span) -> bool:
        return not any(span.overlaps(other) for other in [*(name.span for name in names), *works])

    def free_of_genres(span: Span) -> bool:
        return free(span) and not any(span.overlaps(other) for other in genre_spans)

    read = [
        *_name_constraints(message, names),
        *_genre_constraints(message, genres, free),
        *_word_constraints(message, free_of_genres),
        *_year_constraints(message, years, free),
        *_range_constraints(message, free),
        *_origin_constraints(message, origins, free_of_genres),
        *_sound_constraints(message, free),
        *_unproven_constraints(message, unproven),
        *_own_constraints(message, own),
        *_list_constraints(message, names, free),
    ]

    def is_undone(span: Span, constraint: Constraint) -> bool:
        # `explicit is fine` is asked for by taking back.
        allows = constraint["kind"] == "explicit" and constraint["allowed"]
        return not allows and any(span.lies_in(other) for other in undone)

    asked = [(span, constraint) for span, constraint in read if message.stance(span) != "waived"]
    constraints, is_whole = _first_constraints(
        [constraint for span, constraint in asked if not is_undone(span, constraint)]
    )
    undone_constraints, undone_whole = _first_constraints(
        [constraint for span, constraint in asked if is_undone(span, constraint)]
    )
    return Reading(
        text=_search_text(
            message, names, [span for span, constraint in read if _only_filters(constraint)], undone
        ),
        language=language,
        constraints=constraints,
        undone=undone_constraints,
        undone_kinds=undone_kinds(tokens, undone),
        start_over=starts_over(tokens),
        adds=message.holds(ADDING),
        switches=message.holds(SWITCHING),
        of_them=_read_pronoun(message),
        references=read_references(tokens, message.polarity),
        for_good=message.holds(REMEMBERING),
        in_part=is_too_long(tokens) or not (is_whole and undone_whole),
    )


def _first_constraints(constraints: list[Constraint]) -> tuple[list[Constraint], bool]:
    """Those of up to `MAX_CONSTRAINTS_READ` meanings, in their order, and whether that is all: what rules
    out goes before what asks.
    """
    meanings = [(constraint["kind"], constraint["hard"], describe(constraint)) for constraint in constraints]
    ruling_out = [constraint.get("relation") in ("rejected", "satisfied") for constraint in constraints]
    first = sorted(range(len(constraints)), key=lambda place: not ruling_out[place])
    kept = set(list(dict.fromkeys(meanings[place] for place in first))[:MAX_CONSTRAINTS_READ])
    read = [constraint for constraint, meaning in zip(constraints, meanings, strict=True) if meaning in kept]
    return read, len(read) == len(constraints)


def _name_constraints(message: _Message, names: list[NameReading]) -> Iterator[Read]:
    """The names; and `like Metallica, but not Metallica themselves` leaves out what it is to be like."""
    for name in names:
        alike = name.relation == "wanted" and _goes_on_alike(message, name)
        read = replace(name, relation="seed") if alike else name
        yield name.span, _name_constraint(read, message.turn)
    everyone = message.holds(NOT_THOSE)
    for name in names:
        if name.relation in ("wanted", "seed") and _goes_on_alike(message, name):
            constraint = _name_constraint(replace(name, relation="wanted"), message.turn)
            constraint["hard"] = False
            yield name.span, constraint
        if name.relation == "seed" and (everyone or _is_rejected_in_part(message, name)):
            yield name.span, _name_constraint(replace(name, relation="rejected"), message.turn)


def _goes_on_alike(message: _Message, name: NameReading) -> bool:
    """`Caetano Veloso and things like that` wants him, and what is like him."""
    keys = [token.key for token in message.tokens]
    places = range(name.span.last, min(name.span.last + 2, len(keys)))
    return any(indexed_phrase_at(keys, place, AND_THE_LIKE) for place in places)


def _is_rejected_in_part(message: _Message, name: NameReading) -> bool:
    """`Kendrick Lamar type beats, but not Kendrick`."""
    words = {token.key for token in message.tokens[name.span.first : name.span.last]}
    return any(
        stance == "rejected" and token.key in words and len(token.key) > 2
        for token, stance in zip(message.tokens, message.polarity, strict=True)
    )


def _name_constraint(name: NameReading, turn: int) -> Constraint:
    """A named artist or track: to be by them and to leave them out bind, a seed does not.

    What the catalogue lacks cannot bind as wanted; the constraint report says that it is not there.
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
    constraint: TrackConstraint = {
        "kind": "track",
        "title": name.track["title"] if name.track else name.said,
        "relation": name.relation,
        "hard": hard,
        "words": name.said,
        "turn": turn,
    }
    return with_present(
        constraint,
        artist=name.track["artists"][0] if name.track else name.said_artist or None,
        track_id=name.track["id"] if name.track else None,
    )


def _genre_constraints(
    message: _Message, genres: list[tuple[Span, str]], free: Callable[[Span], bool]
) -> Iterator[Read]:
    for span, genre in genres:
        if free(span):
            relation, hard = message.relation(span)
            words, turn = message.words(span), message.turn
            yield (
                span,
                {
                    "kind": "genre",
                    "genre": genre,
                    "relation": relation,
                    "hard": hard,
                    "words": words,
                    "turn": turn,
                },
            )


def _word_constraints(message: _Message, free: Callable[[Span], bool]) -> Iterator[Read]:
    """Moods, and what tracks are tagged with: instruments, voices, occasions."""
    taken: list[Span] = []
    for span, tag in find_phrases(message.tokens, TAGS):
        if free(span):
            taken.append(span)
            relation, hard = message.relation(span)
            words, turn = message.words(span), message.turn
            yield (
                span,
                {"kind": "tag", "tag": tag, "relation": relation, "hard": hard, "words": words, "turn": turn},
            )
    for span, mood in find_phrases(message.tokens, MOODS):
        if free(span) and not any(span.overlaps(other) for other in taken):
            yield (
                span,
                {
                    "kind": "mood",
                    "mood": mood,
                    "relation": message.relation(span)[0],
                    "hard": message.excludes(span),
                    "words": message.words(span),
                    "turn": message.turn,
                },
            )


def _year_constraints(
    message: _Message, years: list[YearReading], free: Callable[[Span], bool]
) -> Iterator[Read]:
    insists = message.holds(INSISTING)
    for reading in years:
        if not free(reading.span):
            continue
        # `nothing after 1995` is read whole, bound and negation; `no 80s` rejects what is named.
        rejected = message.rejects(reading.span) and not reading.is_bound
        constraint: YearsConstraint = {
            "kind": "years",
            "relation": "rejected" if rejected else "wanted",
            "hard": message.excludes(reading.span) if rejected else reading.hard or insists,
            "words": message.words(reading.span),
            "turn": message.turn,
        }
        yield reading.span, with_present(constraint, year_from=reading.year_from, year_to=reading.year_to)


def _range_constraints(message: _Message, free: Callable[[Span], bool]) -> Iterator[Read]:
    for bounds in read_ranges(message.tokens, message.polarity):
        if not free(bounds.span):
            continue
        constraint: RangeConstraint = {
            "kind": "range",
            "feature": bounds.feature,
            "hard": bounds.hard,
            "words": message.words(bounds.span),
            "turn": message.turn,
        }
        yield bounds.span, with_present(constraint, low=bounds.low, high=bounds.high)


def _origin_constraints(
    message: _Message, origins: list[OriginReading], free: Callable[[Span], bool]
) -> Iterator[Read]:
    """The language of the words, and the country of the artists."""
    for origin in origins:
        span = origin.span
        if not free(span):
            continue
        relation, hard = message.relation(span)
        hard = hard or (origin.demanded and relation == "wanted")
        words, turn, code = message.words(span), message.turn, origin.code
        of_language: LanguageConstraint = {
            "kind": "language",
            "language": code,
            "relation": relation,
            "hard": hard,
            "words": words,
            "turn": turn,
        }
        of_country: CountryConstraint = {
            "kind": "country",
            "country": code,
            "relation": relation,
            "hard": hard,
            "words": words,
            "turn": turn,
        }
        yield span, of_language if origin.kind == "language" else of_country


def _sound_constraints(message: _Message, free: Callable[[Span], bool]) -> Iterator[Read]:
    """Voices, wording and versions."""
    tokens, turn = message.tokens, message.turn
    for span, vocals, hard in read_vocals(tokens, message.polarity):
        if free(span):
            words = message.words(span)
            yield span, {"kind": "vocals", "vocals": vocals, "hard": hard, "words": words, "turn": turn}
    for span, allowed in read_wording(tokens, message.polarity):
        if free(span):
            words = message.plain_words(span)
            yield (
                span,
                {"kind": "explicit", "allowed": allowed, "hard": not allowed, "words": words, "turn": turn},
            )
    for span, version, wanted in read_versions(tokens, message.polarity):
        if free(span):
            yield (
                span,
                {
                    "kind": "version",
                    "version": version,
                    "relation": "wanted" if wanted else "rejected",
                    "hard": True,
                    "words": message.words(span),
                    "turn": turn,
                },
            )


def _unproven_constraints(message: _Message, unproven: list[tuple[Span, str]]) -> Iterator[Read]:
    for span, what in unproven:
        words = message.plain_words(span)
        yield span, {"kind": "uncheckable", "what": what, "hard": False, "words": words, "turn": message.turn}


def _own_constraints(message: _Message, own: list[OwnReading]) -> Iterator[Read]:
    for reading in own:
        rejected = reading.is_ruled_out or message.excludes(reading.span)
        constraint: OwnListeningConstraint = {
            "kind": "own_listening",
            "source": reading.source,
            "relation": "rejected" if rejected else "seed",
            "hard": rejected,
            "words": message.plain_words(reading.span),
            "turn": message.turn,
        }
        yield reading.span, with_present(constraint, playlist=reading.playlist or None)


def _list_constraints(
    message: _Message, names: list[NameReading], free: Callable[[Span], bool]
) -> Iterator[Read]:
    """How many, how many by one artist, and whether by others than so far."""
    tokens, turn = message.tokens, message.turn
    if (other := read_new_artists(tokens)) is not None:
        words = message.plain_words(other)
        yield other, {"kind": "new_artists", "hard": True, "words": words, "turn": turn}
    per_artist = read_per_artist(tokens)
    if per_artist is not None:
        span, at_most = per_artist
        words = message.plain_words(span)
        yield span, {"kind": "per_artist", "at_most": at_most, "hard": True, "words": words, "turn": turn}
    count = read_count(tokens)
    if count is not None and free(count[0]):
        span, number = count
        if per_artist is None or not per_artist[0].overlaps(span):
            # `Fast Car and nine more` are ten.
            asked = [
                name for name in names if name.kind == "track" and name.relation == "wanted" and name.track
            ]
            if span.last < len(tokens) and tokens[span.last].key == "more":
                number = min(MAX_COUNT, number + len(asked))
            words = message.plain_words(Span(span.first, min(span.last + 1, len(tokens))))
            yield span, {"kind": "count", "count": number, "hard": True, "words": words, "turn": turn}


def _read_pronoun(message: _Message) -> Relation | None:
    return next((relation for relation, index in OF_THEM if message.holds(index)), None)


def _only_filters(constraint: Constraint) -> bool:
    """Whether the words bound the list and say nothing of its sound: `nothing after 1995`, `seven songs`."""
    return constraint["kind"] in ("count", "own_listening") or (
        constraint["kind"] == "years" and constraint["hard"]
    )


def _search_text(message: _Message, names: list[NameReading], bounds: list[Span], undone: list[Span]) -> str:
    """The message without what it rules out, bounds or takes back: an embedding does not understand `no`."""
    dropped: set[int] = set()
    for position, stance in enumerate(message.polarity):
        if stance in ("rejected", "satisfied", "contrast"):
            # The cue itself is the word right before.
            dropped.update((position - 1, position))
    # Names of the catalogue are looked up as such: as words they would find whatever sounds alike.
    known = [name.span for name in names if name.artist or name.track]
    for span in [*known, *bounds, *undone]:
        dropped.update(range(span.first, span.last))
        # `nothing after 1995` is a filter, and its `nothing` would only mislead.
        if span in bounds and span.first and message.tokens[span.first - 1].key == "nothing":
            dropped.add(span.first - 1)
    kept = [token for position, token in enumerate(message.tokens) if position not in dropped]
    pieces: list[str] = []
    end = 0
    for token in kept:
        if pieces and token.start > end:
            pieces.append(" ")
        pieces.append(message.text[token.start : token.end])
        end = token.end
    text = "".join(pieces).strip(" ,;:-–")
    return text if keywords(text) else ""


def _names_a_year(tokens: list[Token], span: Span) -> bool:
    """`the 1975` is the band; `the 1970s` and `the 1975 album` are not."""
    after = tokens[span.last].key if span.last < len(tokens) else ""
    is_year = span.last - span.first == 2 and tokens[span.last - 1].key.isdecimal()
    return tokens[span.first].key == "the" and is_year and after not in _OF_A_YEAR
