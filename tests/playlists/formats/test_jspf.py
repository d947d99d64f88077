"""JSPF and our own JSON: what is written has its form, what is read may lack any part."""

import json

import pytest

from src.errors import InvalidInput
from src.playlists.formats.json_file import read_json, write_json
from src.playlists.formats.jspf import read_jspf, write_jspf
from src.playlists.models.playlist_file import PLAYLIST_FILE
from tests.playlists.entries import make_entry, named_entry

LINK = "https://open.spotify.com/track/0123456789abcdefghijKL"


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
