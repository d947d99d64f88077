"""A chat model as a turn knows it: one that is called, one that is recorded and one that is replayed."""

from collections.abc import AsyncGenerator
from typing import Protocol

from src.llm.models.chat import ChatEvent, ChatRequest


class Chat(Protocol):
    """A model to ask."""

    @property
    def model(self) -> str:
        """Its name."""
        ...

    @property
    def max_output_tokens(self) -> int:
        """Bound of one answer."""
        ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """One call: text as it comes, tool calls at the end, then one `Finished`.

        Raises:
            ModelUnavailable: `reason` says why; it may come after events.
        """
        ...
