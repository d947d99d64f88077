"""The next version of a playlist by an edit or a refresh: made anew around what stays, with a diff."""

from collections.abc import Sequence
from dataclasses import replace

from src.constraints.models.edit import Operation
from src.constraints.models.spec import PlaylistSpec
from src.errors import Conflict
from src.lexicon.vocabulary import load_vocabulary
from src.playlists.diff import Grounds, diff_lists
from src.playlists.edit import apply_operations, edit_grounds, restored_version, with_pins
from src.playlists.make import Fixed, PlaylistClients, ReportProgress, make_list, unreported
from src.playlists.models.playlist import NewVersion, StoredPlaylist, VersionCause
from src.playlists.models.result import PlaylistResult
from src.playlists.refresh import plan_refresh
from src.playlists.spec_changes import changed_spec
from src.playlists.store import get_playlist, update_playlist
from src.playlists.version_store import list_versions, restore_version
from src.understanding.playlist.edits import read_edits

# Versions read to find how long each track has been in the list.
_VERSIONS_READ = 100


async def read_words(clients: PlaylistClients, playlist: StoredPlaylist, words: str) -> list[Operation]:
    """The operations that the listener's words ask for.

    Raises:
        InvalidInput: a position is not in the list, or nothing was understood.
    """
    tracks = [entry["track"] for entry in playlist["result"]["entries"]]
    async with clients.catalogue.use() as catalogue:
        vocabulary = await load_vocabulary(catalogue)
        return await read_edits(catalogue, vocabulary, words, tracks, clients.now().year)


async def edit_playlist(
    clients: PlaylistClients, playlist: StoredPlaylist, operations: Sequence[Operation], words: str
) -> int:
    """Make an edit; returns the number of the new version.

    The list is made anew around all that stays, so that every verdict is of the new list.

    Args:
        playlist: the version that the edit is for.
        words: the listener's, empty when edited by operations.

    Raises:
        InvalidInput: the edit cannot be made.
        Conflict: `playlist_changed` when the playlist changed meanwhile.
    """
    listener, version = playlist["listener"], playlist["version"]
    restored = restored_version(operations, version)
    if restored is not None:
        at, id_ = clients.now(), playlist["id"]
        return await restore_version(
            clients.database, listener, id_, restored, version=version, at=at, words=words
        )
    edited = apply_operations(playlist["result"], operations)
    spec = changed_spec(playlist["spec"], playlist["result"], edited)
    fixed = Fixed(pinned=edited.entries_fixed, excluded=edited.rejected_ids)
    solved = await make_list(clients, listener, spec, fixed=fixed, seed=playlist["result"]["seed"])
    result = with_pins(solved, edited.pins)
    change = _next_version(clients, playlist, spec, result, edit_grounds(edited), words=words)
    return await update_playlist(clients.database, change)


async def replace_spec(clients: PlaylistClients, playlist: StoredPlaylist, spec: PlaylistSpec) -> int:
    """Make the list anew by another spec; pins stay. Returns the number of the new version.

    Raises:
        Conflict: `playlist_changed` when the playlist changed meanwhile.
    """
    entries, seed = playlist["result"]["entries"], playlist["result"]["seed"]
    pins = {entry["position"]: entry["track"]["id"] for entry in entries if entry["pinned"]}
    solved = await make_list(clients, playlist["listener"], spec, fixed=Fixed(pinned=pins), seed=seed)
    grounds = Grounds(spec_changed=True)
    change = _next_version(clients, playlist, spec, with_pins(solved, pins), grounds)
    return await update_playlist(clients.database, change)


async def refreshed(
    clients: PlaylistClients, listener: str, playlist_id: str, *, report: ReportProgress = unreported
) -> NewVersion:
    """The next version of a playlist by a refresh, not stored yet: pins and the spec stay.

    Raises:
        NotFound: no such playlist of this listener.
        Conflict: `playlist_frozen` when it is frozen.
    """
    playlist = await get_playlist(clients.database, listener, playlist_id)
    page = await list_versions(clients.database, listener, playlist_id, _VERSIONS_READ)
    missing = await _missing(clients, playlist)
    plan = plan_refresh(playlist, page["versions"], missing=missing)
    spec = playlist["spec"]
    fixed = Fixed(pinned=plan.pinned, excluded=plan.excluded)
    # Another seed: the same one over the same catalogue would return the same list.
    seed = playlist["version"] + 1
    solved = await make_list(clients, listener, spec, fixed=fixed, seed=seed, report=report)
    if solved["status"] == "nearest" and playlist["result"]["status"] == "complete" and plan.excluded:
        # Excluding tracks must not cost a constraint.
        fixed = replace(fixed, excluded=())
        solved = await make_list(clients, listener, spec, fixed=fixed, seed=seed, report=report)
    grounds = Grounds(missing=missing, rested=plan.rested)
    result = with_pins(solved, plan.pinned)
    return _next_version(clients, playlist, spec, result, grounds, cause="refreshed")


def _next_version(
    clients: PlaylistClients,
    playlist: StoredPlaylist,
    spec: PlaylistSpec,
    result: PlaylistResult,
    grounds: Grounds,
    *,
    cause: VersionCause = "edited",
    words: str = "",
) -> NewVersion:
    return {
        "listener": playlist["listener"],
        "playlist_id": playlist["id"],
        "version": playlist["version"],
        "made_at": clients.now(),
        "cause": cause,
        "words": words,
        "spec": spec,
        "result": result,
        "diff": diff_lists(playlist["result"], result, grounds),
    }


def check_version(playlist: StoredPlaylist, version: int) -> None:
    """Refuse an edit of an old version.

    Raises:
        Conflict: `playlist_changed`.
    """
    if playlist["version"] != version:
        raise Conflict(
            f"The playlist is at version {playlist['version']} now: look at it and edit that one.",
            code="playlist_changed",
        )


async def _missing(clients: PlaylistClients, playlist: StoredPlaylist) -> frozenset[str]:
    ids = [entry["track"]["id"] for entry in playlist["result"]["entries"]]
    async with clients.catalogue.use() as catalogue:
        return frozenset(ids) - (await catalogue.engine.fetch(ids)).keys()
