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
from src.chat.recommendations import is_full, may_stand, offer_external, places_filled
from src.chat.state import Draft, Pool, TurnTask, set_brief
from src.chat.tools.catalogue import similar_tracks
from src.chat.tools.context import SpotifyAccess, ToolContext
from src.chat.tools.models.arguments import SimilarTracks, SpotifySearch
from src.chat.tools.spotify import catalogue_tracks, find_playlist, listening, playlist_tracks, spotify_search
from src.constraints.checks import OwnTracks, own_subject
from src.constraints.filters import LOOSEST, hard_conditions, soft_conditions
from src.constraints.models.brief import Constraint, OwnListeningConstraint
from src.errors import DomainError
from src.lexicon.keywords import keywords
from src.spotify.errors import SpotifyError
from src.telemetry.tracing import embedding_span, span

# An example says more of what is wanted than the words around it.
_WEIGHT = 2.0
# As many examples as a search by likeness takes.
_MAX_EXAMPLES = 50
_TREATMENT = {"seed": "searched for tracks like those", "rejected": "kept out"}


async def read_own_listening(request: TurnTask, access: SpotifyAccess | None) -> None:
    """Read what the brief names of the listener's own; what cannot be had is said in the ledger."""
    constraints = [
        constraint
        for constraint in request.rules.binding.constraints
        if constraint["kind"] == "own_listening"
    ]
    if not constraints:
        return
    own = {own_subject(constraint): await _read(constraint, request, access) for constraint in constraints}
    known = replace(request.known, own={**request.known.own, **own})
    set_brief(request, request.brief, known, request.rules.notes)


async def add_like_own(draft: Draft, request: TurnTask, wanted: int) -> None:
    """Take tracks like those of the listener's own into the pool, and not those themselves."""
    for constraint in request.rules.binding.constraints:
        if constraint["kind"] != "own_listening" or constraint["relation"] != "seed":
            continue
        own = request.known.own.get(own_subject(constraint))
        if own is None or not own.ids:
            continue
        examples = list(own.ids[:_MAX_EXAMPLES])
        found = await tracks_like(
            request.catalogue, examples, [], request.where, min(100, wanted + len(examples))
        )
        others: list[Found] = [item for item in found if item.track["id"] not in own.ids]
        draft.pool.add(
            others[:wanted], tool="similar_tracks", query=f"like {constraint['words']}", weight=_WEIGHT
        )


async def _read(
    constraint: OwnListeningConstraint, request: TurnTask, access: SpotifyAccess | None
) -> OwnTracks:
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
        tracks = await catalogue_tracks(request.catalogue, items)
    except SpotifyError as error:
        return OwnTracks((), False, error.message)
    detail = f"{len(tracks)} of {len(items)} are in this catalogue: {_TREATMENT[constraint['relation']]}"
    return OwnTracks(tuple(track["id"] for track in tracks), True, detail)


# Candidates for one place of the list: enforcement drops some, and the ranking needs a choice.
_PER_PLACE = 3
_LEAST = 30
# Tracks read where no ranking fills the list.
_BROWSED = 1_000
# An example says more of what is wanted than the words around it.
_EXAMPLE_WEIGHT = 2.0


async def first_retrieval(draft: Draft, request: TurnTask) -> None:
    """Fill the pool for the message and the brief.

    Soft wishes filter first; they are loosened step by step while too few tracks are left. The last steps
    take tracks whose records cannot tell whether they meet a hard wish.
    """
    embedding_began = time.perf_counter()
    vector = await _embed(draft, request)
    began = time.perf_counter()
    draft.usage["embedding_ms"] += (began - embedding_began) * 1000
    wanted = max(_LEAST, _PER_PLACE * request.rules.count)
    text = request.brief["text"]
    words = _words(request)
    await _add_named_tracks(draft.pool, request)
    await _add_similar(draft, request, wanted)
    await add_like_own(draft, request, wanted)
    first = _first_level(request)
    for tier, where in enumerate(_tiers(request, first), start=first):
        found = await hybrid_search(request.catalogue, words, vector, where, wanted)
        draft.pool.add(_unseen(draft.pool, found), tool="search_catalogue", query=text, tier=tier)
        in_reach = places_filled((candidate.track for candidate in draft.pool.candidates), request)
        # A wider choice is worth a search, but not one among tracks that cannot be checked.
        if in_reach >= (wanted if tier < LOOSEST else request.rules.count):
            break
        if in_reach < request.rules.count:
            await _add_any(draft.pool, request, where, tier)
    draft.usage["retrieval_ms"] += (time.perf_counter() - began) * 1000


async def _embed(draft: Draft, request: TurnTask) -> Vector | None:
    embedder = request.catalogue.embedder
    if embedder is None:
        return None
    with span(draft.tracer, embedding_span(embedder.model), draft.turn):
        return await request.catalogue.embed(request.brief["text"])


def _words(request: TurnTask) -> str:
    """What BM25 looks for: without names that the catalogue lacks, for it would find what sounds alike."""
    absent = {
        word
        for constraint in request.brief["wishes"]
        if constraint["kind"] in ("artist", "track") and _is_absent(constraint, request)
        for word in name_key(constraint["words"]).split()
    }
    return " ".join(word for word in keywords(request.brief["text"]).split() if name_key(word) not in absent)


def _is_absent(constraint: Constraint, request: TurnTask) -> bool:
    if constraint["kind"] == "artist":
        return name_key(constraint["name"]) in request.known.absent
    return constraint["kind"] == "track" and "track_id" not in constraint


def _first_level(request: TurnTask) -> int:
    """How far the soft wishes are loosened at first: as they are, unless nothing here is of their genres."""
    genres = [
        genre_key(constraint["genre"])
        for constraint in request.rules.binding.constraints
        if constraint["kind"] == "genre" and constraint["relation"] == "wanted" and not constraint["hard"]
    ]
    return LOOSEST - 1 if genres and set(genres) <= request.known.absent else 0


def _tiers(request: TurnTask, first: int) -> list[Sequence[Condition]]:
    """The filters to search under, the strictest first, without repeats.

    Args:
        first: how far the soft wishes are loosened at first.
    """
    constraints, known = request.rules.binding.constraints, request.known
    softly = [soft_conditions(constraints, level) for level in range(first, LOOSEST + 1)]
    steps: list[Sequence[Condition]] = [
        [*hard, *soft]
        for hard in (list(request.where), hard_conditions(constraints, known, allow_missing=True))
        for soft in softly
    ]
    return [step for position, step in enumerate(steps) if step not in steps[:position]]


async def _add_named_tracks(pool: Pool, request: TurnTask) -> None:
    ids = [
        constraint["track_id"]
        for constraint in request.rules.binding.constraints
        if constraint["kind"] == "track" and "track_id" in constraint
    ]
    if not ids:
        return
    tracks = await request.catalogue.engine.fetch(ids)
    for id_ in ids:
        if id_ in tracks and id_ in request.rules.wanted_ids:
            track = tracks[id_]
            pool.add([Found(track, 1.0, {"lookup": 1})], tool="find_track", query=track["title"])


async def _add_similar(draft: Draft, request: TurnTask, wanted: int) -> None:
    """Tracks like every artist and track that the listener gave as an example."""
    like: list[str] = []
    unlike: list[str] = []
    for constraint in request.rules.binding.constraints:
        match constraint["kind"]:
            case "artist":
                name = constraint["name"]
            # A track that the catalogue lacks has no vector; its artist may stand for it.
            case "track" if "track_id" in constraint:
                name = _title_and_artist(constraint["title"], constraint.get("artist"))
            case _:
                continue
        # What follows a track that was asked for had better be like it.
        if constraint["relation"] == "seed" or (
            constraint["kind"] == "track" and constraint["relation"] == "wanted"
        ):
            like.append(name)
        elif constraint["relation"] == "contrast":
            unlike.append(name)
    if not like:
        return
    arguments: SimilarTracks = {"like": like[-10:], "unlike": unlike[-10:], "limit": min(50, wanted)}
    context = ToolContext(request.catalogue, request.where, draft.pool.track_id)
    outcome = await similar_tracks(arguments, context)
    draft.pool.add(outcome.found, tool="similar_tracks", query=outcome.query, weight=_EXAMPLE_WEIGHT)


async def _add_any(pool: Pool, request: TurnTask, where: Sequence[Condition], tier: int) -> None:
    """Whatever meets the filter: a request that no ranking answers still has its wishes.

    The filter that lets missing values pass is loose, so more is read than is taken.
    """
    browsed = await request.catalogue.engine.browse(where, limit=_BROWSED)
    tracks = [track for track in browsed if may_stand(track, request)][: 4 * request.rules.count]
    found = [Found(track, 0.0, {"filter": rank}) for rank, track in enumerate(tracks, start=1)]
    pool.add(_unseen(pool, found), tool="search_catalogue", query=request.brief["text"], tier=tier)


def _unseen(pool: Pool, found: Sequence[Found]) -> list[Found]:
    """Drop what a stricter step has found already; a first step may add evidence to what examples found."""
    seen = {
        candidate.track["id"]
        for candidate in pool.candidates
        if candidate.evidence[-1]["tool"] == "search_catalogue"
    }
    return [item for item in found if item.track["id"] not in seen]


def _title_and_artist(title: str, artist: str | None) -> str:
    return f"{title} by {artist}" if artist else title


# Names of one message that are looked for; each is a call.
_MAX_NAMES = 3
_MAX_CHARS = 200


async def find_named(draft: Draft, request: TurnTask) -> None:
    """Take what the listener named by title or artist, and only Spotify has, onto the shelf."""
    if request.spotify is None:
        return
    context = ToolContext(request.catalogue, request.where, draft.pool.track_id, spotify=request.spotify)
    for constraint in _absent(request)[:_MAX_NAMES]:
        try:
            await spotify_search(_search_for(constraint), context)
        except DomainError as error:
            draft.troubles.append(error.message)
            return


def offer_named(draft: Draft, request: TurnTask) -> Iterator[TurnEvent]:
    """Put on the list what was named and found: a track once, an artist's tracks as far as there is room."""
    for constraint in _absent(request):
        for item in draft.external.items:
            if is_full(draft, request):
                return
            if _is_meant(constraint, item) and offer_external(draft, request, item, ""):
                yield {"type": "spotify_pick", "pick": draft.spotify_picks[-1]}
                if constraint["kind"] == "track":
                    break


def _absent(request: TurnTask) -> list[Constraint]:
    return [
        constraint
        for constraint in request.rules.binding.constraints
        if (
            constraint["kind"] == "track"
            and constraint["relation"] == "wanted"
            and "track_id" not in constraint
        )
        or (
            constraint["kind"] == "artist"
            and constraint["relation"] == "wanted"
            and name_key(constraint["name"]) in request.known.absent
        )
    ]


def _search_for(constraint: Constraint) -> SpotifySearch:
    if constraint["kind"] == "artist":
        return {"artist": constraint["name"][:_MAX_CHARS]}
    if constraint["kind"] != "track":
        return {}
    if "artist" in constraint:
        return {"title": constraint["title"][:_MAX_CHARS], "artist": constraint["artist"][:_MAX_CHARS]}
    return {"title": constraint["title"][:_MAX_CHARS]}


def _is_meant(constraint: Constraint, item: ExternalCandidate) -> bool:
    """Whether the track bears the name that was said, exactly: what is only near is for a model to offer."""
    artists = {name_key(artist) for artist in item.record["artists"]}
    if constraint["kind"] == "artist":
        return name_key(constraint["name"]) in artists
    if constraint["kind"] != "track":
        return False
    title = name_key(split_title(item.record["title"]).name)
    by = "artist" not in constraint or name_key(constraint["artist"]) in artists
    return by and title == name_key(split_title(constraint["title"]).name)
