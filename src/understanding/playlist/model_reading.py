"""The model's reading of a prompt, added to the rules': it adds and tightens, and loosens nothing that binds.

One call, with one tool. What it proposes is taken entry by entry: what is invalid, or not in the listener's
words, is dropped and counted. Without a model, or when it cannot be had, the rules' reading is all.
"""

import re
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import cache

from pydantic import ValidationError
from pydantic_core import from_json
from rapidfuzz import fuzz

from src.catalogue.catalogue import Catalogue
from src.catalogue.lookup import find_artist, find_tracks
from src.catalogue.names import name_key
from src.constraints.describe import describe
from src.constraints.entries import is_said, to_constraint
from src.constraints.models.brief import Constraint
from src.constraints.models.entry import BriefEntry
from src.constraints.models.spec import Contour, Placement, PlaylistSpec, Quota, Transitions
from src.errors import InvalidInput, ModelUnavailable
from src.lexicon.numbers import NUMBER, number_of
from src.lexicon.vocabulary import Vocabulary
from src.llm.chat import Chat
from src.llm.models.chat import ChatMessage, ChatRequest, Finished, ToolCalled, ToolSpec
from src.prompts import render_prompt
from src.schema import with_present
from src.understanding.merge import reconcile
from src.understanding.models.proposal import (
    SET_PLAYLIST_SPEC,
    PlacementProposal,
    QuotaProposal,
    SetPlaylistSpec,
)
from src.understanding.playlist.changes import quota_subject
from src.understanding.playlist.fractions import FRACTION
from src.understanding.playlist.prompt import read_title
from src.understanding.playlist.text import open_prompt


def describe_spec(spec: PlaylistSpec) -> list[str]:
    """Every constraint of the list, one a line; soft ones say so."""
    lines: list[str] = []
    if "tracks" in spec:
        lines.append(f"{spec['tracks']} tracks")
    if "duration_s" in spec:
        lines.append(f"{spec['duration_s'] / 60:g} minutes")
    lines += [_contour(contour) for contour in spec["courses"]]
    transitions = spec.get("transitions")
    if transitions and "tempo_step" in transitions:
        lines.append(f"tempo steps of at most {transitions['tempo_step']:g} bpm")
    if transitions and transitions.get("harmonic"):
        lines.append("neighbours fit by key")
    if "artist_spacing" in spec:
        lines.append(f"at least {spec['artist_spacing']} tracks between two by one artist")
    lines += [
        f"{describe_quota(quota)}{'' if quota['hard'] else ' (if possible)'}" for quota in spec["shares"]
    ]
    lines += [_placement(place) for place in spec["places"]]
    lines += [f"opens with: {describe(constraint)} (if possible)" for constraint in spec["openers"]]
    if "unfamiliar_share" in spec:
        lines.append(f"{spec['unfamiliar_share']:.0%} little known (if possible)")
    if "order" in spec:
        lines.append("newest first" if spec["order"] == "year_descending" else "oldest first")
    lines += [
        f"{describe(constraint)}{'' if constraint['hard'] else ' (if possible)'}"
        for constraint in spec["brief"]["wishes"]
    ]
    return lines


def describe_quota(quota: Quota) -> str:
    """For example `at least 60% soul or bossa nova`, `at most 25% 1980 to 1989 in the second half`."""
    bounds = []
    if "at_least" in quota:
        bounds.append(f"at least {quota['at_least']:.0%}")
    if "at_most" in quota:
        bounds.append(f"at most {quota['at_most']:.0%}" if quota["at_most"] else "no")
    genres = " or ".join([quota["genre"]] if "genre" in quota else quota.get("genres", []))
    years = f"{quota.get('year_from', '')}-{quota.get('year_to', '')}".strip("-")
    half = f"in the {quota['half']} half" if "half" in quota else ""
    return " ".join(part for part in (" and ".join(bounds), genres, years, half) if part)


def _contour(contour: Contour) -> str:
    return f"{contour['feature']}: {contour['shape'].replace('_', ' ')}"


def _placement(place: Placement) -> str:
    name = f"{place['title']} by {place['artist']}" if "artist" in place else place["title"]
    position = place.get("position")
    where = {None: "in the list", 1: "first", -1: "last"}.get(position, f"at place {position}")
    return f"{name} {where}"


TOOL = "set_playlist_spec"
MAX_QUOTAS, MAX_PLACEMENTS, MAX_OPENERS = 8, 100, 5
# As alike, of 100, as a title and the listener's own spelling of it.
_SAME_NAME = 85
_LENGTH_SAID = re.compile(rf"{NUMBER}|\b(?:hour|half|stunde|hora|heure)\w*")
_LISTS = frozenset({"courses", "shares", "places", "openers", "wishes"})


@dataclass(slots=True)
class SecondReading:
    """The spec after both readings.

    `dropped` counts what the model proposed and was refused; `notes` are sentences for the listener.
    """

    spec: PlaylistSpec
    notes: list[str] = field(default_factory=list)
    dropped: int = 0
    model_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


async def refine_spec(
    chat: Chat | None, catalogue: Catalogue, vocabulary: Vocabulary, spec: PlaylistSpec
) -> SecondReading:
    """Hear the model on the prompt of a spec that the rules have read."""
    if chat is None or not spec["prompt"]:
        return SecondReading(spec)
    reading = SecondReading(spec, model_calls=1)
    arguments: list[str] = []
    try:
        async with aclosing(chat.stream(_request(spec))) as events:
            async for event in events:
                if isinstance(event, ToolCalled):
                    function = event.call["function"]
                    arguments += [function["arguments"]] if function["name"] == TOOL else []
                elif isinstance(event, Finished):
                    reading.input_tokens, reading.output_tokens = event.input_tokens, event.output_tokens
    except ModelUnavailable as failure:
        reading.notes.append(f"The prompt was read by the built-in rules alone: {failure.message}")
        return reading
    for text in arguments[:1]:
        proposal, reading.dropped = parse_proposal(text)
        await _apply(catalogue, vocabulary, reading, proposal)
    return reading


def parse_proposal(text: str) -> tuple[SetPlaylistSpec, int]:
    """What of a tool call's arguments is valid, and how many entries are not."""
    try:
        value = from_json(text or "{}")
    except ValueError:
        return {}, 1
    if not isinstance(value, dict):
        return {}, 1
    dropped = 0
    while True:
        try:
            return SET_PLAYLIST_SPEC.validate_python(value), dropped
        except ValidationError as error:
            wrong = {item["loc"][:2] for item in error.errors(include_url=False, include_input=False)}
            dropped += _drop(value, wrong)


def _drop(value: dict[str, object], wrong: set[tuple[int | str, ...]]) -> int:
    """Take the wrong entries out: of a list each by itself, else the whole field."""
    fields = {str(loc[0]) for loc in wrong}
    for name in sorted(fields):
        entries = value[name]
        places = {loc[1] for loc in wrong if loc[0] == name and len(loc) > 1}
        if name in _LISTS and isinstance(entries, list) and places:
            value[name] = [entry for place, entry in enumerate(entries) if place not in places]
        else:
            del value[name]
    return len(wrong)


@cache
def tool_spec() -> ToolSpec:
    """The tool as a model is offered it: descriptions from the docstrings."""
    schema = SET_PLAYLIST_SPEC.json_schema()
    description = " ".join(str(schema.pop("description", "")).split())
    parameters = {key: value for key, value in schema.items() if key != "title"}
    return {
        "type": "function",
        "function": {"name": TOOL, "description": description, "parameters": parameters},
    }


def _request(spec: PlaylistSpec) -> ChatRequest:
    read = "\n".join(f"- {line}" for line in describe_spec(spec)) or "- nothing"
    messages: list[ChatMessage] = [
        {"role": "system", "content": render_prompt("playlist.md", read=read)},
        {"role": "user", "content": spec["prompt"]},
    ]
    return ChatRequest(messages, [tool_spec()])


async def _apply(
    catalogue: Catalogue, vocabulary: Vocabulary, reading: SecondReading, proposal: SetPlaylistSpec
) -> None:
    spec: PlaylistSpec = {**reading.spec}
    reading.spec = spec
    _apply_numbers(reading, proposal)
    for contour in proposal.get("courses", []):
        taken = any(contour["feature"] == other["feature"] for other in spec["courses"])
        if taken or "order" in spec or not _is_copied(contour["words"], spec):
            reading.dropped += 1
            continue
        added: Contour = {"feature": contour["feature"], "shape": contour["shape"], "words": contour["words"]}
        spec["courses"] = [*spec["courses"], added]
    for quota in proposal.get("shares", []):
        _apply_quota(vocabulary, reading, quota)
    for place in proposal.get("places", []):
        await _apply_placement(catalogue, reading, place)
    openers = [
        await _constraint(catalogue, vocabulary, reading, entry) for entry in proposal.get("openers", [])
    ]
    for constraint in openers:
        if constraint is not None and len(spec["openers"]) < MAX_OPENERS:
            constraint["hard"] = False
            spec["openers"] = [*spec["openers"], constraint]
    constraints = [
        await _constraint(catalogue, vocabulary, reading, entry) for entry in proposal.get("wishes", [])
    ]
    merged, _ = reconcile(
        spec["brief"]["wishes"],
        [constraint for constraint in constraints if constraint and constraint["kind"] != "count"],
    )
    spec["brief"] = {**spec["brief"], "wishes": merged}


def _apply_numbers(reading: SecondReading, proposal: SetPlaylistSpec) -> None:
    """Numbers and the like: what the rules read stays, and what was not said is not taken."""
    spec = reading.spec
    folded = open_prompt(spec["prompt"]).folded
    said = {number_of(match[0]) for match in re.finditer(NUMBER, folded)}
    if "title" in proposal and not read_title(open_prompt(spec["prompt"]))[1]:
        spec["title"] = " ".join(proposal["title"].split())
    if "tracks" in proposal and proposal["tracks"] != spec.get("tracks"):
        if "tracks" in spec or proposal["tracks"] not in said:
            reading.dropped += 1
        else:
            spec["tracks"] = proposal["tracks"]
    if "minutes" in proposal and proposal["minutes"] * 60 != spec.get("duration_s"):
        if "duration_s" in spec or not _LENGTH_SAID.search(folded):
            reading.dropped += 1
        else:
            spec["duration_s"] = proposal["minutes"] * 60
    none: Transitions = {"words": ""}
    transitions: Transitions = {**spec.get("transitions", none)}
    if "tempo_step" in proposal:
        step = transitions.get("tempo_step")
        transitions["tempo_step"] = min(step, proposal["tempo_step"]) if step else proposal["tempo_step"]
    if proposal.get("harmonic"):
        transitions["harmonic"] = True
    if transitions.keys() - {"words"}:
        spec["transitions"] = transitions
    if "artist_spacing" in proposal:
        spec["artist_spacing"] = max(spec.get("artist_spacing", 1), proposal["artist_spacing"])
    if "unfamiliar_share" in proposal:
        spec.setdefault("unfamiliar_share", proposal["unfamiliar_share"])
    if "order" in proposal:
        spec.setdefault("order", proposal["order"])


def _apply_quota(vocabulary: Vocabulary, reading: SecondReading, quota: QuotaProposal) -> None:
    """A new quota; of one that was read already the tighter bounds are kept."""
    spec = reading.spec
    genres = list(dict.fromkeys(genre.lower() for genre in quota.get("genres", [])))
    known = all(vocabulary.holds(genre) or _in_words(genre, quota["words"]) for genre in genres)
    about = bool(genres) or bool(quota.keys() & {"year_from", "year_to"})
    if not (known and about and quota.keys() & {"at_least", "at_most"} and _is_copied(quota["words"], spec)):
        reading.dropped += 1
        return
    is_hard = re.search(FRACTION, open_prompt(quota["words"]).folded) is not None
    added: Quota = {"hard": is_hard, "words": quota["words"]}
    added = with_present(
        added,
        genre=genres[0] if len(genres) == 1 else None,
        genres=genres if len(genres) > 1 else None,
        year_from=quota.get("year_from"),
        year_to=quota.get("year_to"),
        half=quota.get("half"),
        at_least=quota.get("at_least"),
        at_most=quota.get("at_most"),
    )
    quotas = list(spec["shares"])
    place = next((n for n, other in enumerate(quotas) if quota_subject(other) == quota_subject(added)), None)
    if place is not None:
        quotas[place] = _tighter(quotas[place], added)
    elif len(quotas) < MAX_QUOTAS:
        quotas.append(added)
    spec["shares"] = quotas


def _tighter(first: Quota, second: Quota) -> Quota:
    """Of two readings of one quota the tighter bounds; none that cannot hold together."""
    tight: Quota = {**first}
    if second["hard"] or not first["hard"]:
        if "at_least" in second:
            tight["at_least"] = max(first.get("at_least", 0.0), second["at_least"])
        if "at_most" in second:
            tight["at_most"] = min(first.get("at_most", 1.0), second["at_most"])
    return first if tight.get("at_least", 0.0) > tight.get("at_most", 1.0) else tight


async def _apply_placement(catalogue: Catalogue, reading: SecondReading, place: PlacementProposal) -> None:
    spec = reading.spec
    key = name_key(place["title"])
    taken = any(
        key in name_key(other["title"]) or name_key(other["title"]) in key for other in spec["places"]
    )
    if taken or len(spec["places"]) >= MAX_PLACEMENTS or place.get("position") == 0:
        reading.dropped += 1
        return
    if not key or not _is_copied(place["words"], spec) or not _in_words(place["title"], place["words"]):
        reading.dropped += 1
        return
    tracks = await find_tracks(catalogue, place["title"], place.get("artist"), limit=1)
    track = tracks[0] if tracks else None
    added: Placement = {"title": track["title"] if track else place["title"], "words": place["words"]}
    added = with_present(
        added,
        artist=track["artists"][0] if track else place.get("artist"),
        track_id=track["id"] if track else None,
        position=place.get("position"),
    )
    spec["places"] = [*spec["places"], added]


async def _constraint(
    catalogue: Catalogue, vocabulary: Vocabulary, reading: SecondReading, entry: BriefEntry
) -> Constraint | None:
    """The entry as a constraint; it binds only when the listener's words hold what it is about."""
    if not _is_copied(entry["words"], reading.spec):
        reading.dropped += 1
        return None
    try:
        constraint = to_constraint(entry, reading.spec["brief"]["turn"])
    except InvalidInput:
        reading.dropped += 1
        return None
    constraint["hard"] = constraint["hard"] and is_said(constraint, entry["words"])
    if constraint["kind"] == "genre" and constraint["relation"] == "wanted":
        constraint["hard"] = constraint["hard"] and vocabulary.holds(constraint["genre"])
    if constraint["kind"] == "artist":
        artist = await find_artist(catalogue, constraint["name"])
        constraint["name"] = artist.name if artist else constraint["name"]
        constraint["hard"] = constraint["hard"] and (artist is not None or constraint["relation"] != "wanted")
    return constraint


def _is_copied(words: str, spec: PlaylistSpec) -> bool:
    return f" {name_key(words)} " in f" {name_key(spec['prompt'])} "


def _in_words(name: str, words: str) -> bool:
    return fuzz.partial_ratio(name_key(name), name_key(words)) >= _SAME_NAME
