from datetime import UTC, datetime

import pytest

from src.errors import Conflict
from src.playlists.diff import Grounds, diff_lists
from src.playlists.models.playlist import StoredPlaylist, VersionCause, VersionSummary
from src.playlists.refresh import plan_refresh
from tests.playlists.lists import solved, spec

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def stored(names: str, pins: tuple[int, ...] = (), **fields: object) -> StoredPlaylist:
    playlist: StoredPlaylist = {
        "id": "p1",
        "listener": "ana",
        "title": "Dinner",
        "created_at": NOW,
        "updated_at": NOW,
        "version": 1,
        "mode": "fresh",
        "schedule": None,
        "schedule_zone": "UTC",
        "next_refresh_at": None,
        "spec": spec(),
        "result": solved(names, pins),
        "from_conversation": None,
        "created_by_job": None,
    }
    return {**playlist, **fields}  # type: ignore[typeddict-item]


def history(*lists: str, cause: VersionCause = "refreshed") -> list[VersionSummary]:
    """Summaries of these lists as versions, the newest first."""
    versions: list[VersionSummary] = [
        {
            "number": number,
            "made_at": NOW,
            "cause": cause if number > 1 else "created",
            "words": "",
            "tracks": len(names),
            "diff": diff_lists(solved(lists[number - 2]), solved(names)) if number > 1 else None,
        }
        for number, names in enumerate(lists, 1)
    ]
    return versions[::-1]


def test_plan_refresh_when_frozen_is_refused():
    with pytest.raises(Conflict, match="frozen") as raised:
        plan_refresh(stored("ABC", mode="frozen"), [])
    assert raised.value.code == "playlist_frozen"


def test_plan_refresh_keeps_pins_and_rests_a_third_of_the_others():
    plan = plan_refresh(stored("ABCDEFGHIJ", (1, 10)), history("ABCDEFGHIJ"))
    assert plan.pinned == {1: "A", 10: "J"}
    assert (plan.excluded, plan.rested) == (("B", "C", "D"), frozenset("BCD"))


def test_plan_refresh_rests_what_has_stood_longest():
    # C, D and E came in by the second version, F by the third.
    versions = history("ABXYZW", "ABCDEW", "ABCDEF")
    assert plan_refresh(stored("FEDCBA"), versions).rested == {"A", "B"}


def test_plan_refresh_leaves_out_what_went_by_the_last_two_refreshes():
    versions = history("ABC", "ADC", "EDC", "EDF")
    plan = plan_refresh(stored("EDF"), versions)
    # D came before E and F. C went by the last refresh, A by the one before; B may come back.
    assert plan.excluded == ("D", "C", "A")


def test_plan_refresh_lets_come_back_what_an_edit_replaced():
    assert plan_refresh(stored("ADC"), history("ABC", "ADC", cause="edited")).excluded == ("A",)


def test_plan_refresh_never_rests_a_must_have():
    must = {"track_id": "A", "title": "Song A", "words": ""}
    plan = plan_refresh(stored("ABC", spec=spec(places=[must])), [])
    assert plan.excluded == ("B",)


def test_plan_refresh_lets_go_of_pins_that_the_catalogue_has_lost():
    plan = plan_refresh(stored("ABCDEF", (1, 2)), [], missing={"A", "C"})
    assert plan.pinned == {2: "B"}
    # Of four loose tracks two are renewed: C is gone already.
    assert plan.rested == {"D"}


def test_plan_refresh_when_all_is_pinned_rests_nothing():
    assert plan_refresh(stored("AB", (1, 2)), []).excluded == ()


def test_plan_refresh_explains_the_diff():
    plan = plan_refresh(stored("ABCDEF", (1,)), [], missing={"C"})
    diff = diff_lists(solved("ABCDEF"), solved("AXYDEF"), Grounds(missing={"C"}, rested=plan.rested))
    assert [entry["why"] for entry in diff["removed"]] == [
        "It made room for something new: it had stood here longest.",
        "It is no longer in the catalogue.",
    ]
