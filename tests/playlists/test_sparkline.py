"""The terminal's picture: a block a track, a blank where nothing is known, never wider than asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.playlists.models.result import PlaylistEntry
from src.playlists.sparkline import BLOCKS, sparklines
from tests.playlists.entries import make_entry, named_entry


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
