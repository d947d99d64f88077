"""Records as the API answers them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from src.fake_spotify.models.answers import (
    Album,
    Artist,
    Image,
    Me,
    PublicUser,
    SimplifiedAlbum,
    SimplifiedArtist,
    SimplifiedTrack,
    Track,
)
from src.fake_spotify.music import FakeAlbum, FakeArtist, FakeTrack
from src.fake_spotify.paging import Part, page_of
from src.fake_spotify.world import FakeUser, World


def iso(moment: datetime) -> str:
    """A time as Spotify writes it, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
    shown: SimplifiedTrack = {
        "id": track.id,
        "name": track.title,
        "type": "track",
        "uri": track.uri,
        "href": f"{world.origin}/v1/tracks/{track.id}",
        "external_urls": {"spotify": f"{world.origin}/track/{track.id}"},
        "artists": [show_short_artist(world, artist) for artist in track.artists],
        "duration_ms": track.duration_ms,
        "explicit": track.explicit,
        "disc_number": 1,
        "track_number": track.track_number,
        "is_local": False,
        "preview_url": None,
    }
    if market is not None:
        shown["is_playable"] = track.playable_in is None or market in track.playable_in
        if not shown["is_playable"]:
            shown["restrictions"] = {"reason": "market"}
    return shown


def show_short_artist(world: World, artist: FakeArtist) -> SimplifiedArtist:
    """An artist without pictures."""
    return {
        "id": artist.id,
        "name": artist.name,
        "type": "artist",
        "uri": artist.uri,
        "href": f"{world.origin}/v1/artists/{artist.id}",
        "external_urls": {"spotify": f"{world.origin}/artist/{artist.id}"},
    }


def show_artist(world: World, artist: FakeArtist) -> Artist:
    """An artist."""
    return {**show_short_artist(world, artist), "images": images_of(world, artist.id)}


def show_short_album(world: World, album: FakeAlbum) -> SimplifiedAlbum:
    """An album without its tracks."""
    precisions: dict[int, Literal["year", "month", "day"]] = {0: "year", 1: "month"}
    return {
        "id": album.id,
        "name": album.title,
        "type": "album",
        "uri": album.uri,
        "href": f"{world.origin}/v1/albums/{album.id}",
        "external_urls": {"spotify": f"{world.origin}/album/{album.id}"},
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
    return {
        "id": user_id,
        "display_name": user.display_name if user else user_id,
        "type": "user",
        "uri": f"spotify:user:{user_id}",
        "href": f"{world.origin}/v1/users/{user_id}",
        "external_urls": {"spotify": f"{world.origin}/user/{user_id}"},
    }


def show_me(world: World, user: FakeUser) -> Me:
    """A user as they see themselves."""
    return {**show_user(world, user.id), "account_id": user.account_id, "images": []}


def images_of(world: World, thing_id: str) -> list[Image]:
    """Pictures of a thing in two sizes."""
    return [
        {"url": f"{world.origin}/image/{thing_id}/{size}", "height": size, "width": size}
        for size in (640, 64)
    ]
