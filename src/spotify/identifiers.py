"""Spotify's ids: 22 characters in base 62, in URIs and in addresses of pages."""

import re
from collections.abc import Collection
from typing import Final, Literal
from urllib.parse import urlsplit

from src.errors import InvalidInput

type Kind = Literal["track", "album", "artist", "playlist"]
type UriKind = Literal["track", "episode", "album", "artist", "playlist", "show", "audiobook"]

PLAYABLE: Final[frozenset[UriKind]] = frozenset({"track", "episode"})
_ID: Final = re.compile(r"[0-9A-Za-z]{22}")
_HOST: Final = "open.spotify.com"
# Longer than any address of a page with its tracking parameters.
_MAX_CHARS: Final = 500
_LOCALE: Final = re.compile(r"intl-[a-z]{2}(?:-[a-zA-Z]{2})?")


def is_id(text: str) -> bool:
    """Whether the text is a bare id."""
    return _ID.fullmatch(text) is not None


def check_id(text: str) -> str:
    """The id itself, if it is one."""
    if not is_id(text):
        raise InvalidInput("An id of Spotify's has 22 letters and digits.")
    return text


def id_of(text: str, kind: Kind) -> str:
    """The id in a bare id, a URI (`spotify:track:…`) or the address of a page of this kind."""
    bare = text.strip()
    if len(bare) <= _MAX_CHARS:
        if is_id(bare):
            return bare
        parts = bare.split(":")[1:] if bare.startswith("spotify:") else _path_of(bare)
        if len(parts) == 2 and parts[0] == kind and is_id(parts[1]):
            return parts[1]
    raise InvalidInput(f"Name the {kind} by its Spotify id, its URI, or the address of its page.")


def playlist_id_of(text: str) -> str:
    """The id of a playlist; see `id_of`."""
    return id_of(text, "playlist")


def page_of(open_url: str, kind: Kind, id_: str) -> str:
    """The address of a page, such as `https://open.spotify.com/track/…`."""
    return f"{open_url}/{kind}/{id_}"


def uri_of(kind: UriKind, id_: str) -> str:
    """For example `spotify:track:…`."""
    return f"spotify:{kind}:{check_id(id_)}"


def check_uri(uri: str, kinds: Collection[UriKind]) -> str:
    """The URI itself, if it is one of these kinds."""
    parts = uri.split(":")
    if len(parts) != 3 or parts[0] != "spotify" or parts[1] not in kinds or not is_id(parts[2]):
        wanted = ", ".join(f"spotify:{kind}:" for kind in sorted(kinds))
        raise InvalidInput(f"A URI that will do here begins with one of {wanted} and ends with an id.")
    return uri


def _path_of(address: str) -> list[str]:
    """`[kind, id]` from the address of a page; anything else gives another list."""
    whole = f"https://{address}" if address.startswith(f"{_HOST}/") else address
    try:
        url = urlsplit(whole)
        host = url.hostname
    except ValueError:
        return []
    if url.scheme not in ("http", "https") or host != _HOST:
        return []
    parts = url.path.strip("/").split("/")
    return parts[1:] if _LOCALE.fullmatch(parts[0]) else parts
