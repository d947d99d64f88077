"""Make a list from a spec: gather candidates, choose and order tracks, word the reasons."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

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
from src.lexicon.vocabulary import load_vocabulary
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
    """What making a list needs.

    `chat` is the model that reads prompts after the rules; `solve_limit_s` bounds one run of the solver.
    """

    catalogue: CatalogueSource
    database: Database
    chat: Chat | None
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    solve_limit_s: float = 10.0


_GENRES, _MOODS = 2, 2


def reason_of(spec: PlaylistSpec, candidate: PoolTrack, position: int, known: Known) -> str:
    """One line: what the record says, and which part of the spec the track is for."""
    track = candidate.track
    words = dict.fromkeys([*track["genres"][-_GENRES:], *track["moods"][:_MOODS]])
    described = ", ".join([*words, *([str(track["year"])] if "year" in track else [])])
    parts = [described, *_purposes(spec, track, position, known)]
    return "; ".join(part for part in parts if part)


def _purposes(spec: PlaylistSpec, track: Track, position: int, known: Known) -> list[str]:
    if any(placement.get("track_id") == track["id"] for placement in spec["places"]):
        return ["asked for by name"]
    openers = spec["openers"] if position == 1 else []
    opens = [f"opens with {opener['words']}" for opener in openers if meets(opener, track, known)]
    genres = {genre for quota in spec["shares"] for genre in quota_genres(quota)} & set(track["genres"])
    return [*opens[:1], *(f"for the {genre}" for genre in sorted(genres)[:1])]


# Examples that a search uses: more add nothing.
_SEEDS = 20
# Hard constraints that are left out in turn where no list meets them all.
_LOOSENED = 4

type ReportProgress = Callable[[float, str], Awaitable[None]]


async def unreported(_share: float, _step: str) -> None:
    """Discard progress."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """What the solver obeys besides the spec.

    Track ids by position that stay, ids of excluded tracks, ids of tracks to be like, and the request of a
    list that grows from these.
    """

    pinned: Mapping[int, str] = field(default_factory=dict)
    excluded: Collection[str] = ()
    liked: Sequence[str] = ()
    grow: GrowRequest | None = None


async def spec_of_prompt(clients: PlaylistClients, prompt: str) -> tuple[PlaylistSpec, list[str]]:
    """The spec of a prompt, as read by the rules and then the model, and notes on the reading.

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
    """The spec with the brief of a conversation merged in, and the tracks that the listener liked there.

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
    """The spec of a list that grows from examples, and the ids of the examples.

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
    if missing := [id_ for id_ in [*include, *exclude] if id_ not in tracks]:
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
    report: ReportProgress = unreported,
) -> PlaylistResult:
    """The list that a spec asks for, or the nearest one with what to relax.

    Args:
        fixed: what the solver obeys besides the spec.
        seed: the same one makes the same list from the same catalogue.
        report: receives the progress from 0 to 1, and the step.

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

    solve_among = partial(
        solve,
        spec,
        rules=rules,
        seed=seed,
        time_limit_s=clients.solve_limit_s,
        pinned=fixed.pinned,
        reason_of=reason,
    )
    # The solver is arithmetic: in a thread it leaves the event loop to others.
    result = await asyncio.to_thread(solve_among, pool)
    if result["status"] == "complete":
        return result
    await report(0.75, "looking for what to relax")
    async with clients.catalogue.use() as catalogue:
        kept_out = await _kept_out(catalogue, spec, known, rule_constraints, rules)
    if not kept_out:
        return result
    wider = await asyncio.to_thread(solve_among, [*pool, *kept_out])
    solve_ms = result["solve_ms"] + wider["solve_ms"]
    return {**result, "offers": wider["offers"], "notes": wider["notes"], "solve_ms": solve_ms}


async def _kept_out(
    catalogue: Catalogue,
    spec: PlaylistSpec,
    known: Known,
    rule_constraints: Sequence[Constraint],
    rules: Rules,
) -> list[PoolTrack]:
    """Candidates that one of the hard constraints keeps out of the pool: relaxations are tried on them."""
    found: list[PoolTrack] = []
    for group in [group for group in rules.groups if is_checkable(group)][:_LOOSENED]:
        constraints = spec["brief"]["wishes"]
        left = [each for each in constraints if all(each is not other for other in group)]
        if len(left) == len(constraints):
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
    """The candidates, pinned tracks included; those of a list that grows are like its examples."""
    if fixed.grow is not None:
        _, pool = await grow_pool(
            catalogue, spec, fixed.grow, fixed.liked, known=known, rule_constraints=rule_constraints
        )
    else:
        pool = await gather_pool(
            catalogue,
            spec,
            known=known,
            liked_ids=fixed.liked,
            excluded_ids=[id_ for id_ in fixed.excluded if id_ not in fixed.pinned.values()],
            rule_constraints=rule_constraints,
        )
    in_pool = {candidate.track["id"] for candidate in pool}
    pinned = await catalogue.engine.fetch([id_ for id_ in fixed.pinned.values() if id_ not in in_pool])
    return [*pool, *(PoolTrack(track, 1.0, ("fixed",), True) for track in pinned.values())]


async def _known(catalogue: Catalogue, spec: PlaylistSpec) -> Known:
    vocabulary = await load_vocabulary(catalogue)
    absent = await absent_names(catalogue, spec["brief"], vocabulary)
    return Known(absent=absent, artists=vocabulary.artists)


async def _rule_constraints(clients: PlaylistClients, listener: str, spec: PlaylistSpec) -> list[Constraint]:
    """The constraints of the listener's taste rules that apply to this list."""
    stored = await list_rules(clients.database, listener, clients.now())
    words = f"{spec['prompt']} . {spec['brief']['text']}"
    return rule_constraints(active_rules(stored, words, clients.now()), spec["brief"])


def asked_contours(spec: PlaylistSpec, tracks: int) -> dict[LaneName, list[float]]:
    """The asked contours in each lane's own unit, a level a track; empty where none was asked for."""
    asked: dict[LaneName, list[float]] = {}
    for contour in spec["courses"] if tracks else ():
        levels = [float(level) for level in shape_levels(contour, tracks)]
        is_tempo = contour["feature"] == "tempo"
        asked[contour["feature"]] = [level_tempo(level) for level in levels] if is_tempo else levels
    return asked
