"""The final list: the model's picks as they stream, each track judged and its reason checked."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.chat.external import ExternalCandidate
from src.chat.models.answer import Recommendation
from src.chat.reply import plain_reason, say
from src.chat.state import Candidate, Deferred, Draft, TurnTask
from src.constraints.checks import all_alternatives, meets_any
from src.constraints.enforcement import is_checkable, judge
from src.constraints.models.brief import Constraint
from src.constraints.report import Drop
from src.grounding.claims import supported_text
from src.grounding.prose import SENTENCE_END
from src.grounding.support import Support, support_of

_MAX_REASON_CHARS = 400
_WEIGHTS = {"genre": 2.0, "language": 2.0, "country": 2.0, "years": 1.5}
# Tracks by an artist given as an example rank last, for other music like it is asked for; those by a wanted
# artist rank first.
_NAMED_ARTIST_WEIGHT = 4.0


def offer(draft: Draft, task: TurnTask, candidate: Candidate, reason: str, *, by_model: bool) -> bool:
    """Put a track on the list if no rule forbids it.

    What breaks a rule is dropped and reported; what cannot be checked waits until the end.
    """
    if is_full(draft, task):
        return False
    judgement = judge(candidate.track, draft.chosen, task.rules)
    if judgement.broken is not None:
        draft.drops.append(Drop(candidate.track, judgement.broken, judgement.detail))
        return False
    if judgement.unchecked:
        draft.deferred.append(Deferred(candidate, reason, judgement.unchecked))
        return False
    _append(draft, task, candidate, reason, [], by_model=by_model)
    return True


def offer_external(draft: Draft, task: TurnTask, item: ExternalCandidate, reason: str) -> bool:
    """Put a track that only Spotify has on the list if no rule forbids it; the unchecked wishes are named.

    The model does not see its record: only the listener's words support a reason.
    """
    if is_full(draft, task) or item in draft.external_picks or item.handle in task.given_handles:
        return False
    judgement = judge(item.record, draft.chosen, task.rules)
    if judgement.broken is not None:
        return False
    checked = _checked(draft, task, reason, task.support)
    draft.external_picks.append(item)
    draft.spotify_picks.append(
        {
            "rank": len(draft.spotify_picks) + 1,
            "handle": item.handle,
            "reason": checked or say("only_on_spotify", task.language, match=item.match),
            "match": item.match,
            "unchecked": judgement.unchecked,
            "attribution": "Spotify",
        }
    )
    return True


def is_allowed(track: Track, task: TurnTask) -> bool:
    """Whether no rule forbids the track on an empty list."""
    return judge(track, [], task.rules).broken is None


def count_allowed(tracks: Iterable[Track], task: TurnTask) -> int:
    """How many of the tracks fit together on one list."""
    chosen: list[Track] = []
    for track in tracks:
        if judge(track, chosen, task.rules).broken is None:
            chosen.append(track)
    return len(chosen)


def is_full(draft: Draft, task: TurnTask) -> bool:
    """Whether the list has as many tracks as were asked for."""
    return len(draft.picks) + len(draft.external_picks) >= task.rules.count


def fill(draft: Draft, task: TurnTask) -> Iterator[Recommendation]:
    """Fill the list from the ranking, then with tracks that could not be checked; yields each new pick."""
    if is_full(draft, task):
        return
    for candidate in ranking(draft, task):
        if is_full(draft, task):
            return
        if candidate.track["id"] not in _judged(draft) and offer(draft, task, candidate, "", by_model=False):
            yield draft.picks[-1]
    for deferred in draft.deferred:
        if is_full(draft, task):
            return
        track = deferred.candidate.track
        judgement = judge(track, draft.chosen, task.rules)
        if judgement.broken is None:
            _append(draft, task, deferred.candidate, deferred.reason, judgement.unchecked, by_model=False)
            yield draft.picks[-1]


def named_first(draft: Draft, task: TurnTask) -> Iterator[Recommendation]:
    """Put the tracks that the listener named at the head of an empty list."""
    if draft.picks:
        return
    for candidate in draft.pool.candidates:
        if candidate.track["id"] in task.rules.wanted_ids and offer(
            draft, task, candidate, "", by_model=False
        ):
            yield draft.picks[-1]


def ranking(draft: Draft, task: TurnTask) -> list[Candidate]:
    """The pool in the order in which it fills the list."""
    soft = all_alternatives([constraint for constraint in task.constraints if not constraint["hard"]])
    soft = [group for group in soft if is_checkable(group)]
    wanted = _artists(task, "wanted")
    seeds = _artists(task, "seed") - wanted
    in_all = sum(_weight(group) for group in soft)

    def bonus(track: Track) -> float:
        if track["id"] in task.rules.wanted_ids:
            return 100.0
        met = sum(_weight(group) for group in soft if meets_any(group, track, task.known) is True)
        by = task.known.artists.credits_of(track).keys
        named_weight = _NAMED_ARTIST_WEIGHT * (bool(wanted & by) - bool(seeds & by))
        return (met / in_all if soft else 0.0) + named_weight

    # Examples of what the listener likes were not searched for, and fill no list.
    return [candidate for candidate in draft.pool.ranking(bonus) if candidate.evidence]


def _artists(task: TurnTask, relation: str) -> set[str]:
    return {
        name_key(constraint["name"])
        for constraint in task.constraints
        if constraint["kind"] == "artist" and constraint["relation"] == relation
    }


def _weight(group: tuple[Constraint, ...]) -> float:
    """The kind of music weighs more than its mood."""
    return _WEIGHTS.get(group[0]["kind"], 1.0)


def _judged(draft: Draft) -> set[str]:
    """Ids of the tracks that were chosen, dropped or deferred."""
    judged = [pick["track"] for pick in draft.picks] + [drop.track for drop in draft.drops]
    return {track["id"] for track in judged} | {item.candidate.track["id"] for item in draft.deferred}


def _checked(draft: Draft, task: TurnTask, reason: str, support: Support) -> str:
    """The sentences of a model's reason that the records and the listener's words support."""
    names = draft.pool.names(task.earlier_picks)
    checked = supported_text(reason[:_MAX_REASON_CHARS], support, task.vocabulary, names)
    draft.sentences_cut += checked != reason
    return checked


def _append(
    draft: Draft, task: TurnTask, candidate: Candidate, reason: str, unchecked: list[str], *, by_model: bool
) -> None:
    checked = ""
    if reason:
        checked = _checked(draft, task, reason, support_of([candidate.track], task.support))
    draft.picks.append(
        {
            "rank": len(draft.picks) + 1,
            "track": candidate.track,
            "reason": checked or plain_reason(candidate, task.language, task.support.text),
            "evidence": candidate.evidence,
            "chosen_by": "model" if by_model else "ranking",
            "unchecked": unchecked,
        }
    )


# A list mark, the handle in brackets, and what follows on the line. Small models decorate both.
_PICK = re.compile(
    r"^\s*(?:[-*•>]\s*|\d{1,3}[.)]\s*)?\**\[+\s*([ts]\d{1,9})\s*\]+\**\s*[-–—:.,)]*\s*(.*)$", re.I
)
_COULD_BE_PICK = re.compile(r"^\s*(?:[-*•>]\s*|\d{1,3}[.)]?\s*)?\**\[?", re.I)
# Without one of these in what has come, no further sentence has ended.
_MAY_END = re.compile(r"[\s。！？]")
# A line of prose that grows beyond this is cut into sentences as it comes; a model in a loop is cut off.
MAX_LINE_CHARS = 2_000


@dataclass(frozen=True, slots=True)
class Prose:
    """One sentence, or what is left of a line."""

    text: str


@dataclass(frozen=True, slots=True)
class CitedPick:
    """A line that cites a handle."""

    handle: str
    reason: str


type Piece = Prose | CitedPick


class PickReader:
    """Reads text as it comes; yields whole picks and whole sentences, each as soon as it ends."""

    def __init__(self) -> None:
        self._line = ""

    def feed(self, text: str) -> Iterator[Piece]:
        """The pieces that `text` completes."""
        # However much comes at once, no line grows far beyond its bound.
        for start in range(0, len(text), MAX_LINE_CHARS):
            yield from self._feed_part(text[start : start + MAX_LINE_CHARS])

    def _feed_part(self, text: str) -> Iterator[Piece]:
        *whole, self._line = (self._line + text).split("\n")
        for line in whole:
            yield from _read_line(line)
        if "[" not in self._line and len(self._line) > 1 and _MAY_END.search(text):
            *sentences, rest = SENTENCE_END.split(self._line)
            if sentences and not _COULD_BE_PICK.fullmatch(self._line):
                self._line = rest
                for sentence in sentences:
                    yield Prose(sentence.strip())
        if len(self._line) > MAX_LINE_CHARS:
            line, self._line = self._line, ""
            yield from _read_line(line)

    def finish(self) -> Iterator[Piece]:
        """What is left when the text has ended."""
        line, self._line = self._line, ""
        yield from _read_line(line)


def _read_line(line: str) -> Iterator[Piece]:
    text = line.strip()
    if not text:
        return
    if match := _PICK.match(text):
        yield CitedPick(match[1].lower(), match[2].strip(" *"))
        return
    for part in SENTENCE_END.split(text):
        if part and (sentence := part.strip()):
            yield Prose(sentence)
