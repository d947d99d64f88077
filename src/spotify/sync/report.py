"""The report of a save: the content of its document, and never more than was read back."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, assert_never, cast, get_args

from src.schema import with_present
from src.spotify.sync.goals import can_go_on, has_written, wanted_uris
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

# Why tracks are missing, in the order of the message.
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
    "append": "the playlist would get, after what is there,",
    "replace": "what is in the playlist would be replaced by",
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
    """The message of a report; `undo_until` None: it cannot be undone."""
    sentences = [_what_happened(document, counts)]
    if document["state"] in ("planned", "done", "unconfirmed", "failed") and not document["undoing"]:
        sentences.append(_missing(counts))
    if document["state"] == "done":
        sentences += _remarks(document)
    if document["state"] == "undone":
        sentences.append(document["undo_note"])
    if "problem" in document:
        sentences.append(document["problem"]["message"])
    if can_go_on(document):
        sentences.append(
            "Undo it again to go on with that."
            if document["undoing"]
            else "Send the same request with the same key to go on: nothing is written twice."
        )
    elif document["state"] == "done" and undo_until is not None:
        sentences.append(f"It can be undone until {undo_until.astimezone(UTC):%Y-%m-%d %H:%M} UTC.")
    return " ".join(filter(None, sentences))


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
    return f"The save is not complete: {counts['saved']} of {asked} are known to be in the playlist."


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
    """The report of a save; `save_id` only when it is stored, `effect` only when it is known."""
    tracks = judge(document)
    counts = count(tracks)
    until = undo_until if has_written(document) and document["state"] != "undone" else None
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
    return with_present(
        report,
        save_id=save_id,
        effect=effect,
        playlist=document.get("playlist"),
        problem=document.get("problem"),
        undo_until=until and until.astimezone(UTC).isoformat(),
    )


def judge(document: SaveDocument) -> list[ReportedTrack]:
    """The tracks, each with its present status."""
    unseen = _unseen_positions(document)
    entries = frozenset(document.get("stands", ()))
    tracks: list[ReportedTrack] = []
    index = 0
    for track, uri in zip(document["tracks"], document["uris"], strict=True):
        if uri is None:
            tracks.append(track)
            continue
        status = _status(document, index, is_there=uri in entries, is_unseen=index in unseen)
        tracks.append({**track, "status": status})
        index += 1
    return tracks


def count(tracks: Sequence[ReportedTrack]) -> SaveCounts:
    """How many tracks have each status."""
    of = Counter(track["status"] for track in tracks)
    return cast("SaveCounts", {status: of[status] for status in get_args(TrackStatus.__value__)})


def _status(document: SaveDocument, index: int, *, is_there: bool, is_unseen: bool) -> TrackStatus:
    """Status of the track at `index` of those to be written."""
    sent = index < document["sent"]
    if document["state"] == "planned":
        return "planned"
    if document["state"] == "undone":
        return "undone" if sent else "not_written"
    if document["mode"] == "reorder":
        return "saved" if document["confirmed"] else "unconfirmed"
    if "stands" not in document:
        return "unconfirmed" if sent else "not_written"
    if is_there:
        return "saved"
    return "unconfirmed" if is_unseen else "not_written"


def _unseen_positions(document: SaveDocument) -> frozenset[int]:
    """Indices, among the URIs to be written, at which the playlist has an entry without a track."""
    entries = document.get("stands", [])
    before = document.get("before", []) if document["mode"] == "append" else []
    if len(entries) != len(before) + len(wanted_uris(document)):
        return frozenset()
    return frozenset(index for index, entry in enumerate(entries[len(before) :]) if entry == EMPTY)
