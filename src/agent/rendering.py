"""What is added to an answer when it is shown, and never stored with it: links, and Spotify's own text."""

from collections.abc import Mapping, Sequence

from src.agent.models.answer import Answer, Recommendation, SpotifyPick, TurnEvent
from src.agent.shelf import handle_number
from src.linking.cache import cached_links
from src.linking.handles import load_handles
from src.linking.links import links_of
from src.linking.models.link import Link
from src.saving.store import load_report
from src.spotify.accounts import load_account
from src.spotify.app import Caller, SpotifyApp
from src.spotify.identifiers import page_of
from src.spotify.reading import artist_names
from src.spotify.shown import shown_track
from src.storage.database import Database


async def show_event(caller: Caller | None, event: TurnEvent, ids: Mapping[int, str]) -> TurnEvent:
    """The event as the listener sees it.

    Args:
        caller: who asks Spotify for what is shown; None without an app.
        ids: what stands behind the handles of this turn.
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


async def show_answers(
    app: SpotifyApp | None, database: Database, listener: str, answers: Sequence[Answer]
) -> list[Answer]:
    """Stored answers as the listener sees them; all that is asked of Spotify for them has one budget."""
    if app is None:
        return [await _linked(None, answer) for answer in answers]
    account = None
    if any(answer.get("from_spotify") for answer in answers):
        account = await load_account(app, listener)
    caller = Caller(app, listener if account else None, app.config.calls_per_turn, gives_up=True)
    return [await _shown(caller, database, listener, answer) for answer in answers]


async def _linked(app: SpotifyApp | None, answer: Answer) -> Answer:
    return {**answer, "recommendations": await _with_links(app, answer["recommendations"])}


async def _shown(caller: Caller, database: Database, listener: str, answer: Answer) -> Answer:
    shown = await _linked(caller.app, answer)
    if picks := answer.get("from_spotify"):
        now = caller.app.now()
        ids, _ = await load_handles(database, listener, answer["conversation_id"], now)
        shown["from_spotify"] = await _with_text(caller, picks, ids)
    if save_id := answer.get("save_id"):
        report = await load_report(database, listener, save_id)
        if report is not None:
            shown["saved"] = report
    return shown


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
    """With titles, artists and links, as far as Spotify can be asked now."""
    shown: list[SpotifyPick] = []
    for pick in picks:
        number = handle_number(pick["handle"])
        id_ = ids.get(number) if number is not None else None
        item = await shown_track(caller, id_) if id_ else None
        if item is None:
            shown.append(pick)
            continue
        shown.append(
            {
                **pick,
                "title": item.get("name") or "",
                "artists": artist_names(item),
                "url": page_of(caller.app.config.open_url, "track", id_ or ""),
            }
        )
    return shown
