"""Names of artists and tracks in a message, held against the catalogue.

A name is accepted for a reason: quotes, a title next to its artist, a cue before it (`by X`, `no X`), a
possessive after it, several words that are not everyday ones, or capital letters. At 182,513 tracks two
thirds of running words are some artist or title, so a bare everyday word never is.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Literal

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import (
    NamedArtist,
    find_artist,
    find_tracks,
    known_artists,
    known_titles,
    within_typos,
)
from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.constraints.models.brief import Relation
from src.lexicon.tables import word_set
from src.lexicon.tokens import Span, Token, span_key, words_of
from src.lexicon.vocabulary import COMMON_WORDS, COUNTED, COUNTRIES, DEMONYMS
from src.understanding.cues import RELATIONS, STRONG, Cue, asks_for_it, cue_before, is_aside, is_like_sentence
from src.understanding.negation import Polarity

MAX_NAME_WORDS = 8
# Look-ups of misspelt names in one message: each costs a search by trigrams.
MAX_LOOKUPS = 8
# The same of titles in quotes and before `by`, whose words are sure to be a name: more of them are worth it.
MAX_TITLE_LOOKUPS = 12
# Words of one message at which a name may begin: each costs eight look-ups. Of 706 real requests the longest
# has 62 words, and 99 of 100 have up to 34.
MAX_NAMED_WORDS = 100

_BY = frozenset({"by", "from", "de", "d", "von", "par", "di", "do", "da"})
_DASHES = frozenset({"-", "–", "—", ":"})
_ENDS_NAME = word_set("names", "ends_name")
_SMALL_WORDS = word_set("names", "small_words")
_AFTER_NAME = word_set("names", "after_name")
# Words and marks between a title and its artist, at most: `Creep (by the Radiohead`.
_WIDEST_JOINT = 3
_VERSIONS_OF = frozenset({"one", "version", "song", "track", "recording"})
_LEADS = word_set("names", "leads")
# What may hang on a name.
_LIKE_ENDINGS = ("-ish", "-esque", "-like", "-style", "-type")
_ENDINGS = ("'s", "’s", *_LIKE_ENDINGS)
_TALK = word_set("names", "talk")
_PRONOUNS = word_set("names", "pronouns")
_ALONE_WITH = word_set("names", "alone_with")
_MEANT_AS_LIKE = word_set("names", "meant_as_like")
_OTHER_WORKS = word_set("names", "other_works")
# A single word is an artist's name even next to another capital letter when they have so many tracks.
_WELL_KNOWN_FROM = 8
# A message with more capitalised words than this is written in title case: capitals tell nothing.
_TITLE_CASE_FROM = 0.75


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
class _NameSearch:
    """One message, and what the catalogue knows of its runs of words."""

    catalogue: Catalogue
    message: str
    tokens: list[Token]
    polarity: list[Polarity]
    taken: list[Span]
    undone: list[Span]
    artists: dict[Span, NamedArtist] = field(default_factory=dict)
    titles: set[Span] = field(default_factory=set)
    named: set[int] = field(default_factory=set)
    capitals_tell: bool = True
    readings: list[NameReading] = field(default_factory=list)
    places: frozenset[int] = frozenset()
    asks: bool = False
    lookups: int = 0
    title_lookups: int = 0
    looked_up: dict[tuple[str, str], Track | None] = field(default_factory=dict)

    def words(self, span: Span) -> str:
        return words_of(self.tokens, span, self.message)

    def cue(self, position: int) -> Cue:
        return cue_before(self.tokens, self.polarity, position, self.named)

    def free(self, span: Span) -> bool:
        return not any(span.overlaps(reading.span) for reading in self.readings)

    async def find_artist(self, name: str) -> NamedArtist | None:
        """The artist of a name that is sure to be one; the spelling is forgiven while the message may be
        looked up.
        """
        exact = await find_artist(self.catalogue, name, forgiving=False)
        if exact is not None or self.title_lookups >= MAX_TITLE_LOOKUPS:
            return exact
        self.title_lookups += 1
        return await find_artist(self.catalogue, name)

    async def find_track(self, title: str, artist: str) -> Track | None:
        """The track of a title that is sure to be one, by this artist or, without one, by anybody."""
        if (title, artist) not in self.looked_up:
            self.looked_up[title, artist] = await self._find_track(title, artist)
        return self.looked_up[title, artist]

    async def _find_track(self, title: str, artist: str) -> Track | None:
        by = await self.find_artist(artist) if artist else None
        if artist and by is None:
            return None
        tracks = await find_tracks(self.catalogue, title, by, limit=1, forgiving=False)
        if not tracks and self.title_lookups < MAX_TITLE_LOOKUPS:
            self.title_lookups += 1
            tracks = await find_tracks(self.catalogue, title, by, limit=1)
        return tracks[0] if tracks else None

    def is_everyday(self, span: Span) -> bool:
        words = self.tokens[span.first : span.last]
        return all(word.key in COMMON_WORDS or len(word.key) < 2 for word in words)

    def is_capitalised(self, span: Span) -> bool:
        """Whether capital letters make the run a name: on a word that does not begin a sentence."""
        words = self.tokens[span.first : span.last]
        capitals = all(word.is_capitalised or word.key in COMMON_WORDS | _SMALL_WORDS for word in words)
        inside = any(
            word.is_capitalised and not _starts_sentence(self.tokens, span.first + offset)
            for offset, word in enumerate(words)
        )
        return self.capitals_tell and capitals and inside


async def read_names(
    catalogue: Catalogue,
    message: str,
    tokens: list[Token],
    polarity: list[Polarity],
    taken: list[Span],
    undone: list[Span],
    language: str = "en",
) -> list[NameReading]:
    """Every artist and track named in the message, in order.

    Args:
        catalogue: whose names they are held against.
        message: the text.
        tokens: its words and marks.
        polarity: of every token.
        taken: spans that other readers have claimed for sure (genres, years): a name must be longer than
            such a span, quoted, or follow `by` to be read as one.
        undone: spans that take something back: a name in one needs no other cue.
        language: of the message; German writes every noun with a capital.
    """
    search = _NameSearch(catalogue, message, tokens, polarity, taken, undone)
    search.capitals_tell = language != "de" and _capitals_tell(tokens)
    search.places, search.asks = named_places(tokens, polarity), asks_for_it(tokens)
    quoted = [span for span in _quoted_spans(tokens) if span.first in search.places]
    await _look_up(search, quoted)
    stages = (_quoted(search, quoted), _pairs(search), _artists(search), _titles(search), _unknown(search))
    for readers in (*stages, _misspelt(search), _years_as_names(search)):
        async for reading in readers:
            if search.free(reading.span):
                search.readings.append(reading)
    return sorted(search.readings, key=lambda reading: reading.span.first)


def named_places(tokens: list[Token], polarity: list[Polarity]) -> frozenset[int]:
    """Positions at which names are looked for: every word, or in a long message so many of the first, those
    that are ruled out before the others.
    """
    words = [place for place, token in enumerate(tokens) if token.is_word]
    if len(words) > MAX_NAMED_WORDS:
        words.sort(key=lambda place: polarity[place] not in ("rejected", "satisfied"))
    return frozenset(words[:MAX_NAMED_WORDS])


def is_too_long(tokens: list[Token]) -> bool:
    """Whether the message has words at which no name is looked for."""
    return sum(token.is_word for token in tokens) > MAX_NAMED_WORDS


async def _look_up(search: _NameSearch, quoted: list[Span]) -> None:
    """Find which runs of words are artists or titles, exactly."""
    tokens = search.tokens
    outer = {place for span in quoted for place in range(span.first - 1, span.last + 1)}
    runs = [
        span for span in _word_runs(tokens, search.places) if outer.isdisjoint(range(span.first, span.last))
    ]
    keys = {span: span_key(tokens, span) for span in [*runs, *quoted]}
    owners = {span: _owner_key(tokens, span) for span in runs if _is_possessive(tokens, span)}
    owners = {span: key for span, key in owners.items() if key not in COMMON_WORDS}
    candidates = [*keys.values(), *owners.values()]
    artists = await known_artists(search.catalogue, candidates)
    titles = await known_titles(search.catalogue, candidates)
    for span, key in keys.items():
        if (artist := artists.get(key) or artists.get(owners.get(span, ""))) is not None:
            search.artists[span] = artist
            if not search.is_everyday(span):
                search.named.update(range(span.first, span.last))
        if key in titles:
            search.titles.add(span)


async def _quoted(search: _NameSearch, quoted: list[Span]) -> AsyncIterator[NameReading]:
    """Quotes name a track, with its artist after `by` or before `'s`; or an artist, if only that is known."""
    for span in quoted:
        said = search.words(span)
        outer = Span(span.first - 1, min(span.last + 1, len(search.tokens)))
        relation = _relation(search, outer.first, asked="wanted" if search.asks else "seed")
        after = _artist_after(search.tokens, outer.last)
        if span in search.artists and span not in search.titles and after is None:
            yield NameReading(outer, "artist", relation, said, artist=search.artists[span])
            continue
        owner = next((other for other in search.artists if other.last == outer.first), None)
        said_artist = search.words(after) if after else search.artists[owner].name if owner else ""
        track = await search.find_track(said, said_artist)
        if not said_artist and _is_mere_word(search, span, found=track is not None):
            continue
        if track is None and not said_artist and (artist := await _find_whole(search, span)):
            yield NameReading(outer, "artist", relation, said, artist=artist)
            continue
        whole = Span(owner.first if owner else outer.first, after.last if after else outer.last)
        if owner is not None:
            relation = _relation(search, owner.first, asked=relation)
        yield NameReading(whole, "track", relation, said, track=track, said_artist=said_artist)
        if track is None and said_artist:
            async for nearest in _nearest_artist(search, after or outer, said_artist, relation):
                yield nearest


async def _pairs(search: _NameSearch) -> AsyncIterator[NameReading]:
    """A title next to its artist: `Clocks by Coldplay`, `Coldplay's Clocks`, `Coldplay - Clocks`."""
    for whole, title, artist, joint in _pairs_known(search):
        if not search.free(whole) or (search.is_everyday(title) and not search.is_capitalised(whole)):
            continue
        by = search.artists[artist]
        if tracks := await find_tracks(search.catalogue, search.words(title), by, limit=1, forgiving=False):
            relation = _relation(search, whole.first, asked="seed" if joint == "dash" else "wanted")
            said = search.words(title)
            yield NameReading(
                whole, "track", relation, said, track=tracks[0], said_artist=search.words(artist)
            )
    for title, artist in _title_by_artist(search):
        if not search.free(Span(title.first, artist.last)):
            continue
        relation = _relation(search, title.first, asked="wanted")
        said, said_artist = search.words(title), search.words(artist)
        track = await search.find_track(said, said_artist)
        whole = Span(title.first, artist.last)
        if track is not None:
            yield NameReading(whole, "track", relation, said, track=track, said_artist=said_artist)
            continue
        yield NameReading(title, "track", relation, said, said_artist=said_artist)
        async for nearest in _nearest_artist(search, artist, said_artist, relation):
            yield nearest


async def _nearest_artist(
    search: _NameSearch, span: Span, said: str, relation: Relation
) -> AsyncIterator[NameReading]:
    """Where a track is not in the catalogue its artist comes nearest."""
    for name in (said, *said.replace("&", " and ").split(" and ")):
        artist = await search.find_artist(name.strip())
        if artist is not None:
            nearest: Relation = "seed" if relation == "wanted" else relation
            yield NameReading(span, "artist", nearest, name.strip(), artist=artist)
            return


async def _find_whole(search: _NameSearch, span: Span) -> NamedArtist | None:
    """The artist whose name the words are as a whole, or in capital letters in part: `no sean` is no Sean
    Paul.
    """
    artist = await search.find_artist(search.words(span))
    capitals = any(search.tokens[place].is_capitalised for place in range(span.first, span.last))
    key = span_key(search.tokens, span)
    is_whole = artist is not None and within_typos(key.removeprefix("the "), artist.key.removeprefix("the "))
    return artist if is_whole or capitals else None


async def _artists(search: _NameSearch) -> AsyncIterator[NameReading]:
    """Runs of words that are an artist of the catalogue, the longest first, where something says so."""
    for span in sorted(search.artists, key=lambda span: (span.first - span.last, span.first)):
        if not search.free(span) or is_aside(search.tokens, span):
            continue
        cue = search.cue(span.first)
        if _believe_artist(search, span, cue):
            relation = RELATIONS["by" if cue == "none" and _is_asked_for(search, span) else cue]
            hangs = search.tokens[span.last - 1].text.endswith(_LIKE_ENDINGS)
            if relation == "wanted" and (hangs or _key_at(search.tokens, span.last) in _MEANT_AS_LIKE):
                relation = "seed"
            yield NameReading(span, "artist", relation, search.words(span), artist=search.artists[span])


def _is_asked_for(search: _NameSearch, span: Span) -> bool:
    """Whether a name that nothing leads to is what is wanted: `Coldplay's best`, `Coldplay songs`, or nothing
    but the name.
    """
    if all(
        not token.is_word or token.key in _ALONE_WITH or span.first <= place < span.last
        for place, token in enumerate(search.tokens)
    ):
        return True
    if _is_possessive(search.tokens, span) or _key_at(search.tokens, span.last) in COUNTED | {
        "music",
        "stuff",
    }:
        return True
    return search.asks and not is_like_sentence(search.tokens, span.first)


def _believe_artist(search: _NameSearch, span: Span, cue: Cue) -> bool:
    size = span.last - span.first
    if size == 1 and search.tokens[span.first].key in _PRONOUNS:
        return False
    if size == 2 and search.tokens[span.first].key == "the" and search.tokens[span.first + 1].key.isdecimal():
        return True
    everyday, capitalised = search.is_everyday(span), search.is_capitalised(span)
    led = cue in STRONG or any(span.lies_in(other) for other in search.undone)
    claimed = any(span.overlaps(other) and size <= other.last - other.first for other in search.taken)
    if claimed and cue != "by":
        return False
    if search.artists[span].is_alias and span in search.titles and cue != "by":
        # The alias may be the artist's or the song's: only `by` says that it is the artist's.
        return False
    if search.artists[span].is_alias and (everyday or not (led or cue in ("love", "only") or capitalised)):
        # Another name than the credited one needs a reason of its own, and is no ordinary word.
        return False
    if _is_other_work(search, span):
        return False
    if _is_item(search, span) and not everyday:
        return True
    if size == 1 and not _is_whole(search, span) and search.artists[span].tracks < _WELL_KNOWN_FROM:
        return False
    if size > 1:
        return (
            _is_item(search, span)
            or not everyday
            or capitalised
            or (cue == "by" and _ends_after(search.tokens, span))
        )
    key = search.tokens[span.first].key
    # `like a music video`
    if not capitalised and _key_at(search.tokens, span.first - 1) in ("a", "an", "any", "my", "music"):
        return False
    if everyday:
        return (led and capitalised) or (cue == "by" and _ends_after(search.tokens, span))
    if key in COUNTRIES or key in DEMONYMS:
        return cue == "by" or (cue == "like" and capitalised)
    begins = _starts_sentence(search.tokens, span.first) and search.tokens[span.first].is_capitalised
    alone = begins and (len(search.tokens) <= 2 or _key_at(search.tokens, span.last) in _AFTER_NAME)
    return (
        led or cue == "only" or (cue == "love") or capitalised or alone or _is_possessive(search.tokens, span)
    )


def _is_item(search: _NameSearch, span: Span) -> bool:
    """Whether the capitalised name makes an item of a list: `Arctic Monkeys, Green Day, Nirvana etc`."""
    tokens = search.tokens
    before = tokens[span.first - 1].text if span.first else ","
    after = tokens[span.last].text if span.last < len(tokens) else ","
    listed = "," in (before, after) and before in ",:/-–&" and (after in ",/&–-." or after in ("and", "etc"))
    return listed and len(tokens) > span.last - span.first and tokens[span.first].is_capitalised


def _is_other_work(search: _NameSearch, span: Span) -> bool:
    """Whether films or games are spoken of: `in a David Lynch movie`, `the movie Coco`."""
    return (
        _key_at(search.tokens, span.last) in _OTHER_WORKS
        or _key_at(search.tokens, span.first - 1) in _OTHER_WORKS
    )


def _is_mere_word(search: _NameSearch, span: Span, *, found: bool) -> bool:
    """Whether quotes only set a word off: `a "sad" harmonica`, `"indie" songs`."""
    cue = search.cue(span.first - 1)
    claimed = any(other.lies_in(span) for other in search.taken)
    capitals = any(search.tokens[place].is_capitalised for place in range(span.first, span.last))
    short = span.last - span.first <= 2
    return cue not in STRONG and not capitals and short and (claimed or search.is_everyday(span) or not found)


async def _titles(search: _NameSearch) -> AsyncIterator[NameReading]:
    """Runs of words that are a title of the catalogue, the longest first, where something says so."""
    for span in sorted(search.titles, key=lambda span: (span.first - span.last, span.first)):
        if not search.free(span) or not _is_whole(search, span):
            continue
        cue = search.cue(span.first)
        if cue == "rejected" and (track := await _by_someone_named(search, span)) is not None:
            yield NameReading(span, "track", "rejected", search.words(span), track=track)
            continue
        if not _believe_title(search, span, cue):
            continue
        tracks = await find_tracks(search.catalogue, search.words(span), None, limit=1)
        if tracks:
            asked: Relation = "wanted" if search.asks else "seed"
            relation = _relation(search, span.first, asked=asked)
            yield NameReading(span, "track", relation, search.words(span), track=tracks[0])


async def _by_someone_named(search: _NameSearch, title: Span) -> Track | None:
    """The track of this title by an artist of the message: `Kraftwerk, but not Autobahn`."""
    for reading in search.readings:
        if reading.artist is not None and not search.is_everyday(title):
            said = search.words(title)
            tracks = await find_tracks(search.catalogue, said, reading.artist, limit=1, forgiving=False)
            if tracks:
                return tracks[0]
    return None


def _believe_title(search: _NameSearch, span: Span, cue: Cue) -> bool:
    words = search.tokens[span.first : span.last]
    rare = sum(word.key not in COMMON_WORDS for word in words)
    if any(span.overlaps(other) and len(words) <= other.last - other.first for other in search.taken):
        return False
    capitalised = search.is_capitalised(span)
    if rare == 0:
        return cue == "want" and capitalised
    if cue in ("like", "want", "some", "rejected"):
        return capitalised or (len(words) >= 2 and rare >= 2)
    return (len(words) >= 3 and capitalised) or (len(words) >= 4 and rare >= 2)


async def _unknown(search: _NameSearch) -> AsyncIterator[NameReading]:
    """Words after a cue that are no name of the catalogue as written: misspelt, or not there at all."""
    # What is ruled out comes first: only so many are looked up.
    for span, cue in sorted(_cued_spans(search), key=lambda cued: cued[1] not in ("rejected", "satisfied")):
        if not search.free(span) or any(span.overlaps(other) for other in search.taken):
            continue
        if is_aside(search.tokens, span) or is_aside(search.tokens, Span(span.first, span.first + 1)):
            continue
        reading = await _read_unknown(search, span, cue)
        if reading is not None:
            yield reading


async def _years_as_names(search: _NameSearch) -> AsyncIterator[NameReading]:
    """`The 1975`: where it is no year to the reader of years, it is the band, even where it is not there."""
    for first in sorted(search.places - {len(search.tokens) - 1}):
        span = Span(first, first + 2)
        year = search.tokens[first + 1].key
        is_name = search.tokens[first].key == "the" and year.isdecimal() and len(year) == 4
        if is_name and search.free(span) and not any(span.overlaps(other) for other in search.taken):
            cue = search.cue(first)
            relation = "wanted" if cue == "none" and search.asks else RELATIONS[cue]
            yield NameReading(span, "artist", relation, search.words(span))


async def _misspelt(search: _NameSearch) -> AsyncIterator[NameReading]:
    """Two or three uncommon words in a row that nothing leads to, but that are nearly somebody's name."""
    tokens = search.tokens
    for first in sorted(search.places - {len(tokens) - 1}):
        for last in (first + 3, first + 2):
            span = Span(first, last)
            words = tokens[first:last]
            if last > len(tokens) or not search.free(span) or search.lookups >= MAX_LOOKUPS:
                continue
            if any(not word.is_word or word.key in COMMON_WORDS or len(word.key) < 3 for word in words):
                continue
            if any(span.overlaps(other) for other in search.taken) or len(span_key(tokens, span)) < 9:
                continue
            search.lookups += 1
            if artist := await find_artist(search.catalogue, search.words(span)):
                cue = search.cue(first)
                if (track := await _title_after(search, span, artist)) is not None:
                    yield track
                    continue
                yield NameReading(span, "artist", RELATIONS[cue], search.words(span), artist=artist)


async def _title_after(search: _NameSearch, artist: Span, by: NamedArtist) -> NameReading | None:
    """The rest of the clause after an artist, as a title of theirs: `led zeppelin stairway to heaven`."""
    last = artist.last
    # A word more than a title may have tells that this is none.
    while last < len(search.tokens) and search.tokens[last].is_word and last - artist.last <= MAX_NAME_WORDS:
        last += 1
    title = Span(artist.last, last)
    if not 1 <= last - artist.last <= MAX_NAME_WORDS or search.is_everyday(title):
        return None
    tracks = await find_tracks(search.catalogue, search.words(title), by, limit=1)
    if not tracks:
        return None
    said, whole = search.words(title), Span(artist.first, last)
    relation = _relation(search, artist.first, asked="wanted")
    return NameReading(whole, "track", relation, said, track=tracks[0], said_artist=by.name)


async def _read_unknown(search: _NameSearch, span: Span, cue: Cue) -> NameReading | None:
    tokens = search.tokens
    capitals = _capital_run(tokens, span) if search.capitals_tell else Span(span.first, span.first)
    # Capital letters say where a name ends; without them it may end anywhere.
    has_capitals = capitals.last > span.first
    shortest, longest = (capitals.last, capitals.last) if has_capitals else (span.first + 1, span.last)
    for last in range(longest, shortest - 1, -1):
        part = Span(span.first, last)
        key = span_key(tokens, part)
        if len(key) < 4 or key.isdecimal() or search.is_everyday(part) or search.lookups >= MAX_LOOKUPS:
            continue
        search.lookups += 1
        said = search.words(part)
        whole_only = not has_capitals and RELATIONS[cue] in ("rejected", "contrast", "satisfied")
        find = _find_whole(search, part) if whole_only else find_artist(search.catalogue, said)
        if artist := await find:
            return NameReading(part, "artist", RELATIONS[cue], said, artist=artist)
        titled = len(key) >= 6 and cue in ("like", "want") and (has_capitals or last - span.first >= 2)
        if titled and (tracks := await find_tracks(search.catalogue, said, None, 1)):
            return NameReading(part, "track", RELATIONS[cue], said, track=tracks[0])
    # Capital letters after a cue are a name, even one that the catalogue lacks: that must be said.
    if span_key(tokens, span).isdecimal():
        return None
    if has_capitals and not search.is_everyday(capitals):
        return NameReading(capitals, "artist", RELATIONS[cue], search.words(capitals))
    words = tokens[span.first : span.last]
    plain = cue == "by" and len(words) <= 3 and not any(word.key in COMMON_WORDS for word in words)
    if plain and _ends_after(tokens, span):
        return NameReading(span, "artist", RELATIONS[cue], search.words(span))
    return None


def _relation(search: _NameSearch, position: int, *, asked: Relation) -> Relation:
    """The relation to what is named at a position; `asked` when no cue leads to it."""
    cue = search.cue(position)
    if cue == "none":
        return "seed" if is_like_sentence(search.tokens, position) else asked
    if cue == "by":
        return "seed" if is_like_sentence(search.tokens, position) else "wanted"
    return RELATIONS[cue]


def _pairs_known(search: _NameSearch) -> Iterator[tuple[Span, Span, Span, Literal["by", "dash"]]]:
    """(whole, title, artist, joint) of every known title joined to a known artist, longest first."""
    tokens = search.tokens
    found: list[tuple[Span, Span, Span, Literal["by", "dash"]]] = []
    order = {artist: rank for rank, artist in enumerate(search.artists)}
    by_first: dict[int, list[Span]] = {}
    by_last: dict[int, list[Span]] = {}
    for artist in search.artists:
        by_first.setdefault(artist.first, []).append(artist)
        by_last.setdefault(artist.last, []).append(artist)
    for title in search.titles:
        after = [span for gap in range(_WIDEST_JOINT + 1) for span in by_first.get(title.last + gap, ())]
        before = [span for gap in (1, 0) for span in by_last.get(title.first - gap, ())]
        for artist in sorted((*before, *after), key=order.__getitem__):
            first, last = (title, artist) if title.first < artist.first else (artist, title)
            gap = [token.key or token.text for token in tokens[first.last : last.first]]
            joint = _joint(search, title, artist, gap)
            if joint is not None:
                found.append((Span(first.first, last.last), title, artist, joint))
    yield from sorted(found, key=lambda pair: pair[0].first - pair[0].last)


def _joint(search: _NameSearch, title: Span, artist: Span, gap: list[str]) -> Literal["by", "dash"] | None:
    tokens = search.tokens
    if title.first < artist.first:
        plain = [word for word in gap if word not in ("the", ",", "(")]
        if len(plain) == 1 and plain[0] in _BY:
            return "by"
        if not plain and gap and _key_at(tokens, artist.last) in _VERSIONS_OF:
            return "by"
    elif (len(gap) <= 1 and _is_possessive(tokens, artist)) or (
        not gap and tokens[title.first].is_capitalised
    ):
        return "by"
    if len(gap) == 1 and gap[0] in _DASHES:
        return "dash"
    return None


def _title_by_artist(search: _NameSearch) -> Iterator[tuple[Span, Span]]:
    """(title, artist) of every title that the catalogue lacks before `by`: in capital letters, or
    after `play` and the like.
    """
    tokens = search.tokens
    for position, token in enumerate(tokens):
        if token.key != "by" or position not in search.places:
            continue
        artist = _artist_after(tokens, position)
        if artist is None or search.is_everyday(artist) or _key_at(tokens, position - 1) == "not":
            continue
        title = _capitals_before(search, position)
        if title is None:
            title = _asked_before(search, position) or _clause_before(search, position, artist)
        elif not tokens[artist.first].is_capitalised and artist not in search.artists:
            title = None
        if title is not None and not search.is_everyday(title):
            yield title, artist


def _capitals_before(search: _NameSearch, position: int) -> Span | None:
    tokens = search.tokens
    first = position
    while first > 0 and position - first < MAX_NAME_WORDS:
        before = tokens[first - 1]
        if not before.is_word or not (before.is_capitalised or before.key in _SMALL_WORDS):
            break
        first -= 1
    while first < position and (tokens[first].key in _SMALL_WORDS or _is_lead(search, first, position)):
        first += 1
    return Span(first, position) if search.capitals_tell and first < position else None


def _is_lead(search: _NameSearch, position: int, end: int) -> bool:
    """Whether a capitalised word only begins the sentence: `Play Clocks by …`, not `Creep by …`."""
    word = search.tokens[position]
    return _starts_sentence(search.tokens, position) and position + 1 < end and word.key in _LEADS


def _asked_before(search: _NameSearch, position: int) -> Span | None:
    """The words between `play` and `by`, in small letters."""
    for first in range(position - 1, max(-1, position - MAX_NAME_WORDS), -1):
        if search.tokens[first].ends_clause or not search.tokens[first].is_word:
            return None
        if search.tokens[first - 1].key in ("play", "called", "hear", "titled") and first > 0:
            return Span(first, position)
    return None


def _clause_before(search: _NameSearch, position: int, artist: Span) -> Span | None:
    """The words between the start of the clause and `by`, where a known artist follows and none of them is
    talk of requests: `under pressure by queen`.
    """
    first = position
    # A word more than a title may have tells that this is none.
    while first > 0 and search.tokens[first - 1].is_word and position - first <= MAX_NAME_WORDS:
        first -= 1
    words = search.tokens[first:position]
    talk = any(word.key in COUNTED | _TALK for word in words)
    known = any(other.first == artist.first for other in search.artists)
    return Span(first, position) if known and not talk and 2 <= len(words) <= MAX_NAME_WORDS else None


def _cued_spans(search: _NameSearch) -> Iterator[tuple[Span, Cue]]:
    """Words right after a cue, up to five, that may be a name the catalogue spells otherwise."""
    tokens = search.tokens
    for position, token in enumerate(tokens):
        if position not in search.places or not search.free(Span(position, position + 1)):
            continue
        if token.key in _ENDS_NAME and not _begins_name(search, position):
            continue
        continues = position > 0 and tokens[position - 1].is_word and tokens[position - 1].is_capitalised
        if continues and search.capitals_tell and not _starts_sentence(tokens, position - 1):
            continue
        cue = search.cue(position)
        if cue == "none" or (cue not in STRONG and not (token.is_capitalised and search.capitals_tell)):
            continue
        last = position
        while last < len(tokens) and last - position < 5 and tokens[last].is_word:
            if tokens[last].key in _ENDS_NAME and last > position:
                break
            last += 1
        if tokens[position].is_capitalised or tokens[position].key not in COMMON_WORDS:
            yield Span(position, last), cue


def _begins_name(search: _NameSearch, position: int) -> bool:
    """Whether a small word is the first of a name: `by No Doubt`, `like The The`."""
    after = search.tokens[position + 1 : position + 2]
    inside = not _starts_sentence(search.tokens, position)
    capitals = search.tokens[position].is_capitalised and bool(after) and after[0].is_capitalised
    return search.capitals_tell and inside and capitals


def _artist_after(tokens: list[Token], position: int) -> Span | None:
    """The words of the artist in `<title> by <artist>` (or `"<title>" - <artist>`)."""
    if position >= len(tokens) or (tokens[position].key or tokens[position].text) not in _BY | _DASHES:
        return None
    last = position + 1
    while last < len(tokens) and last - position <= 5:
        token = tokens[last]
        joins = token.key in ("and", "y", "und") or token.text == "&"
        if joins and not (last + 1 < len(tokens) and tokens[last + 1].is_capitalised):
            break
        if not joins and ((not token.is_word and token.text not in "/+.!") or token.key in _ENDS_NAME):
            break
        last += 1
    while last > position + 1 and not tokens[last - 1].is_word:
        last -= 1
    return Span(position + 1, last) if last > position + 1 else None


def _capital_run(tokens: list[Token], span: Span) -> Span:
    """The words with capital letters that the span begins with, small words between them included."""
    last = span.first
    for position in range(span.first, span.last):
        if tokens[position].is_capitalised:
            last = position + 1
        elif tokens[position].key not in _SMALL_WORDS:
            break
    return Span(span.first, last)


def _is_whole(search: _NameSearch, span: Span) -> bool:
    """Whether no capitalised word goes on with the name: `Pulp` in `Pulp Fiction` is not whole."""
    if not search.tokens[span.first].is_capitalised:
        return True
    after = search.tokens[span.last] if span.last < len(search.tokens) else None
    goes_on = after is not None and after.is_word and after.is_capitalised and after.key not in COMMON_WORDS
    if goes_on and not _is_possessive(search.tokens, span):
        return any(other.first == span.last for other in search.taken)
    if span.first == 0 or _starts_sentence(search.tokens, span.first):
        return True
    before = search.tokens[span.first - 1]
    leads = before.is_word and before.is_capitalised and before.key not in COMMON_WORDS | _SMALL_WORDS
    if not leads or before.text.endswith(("'s", "’s")):
        return True
    return any(other.last == span.first for other in search.taken) or _starts_sentence(
        search.tokens, span.first - 1
    )


def _quoted_spans(tokens: list[Token]) -> list[Span]:
    marks = [position for position, token in enumerate(tokens) if token.is_quote]
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return [Span(first + 1, last) for first, last in pairs if 0 < last - first - 1 <= 2 * MAX_NAME_WORDS]


def _word_runs(tokens: list[Token], places: frozenset[int]) -> list[Span]:
    """Every run of up to `MAX_NAME_WORDS` words that begins at one of the places and no clause ends in."""
    runs: list[Span] = []
    for first in sorted(places):
        for last in range(first + 1, min(first + MAX_NAME_WORDS, len(tokens)) + 1):
            if tokens[last - 1].ends_clause and tokens[last - 1].text not in ".!":
                break
            if tokens[last - 1].is_word:
                runs.append(Span(first, last))
    return runs


def _capitals_tell(tokens: list[Token]) -> bool:
    words = [token for token in tokens if token.is_word and not token.text[0].isdigit()]
    capitals = sum(token.is_capitalised for token in words)
    return bool(words) and (len(words) < 4 or capitals / len(words) < _TITLE_CASE_FROM)


def _is_possessive(tokens: list[Token], span: Span) -> bool:
    return tokens[span.last - 1].text.endswith(_ENDINGS)


def _owner_key(tokens: list[Token], span: Span) -> str:
    """The key of the name in `Coldplay's`."""
    words = " ".join(token.text for token in tokens[span.first : span.last])
    for ending in _ENDINGS:
        words = words.removesuffix(ending)
    return name_key(words)


def _starts_sentence(tokens: list[Token], position: int) -> bool:
    return position == 0 or tokens[position - 1].ends_clause


def _ends_after(tokens: list[Token], span: Span) -> bool:
    """Whether the clause ends with the span."""
    return span.last >= len(tokens) or not tokens[span.last].is_word


def _key_at(tokens: list[Token], position: int) -> str:
    return tokens[position].key if 0 <= position < len(tokens) else ""
