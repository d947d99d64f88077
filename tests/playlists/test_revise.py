"""Edits and refreshes: what stays, what goes, and that an old version is not edited."""

import pytest

from src.constraints.models.edit import Operation
from src.constraints.models.spec import SPEC
from src.errors import Conflict, InvalidInput
from src.playlists.make import make_list
from src.playlists.revise import check_version, edit_playlist, read_words, refreshed, replace_spec
from src.playlists.schedule_store import set_mode
from src.playlists.store import get_playlist, update_playlist
from src.playlists.version_store import get_version
from tests.playlists.lists import insert_playlist
from tests.playlists.solver.pools import genre_constraint, spec_of


@pytest.fixture
async def stored(clients):
    """A list of five tracks."""
    spec = spec_of(tracks=5, title="Five")
    await insert_playlist(
        clients.database,
        {
            "id": "p1",
            "listener": "ann",
            "created_at": clients.now(),
            "mode": "fresh",
            "spec": spec,
            "result": await make_list(clients, "ann", spec),
            "from_conversation": None,
            "created_by_job": None,
        },
    )
    return await _now(clients)


async def _now(clients):
    return await get_playlist(clients.database, "ann", "p1")


async def _edited(clients, playlist, *operations, words=""):
    await edit_playlist(clients, playlist, operations, words)
    return await _now(clients)


def _ids(playlist):
    return [entry["track"]["id"] for entry in playlist["result"]["entries"]]


async def test_read_words_reads_operations_and_bounds(clients, stored):
    assert await read_words(clients, stored, "swap number 3") == [{"op": "replace", "positions": [3]}]
    with pytest.raises(InvalidInput, match="1 to 5"):
        await read_words(clients, stored, "swap number 6")
    with pytest.raises(InvalidInput, match="Nothing to change"):
        await read_words(clients, stored, "lorem ipsum")


async def test_edit_playlist_replaces_what_was_said_alone(clients, stored):
    edited = await _edited(clients, stored, {"op": "replace", "positions": [3]}, words="swap number 3")
    before, after = _ids(stored), _ids(edited)
    assert edited["version"] == 2
    assert [*after[:2], *after[3:]] == [*before[:2], *before[3:]]
    assert after[2] not in before
    version = await get_version(clients.database, "ann", "p1", 2)
    assert (version["cause"], version["words"]) == ("edited", "swap number 3")


async def test_edit_playlist_does_not_bring_back_what_was_turned_down(clients, stored):
    gone, playlist = set(), stored
    for _ in range(4):
        gone.add(_ids(playlist)[2])
        playlist = await _edited(clients, playlist, {"op": "replace", "positions": [3]})
        assert not gone & set(_ids(playlist))
    assert len(_ids(playlist)) == 5


async def test_edit_playlist_does_not_pin_what_only_stayed(clients, stored):
    edited = await _edited(clients, stored, {"op": "replace", "positions": [3]})
    assert not any(entry["pinned"] for entry in edited["result"]["entries"])


async def test_edit_playlist_of_the_spec_leaves_the_pins(clients, stored):
    pinned = await _edited(clients, stored, {"op": "pin", "positions": [2, 4]})
    longer = await _edited(clients, pinned, {"op": "change_spec", "tracks": 8})
    assert len(_ids(longer)) == 8
    assert (_ids(longer)[1], _ids(longer)[3]) == (_ids(stored)[1], _ids(stored)[3])
    assert [entry["position"] for entry in longer["result"]["entries"] if entry["pinned"]] == [2, 4]


async def test_edit_playlist_restores_the_version_before_by_undo(clients, stored):
    edited = await _edited(clients, stored, {"op": "remove", "positions": [1]})
    assert len(_ids(edited)) == 4
    undone = await _edited(clients, edited, {"op": "restore", "version": 0}, words="undo")
    assert (_ids(undone), undone["spec"], undone["version"]) == (_ids(stored), stored["spec"], 3)


async def test_edit_playlist_when_it_changed_meanwhile_is_refused(clients, stored):
    await _edited(clients, stored, {"op": "remove", "positions": [1]})
    operations: list[Operation] = [{"op": "remove", "positions": [2]}, {"op": "restore", "version": 1}]
    for operation in operations:
        with pytest.raises((Conflict, InvalidInput)):
            await edit_playlist(clients, stored, [operation], "")
    assert (await _now(clients))["version"] == 2


async def test_replace_spec_solves_anew_around_the_pins(clients, stored):
    pinned = await _edited(clients, stored, {"op": "pin", "positions": [1]})
    spec = SPEC.validate_python({**stored["spec"], "tracks": 3, "title": "Three"})
    assert await replace_spec(clients, pinned, spec) == 3
    changed = await _now(clients)
    assert (changed["title"], len(_ids(changed)), changed["spec"]) == ("Three", 3, spec)
    assert _ids(changed)[0] == _ids(stored)[0]
    assert changed["result"]["entries"][0]["pinned"]


async def test_refreshed_keeps_pins_and_the_spec_and_renews_a_third(clients, stored):
    pinned = await _edited(clients, stored, {"op": "pin", "positions": [2]})
    change = await refreshed(clients, "ann", "p1")
    before, after = _ids(pinned), [entry["track"]["id"] for entry in change["result"]["entries"]]
    assert (change["version"], change["cause"], change["spec"]) == (2, "refreshed", pinned["spec"])
    assert after[1] == before[1]
    assert change["result"]["entries"][1]["pinned"]
    # A third, rounded up, of the four that are not pinned.
    assert len(set(before) - set(after)) >= 2
    assert {gone["track_id"] for gone in change["diff"]["removed"]} == set(before) - set(after)
    # It is not stored yet.
    assert (await _now(clients))["version"] == 2


async def test_refreshed_does_not_bring_back_at_once_what_went(clients, stored):
    first = await refreshed(clients, "ann", "p1")
    await update_playlist(clients.database, first)
    gone = {entry["track_id"] for entry in first["diff"]["removed"]}
    second = await refreshed(clients, "ann", "p1")
    assert not gone & {entry["track"]["id"] for entry in second["result"]["entries"]}


async def test_refreshed_when_nothing_else_obeys_stays_whole(clients, stored):
    spec = spec_of(
        genre_constraint("country"),
        tracks=2,
        title="Two",
    )
    await replace_spec(clients, stored, spec)
    change = await refreshed(clients, "ann", "p1")
    assert change["result"]["status"] == "complete"
    assert len(change["result"]["entries"]) == 2


async def test_refreshed_when_a_track_has_left_the_catalogue_fills_its_place(clients, stored):
    lost = _ids(stored)[0]
    async with clients.catalogue.use() as catalogue:
        await catalogue.engine.delete([lost])
    change = await refreshed(clients, "ann", "p1")
    assert len(change["result"]["entries"]) == 5
    (line,) = [gone for gone in change["diff"]["removed"] if gone["track_id"] == lost]
    assert "catalogue" in line["why"]


async def test_refreshed_when_frozen_is_refused(clients, stored):
    await set_mode(clients.database, "ann", "p1", "frozen", clients.now())
    with pytest.raises(Conflict) as refused:
        await refreshed(clients, "ann", "p1")
    assert refused.value.code == "playlist_frozen"


async def test_check_version_names_the_present_one(stored):
    check_version(stored, 1)
    with pytest.raises(Conflict, match="version 1 now") as refused:
        check_version(stored, 2)
    assert refused.value.code == "playlist_changed"
