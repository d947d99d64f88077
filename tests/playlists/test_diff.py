import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.playlists.diff import Grounds, diff_lists
from src.playlists.models.playlist import PlaylistDiff
from tests.playlists.lists import names, solved

LISTS = st.lists(st.sampled_from("ABCDEFGHIJKL"), max_size=12)
UNIQUE = st.lists(st.sampled_from("ABCDEFGHIJKL"), unique=True, max_size=12)


def apply_diff(old: str, diff: PlaylistDiff) -> str:
    """The new list from the old one, as the docstring of the diff tells."""
    gone = {entry["position"] for entry in diff["removed"]} | {e["from_position"] for e in diff["moved"]}
    rest = iter([name for at, name in enumerate(old, 1) if at not in gone])
    placed = {entry["position"]: entry["track_id"] for entry in diff["added"]}
    placed |= {entry["to_position"]: entry["track_id"] for entry in diff["moved"]}
    length = len(old) - len(diff["removed"]) + len(diff["added"])
    return "".join(placed.get(at) or next(rest) for at in range(1, length + 1))


def moves(diff: PlaylistDiff) -> list[tuple[str, int, int]]:
    return [(e["track_id"], e["from_position"], e["to_position"]) for e in diff["moved"]]


@given(LISTS, LISTS)
def test_diff_lists_applied_to_the_old_list_gives_the_new_one(old: list[str], new: list[str]):
    diff = diff_lists(solved(old), solved(new))
    assert apply_diff("".join(old), diff) == "".join(new)
    assert diff["kept"] + len(diff["removed"]) + len(diff["moved"]) == len(old)
    assert all(entry["why"].endswith(".") for part in ("added", "removed", "moved") for entry in diff[part])


@given(UNIQUE, UNIQUE)
def test_diff_lists_never_says_that_a_track_moved_to_the_number_it_had(old: list[str], new: list[str]):
    assert all(start != end for _, start, end in moves(diff_lists(solved(old), solved(new))))


@given(LISTS)
def test_diff_lists_of_a_list_with_itself_is_empty(same: list[str]):
    diff = diff_lists(solved(same), solved(same))
    assert diff == {"added": [], "removed": [], "moved": [], "kept": len(same), "pinned_kept": 0}


def test_diff_lists_when_one_comes_in_at_the_top_moves_nothing():
    diff = diff_lists(solved("ABCDEFGH"), solved("XABCDEFGH"))
    assert [(e["position"], e["track_id"]) for e in diff["added"]] == [(1, "X")]
    assert (diff["moved"], diff["removed"], diff["kept"]) == ([], [], 8)


@pytest.mark.parametrize(
    ("new", "moved"),
    [
        ("GABCDEFH", [("G", 7, 1)]),
        ("BCDEFGHA", [("A", 1, 8)]),
        ("ACBDEFGH", [("C", 3, 2)]),
    ],
)
def test_diff_lists_when_one_was_moved_names_that_one_alone(new: str, moved: list[tuple[str, int, int]]):
    diff = diff_lists(solved("ABCDEFGH"), solved(new), Grounds(moved=[moved[0][0]]))
    assert moves(diff) == moved
    assert diff["moved"][0]["why"] == "It was moved on request."


def test_diff_lists_keeps_every_pin_in_its_place():
    diff = diff_lists(solved("ABCDEF", [2]), solved("FBACDE", [2]))
    assert "B" not in [name for name, _, _ in moves(diff)]
    assert diff["pinned_kept"] == 1


def test_diff_lists_says_why_from_what_is_known():
    grounds = Grounds(missing=["A"], removed=["B"], replaced={"C": 3}, rested=["D"])
    diff = diff_lists(solved("ABCDEFG"), solved("XYZWFGV"), grounds)
    assert {e["track_id"]: e["why"] for e in diff["removed"]} == {
        "A": "It is no longer in the catalogue.",
        "B": "It was removed on request.",
        "C": "It was replaced on request.",
        "D": "It made room for something new: it had stood here longest.",
        "E": "Others rank higher now.",
    }
    assert {e["track_id"]: e["why"] for e in diff["added"]} == {
        "X": "It is new: the refresh made room for it.",
        "Y": "It is new: the refresh made room for it.",
        "Z": "It takes the place of “Song C”, which was to be replaced.",
        "W": "It is new: the refresh made room for it.",
        "V": "It is new: the refresh made room for it.",
    }


def test_diff_lists_says_why_when_the_spec_changed():
    diff = diff_lists(solved("ABCD"), solved("CBAX"), Grounds(spec_changed=True))
    assert [e["why"] for e in diff["removed"]] == ["Others suit better what the list is to be now."]
    assert [e["why"] for e in diff["added"]] == ["It suits what the list is to be now."]
    assert {e["why"] for e in diff["moved"]} == {"The order follows what the list is to be now."}


def test_diff_lists_says_why_when_a_version_was_restored():
    diff = diff_lists(solved("ABCD"), solved("CBAX"), Grounds(restored=3))
    whys = [e["why"] for part in ("added", "removed", "moved") for e in diff[part]]
    assert len(whys) == 4
    assert all("version 3." in why for why in whys)


def test_diff_lists_says_why_when_nothing_is_known():
    diff = diff_lists(solved("ABCD"), solved("DXABY", [1, 2]))
    assert {e["track_id"]: e["why"] for e in diff["added"]} == {
        "X": "It is pinned here.",
        "Y": "It ranks among the best for the list now.",
    }
    assert {e["track_id"]: e["why"] for e in diff["moved"]} == {"D": "It is pinned here."}
    assert diff_lists(solved("ABC"), solved("CBA"))["moved"][0]["why"] == (
        "The order was worked out anew around what came and went."
    )


def test_diff_lists_gives_titles_and_artists():
    diff = diff_lists(solved("AB"), solved("BC"))
    assert (diff["added"][0]["title"], diff["added"][0]["artists"]) == ("Song C", ["Artist C"])
    assert names(solved("AB")) == "AB"


def test_diff_lists_of_the_longest_lists_is_quick():
    # 500 tracks turned around: every pair is compared, and none but one stays.
    old = [f"{n:03}" for n in range(500)]
    diff = diff_lists(solved(old), solved(old[::-1]))
    assert (len(diff["moved"]), diff["kept"]) == (499, 1)
