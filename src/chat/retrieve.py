"""What is retrieved before planning: the brief as tool calls and searches, run at once.

A simple request needs nothing more: the candidates are in the model's first call, and the rules planner picks
from them.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from src.catalogue.engine import Condition, Vector
from src.catalogue.names import genre_key, name_key, split_title
from src.catalogue.search import Found, hybrid_search, tracks_like
from src.chat.external import ExternalCandidate
from src.chat.models.answer import TurnEvent
from src.chat.recommendations import count_allowed, is_allowed, is_full, offer_external
from src.chat.state import Draft, Pool, TurnTask
from src.chat.tools.catalogue import similar_tracks
from src.chat.tools.context import ToolContext
from src.chat.tools.models.arguments import SimilarTracks, SpotifySearch
from src.chat.tools.spotify import catalogue_tracks, find_playlist, listening, playlist_tracks, spotify_search
from src.constraints.checks import OwnTracks, own_subject
from src.constraints.filters import LOOSEST, hard_conditions, soft_conditions
from src.constraints.models.brief import ArtistConstraint, Constraint, OwnListeningConstraint, TrackConstraint
from src.errors import DomainError
from src.lexicon.vocabulary import keywords
from src.schema import with_present
from src.spotify.errors import SpotifyError
from src.telemetry.tracing import embedding_span, span

# An example says more of what is wanted than the words around it.
_EXAMPLE_WEIGHT = 2.0
# As many examples as a search by likeness takes.
_MAX_EXAMPLES = 50
_TREATMENT = {"seed": "searched for tracks like those", "rejected": "kept out"}
# Candidates for one track of the list: enforcement drops some, and the ranking needs a choice.
_PER_TRACK = 3
_LEAST = 30
# Tracks read where no ranking fills the list.
_BROWSED = 1_000
# Names of one message that are looked up at Spotify; each is a call.
_MAX_NAMES = 3
_MAX_CHARS = 200


async def read_own_listening(task: TurnTask) -> None:
    """Read the playlists and the listening that the brief names; the report says what cannot be had."""
    own = {
        own_subject(constraint): await _read(constraint, task)
        for constraint in task.constraints
        if constraint["kind"] == "own_listening"
    }
    if own:
        task.set_brief(task.brief, replace(task.known, own={**task.known.own, **own}), task.rules.notes)


async def _add_like_own(draft: Draft, task: TurnTask, wanted: int) -> None:
    """Add tracks like the listener's own, without those themselves."""
    for constraint in task.constraints:
        if constraint["kind"] != "own_listening" or constraint["relation"] != "seed":
            continue
        own = task.known.own.get(own_subject(constraint))
        if own is None or not own.ids:
            continue
        examples = list(own.ids[:_MAX_EXAMPLES])
        most = min(100, wanted + len(examples))
        found = await tracks_like(task.catalogue, examples, [], task.where, most)
        others = [item for item in found if item.track["id"] not in own.ids][:wanted]
        query = f"like {constraint['words']}"
        draft.pool.add(others, tool="similar_tracks", query=query, weight=_EXAMPLE_WEIGHT)


async def _read(constraint: OwnListeningConstraint, task: TurnTask) -> OwnTracks:
    access = task.spotify
    if access is None:
        return OwnTracks((), False, "no Spotify app is set up here, so what you play cannot be seen")
    if not access.connected:
        return OwnTracks((), False, "Spotify is not connected: `segue spotify login --taste` connects it")
    try:
        if constraint["source"] == "playlist":
            playlist, own = await find_playlist(access.caller, constraint.get("playlist", ""))
            if playlist is None:
                return OwnTracks((), True, f"none of your own playlists is called so ({own} were looked at)")
            items = await playlist_tracks(access, playlist)
        else:
            items = await listening(access, constraint["source"])
        tracks = await catalogue_tracks(task.catalogue, items)
    except SpotifyError as error:
        return OwnTracks((), False, error.message)
    detail = f"{len(tracks)} of {len(items)} are in this catalogue: {_TREATMENT[constraint['relation']]}"
    return OwnTracks(tuple(track["id"] for track in tracks), True, detail)


async def first_retrieval(draft: Draft, task: TurnTask) -> None:
    """Fill the pool with what fits the message and the brief.

    Soft wishes filter first; they are loosened step by step while too few tracks are left. The last steps
    take tracks whose records cannot tell whether they meet a hard wish.
    """
    vector = await _embed(draft, task)
    began = time.perf_counter()
    wanted = max(_LEAST, _PER_TRACK * task.rules.count)
    text, words = task.brief["text"], _words(task)
    await _add_named_tracks(draft.pool, task)
    await _add_similar(draft, task, wanted)
    await _add_like_own(draft, task, wanted)
    first = _first_level(task)
    for tier, where in enumerate(_tiers(task, first), start=first):
        found = await hybrid_search(task.catalogue, words, vector, where, wanted)
        draft.pool.add(_unseen(draft.pool, found), tool="search_catalogue", query=text, tier=tier)
        in_reach = count_allowed((candidate.track for candidate in draft.pool.candidates), task)
        # A wider choice is worth a search, but not one among tracks that cannot be checked.
        if in_reach >= (wanted if tier < LOOSEST else task.rules.count):
            break
        if in_reach < task.rules.count:
            await _add_any(draft.pool, task, where, tier)
    draft.usage["retrieval_ms"] += (time.perf_counter() - began) * 1000


async def _embed(draft: Draft, task: TurnTask) -> Vector | None:
    embedder = task.catalogue.embedder
    if embedder is None:
        return None
    began = time.perf_counter()
    with span(draft.tracer, embedding_span(embedder.model), draft.turn):
        vector = await task.catalogue.embed(task.brief["text"])
    draft.usage["embedding_ms"] += (time.perf_counter() - began) * 1000
    return vector


def _words(task: TurnTask) -> str:
    """The words for BM25, without names that the catalogue lacks: they would find others that look alike."""
    absent = {
        word
        for constraint in task.brief["wishes"]
        if constraint["kind"] in ("artist", "track") and _is_absent(constraint, task)
        for word in name_key(constraint["words"]).split()
    }
    return " ".join(word for word in keywords(task.brief["text"]).split() if name_key(word) not in absent)


def _is_absent(constraint: Constraint, task: TurnTask) -> bool:
    if constraint["kind"] == "artist":
        return name_key(constraint["name"]) in task.known.absent
    return constraint["kind"] == "track" and "track_id" not in constraint


def _first_level(task: TurnTask) -> int:
    """How far the soft wishes are loosened at first: as they are, unless nothing here is of their genres."""
    genres = [
        genre_key(constraint["genre"])
        for constraint in task.constraints
        if constraint["kind"] == "genre" and constraint["relation"] == "wanted" and not constraint["hard"]
    ]
    return LOOSEST - 1 if genres and set(genres) <= task.known.absent else 0


def _tiers(task: TurnTask, first: int) -> list[Sequence[Condition]]:
    """The filters to search under, the strictest first, without repeats.

    Args:
        first: how far the soft wishes are loosened at first.
    """
    constraints, known = task.constraints, task.known
    softly = [soft_conditions(constraints, level) for level in range(first, LOOSEST + 1)]
    steps: list[Sequence[Condition]] = [
        [*hard, *soft]
        for hard in (list(task.where), hard_conditions(constraints, known, allow_missing=True))
        for soft in softly
    ]
    return [step for position, step in enumerate(steps) if step not in steps[:position]]


async def _add_named_tracks(pool: Pool, task: TurnTask) -> None:
    ids = [
        constraint["track_id"]
        for constraint in task.constraints
        if constraint["kind"] == "track" and "track_id" in constraint
    ]
    if not ids:
        return
    tracks = await task.catalogue.engine.fetch(ids)
    for id_ in ids:
        if id_ in tracks and id_ in task.rules.wanted_ids:
            track = tracks[id_]
            pool.add([Found(track, 1.0, {"lookup": 1})], tool="find_track", query=track["title"])


async def _add_similar(draft: Draft, task: TurnTask, wanted: int) -> None:
    """Add tracks like every artist and track that the listener gave as an example."""
    like: list[str] = []
    unlike: list[str] = []
    for constraint in task.constraints:
        match constraint["kind"]:
            case "artist":
                name = constraint["name"]
            # A track that the catalogue lacks has no vector.
            case "track" if "track_id" in constraint:
                title, artist = constraint["title"], constraint.get("artist")
                name = f"{title} by {artist}" if artist else title
            case _:
                continue
        # The tracks after one that was asked for had better be like it.
        if constraint["relation"] == "seed" or (
            constraint["kind"] == "track" and constraint["relation"] == "wanted"
        ):
            like.append(name)
        elif constraint["relation"] == "contrast":
            unlike.append(name)
    if not like:
        return
    arguments: SimilarTracks = {"like": like[-10:], "unlike": unlike[-10:], "limit": min(50, wanted)}
    context = ToolContext(task.catalogue, task.where, draft.pool.track_id)
    outcome = await similar_tracks(arguments, context)
    draft.pool.add(outcome.found, tool="similar_tracks", query=outcome.query, weight=_EXAMPLE_WEIGHT)


async def _add_any(pool: Pool, task: TurnTask, where: Sequence[Condition], tier: int) -> None:
    """Add whatever meets the filter, for a request that no ranking answers.

    The filter that lets missing values pass is loose, so more is read than is taken.
    """
    browsed = await task.catalogue.engine.browse(where, limit=_BROWSED)
    tracks = [track for track in browsed if is_allowed(track, task)][: 4 * task.rules.count]
    found = [Found(track, 0.0, {"filter": rank}) for rank, track in enumerate(tracks, start=1)]
    pool.add(_unseen(pool, found), tool="search_catalogue", query=task.brief["text"], tier=tier)


def _unseen(pool: Pool, found: Sequence[Found]) -> list[Found]:
    """Without what a stricter step found; what the examples found may get more evidence."""
    seen = {
        candidate.track["id"]
        for candidate in pool.candidates
        if candidate.evidence[-1]["tool"] == "search_catalogue"
    }
    return [item for item in found if item.track["id"] not in seen]


async def find_named(draft: Draft, task: TurnTask) -> None:
    """Search Spotify for the titles and artists that the listener named and the catalogue lacks."""
    if task.spotify is None:
        return
    context = ToolContext(task.catalogue, task.where, draft.pool.track_id, spotify=task.spotify)
    for constraint in _absent_names(task)[:_MAX_NAMES]:
        try:
            await spotify_search(_search_for(constraint), context)
        except DomainError as error:
            draft.troubles.append(error.message)
            return


def offer_named(draft: Draft, task: TurnTask) -> Iterator[TurnEvent]:
    """Put on the list what was named and found: a track once, an artist's tracks as far as there is room."""
    for constraint in _absent_names(task):
        for item in draft.external.items:
            if is_full(draft, task):
                return
            if _is_meant(constraint, item) and offer_external(draft, task, item, ""):
                yield {"type": "spotify_pick", "pick": draft.spotify_picks[-1]}
                if constraint["kind"] == "track":
                    break


def _absent_names(task: TurnTask) -> list[ArtistConstraint | TrackConstraint]:
    """The wanted artists and tracks that the catalogue lacks."""
    return [
        constraint
        for constraint in task.constraints
        if (constraint["kind"] == "artist" or constraint["kind"] == "track")
        and constraint["relation"] == "wanted"
        and _is_absent(constraint, task)
    ]


def _search_for(constraint: ArtistConstraint | TrackConstraint) -> SpotifySearch:
    if constraint["kind"] == "artist":
        return {"artist": constraint["name"][:_MAX_CHARS]}
    search: SpotifySearch = {"title": constraint["title"][:_MAX_CHARS]}
    artist = constraint.get("artist")
    return with_present(search, artist=None if artist is None else artist[:_MAX_CHARS])


def _is_meant(constraint: ArtistConstraint | TrackConstraint, item: ExternalCandidate) -> bool:
    """Whether the track has exactly the name that was said: a similar name is for the model to offer."""
    artists = {name_key(artist) for artist in item.record["artists"]}
    if constraint["kind"] == "artist":
        return name_key(constraint["name"]) in artists
    title = name_key(split_title(item.record["title"]).name)
    by = "artist" not in constraint or name_key(constraint["artist"]) in artists
    return by and title == name_key(split_title(constraint["title"]).name)
