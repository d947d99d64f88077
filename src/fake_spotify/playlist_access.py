"""Which playlist is meant, who may read it, and who may change it."""

from src.fake_spotify.access import Visitor
from src.fake_spotify.identifiers import is_id
from src.fake_spotify.problems import ApiProblem
from src.fake_spotify.world import FakePlaylist, FakeUser, World


def find_playlist(world: World, playlist_id: str) -> FakePlaylist:
    """The playlist.

    Raises:
        ApiProblem: 400, no id; 404, no such playlist.
    """
    if not is_id(playlist_id):
        raise ApiProblem(400, "Invalid base62 id")
    playlist = world.playlists.get(playlist_id)
    if playlist is None:
        raise ApiProblem(404, "Resource not found")
    return playlist


def may_read(playlist: FakePlaylist, user: FakeUser) -> bool:
    """Whether the entries are shown to this user."""
    return user.id == playlist.owner or user.id in playlist.collaborators


def playlist_to_change(world: World, visitor: Visitor, playlist_id: str) -> FakePlaylist:
    """The playlist, once the user may change it.

    Raises:
        ApiProblem: 400, no id; 403, the scope or the playlist is not the user's; 404, no such playlist.
    """
    playlist = find_playlist(world, playlist_id)
    user = visitor.needs(scope_to_change(public=playlist.public))
    if not may_read(playlist, user):
        raise ApiProblem(403, "You cannot change a playlist you don't own.")
    return playlist


def scope_to_change(*, public: bool) -> str:
    """The scope that changing such a playlist takes."""
    return "playlist-modify-public" if public else "playlist-modify-private"
