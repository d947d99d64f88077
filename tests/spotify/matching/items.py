"""Tracks as Spotify's API gives them."""

from src.spotify.models.api import TRACK, SpotifyTrack

ID = "0123456789abcdefghijKL"


def make_item(title: str, *artists: str, **fields: object) -> SpotifyTrack:
    """A track of three minutes; `album` and `isrc` by name, any other field as it is."""
    album, isrc = fields.pop("album", None), fields.pop("isrc", None)
    item: dict[str, object] = {
        "id": ID,
        "uri": f"spotify:track:{ID}",
        "type": "track",
        "name": title,
        "artists": [{"name": name} for name in artists or ("Nine Paper Boats",)],
        "duration_ms": 180_000,
        **fields,
    }
    if album is not None:
        item["album"] = {"name": album}
    if isrc is not None:
        item["external_ids"] = {"isrc": isrc}
    return TRACK.validate_python(item)
