"""The picture of a list: one SVG that stands alone, says what it shows, and invents nothing."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.playlists.models.result import PlaylistEntry
from src.playlists.picture import BLOCKS, contour_picture, sparklines
from tests.playlists.entries import make_entry, named_entry

NS = "{http://www.w3.org/2000/svg}"


def _list(energies: list[float | None], **fields: object) -> list[PlaylistEntry]:
    entries: list[PlaylistEntry] = []
    for position, energy in enumerate(energies, start=1):
        track = named_entry(f"Song {position}", "Kin of Moss", **fields)["track"]
        known = {} if energy is None else {"energy": energy, "energy_source": "measured"}
        entries.append(make_entry(track, position, **known))
    return entries


def _drawn(svg: str, lane: str) -> tuple[list[str], list[ElementTree.Element]]:
    """(paths of the lane's line, its dots)."""
    root = ElementTree.fromstring(svg)
    (group,) = [node for node in root.iter(f"{NS}g") if node.get("class") == lane]
    paths = [node.get("d", "") for node in group.iter(f"{NS}path") if node.get("class") == "line"]
    return paths, list(group.iter(f"{NS}circle"))


def _desc(svg: str) -> str:
    found = ElementTree.fromstring(svg).find(f"{NS}desc")
    assert found is not None
    return found.text or ""


@given(st.text(), st.text(), st.text())
def test_contour_picture_of_any_text_is_well_formed(title: str, song: str, artist: str) -> None:
    entry = named_entry("x")
    entry["track"]["title"], entry["track"]["artists"] = song, [artist]
    root = ElementTree.fromstring(contour_picture(title, [entry]))
    assert root.tag == f"{NS}svg"


def test_contour_picture_loads_nothing_and_runs_nothing() -> None:
    evil = '"><script>alert(1)</script><image href="http://x.example/a.png"/>'
    entry = make_entry(named_entry(evil, evil, album=evil)["track"], energy=0.5)
    svg = contour_picture(evil, [entry], {"energy": [0.1, 0.9]})
    nodes = list(ElementTree.fromstring(svg).iter())
    tags = {node.tag.removeprefix(NS) for node in nodes}
    assert tags == {"svg", "title", "desc", "style", "rect", "text", "tspan", "g", "line", "path", "circle"}
    assert not [name for node in nodes for name in node.attrib if "href" in name or name.startswith("on")]
    values = " ".join([*(value for node in nodes for value in node.attrib.values()), nodes[3].text or ""])
    assert nodes[3].tag == f"{NS}style"
    assert not re.search(r"url\(|@import|//|expression", values)


def test_contour_picture_is_named_and_told_in_words() -> None:
    entries = _list([0.2, None, 0.9, 0.4], year=1999)
    svg = contour_picture("Dinner", entries, {"energy": [0.1, 0.8]})
    root = ElementTree.fromstring(svg)
    labels = root.get("aria-labelledby", "").split()
    by_id = {node.get("id"): node.text for node in root if node.get("id")}
    assert root.get("role") == "img"
    assert by_id[labels[0]] == "Dinner: energy, tempo and year over 4 tracks"
    assert by_id[labels[1]] == (
        "Energy: 0.2 to 0.9, lowest at track 1, highest at track 3; not known for 1 of 4. "
        "Asked for: from 0.1 to 0.8, a dashed line. "
        "Tempo: not known for any track. Year: 1999."
    )


def test_contour_picture_leaves_a_gap_where_nothing_is_known() -> None:
    svg = contour_picture("", _list([0.2, 0.3, None, 0.5, None, 0.7, 0.8]))
    paths, dots = _drawn(svg, "energy")
    assert [path.count("L") for path in paths] == [1, 1]
    assert len(dots) == 5
    assert _drawn(svg, "tempo") == ([], [])


def test_contour_picture_marks_what_was_not_measured() -> None:
    entries = _list([0.2, 0.4])
    entries[1]["energy_source"] = "editorial"
    svg = contour_picture("", entries)
    assert [dot.get("class") for dot in _drawn(svg, "energy")[1]] == ["dot", "stand-in"]
    assert "hollow: not measured" in svg
    assert "Energy: 0.4, judged by an editor" in svg
    assert "hollow" not in contour_picture("", _list([0.2, 0.4]))


def test_contour_picture_puts_higher_values_higher() -> None:
    _, dots = _drawn(contour_picture("", _list([0.0, 0.5, 1.0])), "energy")
    heights = [float(dot.get("cy", "")) for dot in dots]
    assert heights == sorted(heights, reverse=True)
    assert len(set(heights)) == 3


def test_contour_picture_draws_the_asked_contour_from_the_first_track_to_the_last() -> None:
    svg = contour_picture("", _list([0.2, 0.4, 0.6]), {"energy": [0.0, 1.0], "tempo": [90, 120, 150]})
    asked = re.findall(r'class="asked" d="M([\d.]+) [\d.]+L(?:.*L)?([\d.]+) ', svg)
    dots = _drawn(svg, "energy")[1]
    ends = (dots[0].get("cx"), dots[-1].get("cx"))
    assert asked == [ends, ends]
    assert ">150<" in svg


@pytest.mark.parametrize("asked", [{"energy": [0.5]}, {"energy": [0.1, 0.9, 0.5]}, {"energy": []}, None])
@pytest.mark.parametrize("count", [0, 1, 2, 11, 500])
def test_contour_picture_of_any_length_stays_on_its_sheet(
    count: int, asked: dict[str, list[float]] | None
) -> None:
    entries = _list([0.5 + (place % 7) / 20 for place in range(count)], year=1999, features={"tempo": 128.0})
    svg = contour_picture("List", entries, asked)  # type: ignore[arg-type]
    root = ElementTree.fromstring(svg)
    width = float(root.get("viewBox", "").split()[2])
    assert len([node for node in root.iter(f"{NS}rect") if node.get("class") == "hit"]) == count
    for node in root.iter(f"{NS}text"):
        assert 0 < float(node.get("x", "")) < width
    for path in root.iter(f"{NS}path"):
        assert all(0 < float(x) < width for x in re.findall(r"[ML]([\d.]+) ", path.get("d", "")))
    assert len(svg) < 250_000


def test_contour_picture_numbers_the_tracks() -> None:
    svg = contour_picture("", _list([0.5] * 25))
    numbers = re.findall(r'text-anchor="(?:middle|end)">(\d+)</text>', svg.partition(">Track<")[2])
    assert numbers == ["1", "5", "10", "15", "20", "25"]


def test_contour_picture_cuts_a_long_name_but_says_it_whole() -> None:
    svg = contour_picture("夜" * 60, _list([0.5]))
    assert f">{'夜' * 21}…<" in svg
    assert "夜" * 60 in svg


def test_contour_picture_tells_each_track_under_the_pointer() -> None:
    svg = contour_picture("", _list([None], year=1999))
    assert "<title>1. Kin of Moss – Song 1\nEnergy: not known\nTempo: not known\nYear: 1999</title>" in svg


def test_contour_picture_is_the_same_each_time_and_its_ids_are_its_own() -> None:
    one, two = _list([0.1, 0.2]), _list([0.1, 0.3])
    assert contour_picture("A", one) == contour_picture("A", one)
    ids = [re.findall(r'id="(\w+)"', contour_picture("A", entries)) for entries in (one, two)]
    assert not set(ids[0]) & set(ids[1])
    assert _desc(contour_picture("A", one)) != _desc(contour_picture("A", two))


def _entries(energies: list[float | None], years: list[int] | None = None) -> list[PlaylistEntry]:
    entries: list[PlaylistEntry] = []
    for place, energy in enumerate(energies):
        year = {"year": years[place]} if years else {}
        track = named_entry(f"Song {place}", "Kin of Moss", **year)["track"]
        entries.append(make_entry(track, place + 1, **({} if energy is None else {"energy": energy})))
    return entries


def test_sparklines_of_a_short_list() -> None:
    entries = _entries([0.0, 0.3, None, 1.0], [1960, 1980, 2000, 2020])
    assert sparklines(entries).split("\n") == [
        "energy  ▁▃ █  0 to 1 (3 of 4 known)",
        "tempo         not known",
        "year    ▁▃▆█  1960 to 2020",
    ]


def test_sparklines_of_equal_values_are_level() -> None:
    assert sparklines(_entries([0.5, 0.5], [1999, 1999])).split("\n")[2] == "year    ▅▅  1999"


def test_sparklines_of_a_long_list_are_means_of_runs() -> None:
    energy = sparklines(_entries([0.0] * 100 + [None] * 100 + [1.0] * 100), 70).split("\n")[0]
    drawn = energy[8:].rsplit("  ", 1)[0]
    assert set(drawn) == {"▁", " ", "█"}
    assert drawn == "".join(sorted(drawn, key="▁ █".index))


def test_sparklines_of_nothing() -> None:
    assert sparklines([]).split("\n") == ["energy    not known", "tempo     not known", "year      not known"]


@given(
    st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=300),
    st.integers(min_value=50, max_value=200),
)
def test_sparklines_fit_the_width(energies: list[float | None], width: int) -> None:
    lines = sparklines(_entries(energies), width).split("\n")
    assert len(lines) == 3
    assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize("value", [0.0, 0.124, 0.126, 0.99, 1.0])
def test_sparklines_energy_stands_on_its_own_scale(value: float) -> None:
    block = sparklines(_entries([value, value]))[8]
    assert BLOCKS.index(block) == min(int(value * 8), 7)
