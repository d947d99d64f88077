"""What must be true of the list of an answer: one small checker for each field of an expectation.

They judge by the tracks' own records, apart from the code that reads wishes and enforces them: a fault there
must not hide itself here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from src.catalogue.credits import SHIPPED
from src.catalogue.models.track import Track
from src.catalogue.names import genre_key, name_key
from src.chat.models.answer import Answer, Recommendation
from src.evaluation.models.case import Expectation, Named, ValueSpan, YearSpan
from src.evaluation.runner.track_facts import (
    artist_keys,
    genre_terms_of,
    is_instrumental,
    matches,
    measure,
    title_keys,
    titled,
    versions_of,
)

# 0.7 of 10 must be 7, whatever the rounding.
_ROUNDING = 1e-9
_NAMED_IN_FAILURE = 4
# Scripts that are written without spaces: a word cannot be separated from what surrounds it.
_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class History:
    """What came before an answer: its message, and the earlier answers of the conversation."""

    message: str
    earlier: Sequence[Answer] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer with its history."""

    answer: Answer
    history: History

    @property
    def picks(self) -> list[Recommendation]:
        """The list."""
        return self.answer["recommendations"]

    @property
    def tracks(self) -> list[Track]:
        """The list's tracks."""
        return [pick["track"] for pick in self.picks]

    @property
    def earlier_tracks(self) -> list[Track]:
        """The tracks of all earlier answers."""
        return [pick["track"] for answer in self.history.earlier for pick in answer["recommendations"]]


type Checker = Callable[[Expectation, Seen], Iterable[str]]


def _named(named: Named) -> str:
    title = named.get("title", "a track")
    return f"{title} by {named['artist']}" if "artist" in named else title


def listed(texts: Sequence[str]) -> str:
    """The first few of them, and how many more there are."""
    more = len(texts) - _NAMED_IN_FAILURE
    return "; ".join(texts[:_NAMED_IN_FAILURE]) + (f"; and {more} more" if more > 0 else "")


def has_words(words: str, text: str) -> bool:
    """Whether a text has these words as whole words, compared without case, accents and punctuation."""
    key, whole = name_key(words), name_key(text)
    if not any(character.isalnum() for character in key):
        return words.casefold() in text.casefold()
    return key in whole if _UNSPACED.search(key) else f" {key} " in f" {whole} "


type _Field = Literal["genres", "moods", "tags", "language", "country", "year"]


def _with(field: _Field) -> Callable[[Track], str]:
    """Names a track together with its value of a field."""

    def described(track: Track) -> str:
        value = track.get(field)
        text = ", ".join(value) if isinstance(value, list) else value
        return f"{titled(track)} ({text or f'no {field.removesuffix("s")}'})"

    return described


def _too_few(
    seen: Seen,
    holds: Callable[[Track], bool | None],
    share: float | None,
    what: str,
    described: Callable[[Track], str] = titled,
) -> Iterator[str]:
    """A sentence when too few tracks are as wanted.

    Without a share all must be, and a track that has no value on record (None) passes only if it is marked
    unchecked. With one, what has no value is outside, and an empty list fails.
    """
    outside = [
        pick["track"]
        for pick in seen.picks
        if not (verdict := holds(pick["track"]))
        and not (verdict is None and share is None and pick["unchecked"])
    ]
    total = len(seen.picks)
    inside = total - len(outside)
    names = listed([described(track) for track in outside])
    if share is None:
        if outside:
            yield f"{len(outside)} of {total} are not {what}: {names}"
    elif not total:
        yield f"there are no tracks, {share:.0%} were to be {what}"
    elif inside + _ROUNDING < share * total:
        yield f"{inside} of {total} are {what}, {share:.0%} wanted; not so: {names}"


def _some(
    seen: Seen, broken: Callable[[Track], bool], what: str, described: Callable[[Track], str] = titled
) -> Iterator[str]:
    """A sentence when a track is what none may be."""
    wrong = [described(track) for track in seen.tracks if broken(track)]
    if wrong:
        yield f"{len(wrong)} of {len(seen.picks)} are {what}: {listed(wrong)}"


def _ranks(_: Expectation, seen: Seen) -> Iterator[str]:
    ranks = [pick["rank"] for pick in seen.picks]
    if ranks != list(range(1, len(ranks) + 1)):
        yield f"the ranks are {', '.join(map(str, ranks))}"


def _twice(_: Expectation, seen: Seen) -> Iterator[str]:
    ids = Counter(track["id"] for track in seen.tracks)
    songs = Counter(track["song_key"] for track in seen.tracks)
    titles = {track["id"]: titled(track) for track in seen.tracks}
    for id_, number in ids.items():
        if number > 1:
            yield f"one track stands {number} times: {titles[id_]}"
    for song, number in songs.items():
        if number > 1:
            yield f"one song stands {number} times: {song.replace('|', ' by ')}"


def _repeated(expect: Expectation, seen: Seen) -> Iterator[str]:
    first = [expect["first"]] if "first" in expect else []
    allowed = [*first, *expect.get("contains", []), *expect.get("repeats", [])]
    before = {key for track in seen.earlier_tracks for key in (track["id"], track["song_key"])}
    again = [
        titled(track)
        for track in seen.tracks
        if before & {track["id"], track["song_key"]}
        and not any(matches(named, track) for named in allowed)
        and not _is_named(track, seen.history.message)
    ]
    if again:
        yield f"{len(again)} of {len(seen.picks)} were in an earlier answer: {listed(again)}"


def _is_named(track: Track, message: str) -> bool:
    """Whether a message names the track: by its title, and by its artist too where that is one word."""
    keys = [key for key in title_keys(track["title"]) if has_words(key, message)]
    by_artist = any(has_words(artist, message) for artist in track["artists"])
    return any(by_artist or " " in key for key in keys)


def _count(expect: Expectation, seen: Seen) -> Iterator[str]:
    if len(seen.picks) != expect["count"]:
        yield f"tracks: {len(seen.picks)}, wanted {expect['count']}"


def _at_least(expect: Expectation, seen: Seen) -> Iterator[str]:
    if len(seen.picks) < expect["at_least"]:
        yield f"tracks: {len(seen.picks)}, wanted at least {expect['at_least']}"


def _first(expect: Expectation, seen: Seen) -> Iterator[str]:
    if not seen.tracks:
        yield f"there are no tracks, {_named(expect['first'])} was to be the first"
    elif not matches(expect["first"], seen.tracks[0]):
        yield f"the first is {titled(seen.tracks[0])}, not {_named(expect['first'])}"


def _contains(expect: Expectation, seen: Seen) -> Iterator[str]:
    for named in expect["contains"]:
        if not any(matches(named, track) for track in seen.tracks):
            yield f"{_named(named)} is not in the list"


def _lacks(expect: Expectation, seen: Seen) -> Iterator[str]:
    for named in expect["lacks"]:
        for track in seen.tracks:
            if matches(named, track):
                yield f"{titled(track)} is in the list"


def _all_by(expect: Expectation, seen: Seen) -> Iterator[str]:
    keys = {name_key(name) for name in expect["all_by"]}
    yield from _too_few(
        seen, lambda track: bool(keys & artist_keys(track)), None, _any_of("by", expect["all_by"])
    )


def _none_by(expect: Expectation, seen: Seen) -> Iterator[str]:
    keys = {name_key(name) for name in expect["none_by"]}
    yield from _some(
        seen, lambda track: bool(keys & SHIPPED.credits_of(track).named), _any_of("by", expect["none_by"])
    )


def _any_of(before: str, values: Sequence[str]) -> str:
    return f"{before} {' or '.join(values)}".strip()


def _genres(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted = expect["genres"]["any_of"]
    keys = {genre_key(genre) for genre in wanted}

    def holds(track: Track) -> bool | None:
        return bool(keys & genre_terms_of(track)) if track["genres"] else None

    yield from _too_few(seen, holds, expect["genres"].get("share"), _any_of("", wanted), _with("genres"))


def _no_genres(expect: Expectation, seen: Seen) -> Iterator[str]:
    keys = {genre_key(genre) for genre in expect["no_genres"]}
    what = _any_of("", expect["no_genres"])
    yield from _some(seen, lambda track: bool(keys & genre_terms_of(track)), what, _with("genres"))


def _years(expect: Expectation, seen: Seen) -> Iterator[str]:
    span = expect["years"]

    def holds(track: Track) -> bool | None:
        year = track.get("year")
        return None if year is None else span.get("first", year) <= year <= span.get("last", year)

    yield from _too_few(seen, holds, span.get("share"), _span_of_years(span), _with("year"))


def _span_of_years(span: YearSpan) -> str:
    match span:
        case {"first": first, "last": last}:
            return f"of {first} to {last}"
        case {"first": first}:
            return f"of {first} or later"
    return f"of {span['last']} or earlier"


def _share_with(field: Literal["moods", "tags"], before: str) -> Checker:
    """A share of the list has one of these moods or tags."""

    def check(expect: Expectation, seen: Seen) -> Iterator[str]:
        any_of, share = expect[field]["any_of"], expect[field]["share"]
        what = _any_of(before, any_of)
        yield from _too_few(seen, lambda track: bool({*any_of} & {*track[field]}), share, what, _with(field))

    return check


def _all_with(
    expected: Literal["languages", "countries"], field: Literal["language", "country"], before: str
) -> Checker:
    """Every track has one of these values."""

    def check(expect: Expectation, seen: Seen) -> Iterator[str]:
        def holds(track: Track) -> bool | None:
            value = track.get(field)
            return None if value is None else value in expect[expected]

        yield from _too_few(seen, holds, None, _any_of(before, expect[expected]), _with(field))

    return check


def _no_tags(expect: Expectation, seen: Seen) -> Iterator[str]:
    unwanted = {*expect["no_tags"]}
    what = _any_of("tagged", expect["no_tags"])
    yield from _some(seen, lambda track: bool(unwanted & {*track["tags"]}), what, _with("tags"))


def _no_languages(expect: Expectation, seen: Seen) -> Iterator[str]:
    unwanted = expect["no_languages"]
    what = _any_of("in", unwanted)
    yield from _some(seen, lambda track: track.get("language") in unwanted, what, _with("language"))


def _clean(_: Expectation, seen: Seen) -> Iterator[str]:
    yield from _some(seen, lambda track: track.get("explicit") is True, "marked explicit")


def _vocals(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted = expect["vocals"] == "instrumental"

    def holds(track: Track) -> bool | None:
        instrumental = is_instrumental(track)
        return None if instrumental is None else instrumental == wanted

    yield from _too_few(seen, holds, None, expect["vocals"], _with("tags"))


def _all_versions(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted = {*expect["versions"]}
    what = _any_of("of version", expect["versions"])
    yield from _too_few(seen, lambda track: bool(wanted & versions_of(track)), None, what)


def _no_versions(expect: Expectation, seen: Seen) -> Iterator[str]:
    unwanted = {*expect["no_versions"]}
    what = _any_of("of version", expect["no_versions"])
    yield from _some(seen, lambda track: bool(unwanted & versions_of(track)), what)


def _value(span: ValueSpan, seen: Seen) -> Iterator[str]:
    feature = span["feature"]

    def holds(track: Track) -> bool | None:
        value = measure(feature, track)
        return None if value is None else span.get("low", value) <= value <= span.get("high", value)

    def described(track: Track) -> str:
        value = measure(feature, track)
        return f"{titled(track)} ({f'no {feature}' if value is None else value})"

    low = f"from {span['low']:g} " if "low" in span else ""
    high = f"to {span['high']:g} " if "high" in span else ""
    yield from _too_few(seen, holds, span.get("share"), f"{low}{high}in {feature}", described)


def _per_artist(expect: Expectation, seen: Seen) -> Iterator[str]:
    by = Counter(name_key(track["artists"][0]) for track in seen.tracks)
    for artist, number in by.items():
        if number > expect["per_artist"]:
            yield f"{number} tracks are by {artist}, at most {expect['per_artist']} wanted"


def _new_artists(_: Expectation, seen: Seen) -> Iterator[str]:
    before = {key for track in seen.earlier_tracks for key in artist_keys(track)}
    yield from _some(
        seen, lambda track: bool(before & artist_keys(track)), "by an artist of an earlier answer"
    )


ALWAYS: Sequence[Checker] = (_ranks, _twice, _repeated)
# `repeats` is checked with what may never come again.
LIST_CHECKERS: Mapping[str, Checker] = {
    "count": _count,
    "at_least": _at_least,
    "first": _first,
    "contains": _contains,
    "lacks": _lacks,
    "all_by": _all_by,
    "none_by": _none_by,
    "genres": _genres,
    "no_genres": _no_genres,
    "moods": _share_with("moods", ""),
    "tags": _share_with("tags", "tagged"),
    "no_tags": _no_tags,
    "years": _years,
    "languages": _all_with("languages", "language", "in"),
    "no_languages": _no_languages,
    "countries": _all_with("countries", "country", "from"),
    "clean": _clean,
    "vocals": _vocals,
    "versions": _all_versions,
    "no_versions": _no_versions,
    "values": lambda expect, seen: (fault for span in expect["values"] for fault in _value(span, seen)),
    "per_artist": _per_artist,
    "new_artists": _new_artists,
}
