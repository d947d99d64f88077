"""CSV: as the RFC has it, harmless in spreadsheets, and read from whoever wrote it."""

import csv
import io

import pytest

from src.errors import InvalidInput
from src.playlists.formats.csv_file import HEADER, read_csv, write_csv
from src.playlists.formats.text import NOT_UTF8
from tests.playlists.entries import make_entry, named_entry

UUID = "5b2c3f0e-7a64-5d1c-9a54-0c1e5b6f7d21"
SPOTIFY_ID = "0123456789abcdefghijKL"


def _cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_write_csv_has_a_mark_a_header_and_crlf() -> None:
    track = named_entry("Amber\nRain", year=1999, features={"tempo": 120.5})["track"]
    data = write_csv("Any", [make_entry(track, 1, energy=0.25, pinned=True, reason='It "opens".')], {})
    assert data.startswith(b"\xef\xbb\xbfPosition,Title,")
    assert data.count(b"\r\n") == 2
    header, row = _cells(data)
    assert tuple(header) == HEADER
    cells = dict(zip(header, row, strict=True))
    assert cells["Title"] == "Amber\nRain"
    assert (cells["Year"], cells["Tempo (BPM)"], cells["Energy"]) == ("1999", "120.5", "0.25")
    assert (cells["Pinned"], cells["Reason"]) == ("yes", 'It "opens".')
    assert cells["ISRC"] == cells["Album"] == cells["URL"] == ""


@pytest.mark.parametrize(
    "title", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1", "''-x", '=HYPERLINK("x")']
)
def test_write_csv_makes_a_formula_harmless_and_read_csv_restores_it(title: str) -> None:
    data = write_csv("", [named_entry(title)], {})
    cell = _cells(data)[1][1]
    assert cell == f"'{title}"
    assert read_csv(data)["tracks"][0]["title"] == " ".join(title.split())


def test_write_csv_leaves_an_apostrophe_of_the_title_alone() -> None:
    data = write_csv("", [named_entry("'Round Midnight")], {})
    assert _cells(data)[1][1] == "'Round Midnight"
    assert read_csv(data)["tracks"][0]["title"] == "'Round Midnight"


def test_write_csv_drops_what_steers_a_terminal() -> None:
    assert _cells(write_csv("", [named_entry("A\x1b[31mB\x00")], {}))[1][1] == "A[31mB"


@pytest.mark.parametrize(
    ("text", "title", "artists", "duration_ms", "identifier"),
    [
        (
            '"Track URI","Track Name","Artist Name(s)","Album Name","Track Duration (ms)","ISRC"\n'
            f'"spotify:track:{SPOTIFY_ID}","Tidal Bell","Ada Moth, Zed Kay",'
            '"Letters","201000","QZABC2400001"\n',
            "Tidal Bell",
            ["Ada Moth, Zed Kay"],
            201_000,
            f"spotify:track:{SPOTIFY_ID}",
        ),
        (
            "Track name,Artist name,Album,Playlist name,Type,ISRC,Spotify - id\n"
            f"Tidal Bell,Ada Moth,Letters,Evening,Playlist,QZ-ABC-24-00001,{SPOTIFY_ID}\n",
            "Tidal Bell",
            ["Ada Moth"],
            None,
            f"spotify:track:{SPOTIFY_ID}",
        ),
        (
            "title;artist;album;isrc\nTidal Bell;Ada Moth;Letters;qzabc2400001\n",
            "Tidal Bell",
            ["Ada Moth"],
            None,
            None,
        ),
        (
            "Name\tArtist\tComposer\tAlbum\tTime\tTrack Number\nTidal Bell\tAda Moth\t\tLetters\t201\t3\n",
            "Tidal Bell",
            ["Ada Moth"],
            201_000,
            None,
        ),
        (
            'TITLE, ARTIST, LENGTH\n"Tidal Bell", "Ada Moth", 3:21\n',
            "Tidal Bell",
            ["Ada Moth"],
            201_000,
            None,
        ),
        (
            f"track_id,track_name,track_artist,duration_ms\n{SPOTIFY_ID},Tidal Bell,Ada Moth,201000\n",
            "Tidal Bell",
            ["Ada Moth"],
            201_000,
            f"spotify:track:{SPOTIFY_ID}",
        ),
        (
            "Track #,Title,Artist,Length\n7,Tidal Bell,Ada Moth,1:03:21\n",
            "Tidal Bell",
            ["Ada Moth"],
            3_801_000,
            None,
        ),
        (
            "sep=|\nTitle|Artist|Duration\nTidal Bell|Ada Moth|201000\n",
            "Tidal Bell",
            ["Ada Moth"],
            201_000,
            None,
        ),
        (f"Track ID,Title\n{UUID.upper()},Tidal Bell\n", "Tidal Bell", [], None, f"urn:uuid:{UUID}"),
    ],
)
def test_read_csv_of_others(
    text: str, title: str, artists: list[str], duration_ms: int | None, identifier: str | None
) -> None:
    (track,) = read_csv(text.encode())["tracks"]
    assert (track["title"], track["artists"]) == (title, artists)
    assert track.get("duration_ms") == duration_ms
    assert track["identifiers"] == ([identifier] if identifier else [])
    if "isrc" in text.lower():
        assert track["isrc"] == "QZABC2400001"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_read_csv_in_any_encoding_and_with_any_line_ends(encoding: str, end: str) -> None:
    text = end.join(["Title,Artist", "Żółć,Ädä", "", "Two,Bee", ""])
    found = read_csv(text.encode(encoding))
    assert [(track["title"], track["line"]) for track in found["tracks"]] == [("Żółć", 2), ("Two", 4)]
    assert found["notes"] == []


def test_read_csv_of_western_text_says_so() -> None:
    found = read_csv("Title,Artist\nCafé,Beyoncé\n".encode("cp1252"))
    assert found["tracks"][0]["title"] == "Café"
    assert found["notes"] == [NOT_UTF8]


def test_read_csv_counts_lines_over_broken_cells() -> None:
    found = read_csv(b'Title,Artist\n"Two\nlines",A\nNext,B\n')
    assert [(track["title"], track["line"]) for track in found["tracks"]] == [("Two lines", 2), ("Next", 4)]


def test_read_csv_takes_the_name_of_the_one_list() -> None:
    head = "Title,Artist,Playlist name\n"
    assert read_csv(f"{head}A,X,Evening\nB,Y,Evening\n".encode())["title"] == "Evening"
    assert read_csv(f"{head}A,X,Evening\nB,Y,Morning\n".encode())["title"] == ""


def test_read_csv_leaves_rows_without_a_name_out() -> None:
    assert [track["line"] for track in read_csv(b"Title,Artist,Plays\n,,\n,X,Y\nA\n,,9\n")["tracks"]] == [4]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "Line 1: name the columns"),
        (b"\n\nfoo,bar\n1,2\n", "Line 3: name the columns"),
        (b'Title,Artist\nA,B\n"never closed,C\nD,E\n', "Line 3: the row cannot be read"),
        (b"Title,Artist\nA,B\nC\x00,D\n", "Line 3: the file is not a text"),
    ],
)
def test_read_csv_of_what_is_none_names_the_line(data: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_csv(data)


@pytest.mark.parametrize("cell", ["", "soon", "-5", "0", "99:99:99:99", "1e9", "999999999"])
def test_read_csv_invents_no_length(cell: str) -> None:
    (track,) = read_csv(f"Title,Duration,Artist\nA,{cell},B\n".encode())["tracks"]
    assert "duration_ms" not in track
