"""What stands in Spotify's answers: both spellings, gaps, episodes and local files."""

import pytest

from src.spotify.models.api import ENTRY_PAGE, PLAYLIST
from src.spotify.reading import entry_content, entry_track, playlist_total
from tests.spotify.conftest import TRACK_ID, TRACK_URI

TRACK = {"id": TRACK_ID, "uri": TRACK_URI, "type": "track"}
EPISODE = {"id": TRACK_ID, "uri": f"spotify:episode:{TRACK_ID}", "type": "episode"}
LOCAL = {"id": None, "uri": "spotify:local:Band:Album:Title:200", "type": "track", "is_local": True}


def entry_of(value: object):
    """The entry as it is read in a page."""
    entries = ENTRY_PAGE.validate_python({"items": [value]}).get("items")
    assert entries is not None
    return entries[0]


@pytest.mark.parametrize("entry", [{"item": TRACK}, {"track": TRACK}, {"item": None, "track": TRACK}])
def test_entry_track_reads_both_spellings(entry):
    assert entry_track(entry_of(entry)) == TRACK


def test_entry_track_prefers_the_newer_spelling():
    older = {**TRACK, "id": "x" * 22}
    assert entry_track(entry_of({"item": TRACK, "track": older})) == TRACK


@pytest.mark.parametrize("missing", ["uri", "type"])
def test_entry_track_needs_no_more_than_an_id(missing):
    track = {key: value for key, value in TRACK.items() if key != missing}
    assert entry_track(entry_of({"item": track})) == track


@pytest.mark.parametrize(
    "entry",
    [
        None,
        "junk",
        {},
        {"item": None},
        {"item": "junk"},
        {"item": {}},
        {"item": {"uri": TRACK_URI}},
        {"item": EPISODE},
        {"item": {"id": TRACK_ID, "uri": EPISODE["uri"]}},
        {"item": {"id": TRACK_ID, "type": "episode"}},
        {"item": LOCAL},
        {"item": {**TRACK, "is_local": True}},
        {"is_local": True, "item": TRACK},
        {"item": {"id": TRACK_ID, "uri": LOCAL["uri"]}},
    ],
)
def test_entry_track_is_none_for_what_is_no_track_of_spotifys(entry):
    assert entry_track(entry_of(entry)) is None


@pytest.mark.parametrize("content", [TRACK, EPISODE, LOCAL])
@pytest.mark.parametrize("spelling", ["item", "track"])
def test_entry_content_is_whatever_stands_there(content, spelling):
    assert entry_content(entry_of({spelling: content})) == content


@pytest.mark.parametrize("entry", [None, {}, {"item": None, "track": None}])
def test_entry_content_is_none_for_a_gap(entry):
    assert entry_content(entry_of(entry)) is None


@pytest.mark.parametrize(
    ("playlist", "total"),
    [
        ({"items": {"total": 3}}, 3),
        ({"tracks": {"total": 3}}, 3),
        ({"items": {"total": 3}, "tracks": {"total": 9}}, 3),
        ({"items": {"total": 0}, "tracks": {"total": 9}}, 0),
        ({"items": {"href": "x"}, "tracks": {"total": 9}}, 9),
        ({"items": None, "tracks": {"total": 9}}, 9),
        ({"items": {"total": 2, "items": [{}, {}]}}, 2),
        ({"items": {"total": None}}, None),
        ({}, None),
    ],
)
def test_playlist_total_reads_both_spellings(playlist, total):
    assert playlist_total(PLAYLIST.validate_python(playlist)) == total
