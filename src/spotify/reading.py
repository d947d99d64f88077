"""What stands in Spotify's answers, whichever way it is spelled."""

from src.spotify.models.api import PlaylistEntry, SearchAnswer, SpotifyPlaylist, SpotifyTrack


def entry_content(entry: PlaylistEntry | None) -> SpotifyTrack | None:
    """What stands at a place of a playlist, whatever it is; None for a gap."""
    if not entry:
        return None
    return entry.get("item") or entry.get("track")


def entry_track(entry: PlaylistEntry | None) -> SpotifyTrack | None:
    """The track at a place of a playlist; None for an episode, a local file, or a gap."""
    content = entry_content(entry)
    if entry is None or content is None or entry.get("is_local") or content.get("is_local"):
        return None
    is_track = content.get("type") in (None, "track") and (content.get("uri") or "spotify:track:").startswith(
        "spotify:track:"
    )
    return content if is_track and content.get("id") else None


def found_tracks(answer: SearchAnswer) -> list[SpotifyTrack]:
    """The tracks of a search, best first."""
    return [item for item in (answer.get("tracks") or {}).get("items") or [] if item]


def artist_names(item: SpotifyTrack) -> list[str]:
    """Names of everybody credited, the main one first."""
    return [name for artist in item.get("artists") or [] if artist and (name := artist.get("name"))]


def playlist_total(playlist: SpotifyPlaylist) -> int | None:
    """How many entries a playlist has, where Spotify says."""
    for count in (playlist.get("items"), playlist.get("tracks")):
        if count and count.get("total") is not None:
            return count["total"]
    return None
