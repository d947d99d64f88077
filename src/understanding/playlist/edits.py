"""Words about a list become edits: `swap number 3`, `keep 1, 5 and 9`, `10 minutes shorter`."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from src.catalogue.catalogue import Catalogue
from src.catalogue.models.track import Track
from src.catalogue.names import name_key, split_title
from src.constraints.models.brief import Constraint, empty_brief
from src.constraints.models.edit import ChangeSpecOperation, Operation
from src.constraints.models.spec import MAX_DURATION_S, MAX_TRACKS, MIN_DURATION_S
from src.errors import InvalidInput
from src.lexicon.numbers import NUMBER, number_of
from src.lexicon.tables import numbers
from src.lexicon.vocabulary import Vocabulary
from src.schema import with_present
from src.understanding.merge import merge_reading
from src.understanding.message import read_message
from src.understanding.playlist.contour import read_contours
from src.understanding.playlist.length import read_length, read_tracks
from src.understanding.playlist.order import read_order, read_spacing, read_transitions, read_unfamiliar
from src.understanding.playlist.placements import read_placements
from src.understanding.playlist.prompt import read_title, read_wording
from src.understanding.playlist.quotas import read_quotas
from src.understanding.playlist.text import Prompt, open_prompt

CAN_BE_SAID = (
    "Say for example: swap number 3; replace 3 and 7; keep 1, 5 and 9; remove the last one; "
    "move 4 to the top; pin the first; less rock in the second half; 10 minutes shorter; "
    "no more of an artist; undo."
)
# `make it shorter` without a number.
_A_LITTLE = 0.1
_ORDINALS = numbers("numbers", "ordinals", "ordinals_in_lists", "ordinals_in_edits")
_ORDINAL = "|".join(sorted(_ORDINALS, key=len, reverse=True))
_SONG = r"(?:songs?|tracks?|tunes?|ones?|lied(?:er)?|titel|cancion(?:es)?|temas?|chansons?|morceaux?|titres?)"
_PART = (
    rf"(?:(?:the|der|die|das|den|la|el|le|les|las|los)\s+)?(?:number|numbers|no\.?|nos\.?|nr\.?|nummer"
    rf"|track|tracks|song"
    rf"|songs|numero|position|pista|titre|titel|place|\#)?\s*\#?"
    rf"(?:(?P<from>\d{{1,3}})\s*(?:-|to|through|bis|a)\s*(?P<till>\d{{1,3}})"
    rf"|(?P<end>first|last|ersten|letzten|primeros|primeras|ultimos|ultimas|premiers|derniers"
    rf"|dernieres)\s+(?P<many>{NUMBER})"
    rf"|(?P<nth>\d{{1,3}})(?:st|nd|rd|th|\.|e|er|a|o)?(?![\w%])|(?P<ordinal>{_ORDINAL})\b|(?P<word>{NUMBER}))"
    rf"(?:\s+(?P<song>{_SONG}))?(?!\s*(?:minutes?|mins?|min|hours?|bpm|%|percent|per\b))"
)
_JOINT = re.compile(r"\s*(?:,\s*(?:and|und|y|et)?|and|und|y|et|&|\+)\s*")
_ONE_PART = re.compile(_PART)
_POLITE = (
    r"(?:(?:please|pls|and|then|now|also|ok|okay|could\s+you|can\s+you|bitte|por\s+favor|let's"
    r"|i\s+want\s+to)[\s,]+)*"
)
_VERBS: dict[str, str] = {
    "restore": (
        r"undo|revert|go\s+back|roll\s+back|restore|take\s+(?:it|that)\s+back|ruckgangig"
        r"|mach\s+das\s+ruckgangig|deshacer"
        r"|deshaz|annule[rz]?|zuruck"
    ),
    "unpin": r"unpin|unlock|unfix|release|un-pin",
    "pin": r"pin|lock|fix|freeze|hold|fixier\w*|fija|epingle",
    "keep": r"(?:only\s+)?keep|hang\s+on\s+to|behalt\w*|conserva|mant[ei]n\w*|quedate\s+con|garde[rz]?|leave",
    "replace": (
        r"swap\s+out|switch\s+out|swap|replace|exchange|change|switch|different|another\s+for|tausch\w*"
        r"|ersetz\w*|cambia\w*"
        r"|reemplaza|sustituye|remplace[rz]?|change[rz]?"
    ),
    "remove": (
        r"remove|delete|drop|take\s+out|take|get\s+rid\s+of|lose|cut|skip|kick\s+out|throw\s+out"
        r"|entfern\w*|losch\w*"
        r"|streich\w*|quita|borra|elimina|enleve[rz]?|supprime[rz]?|retire[rz]?"
    ),
    "move": r"move|put|bring|shift|push|place|verschieb\w*|schieb\w*|mueve|pon|deplace[rz]?|mets",
}
_LEADS = {
    op: re.compile(rf"\s*{_POLITE}(?P<verb>{words})\b\s*(?:only\s+|just\s+|out\s+|nur\s+|solo\s+)?")
    for op, words in _VERBS.items()
}
_TO = re.compile(
    rf"\s*(?:up\s+|down\s+)?(?:to|at|in|into|on|as|an|auf|al|en|a|au)?\s*(?:the\s+|den\s+|die\s+|das\s+"
    rf"|la\s+|le\s+)?(?:very\s+)?"
    rf"(?:(?P<top>top|start|beginning|front|anfang|principio|inicio|debut)|(?P<bottom>bottom|end|back"
    rf"|ende|schluss|final|fin)"
    rf"|(?:position|place|number|no\.?|nr\.?|nummer|spot|slot)?\s*\#?(?P<nth>\d{{1,3}})"
    rf"|(?P<ordinal>{_ORDINAL})(?:\s+(?:place|position|spot))?)(?!\w)"
)
_STEP = re.compile(rf"\s*(?P<way>up|down)(?:\s+(?:by\s+)?(?P<n>{NUMBER}))?(?:\s+places?|\s+spots?)?\s*$")
_VERSION = re.compile(r"\b(?:version|v)\s*(?P<n>\d{1,4})\b")
_UNDO_ALL = re.compile(
    r"(?:[\s.!,]*\b(?:it|that|this|please|the|last|change|edit|one|to|again|das|es|eso|ca|version"
    r"|previous|v|\d+|step|wieder)\b)*[\s.!,]*"
)
_SIGNED = re.compile(
    rf"\b(?:(?:make|cut|trim|extend)\s+(?:it|the\s+list|this|that)?\s*)?(?:by\s+)?(?P<n>{NUMBER}|\b(?:an?"
    rf"|half\s+an?)\b|half)\s*-?\s*"
    r"(?P<unit>hours?|h|stunden?|horas?|heures?|minutes?|mins?|min|minuten|minutos|songs?|tracks?|lieder"
    r"|titel|canciones|chansons|morceaux)\s+"
    r"(?P<way>shorter|less|fewer|longer|more|kurzer|weniger|langer|mehr|menos|mas|moins|plus|de\s+moins"
    r"|de\s+plus)\b"
)
_SIGNED_BY = re.compile(
    rf"\b(?P<way>shorten|cut|trim|extend|lengthen)\s+(?:it|the\s+list|this|that)?\s*by\s+(?P<n>{NUMBER}"
    rf"|\b(?:an?|half\s+an?)\b)\s*"
    r"(?P<unit>hours?|minutes?|mins?|min|songs?|tracks?)\b"
)
_BARE = re.compile(
    r"\b(?:make\s+it\s+)?(?:a\s+(?:bit|little)\s+|somewhat\s+|much\s+)?(?P<way>shorter|longer|kurzer"
    r"|langer)\b(?!\s+(?:than|songs|tracks))"
)
_FEWER = re.compile(r"shorte\w*|less|fewer|kurzer|weniger|menos|.*moins|cut|trim")
_CLAUSES = re.compile(
    r"[;\n!]+|\.(?=\s|$)|,?\s+(?:and\s+)?then\s+|,\s+(?:and\s+)?(?=(?:%s)\b)|\s+(?:and|und|y"
    r"|et)\s+(?=(?:%s)\b)" % (("|".join(_VERBS.values()),) * 2)
)


@dataclass(frozen=True, slots=True)
class CurrentList:
    """The list that the words are about."""

    tracks: Sequence[Track]

    @property
    def length(self) -> int:
        """Number of tracks."""
        return len(self.tracks)

    @property
    def duration_s(self) -> float:
        """Sum of the known lengths."""
        return sum(track.get("duration_ms", 0) for track in self.tracks) / 1000


async def read_edits(
    catalogue: Catalogue, vocabulary: Vocabulary, words: str, tracks: Sequence[Track], now_year: int
) -> list[Operation]:
    """What the words ask to do with a list, in their order.

    Args:
        tracks: the list, in order.
        now_year: what `recent` is counted from.

    Raises:
        InvalidInput: a position is not in the list, or nothing was understood; it says what can be said.
    """
    current = CurrentList(tracks)
    edits: list[Operation] = []
    rest: list[str] = []
    prompt = open_prompt(words)
    begin = 0
    for end, after in [
        *((m.start(), m.end()) for m in _CLAUSES.finditer(prompt.folded)),
        (len(prompt.folded),) * 2,
    ]:
        folded, written = prompt.folded[begin:end], prompt.written[begin:end]
        begin = after
        if not folded.strip():
            continue
        read = _read_clause(folded, current)
        if read:
            edits += read
        else:
            rest.append(_as_constraint(folded, written))
    if rest:
        change = await _read_change(catalogue, vocabulary, ". ".join(rest), current, now_year)
        if change is not None:
            edits.append(change)
    if not edits:
        raise InvalidInput(f"Nothing to change was understood. {CAN_BE_SAID}")
    return edits


def _read_clause(folded: str, current: CurrentList) -> list[Operation]:
    """The operations on positions that a clause asks for; none when it is about something else."""
    for op, lead in _LEADS.items():
        match = lead.match(folded)
        if match is None:
            continue
        rest = folded[match.end() :]
        if op == "restore":
            return _restore(rest)
        if op == "move":
            return _move(rest, current)
        positions, after = _positions(rest, current)
        if not positions:
            return []
        trail = rest[after:]
        if op == "keep":
            return [{"op": "keep", "positions": positions}]
        if op == "pin":
            return [{"op": "pin", "positions": positions}]
        if op == "unpin":
            return [{"op": "unpin", "positions": positions}]
        if op == "remove":
            return [{"op": "remove", "positions": positions}]
        if match["verb"] in ("swap", "switch", "exchange", "tausche") and len(positions) == 1:
            other, _end = _positions(re.sub(r"^\s*(?:with|mit|con|avec)\s+", "", trail), current)
            if other and re.match(r"\s*(?:with|mit|con|avec)\b", trail):
                return _exchange(positions[0], other[0])
        if match["verb"] in ("swap", "switch", "exchange") and len(positions) == 2 and "," not in rest:
            return _exchange(*positions)
        return [{"op": "replace", "positions": positions}]
    return []


def _restore(rest: str) -> list[Operation]:
    if not _UNDO_ALL.fullmatch(rest):
        return []
    version = _VERSION.search(rest)
    return [{"op": "restore", "version": max(1, int(version["n"])) if version else 0}]


def _move(rest: str, current: CurrentList) -> list[Operation]:
    positions, after = _positions(rest, current, only_one=True)
    if not positions:
        return []
    trail = rest[after:]
    if step := _STEP.match(trail):
        by = int(number_of(step["n"])) if step["n"] else 1
        to = positions[0] + (by if step["way"] == "down" else -by)
        return [_moved(positions[0], min(current.length, max(1, to)))]
    where = _TO.match(trail)
    if where is None or not trail.strip():
        return []
    to = 1 if where["top"] else -1 if where["bottom"] else 0
    if where["nth"]:
        to = int(where["nth"])
    elif where["ordinal"]:
        to = _ORDINALS[where["ordinal"]]
    return [_moved(positions[0], _in_list(to, current))]


def _moved(from_position: int, to_position: int) -> Operation:
    return {"op": "move", "from_position": from_position, "to_position": to_position}


def _exchange(one: int, other: int) -> list[Operation]:
    """Two tracks swap: numbers are those of before the edit."""
    return [_moved(one, other), _moved(other, one)] if one != other else []


def _positions(rest: str, current: CurrentList, *, only_one: bool = False) -> tuple[list[int], int]:
    """The positions that the words begin with, in order, and where they end."""
    titled = _titled(rest, current)
    if titled is not None:
        return titled
    found: list[int] = []
    end = 0
    while match := _ONE_PART.match(rest, end):
        found += _positions_of(match, current)
        end = match.end()
        joint = _JOINT.match(rest, end)
        if joint is None or only_one or not _ONE_PART.match(rest, joint.end()):
            break
        end = joint.end()
    return list(dict.fromkeys(found)), end


def _positions_of(match: re.Match[str], current: CurrentList) -> list[int]:
    if match["from"]:
        first, last = sorted((_in_list(int(match["from"]), current), _in_list(int(match["till"]), current)))
        return list(range(first, last + 1))
    if match["end"]:
        many = int(number_of(match["many"]))
        if not 1 <= many <= current.length:
            raise _out_of_list(current)
        at_end = match["end"].startswith(("l", "u", "d"))
        return list(range(current.length - many + 1, current.length + 1) if at_end else range(1, many + 1))
    if match["nth"]:
        return [_in_list(int(match["nth"]), current)]
    if match["ordinal"]:
        return [_in_list(_ORDINALS[match["ordinal"]], current)]
    return [_in_list(int(number_of(match["word"])), current)]


def _titled(rest: str, current: CurrentList) -> tuple[list[int], int] | None:
    """A track of the list by its title: `remove Wonderwall`."""
    words = re.match(r"[^,;]+", rest)
    if words is None:
        return None
    said = name_key(re.sub(r"\s+(?:by|von|de)\s+.*$", "", words[0]))
    for position, track in enumerate(current.tracks, 1):
        key = name_key(split_title(track["title"]).name)
        if key and (said == key or said.startswith((f"{key} to ", f"{key} at "))):
            end = words.end() if said == key else words[0].find(" to ") if " to " in words[0] else words.end()
            return [position], end
    return None


def _in_list(position: int, current: CurrentList) -> int:
    place = current.length if position == -1 else position
    if not 1 <= place <= current.length:
        raise _out_of_list(current)
    return place


def _out_of_list(current: CurrentList) -> InvalidInput:
    if not current.length:
        return InvalidInput("The list is empty: there is no track to edit.")
    return InvalidInput(f"The list has {current.length} tracks: name positions from 1 to {current.length}.")


def _as_constraint(folded: str, written: str) -> str:
    """`remove the rap` as it is read of a request: `no rap`."""
    match = _LEADS["remove"].match(folded)
    if match is None:
        return written
    rest = re.sub(
        r"^(?:all\s+|any\s+|the\s+|everything\s+(?:by|from)\s+)+", "", written[match.end() :], flags=re.I
    )
    return f"no {rest}"


async def _read_change(
    catalogue: Catalogue, vocabulary: Vocabulary, words: str, current: CurrentList, now_year: int
) -> ChangeSpecOperation | None:
    prompt, title = read_title(open_prompt(words))
    prompt, placements = await read_placements(catalogue, vocabulary, prompt)
    prompt, spacing = read_spacing(prompt)
    prompt, transitions = read_transitions(prompt)
    change: ChangeSpecOperation = {"op": "change_spec", "words": words[:400]}
    change = with_present(
        change,
        title=title or None,
        places=placements or None,
        artist_spacing=spacing,
        transitions=transitions,
    )
    prompt = _read_size(prompt, change, current)
    prompt, contours = read_contours(prompt)
    prompt, order = read_order(prompt)
    prompt, unfamiliar = read_unfamiliar(prompt)
    change = with_present(change, courses=contours or None, order=order, unfamiliar_share=unfamiliar)
    if "duration_s" not in change:
        prompt, length = read_length(prompt)
        if length is not None:
            change = with_present(change, duration_s=length.seconds, tolerance_s=length.tolerance_s)
    if "tracks" not in change:
        prompt, tracks = await read_tracks(catalogue, prompt)
        change = with_present(change, tracks=tracks)
    prompt, quotas = read_quotas(prompt, vocabulary, now_year, change.get("tracks", current.length or None))
    if quotas.constraints:
        change["shares"] = quotas.constraints
    prompt, clean = read_wording(prompt)
    brief = merge_reading(
        empty_brief(), await read_message(catalogue, vocabulary, prompt.rest(), 1, now_year)
    )
    constraints: list[Constraint] = [
        constraint for constraint in brief["wishes"] if constraint["kind"] != "count"
    ]
    constraints += [*quotas.unproven, *([clean] if clean is not None else [])]
    if constraints:
        change["wishes"] = constraints
        if brief["text"]:
            change["text"] = brief["text"]
    return change if change.keys() - {"op", "words"} else None


def _read_size(prompt: Prompt, change: ChangeSpecOperation, current: CurrentList) -> Prompt:
    """`10 minutes shorter`, `5 songs more`, `a bit longer`: from what the list is now.

    Raises:
        InvalidInput: the list would be shorter or longer than a list may be.
    """
    match = _SIGNED_BY.search(prompt.folded) or _SIGNED.search(prompt.folded)
    if match is None:
        bare = _BARE.search(prompt.folded)
        if bare is None:
            return prompt
        sign = -1 if _FEWER.match(bare["way"]) else 1
        _set_length(change, current.duration_s * (1 + sign * _A_LITTLE))
        change["tolerance_s"] = max(60.0, current.duration_s * _A_LITTLE / 2)
        return prompt.without(bare.start(), bare.end())
    said, unit = match["n"], match["unit"]
    number = 0.5 if said.startswith("half") else 1.0 if said in ("a", "an") else number_of(said)
    sign = -1 if _FEWER.match(match["way"]) else 1
    if unit.startswith(("h", "st")):
        _set_length(change, current.duration_s + sign * number * 3600)
    elif unit.startswith("min"):
        _set_length(change, current.duration_s + sign * number * 60)
    else:
        tracks = current.length + sign * int(number)
        if not 1 <= tracks <= MAX_TRACKS:
            raise InvalidInput(
                f"The list has {current.length} tracks; a playlist has 1 to {MAX_TRACKS} of them."
            )
        change["tracks"] = tracks
    return prompt.without(match.start(), match.end())


def _set_length(change: ChangeSpecOperation, seconds: float) -> None:
    if not MIN_DURATION_S <= seconds <= MAX_DURATION_S:
        raise InvalidInput(
            "The list would not be between 1 minute and 12 hours long: ask for less of a change."
        )
    change["duration_s"] = round(seconds, 1)
