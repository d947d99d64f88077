"""What the model may change during a turn: it adds and tightens, and loosens nothing hard."""

from collections.abc import Sequence
from dataclasses import replace

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import find_artist, find_tracks
from src.catalogue.names import genre_key, name_key
from src.catalogue.search import Found
from src.chat.recommendations import is_allowed, ranking
from src.chat.retrieve import first_retrieval
from src.chat.state import Draft, TurnTask
from src.chat.tools.context import ToolOutcome
from src.chat.tools.models.arguments import RememberRule, UpdateBrief
from src.constraints.checks import absent_names
from src.constraints.describe import describe
from src.constraints.entries import is_meant, is_said, to_constraint
from src.constraints.models.brief import Brief, Constraint
from src.constraints.models.entry import BriefEntry, BriefRemoval
from src.errors import InvalidInput
from src.lexicon.vocabulary import MOODS, TAGS, VERSIONS
from src.schema import with_present
from src.understanding.merge import Notes, reconcile

_TEXT_LIMIT = 600
_SHOWN = 20


async def change_brief(draft: Draft, task: TurnTask, arguments: UpdateBrief) -> ToolOutcome:
    """Apply the model's reading of the message, and search anew under the wishes that result.

    Raises:
        InvalidInput: an entry cannot be read, its words are not the listener's, or the list has begun.
    """
    if draft.picks:
        raise InvalidInput("The list has begun: the wishes cannot change any more in this turn.")
    proposed = [_proposed(entry, task) for entry in arguments.get("add", [])]
    proposed = [await with_known_names(task.catalogue, constraint) for constraint in proposed]
    kept = [
        constraint
        for constraint in task.brief["wishes"]
        # Only the listener's own words take back what binds.
        if constraint["hard"] or not is_any_meant(arguments.get("remove", []), constraint)
    ]
    constraints, notes = reconcile(kept, proposed)
    text = task.brief["text"]
    if "text" in arguments:
        # What the listener said stays whole, however often the model writes.
        text = f"{arguments['text']}. {task.said}"[:_TEXT_LIMIT]
    await _change(draft, task, {**task.brief, "text": text, "wishes": constraints}, notes)
    candidates = [item for item in ranking(draft, task) if is_allowed(item.track, task)][:_SHOWN]
    found = [Found(item.track, item.score, {}) for item in candidates]
    wishes = "; ".join(describe(constraint) for constraint in constraints) or "nothing in particular"
    return ToolOutcome("brief", found, note=f"The wishes now: {wishes}.")


async def remember_rule(draft: Draft, task: TurnTask, arguments: RememberRule) -> ToolOutcome:
    """Keep a rule for all conversations; it binds in this turn already.

    Raises:
        InvalidInput: the words are not the listener's or bind nothing, or the list has begun.
    """
    if draft.picks:
        raise InvalidInput("The list has begun: keep rules before your picks.")
    _must_be_said(arguments["words"], task)
    rule = await task.keep_rule(arguments["words"], arguments.get("scope", []))
    draft.remembered.append(rule)
    task.rule_constraints += rule["wishes"]
    await _change(draft, task, task.brief, dict(task.rules.notes))
    return ToolOutcome("rule", note=f"Kept for all conversations: {rule['words']}.")


async def with_known_names(catalogue: Catalogue, constraint: Constraint) -> Constraint:
    """The constraint with the catalogue's spelling of its name; a wanted artist not in it is no hard one."""
    if constraint["kind"] == "artist":
        artist = await find_artist(catalogue, constraint["name"])
        hard = constraint["hard"] and (artist is not None or constraint["relation"] != "wanted")
        return {**constraint, "name": artist.name if artist else constraint["name"], "hard": hard}
    if constraint["kind"] == "track" and "track_id" not in constraint:
        tracks = await find_tracks(catalogue, constraint["title"], constraint.get("artist"), limit=1)
        if tracks:
            (track,) = tracks
            about = {"title": track["title"], "artist": track["artists"][0], "track_id": track["id"]}
            return with_present(constraint, **about)
    return constraint


async def _change(draft: Draft, task: TurnTask, brief: Brief, notes: Notes) -> None:
    known = task.known
    absent = known.absent | await absent_names(task.catalogue, brief, task.vocabulary)
    task.set_brief(brief, replace(known, absent=absent), notes)
    await first_retrieval(draft, task)


def _proposed(entry: BriefEntry, task: TurnTask) -> Constraint:
    """The entry as a constraint; it is hard only when the listener's words name what it is about."""
    _must_be_said(entry["words"], task)
    constraint = to_constraint(entry, task.brief["turn"])
    constraint["hard"] = (
        constraint["hard"] and is_said(constraint, entry["words"]) and _is_known(constraint, task)
    )
    return constraint


def _is_known(constraint: Constraint, task: TurnTask) -> bool:
    """Whether some track could be what is asked for: `go on` asks for no genre called `on`."""
    match constraint["kind"]:
        case "version":
            return constraint["version"] in VERSIONS.values()
        case "genre" if constraint["relation"] == "wanted":
            return genre_key(constraint["genre"]) in task.vocabulary.genres
        case "mood" if constraint["relation"] == "wanted":
            return constraint["mood"] in MOODS.values()
        case "tag" if constraint["relation"] == "wanted":
            return constraint["tag"] in TAGS.values()
        case _:
            return True


def is_any_meant(removals: Sequence[BriefRemoval], constraint: Constraint) -> bool:
    """Whether one of the removals means this constraint."""
    return any(is_meant(removal, constraint) for removal in removals)


def _must_be_said(words: str, task: TurnTask) -> None:
    if f" {name_key(words)} " not in f" {name_key(task.message)} ":
        raise InvalidInput("`words` must be copied from the listener's message.")
