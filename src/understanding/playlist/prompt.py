"""A prompt becomes the spec of a list, by rules alone.

What belongs to the list as a whole is read first and taken out of the prompt; what is left is a request for
tracks, and the reader of requests reads it.
"""

import re

from src.catalogue.catalogue import Catalogue
from src.constraints.models.brief import Brief, Constraint, ExplicitConstraint, empty_brief
from src.constraints.models.spec import PlaylistSpec, empty_spec
from src.lexicon.vocabulary import Vocabulary
from src.schema import with_present
from src.understanding.merge import add_constraints, merge_reading
from src.understanding.message import read_message
from src.understanding.playlist.contour import read_contours
from src.understanding.playlist.length import read_length, read_tracks
from src.understanding.playlist.order import read_order, read_spacing, read_transitions, read_unfamiliar
from src.understanding.playlist.placements import read_opener, read_placements
from src.understanding.playlist.quotas import read_quotas
from src.understanding.playlist.text import Prompt, open_prompt
from src.understanding.sound import CLEAN

MAX_TITLE = 60
_NAMED = re.compile(
    r"(?:\b(?:and\s+|please\s+)*(?:call|name|title)\s+(?:it|this|that|(?:the|my)\s+(?:play\s?list|list"
    r"|mix|mixtape))"
    r"|(?<=list)\s+(?:is\s+)?(?:called|named|titled)|(?<=mix)\s+(?:called|named|titled)"
    r"|(?<=mixtape)\s+(?:called|named|titled)"
    r"|(?<=set)\s+(?:called|named|titled)|(?<=liste)\s+namens|\bnenn(?:e)?\s+sie|(?<=lista)\s+llamada"
    r"|\bllamala|(?<=liste)\s+appelee|\bappelle-la"
    r"|^\s*title\s*:)"
    r"\s*:?\s+(?P<name>[\"“„«](?P<quoted>[^\"”“»\n]{1,100})[\"”“»]|[^,.;:!?\n\"¦]{1,80}?(?=\s*(?:$"
    r"|[,.;:!?\n]|\s-\s|\s(?:with|and|of|for|mit|con|avec)\s)))"
)
_LEAD = re.compile(
    r"^(?:(?:hey|hi|hello|ok|so|please|pls|can|could|would|will|u|you|i|i'd|i'm|we|like|want|need|would"
    r"|love|to|make|give|gimme|me|us|do|create"
    r"|build|get|put|together|generate|some|a|an|the|my|your|of|for|play\s?list|list|mix|mixtape|set|with"
    r"|songs?|tracks?|music|eine?|mir|bitte|una|un|une|lista"
    r"|liste|de|mach|haz|fais|moi|hazme|von|mit|con)\b[\s,:]*)+",
    re.IGNORECASE,
)
_FALLBACK = "Playlist"


def read_title(prompt: Prompt) -> tuple[Prompt, str]:
    """The title that the listener names, and the prompt without it; empty when there is none."""
    match = _NAMED.search(prompt.folded)
    if match is None:
        return prompt, ""
    part = "quoted" if match["quoted"] else "name"
    title = " ".join(prompt.written[match.start(part) : match.end(part)].split())[:MAX_TITLE].strip()
    return (prompt.without(match.start(), match.end()), title) if title else (prompt, "")


def make_title(rest: str, whole: str) -> str:
    """A short title of what was asked for.

    Args:
        rest: the prompt without what was said of the list as a whole.
        whole: the prompt, where nothing else is left.
    """
    for text in (rest, whole):
        for clause in re.split(r"[,.;:!?\n]", text):
            words = _LEAD.sub("", " ".join(clause.split())).split()
            while words and sum(map(len, words)) + len(words) - 1 > MAX_TITLE:
                words.pop()
            title = " ".join(words)
            if any(character.isalpha() for character in title):
                return title[0].upper() + title[1:]
    return _FALLBACK


def read_wording(prompt: Prompt) -> tuple[Prompt, ExplicitConstraint | None]:
    """The constraint for clean words, and the prompt without it."""
    match = CLEAN.search(prompt.folded)
    if match is None:
        return prompt, None
    words = prompt.words(match.start(), match.end())
    return prompt.without(match.start(), match.end()), {
        "kind": "explicit",
        "allowed": False,
        "hard": True,
        "words": words,
        "turn": 1,
    }


_OPENING_KINDS = frozenset(
    {"artist", "genre", "mood", "tag", "years", "range", "language", "vocals", "version"}
)
_MAX_OPENERS = 5


async def read_spec(catalogue: Catalogue, vocabulary: Vocabulary, prompt: str, now_year: int) -> PlaylistSpec:
    """The spec that a prompt asks for.

    Args:
        catalogue: whose names are looked up.
        vocabulary: its genres.
        prompt: the listener's words.
        now_year: what `recent` is counted from.

    Raises:
        InvalidInput: the prompt is too long, or asks for a number or a length out of bounds.
    """
    text = open_prompt(prompt)
    rest, spec = await _read_list(catalogue, vocabulary, text, now_year)
    found = spec["brief"]["wishes"]
    reading = await read_message(catalogue, vocabulary, rest.rest(), 1, now_year)
    brief = merge_reading(empty_brief(), reading)
    brief["wishes"] = add_constraints(brief["wishes"], found)
    spec["prompt"] = text.written
    spec["title"] = spec["title"] or make_title(rest.rest(), text.written)
    spec["brief"] = _counted(spec, {**brief, "wishes": _among_others(spec, brief["wishes"], text)})
    return spec


async def _read_list(
    catalogue: Catalogue, vocabulary: Vocabulary, prompt: Prompt, now_year: int
) -> tuple[Prompt, PlaylistSpec]:
    """What is said of the list as a whole, and the prompt without it."""
    spec = empty_spec(empty_brief())
    prompt, spec["title"] = read_title(prompt)
    prompt, spec["places"] = await read_placements(catalogue, vocabulary, prompt)
    prompt, spacing = read_spacing(prompt)
    prompt, transitions = read_transitions(prompt)
    prompt, spec["courses"] = read_contours(prompt)
    opened, opener = read_opener(prompt)
    spec["openers"] = await _openers(catalogue, vocabulary, opener, now_year) if opener else []
    if spec["openers"]:
        prompt = opened
    prompt, order = read_order(prompt)
    prompt, unfamiliar = read_unfamiliar(prompt)
    prompt, length = read_length(prompt)
    prompt, tracks = await read_tracks(catalogue, prompt)
    prompt, quotas = read_quotas(prompt, vocabulary, now_year, tracks)
    spec["shares"] = quotas.constraints
    spec["brief"]["wishes"] += quotas.unproven
    prompt, clean = read_wording(prompt)
    if clean is not None:
        spec["brief"]["wishes"].append(clean)
    spec = with_present(
        spec,
        artist_spacing=spacing,
        transitions=transitions,
        order=order,
        unfamiliar_share=unfamiliar,
        duration_s=length.seconds if length else None,
        tolerance_s=length.tolerance_s if length else None,
        tracks=tracks,
    )
    return prompt, spec


async def _openers(
    catalogue: Catalogue, vocabulary: Vocabulary, words: str, now_year: int
) -> list[Constraint]:
    """What the first track should be: never more than softly."""
    reading = await read_message(catalogue, vocabulary, words, 1, now_year)
    constraints = [constraint for constraint in reading.constraints if constraint["kind"] in _OPENING_KINDS]
    for constraint in constraints:
        constraint["hard"] = False
    return constraints[:_MAX_OPENERS]


def _among_others(spec: PlaylistSpec, constraints: list[Constraint], prompt: Prompt) -> list[Constraint]:
    """The constraints; artists named after `with` who cannot fill the list are wanted among others."""
    named = [
        constraint
        for constraint in constraints
        if constraint["kind"] == "artist" and constraint["relation"] == "wanted"
    ]
    caps = [constraint["at_most"] for constraint in constraints if constraint["kind"] == "per_artist"]
    if not named or not caps or len(named) * min(caps) >= spec.get("tracks", 0):
        return constraints
    if not re.search(rf"\bwith\s+{re.escape(named[0]['words'].casefold())}", prompt.folded):
        return constraints
    return [
        {**constraint, "hard": False} if constraint in named else constraint for constraint in constraints
    ]


def _counted(spec: PlaylistSpec, brief: Brief) -> Brief:
    """The brief without a number of tracks: it is the spec's, unless a length was asked for."""
    counts = [constraint["count"] for constraint in brief["wishes"] if constraint["kind"] == "count"]
    if counts and "duration_s" not in spec:
        spec.setdefault("tracks", counts[-1])
    return {
        **brief,
        "wishes": [constraint for constraint in brief["wishes"] if constraint["kind"] != "count"],
    }
