"""What a route depends on: the service, with a slot for a turn, and the listener who asks."""

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request

from src.chat.clients import Agent
from src.errors import Busy, Unauthorized
from src.jobs.dispatch import Dispatch
from src.playlists.make import PlaylistClients
from src.settings import LOCAL_LISTENER, Settings


@dataclass(slots=True)
class Service:
    """What the routes work with; one for each app."""

    agent: Agent
    clients: PlaylistClients
    dispatch: Dispatch
    settings: Settings
    turns_running: int = 0

    @asynccontextmanager
    async def turn_slot(self) -> AsyncIterator[None]:
        """One of the slots for turns that run at once.

        Raises:
            Busy: all slots are taken.
        """
        if self.turns_running >= self.settings.max_turns_at_once:
            raise Busy(
                "As many turns as this service runs at once are under way; try again soon.",
                retry_after_s=self.settings.busy_retry_after_s,
            )
        self.turns_running += 1
        try:
            yield
        finally:
            self.turns_running -= 1


def get_service(request: Request) -> Service:
    """The service behind the app."""
    service = request.app.state.service
    assert isinstance(service, Service)
    return service


def get_listener(
    service: Annotated[Service, Depends(get_service)],
    authorization: Annotated[
        str | None, Header(description="`Bearer <token>`, where tokens are set.")
    ] = None,
) -> str:
    """The listener: `local` without tokens, else the one the bearer token names.

    Raises:
        Unauthorized: the token is missing or names nobody.
    """
    tokens = service.settings.listeners_by_token
    if not tokens:
        return LOCAL_LISTENER
    scheme, _, sent = (authorization or "").partition(" ")
    if scheme.lower() == "bearer":
        for token, listener in tokens.items():
            if hmac.compare_digest(token.encode(), sent.strip().encode()):
                return listener
    raise Unauthorized("Send a bearer token that this service knows.")


ServiceOf = Annotated[Service, Depends(get_service)]
ListenerOf = Annotated[str, Depends(get_listener)]
