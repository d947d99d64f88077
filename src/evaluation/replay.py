"""Making a recorded turn again: today's code on the recorded exchanges, with the network forbidden."""

import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    aclosing,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from src.catalogue.facets import fingerprint
from src.catalogue.generations import CatalogueSource
from src.chat.clients import Agent, TurnRequest
from src.chat.loop import Limits
from src.chat.models.answer import ANSWER, Answer
from src.chat.models.why import TURN_RECORD
from src.chat.turn import run_turn
from src.conversations.models.conversation import Conversation, StoredTurn
from src.conversations.store import delete_conversation, get_turn, restore_conversation
from src.errors import CatalogueInUse, DomainError, NotFound
from src.evaluation.models.comparison import Replayed, ReplayMode
from src.evaluation.playback import Playback, PlayedChat, ReplayDiverged, played_embedder, spotify_stand_in
from src.evaluation.report.answers import canonical_answer, canonical_record, difference
from src.llm.chat import Chat
from src.preferences.store import replace_all
from src.recordings.models.recording import BEFORE, Before, Recording
from src.recordings.parts import Parts
from src.recordings.recorder import EmbeddingThrough
from src.spotify.app import SpotifyApp
from src.storage.database import Database, close_database, open_database
from src.storage.migrate import migrate
from src.telemetry.tracing import Tracing, close_tracing, open_tracing

_FORBIDDEN = frozenset(
    {
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
    }
)


class NetworkUsed(Exception):
    """Code that must work offline reached for the network."""


class _Guard:
    """How many blocks forbid it now. An audit hook cannot be taken back, so it is set once and looks here."""

    blocks = 0
    is_set = False


def _refuse(event: str, _arguments: tuple[object, ...]) -> None:
    if _Guard.blocks and event in _FORBIDDEN:
        raise NetworkUsed(f"{event} while the network is forbidden")


@contextmanager
def network_forbidden() -> Iterator[None]:
    """Every use of the network by this process raises `NetworkUsed` until the block ends."""
    if not _Guard.is_set:
        sys.addaudithook(_refuse)
        _Guard.is_set = True
    _Guard.blocks += 1
    try:
        yield
    finally:
        _Guard.blocks -= 1


_LISTENER = "replay"
_TIMEOUT_S = 600.0
_DATABASE_TIMEOUT_S = 30.0


class CannotReplay(DomainError):
    """A recording lacks what a replay needs."""

    status = 422
    code = "cannot_replay"


@dataclass(frozen=True, slots=True)
class ReplaySession:
    """Where turns are made again: the catalogue, and a database of their own."""

    source: CatalogueSource
    database: Database
    tracing: Tracing
    fingerprint: str


@asynccontextmanager
async def open_session(source: CatalogueSource) -> AsyncIterator[ReplaySession]:
    """A session over an open catalogue; what it stores is gone when the block ends."""
    async with source.use() as catalogue:
        seen = await fingerprint(catalogue)
    with TemporaryDirectory(prefix="segue-replay-") as folder:
        database = await open_database(
            f"sqlite:///{Path(folder) / 'replay.sqlite'}", timeout_s=_DATABASE_TIMEOUT_S
        )
        tracing = open_tracing(service_name="segue-replay", otlp_endpoint=None, sample_ratio=0.0)
        try:
            await migrate(database)
            yield ReplaySession(source, database, tracing, seen)
        finally:
            close_tracing(tracing)
            await close_database(database)


async def replay_turn(
    session: ReplaySession,
    recording: Recording,
    parts: Parts,
    *,
    mode: ReplayMode = "strict",
    live: Chat | None = None,
    label: str = "",
) -> Replayed:
    """Make one turn again.

    Args:
        mode: `strict` ends at the first exchange that is not as recorded; `loose` goes on by the order of the
            recorded answers; `live` asks `live` instead of the recorded model.
        live: the model to ask in `live` mode; None for the rules planner.
        label: what the turn is called; its id without one.

    Raises:
        CannotReplay: strictly, when the turn asked Spotify, whose answers are never kept, or when the
            catalogue is another one.
    """
    playback = Playback(recording, parts, loose=mode != "strict")
    _check_catalogue(session, playback)
    _check_spotify(playback)
    before = BEFORE.validate_json(parts.get(recording["before"]))
    chat = live if mode == "live" else _played_chat(playback)
    replayed: Replayed = {
        "label": label or recording["turn_id"],
        "how": recording["made_with"]["how"],
        "identical": False,
        "outcome": "finished",
        "differences": playback.differences,
    }
    guard: AbstractContextManager[None] = nullcontext() if mode == "live" else network_forbidden()
    try:
        at = datetime.fromisoformat(recording["clock"][0])
        await _set_up(session, recording, parts, before, at)
        seen = recording.get("spotify")
        with guard:
            async with spotify_stand_in(playback, seen, session.database, _LISTENER, at) as spotify:
                shown = await _ask(_agent(session, playback, chat, spotify), recording, before)
        if mode != "live":
            playback.finish()
        turn = await get_turn(session.database, _LISTENER, shown["conversation_id"], shown["turn_id"])
        replayed["answer"] = _compare(playback, turn)
    except ReplayDiverged:
        replayed["outcome"] = "diverged"
    except DomainError as error:
        replayed["outcome"] = error.code
    finally:
        await _clear(session, recording)
    if replayed["outcome"] not in (recording["outcome"], "diverged"):
        what = f"The turn ends as {replayed['outcome']}; recorded was {recording['outcome']}."
        playback.differences.append({"where": "outcome", "what": what, "diff": ""})
    replayed["identical"] = not playback.differences
    return replayed


def _check_catalogue(session: ReplaySession, playback: Playback) -> None:
    recorded = playback.recording["catalogue"]
    if recorded["fingerprint"] == session.fingerprint:
        return
    what = (
        f"The recorded turn searched another catalogue ({recorded['fingerprint']}, embedded by "
        f"{recorded['embedding_model']}) than this one ({session.fingerprint})."
    )
    if not playback.loose:
        raise CannotReplay(f"{what} Import that one, or replay with --loose.")
    playback.differ("catalogue", what)


def _check_spotify(playback: Playback) -> None:
    seen = playback.recording.get("spotify")
    if seen is None or not (seen["calls"] or seen["handles"]):
        return
    what = f"The recorded turn asked Spotify {len(seen['calls'])} times; what it answered is never kept."
    if not playback.loose:
        raise CannotReplay(f"{what} Replay with --loose to go on without Spotify.")
    playback.differ("spotify", what)


def _played_chat(playback: Playback) -> Chat | None:
    return PlayedChat(playback) if playback.recording["made_with"]["planner"] == "llm" else None


def _agent(
    session: ReplaySession, playback: Playback, chat: Chat | None, spotify: SpotifyApp | None
) -> Agent:
    bounds = playback.recording["bounds"]
    return Agent(
        catalogue=EmbeddingThrough(session.source, partial(played_embedder, playback)),
        database=session.database,
        tracing=session.tracing,
        chat=chat,
        context_tokens=bounds["context_tokens"],
        limits=Limits(bounds["max_model_calls"], bounds["max_tool_calls"]),
        turn_timeout_s=_TIMEOUT_S,
        traces_kept=1,
        now=playback.now,
        new_id=playback.new_id,
        spotify=spotify,
    )


async def _set_up(
    session: ReplaySession, recording: Recording, parts: Parts, before: Before, at: datetime
) -> None:
    await replace_all(session.database, _LISTENER, before["rules"])
    if before["version"] == 0:
        return
    conversation: Conversation = {
        "id": recording["conversation_id"],
        "version": before["version"],
        "turns": before["turns"],
        "brief": before["brief"],
        "pool": parts.ids(before["pool"]),
        "feedback": before["feedback"],
        "recent": [
            {"message": turn["message"], "answer": parts.text(turn["answer"])} for turn in before["recent"]
        ],
    }
    await restore_conversation(session.database, _LISTENER, conversation, at)


async def _ask(agent: Agent, recording: Recording, before: Before) -> Answer:
    request = TurnRequest(
        listener=_LISTENER,
        message=recording["asked"]["message"],
        conversation_id=recording["conversation_id"] if before["version"] else None,
        limit=recording["asked"].get("limit"),
    )
    async with aclosing(run_turn(agent, request)) as events:
        async for event in events:
            if event["type"] == "turn_finished":
                return event["answer"]
    raise RuntimeError("a turn ended without an answer")


def _compare(playback: Playback, turn: StoredTurn) -> Answer:
    """Note how answer and pool, as they were stored, differ from the recorded ones; returns the answer.

    Links and the like, which are made when an answer is shown, are not compared.
    """
    recording, parts = playback.recording, playback.parts
    answer = ANSWER.validate_json(turn["answer"])
    if "answer" in recording:
        was = canonical_answer(ANSWER.validate_json(parts.get(recording["answer"])))
        if diff := difference(was, canonical_answer(answer)):
            what = "The answer is not the recorded one."
            playback.differences.append({"where": "answer", "what": what, "diff": diff})
    if "record" in recording:
        was = canonical_record(TURN_RECORD.validate_json(parts.get(recording["record"])))
        if diff := difference(was, canonical_record(TURN_RECORD.validate_json(turn["record"] or "{}"))):
            what = "The pool is not the recorded one."
            playback.differences.append({"where": "pool", "what": what, "diff": diff})
    return answer


async def _clear(session: ReplaySession, recording: Recording) -> None:
    try:
        await delete_conversation(session.database, _LISTENER, recording["conversation_id"])
    except NotFound:
        # The turn ended before anything was stored.
        return


type OpenSource = Callable[[], AbstractAsyncContextManager[CatalogueSource]]


@dataclass(slots=True)
class ReplaySessions:
    """The sessions opened so far. `ways` are tried in order, each at most once."""

    stack: AsyncExitStack
    ways: Mapping[str, OpenSource]
    opened: dict[str, ReplaySession] = field(default_factory=dict)
    tried: set[str] = field(default_factory=set)

    async def session_of(self, fingerprint: str) -> ReplaySession | None:
        """The session on this catalogue; None when no way leads to one."""
        for name in self._untried():
            if fingerprint in self.opened:
                break
            await self._try(name)
        return self.opened.get(fingerprint)

    async def any_session(self) -> ReplaySession | None:
        """A session on whatever catalogue comes first."""
        for name in self._untried():
            if self.opened:
                break
            await self._try(name)
        return next(iter(self.opened.values()), None)

    def _untried(self) -> Iterator[str]:
        return (name for name in self.ways if name not in self.tried)

    async def _try(self, name: str) -> None:
        self.tried.add(name)
        try:
            source = await self.stack.enter_async_context(self.ways[name]())
        except CatalogueInUse:
            # A server has it; there are other ways.
            return
        session = await self.stack.enter_async_context(open_session(source))
        self.opened.setdefault(session.fingerprint, session)


@asynccontextmanager
async def open_sessions(ways: Mapping[str, OpenSource]) -> AsyncIterator[ReplaySessions]:
    """Sessions that are closed when the block ends."""
    async with AsyncExitStack() as stack:
        yield ReplaySessions(stack, ways)
