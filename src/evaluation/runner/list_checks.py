"""What must be true of the list of an answer: one small checker for each field of an expectation.

Whether a track is as wanted is for `track_judge` to say, by the track's own record.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.chat.models.answer import Answer, Recommendation
from src.evaluation.models.case import Expectation, Named, ValueSpan, YearSpan
from src.evaluation.track_judge import (
    has_genre,
    has_mood,
    has_tag,
    has_version,
    has_vocals,
    is_by,
    is_clean,
    is_credited_to,
    is_from_country,
    is_in_language,
    is_of_years,
    is_within,
    matches,
    measure,
    shares_artist,
    title_keys,
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


def titled(track: Track) -> str:
    """`Title by Artist, Artist`."""
    return f"{track['title']} by {', '.join(track['artists'])}"


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
    seen: Seen, broken: Callable[[Track], bool | None], what: str, described: Callable[[Track], str] = titled
) -> Iterator[str]:
    """A sentence when a track is what none may be; what its record does not tell breaks nothing."""
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
    names = expect["all_by"]
    yield from _too_few(seen, lambda track: is_by(track, names), None, _any_of("by", names))


def _none_by(expect: Expectation, seen: Seen) -> Iterator[str]:
    names = expect["none_by"]
    yield from _some(seen, lambda track: is_credited_to(track, names), _any_of("by", names))


def _any_of(before: str, values: Sequence[str]) -> str:
    return f"{before} {' or '.join(values)}".strip()


def _genres(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted, share = expect["genres"]["any_of"], expect["genres"].get("share")
    what = _any_of("", wanted)
    yield from _too_few(seen, lambda track: has_genre(track, wanted), share, what, _with("genres"))


def _no_genres(expect: Expectation, seen: Seen) -> Iterator[str]:
    unwanted = expect["no_genres"]
    what = _any_of("", unwanted)
    yield from _some(seen, lambda track: has_genre(track, unwanted), what, _with("genres"))


def _years(expect: Expectation, seen: Seen) -> Iterator[str]:
    span = expect["years"]

    def holds(track: Track) -> bool | None:
        return is_of_years(track, span.get("first"), span.get("last"))

    yield from _too_few(seen, holds, span.get("share"), _span_of_years(span), _with("year"))


def _span_of_years(span: YearSpan) -> str:
    match span:
        case {"first": first, "last": last}:
            return f"of {first} to {last}"
        case {"first": first}:
            return f"of {first} or later"
    return f"of {span['last']} or earlier"


def _moods(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted, share = expect["moods"]["any_of"], expect["moods"]["share"]
    what = _any_of("", wanted)
    yield from _too_few(seen, lambda track: has_mood(track, wanted), share, what, _with("moods"))


def _tags(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted, share = expect["tags"]["any_of"], expect["tags"]["share"]
    what = _any_of("tagged", wanted)
    yield from _too_few(seen, lambda track: has_tag(track, wanted), share, what, _with("tags"))


def _languages(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted = expect["languages"]
    what = _any_of("in", wanted)
    yield from _too_few(seen, lambda track: is_in_language(track, wanted), None, what, _with("language"))


def _countries(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted = expect["countries"]
    what = _any_of("from", wanted)
    yield from _too_few(seen, lambda track: is_from_country(track, wanted), None, what, _with("country"))


def _no_tags(expect: Expectation, seen: Seen) -> Iterator[str]:
    unwanted = expect["no_tags"]
    what = _any_of("tagged", unwanted)
    yield from _some(seen, lambda track: has_tag(track, unwanted), what, _with("tags"))


def _no_languages(expect: Expectation, seen: Seen) -> Iterator[str]:
    unwanted = expect["no_languages"]
    what = _any_of("in", unwanted)
    yield from _some(seen, lambda track: is_in_language(track, unwanted), what, _with("language"))


def _clean(_: Expectation, seen: Seen) -> Iterator[str]:
    yield from _some(seen, lambda track: is_clean(track) is False, "marked explicit")


def _vocals(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted = expect["vocals"]
    yield from _too_few(seen, lambda track: has_vocals(track, wanted), None, wanted, _with("tags"))


def _all_versions(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted = expect["versions"]
    yield from _too_few(seen, lambda track: has_version(track, wanted), None, _any_of("of version", wanted))


def _no_versions(expect: Expectation, seen: Seen) -> Iterator[str]:
    unwanted = expect["no_versions"]
    yield from _some(seen, lambda track: has_version(track, unwanted), _any_of("of version", unwanted))


def _value(span: ValueSpan, seen: Seen) -> Iterator[str]:
    feature = span["feature"]

    def holds(track: Track) -> bool | None:
        return is_within(track, feature, span.get("low"), span.get("high"))

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
    earlier = seen.earlier_tracks
    yield from _some(seen, lambda track: shares_artist(track, earlier), "by an artist of an earlier answer")


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
    "moods": _moods,
    "tags": _tags,
    "no_tags": _no_tags,
    "years": _years,
    "languages": _languages,
    "no_languages": _no_languages,
    "countries": _countries,
    "clean": _clean,
    "vocals": _vocals,
    "versions": _all_versions,
    "no_versions": _no_versions,
    "values": lambda expect, seen: (fault for span in expect["values"] for fault in _value(span, seen)),
    "per_artist": _per_artist,
    "new_artists": _new_artists,
}
