"""A recording in place of the world: a clock, ids, a model and an embedder that return what was recorded.

What is asked of them is compared with what was recorded. Strictly, the first difference ends the replay;
loosely, it is noted and the turn goes on.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import httpx
from pydantic import SecretStr

from src.catalogue.embedding.embedder import Embedder, Vectors
from src.chat.clients import Agent
from src.errors import EmbeddingUnavailable, InvalidInput, ModelUnavailable
from src.evaluation.models.comparison import Difference
from src.evaluation.report.answers import difference, readable_json
from src.llm.models.chat import ChatEvent, ChatRequest, Finished, TextDelta, ToolCalled
from src.recordings.file import RecordingFile
from src.recordings.models.recording import SAID, ModelCall, Recording, Said, SpotifySeen
from src.recordings.parts import Parts, digest
from src.recordings.recorder import EmbeddingThrough
from src.settings import Settings
from src.spotify.app import SpotifyApp
from src.spotify.auth.accounts import delete_listener, store_connected
from src.spotify.auth.encryption import new_key
from src.spotify.auth.sign_in import PLAYLIST_SCOPES, TASTE_SCOPES
from src.spotify.models.account import Account
from src.spotify.wiring import open_spotify
from src.storage.database import Database

_TICK = timedelta(milliseconds=1)


class ReplayDiverged(Exception):
    """The turn asks for what was not recorded. No `DomainError`: nothing on its way may answer it."""

    def __init__(self, difference: Difference) -> None:
        super().__init__(difference["what"])
        self.difference = difference


@dataclass(slots=True)
class Playback:
    """A recording being played."""

    recording: Recording
    parts: Parts
    loose: bool
    differences: list[Difference] = field(default_factory=list)
    clock_read: int = 0
    ids_made: int = 0
    calls_made: int = 0

    def differ(self, where: str, what: str, diff: str = "") -> None:
        """Note a difference.

        Raises:
            ReplayDiverged: this replay is strict.
        """
        self.note_all([{"where": where, "what": what, "diff": diff}])

    def note_all(self, found: Sequence[Difference]) -> None:
        """Note several differences.

        Raises:
            ReplayDiverged: there are some, and this replay is strict.
        """
        self.differences.extend(found)
        if found and not self.loose:
            raise ReplayDiverged(found[0])

    def now(self) -> datetime:
        """The recorded reading of the clock; after the last one, a millisecond more each time."""
        readings = self.recording["clock"]
        self.clock_read += 1
        if self.clock_read <= len(readings):
            return datetime.fromisoformat(readings[self.clock_read - 1])
        self.differ("clock", f"The clock is read {self.clock_read} times; {len(readings)} were recorded.")
        last = datetime.fromisoformat(readings[-1])
        return last + (self.clock_read - len(readings)) * _TICK

    def new_id(self) -> str:
        """The recorded id; after the last one, a made-up one."""
        ids = self.recording["ids"]
        self.ids_made += 1
        if self.ids_made <= len(ids):
            return ids[self.ids_made - 1]
        self.differ("ids", f"{self.ids_made} ids are made; {len(ids)} were recorded.")
        return f"replay{self.ids_made:06d}"

    def finish(self) -> None:
        """Note what was recorded and not asked for."""
        calls = len(self.recording["model"])
        if self.calls_made < calls:
            self.differ("model", f"The model is asked {self.calls_made} times; {calls} were recorded.")


@dataclass(frozen=True, slots=True)
class PlayedChat:
    """The recorded model."""

    playback: Playback

    @property
    def model(self) -> str:
        """Its recorded name."""
        return self.playback.recording["made_with"]["model"]

    @property
    def max_output_tokens(self) -> int:
        """As recorded."""
        return self.playback.recording["bounds"]["max_output_tokens"]

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """The recorded answer to this call, by its number.

        Raises:
            ModelUnavailable: as recorded; or, loosely, because no further call was recorded.
            ReplayDiverged: the request is not the recorded one, and the replay is strict.
        """
        playback = self.playback
        playback.calls_made += 1
        number, recorded = playback.calls_made, playback.recording["model"]
        if number > len(recorded):
            playback.differ("model", f"The model is asked {number} times; {len(recorded)} were recorded.")
            raise ModelUnavailable("No further answer of the model was recorded.", reason="empty")
        call = recorded[number - 1]
        playback.note_all(_differences(number, call, request, playback.parts))
        for said in SAID.validate_json(playback.parts.get(call["answer"])):
            yield _event(said)


def _differences(number: int, call: ModelCall, request: ChatRequest, parts: Parts) -> list[Difference]:
    """How a request differs from the recorded one: in what the model is told, and in what it is offered."""
    now = Parts()
    messages, tools = [now.add_json(message) for message in request.messages], now.add_json(request.tools)
    found: list[Difference] = []
    if messages != call["messages"]:
        diff = difference(_spoken(parts, call["messages"]), _spoken(now, messages))
        what = "The model is told something else."
        found.append({"where": f"prompt of model call {number}", "what": what, "diff": diff})
    if tools != call["tools"]:
        diff = difference(readable_json(parts.text(call["tools"])), readable_json(now.text(tools)))
        what = "The tools offered are not the recorded ones."
        found.append({"where": f"tools of model call {number}", "what": what, "diff": diff})
    return found


def _spoken(parts: Parts, names: Sequence[str]) -> str:
    """Messages as readable text: the line breaks inside them are shown as such."""
    return "\n".join(readable_json(parts.text(name)).replace("\\n", "\n") for name in names)


def _event(said: Said) -> ChatEvent:
    if "text" in said:
        return TextDelta(said["text"])
    if "call" in said:
        return ToolCalled(said["call"])
    if "failure" in said:
        raise ModelUnavailable(said["message"], reason=said["failure"])
    return Finished(said["finish_reason"], said["model"], said["input_tokens"], said["output_tokens"])


def played_embedder(playback: Playback, embedder: Embedder) -> Embedder:
    """The embedder with the recorded vectors; loosely, it embeds itself what was not recorded."""
    recorded = {item["text_hash"]: item for item in playback.recording["embeddings"]}

    async def embed_query(text: str) -> Vectors:
        item = recorded.get(digest(text.encode()))
        if item is None:
            playback.differ("embedding", "A text is embedded that was not recorded.", f"+{text}")
            return await embedder.embed_query(text)
        if "failure" in item:
            raise EmbeddingUnavailable(item["failure"])
        return playback.parts.vector(item["vector"])

    return Embedder(embedder.model, embedder.dimensions, embedder.embed_texts, embed_query)


_STAND_IN = "replay"


@asynccontextmanager
async def spotify_stand_in(
    playback: Playback, seen: SpotifySeen | None, database: Database, listener: str, at: datetime
) -> AsyncIterator[SpotifyApp | None]:
    """An app as connected as the recorded one; a call of it is a difference. None where there was none.

    Args:
        seen: what the recorded turn had of Spotify; where that asked Spotify, the replay goes on without.
        listener: whose account is connected.
        at: the time it is.
    """
    if seen is None or seen["calls"]:
        yield None
        return
    settings = Settings(
        _env_file=None,
        spotify_client_id=_STAND_IN,
        spotify_client_secret=SecretStr(_STAND_IN),
        spotify_token_keys=SecretStr(new_key()),
    )

    def refuse(_request: httpx.Request) -> httpx.Response:
        playback.differ("spotify", "Spotify is asked; the recorded turn did not ask it.")
        raise httpx.ConnectError("Spotify is not asked in a replay")

    async with (
        open_spotify(settings, database) as opened,
        httpx.AsyncClient(transport=httpx.MockTransport(refuse)) as http,
    ):
        assert opened is not None
        app = replace(opened, http=http, now=lambda: at, sleep=_no_wait)
        if seen["connected"]:
            await store_connected(app, _account(listener, seen, at))
        try:
            yield app
        finally:
            await delete_listener(app, listener)


def _account(listener: str, seen: SpotifySeen, at: datetime) -> Account:
    return Account(
        listener=listener,
        sign_in_id=_STAND_IN,
        account_id=_STAND_IN,
        user_id=_STAND_IN,
        scopes=(*PLAYLIST_SCOPES, *(TASTE_SCOPES if seen["taste"] else ())),
        access_token=_STAND_IN,
        access_expires_at=at + timedelta(hours=1),
        refresh_token=_STAND_IN,
        authorized_at=at,
    )


async def _no_wait(_seconds: float) -> None:
    return None


type SwapExchanges = Callable[[Agent, str], AbstractContextManager[Agent]]


@contextmanager
def as_it_is(agent: Agent, _label: str) -> Iterator[Agent]:
    """The agent itself."""
    yield agent


@dataclass(slots=True)
class RecordedExchanges:
    """The models and query vectors of recorded turns, by label; loosely: what differs is noted by turn."""

    parts: Parts
    by_label: Mapping[str, Recording]
    differing: dict[str, Sequence[str]] = field(default_factory=dict)

    @contextmanager
    def swap(self, agent: Agent, label: str) -> Iterator[Agent]:
        """The agent with the exchanges of one recorded turn.

        Raises:
            InvalidInput: this turn was not recorded.
        """
        recording = self.by_label.get(label)
        if recording is None:
            raise InvalidInput(f"The recordings hold no turn {label}: record the suite anew.")
        playback = Playback(recording, self.parts, loose=True)
        planned_by_model = recording["made_with"]["planner"] == "llm"
        yield replace(
            agent,
            chat=PlayedChat(playback) if planned_by_model else None,
            catalogue=EmbeddingThrough(agent.catalogue, partial(played_embedder, playback)),
        )
        if playback.differences:
            self.differing[label] = [found["where"] for found in playback.differences]


def recorded_exchanges(file: RecordingFile) -> RecordedExchanges:
    """The exchanges of a suite's recordings."""
    return RecordedExchanges(file.parts, {item.label: item.recording for item in file.recordings})
