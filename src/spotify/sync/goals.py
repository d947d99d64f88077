"""What a save wants of its playlist, and the planner of the next steps towards it or, for an undo, back."""

from collections import Counter
from collections.abc import Callable, Sequence

from src.errors import Conflict
from src.spotify.sync.models.save import SaveDocument
from src.spotify.sync.steps import (
    Move,
    Step,
    changed_by_others,
    is_lost_by_rewriting,
    is_masked,
    lost_files,
    steps_beside,
    steps_to_append,
    steps_to_create,
    steps_to_list,
    steps_to_order,
    steps_to_replace,
)

type StepPlanner = Callable[[Sequence[str]], list[Step]]


def wanted_uris(document: SaveDocument) -> list[str]:
    """The URIs to be written, in order."""
    return [uri for uri in document["uris"] if uri is not None]


def has_written(document: SaveDocument) -> bool:
    """Whether anything may have been written at Spotify."""
    if document["mode"] == "create":
        return "playlist" in document or bool(document["creates_sent"])
    return document["written"]


def can_go_on(document: SaveDocument) -> bool:
    """Whether it stopped before its end, so that it can be resumed."""
    return document["state"] in ("failed", "unconfirmed")


def planner_of(document: SaveDocument) -> StepPlanner:
    """From the present entries to the next steps; raises `Conflict` where no step is without loss."""
    wanted = wanted_uris(document)
    before = document.get("before", [])
    match document["mode"]:
        case "create":
            return lambda entries: steps_to_create(entries, wanted)
        case "append":
            return lambda entries: steps_to_append(entries, before, wanted)
        case "replace":
            return lambda entries: steps_to_replace(entries, before, wanted)
        case "reorder":
            target = document.get("target", [])
            return lambda entries: steps_to_order(entries, target, rewriting=document["rewriting"])


def undo_planner_of(document: SaveDocument) -> StepPlanner:
    """From the present entries to the steps back.

    An append is undone by removing what it added, whatever else is there by now; the other modes by restoring
    the whole list.
    """
    wanted = wanted_uris(document)
    before = document.get("before", [])
    known = frozenset(before) | frozenset(wanted)

    def put_back(entries: Sequence[str]) -> list[Step]:
        if is_masked(entries, before):
            return []
        same = document["mode"] == "reorder" and Counter(entries) == Counter(before)
        if same and not document["rewriting"]:
            return steps_to_order(entries, before, rewriting=False)
        if any(is_lost_by_rewriting(entry) for entry in [*entries, *before]):
            raise lost_files()
        if not document["undo_forced"] and any(entry not in known for entry in entries):
            raise changed_by_others()
        return steps_to_list(entries, before)

    if document["mode"] == "append":
        return lambda entries: steps_beside(entries, (), frozenset(wanted))
    return put_back


def is_rewrite(document: SaveDocument, before: Sequence[str]) -> bool:
    """Whether a new order is made by writing the whole list anew, of which a part may fail."""
    if document["mode"] != "reorder":
        return False
    try:
        steps = planner_of(document)(before)
    except Conflict:
        return False
    return any(not isinstance(step, Move) for step in steps)


def target_of(document: SaveDocument, before: Sequence[str]) -> list[str]:
    """The entries in their new order: the named ones first, then the others in their present order."""
    if positions := document.get("positions"):
        first = [position - 1 for position in positions]
    else:
        first = [before.index(uri) for uri in wanted_uris(document) if uri in before]
    named = frozenset(first)
    rest = [index for index in range(len(before)) if index not in named]
    return [before[index] for index in [*first, *rest]]
