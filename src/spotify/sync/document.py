"""What the document of a save says."""

from src.spotify.sync.models.save import SaveDocument


def wanted_uris(document: SaveDocument) -> list[str]:
    """What is to be written, in order."""
    return [uri for uri in document["uris"] if uri is not None]


def has_written(document: SaveDocument) -> bool:
    """Whether anything may have been written at Spotify."""
    if document["mode"] == "create":
        return "playlist" in document or bool(document["creates_sent"])
    return document["written"]


def can_go_on(document: SaveDocument) -> bool:
    """Whether it stopped before its end."""
    return document["state"] in ("failed", "unconfirmed")
