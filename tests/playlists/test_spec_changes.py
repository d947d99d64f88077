import pytest

from src.constraints.models.brief import Constraint, empty_brief
from src.constraints.models.edit import ChangeSpecOperation, Operation
from src.constraints.models.spec import SPEC, PlaylistSpec, Quota
from src.errors import InvalidInput
from src.playlists.edit import apply_operations
from src.playlists.spec_changes import changed_spec, with_rejected
from tests.playlists.lists import solved, spec, track


def change(**fields: object) -> ChangeSpecOperation:
    return {"op": "change_spec", "wishes": [], "shares": [], **fields}  # type: ignore[typeddict-item]


def changed(before: PlaylistSpec, *operations: Operation, pins: tuple[int, ...] = ()) -> PlaylistSpec:
    result = solved("ABCDE", pins)
    after = changed_spec(before, result, apply_operations(result, operations))
    return SPEC.validate_python(after)


def genre(name: str, relation: str = "wanted") -> Constraint:
    return {
        "kind": "genre",
        "genre": name,
        "relation": relation,  # type: ignore[typeddict-item]
        "hard": True,
        "words": name,
        "turn": 2,
    }


def share(name: str, **fields: object) -> Quota:
    return {"genre": name, "hard": True, "words": "", **fields}  # type: ignore[typeddict-item]


def rejected(after: PlaylistSpec) -> list[str]:
    return [
        constraint.get("track_id", "")
        for constraint in after["brief"]["wishes"]
        if constraint["kind"] == "track" and constraint["relation"] == "rejected"
    ]


def test_changed_spec_of_pins_is_the_same():
    before = spec(tracks=5)
    assert changed(before, {"op": "pin", "positions": [1]}) == before


def test_changed_spec_rejects_for_good_what_was_turned_down():
    after = changed(spec(tracks=5), {"op": "remove", "positions": [2]}, {"op": "replace", "positions": [4]})
    assert rejected(after) == ["B", "D"]
    kept = changed(spec(tracks=5), {"op": "keep", "positions": [1]})
    assert rejected(kept) == []


def test_with_rejected_takes_back_what_the_brief_said_of_the_track():
    wanted: Constraint = {
        "kind": "track",
        "title": "song b",
        "artist": "artist b",
        "relation": "wanted",
        "hard": True,
        "words": "",
        "turn": 1,
    }
    brief = with_rejected({**empty_brief(), "wishes": [wanted, genre("soul")]}, [track("B")])
    assert [(constraint["kind"], constraint.get("relation")) for constraint in brief["wishes"]] == [
        ("genre", "wanted"),
        ("track", "rejected"),
    ]
    assert with_rejected(brief, [track("B")]) == brief


def test_changed_spec_of_a_removal_makes_the_list_that_much_shorter():
    one: Operation = {"op": "remove", "positions": [2]}
    assert changed(spec(tracks=25), one)["tracks"] == 24
    by_duration = changed(spec(duration_s=1_000.0), one)
    assert (by_duration["duration_s"], "tracks" in by_duration) == (800.0, False)
    assert changed(spec(), one)["tracks"] == 4
    assert changed(spec(duration_s=60.0), one)["duration_s"] == 60.0


def test_changed_spec_of_a_removal_takes_the_count_out_of_the_brief():
    count: Constraint = {"kind": "count", "count": 5, "hard": True, "words": "five", "turn": 1}
    before = spec(tracks=5, brief={**empty_brief(), "wishes": [count]})
    after = changed(before, {"op": "remove", "positions": [2]})
    assert [constraint["kind"] for constraint in after["brief"]["wishes"]] == ["track"]


def places(after: PlaylistSpec) -> list[tuple[str | None, int | None]]:
    return [(place.get("track_id"), place.get("position")) for place in after["places"]]


def place(name: str, position: int | None = None) -> dict[str, object]:
    at = {} if position is None else {"position": position}
    return {"track_id": name, "title": f"Song {name}", "words": "", **at}


@pytest.mark.parametrize("op", ["remove", "replace"])
def test_changed_spec_no_longer_wants_a_must_have_that_was_turned_down(op: str):
    before = spec(places=[place("A", 1), place("B")])
    assert places(changed(before, {"op": op, "positions": [2]})) == [("A", 1)]  # type: ignore[typeddict-item]


def test_changed_spec_wants_a_moved_must_have_at_its_new_place_and_a_displaced_one_anywhere():
    before = spec(places=[place("A", 1), place("E", -1), place("C")])
    after = changed(before, {"op": "move", "from_position": 5, "to_position": 1})
    assert places(after) == [("A", None), ("E", 1), ("C", None)]


def test_changed_spec_leaves_places_that_still_hold_or_never_did():
    absent = {"title": "Nowhere", "position": 2, "words": ""}
    before = spec(places=[place("A", 1), place("E", -1), place("B", 4), absent, place("Z", 3)])
    after = changed(before, {"op": "remove", "positions": [3]})
    assert places(after) == [("A", 1), ("E", -1), ("B", 4), (None, 2), ("Z", 3)]


def test_changed_spec_adds_constraints_and_a_later_one_replaces_an_earlier():
    before = spec(brief={"text": "", "turn": 1, "wishes": [genre("soul"), genre("rock")]})
    after = changed(before, change(wishes=[genre("soul", "rejected")]))
    assert [(w["genre"], w["relation"]) for w in after["brief"]["wishes"] if w["kind"] == "genre"] == [
        ("rock", "wanted"),
        ("soul", "rejected"),
    ]
    assert after["brief"]["turn"] == 2


def test_changed_spec_replaces_a_share_of_the_same_and_adds_others():
    before = spec(shares=[share("soul", at_least=0.5), share("rock", at_most=0.2)])
    after = changed(
        before, change(shares=[share("soul", at_least=0.7), share("rock", at_most=0.1, half="second")])
    )
    assert after["shares"] == [
        share("rock", at_most=0.2),
        share("soul", at_least=0.7),
        share("rock", at_most=0.1, half="second"),
    ]


def test_changed_spec_when_there_would_be_too_many_shares_is_refused():
    before = spec(shares=[share(f"genre {n}") for n in range(8)])
    with pytest.raises(InvalidInput, match="at most 8 quotas"):
        changed(before, change(shares=[share("one more")]))


@pytest.mark.parametrize(
    ("before", "asked", "tracks", "duration_s"),
    [
        ({"tracks": 25}, {"tracks": 30}, 30, None),
        ({"duration_s": 5400.0}, {"tracks": 30}, 30, None),
        ({"tracks": 25}, {"duration_s": 3600.0}, None, 3600.0),
        ({"tracks": 25}, {"tracks": 20, "duration_s": 3600.0}, 20, 3600.0),
        ({"duration_s": 5400.0}, {"duration_change_s": 600.0}, None, 6000.0),
        # Five tracks of 200 seconds stand in the list.
        ({"tracks": 5}, {"duration_change_s": -300.0}, None, 700.0),
        ({"tracks": 5}, {}, 5, None),
    ],
)
def test_changed_spec_of_a_new_length(
    before: dict[str, object], asked: dict[str, object], tracks: int | None, duration_s: float | None
):
    after = changed(spec(**before), change(**asked))
    assert (after.get("tracks"), after.get("duration_s")) == (tracks, duration_s)


def test_changed_spec_of_a_length_that_cannot_be_is_refused():
    with pytest.raises(InvalidInput, match="1 minute to 12 hours"):
        changed(spec(duration_s=600.0), change(duration_change_s=-590.0))
    with pytest.raises(InvalidInput, match="Number 5 stays where it is"):
        changed(spec(tracks=5), change(tracks=3), pins=(5,))
