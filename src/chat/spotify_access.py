"""Spotify as one turn may use it: whose account, which consents, how many calls, which handles."""

import re
from datetime import timedelta
from functools import partial

from src.chat.external import ExternalCandidates
from src.chat.state import Draft
from src.chat.tools.context import SpotifyAccess, ToolOutcome
from src.chat.tools.models.arguments import SavePlaylist
from src.spotify.app import Caller, SpotifyApp
from src.spotify.auth.accounts import load_account
from src.spotify.auth.sign_in import TASTE_SCOPES, connection_status
from src.spotify.matching.cache import load_handles, store_handles
from src.understanding.commands import Command

# A model writes to an account only where the listener spoke of it.
_SPEAKS_OF_SAVING = re.compile(
    r"\b(?:sav(?:e|ing)|store|export|speicher\w*|guard[ae]\w*|enregistr\w*|salv[ae]\w*|zapisz|сохрани\w*)\b"
    r"|\b(?:add|put|send)\b.*\b(?:spotify|my\s+playlist|playlist)\b|\bspotify\s+playlist\b|保存|저장",
    re.IGNORECASE | re.DOTALL,
)


async def open_access(
    app: SpotifyApp | None, listener: str, draft: Draft, message: str
) -> SpotifyAccess | None:
    """What a turn of this listener may do at Spotify; None when it may do nothing."""
    if app is None:
        return None
    account = await load_account(app, listener)
    if account is None and app.config.client_secret is None:
        return None
    caller = Caller(app, listener if account else None, app.config.calls_per_turn, gives_up=True)
    return SpotifyAccess(
        caller=caller,
        connected=account is not None,
        taste=account is not None and set(account.scopes) >= set(TASTE_SCOPES),
        add_external=draft.external.add,
        order=partial(_order, draft, message),
    )


async def load_external(
    app: SpotifyApp | None, listener: str, conversation_id: str | None
) -> ExternalCandidates:
    """The external candidates of a conversation; empty for a new one."""
    if app is None or conversation_id is None:
        return ExternalCandidates()
    return ExternalCandidates(*await load_handles(app.database, listener, conversation_id, app.now()))


async def store_external(
    access: SpotifyAccess | None, listener: str, conversation_id: str, external: ExternalCandidates
) -> None:
    """Store the Spotify ids of a turn's handles; none of a listener who disconnected meanwhile."""
    if access is None or not external.ids:
        return
    app = access.caller.app
    if not access.connected or await load_account(app, listener) is not None:
        until = app.now() + timedelta(days=app.config.link_days)
        await store_handles(app.database, listener, conversation_id, external.ids, app.now(), until)


async def warnings(access: SpotifyAccess | None) -> list[str]:
    """Warn a listener whose account was used in this turn when their consent ends soon."""
    if access is None or access.caller.listener is None or not access.caller.calls_made:
        return []
    status = await connection_status(access.caller.app, access.caller.listener)
    return [status["message"]] if status["connected"] and status["expires_soon"] else []


def _order(draft: Draft, message: str, wanted: SavePlaylist) -> ToolOutcome:
    """Note what to save when the answer is complete; of several orders the last counts."""
    if not _SPEAKS_OF_SAVING.search(message):
        return ToolOutcome("save", error="The listener did not ask to save anything. Offer it in words.")
    # A command in the listener's own words comes before the model's.
    if draft.command is None:
        dry_run = wanted.get("dry_run", False)
        draft.command = Command("save", wanted.get("name", ""), wanted.get("onto", ""), dry_run=dry_run)
    draft.command_handles = list(wanted.get("handles", []))
    return ToolOutcome(
        "save", note="It is saved when your answer is complete; the listener hears how it went."
    )
