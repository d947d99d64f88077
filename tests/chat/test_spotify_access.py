"""Turns that ask Spotify: through the real client, against a fake on loopback."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from src.chat.actions import ListOrder, save_list
from src.chat.clients import Agent
from src.chat.models.answer import Answer, SpotifyPick
from src.chat.presentation import shown_answer
from src.chat.reply import say
from src.conversations.store import get_turn, load_conversation
from src.evaluation.runner.scripted_model import Said, ScriptedModel, serve_model
from src.fake_spotify.faults import Fault
from src.llm.chat_completions import ChatModel, close_chat_model, open_client
from src.spotify.auth.sign_in import disconnect
from tests.chat.fixtures import all_events, ask, titles
from tests.fakes import songs
from tests.spotify.fixtures import MARKER, Beside, beside_spotify, play, sign_in, small_world

INSTRUMENTAL = {"So What", "Blue in Green", "Take Five", "My Favorite Things"}


@pytest.fixture
async def beside(agent, settings) -> AsyncIterator[Beside]:
    async with beside_spotify(agent, settings, small_world()) as opened:
        yield opened


@pytest.fixture
async def connected(beside: Beside) -> Beside:
    await sign_in(beside.app)
    return beside


async def with_script(agent: Agent, model: ScriptedModel) -> Agent:
    chat = ChatModel(
        client=open_client(model.base_url, None),
        model="scripted",
        max_output_tokens=500,
        timeout_s=5,
        attempts=1,
        retry_after_max_s=1,
    )
    return replace(agent, chat=chat)


async def ask_model(agent: Agent, script: list[Said], message: str, **fields):
    """The answer of a turn that a scripted model plans, and the model with what it was sent."""
    async with serve_model(script) as model:
        planned = await with_script(agent, model)
        try:
            return await ask(planned, message, **fields), model
        finally:
            assert planned.chat is not None
            assert isinstance(planned.chat, ChatModel)
            await close_chat_model(planned.chat)


def verdict(answer, kind):
    return next((line["verdict"], line["detail"]) for line in answer["constraints"] if line["kind"] == kind)


async def test_run_turn_finds_tracks_like_what_was_played(connected: Beside):
    play(connected.world, "So What")
    answer = await ask(connected.agent, "like what I've been playing lately but instrumental, 2 songs")
    assert set(titles(answer)) <= INSTRUMENTAL - {"So What"}
    assert verdict(answer, "own_listening") == (
        "met",
        "1 of 1 are in this catalogue: searched for tracks like those",
    )


async def test_run_turn_leaves_out_what_was_played(connected: Beside):
    play(connected.world, "Alison", "Space Song")
    answer = await ask(connected.agent, "dream pop, but nothing I've been listening to lately")
    assert titles(answer)
    assert not {"Alison", "Space Song"} & set(titles(answer))
    assert verdict(answer, "own_listening")[0] == "met"


async def test_run_turn_says_that_nobody_is_connected(beside: Beside):
    answer = await ask(beside.agent, "like what I've been playing lately, 2 songs")
    assert verdict(answer, "own_listening")[0] == "uncheckable"
    assert "segue spotify login" in answer["reply"]


async def test_run_turn_says_that_listening_was_not_allowed(beside: Beside):
    await sign_in(beside.app, taste=False)
    answer = await ask(beside.agent, "like what I've been playing lately, 2 songs")
    assert verdict(answer, "own_listening")[0] == "uncheckable"
    assert "--taste" in answer["reply"]


async def test_run_turn_opens_an_own_playlist(connected: Beside):
    name = next(item.name for item in connected.world.playlists.values() if item.name.startswith("Late"))
    answer = await ask(connected.agent, f'3 songs like my playlist "{name}"')
    assert verdict(answer, "own_listening")[0] == "met"
    answer = await ask(connected.agent, "3 songs like my Nonsense Thing playlist")
    assert verdict(answer, "own_listening") == (
        "unmet",
        "none of your own playlists is called so (3 were looked at)",
    )


async def test_run_turn_saves_the_list_and_undoes_it(connected: Beside):
    before = set(connected.world.playlists)
    first = await ask(connected.agent, "3 dream pop songs")
    saved = await ask(connected.agent, "save it as Haze", first["conversation_id"])
    assert (saved["recommendations"], saved["constraints"]) == ([], [])
    (made,) = set(connected.world.playlists) - before
    playlist = connected.world.playlists[made]
    assert (playlist.name, playlist.public) == ("Haze", False)
    by_uri = {track.uri: track.title for track in connected.world.tracks.values()}
    assert [by_uri[uri] for uri in playlist.uris] == titles(first)
    assert saved["saved"]["counts"]["saved"] == 3
    assert "Haze" in saved["reply"]
    user = connected.world.users["mira"]
    undone = await ask(connected.agent, "undo that save", first["conversation_id"])
    assert undone["saved"]["state"] == "undone"
    assert made not in user.playlists


async def test_run_turn_saves_the_list_that_it_made(connected: Beside):
    answer = await ask(connected.agent, "2 calm jazz songs and save them as Quiet")
    assert len(answer["recommendations"]) == 2
    assert answer["saved"]["counts"]["saved"] == 2
    shown = await shown_answer(connected.agent, "local", answer)
    assert all(pick["links"][0]["exact"] for pick in shown["recommendations"])


async def test_run_turn_saves_what_was_given_before_it_goes_on(connected: Beside):
    before = set(connected.world.playlists)
    first = await ask(connected.agent, "2 dream pop songs")
    answer = await ask(connected.agent, "save that. now 1 jazz song", first["conversation_id"])
    (made,) = set(connected.world.playlists) - before
    by_uri = {track.uri: track.title for track in connected.world.tracks.values()}
    assert [by_uri[uri] for uri in connected.world.playlists[made].uris] == titles(first)
    assert titles(answer)
    assert not set(titles(answer)) & set(titles(first))


async def test_run_turn_saves_one_list_once_until_it_is_undone(connected: Beside):
    first = await ask(connected.agent, "2 dream pop songs")
    before = len(connected.world.playlists)
    for message in ("save that as Once", "save it as Once", "undo that", "save it as Once"):
        await ask(connected.agent, message, first["conversation_id"])
    assert len(connected.world.playlists) == before + 2
    kept = [id_ for id_ in connected.world.users["mira"].playlists if id_ in connected.world.playlists]
    assert [connected.world.playlists[id_].name for id_ in kept].count("Once") == 1


async def test_run_turn_with_one_key_writes_one_playlist(connected: Beside):
    before = len(connected.world.playlists)
    for _ in range(2):
        await ask(
            connected.agent, "2 jazz songs and save them as Once", idempotency_key="k", request_hash="h"
        )
    assert len(connected.world.playlists) == before + 1


LANGUAGES = ("en", "de", "es", "fr")
UNDO_ALONE = (
    *(
        "undo",
        "undo that",
        "undo the save",
        "undo my last save",
        "unsave it",
        "take that back",
        "undo anyway",
    ),
    *("delete that playlist", "mach das rückgängig", "deshacer", "annuler"),
)


def own_names(beside: Beside) -> list[str]:
    """Names of the playlists in the listener's library."""
    return [beside.world.playlists[id_].name for id_ in beside.world.users["mira"].playlists]


async def save_as(beside: Beside, *names: str, **fields) -> str:
    """A conversation in which lists were saved by these names, one after the other."""
    answer = await ask(beside.agent, "2 dream pop songs", **fields)
    for name in names:
        saved = await ask(beside.agent, f'save it as "{name}"', answer["conversation_id"], **fields)
        assert saved["saved"]["state"] == "done"
    return answer["conversation_id"]


async def save_over_http(beside: Beside, name: str, conversation_id: str | None = None) -> None:
    track_ids = None if conversation_id else [songs()[0]["id"]]
    order = ListOrder(name, "", track_ids, conversation_id, (), "create", None, dry_run=False)
    await save_list(beside.agent, beside.app, "local", f"http {name}", order)


async def test_run_turn_undo_alone_leaves_other_conversations_and_clients_alone(connected: Beside):
    await save_as(connected, "Haze")
    await save_over_http(connected, "By hand")
    other = await ask(connected.agent, "2 jazz songs")
    names = own_names(connected)
    for message in UNDO_ALONE:
        for conversation_id in (None, other["conversation_id"]):
            answer = await ask(connected.agent, message, conversation_id)
            assert "saved" not in answer, message
            assert own_names(connected) == names, message
            assert answer["reply"] in [say("nothing_to_undo", language) for language in LANGUAGES], message


@pytest.mark.parametrize("message", ["undo", "mach das rückgängig", "deshacer", "annuler"])
async def test_run_turn_undo_alone_takes_back_one_save_after_the_other_by_name(connected: Beside, message):
    conversation_id = await save_as(connected, "First", "Second")
    await save_as(connected, "Elsewhere")
    await save_over_http(connected, "By hand")
    for name in ("Second", "First"):
        answer = await ask(connected.agent, message, conversation_id)
        assert answer["saved"]["state"] == "undone"
        assert f"{name}: The save is undone" in answer["reply"]
        assert name not in own_names(connected)
    assert "saved" not in await ask(connected.agent, message, conversation_id)
    assert {"Elsewhere", "By hand"} < set(own_names(connected))


async def test_run_turn_undo_alone_takes_back_what_a_client_saved_of_the_conversation(connected: Beside):
    conversation_id = await save_as(connected, "First")
    await save_over_http(connected, "By click", conversation_id)
    assert "By click: " in (await ask(connected.agent, "undo", conversation_id))["reply"]
    assert "First" in own_names(connected)


async def test_run_turn_undoes_a_save_of_another_conversation_by_its_name(connected: Beside):
    await save_as(connected, "Haze, slow")
    conversation_id = await save_as(connected, "Near")
    await save_over_http(connected, "By hand")
    for message, name in (
        ("undo the save of “haze, SLOW”", "Haze, slow"),
        ("undo the save of By Hand please", "By hand"),
    ):
        answer = await ask(connected.agent, message, conversation_id)
        assert f"{name}: The save is undone" in answer["reply"]
        assert name not in own_names(connected)
    answer = await ask(connected.agent, "undo the save of Haze", conversation_id)
    assert "no save called Haze" in answer["reply"]
    assert "Near" in own_names(connected)


async def test_run_turn_undoes_the_save_of_a_name_in_this_conversation_first(connected: Beside):
    conversation_id = await save_as(connected, "Twice")
    mine = set(connected.world.users["mira"].playlists)
    await save_as(connected, "Twice")
    (theirs,) = set(connected.world.users["mira"].playlists) - mine
    await ask(connected.agent, "undo the save of Twice", conversation_id)
    assert own_names(connected).count("Twice") == 1
    assert theirs in connected.world.users["mira"].playlists
    await ask(connected.agent, "undo the save of Twice", conversation_id)
    assert theirs not in connected.world.users["mira"].playlists


async def test_run_turn_undoes_no_save_of_another_listener(connected: Beside):
    await save_as(connected, "Hers")
    await sign_in(connected.app, "bob")
    for message in ("undo", "undo the save of Hers", "undo the save of Hers anyway"):
        answer = await ask(connected.agent, message, listener="bob")
        assert "saved" not in answer
    assert "Hers" in own_names(connected)


async def test_run_turn_undo_again_goes_on_with_an_undo_that_stopped(connected: Beside):
    conversation_id = await save_as(connected, "First", "Second")
    connected.world.faults.add(Fault("503", "DELETE", "/v1/me/library", times=None))
    answer = await ask(connected.agent, "undo", conversation_id)
    assert answer["reply"].startswith("Second: The undo is not complete")
    connected.world.faults.clear()
    assert "Second: The save is undone" in (await ask(connected.agent, "undo", conversation_id))["reply"]
    assert "First" in own_names(connected)


async def test_run_turn_names_the_save_that_it_does_not_undo_and_how_to(connected: Beside):
    await save_as(connected, "Mine, now")
    playlist = next(item for item in connected.world.playlists.values() if item.name == "Mine, now")
    del playlist.entries[0]
    answer = await ask(connected.agent, "undo the save of «Mine, now»")
    assert answer["reply"].startswith("Mine, now: ")
    (hint,) = re.findall(r'Say "(.*)" to undo', answer["reply"])
    answer = await ask(connected.agent, hint)
    assert "Mine, now: The save is undone" in answer["reply"]


@pytest.mark.parametrize(
    ("message", "words"), [("save that", "no list yet"), ("undo the save", "no save to undo")]
)
async def test_run_turn_says_when_there_is_nothing_to_do(connected: Beside, message, words):
    answer = await ask(connected.agent, message)
    assert words in answer["reply"]


async def test_run_turn_without_an_app_or_account_saves_nothing(agent: Agent, beside: Beside):
    assert "no Spotify app" in (await ask(agent, "2 jazz songs and save them"))["reply"]
    answer = await ask(beside.agent, "2 jazz songs and save them")
    assert "segue spotify login" in answer["reply"]
    assert len(answer["recommendations"]) == 2


async def test_run_turn_puts_a_named_track_that_only_spotify_has_on_the_list(connected: Beside):
    answer = await ask(connected.agent, f'play "Glass Harbour {MARKER}" and 2 dream pop songs')
    (pick,) = answer["from_spotify"]
    assert (pick["handle"], pick["title"], pick["attribution"]) == (
        "s1",
        f"Glass Harbour {MARKER}",
        "Spotify",
    )
    assert pick["url"].endswith(connected.world.tracks[pick["url"][-22:]].id)
    assert verdict(answer, "track")[0] == "met"


async def test_run_turn_says_what_is_met_when_only_some_are_from_spotify(connected: Beside):
    answer = await ask(connected.agent, f"3 songs by Ada Quill {MARKER.title()}")
    assert len(answer["from_spotify"]) == 2
    assert verdict(answer, "artist") == ("relaxed", "not in this catalogue; 2 of 3 from Spotify")


async def test_run_turn_gives_nothing_of_spotify_twice(connected: Beside):
    first = await ask(connected.agent, f"songs by Ada Quill {MARKER.title()}", limit=2)
    again = await ask(connected.agent, "more of that", first["conversation_id"], limit=2)
    assert len(first["from_spotify"]) == 2
    assert "from_spotify" not in again


async def test_run_turn_saves_a_list_of_which_spotify_has_nothing(connected: Beside):
    first = await ask(connected.agent, "2 dream pop songs")
    connected.world.tracks.clear()
    answer = await ask(connected.agent, "save it", first["conversation_id"])
    assert "Nothing was written" in answer["reply"]
    assert "saved" not in answer


async def test_run_turn_names_a_playlist_in_one_line(connected: Beside):
    first = await ask(connected.agent, "2 dream pop songs\nthat are hazy\nand slow")
    answer = await ask(connected.agent, "save it", first["conversation_id"])
    assert answer["saved"]["counts"]["saved"] == 2


async def test_run_turn_undoes_though_a_model_would_save(connected: Beside):
    first = await ask(connected.agent, "2 jazz songs and save them as Old")
    count = len(connected.world.playlists)
    script = [Said(calls=[("save_playlist", {"name": "New"})]), Said("[t1] a\n")]
    message = "undo the save, and then 1 jazz song to save later"
    answer, _ = await ask_model(connected.agent, script, message, conversation_id=first["conversation_id"])
    assert answer["saved"]["state"] == "undone"
    assert len(connected.world.playlists) == count


async def test_run_turn_tells_a_listener_nothing_that_is_for_the_model(agent: Agent, connected: Beside):
    script = [Said(calls=[("save_playlist", {"bogus": 1})]), Said("[t1] a\n")]
    for opened in (agent, connected.agent):
        answer, _ = await ask_model(opened, script, "1 jazz song to save", limit=1)
        assert not [words for words in ("Wrong", "no such tool", "Offer it") if words in answer["reply"]]


async def test_run_turn_shows_what_a_model_would_save(connected: Beside):
    count = len(connected.world.playlists)
    script = [Said(calls=[("save_playlist", {"name": "Dry", "dry_run": True})]), Said("[t1] a\n")]
    answer, _ = await ask_model(connected.agent, script, "1 jazz song to save", limit=1)
    assert "Dry: " in answer["reply"]
    assert len(connected.world.playlists) == count


async def test_run_turn_keeps_nothing_of_what_was_played(connected: Beside):
    play(connected.world, "Jolene", "Ring of Fire")
    script = [Said(calls=[("spotify_my_taste", {"what": "recent"})]), Said("Nothing for you.\n")]
    answer, model = await ask_model(connected.agent, script, "only jazz, 1 song", limit=1)
    assert "Jolene" in model.prompt(1)
    turn = await get_turn(connected.agent.database, "local", answer["conversation_id"], answer["turn_id"])
    conversation = await load_conversation(
        connected.agent.database, "local", answer["conversation_id"], recent_turns=1
    )
    (jolene,) = [track["id"] for track in songs() if track["title"] == "Jolene"]
    assert jolene not in f"{turn['record']} {turn['answer']}"
    assert jolene not in conversation["pool"]


async def test_run_turn_waits_for_a_stalled_spotify_once(agent, settings):
    async with beside_spotify(agent, settings, small_world(), spotify_timeout_s=0.2) as beside:
        await sign_in(beside.app)
        beside.world.faults.add(Fault("stall", path="/v1/(?!me$)", times=None, seconds=5))
        answer = await ask(beside.agent, f"like what I play most, and songs by Ada Quill {MARKER.title()}")
        assert len([seen for seen in beside.world.requests if seen.path.startswith("/v1/me/top")]) == 1
        assert not [seen for seen in beside.world.requests if seen.path == "/v1/search"]
        assert answer["reply"].count("Spotify does not answer") == 1


async def test_run_turn_offers_a_model_no_tool_that_cannot_be_used(agent: Agent, beside: Beside):
    offered = []
    for opened, prepare in ((agent, None), (beside.agent, None), (beside.agent, beside.app)):
        if prepare is not None:
            await sign_in(prepare, taste=False)
        _, model = await ask_model(opened, [Said("Nothing.")], "jazz")
        tools = model.requests[0]["tools"]
        assert isinstance(tools, list)
        names = {tool["function"]["name"] for tool in tools}
        offered.append({name for name in names if "spotify" in name or "save" in name})
    assert offered == [
        set(),
        {"spotify_search"},
        {"spotify_search", "spotify_open_playlist", "save_playlist"},
    ]


async def test_run_turn_gives_a_model_handles_and_no_text_of_spotify(connected: Beside):
    script = [
        Said(calls=[("spotify_search", {"title": "Glass Harbour", "artist": "Ada Quill"})]),
        Said("Here.\n[s1] it fits your words\n[s9] invented\n"),
    ]
    answer, model = await ask_model(connected.agent, script, "something like Glass Harbour, 2 songs")
    assert MARKER not in model.prompt(1)
    assert "s1 " in model.prompt(1)
    (pick,) = answer["from_spotify"]
    assert MARKER in pick["title"]
    assert len(answer["recommendations"]) == 1


async def test_run_turn_sends_text_of_spotify_where_the_operator_chose_to(agent, settings):
    async with beside_spotify(agent, settings, small_world(), spotify_text_to_model=True) as beside:
        script = [Said(calls=[("spotify_search", {"title": "Glass Harbour"})]), Said("[s1] yes\n")]
        _, model = await ask_model(beside.agent, script, "something like Glass Harbour")
        assert MARKER in model.prompt(1)


async def test_run_turn_obeys_hard_constraints_for_tracks_of_spotify_too(connected: Beside):
    script = [
        Said(calls=[("spotify_search", {"title": "Glass Harbour"})]),
        Said("Here.\n[s1] a\n[s2] b\n[s3] c\n"),
    ]
    answer, _ = await ask_model(connected.agent, script, "like Glass Harbour, nothing after 1999, 3 songs")
    years = [
        connected.world.tracks[pick["url"][-22:]].album.release_date[:4] for pick in answer["from_spotify"]
    ]
    assert years == ["1994"]


async def test_run_turn_saves_what_a_model_orders_when_the_listener_asked(connected: Beside):
    script = [
        Said(calls=[("save_playlist", {"name": "Model's Name"})]),
        Said("Done.\n[t1] a\n[t2] b\n"),
    ]
    answer, _ = await ask_model(connected.agent, script, "2 dream pop songs that I can save", limit=2)
    assert answer["saved"]["counts"]["saved"] == 2
    count = len(connected.world.playlists)
    answer, model = await ask_model(connected.agent, script, "2 dream pop songs", limit=2)
    assert "saved" not in answer
    assert len(connected.world.playlists) == count
    assert "did not ask" in model.prompt(1)


async def test_run_turn_tells_until_when_a_quota_is_used_up(connected: Beside):
    connected.world.faults.add(Fault("quota", path="/v1/search", times=None))
    script = [Said(calls=[("spotify_search", {"title": "Glass Harbour"})]), Said("[t1] yes\n")]
    answer, model = await ask_model(connected.agent, script, "something like Glass Harbour, 1 song")
    assert "quota for search is used up until" in model.prompt(1)
    assert "quota for search is used up until" in answer["reply"]


async def test_run_turn_makes_no_more_calls_than_a_turn_may(connected: Beside):
    search = ("spotify_search", {"title": "Glass Harbour"})
    script = [Said(calls=[search] * 5), Said(calls=[search] * 5), Said("[t1] yes\n")]
    before = len([seen for seen in connected.world.requests if seen.path.startswith("/v1/")])
    await ask_model(connected.agent, script, "jazz, 1 song")
    calls = [seen for seen in connected.world.requests if seen.path.startswith("/v1/")][before:]
    assert len(calls) <= connected.app.config.calls_per_turn


async def test_run_turn_warns_before_the_consent_ends(connected: Beside):
    later = replace(connected.app, now=lambda: datetime.now(UTC) + timedelta(days=175))
    opened = replace(connected.agent, spotify=later)
    assert "sign in again" in (await ask(opened, "like what I play most, 1 song"))["reply"]
    assert "sign in again" not in (await ask(opened, "jazz, 1 song"))["reply"]


async def test_run_turn_streams_tracks_of_spotify_with_their_text(connected: Beside):
    events = await all_events(connected.agent, f'play "Glass Harbour {MARKER}" and 1 dream pop song')
    shown = [event["pick"] for event in events if event["type"] == "spotify_pick"]
    assert [pick["title"] for pick in shown] == [f"Glass Harbour {MARKER}"]


async def test_shown_answer_shows_nothing_of_spotify_after_disconnecting(connected: Beside):
    answer = await ask(connected.agent, f'play "Glass Harbour {MARKER}"')
    (pick,) = answer["from_spotify"]
    stored: Answer = {**answer, "from_spotify": [bare(pick)]}
    assert (await shown_answer(connected.agent, "local", stored))["from_spotify"] == [pick]
    await disconnect(connected.app, "local")
    assert (await shown_answer(connected.agent, "local", stored))["from_spotify"] == [bare(pick)]


async def test_run_turn_gives_no_handle_twice(connected: Beside):
    first = await ask(connected.agent, f'play "Glass Harbour {MARKER}"')
    await disconnect(connected.app, "local")
    await sign_in(connected.app)
    message = f'play "Glass Harbour Lights {MARKER}"'
    second = await ask(connected.agent, message, first["conversation_id"])
    assert "s1" not in [pick["handle"] for pick in second["from_spotify"]]


def bare(pick: SpotifyPick) -> SpotifyPick:
    """As it is stored."""
    return {
        "rank": pick["rank"],
        "handle": pick["handle"],
        "reason": pick["reason"],
        "match": pick["match"],
        "unchecked": pick["unchecked"],
        "attribution": pick["attribution"],
    }
