"""Tracks and artists that the listener named and the catalogue lacks, looked for at Spotify."""

from collections.abc import Iterator

from src.agent.listing import is_full, offer_shelved
from src.agent.models.answer import TurnEvent
from src.agent.shelf import ShelfItem
from src.agent.state import Draft, Request
from src.catalogue.names import name_key, split_title
from src.errors import DomainError
from src.tools.context import ToolContext
from src.tools.models.spotify_arguments import SpotifySearch
from src.tools.spotify_tools import spotify_search
from src.wishes.models.brief import Wish

# Names of one message that are looked for; each is a call.
_MAX_NAMES = 3
_MAX_CHARS = 200


async def find_named(draft: Draft, request: Request) -> None:
    """Take what the listener named by title or artist, and only Spotify has, onto the shelf."""
    if request.spotify is None:
        return
    context = ToolContext(request.catalogue, request.where, draft.pool.track_id, spotify=request.spotify)
    for wish in _absent(request)[:_MAX_NAMES]:
        try:
            await spotify_search(_search_for(wish), context)
        except DomainError as error:
            draft.troubles.append(error.message)
            return


def offer_named(draft: Draft, request: Request) -> Iterator[TurnEvent]:
    """Put on the list what was named and found: a track once, an artist's tracks as far as there is room."""
    for wish in _absent(request):
        for item in draft.shelf.items:
            if is_full(draft, request):
                return
            if _is_meant(wish, item) and offer_shelved(draft, request, item, ""):
                yield {"type": "spotify_pick", "pick": draft.spotify_picks[-1]}
                if wish["kind"] == "track":
                    break


def _absent(request: Request) -> list[Wish]:
    return [
        wish
        for wish in request.rules.binding.wishes
        if (wish["kind"] == "track" and wish["relation"] == "wanted" and "track_id" not in wish)
        or (
            wish["kind"] == "artist"
            and wish["relation"] == "wanted"
            and name_key(wish["name"]) in request.known.absent
        )
    ]


def _search_for(wish: Wish) -> SpotifySearch:
    if wish["kind"] == "artist":
        return {"artist": wish["name"][:_MAX_CHARS]}
    if wish["kind"] != "track":
        return {}
    if "artist" in wish:
        return {"title": wish["title"][:_MAX_CHARS], "artist": wish["artist"][:_MAX_CHARS]}
    return {"title": wish["title"][:_MAX_CHARS]}


def _is_meant(wish: Wish, item: ShelfItem) -> bool:
    """Whether the track bears the name that was said, exactly: what is only near is for a model to offer."""
    artists = {name_key(artist) for artist in item.record["artists"]}
    if wish["kind"] == "artist":
        return name_key(wish["name"]) in artists
    if wish["kind"] != "track":
        return False
    title = name_key(split_title(item.record["title"]).name)
    by = "artist" not in wish or name_key(wish["artist"]) in artists
    return by and title == name_key(split_title(wish["title"]).name)
