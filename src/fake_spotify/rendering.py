"""Records as the API answers them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal, cast

from src.fake_spotify.models.answers import (
    Album,
    Artist,
    Episode,
    Image,
    Me,
    PublicUser,
    SimplifiedAlbum,
    SimplifiedArtist,
    SimplifiedTrack,
    Thing,
    Track,
)
from src.fake_spotify.models.playlist import BarePlaylist, Played, Playlist, PlaylistEntry, SimplifiedPlaylist
from src.fake_spotify.music import FakeAlbum, FakeArtist, FakeTrack, fake_id
from src.fake_spotify.paging import Part, page_of
from src.fake_spotify.world import FakeEntry, FakePlaylist, FakeUser, World


def iso(moment: datetime) -> str:
    """A time as Spotify writes it, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _thing(world: World, kind: str, thing_id: str) -> Thing:
    return {
        "id": thing_id,
        "type": kind,
        "uri": f"spotify:{kind}:{thing_id}",
        "href": f"{world.origin}/v1/{kind}s/{thing_id}",
        "external_urls": {"spotify": f"{world.origin}/{kind}/{thing_id}"},
    }


def show_track(world: World, track: FakeTrack, market: str | None = None) -> Track:
    """A track; whether it can be played is said when a market is known."""
    short = show_short_track(world, track, market)
    return {
        **short,
        "album": show_short_album(world, track.album),
        "external_ids": {} if track.isrc is None else {"isrc": track.isrc},
    }


def show_short_track(world: World, track: FakeTrack, market: str | None = None) -> SimplifiedTrack:
    """A track without its album and its codes."""
    fields = {
        **_thing(world, "track", track.id),
        "name": track.title,
        "artists": [show_short_artist(world, artist) for artist in track.artists],
        "duration_ms": track.duration_ms,
        "explicit": track.explicit,
        "disc_number": 1,
        "track_number": track.track_number,
        "is_local": False,
        "preview_url": None,
    }
    # mypy wants every optional key of the target in a spread one.
    shown = cast("SimplifiedTrack", fields)
    if market is not None:
        shown["is_playable"] = track.playable_in is None or market in track.playable_in
        if not shown["is_playable"]:
            shown["restrictions"] = {"reason": "market"}
    return shown


def show_short_artist(world: World, artist: FakeArtist) -> SimplifiedArtist:
    """An artist without pictures."""
    return {**_thing(world, "artist", artist.id), "name": artist.name}


def show_artist(world: World, artist: FakeArtist) -> Artist:
    """An artist."""
    return {**show_short_artist(world, artist), "images": images_of(world, artist.id)}


def show_short_album(world: World, album: FakeAlbum) -> SimplifiedAlbum:
    """An album without its tracks."""
    precisions: dict[int, Literal["year", "month", "day"]] = {0: "year", 1: "month"}
    return {
        **_thing(world, "album", album.id),
        "name": album.title,
        "album_type": album.kind,
        "total_tracks": len(world.album_tracks(album.id)),
        "release_date": album.release_date,
        "release_date_precision": precisions.get(album.release_date.count("-"), "day"),
        "images": images_of(world, album.id),
        "artists": [show_short_artist(world, artist) for artist in album.artists],
    }


def show_album(world: World, tracks: Sequence[FakeTrack], market: str | None, part: Part) -> Album:
    """An album with its first tracks; `tracks` are all of them."""
    album = tracks[0].album
    return {
        **show_short_album(world, album),
        "tracks": page_of(
            tracks,
            part,
            lambda track: show_short_track(world, track, market),
            f"{world.origin}/v1/albums/{album.id}/tracks",
        ),
        "copyrights": [],
        "external_ids": {"upc": album.upc},
    }


def show_user(world: World, user_id: str) -> PublicUser:
    """A user as others see them."""
    user = world.users.get(user_id)
    return {**_thing(world, "user", user_id), "display_name": user.display_name if user else user_id}


def show_me(world: World, user: FakeUser) -> Me:
    """A user as they see themselves."""
    return {**show_user(world, user.id), "account_id": user.account_id, "images": []}


def images_of(world: World, thing_id: str) -> list[Image]:
    """Pictures of a thing in two sizes."""
    return [
        {"url": f"{world.origin}/image/{thing_id}/{size}", "height": size, "width": size}
        for size in (640, 64)
    ]


# What a whole playlist holds of its entries.
_PLAYLIST_PART = Part(100, 0)


def _bare(world: World, playlist: FakePlaylist) -> BarePlaylist:
    """A playlist without its entries."""
    return {
        **_thing(world, "playlist", playlist.id),
        "name": playlist.name,
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
    shown = cast("SimplifiedPlaylist", _bare(world, playlist))
    shown[world.list_key] = {"href": href, "total": len(playlist.entries)}
    return shown


def show_playlist(world: World, playlist: FakePlaylist, market: str | None, *, whole: bool) -> Playlist:
    """A playlist; with its first entries when it is shown whole."""
    shown = cast("Playlist", _bare(world, playlist))
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
            return {
                "id": None,
                "name": entry.uri.rpartition(":")[2] or "Local file",
                "type": "track",
                "uri": entry.uri,
                "duration_ms": 180_000,
                "is_local": True,
            }
        case "episode":
            return _episode(world, entry)
        case "track":
            # A track that is gone from the catalogue leaves an empty entry behind.
            track = world.tracks.get(entry.uri.removeprefix("spotify:track:"))
            return None if track is None else show_track(world, track, market)
        case "null":
            return None


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
