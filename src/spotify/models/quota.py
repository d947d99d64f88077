"""How much of the day's calls is spent."""

from typing import NotRequired

from typing_extensions import TypedDict

from src.schema import documented


@documented
class BucketStatus(TypedDict):
    """One group of calls."""

    bucket: str
    """Its name here; Spotify's own groups are unpublished."""
    calls_today: int
    """Calls of the last 24 hours, by every listener of this service."""
    calls_per_day: int
    """As many are allowed here."""
    closed_until: NotRequired[str]
    """ISO time in UTC until which Spotify's quota is used up."""
