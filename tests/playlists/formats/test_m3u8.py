"""M3U8: what players accept, and what they and others write."""

import pytest

from src.errors import InvalidInput
from src.playlists.formats.m3u8 import read_m3u8, write_m3u8
from src.playlists.formats.text import NOT_UTF8
from tests.playlists.entries import named_entry

LINK = "https://open.spotify.com/track/0123456789abcdefghijKL"


def test_write_m3u8_line_by_line() -> None:
    one = named_entry("Amber\nRain", "Kin of Moss", "Ada Moth", album="Letters", duration_ms=180_400)
    two = named_entry("AC/DC: #1?", "Zed Kay")
    assert write_m3u8("Two\rsongs", [one, two], {one["track"]["id"]: LINK}).decode().split("\n") == [
        "#EXTM3U",
        "#PLAYLIST:Two songs",
        "#EXTINF:180,Kin of Moss, Ada Moth - Amber Rain",
        "#EXTART:Kin of Moss, Ada Moth",
        "#EXTALB:Letters",
        f"#SEGUE-ID:{one['track']['id']}",
        LINK,
        "#EXTINF:-1,Zed Kay - AC/DC: #1?",
        "#EXTART:Zed Kay",
        f"#SEGUE-ID:{two['track']['id']}",
        "Zed Kay - AC-DC- -1",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "title", "artists", "duration_ms"),
    [
        (
            "#EXTM3U\n#EXTINF:180,Ada Moth - Tidal Bell\nC:\\Music\\x.mp3\n",
            "Tidal Bell",
            ["Ada Moth"],
            180_000,
        ),
        ("#EXTINF:180.5 , Ada Moth - Tidal Bell - Live\nx.mp3", "Tidal Bell - Live", ["Ada Moth"], 180_500),
        (
            '#EXTINF:-1 tvg-id="a,b" group-title="x",Ada Moth - Tidal Bell\nhttp://x/1',
            "Tidal Bell",
            ["Ada Moth"],
            None,
        ),
        ("#EXTINF:0,Tidal Bell\nhttp://x/1", "Tidal Bell", [], None),
        (
            "#extinf:180,Tidal Bell\n#EXTART:Ada Moth\n#EXTALB:Letters\nx.mp3",
            "Tidal Bell",
            ["Ada Moth"],
            180_000,
        ),
        ("# a comment\n\nAda Moth - Tidal Bell.flac\n", "Tidal Bell", ["Ada Moth"], None),
        ("../Ada Moth/Letters (1999)/03 Tidal Bell.mp3", "Tidal Bell", ["Ada Moth"], None),
        ("D:\\Ada Moth\\Letters\\1-03 Tidal Bell.m4a", "Tidal Bell", ["Ada Moth"], None),
        ("file:///music/Ada%20Moth%20-%20Tidal%20Bell.ogg", "Tidal Bell", ["Ada Moth"], None),
        ("music/99 Luftballons.mp3", "Luftballons", [], None),
        ("#EXTINF:junk\nTidal Bell.mp3", "Tidal Bell", [], None),
        ("#EXTINF:200,Tidal Bell\nx/Ada Moth - Tidal Bell.mp3", "Tidal Bell", ["Ada Moth"], 200_000),
    ],
)
def test_read_m3u8_of_others(text: str, title: str, artists: list[str], duration_ms: int | None) -> None:
    (track,) = read_m3u8(text.encode())["tracks"]
    assert (track["title"], track["artists"]) == (title, artists)
    assert track.get("duration_ms") == duration_ms


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_read_m3u8_in_any_encoding_and_with_any_line_ends(end: str, encoding: str) -> None:
    text = end.join(["#EXTM3U", "#PLAYLIST:夜", "#EXTINF:1,Ä - Ö", "x.mp3", "#EXTINF:2,B - C", "y.mp3"])
    found = read_m3u8(text.encode(encoding))
    assert found["title"] == "夜"
    assert [(track["title"], track["line"]) for track in found["tracks"]] == [("Ö", 3), ("C", 5)]


def test_read_m3u8_of_winamp_text_says_so() -> None:
    found = read_m3u8("#EXTINF:1,Beyoncé - Déjà Vu\r\nx.mp3".encode("cp1252"))
    assert found["tracks"][0]["artists"] == ["Beyoncé"]
    assert found["notes"] == [NOT_UTF8]


def test_read_m3u8_keeps_addresses_as_identifiers() -> None:
    found = read_m3u8(b"spotify:track:0123456789abcdefghijKL\nhttps://x.example/a.mp3\n")["tracks"]
    assert [track["identifiers"] for track in found] == [
        ["spotify:track:0123456789abcdefghijKL"],
        ["https://x.example/a.mp3"],
    ]


def test_read_m3u8_tags_of_one_track_are_not_the_next_ones() -> None:
    one, two = read_m3u8(b"#EXTINF:9,A - B\n#EXTALB:C\nx.mp3\ny.mp3\n")["tracks"]
    assert one["album"] == "C"
    assert (two["title"], two["artists"], "album" in two, "duration_ms" in two) == ("y", [], False, False)


def test_read_m3u8_leaves_a_line_out_that_names_nothing() -> None:
    assert [track["line"] for track in read_m3u8(b"/\n01 A.mp3\n")["tracks"]] == [2]


def test_read_m3u8_of_the_manifest_of_a_stream() -> None:
    with pytest.raises(InvalidInput, match="Line 2: this is the manifest of a stream"):
        read_m3u8(b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9.0,\nseg1.ts\n")


def test_read_m3u8_of_a_long_line_takes_no_long_time() -> None:
    data = b"#EXTINF:1" + b' a="b"' * 200_000 + b"\nx.mp3\n#EXTINF:" + b" " * 1_000_000 + b"\ny.mp3"
    assert len(read_m3u8(data)["tracks"]) == 2
