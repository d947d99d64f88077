"""What the open pages answer to programs."""

from typing import Literal

from typing_extensions import TypedDict

from src.schema import documented


@documented
class OEmbed(TypedDict):
    """How a page can be embedded."""

    html: str
    """The frame."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    version: Literal["1.0"]
    """Of oEmbed."""
    provider_name: Literal["Spotify"]
    """Who."""
    provider_url: str
    """Where."""
    type: Literal["rich"]
    """Of the embedding."""
    title: str
    """What it is called."""
    thumbnail_url: str
    """A picture."""
    thumbnail_width: int
    """Pixels."""
    thumbnail_height: int
    """Pixels."""
