"""The recorder of one turn: it notes everything that crosses the turn's boundary.

Recording changes nothing for the agent: its clock, ids, model, embedder and Spotify client return what they
would return anyway, and the recorder notes it.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from src.catalogue.catalogue import Catalogue
from src.catalogue.embedding.embedder import Embedder, Vectors
from src.catalogue.generations import CatalogueSource
from src.errors import EmbeddingUnavailable, ModelUnavailable
from src.llm.chat import Chat
from src.llm.models.chat import ChatEvent, ChatMessage, ChatRequest, Finished, TextDelta, ToolCalled, ToolSpec
from src.preferences.models.taste_rule import TasteRule
from src.recordings.models.recording import Said, SpotifyCallMade
from src.spotify.app import SpotifyApp


@dataclass(slots=True)
class RecordedCall:
    """One call of the model. A message is never changed after it was sent, so the list alone is copied."""

    messages: list[ChatMessage]
    tools: list[ToolSpec]
    said: list[Said] = field(default_factory=list)


@dataclass(slots=True)
class Recorder:
    """One turn's. `rules` are the taste rules that it began with."""

    clock: list[datetime] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    calls: list[RecordedCall] = field(default_factory=list)
    embedded: dict[str, Vectors] = field(default_factory=dict)
    not_embedded: dict[str, str] = field(default_factory=dict)
    spotify_calls: list[SpotifyCallMade] = field(default_factory=list)
    rules: list[TasteRule] = field(default_factory=list)
    connected: bool = False
    taste: bool = False
    handles: int = 0
    fingerprint: str = ""
    engine: str = ""
    embedding_model: str = ""


def recorded_clock(recorder: Recorder, now: Callable[[], datetime]) -> Callable[[], datetime]:
    """The clock, its readings noted."""

    def read() -> datetime:
        recorder.clock.append(now())
        return recorder.clock[-1]

    return read


def recorded_ids(recorder: Recorder, new_id: Callable[[], str]) -> Callable[[], str]:
    """The maker of ids, its ids noted."""

    def make() -> str:
        recorder.ids.append(new_id())
        return recorder.ids[-1]

    return make


@dataclass(frozen=True, slots=True)
class RecordedChat:
    """A model whose calls are noted."""

    chat: Chat
    recorder: Recorder

    @property
    def model(self) -> str:
        """Its name."""
        return self.chat.model

    @property
    def max_output_tokens(self) -> int:
        """Bound of one answer."""
        return self.chat.max_output_tokens

    async def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """One call, noted.

        Raises:
            ModelUnavailable: as the model.
        """
        call = RecordedCall(list(request.messages), request.tools)
        self.recorder.calls.append(call)
        try:
            async with aclosing(self.chat.stream(request)) as events:
                async for event in events:
                    call.said.append(_said(event))
                    yield event
        except ModelUnavailable as error:
            call.said.append({"failure": error.reason, "message": error.message})
            raise


def _said(event: ChatEvent) -> Said:
    match event:
        case TextDelta(text):
            return {"text": text}
        case ToolCalled(call):
            return {"call": call}
        case Finished(reason, model, input_tokens, output_tokens):
            return {
                "finish_reason": reason,
                "model": model,
                "input_tokens": input_tokens,
                "output_tokens": output_tokens,
            }


@dataclass(frozen=True, slots=True)
class EmbeddingThrough:
    """A catalogue source whose query vectors come through another embedder."""

    source: CatalogueSource
    through: Callable[[Embedder], Embedder]

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Catalogue]:
        """The catalogue, kept open until the block ends."""
        async with self.source.use() as catalogue:
            embedder = self.through(catalogue.embedder) if catalogue.embedder else None
            yield replace(catalogue, embedder=embedder)

    async def close(self) -> None:
        """Close the source."""
        await self.source.close()


def recorded_embedder(recorder: Recorder) -> Callable[[Embedder], Embedder]:
    """The same embedder, its query vectors noted."""

    def wrap(embedder: Embedder) -> Embedder:
        async def embed_query(text: str) -> Vectors:
            try:
                vector = await embedder.embed_query(text)
            except EmbeddingUnavailable as error:
                recorder.not_embedded[text] = error.message
                raise
            recorder.embedded[text] = vector
            return vector

        return replace(embedder, embed_query=embed_query)

    return wrap


def recorded_spotify(recorder: Recorder, app: SpotifyApp | None) -> SpotifyApp | None:
    """The same Spotify client, its calls noted by name and outcome alone."""
    if app is None:
        return None

    def note(call: str, outcome: str) -> None:
        recorder.spotify_calls.append({"call": call, "outcome": outcome})

    return replace(app, watch=note)
