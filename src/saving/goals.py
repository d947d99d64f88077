"""What the playlist of a save shall be, and after an undo, as the planner of the next steps."""

from collections import Counter
from collections.abc import Callable, Sequence

from src.errors import Conflict
from src.saving.document import wanted_uris
from src.saving.models.save import SaveDocument
from src.saving.moves import Move
from src.saving.steps import (
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


def planner_of(document: SaveDocument) -> Callable[[Sequence[str]], list[Step]]:
    """From the entries that stand to the steps towards what is wanted.

    The planner raises `Conflict` where no step leads there without loss.
    """
    wanted = wanted_uris(document)
    before = document.get("before", [])
    match document["mode"]:
        case "create":
            return lambda standing: steps_to_create(standing, wanted)
        case "append":
            return lambda standing: steps_to_append(standing, before, wanted)
        case "replace":
            return lambda standing: steps_to_replace(standing, before, wanted)
        case "reorder":
            target = document.get("target", [])
            return lambda standing: steps_to_order(standing, target, rewriting=document["rewriting"])


def undo_planner_of(document: SaveDocument) -> Callable[[Sequence[str]], list[Step]]:
    """From the entries that stand to the steps back to what stood before the save.

    What an append added is taken out, whatever else stands there by now. The others get the whole list back.
    """
    wanted = wanted_uris(document)
    before = document.get("before", [])
    known = frozenset(before) | frozenset(wanted)

    def put_back(standing: Sequence[str]) -> list[Step]:
        if is_masked(standing, before):
            return []
        same = document["mode"] == "reorder" and Counter(standing) == Counter(before)
        if same and not document["rewriting"]:
            return steps_to_order(standing, before, rewriting=False)
        if any(is_lost_by_rewriting(entry) for entry in [*standing, *before]):
            raise lost_files()
        if not document["undo_forced"] and any(entry not in known for entry in standing):
            raise changed_by_others()
        return steps_to_list(standing, before)

    if document["mode"] == "append":
        return lambda standing: steps_beside(standing, (), frozenset(wanted))
    return put_back


def steps_planned(document: SaveDocument, before: Sequence[str]) -> list[Step]:
    """The writes of a plan.

    Raises:
        Conflict: as of the planner.
    """
    return planner_of(document)(before)


def is_rewrite(document: SaveDocument, before: Sequence[str]) -> bool:
    """Whether a new order is made by writing the list anew, which may leave a part of it standing."""
    if document["mode"] != "reorder":
        return False
    try:
        steps = steps_planned(document, before)
    except Conflict:
        return False
    return any(not isinstance(step, Move) for step in steps)


def target_of(document: SaveDocument, before: Sequence[str]) -> list[str]:
    """The entries in their new order: those that were named first, the others behind them as they stand."""
    if positions := document.get("positions"):
        places = [position - 1 for position in positions]
    else:
        places = _places(wanted_uris(document), before)
    named = frozenset(places)
    rest = [place for place in range(len(before)) if place not in named]
    return [before[place] for place in [*places, *rest]]


def _places(wanted: Sequence[str], before: Sequence[str]) -> list[int]:
    """Where each wanted entry stands, for the first time."""
    first: dict[str, int] = {}
    for place, entry in enumerate(before):
        first.setdefault(entry, place)
    return [first[uri] for uri in wanted if uri in first]
