"""What is asked to be saved, checked before anything else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from src.catalogue.models.track import Track
from src.errors import InvalidInput
from src.spotify.app import SpotifyConfig
from src.spotify.identifiers import is_id, uri_of
from src.spotify.sync.models.save import SaveMode

# 128 characters of the caller's, and a word in front of them that says where they come from.
MAX_KEY: Final = 160
# Spotify's own bounds.
MAX_NAME: Final = 100
MAX_DESCRIPTION: Final = 300

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class HandleItem:
    """A track that only Spotify has: the handle that stands for it, and its id of 22 characters."""

    handle: str
    spotify_id: str

    @property
    def uri(self) -> str:
        """As it is written into a playlist."""
        return uri_of("track", self.spotify_id)


type SaveItem = Track | HandleItem


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveOrder:
    """A list to be saved.

    Attributes:
        listener: whose account.
        key: the same for every attempt to save this list; another save needs another.
        request_hash: of all that was asked for: the same key with another hash is refused.
        name: of a new playlist; elsewhere the listener's word for the playlist, or empty.
        items: in order. A track that occurs twice, or stands in the playlist already, is not written again.
        mode: a new playlist, or a change of an own one.
        playlist_id: 22 characters, for all but `create`.
        positions: for `reorder` in place of items: present positions (from 1) in their new order; those left
            out follow in their present order.
        public: whether a new playlist shows on the listener's profile.
        conversation_id: the conversation that it belongs to, in which `undo` takes it back.
    """

    listener: str
    key: str
    request_hash: str
    name: str = ""
    description: str = ""
    items: Sequence[SaveItem] = ()
    mode: SaveMode = "create"
    playlist_id: str | None = None
    positions: Sequence[int] = ()
    public: bool = False
    conversation_id: str | None = None


def check_order(order: SaveOrder, config: SpotifyConfig) -> None:
    """Check everything that needs no call; the message says what is missing, too long or contradictory."""
    if not 1 <= len(order.key) <= MAX_KEY:
        raise InvalidInput(f"The key of a save has 1 to {MAX_KEY} characters.")
    _check_texts(order)
    _check_playlist(order)
    _check_items(order, config.save_max_tracks)


def _check_texts(order: SaveOrder) -> None:
    if order.mode == "create" and not order.name.strip():
        raise InvalidInput("A new playlist needs a name.")
    if len(order.name) > MAX_NAME:
        raise InvalidInput(f"The name of a playlist has at most {MAX_NAME} characters.")
    if len(order.description) > MAX_DESCRIPTION:
        raise InvalidInput(f"The description of a playlist has at most {MAX_DESCRIPTION} characters.")
    if _CONTROL.search(order.name) or _CONTROL.search(order.description):
        raise InvalidInput("A name and a description are one line each, without control characters.")


def _check_playlist(order: SaveOrder) -> None:
    if order.mode == "create":
        if order.playlist_id is not None:
            raise InvalidInput("A new playlist has no id yet: leave it out, or choose append or replace.")
    elif order.playlist_id is None or not is_id(order.playlist_id):
        raise InvalidInput("Say which playlist: its id has 22 letters and digits.")


def _check_items(order: SaveOrder, most: int) -> None:
    if order.positions:
        if order.mode != "reorder" or order.items:
            raise InvalidInput("Positions are for a new order alone, in place of tracks.")
        if min(order.positions) < 1 or len(set(order.positions)) < len(order.positions):
            raise InvalidInput("Positions count from 1, and each may be named once.")
    elif not order.items:
        raise InvalidInput("There is nothing to save: name at least one track.")
    if max(len(order.items), len(order.positions)) > most:
        raise InvalidInput(f"At most {most} tracks can be saved at once: save a shorter list.")
    for item in order.items:
        if isinstance(item, HandleItem) and not is_id(item.spotify_id):
            raise InvalidInput("A handle stands for no track of Spotify's.")
