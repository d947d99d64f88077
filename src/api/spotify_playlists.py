"""`/v1/spotify/playlists`: a list saved to the listener's account, shown before, read back after, undone."""

from typing import Annotated

from fastapi import APIRouter, Header, Path

from src.api.dependencies import ListenerOf, ServiceOf
from src.api.models.spotify import OwnPlaylists, SaveBody, TrackLinks, UndoBody
from src.api.spotify_sign_in import spotify_of
from src.chat.actions import ListOrder, own_playlists, save_list
from src.errors import InvalidInput, NotFound
from src.playlists.store import get_playlist
from src.spotify.app import Caller
from src.spotify.auth.accounts import load_account
from src.spotify.client.call_budget import quota_status
from src.spotify.matching.resolve import resolve_tracks
from src.spotify.matching.tracks import links_of
from src.spotify.models.account import BucketStatus
from src.spotify.sync.models.save import SaveReport
from src.spotify.sync.store import load_report
from src.spotify.sync.undo import undo_save

router = APIRouter(prefix="/v1/spotify", tags=["spotify"])

SaveId = Annotated[str, Path(min_length=1, max_length=64)]


@router.get("/playlists")
async def read_playlists(service: ServiceOf, listener: ListenerOf) -> OwnPlaylists:
    """Your own playlists, straight from Spotify."""
    return {"playlists": await own_playlists(spotify_of(service), listener), "attribution": "Spotify"}


@router.post("/playlists")
async def save(
    body: SaveBody,
    service: ServiceOf,
    listener: ListenerOf,
    idempotency_key: Annotated[
        str | None,
        Header(min_length=1, max_length=128, description="One for each save; needed unless `dry_run`."),
    ] = None,
) -> SaveReport:
    """Save a list: `dry_run` shows what would be written; the write is private, read back, and can be undone.

    The same `Idempotency-Key` goes on with a save that was cut short, and never writes twice.
    """
    app = spotify_of(service)
    if not body["dry_run"] and idempotency_key is None:
        raise InvalidInput("Send an Idempotency-Key header, so that a repeated request does not write twice.")
    if sum(part in body for part in ("track_ids", "conversation_id", "playlist_id", "positions")) != 1:
        raise InvalidInput(
            "Send track_ids, conversation_id, playlist_id or, to reorder, positions: one of them."
        )
    if "playlist_id" in body:
        made = await get_playlist(service.agent.database, listener, body["playlist_id"])
        body["track_ids"] = [entry["track"]["id"] for entry in made["result"]["entries"]]
        body.setdefault("name", made["title"])
    if body["mode"] == "create" and "name" not in body:
        raise InvalidInput("A new playlist needs a name.")
    if (body["mode"] == "create") == ("playlist" in body):
        raise InvalidInput("Name a playlist to change one, and none to create one.")
    order = ListOrder(
        name=body.get("name", ""),
        description=body.get("description", ""),
        track_ids=body.get("track_ids"),
        conversation_id=body.get("conversation_id"),
        positions=body.get("positions", ()),
        mode=body["mode"],
        playlist=body.get("playlist"),
        dry_run=body["dry_run"],
    )
    return await save_list(service.agent, app, listener, f"http {idempotency_key}", order)


@router.get("/saves/{save_id}")
async def read_save(save_id: SaveId, service: ServiceOf, listener: ListenerOf) -> SaveReport:
    """What became of a save, track by track."""
    spotify_of(service)
    report = await load_report(service.agent.database, listener, save_id)
    if report is None:
        raise NotFound("There is no such save, or it is too old to be undone.")
    return report


@router.post("/saves/{save_id}/undo")
async def undo(
    save_id: SaveId, service: ServiceOf, listener: ListenerOf, body: UndoBody | None = None
) -> SaveReport:
    """Put back what was there before: a new playlist goes, a changed one gets its previous list."""
    return await undo_save(spotify_of(service), listener, save_id, force=body is not None and body["force"])


@router.get("/quota")
async def read_quota(service: ServiceOf, _listener: ListenerOf) -> list[BucketStatus]:
    """Calls of the last 24 hours by group, what is allowed, and what Spotify has closed until when."""
    return await quota_status(spotify_of(service))


@router.get("/links/{track_id}")
async def read_links(track_id: SaveId, service: ServiceOf, listener: ListenerOf) -> TrackLinks:
    """Look a track of the catalogue up at Spotify; what is found is kept for some days."""
    app = spotify_of(service)
    async with service.agent.catalogue.use() as catalogue:
        track = (await catalogue.engine.fetch([track_id])).get(track_id)
    if track is None:
        raise NotFound("There is no such track in the catalogue.")
    account = await load_account(app, listener)
    caller = Caller(app, listener if account else None, app.config.calls_per_turn)
    (link,) = await resolve_tracks(caller, [track])
    return {
        "track_id": track_id,
        "status": link["status"],
        "detail": link["detail"],
        "links": links_of(track, link, app.config.open_url),
    }
