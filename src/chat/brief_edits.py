"""What the model may change during a turn: it adds wishes and rules and tightens, and loosens nothing."""

from dataclasses import replace

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import find_artist, find_tracks
from src.catalogue.names import genre_key, name_key
from src.catalogue.search import Found
from src.chat.recommendations import may_stand, ranking
from src.chat.retrieve import first_retrieval
from src.chat.state import Draft, TurnTask, set_brief
from src.chat.tools.context import ToolOutcome
from src.chat.tools.models.arguments import RememberRule, UpdateBrief
from src.constraints.checks import absent_names
from src.constraints.describe import describe
from src.constraints.entries import is_meant, is_said, to_constraint
from src.constraints.models.brief import Brief, Constraint
from src.constraints.models.entry import BriefEntry, BriefRemoval
from src.errors import InvalidInput
from src.lexicon.vocabulary import MOODS, TAGS, VERSIONS
from src.understanding.model_reading import Notes, reconcile

_TEXT_LIMIT = 600
_SHOWN = 20


async def change_brief(draft: Draft, request: TurnTask, arguments: UpdateBrief) -> ToolOutcome:
    """Apply the model's reading of the message, and search anew under the wishes that result.

    Raises:
        InvalidInput: an entry cannot be read, its words are not the listener's, or the list has begun.
    """
    if draft.picks:
        raise InvalidInput("The list has begun: the wishes cannot change any more in this turn.")
    proposed = [_proposed(entry, request) for entry in arguments.get("add", [])]
    proposed = [await with_known_names(request.catalogue, constraint) for constraint in proposed]
    kept = [
        constraint
        for constraint in request.brief["wishes"]
        if not _taken_back(constraint, arguments.get("remove", []))
    ]
    constraints, notes = reconcile(kept, proposed)
    text = request.brief["text"]
    if "text" in arguments:
        # What the listener said stays whole, however often the model writes.
        text = f"{arguments['text']}. {request.said}"[:_TEXT_LIMIT]
    await _change(draft, request, {**request.brief, "text": text, "wishes": constraints}, notes)
    candidates = [item for item in ranking(draft, request) if may_stand(item.track, request)][:_SHOWN]
    found = [Found(item.track, item.score, {}) for item in candidates]
    rule_constraints = (
        "; ".join(describe(constraint) for constraint in constraints) or "nothing in particular"
    )
    return ToolOutcome("brief", found, note=f"The wishes now: {rule_constraints}.")


async def remember_rule(draft: Draft, request: TurnTask, arguments: RememberRule) -> ToolOutcome:
    """Keep a rule for all conversations, and go by it in this turn already.

    Raises:
        InvalidInput: the words are not the listener's or bind nothing, or the list has begun.
    """
    if draft.picks:
        raise InvalidInput("The list has begun: keep rules before your picks.")
    _must_be_said(arguments["words"], request)
    rule = await request.keep_rule(arguments["words"], arguments.get("scope", []))
    draft.remembered.append(rule)
    request.rule_constraints += rule["wishes"]
    await _change(draft, request, request.brief, dict(request.rules.notes))
    return ToolOutcome("rule", note=f"Kept for all conversations: {rule['words']}.")


async def with_known_names(catalogue: Catalogue, constraint: Constraint) -> Constraint:
    """The wish with the catalogue's spelling of what it names; what is not there cannot bind as wanted."""
    if constraint["kind"] == "artist":
        artist = await find_artist(catalogue, constraint["name"])
        hard = constraint["hard"] and (artist is not None or constraint["relation"] != "wanted")
        return {**constraint, "name": artist.name if artist else constraint["name"], "hard": hard}
    if constraint["kind"] == "track" and "track_id" not in constraint:
        tracks = await find_tracks(catalogue, constraint["title"], constraint.get("artist"), limit=1)
        if tracks:
            track = tracks[0]
            return {
                **constraint,
                "title": track["title"],
                "artist": track["artists"][0],
                "track_id": track["id"],
            }
    return constraint


async def _change(draft: Draft, request: TurnTask, brief: Brief, notes: Notes) -> None:
    known = request.known
    absent = known.absent | await absent_names(request.catalogue, brief, request.vocabulary)
    set_brief(request, brief, replace(known, absent=absent), notes)
    await first_retrieval(draft, request)


def _proposed(entry: BriefEntry, request: TurnTask) -> Constraint:
    """The entry as a wish; it binds only when the listener's words hold what it is about."""
    _must_be_said(entry["words"], request)
    constraint = to_constraint(entry, request.turn)
    constraint["hard"] = (
        constraint["hard"] and is_said(constraint, entry["words"]) and _is_known(constraint, request)
    )
    return constraint


def _is_known(constraint: Constraint, request: TurnTask) -> bool:
    """Whether some track could be what is asked for: `go on` asks for no genre called `on`."""
    match constraint["kind"]:
        case "genre":
            return (
                constraint["relation"] != "wanted"
                or genre_key(constraint["genre"]) in request.vocabulary.genres
            )
        case "mood":
            return constraint["relation"] != "wanted" or constraint["mood"] in MOODS.values()
        case "tag":
            return constraint["relation"] != "wanted" or constraint["tag"] in TAGS.values()
        case "version":
            return constraint["version"] in VERSIONS.values()
        case _:
            return True


def _must_be_said(words: str, request: TurnTask) -> None:
    if f" {name_key(words)} " not in f" {name_key(request.message)} ":
        raise InvalidInput("`words` must be copied from the listener's message.")


def _taken_back(constraint: Constraint, removals: list[BriefRemoval]) -> bool:
    """A soft wish of an earlier turn may go; what binds only the listener's own words take back."""
    return not constraint["hard"] and any(is_meant(removal, constraint) for removal in removals)
