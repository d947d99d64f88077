"""From tracks of the catalogue to URIs of Spotify: what is cached, else one search a track."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from loguru import logger

from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.spotify.app import Caller
from src.spotify.client.paging import found_tracks
from src.spotify.client.requests import search_query, search_tracks
from src.spotify.client.send import send
from src.spotify.errors import (
    BadSpotifyRequest,
    BudgetSpent,
    QuotaExceeded,
    RateLimited,
    SpotifyError,
    SpotifyNotFound,
    SpotifyUnavailable,
)
from src.spotify.identifiers import is_id, uri_of
from src.spotify.matching.cache import cached_links, store_links
from src.spotify.matching.match import MatchVerdict, Refusal, judge
from src.spotify.matching.models.link import Link, LinkStatus
from src.spotify.matching.names import is_latin, split_credit
from src.spotify.matching.tracks import DETAILS
from src.spotify.matching.versions import read_title
from src.spotify.models.api import SpotifyTrack

# Sources differ in these where they write the same note.
_FILLERS: Final = frozenset({"at", "in", "from", "on", "the", "version", "ver"})
# `Pt. 1` is `Part 1` elsewhere: the number alone is sought.
_NUMBERING: Final = re.compile(r"\b(?:pts?|parts?|vol|volume)\b\.? (?=[\divx])", re.IGNORECASE)
_SEVERAL: Final = re.compile(r" (?:x|\+|/|vs\.?|feat\.?|ft\.?|featuring) |, ", re.IGNORECASE)


def code_query(track: Track) -> str:
    """By the recording's code."""
    return search_query(isrc=track.get("isrc", ""))


def name_query(track: Track) -> str:
    """By title and first artist; the notes of a title that is another version are part of what is sought."""
    return search_query(title=_sought(track), artist=_credited(track["artists"][0]))


def words_query(track: Track) -> str:
    """In plain words, which Spotify matches more freely, and in the other spelling of the names, if any."""
    artist = _leader(track["artists"][0])
    aliases = track.get("aliases", [])
    if not aliases:
        return search_query(words=name_key(f"{_sought(track)} {artist}"))
    # Which alias is the artist's is not recorded; the title's comes first as a rule.
    names = [aliases[0], artist] if is_latin(artist) else aliases[:2]
    return search_query(words=" ".join(names))


def _sought(track: Track) -> str:
    reading = read_title(track["title"])
    name = _NUMBERING.sub(" ", reading.name)
    if not reading.kinds:
        return name
    words = [word for note in reading.notes for word in name_key(note).split() if word not in _FILLERS]
    return " ".join([name, *words])


def _leader(credit: str) -> str:
    return (split_credit(credit) or [credit])[0]


def _credited(credit: str) -> str:
    """One artist as credited; of several who are no band, the first."""
    return _SEVERAL.split(credit)[0] or credit


SEARCHES_AT_ONCE: Final = 4
# Spotify gives no more a page in Development Mode.
RESULTS_A_SEARCH: Final = 10
EXTRA_SEARCHES: Final = 3

type _Query = Literal["code", "name", "words"]

_TEXTS: Final[Mapping[_Query, Callable[[Track], str]]] = {
    "code": code_query,
    "name": name_query,
    "words": words_query,
}
# After these another call would fail as well; what was found before is kept.
_TEMPORARY: Final = (QuotaExceeded, BudgetSpent, RateLimited, SpotifyUnavailable)
# After these the next track may fare better.
_OF_ONE_TRACK: Final = (BadSpotifyRequest, SpotifyNotFound)
_STATUS: Final[dict[Refusal, LinkStatus]] = {
    "not_a_track": "not_found",
    "other_artist": "not_found",
    "other_title": "not_found",
    "other_length": "wrong_version",
    "wrong_version": "wrong_version",
    "not_playable": "not_playable",
}
# The most telling of what was refused.
_TELLING: Final[tuple[LinkStatus, ...]] = ("not_playable", "wrong_version", "not_found")


@dataclass(slots=True)
class _Round:
    """Searches under way: the links so far, and the failure that ended them."""

    links: dict[str, Link] = field(default_factory=dict)
    failure: SpotifyError | None = None
    searches: int = 0


async def resolve_tracks(
    caller: Caller, tracks: Sequence[Track], *, extra_searches: int = EXTRA_SEARCHES
) -> list[Link]:
    """What Spotify has for each track, in their order.

    Each track that is not cached is searched for once, and at most `extra_searches` of them a second time: by
    names where the ISRC found nothing that fits, then in plain words where the names found nothing. When
    Spotify fails on the way, the links found so far are stored, and the rest is `not_looked_up` with the
    reason; a lasting failure before any link is raised.
    """
    app = caller.app
    wanted = {track["id"]: track for track in tracks}
    known = await cached_links(app.database, list(wanted), app.config.market, app.now())
    missing = [track for id_, track in wanted.items() if id_ not in known]
    found = _Round()
    try:
        await _look_up(caller, missing, found, extra_searches)
    finally:
        # A turn that is cut short has paid for these all the same.
        await store_links(
            app.database, list(found.links.values()), app.config.market, app.now(), app.config.link_days
        )
    links = known | found.links
    if found.failure is not None:
        if not links and not isinstance(found.failure, _TEMPORARY):
            raise found.failure
        logger.warning("resolving ended early", code=found.failure.code, left=len(wanted) - len(links))
    if missing:
        _log(links, len(known), found.searches)
    return [links.get(track["id"]) or _not_looked_up(track["id"], found.failure) for track in tracks]


async def _look_up(caller: Caller, tracks: Sequence[Track], found: _Round, extra_searches: int) -> None:
    # More than the caller may call would fail in an order that depends on chance.
    first = [(track, _first_query(track)) for track in tracks][: max(0, caller.calls_left)]
    answers = await _search_all(caller, first, found)
    second = [
        (track, next_query)
        for track, query in first
        if track["id"] in answers and (next_query := _second_query(query, answers[track["id"]])) is not None
    ]
    # By names first: plain words seldom find what names did not.
    second.sort(key=lambda entry: entry[1] != "name")
    if found.failure is None:
        await _search_all(caller, second[: max(0, min(extra_searches, caller.calls_left))], found)
    if found.failure is None and len(first) < len(tracks):
        found.failure = BudgetSpent("No more calls to Spotify may be made now: ask again in another turn.")


async def _search_all(
    caller: Caller, searches: Sequence[tuple[Track, _Query]], found: _Round
) -> dict[str, Link]:
    """Search, a few at once, until all are answered or Spotify fails; what came is noted at once."""
    answers: dict[str, Link] = {}
    waiting = iter(searches)

    async def work() -> None:
        for track, query in waiting:
            if found.failure is not None:
                return
            found.searches += 1
            try:
                link = answers[track["id"]] = await _search(caller, track, query)
            except _OF_ONE_TRACK as error:
                logger.warning("search refused", code=error.code)
            except SpotifyError as error:
                found.failure = found.failure or error
            else:
                # A code that leads nowhere says nothing of the names.
                if _second_query(query, link) != "name":
                    found.links[track["id"]] = _better(found.links.get(track["id"]), link)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(SEARCHES_AT_ONCE, len(searches))):
                group.create_task(work())
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return answers


async def _search(caller: Caller, track: Track, query: _Query) -> Link:
    text = _TEXTS[query](track)
    if not text:
        return _no_link(track["id"], [])
    request = search_tracks(text, market=caller.app.config.market, limit=RESULTS_A_SEARCH)
    return best_link(track, found_tracks(await send(caller, request)))


def best_link(track: Track, items: Sequence[SpotifyTrack]) -> Link:
    """The link to the item that is the track most surely, the first of equals; or why there is none."""
    verdicts = [(item, judge(item, track)) for item in items]
    fitting = [
        (id_, verdict)
        for item, verdict in verdicts
        if verdict.refusal is None and (id_ := item.get("id")) and is_id(id_)
    ]
    if not fitting:
        return _no_link(track["id"], [verdict for _, verdict in verdicts])
    id_, verdict = max(fitting, key=lambda entry: entry[1].confidence)
    return {
        "track_id": track["id"],
        "status": "resolved",
        "uri": uri_of("track", id_),
        "method": verdict.method,
        "confidence": verdict.confidence,
        "detail": DETAILS["resolved"],
    }


def _no_link(track_id: str, verdicts: Sequence[MatchVerdict]) -> Link:
    statuses = {_STATUS[verdict.refusal] for verdict in verdicts if verdict.refusal is not None}
    status: LinkStatus = next((status for status in _TELLING if status in statuses), "not_found")
    return {"track_id": track_id, "status": status, "confidence": 0.0, "detail": DETAILS[status]}


def _not_looked_up(track_id: str, failure: SpotifyError | None) -> Link:
    return {
        "track_id": track_id,
        "status": "not_looked_up",
        "confidence": 0.0,
        "detail": failure.message if failure else DETAILS["not_looked_up"],
        "cause": "failed" if failure else "no_calls_left",
    }


def _first_query(track: Track) -> _Query:
    return "code" if track.get("isrc") else "name"


def _second_query(first: _Query, answer: Link) -> _Query | None:
    if answer["status"] == "resolved":
        return None
    if first == "code":
        return "name"
    return "words" if answer["status"] == "not_found" else None


def _better(before: Link | None, after: Link) -> Link:
    """The more telling of two answers."""
    order: tuple[LinkStatus, ...] = ("resolved", *_TELLING)
    if before is not None and order.index(before["status"]) < order.index(after["status"]):
        return before
    return after


def _log(links: Mapping[str, Link], cached: int, searches: int) -> None:
    resolved = sum(link["status"] == "resolved" for link in links.values())
    logger.info("resolved tracks", tracks=len(links), cached=cached, resolved=resolved, searches=searches)
