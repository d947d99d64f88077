"""Segue asked in the middle of somebody else's dialogue."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from src.catalogue.models.track import Track
from src.chat.clients import Agent
from src.chat.models.answer import Answer, Recommendation
from src.chat.models.why import DropRecord, TurnRecord
from src.chat.state import new_usage
from src.constraints.models.brief import empty_brief
from src.conversations.store import list_conversations
from src.errors import StorageUnavailable
from src.evaluation.public.catalogues import own_ids
from src.evaluation.public.ranked import (
    PublicDialogue,
    PublicTurn,
    rank_dialogue,
    ranked_tracks,
    response_text,
)
from src.storage.database import read
from src.storage.tables import conversations, feedback, turns
from tests.evaluation.public.made import agent_on, own_id
from tests.fakes import make_track, songs

IDS = own_ids("made", [own_id(track["title"]) for track in songs()])


def drop(id_: str, rule: str) -> DropRecord:
    return {"track_id": id_, "rule": rule, "detail": ""}


def answer_of(*tracks: Track, reply: str = "Here.") -> Answer:
    picks: list[Recommendation] = [
        {
            "rank": rank,
            "track": track,
            "reason": "dreamy, 1993",
            "evidence": [],
            "chosen_by": "model",
            "unchecked": [],
        }
        for rank, track in enumerate(tracks, start=1)
    ]
    return {
        "conversation_id": "c",
        "turn_id": "t",
        "trace_id": "r",
        "reply": reply,
        "recommendations": picks,
        "constraints": [],
        "brief": empty_brief(),
        "planner": {"kind": "rules", "degraded": False, "detail": ""},
        "usage": new_usage(),
    }


def record_of(ranking: list[str], *drops: DropRecord) -> TurnRecord:
    return {"searches": [], "ranking": ranking, "drops": [*drops], "waiting": [], "standing": []}


ONE, TWO = make_track("One", "A"), make_track("Two", "B")


def test_ranked_tracks_is_the_list_then_the_rest():
    ranked = ranked_tracks(answer_of(ONE, TWO), record_of(["x", TWO["id"], "y", ONE["id"]]))
    assert ranked == [ONE["id"], TWO["id"], "x", "y"]


def test_ranked_tracks_puts_last_what_a_rule_about_the_track_kept_out():
    drops = [drop("a", "genre"), drop("b", "artist_cap"), drop("c", "one_per_song"), drop("d", "feedback")]
    assert ranked_tracks(answer_of(), record_of(["a", "b", "c", "d", "e"], *drops)) == [
        "b",
        "c",
        "e",
        "a",
        "d",
    ]


def test_ranked_tracks_leaves_out():
    assert ranked_tracks(answer_of(ONE), record_of(["a", "b"]), {ONE["id"], "a"}) == ["b"]


def test_response_text_names_the_first_track_and_why():
    assert response_text(answer_of(ONE, TWO)) == "Here. One by A: dreamy, 1993"
    assert response_text(answer_of(reply="Nothing fits.")) == "Nothing fits."


def talk(*turns_: PublicTurn) -> PublicDialogue:
    return PublicDialogue("d1", turns_)


@pytest.fixture
async def ours(agent, tmp_path):
    async with agent_on(agent, "made", tmp_path / "made") as opened:
        yield opened


async def test_rank_dialogue_ranks_with_the_data_sets_own_ids(ours: Agent):
    ranked = await rank_dialogue(ours, talk(PublicTurn(0, "dream pop")), IDS, limit=5)
    (turn,) = ranked["turns"]
    assert ranked["id"] == "d1"
    assert turn["number"] == 0
    assert "failure" not in turn
    dreamy = {own_id(title) for title in ("Fade Into You", "Alison", "Cherry-coloured Funk", "Space Song")}
    assert dreamy <= set(turn["tracks"][:5])
    # The ranking goes on behind the list, and holds nothing twice.
    assert len(turn["tracks"]) > 5
    assert len(set(turn["tracks"])) == len(turn["tracks"])
    assert turn["response"]


async def test_rank_dialogue_knows_only_the_tracks_of_the_data_set(ours: Agent):
    few = own_ids("made", [own_id("Alison")])
    ranked = await rank_dialogue(ours, talk(PublicTurn(0, "dream pop")), few, limit=5)
    assert ranked["turns"][0]["tracks"] == [own_id("Alison")]


async def test_rank_dialogue_leaves_out_what_was_shown(ours: Agent):
    shown = own_id("Alison")
    first = PublicTurn(0, "dream pop", "Try this.", (shown,), (shown,))
    ranked = await rank_dialogue(ours, talk(first, PublicTurn(1, "more of that")), IDS, limit=5)
    one, two = (turn["tracks"] for turn in ranked["turns"])
    assert shown in one
    assert shown not in two
    # What Segue itself answered was never heard, and may come again.
    assert set(one[:5]) & set(two[:5])


async def test_rank_dialogue_goes_by_what_was_liked(ours: Agent):
    liked = own_id("So What")
    first = PublicTurn(0, "play something", "Try this.", (liked,), (liked,))
    ranked = await rank_dialogue(ours, talk(first, PublicTurn(1, "more like that")), IDS, limit=5)
    assert ranked["turns"][1]["tracks"][0] in {
        own_id(title) for title in ("Blue in Green", "Take Five", "My Favorite Things")
    }


async def test_rank_dialogue_puts_last_what_was_disliked(ours: Agent):
    disliked = own_id("Space Song")
    without = talk(PublicTurn(0, "dream pop"), PublicTurn(1, "more dream pop"))
    with_it = talk(PublicTurn(0, "dream pop", disliked=(disliked,)), PublicTurn(1, "more dream pop"))
    before = (await rank_dialogue(ours, without, IDS, limit=5))["turns"][1]["tracks"]
    after = (await rank_dialogue(ours, with_it, IDS, limit=5))["turns"][1]["tracks"]
    assert disliked in before[:5]
    assert disliked not in after[:5]


async def test_rank_dialogue_keeps_what_was_said_before(ours: Agent):
    first = PublicTurn(0, "nothing by Beach House, please: dream pop")
    ranked = await rank_dialogue(ours, talk(first, PublicTurn(1, "more")), IDS, limit=4)
    assert own_id("Space Song") not in ranked["turns"][1]["tracks"][:4]
    assert own_id("Alison") in ranked["turns"][1]["tracks"][:4]


async def test_rank_dialogue_leaves_nothing_behind(ours: Agent):
    liked = own_id("Alison")
    two = talk(
        PublicTurn(0, "dream pop", "This.", (liked,), (liked,)), PublicTurn(1, "more"), PublicTurn(2, "")
    )
    await rank_dialogue(ours, two, IDS, limit=5)
    async with read(ours.database) as connection:
        for table in (conversations, turns, feedback):
            assert (await connection.execute(select(table))).all() == []
    assert (await list_conversations(ours.database, "local", 10))["conversations"] == []


async def test_rank_dialogue_goes_on_after_a_turn_without_an_answer(ours: Agent):
    liked = own_id("So What")
    asked = talk(
        PublicTurn(0, "  ", "Try this.", (liked,), (liked,)),
        PublicTurn(1, "x" * 5_000, disliked=("unknown",)),
        PublicTurn(2, "more like that"),
    )
    first, second, third = (await rank_dialogue(ours, asked, IDS, limit=5))["turns"]
    assert (first["tracks"], first["failure"]) == ([], "The message is empty.")
    assert second["failure"].startswith("The message is longer than")
    assert own_id("Blue in Green") in third["tracks"][:5]


async def test_rank_dialogue_says_when_a_turn_took_too_long(ours: Agent):
    hurried = replace(ours, turn_timeout_s=0.0)
    ranked = await rank_dialogue(hurried, talk(PublicTurn(0, "dream pop")), IDS, limit=5)
    assert "took longer" in ranked["turns"][0]["failure"]


async def test_rank_dialogue_stops_when_more_than_a_turn_fails(ours: Agent):
    def broken() -> str:
        raise StorageUnavailable("The database does not answer.")

    with pytest.raises(StorageUnavailable):
        await rank_dialogue(replace(ours, new_id=broken), talk(PublicTurn(0, "dream pop")), IDS, limit=5)
