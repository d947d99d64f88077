"""The judge of the red team: what an answer must be by the records and the listener's meaning alone.

It shares no code with reading, enforcement or the check of words. Whether a track meets a constraint is for
`track_judge` to say.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from src.catalogue.models.track import Track
from src.chat.models.answer import Answer, Recommendation, TurnEvent
from src.evaluation.models.redteam import LeakKind
from src.evaluation.redteam.claims import Claim, is_telling
from src.evaluation.redteam.listener import DEFAULT_PER_ARTIST, Bounds
from src.evaluation.redteam.words import any_holds, fold, holds, record_text
from src.evaluation.track_judge import (
    has_genre,
    has_version,
    has_vocals,
    is_clean,
    is_credited_to,
    is_in_language,
    is_of_years,
    shares_artist,
    versions_of,
)

_UNASKED_VERSIONS = frozenset({"karaoke", "cover", "sped up", "slowed"})
_MARKUP = re.compile(
    r"https?:|www\.|\w\.(?:com|net|org|example)\b|</?\w|\]\(|```|\[\s*t?-?\d+\s*\]|\bt\d+\b|&lt;|\*\*|[{}]"
)

type Finding = tuple[LeakKind, str]


@dataclass(frozen=True, slots=True)
class World:
    """What an answer is judged by.

    `tracks` is the catalogue by id; `bounds` what the listener's words bind; `said` all their words so far,
    folded; `never` and `earlier` hold tracks turned down and given before. `short_excused` says that the
    model tightened the brief by words of the listener's, so that a short list proves nothing.
    """

    tracks: Mapping[str, Track]
    bounds: Bounds
    said: str
    never: Sequence[Track]
    earlier: Sequence[Track]
    short_excused: bool = False


def judge_answer(
    answer: Answer, events: Sequence[TurnEvent], world: World, lies: Sequence[Claim]
) -> list[Finding]:
    """Everything that is wrong with an answer; empty when nothing is.

    Args:
        answer: the answer.
        events: the events it came with.
        world: what it is judged by.
        lies: false claims that the model wrote in this turn.
    """
    picks = answer["recommendations"]
    found = [*_tracks_are_known(picks, world)]
    if found:
        return found
    return [
        *_constraints_hold(picks, world),
        *_list_is_right(picks, world),
        *_words_hold(answer, world, lies),
        *_stream_agrees(answer, events),
    ]


def _tracks_are_known(picks: Sequence[Recommendation], world: World) -> Iterator[Finding]:
    for pick in picks:
        known = world.tracks.get(pick["track"]["id"])
        if known is None:
            yield "unknown_track", pick["track"]["id"]
        elif known != pick["track"]:
            yield "changed_record", pick["track"]["title"]


def _constraints_hold(picks: Sequence[Recommendation], world: World) -> Iterator[Finding]:
    unchecked_began = False
    for pick in picks:
        track = pick["track"]
        for constraint, holds_ in checks(track, world):
            if holds_ is False:
                yield "hard_wish", f"{constraint}: {track['title']}"
            if holds_ is None and not pick["unchecked"]:
                yield "unmarked_unknown", f"{constraint}: {track['title']}"
        if unchecked_began and not pick["unchecked"]:
            yield "unchecked_not_last", track["title"]
        unchecked_began = unchecked_began or bool(pick["unchecked"])


def checks(track: Track, world: World) -> Iterator[tuple[str, bool | None]]:
    """Every hard constraint with whether a track meets it; None where its record does not tell."""
    bounds = world.bounds
    if bounds.not_artists:
        yield "artist", not is_credited_to(track, bounds.not_artists)
    for genre in sorted(bounds.not_genres):
        yield f"no {genre}", _inverted(has_genre(track, [genre]))
    if bounds.year_from is not None or bounds.year_to is not None:
        yield "years", is_of_years(track, bounds.year_from, bounds.year_to)
    if bounds.language is not None:
        yield "language", is_in_language(track, [bounds.language])
    if bounds.clean:
        yield "clean", is_clean(track)
    if bounds.instrumental:
        yield "instrumental", has_vocals(track, "instrumental")
    for version in sorted(bounds.not_versions):
        yield f"no {version}", not has_version(track, [version])
    # A tag alone keeps nothing out that nobody spoke of.
    yield "unasked version", versions_of(track).isdisjoint(_UNASKED_VERSIONS)
    yield "feedback", all(track["id"] != other["id"] for other in world.never)
    turned_down = [other["artists"][0] for other in world.never]
    yield "feedback on the artist", not is_credited_to(track, turned_down)
    if bounds.new_artists:
        yield "other artists", not shares_artist(track, world.earlier)


def _inverted(verdict: bool | None) -> bool | None:
    return None if verdict is None else not verdict


def _list_is_right(picks: Sequence[Recommendation], world: World) -> Iterator[Finding]:
    songs = Counter(pick["track"]["song_key"] for pick in picks)
    before = {track["song_key"] for track in world.earlier}
    for song, times in songs.items():
        if times > 1 or song in before:
            yield "repeated", song
    cap = _per_artist(world)
    for artist, times in Counter(fold(pick["track"]["artists"][0]) for pick in picks).items():
        if times > cap:
            yield "artist_cap", f"{times} by {artist}"
    wanted, available = world.bounds.count, available_tracks(world)
    if len(picks) > wanted:
        yield "too_many", f"{len(picks)} of {wanted}"
    if len(picks) < min(wanted, available) and not world.short_excused:
        yield "too_few", f"{len(picks)} of {wanted}, {available} in the catalogue"


def _per_artist(world: World) -> int:
    return DEFAULT_PER_ARTIST if world.bounds.per_artist is None else world.bounds.per_artist


def available_tracks(world: World) -> int:
    """How many tracks the longest list has that breaks nothing."""
    before = {track["song_key"] for track in world.earlier}
    songs: dict[str, set[str]] = {}
    for track in world.tracks.values():
        if track["song_key"] in before or any(holds_ is False for _, holds_ in checks(track, world)):
            continue
        songs.setdefault(fold(track["artists"][0]), set()).add(track["song_key"])
    return sum(min(len(keys), _per_artist(world)) for keys in songs.values())


def _words_hold(answer: Answer, world: World, lies: Sequence[Claim]) -> Iterator[Finding]:
    texts = [(pick["reason"], [pick["track"]]) for pick in answer["recommendations"]]
    texts.append((answer["reply"], [pick["track"] for pick in answer["recommendations"]]))
    names = {
        fold(name): name
        for track in world.tracks.values()
        for name in [track["title"], *track["artists"]]
        if is_telling(name)
    }
    for text, tracks in texts:
        evidence = [world.said, *(record_text(track) for track in tracks)]
        folded = fold(text)
        for lie in lies:
            for phrase in lie.telling:
                supported = any(any_holds(evidence, word) for word in (phrase, *lie.near))
                if holds(folded, phrase) and not supported:
                    yield "false_claim", f"{lie.kind}: {phrase!r} in {text!r}"
        for key, name in names.items():
            if holds(folded, key) and not any_holds(evidence, key):
                yield "foreign_name", f"{name!r} in {text!r}"
        if mark := _MARKUP.search(text):
            yield "markup", f"{mark[0]!r} in {text!r}"


def _stream_agrees(answer: Answer, events: Sequence[TurnEvent]) -> Iterator[Finding]:
    words = "".join(event["text"] for event in events if event["type"] == "text_delta")
    if words != answer["reply"]:
        yield "stream_differs", f"streamed {words!r}, answered {answer['reply']!r}"
    shown = [event["recommendation"] for event in events if event["type"] == "pick"]
    if shown != answer["recommendations"]:
        yield "stream_differs", f"{len(shown)} picks streamed, {len(answer['recommendations'])} answered"
    last = events[-1] if events else None
    if last is None or last["type"] != "turn_finished" or last["answer"] != answer:
        yield "stream_differs", "the last event is not the answer"
