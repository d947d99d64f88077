"""What is added to an answer only when it is shown, and never stored: links, and what Spotify shows now."""

from collections.abc import Mapping, Sequence

from src.chat.clients import Agent
from src.chat.external import handle_number
from src.chat.models.answer import Answer, Recommendation, SpotifyPick, TurnEvent
from src.schema import with_present
from src.spotify.app import Caller, SpotifyApp
from src.spotify.auth.accounts import load_account
from src.spotify.client.paging import artist_names
from src.spotify.identifiers import page_of
from src.spotify.matching.cache import cached_links, load_handles
from src.spotify.matching.models.link import Link
from src.spotify.matching.tracks import links_of
from src.spotify.shown import shown_track
from src.spotify.sync.store import load_report
from src.storage.database import Database


async def show_event(caller: Caller | None, event: TurnEvent, ids: Mapping[int, str]) -> TurnEvent:
    """The event as the listener sees it.

    Args:
        caller: calls Spotify for what is shown; None without an app.
        ids: Spotify's ids by the numbers of this turn's handles.
    """
    match event["type"]:
        case "pick":
            (shown,) = await _with_links(caller.app if caller else None, [event["recommendation"]])
            return {"type": "pick", "recommendation": shown}
        case "spotify_pick" if caller is not None:
            (pick,) = await _with_text(caller, [event["pick"]], ids)
            return {"type": "spotify_pick", "pick": pick}
        case _:
            return event


async def shown_answer(agent: Agent, listener: str, answer: Answer) -> Answer:
    """One stored answer as the listener sees it."""
    return (await shown_answers(agent, listener, [answer]))[0]


async def shown_answers(agent: Agent, listener: str, answers: Sequence[Answer]) -> list[Answer]:
    """Stored answers as the listener sees them: with links, and with what Spotify shows now.

    One budget bounds the calls of Spotify for all of them.
    """
    app = agent.spotify
    if app is None:
        return [await _linked(None, answer) for answer in answers]
    account = None
    if any(answer.get("from_spotify") for answer in answers):
        account = await load_account(app, listener)
    caller = Caller(app, listener if account else None, app.config.calls_per_turn, gives_up=True)
    return [await _shown(caller, agent.database, listener, answer) for answer in answers]


async def _linked(app: SpotifyApp | None, answer: Answer) -> Answer:
    return {**answer, "recommendations": await _with_links(app, answer["recommendations"])}


async def _shown(caller: Caller, database: Database, listener: str, answer: Answer) -> Answer:
    shown = await _linked(caller.app, answer)
    if picks := answer.get("from_spotify"):
        now = caller.app.now()
        ids, _ = await load_handles(database, listener, answer["conversation_id"], now)
        shown["from_spotify"] = await _with_text(caller, picks, ids)
    save_id = answer.get("save_id")
    return with_present(shown, saved=await load_report(database, listener, save_id) if save_id else None)


async def _with_links(app: SpotifyApp | None, picks: Sequence[Recommendation]) -> list[Recommendation]:
    found: Mapping[str, Link] = {}
    if app is not None and picks:
        ids = [pick["track"]["id"] for pick in picks]
        found = await cached_links(app.database, ids, app.config.market, app.now())
    open_url = app.config.open_url if app is not None else None
    return [
        {**pick, "links": links_of(pick["track"], found.get(pick["track"]["id"]), open_url)} for pick in picks
    ]


async def _with_text(
    caller: Caller, picks: Sequence[SpotifyPick], ids: Mapping[int, str]
) -> list[SpotifyPick]:
    """The picks with the titles, artists and pages that Spotify shows now."""
    return [await _pick_with_text(caller, pick, ids) for pick in picks]


async def _pick_with_text(caller: Caller, pick: SpotifyPick, ids: Mapping[int, str]) -> SpotifyPick:
    id_ = ids.get(handle_number(pick["handle"]) or 0)
    item = await shown_track(caller, id_) if id_ else None
    if item is None or id_ is None:
        return pick
    return {
        **pick,
        "title": item.get("name") or "",
        "artists": artist_names(item),
        "url": page_of(caller.app.config.open_url, "track", id_),
    }
