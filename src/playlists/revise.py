"""A playlist after an edit or a refresh: solved anew around what stays, and held against the list before."""

from collections.abc import Sequence
from dataclasses import replace

from src.constraints.models.edit import Operation
from src.constraints.models.spec import PlaylistSpec
from src.errors import Conflict
from src.lexicon.genres import load_vocabulary
from src.playlists.diff import Grounds, diff_lists
from src.playlists.edit import apply_operations, edit_grounds, restored_version, with_pins
from src.playlists.make import Fixed, PlaylistClients, Report, make_list, unreported
from src.playlists.models.playlist import NewVersion, StoredPlaylist, VersionSummary
from src.playlists.refresh import plan_refresh, refresh_grounds
from src.playlists.spec_changes import changed_spec
from src.playlists.store import get_playlist, update_playlist
from src.playlists.version_store import list_versions, restore_version
from src.understanding.playlist.edits import read_edits

# Versions that tell how long each track has stood.
_VERSIONS_READ = 100


async def read_words(clients: PlaylistClients, playlist: StoredPlaylist, words: str) -> list[Operation]:
    """The operations that an edit in words asks for.

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
    """Make an edit; gives the number of the new version.

    The list is solved anew around all that stays, so that every verdict is of the list as it is then.

    Args:
        playlist: in the state that the edit was made for.
        words: the listener's, empty when made by hand.

    Raises:
        InvalidInput: the edit cannot be made.
        Conflict: `playlist_changed` when the playlist changed meanwhile.
    """
    listener, id_, version = playlist["listener"], playlist["id"], playlist["version"]
    restored = restored_version(operations, version)
    if restored is not None:
        return await restore_version(
            clients.database, listener, id_, restored, version=version, at=clients.now(), words=words
        )
    edited = apply_operations(playlist["result"], operations)
    spec = changed_spec(playlist["spec"], playlist["result"], edited)
    fixed = Fixed(pinned=edited.entries_fixed, excluded=edited.rejected_ids)
    seed = playlist["result"]["seed"]
    solved = await make_list(clients, listener, spec, fixed=fixed, seed=seed)
    result = with_pins(solved, edited.pins)
    change: NewVersion = {
        "listener": listener,
        "playlist_id": id_,
        "version": version,
        "made_at": clients.now(),
        "cause": "edited",
        "words": words,
        "spec": spec,
        "result": result,
        "diff": diff_lists(playlist["result"], result, edit_grounds(edited)),
    }
    return await update_playlist(clients.database, change)


async def replace_spec(clients: PlaylistClients, playlist: StoredPlaylist, spec: PlaylistSpec) -> int:
    """Solve a playlist by another spec; pins stay. Gives the number of the new version.

    Raises:
        Conflict: `playlist_changed` when the playlist changed meanwhile.
    """
    pins = {
        entry["position"]: entry["track"]["id"] for entry in playlist["result"]["entries"] if entry["pinned"]
    }
    seed = playlist["result"]["seed"]
    solved = await make_list(clients, playlist["listener"], spec, fixed=Fixed(pinned=pins), seed=seed)
    result = with_pins(solved, pins)
    change: NewVersion = {
        "listener": playlist["listener"],
        "playlist_id": playlist["id"],
        "version": playlist["version"],
        "made_at": clients.now(),
        "cause": "edited",
        "words": "",
        "spec": spec,
        "result": result,
        "diff": diff_lists(playlist["result"], result, Grounds(spec_changed=True)),
    }
    return await update_playlist(clients.database, change)


async def refreshed(
    clients: PlaylistClients, listener: str, playlist_id: str, *, report: Report = unreported
) -> NewVersion:
    """The next version of a playlist by a refresh, not stored yet: pins and the spec stay.

    Raises:
        NotFound: no such playlist of this listener.
        Conflict: `playlist_frozen` when it is frozen.
    """
    playlist = await get_playlist(clients.database, listener, playlist_id)
    page = await list_versions(clients.database, listener, playlist_id, _VERSIONS_READ)
    versions: Sequence[VersionSummary] = page["versions"]
    missing = await _missing(clients, playlist)
    plan = plan_refresh(playlist, versions, missing=missing)
    fixed = Fixed(pinned=plan.pinned, excluded=plan.excluded)
    # Another seed: the same one over the same catalogue would give the same list.
    seed = playlist["version"] + 1
    solved = await make_list(clients, listener, playlist["spec"], fixed=fixed, seed=seed, report=report)
    if solved["status"] == "nearest" and playlist["result"]["status"] == "complete" and plan.excluded:
        # What rests must not cost a wish.
        fixed = replace(fixed, excluded=())
        solved = await make_list(clients, listener, playlist["spec"], fixed=fixed, seed=seed, report=report)
    result = with_pins(solved, plan.pinned)
    return {
        "listener": listener,
        "playlist_id": playlist_id,
        "version": playlist["version"],
        "made_at": clients.now(),
        "cause": "refreshed",
        "words": "",
        "spec": playlist["spec"],
        "result": result,
        "diff": diff_lists(playlist["result"], result, refresh_grounds(plan, missing)),
    }


def check_version(playlist: StoredPlaylist, version: int) -> None:
    """Refuse an edit of a version that is not the present one.

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
        there = await catalogue.engine.fetch(ids)
    return frozenset(id_ for id_ in ids if id_ not in there)
