"""What the model may change during a turn: it adds wishes and rules and tightens, and loosens nothing."""

from dataclasses import replace

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import find_artist, find_tracks
from src.catalogue.names import genre_key, name_key
from src.catalogue.search import Found
from src.chat.recommendations import may_stand, ranking
from src.chat.retrieve import first_retrieval
from src.chat.state import Draft, Request, set_brief
from src.chat.tools.context import ToolOutcome
from src.chat.tools.models.arguments import RememberRule, UpdateBrief
from src.constraints.checks import absent_names
from src.constraints.describe import describe
from src.constraints.entries import is_meant, is_said, to_wish
from src.constraints.models.brief import Brief, Wish
from src.constraints.models.entry import BriefEntry, BriefRemoval
from src.errors import InvalidInput
from src.lexicon.tags import TAGS
from src.lexicon.vocabulary import MOODS, VERSIONS
from src.understanding.model_reading import Notes, reconcile

_TEXT_LIMIT = 600
_SHOWN = 20


async def change_brief(draft: Draft, request: Request, arguments: UpdateBrief) -> ToolOutcome:
    """Apply the model's reading of the message, and search anew under the wishes that result.

    Raises:
        InvalidInput: an entry cannot be read, its words are not the listener's, or the list has begun.
    """
    if draft.picks:
        raise InvalidInput("The list has begun: the wishes cannot change any more in this turn.")
    proposed = [_proposed(entry, request) for entry in arguments.get("add", [])]
    proposed = [await with_known_names(request.catalogue, wish) for wish in proposed]
    kept = [wish for wish in request.brief["wishes"] if not _taken_back(wish, arguments.get("remove", []))]
    wishes, notes = reconcile(kept, proposed)
    text = request.brief["text"]
    if "text" in arguments:
        # What the listener said stays whole, however often the model writes.
        text = f"{arguments['text']}. {request.said}"[:_TEXT_LIMIT]
    await _change(draft, request, {**request.brief, "text": text, "wishes": wishes}, notes)
    candidates = [item for item in ranking(draft, request) if may_stand(item.track, request)][:_SHOWN]
    found = [Found(item.track, item.score, {}) for item in candidates]
    standing = "; ".join(describe(wish) for wish in wishes) or "nothing in particular"
    return ToolOutcome("brief", found, note=f"The wishes now: {standing}.")


async def remember_rule(draft: Draft, request: Request, arguments: RememberRule) -> ToolOutcome:
    """Keep a rule for all conversations, and go by it in this turn already.

    Raises:
        InvalidInput: the words are not the listener's or bind nothing, or the list has begun.
    """
    if draft.picks:
        raise InvalidInput("The list has begun: keep rules before your picks.")
    _must_be_said(arguments["words"], request)
    rule = await request.keep_rule(arguments["words"], arguments.get("scope", []))
    draft.remembered.append(rule)
    request.standing += rule["wishes"]
    await _change(draft, request, request.brief, dict(request.rules.notes))
    return ToolOutcome("rule", note=f"Kept for all conversations: {rule['words']}.")


async def with_known_names(catalogue: Catalogue, wish: Wish) -> Wish:
    """The wish with the catalogue's spelling of what it names; what is not there cannot bind as wanted."""
    if wish["kind"] == "artist":
        artist = await find_artist(catalogue, wish["name"])
        hard = wish["hard"] and (artist is not None or wish["relation"] != "wanted")
        return {**wish, "name": artist.name if artist else wish["name"], "hard": hard}
    if wish["kind"] == "track" and "track_id" not in wish:
        tracks = await find_tracks(catalogue, wish["title"], wish.get("artist"), limit=1)
        if tracks:
            track = tracks[0]
            return {**wish, "title": track["title"], "artist": track["artists"][0], "track_id": track["id"]}
    return wish


async def _change(draft: Draft, request: Request, brief: Brief, notes: Notes) -> None:
    known = request.known
    absent = known.absent | await absent_names(request.catalogue, brief, request.vocabulary)
    set_brief(request, brief, replace(known, absent=absent), notes)
    await first_retrieval(draft, request)


def _proposed(entry: BriefEntry, request: Request) -> Wish:
    """The entry as a wish; it binds only when the listener's words hold what it is about."""
    _must_be_said(entry["words"], request)
    wish = to_wish(entry, request.turn)
    wish["hard"] = wish["hard"] and is_said(wish, entry["words"]) and _is_known(wish, request)
    return wish


def _is_known(wish: Wish, request: Request) -> bool:
    """Whether some track could be what is asked for: `go on` asks for no genre called `on`."""
    match wish["kind"]:
        case "genre":
            return wish["relation"] != "wanted" or genre_key(wish["genre"]) in request.vocabulary.genres
        case "mood":
            return wish["relation"] != "wanted" or wish["mood"] in MOODS.values()
        case "tag":
            return wish["relation"] != "wanted" or wish["tag"] in TAGS.values()
        case "version":
            return wish["version"] in VERSIONS.values()
        case _:
            return True


def _must_be_said(words: str, request: Request) -> None:
    if f" {name_key(words)} " not in f" {name_key(request.message)} ":
        raise InvalidInput("`words` must be copied from the listener's message.")


def _taken_back(wish: Wish, removals: list[BriefRemoval]) -> bool:
    """A soft wish of an earlier turn may go; what binds only the listener's own words take back."""
    return not wish["hard"] and any(is_meant(removal, wish) for removal in removals)
