"""What became of a save, in plain English: what happened, what is missing, what to do."""

from datetime import UTC, datetime
from typing import Final, assert_never

from src.saving.document import can_go_on
from src.saving.models.report import SaveCounts, SaveMode, TrackStatus
from src.saving.models.save import SaveDocument

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
