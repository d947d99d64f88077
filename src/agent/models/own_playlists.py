"""A playlist of the listener's own, shown and not stored."""

from typing_extensions import TypedDict

from src.schema import documented


@documented
class OwnPlaylist(TypedDict):
    """A playlist of the listener's own, as Spotify shows it."""

    id: str
    """Its id."""
    name: str
    """Its name."""
    tracks: int
    """How many entries it has."""
    url: str
    """Its page."""
