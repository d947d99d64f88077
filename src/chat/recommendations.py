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
from src.grounding.support import support_of

_MAX_REASON_CHARS = 400
_WEIGHTS = {"genre": 2.0, "language": 2.0, "country": 2.0, "years": 1.5}
# Tracks by an artist given as an example stand behind the others, for more like it is asked for; those by an
# artist who is wanted among others stand before them.
_NAMED_ARTIST_WEIGHT = 4.0


def offer(draft: Draft, request: TurnTask, candidate: Candidate, reason: str, *, by_model: bool) -> bool:
    """Put a track on the list if it may stand there.

    What breaks a rule is dropped and kept for the ledger; what cannot be checked waits for the end.
    """
    if is_full(draft, request):
        return False
    judgement = judge(candidate.track, draft.chosen, request.rules)
    if judgement.broken is not None:
        draft.drops.append(Drop(candidate.track, judgement.broken, judgement.detail))
        return False
    if judgement.unchecked:
        draft.deferred.append(Deferred(candidate, reason, judgement.unchecked))
        return False
    _append(draft, request, candidate, reason, [], by_model=by_model)
    return True


def offer_external(draft: Draft, request: TurnTask, item: ExternalCandidate, reason: str) -> bool:
    """Put a track of Spotify's on the list if it may stand there; what its record cannot tell is said.

    A model knows nothing of it but the listener's words: those alone support its reason.
    """
    if is_full(draft, request) or item in draft.external_picks or item.handle in request.given_handles:
        return False
    judgement = judge(item.record, draft.chosen, request.rules)
    if judgement.broken is not None:
        return False
    names = draft.pool.names(request.told_names)
    checked = supported_text(reason[:_MAX_REASON_CHARS], request.support, request.vocabulary, names)
    draft.sentences_cut += checked != reason
    draft.external_picks.append(item)
    draft.spotify_picks.append(
        {
            "rank": len(draft.spotify_picks) + 1,
            "handle": item.handle,
            "reason": checked or say("only_on_spotify", request.language, match=item.match),
            "match": item.match,
            "unchecked": judgement.unchecked,
            "attribution": "Spotify",
        }
    )
    return True


def may_stand(track: Track, request: TurnTask) -> bool:
    """Whether no rule keeps the track out of an empty list."""
    return judge(track, [], request.rules).broken is None


def places_filled(tracks: Iterable[Track], request: TurnTask) -> int:
    """How many of the tracks may stand together on one list."""
    chosen: list[Track] = []
    for track in tracks:
        if judge(track, chosen, request.rules).broken is None:
            chosen.append(track)
    return len(chosen)


def is_full(draft: Draft, request: TurnTask) -> bool:
    """Whether the list has as many tracks as were asked for."""
    return len(draft.picks) + len(draft.external_picks) >= request.rules.count


def fill(draft: Draft, request: TurnTask) -> Iterator[Recommendation]:
    """Fill the list from the ranking, then with what could not be checked; gives each new pick."""
    if is_full(draft, request):
        return
    for candidate in ranking(draft, request):
        if is_full(draft, request):
            return
        if _is_new(draft, candidate) and offer(draft, request, candidate, "", by_model=False):
            yield draft.picks[-1]
    for deferred in draft.deferred:
        if is_full(draft, request):
            return
        track = deferred.candidate.track
        judgement = judge(track, draft.chosen, request.rules)
        if judgement.broken is None:
            _append(draft, request, deferred.candidate, deferred.reason, judgement.unchecked, by_model=False)
            yield draft.picks[-1]


def named_first(draft: Draft, request: TurnTask) -> Iterator[Recommendation]:
    """Put the tracks that the listener named at the head of an empty list."""
    if draft.picks:
        return
    for candidate in draft.pool.candidates:
        if candidate.track["id"] in request.rules.wanted_ids and offer(
            draft, request, candidate, "", by_model=False
        ):
            yield draft.picks[-1]


def ranking(draft: Draft, request: TurnTask) -> list[Candidate]:
    """The pool in the order in which it fills the list."""
    soft = [
        group
        for group in all_alternatives(
            [constraint for constraint in request.rules.binding.constraints if not constraint["hard"]]
        )
        if is_checkable(group)
    ]
    named = [constraint for constraint in request.rules.binding.constraints if constraint["kind"] == "artist"]
    wanted = {name_key(constraint["name"]) for constraint in named if constraint["relation"] == "wanted"}
    seeds = {
        name_key(constraint["name"]) for constraint in named if constraint["relation"] == "seed"
    } - wanted

    in_all = sum(_weight(group) for group in soft)

    def bonus(track: Track) -> float:
        if track["id"] in request.rules.wanted_ids:
            return 100.0
        met = sum(_weight(group) for group in soft if meets_any(group, track, request.known) is True)
        by = request.known.artists.credits_of(track).keys
        named_weight = _NAMED_ARTIST_WEIGHT * (bool(wanted & by) - bool(seeds & by))
        return (met / in_all if soft else 0.0) + named_weight

    # What only shows what the listener likes was not looked for, and fills no place.
    return [candidate for candidate in draft.pool.ranking(bonus) if candidate.evidence]


def _weight(group: tuple[Constraint, ...]) -> float:
    """What music it is weighs more than how it feels."""
    return _WEIGHTS.get(group[0]["kind"], 1.0)


def _is_new(draft: Draft, candidate: Candidate) -> bool:
    id_ = candidate.track["id"]
    judged = {pick["track"]["id"] for pick in draft.picks}
    judged.update(drop.track["id"] for drop in draft.drops)
    judged.update(deferred.candidate.track["id"] for deferred in draft.deferred)
    return id_ not in judged


def _append(
    draft: Draft,
    request: TurnTask,
    candidate: Candidate,
    reason: str,
    unchecked: list[str],
    *,
    by_model: bool,
) -> None:
    checked = ""
    if reason:
        support = support_of([candidate.track], request.support)
        names = draft.pool.names(request.told_names)
        checked = supported_text(reason[:_MAX_REASON_CHARS], support, request.vocabulary, names)
        draft.sentences_cut += checked != reason
    draft.picks.append(
        {
            "rank": len(draft.picks) + 1,
            "track": candidate.track,
            "reason": checked or plain_reason(candidate, request.language, request.support.text),
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
    """One sentence, or what is left of a line; `ends_line` when the line ends after it."""

    text: str
    ends_line: bool


@dataclass(frozen=True, slots=True)
class CitedPick:
    """A line that cites a handle."""

    handle: str
    reason: str


type Piece = Prose | CitedPick


class PickReader:
    """Feed it text as it comes; it gives whole picks and whole sentences, each as soon as it ends."""

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
            yield from _read_line(line, ends_line=True)
        if "[" not in self._line and len(self._line) > 1 and _MAY_END.search(text):
            *sentences, rest = SENTENCE_END.split(self._line)
            if sentences and not _COULD_BE_PICK.fullmatch(self._line):
                self._line = rest
                for sentence in sentences:
                    yield Prose(sentence.strip(), ends_line=False)
        if len(self._line) > MAX_LINE_CHARS:
            line, self._line = self._line, ""
            yield from _read_line(line, ends_line=True)

    def finish(self) -> Iterator[Piece]:
        """What is left when the text has ended."""
        line, self._line = self._line, ""
        yield from _read_line(line, ends_line=True)


def _read_line(line: str, *, ends_line: bool) -> Iterator[Piece]:
    text = line.strip()
    if not text:
        return
    if match := _PICK.match(text):
        yield CitedPick(match[1].lower(), match[2].strip(" *"))
        return
    sentences = [part.strip() for part in SENTENCE_END.split(text) if part and part.strip()]
    for position, sentence in enumerate(sentences):
        yield Prose(sentence, ends_line=ends_line and position == len(sentences) - 1)
