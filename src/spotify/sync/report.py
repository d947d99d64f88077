"""The report of a save: what its document says, and never more than was read back."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, assert_never

from src.spotify.sync.document import can_go_on, has_written, wanted_uris
from src.spotify.sync.models.save import (
    ReportedTrack,
    SaveCounts,
    SaveDocument,
    SaveEffect,
    SaveMode,
    SaveReport,
    TrackStatus,
)
from src.spotify.sync.steps import EMPTY

# Why tracks are missing, in the order in which it is told.
_MISSING: Final[tuple[tuple[TrackStatus, str], ...]] = (
    ("already_there", "already there"),
    ("not_found", "not found at Spotify"),
    ("wrong_version", "there in another version only"),
    ("not_playable", "not playable in this market"),
    ("not_looked_up", "not looked up"),
    ("not_written", "not written"),
    ("unconfirmed", "not confirmed"),
)
_PLANNED: Final[dict[SaveMode, str]] = {
    "create": "a new playlist would get",
    "append": "the playlist would get, behind what stands there,",
    "replace": "what stands in the playlist would be replaced by",
    "reorder": "the playlist would get the new order of",
}
_DONE: Final[dict[SaveMode, str]] = {
    "create": "are in the new playlist",
    "append": "were added to the playlist",
    "replace": "are now the playlist",
    "reorder": "are in their new places",
}
_UNDONE: Final[dict[SaveMode, str]] = {
    "create": "the playlist is out of the library",
    "append": "what it added is out of the playlist again",
    "replace": "the playlist has its previous list again",
    "reorder": "the playlist has its previous order again",
}


def message_of(document: SaveDocument, counts: SaveCounts, undo_until: datetime | None) -> str:
    """The message of a report.

    Args:
        document: the save.
        counts: of its tracks.
        undo_until: None where it cannot be undone.
    """
    told = [_what_happened(document, counts)]
    if document["state"] in ("planned", "done", "unconfirmed", "failed") and not document["undoing"]:
        told.append(_missing(counts))
    if document["state"] == "done":
        told += _remarks(document)
    if document["state"] == "undone":
        told.append(document["undo_note"])
    if "problem" in document:
        told.append(document["problem"]["message"])
    if can_go_on(document):
        told.append(
            "Undo it again to go on with that."
            if document["undoing"]
            else "Send the same request with the same key to go on: nothing is written twice."
        )
    elif document["state"] == "done" and undo_until is not None:
        told.append(f"It can be undone until {undo_until.astimezone(UTC):%Y-%m-%d %H:%M} UTC.")
    return " ".join(filter(None, told))


def _what_happened(document: SaveDocument, counts: SaveCounts) -> str:
    match document["state"]:
        case "planned":
            return _planned(document, counts)
        case "done":
            return _done(document, counts)
        case "undone":
            return _undone(document)
        case "unconfirmed" | "failed":
            return _stopped(document, counts)
        case "creating" | "writing" | "reading_back":
            return "The save is under way."
        case "undoing":
            return "The undo is under way."
        case state:
            assert_never(state)


def _planned(document: SaveDocument, counts: SaveCounts) -> str:
    what = _PLANNED[document["mode"]]
    if document["mode"] == "reorder" and not document["tracks"]:
        return "Nothing is written yet: the playlist would get the new order."
    if not counts["planned"]:
        return "Nothing is written, and there is nothing to write."
    return f"Nothing is written yet: {what} {_tracks(counts['planned'])}."


def _done(document: SaveDocument, counts: SaveCounts) -> str:
    if not document["written"]:
        return "Nothing was written: there was nothing to write."
    if document["mode"] == "reorder" and not document["tracks"]:
        return "The playlist has the new order, as read back from Spotify."
    asked = _tracks(len(document["tracks"]))
    return f"{counts['saved']} of {asked} {_DONE[document['mode']]}, as read back from Spotify."


def _undone(document: SaveDocument) -> str:
    if document["undo_note"]:
        return "The save is undone as far as Spotify allows."
    return f"The save is undone: {_UNDONE[document['mode']]}."


def _stopped(document: SaveDocument, counts: SaveCounts) -> str:
    if document["undoing"]:
        return "The undo is not complete: the previous list may not be back yet."
    if "playlist" not in document:
        return (
            "Spotify did not say whether it made the playlist, and it cannot be seen there yet: no track is "
            "written so far."
        )
    if document["mode"] == "reorder":
        return "The new order is not confirmed: it may be complete or in part."
    asked = _tracks(len(document["tracks"]))
    return f"The save is not complete: {counts['saved']} of {asked} are known to stand in the playlist."


def _remarks(document: SaveDocument) -> list[str]:
    remarks = []
    if document["repaired"]:
        remarks.append("Tracks stood there twice or out of place on the way; that was put right.")
    if document["others_changed"] and document["mode"] != "append":
        remarks.append("What others put there meanwhile was left alone.")
    return remarks


def _missing(counts: SaveCounts) -> str:
    parts = [f"{counts[status]} {words}" for status, words in _MISSING if counts[status]]
    return f"Of the others: {', '.join(parts)}." if parts else ""


def _tracks(number: int) -> str:
    return "1 track" if number == 1 else f"{number} tracks"


def report_of(
    document: SaveDocument,
    *,
    save_id: str | None = None,
    undo_until: datetime | None = None,
    effect: SaveEffect | None = None,
) -> SaveReport:
    """The report of a document.

    Args:
        document: the save as it is.
        save_id: its id, when it is stored.
        undo_until: when it can no longer be undone.
        effect: what it does to the playlist, if known.
    """
    tracks = judge(document)
    counts = count(tracks)
    can_be_undone = has_written(document) and document["state"] != "undone"
    until = undo_until if can_be_undone else None
    report: SaveReport = {
        "state": document["state"],
        "mode": document["mode"],
        "name": document["name"],
        "tracks": tracks,
        "counts": counts,
        "calls_made": document["calls_made"],
        "message": message_of(document, counts, until),
        "resumable": can_go_on(document) and not document["undoing"],
    }
    if save_id is not None:
        report["save_id"] = save_id
    if effect is not None:
        report["effect"] = effect
    if "playlist" in document:
        report["playlist"] = document["playlist"]
    if "problem" in document:
        report["problem"] = document["problem"]
    if until is not None:
        report["undo_until"] = until.astimezone(UTC).isoformat()
    return report


def judge(document: SaveDocument) -> list[ReportedTrack]:
    """The tracks with what is known of each."""
    unseen = _unseen_places(document)
    account_state = frozenset(document.get("stands", ()))
    tracks: list[ReportedTrack] = []
    place = 0
    for track, uri in zip(document["tracks"], document["uris"], strict=True):
        if uri is None:
            tracks.append(track)
            continue
        status = _status(document, place, stands=uri in account_state, unseen=place in unseen)
        tracks.append({**track, "status": status})
        place += 1
    return tracks


def count(tracks: Sequence[ReportedTrack]) -> SaveCounts:
    """How many tracks have each status."""
    of = Counter(track["status"] for track in tracks)
    return {
        "planned": of["planned"],
        "saved": of["saved"],
        "not_found": of["not_found"],
        "wrong_version": of["wrong_version"],
        "not_playable": of["not_playable"],
        "not_looked_up": of["not_looked_up"],
        "already_there": of["already_there"],
        "not_written": of["not_written"],
        "unconfirmed": of["unconfirmed"],
        "undone": of["undone"],
    }


def _status(document: SaveDocument, place: int, *, stands: bool, unseen: bool) -> TrackStatus:
    """Status of the track at `place` of what is to be written."""
    sent = place < document["sent"]
    if document["state"] == "planned":
        return "planned"
    if document["state"] == "undone":
        return "undone" if sent else "not_written"
    if document["mode"] == "reorder":
        return "saved" if document["confirmed"] else "unconfirmed"
    if "stands" not in document:
        return "unconfirmed" if sent else "not_written"
    if stands:
        return "saved"
    return "unconfirmed" if unseen else "not_written"


def _unseen_places(document: SaveDocument) -> frozenset[int]:
    """Places, of what is to be written, where an entry stands that cannot be seen."""
    stands = document.get("stands", [])
    before = document.get("before", []) if document["mode"] == "append" else []
    if len(stands) != len(before) + len(wanted_uris(document)):
        return frozenset()
    return frozenset(place for place, entry in enumerate(stands[len(before) :]) if entry == EMPTY)
