"""A list from a spec: candidates gathered, selection and order computed, reasons worded."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from src.catalogue.catalogue import Catalogue
from src.catalogue.generations import CatalogueSource
from src.catalogue.models.track import Track
from src.constraints.checks import Known, absent_names, meets
from src.constraints.conflicts import bind
from src.constraints.enforcement import Rules, is_checkable, make_rules
from src.constraints.models.brief import BRIEF, Constraint
from src.constraints.models.spec import GrowRequest, PlaylistSpec, level_tempo, quota_genres
from src.conversations.store import load_conversation
from src.errors import InvalidInput
from src.lexicon.genres import load_vocabulary
from src.llm.chat import Chat
from src.playlists.grow import check_grow, grow_pool, grow_seeds, grown_spec
from src.playlists.models.result import PlaylistResult
from src.playlists.picture import LaneName
from src.playlists.solver.contours import shape_levels
from src.playlists.solver.solver import solve
from src.playlists.store import get_playlist
from src.preferences.store import active_rules, list_rules, rule_constraints
from src.retrieval.pool import PoolTrack, gather_pool
from src.storage.database import Database
from src.understanding.playlist.model_reading import refine_spec
from src.understanding.playlist.prompt import read_spec


@dataclass(frozen=True, slots=True)
class PlaylistClients:
    """Open clients, the clock and the ids. `chat` hears prompts beside the rules; `solve_limit_s` bounds one
    solving.
    """

    catalogue: CatalogueSource
    database: Database
    chat: Chat | None
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    solve_limit_s: float = 10.0


_GENRES, _MOODS = 2, 2


def reason_of(spec: PlaylistSpec, candidate: PoolTrack, position: int, known: Known) -> str:
    """One line: what the record says, and which wish of the list the track is there for."""
    track = candidate.track
    parts = [", ".join(_described(track)), *_purposes(spec, track, position, known)]
    return "; ".join(part for part in parts if part)


def _described(track: Track) -> list[str]:
    words = [*track["genres"][-_GENRES:], *track["moods"][:_MOODS]]
    return [*dict.fromkeys(words), *([str(track["year"])] if "year" in track else [])]


def _purposes(spec: PlaylistSpec, track: Track, position: int, known: Known) -> list[str]:
    if any(place.get("track_id") == track["id"] for place in spec["places"]):
        return ["asked for by name"]
    said: list[str] = []
    if position == 1:
        said += [
            f"opens with {constraint['words']}"
            for constraint in spec["openers"]
            if meets(constraint, track, known)
        ][:1]
    genres = {genre for share in spec["shares"] for genre in quota_genres(share)} & set(track["genres"])
    said += [f"for the {genre}" for genre in sorted(genres)[:1]]
    return said


# Examples that a search goes by: more say no more.
_SEEDS = 20
# Hard wishes that are left out in turn where no list meets them all.
_LOOSENED = 4

type Report = Callable[[float, str], Awaitable[None]]


async def unreported(_share: float, _step: str) -> None:
    """Progress that nobody follows."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """What a solving goes by besides its spec.

    Tracks by position that stay, tracks that stay away, tracks to be like, and the request of a list that
    grows from these.
    """

    pinned: Mapping[int, str] = field(default_factory=dict)
    excluded: Collection[str] = ()
    liked: Sequence[str] = ()
    grow: GrowRequest | None = None


async def spec_of_prompt(clients: PlaylistClients, prompt: str) -> tuple[PlaylistSpec, list[str]]:
    """The spec that a prompt asks for, as the rules and then the model read it, and what must be said of it.

    Raises:
        InvalidInput: the prompt is too long, or asks for a number or a length out of bounds.
    """
    async with clients.catalogue.use() as catalogue:
        vocabulary = await load_vocabulary(catalogue)
        spec = await read_spec(catalogue, vocabulary, prompt, clients.now().year)
        reading = await refine_spec(clients.chat, catalogue, vocabulary, spec)
    return reading.spec, reading.notes


async def spec_of_conversation(
    clients: PlaylistClients, listener: str, conversation_id: str, spec: PlaylistSpec
) -> tuple[PlaylistSpec, list[str]]:
    """The spec with the brief of a conversation under its own, and the tracks that were liked there.

    Raises:
        NotFound: no such conversation of this listener.
    """
    conversation = await load_conversation(clients.database, listener, conversation_id, recent_turns=0)
    brief = BRIEF.validate_json(conversation["brief"])
    constraints = [constraint for constraint in brief["wishes"] if constraint["kind"] != "count"]
    own = spec["brief"]
    text = ". ".join(part for part in (own["text"], brief["text"]) if part)
    merged: PlaylistSpec = {
        **spec,
        "title": spec["title"] or brief["text"][:100],
        "brief": {"text": text, "turn": brief["turn"], "wishes": [*constraints, *own["wishes"]]},
    }
    liked = [track_id for track_id, verdict in conversation["feedback"].items() if verdict == "like"]
    return merged, liked


async def grown(
    clients: PlaylistClients, listener: str, request: GrowRequest, spec: PlaylistSpec
) -> tuple[PlaylistSpec, list[str]]:
    """The spec of a list that grows from examples, and the ids of these.

    Raises:
        InvalidInput: there is nothing to grow from, or a named track is not in the catalogue.
        NotFound: no such playlist or conversation of this listener.
    """
    check_grow(request)
    playlist: list[str] = []
    liked: list[str] = []
    if "from_playlist" in request:
        stored = await get_playlist(clients.database, listener, request["from_playlist"])
        playlist = [entry["track"]["id"] for entry in stored["result"]["entries"]]
    if "from_conversation" in request:
        spec, liked = await spec_of_conversation(clients, listener, request["from_conversation"], spec)
    seeds = grow_seeds(request, playlist=playlist, liked=liked)
    async with clients.catalogue.use() as catalogue:
        include, exclude = request.get("include", []), request.get("exclude", [])
        tracks = await catalogue.engine.fetch([*seeds, *include, *exclude])
    missing = [id_ for id_ in [*include, *exclude] if id_ not in tracks]
    if missing:
        raise InvalidInput(f"{len(missing)} of the tracks named are not in this catalogue.")
    included = [tracks[id_] for id_ in include]
    return grown_spec(spec, included, [tracks[id_] for id_ in exclude]), seeds[:_SEEDS]


async def make_list(
    clients: PlaylistClients,
    listener: str,
    spec: PlaylistSpec,
    *,
    fixed: Fixed | None = None,
    seed: int = 1,
    report: Report = unreported,
) -> PlaylistResult:
    """The list that a spec asks for, or the nearest one with what to relax.

    Args:
        fixed: what must be left as it is.
        seed: the same one gives the same list over the same catalogue.
        report: is told the share that is done, and the step.

    Raises:
        DomainError: the catalogue, the embedding model or the database cannot serve.
    """
    fixed = fixed or Fixed()
    await report(0.1, "gathering candidates")
    async with clients.catalogue.use() as catalogue:
        known = await _known(catalogue, spec)
        rule_constraints = await _rule_constraints(clients, listener, spec)
        pool = await _gather(catalogue, spec, fixed, known, rule_constraints)
    await report(0.5, f"choosing and ordering among {len(pool)} candidates")
    rules = make_rules(bind(spec["brief"], rule_constraints), known, None)

    def reason(candidate: PoolTrack, position: int) -> str:
        return reason_of(spec, candidate, position, known)

    async def solved(among: list[PoolTrack]) -> PlaylistResult:
        # Selection is arithmetic: in a thread it leaves the event loop to others.
        return await asyncio.to_thread(
            solve,
            spec,
            among,
            rules,
            seed=seed,
            time_limit_s=clients.solve_limit_s,
            pinned=fixed.pinned,
            reason_of=reason,
        )

    result = await solved(pool)
    if result["status"] == "complete":
        return result
    await report(0.75, "looking for what to relax")
    async with clients.catalogue.use() as catalogue:
        kept_out = await _kept_out(catalogue, spec, known, rule_constraints, rules)
    if not kept_out:
        return result
    wider = await solved([*pool, *kept_out])
    solve_ms = result["solve_ms"] + wider["solve_ms"]
    return {**result, "offers": wider["offers"], "notes": wider["notes"], "solve_ms": solve_ms}


async def _kept_out(
    catalogue: Catalogue,
    spec: PlaylistSpec,
    known: Known,
    rule_constraints: Sequence[Constraint],
    rules: Rules,
) -> list[PoolTrack]:
    """Candidates that would be there without one of the hard wishes: the pool has none of them, and what is
    offered is tried on them.
    """
    found: list[PoolTrack] = []
    for group in [group for group in rules.groups if is_checkable(group)][:_LOOSENED]:
        left = [
            constraint
            for constraint in spec["brief"]["wishes"]
            if all(constraint is not other for other in group)
        ]
        if len(left) == len(spec["brief"]["wishes"]):
            continue
        looser: PlaylistSpec = {**spec, "brief": {**spec["brief"], "wishes": left}}
        found += await gather_pool(catalogue, looser, known=known, rule_constraints=rule_constraints)
    return found


async def _gather(
    catalogue: Catalogue,
    spec: PlaylistSpec,
    fixed: Fixed,
    known: Known,
    rule_constraints: Sequence[Constraint],
) -> list[PoolTrack]:
    """The candidates: of a list that grows, those alike enough to its examples alone."""
    if fixed.grow is not None:
        _, pool = await grow_pool(
            catalogue, spec, fixed.grow, fixed.liked, known=known, rule_constraints=rule_constraints
        )
    else:
        away = [id_ for id_ in fixed.excluded if id_ not in fixed.pinned.values()]
        pool = await gather_pool(
            catalogue,
            spec,
            known=known,
            liked_ids=fixed.liked,
            excluded_ids=away,
            rule_constraints=rule_constraints,
        )
    return await _with_pinned(catalogue, pool, fixed.pinned)


async def _known(catalogue: Catalogue, spec: PlaylistSpec) -> Known:
    vocabulary = await load_vocabulary(catalogue)
    absent = await absent_names(catalogue, spec["brief"], vocabulary)
    return Known(absent=absent, artists=vocabulary.artists)


async def _rule_constraints(clients: PlaylistClients, listener: str, spec: PlaylistSpec) -> list[Constraint]:
    """The wishes of the listener's taste rules that hold for this list."""
    stored = await list_rules(clients.database, listener, clients.now())
    words = f"{spec['prompt']} . {spec['brief']['text']}"
    return rule_constraints(active_rules(stored, words, clients.now()), spec["brief"])


async def _with_pinned(
    catalogue: Catalogue, pool: list[PoolTrack], pinned: Mapping[int, str]
) -> list[PoolTrack]:
    """The pool with the tracks that stand fixed, however they were found."""
    there = {candidate.track["id"] for candidate in pool}
    tracks = await catalogue.engine.fetch([id_ for id_ in pinned.values() if id_ not in there])
    return [*pool, *(PoolTrack(track, 1.0, ("fixed",), True) for track in tracks.values())]


def asked_contours(spec: PlaylistSpec, tracks: int) -> dict[LaneName, list[float]]:
    """The asked courses in each lane's own measure, a level a track; empty where none was asked for."""
    if tracks == 0:
        return {}
    asked: dict[LaneName, list[float]] = {}
    for contour in spec["courses"]:
        levels = [float(level) for level in shape_levels(contour, tracks)]
        is_tempo = contour["feature"] == "tempo"
        asked[contour["feature"]] = [level_tempo(level) for level in levels] if is_tempo else levels
    return asked
