"""The final list: every track enters it here, judged, and with a reason that was checked."""

from collections.abc import Iterable, Iterator

from src.agent.claims import ground_of, supported_text
from src.agent.models.answer import Recommendation
from src.agent.pool import Candidate
from src.agent.replies import plain_reason, say
from src.agent.shelf import ShelfItem
from src.agent.state import Deferred, Draft, Request
from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.wishes.checks import all_alternatives, meets_any
from src.wishes.enforce import is_checkable, judge
from src.wishes.ledger import Drop
from src.wishes.models.brief import Wish

_MAX_REASON_CHARS = 400
_WEIGHTS = {"genre": 2.0, "language": 2.0, "country": 2.0, "years": 1.5}
# Tracks by an artist given as an example stand behind the others, for more like it is asked for; those by an
# artist who is wanted among others stand before them.
_NAMED_ARTIST_WEIGHT = 4.0


def offer(draft: Draft, request: Request, candidate: Candidate, reason: str, *, by_model: bool) -> bool:
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


def offer_shelved(draft: Draft, request: Request, item: ShelfItem, reason: str) -> bool:
    """Put a track of Spotify's on the list if it may stand there; what its record cannot tell is said.

    A model knows nothing of it but the listener's words: those alone support its reason.
    """
    if is_full(draft, request) or item in draft.shelved or item.handle in request.given_handles:
        return False
    judgement = judge(item.record, draft.chosen, request.rules)
    if judgement.broken is not None:
        return False
    names = draft.pool.names(request.told_names)
    checked = supported_text(reason[:_MAX_REASON_CHARS], request.ground, request.vocabulary, names)
    draft.sentences_cut += checked != reason
    draft.shelved.append(item)
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


def may_stand(track: Track, request: Request) -> bool:
    """Whether no rule keeps the track out of an empty list."""
    return judge(track, [], request.rules).broken is None


def places_filled(tracks: Iterable[Track], request: Request) -> int:
    """How many of the tracks may stand together on one list."""
    chosen: list[Track] = []
    for track in tracks:
        if judge(track, chosen, request.rules).broken is None:
            chosen.append(track)
    return len(chosen)


def is_full(draft: Draft, request: Request) -> bool:
    """Whether the list has as many tracks as were asked for."""
    return len(draft.picks) + len(draft.shelved) >= request.rules.count


def fill(draft: Draft, request: Request) -> Iterator[Recommendation]:
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


def named_first(draft: Draft, request: Request) -> Iterator[Recommendation]:
    """Put the tracks that the listener named at the head of an empty list."""
    if draft.picks:
        return
    for candidate in draft.pool.candidates:
        if candidate.track["id"] in request.rules.wanted_ids and offer(
            draft, request, candidate, "", by_model=False
        ):
            yield draft.picks[-1]


def ranking(draft: Draft, request: Request) -> list[Candidate]:
    """The pool in the order in which it fills the list."""
    soft = [
        group
        for group in all_alternatives([wish for wish in request.rules.binding.wishes if not wish["hard"]])
        if is_checkable(group)
    ]
    named = [wish for wish in request.rules.binding.wishes if wish["kind"] == "artist"]
    wanted = {name_key(wish["name"]) for wish in named if wish["relation"] == "wanted"}
    seeds = {name_key(wish["name"]) for wish in named if wish["relation"] == "seed"} - wanted

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


def _weight(group: tuple[Wish, ...]) -> float:
    """What music it is weighs more than how it feels."""
    return _WEIGHTS.get(group[0]["kind"], 1.0)


def _is_new(draft: Draft, candidate: Candidate) -> bool:
    id_ = candidate.track["id"]
    judged = {pick["track"]["id"] for pick in draft.picks}
    judged.update(drop.track["id"] for drop in draft.drops)
    judged.update(deferred.candidate.track["id"] for deferred in draft.deferred)
    return id_ not in judged


def _append(
    draft: Draft, request: Request, candidate: Candidate, reason: str, unchecked: list[str], *, by_model: bool
) -> None:
    checked = ""
    if reason:
        ground = ground_of([candidate.track], request.ground)
        names = draft.pool.names(request.told_names)
        checked = supported_text(reason[:_MAX_REASON_CHARS], ground, request.vocabulary, names)
        draft.sentences_cut += checked != reason
    draft.picks.append(
        {
            "rank": len(draft.picks) + 1,
            "track": candidate.track,
            "reason": checked or plain_reason(candidate, request.language, request.ground.text),
            "evidence": candidate.evidence,
            "chosen_by": "model" if by_model else "ranking",
            "unchecked": unchecked,
        }
    )
