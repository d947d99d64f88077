"""The tools that call Spotify. Code matches what they find to the catalogue: the model sees the catalogue's
own records, and handles and numbers of the rest; see decision 8.
"""

from collections.abc import Sequence

from rapidfuzz import fuzz

from src.catalogue.catalogue import Catalogue
from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.catalogue.search import Found
from src.chat.tools.context import SpotifyAccess, ToolContext, ToolOutcome
from src.chat.tools.models.arguments import SavePlaylist, SpotifyMyTaste, SpotifyOpenPlaylist, SpotifySearch
from src.errors import InvalidInput
from src.prompts import as_data
from src.spotify.app import Caller
from src.spotify.auth.accounts import load_account
from src.spotify.client import requests
from src.spotify.client.paging import all_items, artist_names, entry_track, found_tracks
from src.spotify.client.requests import search_query
from src.spotify.client.send import send
from src.spotify.errors import MissingScope, SignInNeeded
from src.spotify.matching.match import match_score
from src.spotify.matching.reverse import to_catalogue
from src.spotify.models.api import SpotifyPlaylist, SpotifyTrack
from src.spotify.shown import keep_shown

_PERIODS: dict[str, requests.TimeRange] = {
    "weeks": "short_term",
    "months": "medium_term",
    "years": "long_term",
}
# From this likeness on, 0 to 100, the listener's words are the name of a playlist.
_SAME_NAME = 82
# Pages that are read of the playlists, and of the tracks of one; each is a call.
_PLAYLIST_PAGES = 2
_TRACK_PAGES = 2
# A track that matches the search less than this, 0 to 100, is left out.
_LEAST_MATCH = 35
# Tracks of a playlist, or of what was played, that get a handle.
_MOST_HANDLES = 20
_NOT_CONNECTED = "No Spotify account is connected: `segue spotify login` connects one."


async def spotify_search(arguments: SpotifySearch, context: ToolContext) -> ToolOutcome:
    access = _access(context)
    words, title = arguments.get("words", ""), arguments.get("title", "")
    artist, album = arguments.get("artist", ""), arguments.get("album", "")
    query = search_query(words=words, title=title, artist=artist, album=album, year=_years(arguments))
    if not query:
        raise InvalidInput("Say what to search for: words, a title or an artist.")
    items = found_tracks(await send(access.caller, requests.search_tracks(query, market=_market(access))))
    said = " ".join(part for part in (words, title, artist, album) if part)
    found, rest = await _matched(context.catalogue, items)
    scored = [
        (match_score(item, words=words, title=title, artist=artist, album=album), item) for item in rest
    ]
    fitting = sorted((pair for pair in scored if pair[0] >= _LEAST_MATCH), key=lambda pair: -pair[0])
    lines = [_line(item, match, access) for match, item in fitting]
    note = f"{len(items)} on Spotify; {len(found)} of them in the catalogue."
    if lines:
        note += f" Only on Spotify, with how well they match your words (of 100): {'; '.join(lines)}."
    return ToolOutcome(f"on Spotify: {said}", found, note)


async def spotify_my_taste(arguments: SpotifyMyTaste, context: ToolContext) -> ToolOutcome:
    access = _connected(context)
    what = arguments["what"]
    items = await listening(access, what, arguments.get("period", "months"))
    found, rest = await _matched(context.catalogue, items)
    note = (
        f"{len(items)} tracks; the catalogue has {len(found)} of them. Give their handles to similar_tracks "
        f"to find others like them.{_only_on_spotify(rest, access)}"
    )
    return ToolOutcome(f"own listening: {what}", found, note, are_examples=True)


async def spotify_open_playlist(arguments: SpotifyOpenPlaylist, context: ToolContext) -> ToolOutcome:
    access = _connected(context)
    playlist, own = await find_playlist(access.caller, arguments["name"])
    if playlist is None:
        return ToolOutcome(
            arguments["name"], note=f"None of the listener's {own} own playlists is called so. Say so."
        )
    items = await playlist_tracks(access, playlist)
    found, rest = await _matched(context.catalogue, items)
    note = f"{len(items)} tracks; the catalogue has {len(found)} of them.{_only_on_spotify(rest, access)}"
    return ToolOutcome(f"own playlist: {arguments['name']}", found, note, are_examples=True)


async def save_playlist(arguments: SavePlaylist, context: ToolContext) -> ToolOutcome:
    return _connected(context).order(arguments)


async def listening(access: SpotifyAccess, what: str, period: str = "months") -> list[SpotifyTrack]:
    """What the listener played of late, plays most or saved: at most 50 tracks, by one call.

    Raises:
        MissingScope: the listener let this service write playlists, and no more.
    """
    if not access.taste:
        raise MissingScope(
            "What is played and saved may not be seen yet: `segue spotify login --taste` allows it."
        )
    match what:
        case "recent":
            played = await send(access.caller, requests.recently_played())
            tracks = [item.get("track") for item in played.get("items") or [] if item]
        case "top":
            top = await send(access.caller, requests.top_tracks(_PERIODS[period]))
            tracks = list(top.get("items") or [])
        case _:
            saved = await send(access.caller, requests.saved_tracks(market=_market(access)))
            tracks = [item.get("track") for item in saved.get("items") or [] if item]
    return _once([track for track in tracks if track])


async def own_playlists(caller: Caller) -> list[SpotifyPlaylist]:
    """The listener's own playlists, among the first 100 that they have or follow."""
    account = await load_account(caller.app, caller.listener or "")
    user_id = account.user_id if account else ""
    listed = await all_items(
        caller, lambda offset: requests.my_playlists(offset=offset), max_pages=_PLAYLIST_PAGES
    )
    # What others made is listed as well, and cannot be read.
    return [playlist for playlist in listed if (playlist.get("owner") or {}).get("id") == user_id]


async def find_playlist(caller: Caller, name: str) -> tuple[SpotifyPlaylist | None, int]:
    """The own playlist whose name is most like what was said, if one is like it; and how many there are."""
    playlists, said = await own_playlists(caller), name_key(name)
    ranked = sorted(
        ((fuzz.ratio(said, name_key(playlist.get("name") or "")), playlist) for playlist in playlists),
        key=lambda pair: -pair[0],
    )
    is_found = ranked and ranked[0][0] >= _SAME_NAME
    return ranked[0][1] if is_found else None, len(playlists)


async def playlist_tracks(access: SpotifyAccess, playlist: SpotifyPlaylist) -> list[SpotifyTrack]:
    """The first 100 tracks of a playlist; episodes, local files and gaps are left out."""
    id_ = playlist.get("id") or ""
    entries = await all_items(
        access.caller,
        lambda offset: requests.playlist_items(id_, offset=offset, market=_market(access)),
        max_pages=_TRACK_PAGES,
    )
    return _once([track for entry in entries if (track := entry_track(entry)) is not None])


async def catalogue_tracks(catalogue: Catalogue, items: Sequence[SpotifyTrack]) -> list[Track]:
    """The tracks of the catalogue among the items, each once, in order."""
    return [item.track for item in (await _matched(catalogue, items))[0]]


async def _matched(
    catalogue: Catalogue, items: Sequence[SpotifyTrack]
) -> tuple[list[Found], list[SpotifyTrack]]:
    """The tracks of the catalogue among the items, and the items that it lacks."""
    matched = await to_catalogue(catalogue, items)
    tracks = {track["id"]: track for track in matched if track is not None}
    found = [Found(track, 1 / rank, {"lookup": rank}) for rank, track in enumerate(tracks.values(), start=1)]
    return found, [item for item, track in zip(items, matched, strict=True) if track is None]


def _once(tracks: Sequence[SpotifyTrack]) -> list[SpotifyTrack]:
    return list({track.get("id") or "": track for track in tracks}.values())


def _only_on_spotify(rest: Sequence[SpotifyTrack], access: SpotifyAccess) -> str:
    """The handles of what only Spotify has, as a sentence; empty when there is nothing."""
    lines = [_line(item, 0, access) for item in rest[:_MOST_HANDLES]]
    return f" Only on Spotify, for saving: {'; '.join(lines)}." if lines else ""


def _line(item: SpotifyTrack, match: int, access: SpotifyAccess) -> str:
    """`s1 96`, the new handle and its match; with the titles only where the operator chose to send them."""
    keep_shown(access.caller.app, item)
    parts = [access.add_external(item, match), str(match or "")]
    if access.caller.app.config.text_to_model:
        names = ", ".join(artist_names(item))
        parts.append(f"<catalogue>{_listed(item.get('name') or '')} | {_listed(names)}</catalogue>")
    return " ".join(part for part in parts if part)


def _years(arguments: SpotifySearch) -> tuple[int, int] | None:
    if "year_from" not in arguments and "year_to" not in arguments:
        return None
    return arguments.get("year_from", 1860), arguments.get("year_to", 2100)


def _market(access: SpotifyAccess) -> str | None:
    return access.caller.app.config.market


def _access(context: ToolContext) -> SpotifyAccess:
    if context.spotify is None:
        raise InvalidInput("No Spotify app is set up here.")
    return context.spotify


def _connected(context: ToolContext) -> SpotifyAccess:
    access = _access(context)
    if not access.connected:
        raise SignInNeeded(_NOT_CONNECTED)
    return access


def _listed(text: str) -> str:
    """Text of Spotify for a list whose items semicolons divide."""
    return as_data(text).replace(";", ",")
