"""What must be true of an answer: one small checker for each field of an expectation.

They judge by the tracks' own records, apart from the code that reads wishes and enforces them: a fault there
must not hide itself here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from src.catalogue.credits import SHIPPED
from src.catalogue.models.track import FEATURES, Track
from src.catalogue.names import genre_key, genre_terms, name_key, split_title
from src.chat.models.answer import Answer, Recommendation
from src.constraints.models.brief import Constraint, ReportLine
from src.evaluation.models.case import ConstraintPart, Expectation, ExpectedLine, Named, ValueSpan, YearSpan

# What `ValueSpan.feature` may name.
MEASURES = (*FEATURES, "popularity", "duration_s", "editorial_energy")
# Above this, the source of the feature says, a recording is most likely without voices.
_INSTRUMENTAL_FROM = 0.5
# 0.7 of 10 must be 7, whatever the rounding.
_ROUNDING = 1e-9
_NAMED_IN_FAILURE = 4
_BRACKETED = re.compile(r"[(\[][^()\[\]]*[)\]]")
# Scripts that are written without spaces: a word cannot be told from what surrounds it.
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


def failures(expect: Expectation, answer: Answer, history: History) -> list[str]:
    """What is not as expected, a readable sentence each; empty when the answer holds.

    Whatever is expected: ranks count from 1, no recording and no song stands twice, and nothing of an earlier
    answer stands again unless the expectation or the message names it.
    """
    seen = Seen(answer, history)
    asked = [checker for field, checker in CHECKERS.items() if field in expect]
    return [failure for checker in (*ALWAYS, *asked) for failure in checker(expect, seen)]


def matches(named: Named, track: Track) -> bool:
    """Whether the track is the one named."""
    if "title" in named and not _title_keys(named["title"]) & _title_keys(track["title"]):
        return False
    return "artist" not in named or name_key(named["artist"]) in _artist_keys(track)


def measure(feature: str, track: Track) -> float | None:
    """A measured property of the track; None when its record has none.

    Energy that was not measured is the editor's, 1 to 5 mapped to 0 to 1.
    """
    match feature:
        case "popularity":
            return track.get("popularity")
        case "duration_s":
            return track["duration_ms"] / 1000 if "duration_ms" in track else None
        case "editorial_energy":
            return track.get("editorial_energy")
    value = dict(track.get("features", {}).items()).get(feature)
    if value is None and feature == "energy" and "editorial_energy" in track:
        return (track["editorial_energy"] - 1) / 4
    return value if isinstance(value, int | float) else None


def is_instrumental(track: Track) -> bool | None:
    """Whether the recording is without voices; None when nothing on record tells."""
    language = track.get("language")
    value = track.get("features", {}).get("instrumentalness")
    if language == "zxx" or "instrumental" in track["tags"] or (value or 0) >= _INSTRUMENTAL_FROM:
        return True
    has_voice = language is not None or value is not None
    return False if has_voice or any(tag.endswith("vocals") for tag in track["tags"]) else None


def _title_keys(title: str) -> set[str]:
    forms = (title, split_title(title).name, _BRACKETED.sub(" ", title))
    return {key for form in forms if (key := name_key(form))}


def _artist_keys(track: Track) -> set[str]:
    return set(SHIPPED.credits_of(track).keys)


def _versions(track: Track) -> set[str]:
    return {*track["versions"], *split_title(track["title"]).versions}


def _terms(track: Track) -> set[str]:
    return {term for genre in track["genres"] for term in genre_terms(genre)}


def _titled(track: Track) -> str:
    return f"{track['title']} by {', '.join(track['artists'])}"


def _named(named: Named) -> str:
    title = named.get("title", "a track")
    return f"{title} by {named['artist']}" if "artist" in named else title


def _list(texts: Sequence[str]) -> str:
    more = len(texts) - _NAMED_IN_FAILURE
    return "; ".join(texts[:_NAMED_IN_FAILURE]) + (f"; and {more} more" if more > 0 else "")


def _stands_in(words: str, text: str) -> bool:
    """Whether words stand in a text as whole words, compared without case, accents and punctuation."""
    key, whole = name_key(words), name_key(text)
    if not any(character.isalnum() for character in key):
        return words.casefold() in text.casefold()
    return key in whole if _UNSPACED.search(key) else f" {key} " in f" {whole} "


def _told(track: Track, value: object, without: str) -> str:
    return f"{_titled(track)} ({without if value is None else value})"


def _too_few(
    seen: Seen,
    holds: Callable[[Track], bool | None],
    share: float | None,
    what: str,
    tell: Callable[[Track], str] = _titled,
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
    names = _list([tell(track) for track in outside])
    if share is None:
        if outside:
            yield f"{len(outside)} of {total} are not {what}: {names}"
    elif not total:
        yield f"there are no tracks, {share:.0%} were to be {what}"
    elif inside + _ROUNDING < share * total:
        yield f"{inside} of {total} are {what}, {share:.0%} wanted; not so: {names}"


def _some(
    seen: Seen, broken: Callable[[Track], bool], what: str, tell: Callable[[Track], str] = _titled
) -> Iterator[str]:
    """A sentence when a track is what none may be."""
    wrong = [tell(track) for track in seen.tracks if broken(track)]
    if wrong:
        yield f"{len(wrong)} of {len(seen.picks)} are {what}: {_list(wrong)}"


def _ranks(_: Expectation, seen: Seen) -> Iterator[str]:
    ranks = [pick["rank"] for pick in seen.picks]
    if ranks != list(range(1, len(ranks) + 1)):
        yield f"the ranks are {', '.join(map(str, ranks))}"


def _twice(_: Expectation, seen: Seen) -> Iterator[str]:
    ids = Counter(track["id"] for track in seen.tracks)
    songs = Counter(track["song_key"] for track in seen.tracks)
    titles = {track["id"]: _titled(track) for track in seen.tracks}
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
        _titled(track)
        for track in seen.tracks
        if before & {track["id"], track["song_key"]}
        and not any(matches(named, track) for named in allowed)
        and not _is_named(track, seen.history.message)
    ]
    if again:
        yield f"{len(again)} of {len(seen.picks)} were in an earlier answer: {_list(again)}"


def _is_named(track: Track, message: str) -> bool:
    """Whether a message names the track: by its title, and by its artist too where that is one word."""
    keys = [key for key in _title_keys(track["title"]) if _stands_in(key, message)]
    by_artist = any(_stands_in(artist, message) for artist in track["artists"])
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
        yield f"the first is {_titled(seen.tracks[0])}, not {_named(expect['first'])}"


def _contains(expect: Expectation, seen: Seen) -> Iterator[str]:
    for named in expect["contains"]:
        if not any(matches(named, track) for track in seen.tracks):
            yield f"{_named(named)} is not in the list"


def _lacks(expect: Expectation, seen: Seen) -> Iterator[str]:
    for named in expect["lacks"]:
        for track in seen.tracks:
            if matches(named, track):
                yield f"{_titled(track)} is in the list"


def _all_by(expect: Expectation, seen: Seen) -> Iterator[str]:
    keys = {name_key(name) for name in expect["all_by"]}
    yield from _too_few(
        seen, lambda track: bool(keys & _artist_keys(track)), None, _any_of("by", expect["all_by"])
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
        return bool(keys & _terms(track)) if track["genres"] else None

    yield from _too_few(seen, holds, expect["genres"].get("share"), _any_of("", wanted), _with_genres)


def _no_genres(expect: Expectation, seen: Seen) -> Iterator[str]:
    keys = {genre_key(genre) for genre in expect["no_genres"]}
    what = _any_of("", expect["no_genres"])
    yield from _some(seen, lambda track: bool(keys & _terms(track)), what, _with_genres)


def _with_genres(track: Track) -> str:
    return f"{_titled(track)} ({', '.join(track['genres']) or 'no genre'})"


def _with_moods(track: Track) -> str:
    return f"{_titled(track)} ({', '.join(track['moods']) or 'no mood'})"


def _with_tags(track: Track) -> str:
    return f"{_titled(track)} ({', '.join(track['tags']) or 'no tag'})"


def _moods(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted = expect["moods"]
    yield from _too_few(
        seen,
        lambda track: bool({*wanted["any_of"]} & {*track["moods"]}),
        wanted["share"],
        _any_of("", wanted["any_of"]),
        _with_moods,
    )


def _tags(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted = expect["tags"]
    yield from _too_few(
        seen,
        lambda track: bool({*wanted["any_of"]} & {*track["tags"]}),
        wanted["share"],
        _any_of("tagged", wanted["any_of"]),
        _with_tags,
    )


def _no_tags(expect: Expectation, seen: Seen) -> Iterator[str]:
    unwanted = {*expect["no_tags"]}
    what = _any_of("tagged", expect["no_tags"])
    yield from _some(seen, lambda track: bool(unwanted & {*track["tags"]}), what, _with_tags)


def _years(expect: Expectation, seen: Seen) -> Iterator[str]:
    span = expect["years"]

    def holds(track: Track) -> bool | None:
        year = track.get("year")
        return None if year is None else span.get("first", year) <= year <= span.get("last", year)

    def tell(track: Track) -> str:
        return _told(track, track.get("year"), "no year")

    yield from _too_few(seen, holds, span.get("share"), _span_of_years(span), tell)


def _span_of_years(span: YearSpan) -> str:
    match span:
        case {"first": first, "last": last}:
            return f"of {first} to {last}"
        case {"first": first}:
            return f"of {first} or later"
    return f"of {span['last']} or earlier"


def _languages(expect: Expectation, seen: Seen) -> Iterator[str]:
    def holds(track: Track) -> bool | None:
        return track["language"] in expect["languages"] if "language" in track else None

    yield from _too_few(seen, holds, None, _any_of("in", expect["languages"]), _with_language)


def _no_languages(expect: Expectation, seen: Seen) -> Iterator[str]:
    what = _any_of("in", expect["no_languages"])
    yield from _some(
        seen, lambda track: track.get("language") in expect["no_languages"], what, _with_language
    )


def _with_language(track: Track) -> str:
    return _told(track, track.get("language"), "no language")


def _countries(expect: Expectation, seen: Seen) -> Iterator[str]:
    def holds(track: Track) -> bool | None:
        return track["country"] in expect["countries"] if "country" in track else None

    def tell(track: Track) -> str:
        return _told(track, track.get("country"), "no country")

    yield from _too_few(seen, holds, None, _any_of("from", expect["countries"]), tell)


def _clean(_: Expectation, seen: Seen) -> Iterator[str]:
    yield from _some(seen, lambda track: track.get("explicit") is True, "marked explicit")


def _vocals(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted = expect["vocals"] == "instrumental"

    def holds(track: Track) -> bool | None:
        instrumental = is_instrumental(track)
        return None if instrumental is None else instrumental == wanted

    yield from _too_few(seen, holds, None, expect["vocals"], _with_tags)


def _all_versions(expect: Expectation, seen: Seen) -> Iterator[str]:
    wanted = {*expect["versions"]}
    what = _any_of("of version", expect["versions"])
    yield from _too_few(seen, lambda track: bool(wanted & _versions(track)), None, what)


def _no_versions(expect: Expectation, seen: Seen) -> Iterator[str]:
    unwanted = {*expect["no_versions"]}
    what = _any_of("of version", expect["no_versions"])
    yield from _some(seen, lambda track: bool(unwanted & _versions(track)), what)


def _values(expect: Expectation, seen: Seen) -> Iterator[str]:
    for span in expect["values"]:
        yield from _value(span, seen)


def _value(span: ValueSpan, seen: Seen) -> Iterator[str]:
    feature = span["feature"]

    def holds(track: Track) -> bool | None:
        value = measure(feature, track)
        return None if value is None else span.get("low", value) <= value <= span.get("high", value)

    def tell(track: Track) -> str:
        return _told(track, measure(feature, track), f"no {feature}")

    low = f"from {span['low']:g} " if "low" in span else ""
    high = f"to {span['high']:g} " if "high" in span else ""
    yield from _too_few(seen, holds, span.get("share"), f"{low}{high}in {feature}", tell)


def _per_artist(expect: Expectation, seen: Seen) -> Iterator[str]:
    by = Counter(name_key(track["artists"][0]) for track in seen.tracks)
    for artist, number in by.items():
        if number > expect["per_artist"]:
            yield f"{number} tracks are by {artist}, at most {expect['per_artist']} wanted"


def _new_artists(_: Expectation, seen: Seen) -> Iterator[str]:
    before = {key for track in seen.earlier_tracks for key in _artist_keys(track)}
    yield from _some(
        seen, lambda track: bool(before & _artist_keys(track)), "by an artist of an earlier answer"
    )


def _absent(expect: Expectation, seen: Seen) -> Iterator[str]:
    lines = seen.answer["constraints"]
    told = any(line["kind"] in ("artist", "track", "genre") and line["verdict"] == "unmet" for line in lines)
    for name in expect["absent"]:
        if name_key(name) not in name_key(seen.answer["reply"]):
            yield f"the reply does not say that {name} is not in the catalogue"
        elif not told:
            yield f"the ledger has no unmet artist, track or genre for {name}"


def _report(expect: Expectation, seen: Seen) -> Iterator[str]:
    for wanted in expect["ledger"]:
        if not any(_is_line(wanted, line) for line in seen.answer["constraints"]):
            there = [
                f"{line['value']} {line['verdict']}"
                for line in seen.answer["constraints"]
                if line["kind"] == wanted["kind"]
            ]
            yield f"the ledger has no line {_shown(wanted)}; of that kind: {_list(there) or 'none'}"


def _is_line(wanted: ExpectedLine, line: ReportLine) -> bool:
    return (
        line["kind"] == wanted["kind"]
        and wanted.get("value", "").casefold() in line["value"].casefold()
        and wanted.get("verdict", line["verdict"]) == line["verdict"]
        and wanted.get("hard", line["hard"]) == line["hard"]
    )


def _constraints(expect: Expectation, seen: Seen) -> Iterator[str]:
    for part in expect["wishes"]:
        if not any(_is_constraint(part, constraint) for constraint in seen.answer["brief"]["wishes"]):
            yield f"the brief has no wish {_shown(part)}; of that kind: {_constraints_like(part, seen)}"


def _no_constraints(expect: Expectation, seen: Seen) -> Iterator[str]:
    for part in expect["no_wishes"]:
        if any(_is_constraint(part, constraint) for constraint in seen.answer["brief"]["wishes"]):
            yield f"the brief has a wish {_shown(part)}, of: {_constraints_like(part, seen)}"


def _is_constraint(part: ConstraintPart, constraint: Constraint) -> bool:
    if constraint["kind"] != part["kind"] or part.get("hard", constraint["hard"]) != constraint["hard"]:
        return False
    content = dict(constraint.items())
    if "relation" in part and content.get("relation") != part["relation"]:
        return False
    if "name" not in part:
        return True
    subjects = [value for field in _SUBJECTS if isinstance(value := content.get(field), str)]
    return any(
        name_key(subject) == name_key(part["name"])
        or (constraint["kind"] == "genre" and genre_key(subject) == genre_key(part["name"]))
        for subject in subjects
    )


_SUBJECTS = (
    "name",
    "title",
    "genre",
    "mood",
    "tag",
    "feature",
    "language",
    "country",
    "version",
    "vocals",
    "what",
)


def _constraints_like(part: ConstraintPart, seen: Seen) -> str:
    alike = [
        ", ".join(
            f"{field} {value}"
            for field, value in constraint.items()
            if field not in ("kind", "track_id", "turn")
        )
        for constraint in seen.answer["brief"]["wishes"]
        if constraint["kind"] == part["kind"]
    ]
    return _list(alike) or "none"


def _shown(part: ExpectedLine | ConstraintPart) -> str:
    return ", ".join(f"{field} {value}" for field, value in part.items())


def _says(expect: Expectation, seen: Seen) -> Iterator[str]:
    for words in expect["says"]:
        if not _stands_in(words, seen.answer["reply"]):
            yield f"the reply does not say {words!r}: {seen.answer['reply']}"


def _never_says(expect: Expectation, seen: Seen) -> Iterator[str]:
    reasons = [(f"the reason of {_titled(pick['track'])}", pick["reason"]) for pick in seen.picks]
    for words in expect["never_says"]:
        for where, text in [("the reply", seen.answer["reply"]), *reasons]:
            if _stands_in(words, text):
                yield f"{where} says {words!r}: {text}"


ALWAYS: Sequence[Checker] = (_ranks, _twice, _repeated)
# `repeats` is checked with what may never come again.
CHECKERS: Mapping[str, Checker] = {
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
    "values": _values,
    "per_artist": _per_artist,
    "new_artists": _new_artists,
    "absent": _absent,
    "ledger": _report,
    "wishes": _constraints,
    "no_wishes": _no_constraints,
    "says": _says,
    "never_says": _never_says,
}
