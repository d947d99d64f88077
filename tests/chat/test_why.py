"""Why not X: the stage and the rule, from what the turn kept."""

import pytest
from sqlalchemy import update

from src.chat.why import explain
from src.errors import NotFound
from src.storage.database import write
from src.storage.tables import turns
from tests.chat.fixtures import ask
from tests.fakes import songs

IDS = {track["title"]: track["id"] for track in songs()}


async def why(agent, answer, title, listener="local"):
    id_ = IDS.get(title, title)
    return await explain(agent, listener, answer["conversation_id"], answer["turn_id"], id_)


async def test_explain_each_stage(agent):
    answer = await ask(agent, "rock, no Coldplay", limit=2)
    picked = answer["recommendations"][0]["track"]["title"]
    first = await why(agent, answer, picked)
    assert (first["stage"], first["rank"]) == ("picked", 1)
    assert any(search["rank"] is not None for search in first["searches"])
    filtered = await why(agent, answer, "Yellow")
    assert (filtered["stage"], filtered["rule"]) == ("filtered", "artist")
    assert "no Coldplay" in filtered["detail"]
    assert all(search["rank"] is None for search in filtered["searches"])
    absent = await why(agent, answer, "00000000-0000-4000-8000-000000000000")
    assert absent["stage"] == "not_in_catalogue"
    assert "title" not in absent
    picks = {pick["track"]["id"] for pick in answer["recommendations"]}
    others = [id_ for id_ in IDS.values() if id_ not in picks]
    stages = {(await why(agent, answer, id_))["stage"] for id_ in others}
    assert "outranked" in stages
    assert stages <= {"outranked", "filtered", "not_retrieved", "dropped"}


async def test_explain_what_waited_for_checked_tracks(agent):
    answer = await ask(agent, "dream pop from before 1995", limit=3)
    told = await why(agent, answer, "An Untold Year")
    assert told["stage"] in ("waiting", "outranked", "not_retrieved")
    assert all(pick["unchecked"] == [] for pick in answer["recommendations"])


async def test_explain_a_dropped_repeat(agent):
    first = await ask(agent, "songs by Coldplay", limit=1)
    again = await ask(agent, "more songs by Coldplay", first["conversation_id"], limit=1)
    repeated = first["recommendations"][0]["track"]["title"]
    told = await why(agent, again, repeated)
    assert (told["stage"], told["rule"]) in (("filtered", "not_repeated"), ("dropped", "not_repeated"))


async def test_explain_when_it_is_not_the_listeners_or_nothing_was_kept(agent):
    answer = await ask(agent, "rock", limit=1)
    with pytest.raises(NotFound):
        await why(agent, answer, "Yellow", listener="somebody")
    async with write(agent.database) as connection:
        await connection.execute(update(turns).values(record=None))
    with pytest.raises(NotFound, match="Nothing was kept"):
        await why(agent, answer, "Yellow")
