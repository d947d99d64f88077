"""How a track of the catalogue is named to others: URIs, and the extension of XSPF and JSPF."""

from typing import Final

from src.catalogue.models.track import Track
from src.playlists.formats.text import ISRC_URN, UUID_URN, isrc_of

# The `application` of our extension in XSPF and JSPF, and its XML namespace.
EXTENSION: Final = "segue:playlist"
_MUSICBRAINZ_RECORDING: Final = "https://musicbrainz.org/recording/"


def identifiers_of(track: Track) -> list[str]:
    """Names that hold anywhere: of this catalogue, of the recording's code, of MusicBrainz."""
    uris = [f"{UUID_URN}{track['id']}"]
    if isrc := isrc_of(track.get("isrc", "")):
        uris.append(f"{ISRC_URN}{isrc}")
    if mbid := track.get("mbid"):
        uris.append(f"{_MUSICBRAINZ_RECORDING}{mbid}")
    return uris
