"""XSPF as xspf.org states it, and no more of XML than a list needs."""

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.errors import InvalidInput
from src.playlists.formats.json_file import read_json, write_json
from src.playlists.formats.xspf import MAX_DEPTH, NAMESPACE, read_jspf, read_xspf, write_jspf, write_xspf
from src.playlists.models.files import PLAYLIST_FILE
from tests.playlists.entries import make_entry, named_entry

NS = f"{{{NAMESPACE}}}"
MBID = "0a1b2c3d-0000-4000-8000-000000000000"
LINK = "https://open.spotify.com/track/0123456789abcdefghijKL"


def test_write_xspf_element_by_element() -> None:
    fields = {"album": "Letters", "duration_ms": 180_400, "isrc": "QZABC2400001", "mbid": MBID}
    track = named_entry("Amber <Rain>", "Kin of Moss", "Ada & Moth", **fields)["track"]
    entry = make_entry(track, 3, reason="It opens.", pinned=True)
    root = ElementTree.fromstring(write_xspf("Evening", [entry], {track["id"]: LINK}))
    assert (root.tag, root.attrib) == (f"{NS}playlist", {"version": "1"})
    assert [child.tag.removeprefix(NS) for child in root] == ["title", "trackList"]
    (written,) = root.iter(f"{NS}track")
    assert [(child.tag.removeprefix(NS), child.text) for child in written][:-1] == [
        ("identifier", f"urn:uuid:{track['id']}"),
        ("identifier", "urn:isrc:QZABC2400001"),
        ("identifier", f"https://musicbrainz.org/recording/{MBID}"),
        ("title", "Amber <Rain>"),
        ("creator", "Kin of Moss, Ada & Moth"),
        ("annotation", "It opens."),
        ("info", LINK),
        ("album", "Letters"),
        ("duration", "180400"),
    ]
    extension = written[-1]
    assert (extension.tag, extension.attrib) == (f"{NS}extension", {"application": "segue:playlist"})
    assert extension[0].attrib == {"position": "3", "pinned": "true"}


@given(st.text(), st.text(), st.text())
def test_write_xspf_of_any_text_is_well_formed(title: str, song: str, reason: str) -> None:
    entry = named_entry(song.encode(errors="ignore").decode(), "A")
    entry["reason"] = reason
    ElementTree.fromstring(write_xspf(title, [entry], {}))


def test_read_xspf_of_others() -> None:
    data = b"""<?xml version="1.0" encoding="UTF-8"?>
<playlist xmlns="http://xspf.org/ns/0/" xmlns:vlc="http://www.videolan.org/vlc/playlist/ns/0/" version="1">
  <title>Evening</title>
  <creator>Somebody</creator>
  <trackList>
    <track>
      <location>file:///music/bell.mp3</location>
      <title>
        Tidal Bell
      </title>
      <creator>Ada Moth</creator><album>Letters</album><duration>201000</duration>
      <identifier>https://musicbrainz.org/isrc/QZABC2400001</identifier>
      <extension application="http://www.videolan.org/vlc/playlist/0">
        <vlc:id>0</vlc:id><title>not this</title>
      </extension>
    </track>
    <track><vlc:title>nor this</vlc:title></track>
    <track><title>Second</title><duration>soon</duration></track>
  </trackList>
</playlist>"""
    found = read_xspf(data)
    assert found["title"] == "Evening"
    one, two = found["tracks"]
    assert (one["title"], one["artists"], one["album"]) == ("Tidal Bell", ["Ada Moth"], "Letters")
    assert (one["duration_ms"], one["isrc"], one["line"]) == (201_000, "QZABC2400001", 6)
    assert one["identifiers"] == ["file:///music/bell.mp3", "https://musicbrainz.org/isrc/QZABC2400001"]
    assert (two["title"], two["artists"], "duration_ms" in two) == ("Second", [], False)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16", "windows-1252"])
def test_read_xspf_without_a_namespace_in_other_encodings(encoding: str) -> None:
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?><playlist><trackList><track><title>Café</title></track>'
    )
    data = f"{text}</trackList></playlist>".encode(encoding)
    assert [track["title"] for track in read_xspf(data)["tracks"]] == ["Café"]


_BOMB = (
    b'<!DOCTYPE playlist [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n<playlist><title>&b;</title></playlist>'
)
_OUTSIDE = b'<?xml version="1.0"?>\n<!DOCTYPE playlist SYSTEM "file:///etc/passwd">\n<playlist/>'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (_BOMB, "Line 1: a document type"),
        (_OUTSIDE, "Line 2: a document type"),
        (b"<playlist>\n<title>&nbsp;</title></playlist>", "Line 2: .*undefined entity"),
        (b"<playlist>\n<trackList>", "Line 2: .*no element found"),
        (b"", "Line 1: the file is no well-formed XML"),
        (b"\n<html></html>", "Line 2: an XSPF file begins with"),
        (b'<x:playlist xmlns:x="other"/>', "Line 1: an XSPF file begins with"),
        (
            b"<playlist>" + b"\n<a>" * (MAX_DEPTH + 1),
            f"Line {MAX_DEPTH + 1}: the elements are nested too deep",
        ),
        (b'<?xml version="1.0" encoding="martian"?><playlist/>', "Line 1: "),
    ],
)
def test_read_xspf_of_what_is_none_names_the_line(data: bytes, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_xspf(data)


def test_write_jspf_is_the_twin_of_xspf() -> None:
    track = named_entry("Amber Rain", "Kin of Moss", "Ada Moth", album="Letters", duration_ms=180_400)[
        "track"
    ]
    entry = make_entry(track, 1, reason="It opens.")
    assert json.loads(write_jspf("Evening", [entry], {track["id"]: LINK})) == {
        "playlist": {
            "title": "Evening",
            "track": [
                {
                    "identifier": [f"urn:uuid:{track['id']}"],
                    "title": "Amber Rain",
                    "creator": "Kin of Moss, Ada Moth",
                    "annotation": "It opens.",
                    "info": LINK,
                    "album": "Letters",
                    "duration": 180_400,
                    "extension": {
                        "segue:playlist": [
                            {"position": 1, "pinned": False, "artists": ["Kin of Moss", "Ada Moth"]}
                        ]
                    },
                }
            ],
        }
    }


def test_read_jspf_of_others() -> None:
    data: dict[str, object] = {
        "playlist": {
            "title": "Evening",
            "track": [
                {
                    "identifier": "https://musicbrainz.org/recording/x",
                    "location": ["https://x.example/1.ogg"],
                    "title": "Tidal Bell",
                    "creator": "Ada Moth",
                    "duration": "201000",
                    "extension": {"segue:playlist": "nothing of ours"},
                },
                None,
                {"title": 7},
                {"title": "Bare", "duration": True, "album": None, "extension": []},
            ],
        }
    }
    one, two = read_jspf(json.dumps(data).encode("utf-8-sig"))["tracks"]
    assert (one["title"], one["artists"], one["duration_ms"]) == ("Tidal Bell", ["Ada Moth"], 201_000)
    assert one["identifiers"] == ["https://musicbrainz.org/recording/x", "https://x.example/1.ogg"]
    assert (two["title"], two["line"], "duration_ms" in two) == ("Bare", 4, False)


def test_write_json_holds_every_field() -> None:
    track = named_entry("Amber Rain", year=1999, features={"tempo": 120.0})["track"]
    entry = make_entry(track, 1, energy=0.5, energy_source="measured", pinned=True)
    written = PLAYLIST_FILE.validate_json(write_json("Evening", [entry], {track["id"]: LINK, "other": LINK}))
    assert written == {
        "format": "segue-playlist",
        "version": 1,
        "title": "Evening",
        "entries": [entry],
        "links": {track["id"]: LINK},
    }


def test_read_json_of_any_answer_with_entries() -> None:
    found = read_json(b'{"entries": [{"track": {"title": "A", "artists": ["B"], "duration_ms": 1e999}}, 5]}')
    assert found["tracks"] == [{"title": "A", "artists": ["B"], "identifiers": [], "line": 1}]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"{\n\n]", "Line 3: the file is no JSON"),
        (b"", "Line 1: the file is no JSON"),
        (b"[]", r'Line 1: .*\{"'),
        (b'{"playlist": {"track": {}}, "entries": {}}', r'Line 1: .*\{"'),
        (b'{"a": NaN}', "Line 1: "),
        (b'{"a": ' + b"9" * 5_000 + b"}", "Line 1: "),
        (b"[" * 200_000, "Line 1: .*nested too deep"),
    ],
)
def test_read_of_what_is_no_list_names_the_line(data: bytes, said: str) -> None:
    for read in (read_jspf, read_json):
        with pytest.raises(InvalidInput, match=said):
            read(data)
