"""The report of a save: what its document says, and never more than was read back."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from src.saving.document import can_go_on, has_written, wanted_uris
from src.saving.models.report import (
    ReportedTrack,
    SaveCounts,
    SaveEffect,
    SaveReport,
    TrackStatus,
)
from src.saving.models.save import SaveDocument
from src.saving.steps import EMPTY
from src.saving.wording import message_of


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
    standing = frozenset(document.get("stands", ()))
    tracks: list[ReportedTrack] = []
    place = 0
    for track, uri in zip(document["tracks"], document["uris"], strict=True):
        if uri is None:
            tracks.append(track)
            continue
        status = _status(document, place, stands=uri in standing, unseen=place in unseen)
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
