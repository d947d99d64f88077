"""Every format gives back what it was given, whatever the names are made of, and refuses what is no list."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.errors import InvalidInput
from src.playlists.formats.formats import FORMATS, format_named, format_of_file
from src.playlists.formats.text import MAX_FILE_BYTES, MAX_FILE_TRACKS, tidy
from tests.playlists.entries import make_entry, named_entry

_NASTY = [
    "\n",
    "\r\n",
    '"',
    "'",
    ",",
    "=1+1",
    "+",
    "-",
    "@",
    "🎧👩‍👩‍👧",
    "\u202eحب",
    "夜",
    "\x00",
    "\x1b",
    "&<>]]>",
]
# A semicolon parts the artists of a CSV cell.
_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
_NAME = st.one_of(_TEXT, st.lists(st.sampled_from([*_NASTY, "a", " "]), max_size=6).map("".join))
NAMES = _NAME.filter(lambda text: bool(tidy(text)))
ARTISTS = NAMES.map(lambda text: text.replace(";", ".")).filter(lambda text: bool(tidy(text)))
ISRC = "QZABC2400001"
LINK = "https://open.spotify.com/track/0123456789abcdefghijKL"

every_format = pytest.mark.parametrize("name", sorted(FORMATS))


@every_format
@given(title=_NAME, song=NAMES, artist=ARTISTS, album=_NAME, duration=st.integers(1, 86_000))
def test_write_and_read_give_any_names_back(
    name: str, title: str, song: str, artist: str, album: str, duration: int
) -> None:
    entry = named_entry(song, artist, album=album, duration_ms=1000 * duration, isrc=ISRC)
    format_ = FORMATS[name]
    assert format_.read is not None
    found = format_.read(format_.write(title, [entry, entry], {}))
    assert len(found["tracks"]) == 2
    track = found["tracks"][0]
    assert (track["title"], track["artists"]) == (tidy(song), [tidy(artist)])
    assert track.get("album", "") == tidy(album)
    assert (track["duration_ms"], track["isrc"]) == (1000 * duration, ISRC)
    assert track["identifiers"][0] == f"urn:uuid:{entry['track']['id']}"
    assert found["title"] == ("" if name == "csv" else tidy(title))
    assert found["notes"] == []


@every_format
@given(st.binary(max_size=300))
def test_read_of_any_bytes_gives_a_list_or_says_what_is_wrong(name: str, data: bytes) -> None:
    read = FORMATS[name].read
    assert read is not None
    with suppress(InvalidInput):
        found = read(data)
        assert all(track["title"] or track["identifiers"] or "isrc" in track for track in found["tracks"])


@every_format
def test_read_bounds_the_bytes_and_the_tracks(name: str) -> None:
    format_ = FORMATS[name]
    assert format_.read is not None
    with pytest.raises(InvalidInput, match="too large"):
        format_.read(b" " * (MAX_FILE_BYTES + 1))
    many = [named_entry("Amber Rain")] * (MAX_FILE_TRACKS + 1)
    with pytest.raises(InvalidInput, match=r"^(Line|Track) \d+: .*at most"):
        format_.read(format_.write("", many, {}))
    assert len(format_.read(format_.write("", many[1:], {}))["tracks"]) == MAX_FILE_TRACKS


@every_format
def test_write_keeps_the_order_and_what_is_not_known_out(name: str) -> None:
    entries = [named_entry("Amber Rain", "Kin of Moss", "Ada Moth"), named_entry("Tidal Bell", "Zed Kay")]
    format_ = FORMATS[name]
    assert format_.read is not None
    found = format_.read(format_.write("Two", entries, {entries[0]["track"]["id"]: LINK}))["tracks"]
    assert [track["title"] for track in found] == ["Amber Rain", "Tidal Bell"]
    assert not {"album", "duration_ms", "isrc"} & (found[0].keys() | found[1].keys())
    # M3U8 has one text for everybody credited.
    assert found[0]["artists"] == (
        ["Kin of Moss, Ada Moth"] if name == "m3u8" else ["Kin of Moss", "Ada Moth"]
    )
    assert found[0]["line"] < found[1]["line"]


@every_format
def test_write_of_an_empty_list_can_be_read(name: str) -> None:
    format_ = FORMATS[name]
    assert format_.read is not None
    assert format_.read(format_.write("Nothing", [], {}))["tracks"] == []


@every_format
def test_write_shows_the_link_where_there_is_one(name: str) -> None:
    entry = make_entry(named_entry("Amber Rain")["track"], reason="It opens softly.", pinned=True, energy=0.4)
    data = FORMATS[name].write("One", [entry], {entry["track"]["id"]: LINK, "another": "https://x.example"})
    assert LINK.encode() in data
    assert b"x.example" not in data


def test_format_named_in_any_case() -> None:
    assert format_named(" XSPF ").ending == ".xspf"
    with pytest.raises(InvalidInput, match="m3u8, xspf"):
        format_named("pls")


def test_format_of_file_by_its_ending() -> None:
    assert format_of_file("My list.M3U").name == "m3u8"
    assert format_of_file("a.b/songs.tsv").name == "csv"
    with pytest.raises(InvalidInput, match=r"\.jspf"):
        format_of_file("list")


def test_formats_have_a_media_type_and_an_ending_of_their_own() -> None:
    media_types = [row.media_type for row in FORMATS.values()]
    endings = [ending for row in FORMATS.values() for ending in (row.ending, *row.other_endings)]
    assert len(set(media_types)) == len(media_types) == 5
    assert len(set(endings)) == len(endings)
