"""Names of artists and tracks in a message, held against the catalogue.

A name is believed for a reason: quotes, a cue before it (`by X`, `like X`, `no X`), a possessive after it, or
capital letters on words that are not everyday ones. At 182,513 tracks two thirds of running words are some
artist or title, so a bare everyday word never is.
"""

from dataclasses import dataclass, field
from typing import Literal

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import NamedArtist, find_artist, find_tracks, known_artists, known_titles
from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.wishes.models.brief import Relation
from src.wishes.polarity import Polarity, is_listing
from src.wishes.tokens import Span, Token, phrase_at, span_key, words_of
from src.wishes.vocabulary import COMMON_WORDS

MAX_NAME_WORDS = 8

type Cue = Literal["by", "like", "rejected", "contrast", "satisfied", "want", "none"]

# What may stand before a name, longest first.
_CUES: list[tuple[str, Cue]] = sorted(
    [
        ("in the style of", "like"),
        ("in the vein of", "like"),
        ("along the lines of", "like"),
        ("reminiscent of", "like"),
        ("similar sound to", "like"),
        ("similar to", "like"),
        ("similiar to", "like"),
        ("similar song to", "like"),
        ("same vibe as", "like"),
        ("same style as", "like"),
        ("same as", "like"),
        ("sounds like", "like"),
        ("sound like", "like"),
        ("sounding like", "like"),
        ("reminds me of", "like"),
        ("more of", "like"),
        ("fans of", "like"),
        ("fan of", "like"),
        ("inspired by", "like"),
        ("influenced by", "like"),
        ("a la", "like"),
        ("such as", "like"),
        ("like", "like"),
        ("love", "like"),
        ("loves", "like"),
        ("enjoy", "like"),
        ("into", "like"),
        ("resembles", "like"),
        ("como", "like"),
        ("wie", "like"),
        ("comme", "like"),
        ("parecido a", "like"),
        ("more", "like"),
        ("by", "by"),
        ("from the band", "by"),
        ("de", "by"),
        ("von", "by"),
        ("play", "want"),
        ("song", "want"),
        ("the song", "want"),
        ("track", "want"),
        ("called", "want"),
        ("titled", "want"),
        ("named", "want"),
        ("hear", "want"),
    ],
    key=lambda cue: -len(cue[0].split()),
)
_RELATIONS: dict[Cue, Relation] = {
    "by": "wanted",
    "like": "seed",
    "want": "wanted",
    "none": "seed",
    "rejected": "rejected",
    "contrast": "contrast",
    "satisfied": "satisfied",
}
# Words that stand inside names without a capital letter.
_SMALL_WORDS = frozenset(
    {"a", "an", "the", "of", "in", "on", "at", "to", "and", "for", "de", "la", "le", "du", "y", "&"}
)
_NOT_PART_OF_NAMES = frozenset(
    {
        "but",
        "or",
        "please",
        "songs",
        "song",
        "music",
        "albums",
        "from",
        "in",
        "with",
        "without",
        "except",
        "if",
    }
    | {
        "maybe",
        "something",
        "anything",
        "kinda",
        "vibes",
        "vibe",
        "style",
        "era",
        "stuff",
        "only",
        "no",
        "not",
    }
)


@dataclass(frozen=True, slots=True)
class NameReading:
    """A name in the message. `track` or `artist` is None where the catalogue has no such thing."""

    span: Span
    kind: Literal["artist", "track"]
    relation: Relation
    said: str
    artist: NamedArtist | None = None
    track: Track | None = None
    said_artist: str = ""


@dataclass(slots=True)
class _Names:
    """What the catalogue knows of the runs of words of one message."""

    artists: dict[str, NamedArtist] = field(default_factory=dict)
    titles: dict[str, int] = field(default_factory=dict)


async def read_names(
    catalogue: Catalogue,
    message: str,
    tokens: list[Token],
    polarity: list[Polarity],
    taken: list[Span],
) -> list[NameReading]:
    """Every artist and track named in the message.

    Args:
        taken: spans that other readers have claimed for sure (genres, years): a name must be longer than
            such a span, quoted, or stand after `by` to win it back.
    """
    quoted = _quoted_spans(tokens)
    runs = [span for span in _word_runs(tokens) if not _crosses_quote(span, quoted)]
    keys = {span: span_key(tokens, span) for span in [*runs, *quoted]}
    owners = {span: _owner_key(tokens, span) for span in runs if _is_possessive(tokens, span)}
    candidates = [*keys.values(), *owners.values()]
    known = _Names(await known_artists(catalogue, candidates), await known_titles(catalogue, candidates))
    for span, owner in owners.items():
        if owner in known.artists and keys[span] not in known.artists:
            keys[span] = owner
    readings: list[NameReading] = []

    def free(span: Span) -> bool:
        return not any(span.overlaps(reading.span) for reading in readings)

    for span in quoted:
        reading = await _read_quoted(catalogue, message, tokens, polarity, span, keys[span], known)
        if reading is not None and free(reading.span):
            readings.append(reading)
    for title, artist in _titles_by(tokens):
        if free(Span(title.first, artist.last)):
            readings += await _read_title_by(catalogue, message, tokens, polarity, title, artist)
    for span in sorted(runs, key=lambda run: (run.first - run.last, run.first)):
        if not free(span) or (keys[span] not in known.artists and keys[span] not in known.titles):
            continue
        reading = await _read_known(catalogue, message, tokens, polarity, span, keys[span], known, taken)
        if reading is not None and free(reading.span):
            readings.append(reading)
    for span, cue in _cued_spans(tokens, polarity):
        if free(span) and not any(span.overlaps(other) for other in taken):
            reading = await _read_unknown(catalogue, message, tokens, span, cue)
            if reading is not None:
                readings.append(reading)
    return sorted(readings, key=lambda reading: reading.span.first)


async def _read_quoted(
    catalogue: Catalogue,
    message: str,
    tokens: list[Token],
    polarity: list[Polarity],
    span: Span,
    key: str,
    known: _Names,
) -> NameReading | None:
    """Quotes name a track, with its artist after `by`; or an artist, if only that is known."""
    said = words_of(tokens, span, message)
    outer = Span(span.first - 1, min(span.last + 1, len(tokens)))
    cue = _cue_before(tokens, polarity, outer.first)
    relation = _RELATIONS[cue]
    artist_span = _after_by(tokens, outer.last)
    if key in known.artists and key not in known.titles and artist_span is None:
        return NameReading(outer, "artist", relation, said, artist=known.artists[key])
    said_artist = words_of(tokens, artist_span, message) if artist_span else ""
    tracks = await find_tracks(catalogue, said, said_artist or None, limit=1)
    if not tracks and not said_artist and (artist := await find_artist(catalogue, said)):
        return NameReading(outer, "artist", relation, said, artist=artist)
    whole = Span(outer.first, artist_span.last) if artist_span else outer
    track = tracks[0] if tracks else None
    return NameReading(whole, "track", relation, said, track=track, said_artist=said_artist)


async def _read_title_by(
    catalogue: Catalogue,
    message: str,
    tokens: list[Token],
    polarity: list[Polarity],
    title: Span,
    artist: Span,
) -> list[NameReading]:
    """`<Title> by <Artist>`: the track; if the catalogue lacks it, that, and the artist as an example."""
    cue = _cue_before(tokens, polarity, title.first)
    relation = _RELATIONS["want" if cue == "none" else cue]
    said, said_artist = words_of(tokens, title, message), words_of(tokens, artist, message)
    if tracks := await find_tracks(catalogue, said, said_artist, limit=1):
        whole = Span(title.first, artist.last)
        return [NameReading(whole, "track", relation, said, track=tracks[0], said_artist=said_artist)]
    known = await find_artist(catalogue, said_artist)
    if known is None and cue == "none":
        return []
    missing = NameReading(title, "track", relation, said, said_artist=said_artist)
    if known is None:
        return [missing]
    nearest: Relation = "seed" if relation == "wanted" else relation
    return [missing, NameReading(artist, "artist", nearest, said_artist, artist=known)]


async def _read_known(
    catalogue: Catalogue,
    message: str,
    tokens: list[Token],
    polarity: list[Polarity],
    span: Span,
    key: str,
    known: _Names,
    taken: list[Span],
) -> NameReading | None:
    """A run of words that is a name in the catalogue: believed if something says so."""
    cue = _cue_before(tokens, polarity, span.first)
    words = tokens[span.first : span.last]
    everyday = all(word.key in COMMON_WORDS or len(word.key) < 2 for word in words)
    capitalised = all(word.is_capitalised or word.key in COMMON_WORDS for word in words) and any(
        word.is_capitalised and not _starts_sentence(tokens, span.first + offset)
        for offset, word in enumerate(words)
    )
    possessive = _is_possessive(tokens, span)
    claimed = any(span.overlaps(other) and len(words) <= other.last - other.first for other in taken)
    if claimed and cue != "by":
        return None
    said = words_of(tokens, span, message)
    if key in known.titles:
        by = _after_by(tokens, span.last)
        if by is not None:
            said_artist = words_of(tokens, by, message)
            tracks = await find_tracks(catalogue, said, said_artist, limit=1)
            if tracks:
                relation = _RELATIONS["want" if cue == "none" else cue]
                whole = Span(span.first, by.last)
                return NameReading(whole, "track", relation, said, track=tracks[0], said_artist=said_artist)
    if key in known.artists:
        strong = cue in ("by", "rejected", "contrast", "satisfied") or (cue in ("like", "want"))
        if len(words) == 1:
            believed = (
                (strong and (not everyday or capitalised)) or (capitalised and not everyday) or possessive
            )
        else:
            believed = not everyday or capitalised or (cue == "by")
        if believed and not (len(words) == 1 and everyday and not capitalised):
            relation = _RELATIONS["by" if possessive and cue == "none" else cue]
            return NameReading(span, "artist", relation, said, artist=known.artists[key])
    if key in known.titles:
        long_title = len(words) >= 3 and not everyday and capitalised
        if (cue in ("like", "want", "rejected") and capitalised and not everyday) or long_title:
            tracks = await find_tracks(catalogue, said, None, limit=1)
            if tracks:
                return NameReading(span, "track", _RELATIONS[cue], said, track=tracks[0])
    return None


async def _read_unknown(
    catalogue: Catalogue, message: str, tokens: list[Token], span: Span, cue: Cue
) -> NameReading | None:
    """Words after a cue that are no name of the catalogue as they stand: misspelt, or not there at all."""
    capitals = _capital_run(tokens, span)
    # Capital letters say where a name ends; without them it may end anywhere.
    shortest = capitals.last if capitals.last > span.first else span.first + 1
    longest = capitals.last if capitals.last > span.first else span.last
    for last in range(longest, shortest - 1, -1):
        part = Span(span.first, last)
        said = words_of(tokens, part, message)
        key = name_key(said)
        if len(key) < 4 or all(word.key in COMMON_WORDS for word in tokens[part.first : part.last]):
            continue
        if artist := await find_artist(catalogue, said):
            return NameReading(part, "artist", _RELATIONS[cue], said, artist=artist)
        if (
            len(key) >= 6
            and cue in ("like", "want")
            and (tracks := await find_tracks(catalogue, said, None, 1))
        ):
            return NameReading(part, "track", _RELATIONS[cue], said, track=tracks[0])
    # Capital letters after a cue are a name, even one that the catalogue lacks: that must be said.
    words = tokens[capitals.first : capitals.last]
    if any(word.key not in COMMON_WORDS for word in words):
        return NameReading(capitals, "artist", _RELATIONS[cue], words_of(tokens, capitals, message))
    return None


def _capital_run(tokens: list[Token], span: Span) -> Span:
    """The words with capital letters that the span begins with, small words between them included."""
    last = span.first
    for position in range(span.first, span.last):
        if tokens[position].is_capitalised:
            last = position + 1
        elif tokens[position].key not in _SMALL_WORDS:
            break
    return Span(span.first, last)


def _titles_by(tokens: list[Token]) -> list[tuple[Span, Span]]:
    """(title, artist) wherever words with capital letters stand on both sides of `by`."""
    found: list[tuple[Span, Span]] = []
    for position, token in enumerate(tokens):
        artist = _after_by(tokens, position) if token.key == "by" else None
        if artist is None or not tokens[artist.first].is_capitalised:
            continue
        first = position
        while first > 0 and position - first < MAX_NAME_WORDS:
            before = tokens[first - 1]
            if not before.is_word or not (before.is_capitalised or before.key in _SMALL_WORDS):
                break
            first -= 1
        while first < position and (tokens[first].key in _SMALL_WORDS or _starts_sentence(tokens, first)):
            first += 1
        words = tokens[first:position]
        if words and any(word.key not in COMMON_WORDS for word in words):
            found.append((Span(first, position), artist))
    return found


def _quoted_spans(tokens: list[Token]) -> list[Span]:
    marks = [position for position, token in enumerate(tokens) if token.is_quote]
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return [Span(first + 1, last) for first, last in pairs if 0 < last - first - 1 <= 2 * MAX_NAME_WORDS]


def _crosses_quote(span: Span, quoted: list[Span]) -> bool:
    return any(span.overlaps(Span(quote.first - 1, quote.last + 1)) for quote in quoted)


def _word_runs(tokens: list[Token]) -> list[Span]:
    """Every run of up to `MAX_NAME_WORDS` words that no clause ends in."""
    runs: list[Span] = []
    for first, token in enumerate(tokens):
        if not token.is_word:
            continue
        for last in range(first + 1, min(first + MAX_NAME_WORDS, len(tokens)) + 1):
            if tokens[last - 1].ends_clause and tokens[last - 1].text not in ".!":
                break
            if tokens[last - 1].is_word:
                runs.append(Span(first, last))
    return runs


def _cue_before(tokens: list[Token], polarity: list[Polarity], position: int) -> Cue:
    """What leads to a name at a position; through a list of names (`like X, Y and Z`) too."""
    if position < len(tokens) and polarity[position] in ("rejected", "contrast", "satisfied"):
        stance = polarity[position]
        if stance == "rejected":
            return "rejected"
        return "contrast" if stance == "contrast" else "satisfied"
    keys = [token.key for token in tokens]
    back = position
    while back > 0 and back > position - 12:
        for words, cue in _CUES:
            size = len(words.split())
            if back >= size and phrase_at(keys, back - size, words):
                return cue
        if back == position or is_listing(tokens[back - 1]) or _in_name_list(tokens, back):
            back -= 1
            if back > 0 and tokens[back].ends_clause:
                return "none"
            continue
        return "none"
    return "none"


def _in_name_list(tokens: list[Token], position: int) -> bool:
    """Whether the token before a position belongs to a name in a list of names."""
    token = tokens[position - 1]
    return token.is_quote or token.is_capitalised or token.key in ("the", "a")


def _after_by(tokens: list[Token], position: int) -> Span | None:
    """The words of the artist in `<title> by <artist>` (or `<title>" - <artist>`)."""
    if position >= len(tokens) or tokens[position].key not in ("by", "from", "de", "von", "-", "–", "par"):
        return None
    last = position + 1
    while last < len(tokens) and last - position <= 5:
        token = tokens[last]
        if (not token.is_word and token.text not in "&/+.!") or token.key in _NOT_PART_OF_NAMES:
            break
        if token.key in ("and", "y", "und") and not (
            last + 1 < len(tokens) and tokens[last + 1].is_capitalised
        ):
            break
        last += 1
    return Span(position + 1, last) if last > position + 1 else None


def _cued_spans(tokens: list[Token], polarity: list[Polarity]) -> list[tuple[Span, Cue]]:
    """Words right after a cue, up to five, that may be a name the catalogue spells otherwise."""
    keys = [token.key for token in tokens]
    spans: list[tuple[Span, Cue]] = []
    for position in range(len(tokens)):
        cue = _cue_before(tokens, polarity, position) if tokens[position].is_word else "none"
        begins = position == 0 or not tokens[position - 1].is_word or not tokens[position - 1].is_capitalised
        if cue == "none" or not begins or keys[position] in _NOT_PART_OF_NAMES:
            continue
        last = position
        while last < len(tokens) and last - position < 5 and tokens[last].is_word:
            if keys[last] in _NOT_PART_OF_NAMES or keys[last] in ("and", "y", "und", "et"):
                break
            last += 1
        words = tokens[position:last]
        if words and (words[0].is_capitalised or words[0].key not in COMMON_WORDS):
            spans.append((Span(position, last), cue))
    return spans


def _is_possessive(tokens: list[Token], span: Span) -> bool:
    return tokens[span.last - 1].text.endswith(("'s", "’s"))


def _owner_key(tokens: list[Token], span: Span) -> str:
    """The key of the name in `Coldplay's`."""
    words = " ".join(token.text for token in tokens[span.first : span.last])
    return name_key(words.removesuffix("'s").removesuffix("’s"))


def _starts_sentence(tokens: list[Token], position: int) -> bool:
    return position == 0 or tokens[position - 1].ends_clause
