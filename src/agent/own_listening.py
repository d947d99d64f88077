"""The listener's own listening, read where the brief names it and matched to the catalogue."""

from dataclasses import replace

from src.agent.state import Draft, Request, set_brief
from src.catalogue.search import Found, similar_tracks
from src.spotify.errors import SpotifyError
from src.tools.context import SpotifyAccess
from src.tools.spotify_tools import catalogue_tracks, find_playlist, listening, playlist_tracks
from src.wishes.checks import OwnTracks, own_subject
from src.wishes.models.brief import OwnListeningWish

# An example says more of what is wanted than the words around it.
_WEIGHT = 2.0
# As many examples as a search by likeness takes.
_MAX_EXAMPLES = 50
_TREATMENT = {"seed": "searched for tracks like those", "rejected": "kept out"}


async def read_own_listening(request: Request, access: SpotifyAccess | None) -> None:
    """Read what the brief names of the listener's own; what cannot be had is said in the ledger."""
    wishes = [wish for wish in request.rules.binding.wishes if wish["kind"] == "own_listening"]
    if not wishes:
        return
    own = {own_subject(wish): await _read(wish, request, access) for wish in wishes}
    known = replace(request.known, own={**request.known.own, **own})
    set_brief(request, request.brief, known, request.rules.notes)


async def add_like_own(draft: Draft, request: Request, wanted: int) -> None:
    """Take tracks like those of the listener's own into the pool, and not those themselves."""
    for wish in request.rules.binding.wishes:
        if wish["kind"] != "own_listening" or wish["relation"] != "seed":
            continue
        own = request.known.own.get(own_subject(wish))
        if own is None or not own.ids:
            continue
        examples = list(own.ids[:_MAX_EXAMPLES])
        found = await similar_tracks(
            request.catalogue, examples, [], request.where, min(100, wanted + len(examples))
        )
        others: list[Found] = [item for item in found if item.track["id"] not in own.ids]
        draft.pool.add(others[:wanted], tool="similar_tracks", query=f"like {wish['words']}", weight=_WEIGHT)


async def _read(wish: OwnListeningWish, request: Request, access: SpotifyAccess | None) -> OwnTracks:
    if access is None:
        return OwnTracks((), False, "no Spotify app is set up here, so what you play cannot be seen")
    if not access.connected:
        return OwnTracks((), False, "Spotify is not connected: `segue spotify login --taste` connects it")
    try:
        if wish["source"] == "playlist":
            playlist, own = await find_playlist(access.caller, wish.get("playlist", ""))
            if playlist is None:
                return OwnTracks((), True, f"none of your own playlists is called so ({own} were looked at)")
            items = await playlist_tracks(access, playlist)
        else:
            items = await listening(access, wish["source"])
        tracks = await catalogue_tracks(request.catalogue, items)
    except SpotifyError as error:
        return OwnTracks((), False, error.message)
    detail = f"{len(tracks)} of {len(items)} are in this catalogue: {_TREATMENT[wish['relation']]}"
    return OwnTracks(tuple(track["id"] for track in tracks), True, detail)
