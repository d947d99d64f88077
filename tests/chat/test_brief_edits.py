"""The model's second reading within a turn: it binds what was missed and loosens nothing."""

from src.constraints.describe import describe
from src.evaluation.runner.scripted_model import Said, serve_model
from src.preferences.store import list_rules
from tests.chat.fixtures import ask, titles

REJECT_COLDPLAY = {"kind": "artist", "value": "Coldplay", "relation": "rejected", "words": "Coldplay"}


def kinds(answer):
    return {
        (constraint["kind"], constraint.get("name", constraint.get("genre"))): constraint
        for constraint in answer["brief"]["wishes"]
    }


async def test_update_brief_binds_an_exclusion_that_the_reader_missed(agent, with_model):
    script = [
        Said(calls=[("update_brief", {"add": [REJECT_COLDPLAY]})]),
        Said("Here.\n[t1] one\n[t2] two\n[t3] three"),
    ]
    async with serve_model(script) as model:
        answer = await ask(with_model(model.base_url), "rock, though I could do minus the Coldplay thing")
    constraint = kinds(answer)["artist", "Coldplay"]
    assert (constraint["relation"], constraint["hard"]) == ("rejected", True)
    artists = {name for pick in answer["recommendations"] for name in pick["track"]["artists"]}
    assert "Coldplay" not in artists
    assert answer["usage"]["tool_calls"] == 1


async def test_update_brief_cannot_loosen_or_take_back_what_binds(agent, with_model):
    script = [
        Said(
            calls=[
                (
                    "update_brief",
                    {
                        "add": [{**REJECT_COLDPLAY, "relation": "wanted", "hard": True}],
                        "remove": [{"kind": "artist"}, {"kind": "years"}],
                    },
                )
            ]
        ),
        Said("[t1] x\n[t2] y"),
    ]
    async with serve_model(script) as model:
        answer = await ask(with_model(model.base_url), "rock before 2010, no Coldplay")
    tracks = [pick["track"] for pick in answer["recommendations"]]
    assert tracks
    assert all("Coldplay" not in track["artists"] for track in tracks)
    assert all(track.get("year", 0) < 2010 for track in tracks)
    line = next(line for line in answer["constraints"] if line["value"] == "no Coldplay")
    assert "the stricter reading binds" in line["detail"]


async def test_update_brief_when_the_words_are_not_the_listeners(agent, with_model):
    script = [
        Said(calls=[("update_brief", {"add": [{**REJECT_COLDPLAY, "words": "never Coldplay"}]})]),
        Said("[t1] x"),
    ]
    async with serve_model(script) as model:
        answer = await ask(with_model(model.base_url), "rock")
        assert "copied from the listener" in model.prompt(1)
    assert ("artist", "Coldplay") not in kinds(answer)


async def test_update_brief_when_the_list_has_begun(agent, with_model):
    script = [
        Said("[t1] x\n", calls=[("update_brief", {"add": [{**REJECT_COLDPLAY, "words": "rock"}]})]),
        Said("done"),
    ]
    async with serve_model(script) as model:
        await ask(with_model(model.base_url), "rock")
        assert "The list has begun" in model.prompt(1)


async def test_update_brief_gives_the_candidates_under_the_new_constraints(agent, with_model):
    add = {"kind": "genre", "value": "jazz", "hard": True, "words": "jazz"}
    script = [Said(calls=[("update_brief", {"add": [add]})]), Said("ok")]
    async with serve_model(script) as model:
        answer = await ask(with_model(model.base_url), "some jazz for the evening")
        assert "The wishes now" in model.prompt(1)
    assert set(titles(answer)) == {"So What", "Blue in Green", "Take Five", "My Favorite Things"}


async def test_remember_rule_holds_now_and_in_the_next_conversation(agent, with_model):
    script = [Said(calls=[("remember_rule", {"words": "no Coldplay"})]), Said("ok")]
    async with serve_model(script) as model:
        first = await ask(with_model(model.base_url), "rock, and please no Coldplay")
    assert "Kept for all conversations: no Coldplay." in first["reply"]
    assert [rule["words"] for rule in await list_rules(agent.database, "local", agent.now())] == [
        "no Coldplay"
    ]
    second = await ask(agent, "rock")
    artists = {name for pick in second["recommendations"] for name in pick["track"]["artists"]}
    assert "Coldplay" not in artists
    assert [
        (line["value"], line["verdict"]) for line in second["constraints"] if line["kind"] == "taste_rule"
    ] == [("no Coldplay", "met")]
    other = await ask(agent, "songs by Coldplay", listener="somebody")
    assert "Yellow" in titles(other)


async def test_remember_rule_when_the_words_are_not_the_listeners(agent, with_model):
    script = [Said(calls=[("remember_rule", {"words": "never Drake"})]), Said("ok")]
    async with serve_model(script) as model:
        await ask(with_model(model.base_url), "rock")
    assert await list_rules(agent.database, "local", agent.now()) == []


async def test_run_turn_keeps_a_rule_that_the_reader_reads(agent):
    await ask(agent, "from now on never play Drake. hip hop please")
    (rule,) = await list_rules(agent.database, "local", agent.now())
    assert [describe(constraint) for constraint in rule["wishes"]] == ["no Drake"]
    answer = await ask(agent, "songs by Drake")
    assert "Hotline Bling" not in titles(answer)
    assert "cannot both hold" in answer["reply"]
    verdicts = {line["kind"]: line["verdict"] for line in answer["constraints"]}
    assert (verdicts["artist"], verdicts["taste_rule"]) == ("relaxed", "met")


async def test_run_turn_names_a_contradiction(agent):
    answer = await ask(agent, "instrumental jazz with great lyrics", limit=4)
    assert set(titles(answer)) <= {"So What", "Blue in Green", "Take Five", "My Favorite Things"}
    assert "cannot both hold" in answer["reply"]


async def test_run_turn_says_when_nothing_was_asked(agent):
    assert (await ask(agent, "hi"))["reply"].startswith("You named nothing to go by")
