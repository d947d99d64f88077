"""Playlists and their entries as the API answers them."""

from typing import cast

from src.fake_spotify.identifiers import fake_id
from src.fake_spotify.models.answers import Episode, LocalTrack
from src.fake_spotify.models.playlist import BarePlaylist, Played, Playlist, PlaylistEntry, SimplifiedPlaylist
from src.fake_spotify.paging import Part, page_of
from src.fake_spotify.rendering import images_of, iso, show_track, show_user
from src.fake_spotify.world import FakeEntry, FakePlaylist, World

# What a whole playlist holds of its entries.
_PLAYLIST_PART = Part(100, 0)


def show_bare(world: World, playlist: FakePlaylist) -> BarePlaylist:
    """A playlist without its entries."""
    return {
        "id": playlist.id,
        "name": playlist.name,
        "type": "playlist",
        "uri": playlist.uri,
        "href": f"{world.origin}/v1/playlists/{playlist.id}",
        "external_urls": {"spotify": f"{world.origin}/playlist/{playlist.id}"},
        "description": playlist.description,
        "owner": show_user(world, playlist.owner),
        "public": playlist.public,
        "collaborative": playlist.collaborative,
        "snapshot_id": playlist.snapshots[-1],
        "images": images_of(world, playlist.id) if playlist.cover else [],
    }


def show_simplified(world: World, playlist: FakePlaylist) -> SimplifiedPlaylist:
    """A playlist in a list of them, with the number of its entries."""
    href = f"{world.origin}/v1/playlists/{playlist.id}/items"
    # Without its optional keys, the one is the other.
    shown = cast("SimplifiedPlaylist", show_bare(world, playlist))
    shown[world.list_key] = {"href": href, "total": len(playlist.entries)}
    return shown


def show_playlist(world: World, playlist: FakePlaylist, market: str | None, *, whole: bool) -> Playlist:
    """A playlist; with its first entries when it is shown whole."""
    shown = cast("Playlist", show_bare(world, playlist))
    if whole:
        shown[world.list_key] = page_of(
            playlist.entries,
            _PLAYLIST_PART,
            lambda entry: show_entry(world, entry, market),
            f"{world.origin}/v1/playlists/{playlist.id}/items",
        )
    return shown


def show_entry(world: World, entry: FakeEntry, market: str | None) -> PlaylistEntry:
    """An entry in the world's spelling."""
    shown: PlaylistEntry = {
        "added_at": iso(entry.added_at),
        "added_by": show_user(world, entry.added_by) if entry.added_by else None,
        "is_local": entry.kind == "local",
    }
    shown[world.entry_key] = _played(world, entry, market)
    return shown


def _played(world: World, entry: FakeEntry, market: str | None) -> Played:
    match entry.kind:
        case "local":
            return _local(entry)
        case "episode":
            return _episode(world, entry)
        case "track":
            # A track that is gone from the catalogue leaves an empty entry behind.
            track = world.tracks.get(entry.uri.removeprefix("spotify:track:"))
            return None if track is None else show_track(world, track, market)
        case "null":
            return None


def _local(entry: FakeEntry) -> LocalTrack:
    return {
        "id": None,
        "name": entry.uri.rpartition(":")[2] or "Local file",
        "type": "track",
        "uri": entry.uri,
        "duration_ms": 180_000,
        "is_local": True,
    }


def _episode(world: World, entry: FakeEntry) -> Episode:
    episode_id = entry.uri.rpartition(":")[2] or fake_id(world.seed, "episode")
    return {
        "id": episode_id,
        "name": f"Episode {episode_id[:4]}",
        "type": "episode",
        "uri": entry.uri,
        "href": f"{world.origin}/v1/episodes/{episode_id}",
        "duration_ms": 1_800_000,
        "explicit": False,
    }
