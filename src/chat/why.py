"""Why not X: what happened to a track in a finished turn."""

from collections.abc import Sequence

from src.catalogue.credits import ArtistNames, load_artist_names
from src.catalogue.models.track import Track
from src.chat.clients import Agent
from src.chat.models.answer import ANSWER, Answer
from src.chat.models.why import TURN_RECORD, SearchRank, SearchRecord, Stage, TurnRecord, Why
from src.constraints.checks import known_of
from src.constraints.conflicts import bind
from src.constraints.enforcement import Rules, judge, make_rules
from src.conversations.models.conversation import FeedbackVerdict, StoredTurn
from src.conversations.store import get_conversation, get_turn
from src.errors import NotFound
from src.schema import with_present


async def explain(agent: Agent, listener: str, conversation_id: str, turn_id: str, track_id: str) -> Why:
    """The stage and the rule that kept the track out of the turn's answer, and its rank in each search.

    Raises:
        NotFound: no such turn of this listener, or it has no record.
    """
    turn = await get_turn(agent.database, listener, conversation_id, turn_id)
    if turn["record"] is None:
        raise NotFound("Nothing was kept of how this turn chose its tracks.")
    record, answer = TURN_RECORD.validate_json(turn["record"]), ANSWER.validate_json(turn["answer"])
    async with agent.catalogue.use() as catalogue:
        track = (await catalogue.engine.fetch([track_id])).get(track_id)
        artists = await load_artist_names(catalogue)
    searches = [_rank_in(track_id, search) for search in record["searches"]]
    if track is None:
        return {
            "track_id": track_id,
            "stage": "not_in_catalogue",
            "detail": "The catalogue has no such track.",
            "searches": searches,
        }
    conversation = await get_conversation(agent.database, listener, conversation_id)
    rules = _rules_of(turn, answer, record, conversation["turns"], conversation["feedback"], artists)
    stage, rule, detail, rank = _stage(track, answer, record, rules)
    why: Why = {
        "track_id": track_id,
        "title": track["title"],
        "artists": track["artists"],
        "stage": stage,
        "detail": detail,
        "searches": searches,
    }
    return with_present(why, rule=rule or None, rank=rank or None)


def _stage(track: Track, answer: Answer, record: TurnRecord, rules: Rules) -> tuple[Stage, str, str, int]:
    """(stage, rule, sentence, rank); an empty rule and rank 0 where there is none."""
    id_ = track["id"]
    for pick in answer["recommendations"]:
        if pick["track"]["id"] == id_:
            return "picked", "", f"It is number {pick['rank']} of the answer.", pick["rank"]
    for drop in record["drops"]:
        if drop["track_id"] == id_:
            return "dropped", drop["rule"], f"Kept out by a rule: {drop['detail']}.", 0
    for waiting in record["waiting"]:
        if waiting["track_id"] == id_:
            lacking = ", ".join(waiting["unchecked"])
            sentence = f"Its record cannot tell of: {lacking}. Tracks whose records can came first."
            return "waiting", "unchecked", sentence, 0
    chosen = [pick["track"] for pick in answer["recommendations"]]
    judgement = judge(track, chosen, rules)
    if id_ in record["ranking"]:
        rank = record["ranking"].index(id_) + 1
        sentence = f"It ranked {rank} of {len(record['ranking'])} in reach; the list took {len(chosen)}."
        if judgement.broken is not None:
            sentence += f" Beside them it would also break a rule: {judgement.detail}."
        return "outranked", judgement.broken or "", sentence, rank
    if judgement.broken is not None:
        return "filtered", judgement.broken, f"Never searched for, since it breaks: {judgement.detail}.", 0
    return "not_retrieved", "", "No search of this turn held it.", 0


def _rank_in(track_id: str, search: SearchRecord) -> SearchRank:
    tracks = search["tracks"]
    return {
        "tool": search["tool"],
        "query": search["query"],
        "tier": search["tier"],
        "rank": tracks.index(track_id) + 1 if track_id in tracks else None,
        "found": len(tracks),
    }


def _rules_of(
    turn: StoredTurn,
    answer: Answer,
    record: TurnRecord,
    turns: Sequence[StoredTurn],
    feedback: dict[str, FeedbackVerdict],
    artists: ArtistNames,
) -> Rules:
    """The rules of the turn, made anew from its wishes and the answers before it."""
    earlier = [ANSWER.validate_json(other["answer"]) for other in turns if other["number"] < turn["number"]]
    tracks = [pick["track"] for other in earlier for pick in other["recommendations"]]
    return make_rules(bind(answer["brief"], record["standing"]), known_of(tracks, feedback, artists), None)
