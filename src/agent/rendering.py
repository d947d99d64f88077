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
from src.spotify.reading import artist_names
from src.spotify.shown import shown_track
from src.storage.database import Database


async def caller_to_show(app: SpotifyApp | None, listener: str) -> Caller | None:
    """Who asks Spotify for what is shown, with one budget for all of it; None without an app."""
    if app is None:
        return None
    account = await load_account(app, listener)
    return Caller(app, listener if account else None, app.config.calls_per_turn, gives_up=True)


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


async def show_answer(caller: Caller | None, database: Database, listener: str, answer: Answer) -> Answer:
    """A stored answer as the listener sees it; `caller` as `caller_to_show` gives it."""
    app = caller.app if caller else None
    shown: Answer = {**answer, "recommendations": await _with_links(app, answer["recommendations"])}
    if caller is None or app is None:
        return shown
    if picks := answer.get("from_spotify"):
        ids, _ = await load_handles(database, listener, answer["conversation_id"], app.now())
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
                "url": f"{caller.app.config.open_url}/track/{id_}",
            }
        )
    return shown
