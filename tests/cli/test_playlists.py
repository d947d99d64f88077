"""`segue playlist` and `segue playlists`: made, shown, edited, renewed, written, read, deleted."""

import json
import re
from xml.etree import ElementTree

import pytest

from tests.cli.conftest import Command, one_line


def _make(segue: Command, *arguments: str) -> str:
    """The id of a new list of five rock songs."""
    ran = segue("playlist", "5 rock songs", "--json", *arguments)
    assert ran.code == 0, ran.err
    return str(json.loads(ran.out)["id"])


def _titles(segue: Command, id_: str) -> list[str]:
    out = segue("playlists", "show", id_).out
    return re.findall(r"^ *\d+\. .* – (.+?)(?: \(\d{4}\))?(?: ⚲)?$", out, re.MULTILINE)


def test_playlist_is_shown_and_written_into_a_file(segue, tmp_path):
    file = tmp_path / "x.m3u8"
    ran = segue("playlist", "dream pop and rock", "--tracks", "5", "--title", "Mine", "--out", str(file))
    assert ran.code == 0, ran.err
    assert ran.out.startswith("Mine – 5 tracks")
    assert " ✓ 5 tracks\n" in ran.out
    assert re.search(r"^playlist [0-9a-f]{32} · version 1 · ", ran.out, re.MULTILINE)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("#EXTM3U\n#PLAYLIST:Mine\n")
    assert text.count("#EXTINF:") == 5


def test_playlist_as_json_is_the_whole_answer(segue):
    ran = segue("playlist", "5 rock songs", "--seed", "3", "--json")
    answer = json.loads(ran.out)
    assert (answer["result"]["seed"], len(answer["result"]["entries"])) == (3, 5)
    assert answer["links"]["self"] == f"/v1/playlists/{answer['id']}"


def test_playlist_for_a_file_of_no_known_format_is_refused_before_anything_is_made(segue, tmp_path):
    file = tmp_path / "x.exe"
    one_line(segue("playlist", "5 rock songs", "--out", str(file)))
    assert not file.exists()
    assert segue("playlists", "list").out.startswith("There is no playlist yet")


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("0 songs of jazz", "1 to 500 tracks"),
        ("10,000 rock tracks", "1 to 500 tracks"),
        ("3 seconds of jazz", "1 minute to 12 hours"),
    ],
)
def test_playlist_that_cannot_be_says_so_in_one_line(segue, prompt, said):
    assert said in one_line(segue("playlist", prompt))


def test_playlist_when_the_file_cannot_be_written_says_so_in_one_line(segue, tmp_path):
    ran = segue("playlist", "5 rock songs", "--out", str(tmp_path / "no" / "x.csv"))
    assert "cannot be written" in one_line(ran)


@pytest.mark.parametrize("arguments", [["--tracks", "0"], ["--tracks", "501"], ["--minutes", "0.05"]])
def test_playlist_with_a_number_out_of_bounds_is_a_usage_error(segue, arguments):
    assert segue("playlist", "rock", *arguments).code == 2


def test_playlists_are_listed_shown_edited_and_renewed(segue):
    id_ = _make(segue, "--title", "Mine")
    assert segue("playlists", "list").out == f"{id_}  version 1  5 tracks  fresh  Mine\n"
    before = _titles(segue, id_)
    assert len(before) == 5
    edited = segue("playlists", "edit", id_, "swap number 3")
    assert edited.code == 0, edited.err
    assert re.search(rf"^ -   3\. {re.escape(before[2])} by ", edited.out, re.MULTILINE)
    assert re.search(r"^ \+   3\. .+ by .+: .+$", edited.out, re.MULTILINE)
    after = _titles(segue, id_)
    assert (after[:2], after[3:]) == (before[:2], before[3:])
    segue("playlists", "edit", id_, "pin the first")
    assert " ⚲\n" in segue("playlists", "show", id_).out
    refreshed = segue("playlists", "refresh", id_)
    assert refreshed.code == 0, refreshed.err
    assert " · version 4 · " in refreshed.out
    assert re.search(r"^ - ", refreshed.out, re.MULTILINE)
    assert _titles(segue, id_)[0] == before[0]


def test_playlists_are_exported_imported_and_deleted(segue, tmp_path):
    id_ = _make(segue)
    titles = _titles(segue, id_)
    for ending in ("m3u8", "xspf", "jspf", "csv", "json", "svg"):
        file = tmp_path / f"list.{ending}"
        assert segue("playlists", "export", id_, str(file)).out == f"written: {file}\n"
        assert file.stat().st_size > 0
    ElementTree.fromstring((tmp_path / "list.svg").read_text(encoding="utf-8"))
    imported = segue("playlists", "import", str(tmp_path / "list.jspf"))
    assert imported.code == 0, imported.err
    assert imported.out.startswith("5 matched, 0 ambiguous, 0 missing\n")
    other = re.search(r"^playlist ([0-9a-f]{32}) ", imported.out, re.MULTILINE)
    assert other is not None
    assert sorted(_titles(segue, other[1])) == sorted(titles)
    assert segue("playlists", "delete", id_).out == "deleted\n"
    assert "no such playlist" in one_line(segue("playlists", "show", id_))
    assert other[1] in segue("playlists", "list").out


def test_import_says_what_is_missing_and_makes_no_list_of_nothing(segue, tmp_path):
    file = tmp_path / "mine.m3u8"
    file.write_text("#EXTM3U\n#EXTINF:-1,Nobody - Nothing at All\nx.mp3\n", encoding="utf-8")
    ran = segue("playlists", "import", str(file))
    assert ran.code == 1
    assert "0 matched, 0 ambiguous, 1 missing" in ran.out
    assert "missing: Nobody – Nothing at All" in ran.out
    assert ran.err == "segue: Nothing of this file is in the catalogue: no playlist was made.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("show", "nowhere"), "no such playlist"),
        (("edit", "nowhere", "swap number 3"), "no such playlist"),
        (("refresh", "nowhere"), "no such playlist"),
        (("delete", "nowhere"), "no such playlist"),
        (("export", "nowhere", "x.exe"), "one of these endings"),
        (("import", "nowhere.csv"), "cannot be read"),
    ],
)
def test_playlists_when_something_is_wrong_say_so_in_one_line(segue, arguments, said):
    assert said in one_line(segue("playlists", *arguments))


def test_edit_that_is_not_understood_says_so_in_one_line(segue):
    assert "Nothing to change was understood" in one_line(
        segue("playlists", "edit", _make(segue), "lorem ipsum")
    )
