"""What each outcome of looking a track up means, in words for the listener."""

from typing import Final

from src.linking.models.link import LinkStatus

DETAILS: Final[dict[LinkStatus, str]] = {
    "resolved": "On Spotify.",
    "not_found": "Spotify does not have it, as far as a search can tell.",
    "wrong_version": "Spotify has the song, but only as another recording or in another length.",
    "not_playable": "Spotify has it, but does not play it in this market.",
    "not_looked_up": "It was not looked up: there was no call left for it. Ask again later.",
}
