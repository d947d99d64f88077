"""A report claims what was read back, and nothing more."""

import pytest

from src.spotify.sync.entries import entry_key
from src.spotify.sync.goals import wanted_uris
from src.spotify.sync.report import report_of
from src.spotify.sync.steps import EMPTY
from tests.spotify.sync.test_store import document

URI = "spotify:track:0123456789012345678901"
URIS = [f"spotify:track:{number:022}" for number in range(4)]


def four(**changes):
    tracks = [{"position": number, "track_id": f"t{number}", "status": "planned"} for number in range(1, 5)]
    return document(tracks=tracks, uris=list(URIS), sent=4, **changes)


def statuses(document_):
    return [track["status"] for track in report_of(document_)["tracks"]]


def test_report_of_a_save_that_was_not_read_back_claims_nothing():
    stopped = four(state="failed", confirmed=False)
    stopped["sent"] = 2
    del stopped["stands"]
    assert statuses(stopped) == ["unconfirmed", "unconfirmed", "not_written", "not_written"]
    assert "0 of 4 tracks are known to be in" in report_of(stopped)["message"]


def test_report_of_a_save_that_was_read_back_goes_by_what_stands_there():
    stopped = four(state="failed", confirmed=False, stands=[URIS[2], URIS[0]])
    assert statuses(stopped) == ["saved", "not_written", "saved", "not_written"]


def test_report_of_an_entry_that_cannot_be_seen_is_unconfirmed():
    assert statuses(four(stands=[URIS[0], EMPTY, URIS[2], URIS[3]])) == [
        "saved",
        "unconfirmed",
        "saved",
        "saved",
    ]


def test_report_of_a_new_order_is_confirmed_as_a_whole_or_not_at_all():
    assert statuses(four(mode="reorder", stands=URIS)) == ["saved"] * 4
    assert statuses(four(mode="reorder", stands=URIS, confirmed=False, state="failed")) == ["unconfirmed"] * 4


def test_report_of_a_repaired_save_says_so():
    assert "twice or out of place" in report_of(four(stands=URIS, repaired=True))["message"]


def test_report_of_an_unknown_creation_says_that_it_is_unknown():
    unknown = four(state="unconfirmed", written=False, confirmed=False)
    unknown["sent"] = 0
    del unknown["stands"]
    del unknown["playlist"]
    report = report_of(unknown)
    assert "did not say whether it made the playlist" in report["message"]
    assert report["resumable"]
    assert "playlist" not in report


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        (None, EMPTY),
        ({}, EMPTY),
        ({"item": None}, EMPTY),
        ({"item": {"uri": None}}, EMPTY),
        ({"item": {"uri": URI}}, URI),
        ({"track": {"uri": URI}}, URI),
        (
            {"item": {"uri": "spotify:episode:0123456789012345678901", "type": "episode"}},
            "spotify:episode:0123456789012345678901",
        ),
    ],
)
def test_entry_key_of_every_kind_of_entry(entry, key):
    assert entry_key(entry) == key


@pytest.mark.parametrize(
    "entry",
    [
        {"item": {"uri": "spotify:local:A:B:C:1"}},
        {"is_local": True, "item": {"uri": "spotify:local:A:B:C:1"}},
        {"track": {"is_local": True, "uri": "spotify:local:A:B:C:1"}},
    ],
)
def test_entry_key_of_a_local_file_is_the_same_each_time_and_holds_no_text(entry):
    key = entry_key(entry)
    assert key == entry_key({"item": {"uri": "spotify:local:A:B:C:1"}})
    assert key.startswith("local:")
    assert "A:B" not in key


def test_wanted_uris_are_those_that_are_to_be_written():
    assert wanted_uris(document(uris=[None, URI, None])) == [URI]
