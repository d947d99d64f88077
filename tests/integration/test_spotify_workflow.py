"""A listener's way through Spotify: sign in, ask, save, read back, undo, disconnect; and what is left."""

import io
import json
from dataclasses import replace

import httpx
import pytest
from loguru import logger
from sqlalchemy import select

from src.evaluation.runner.scripted_model import Said, serve_model
from src.llm.chat_completions import ChatModel, close_chat_model, open_client
from src.main import create_app
from src.storage.database import read
from src.storage.tables import metadata
from src.telemetry.logging import configure_logging
from tests.spotify.fixtures import MARKER, Beside, beside_spotify, play, small_world

OF_THE_LISTENER = ("spotify_accounts", "spotify_sign_ins", "spotify_saves")


async def all_rows(beside: Beside) -> dict[str, list[str]]:
    """Every table of the database as text."""
    async with read(beside.agent.database) as connection:
        return {
            table.name: [str(tuple(row)) for row in await connection.execute(select(table))]
            for table in metadata.sorted_tables
        }


def secrets_of(beside: Beside) -> list[str]:
    """Everything that opens an account, as the fake handed it out, and what the operator keeps."""
    signed = beside.world.sign_ins
    keys = beside.settings.spotify_token_keys
    assert keys is not None
    assert beside.world.client_secret is not None
    return [
        *signed.codes,
        *signed.access,
        *signed.refresh,
        keys.get_secret_value(),
        beside.world.client_secret,
    ]


@pytest.fixture
def logged():
    """What is logged, as a process would write it."""
    sink = io.StringIO()
    configure_logging("DEBUG", sink=sink)
    yield sink
    logger.remove()


async def test_workflow_leaves_no_secret_and_no_text_of_spotify(agent, settings, logged):
    script = [
        Said(calls=[("spotify_search", {"title": "Glass Harbour", "artist": "Ada Quill"})]),
        Said(
            calls=[("spotify_my_taste", {"what": "top"}), ("spotify_open_playlist", {"name": "Late Trains"})]
        ),
        Said("Here you are.\n[s1] fits your words\n[t1] dreamy\n"),
    ]
    seen: list[str] = []
    async with serve_model(script) as model, beside_spotify(agent, settings, small_world()) as beside:
        play(beside.world, "So What", "Alison")
        chat = ChatModel(
            client=open_client(model.base_url, None),
            model="scripted",
            max_output_tokens=500,
            timeout_s=5,
            attempts=1,
            retry_after_max_s=1,
        )
        for with_model in (False, True):
            beside_model = beside.agent if not with_model else _with_chat(beside, chat)
            app = create_app(beside.settings, agent.tracing, beside_model)
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with (
                app.router.lifespan_context(app),
                httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client,
            ):
                if not with_model:
                    await _sign_in(client)
                    seen += await _listen_by_rules(client, beside)
                else:
                    seen += await _listen_by_model(client)
                    kept = await all_rows(beside)
                    await _disconnect(client)
        await close_chat_model(chat)
        left = await all_rows(beside)
        secrets = secrets_of(beside)
        prompts = json.dumps(model.requests)
    everything = {"logs": logged.getvalue(), "prompts": prompts, "traces": "\n".join(seen)}
    for name, rows in kept.items():
        everything[name] = "\n".join(rows)
    for place, content in everything.items():
        assert MARKER not in content, f"text of Spotify in {place}"
        assert not [secret for secret in secrets if secret in content], f"a secret in {place}"
    assert all(kept[name] for name in OF_THE_LISTENER if name != "spotify_sign_ins")
    assert not [name for name in OF_THE_LISTENER if left[name]]


def _with_chat(beside: Beside, chat):
    return replace(beside.agent, chat=chat)


async def _sign_in(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/spotify/status")).json()["connected"] is False
    started = await client.get("/v1/spotify/login", params={"taste": True}, headers={"Accept": "text/html"})
    assert started.status_code == 303
    async with httpx.AsyncClient() as browser:
        consented = await browser.get(started.headers["location"])
    page = await client.get(consented.headers["location"], headers={"Accept": "text/html"})
    assert (page.status_code, "connected" in page.text) == (200, True)
    again = await client.get(consented.headers["location"], headers={"Accept": "application/json"})
    assert (again.status_code, again.json()["code"]) == (400, "spotify_sign_in_failed")
    status = (await client.get("/v1/spotify/status")).json()
    assert (status["connected"], status["taste"]) == (True, True)


async def _listen_by_rules(client: httpx.AsyncClient, beside: Beside) -> list[str]:
    before = set(beside.world.playlists)
    body = {"message": "like what I've been playing lately but instrumental, 2 songs"}
    first = (await client.post("/v1/chat", json=body)).json()
    assert len(first["recommendations"]) == 2
    assert {line["verdict"] for line in first["constraints"]} == {"met"}
    goes_on = {"conversation_id": first["conversation_id"]}
    saved = (await client.post("/v1/chat", json={"message": "save it as Quiet", **goes_on})).json()
    (made,) = set(beside.world.playlists) - before
    assert saved["saved"]["playlist"]["id"] == made
    assert [track["status"] for track in saved["saved"]["tracks"]] == ["saved", "saved"]
    lists = (await client.get("/v1/spotify/playlists")).json()["playlists"]
    assert {"name": "Quiet", "tracks": 2} in [
        {key: item[key] for key in ("name", "tracks")} for item in lists
    ]
    read_again = (await client.get(f"/v1/conversations/{first['conversation_id']}")).json()
    assert read_again["turns"][0]["answer"]["recommendations"][0]["links"][0]["exact"] is True
    save_id = saved["saved"]["save_id"]
    report = (await client.get(f"/v1/spotify/saves/{save_id}")).json()
    assert report["counts"]["saved"] == 2
    undone = (await client.post(f"/v1/spotify/saves/{save_id}/undo", json={})).json()
    assert undone["state"] == "undone"
    assert made not in beside.world.users["mira"].playlists
    await _save_over_http(client, first)
    return [(await client.get(f"/v1/traces/{answer['trace_id']}")).text for answer in (first, saved)]


async def _save_over_http(client: httpx.AsyncClient, first) -> None:
    ids = [pick["track"]["id"] for pick in first["recommendations"]]
    body = {"name": "By hand", "track_ids": ids, "dry_run": True}
    planned = (await client.post("/v1/spotify/playlists", json=body)).json()
    assert (planned["state"], planned["counts"]["planned"]) == ("planned", 2)
    body["dry_run"] = False
    refused = await client.post("/v1/spotify/playlists", json=body)
    assert (refused.status_code, "Idempotency-Key" in refused.json()["detail"]) == (422, True)
    reports = [
        (await client.post("/v1/spotify/playlists", json=body, headers={"Idempotency-Key": "one"})).json()
        for _ in range(2)
    ]
    assert reports[0]["playlist"] == reports[1]["playlist"]
    other = {**body, "name": "Another"}
    clash = await client.post("/v1/spotify/playlists", json=other, headers={"Idempotency-Key": "one"})
    assert clash.status_code == 409
    await _save_a_playlist(client)
    link = (await client.get(f"/v1/spotify/links/{ids[0]}")).json()
    assert (link["status"], link["links"][0]["exact"]) == ("resolved", True)


async def _save_a_playlist(client: httpx.AsyncClient) -> None:
    """A playlist that was made here, under its own title."""
    request = {"prompt": "3 songs of dream pop", "title": "Three of them"}
    made = (await client.post("/v1/playlists", json=request, headers={"Prefer": "wait"})).json()
    body = {"playlist_id": made["id"]}
    headers = {"Idempotency-Key": "made here"}
    report = (await client.post("/v1/spotify/playlists", json=body, headers=headers)).json()
    assert (report["name"], report["counts"]["saved"]) == ("Three of them", 3)
    both = {**body, "track_ids": ["x"]}
    assert (await client.post("/v1/spotify/playlists", json=both, headers=headers)).status_code == 422
    unknown = {"playlist_id": "nobody's"}
    assert (await client.post("/v1/spotify/playlists", json=unknown, headers=headers)).status_code == 404


async def _listen_by_model(client: httpx.AsyncClient) -> list[str]:
    answer = (await client.post("/v1/chat", json={"message": "like Glass Harbour", "limit": 2})).json()
    (pick,) = answer["from_spotify"]
    assert MARKER in pick["title"]
    turn = f"/v1/conversations/{answer['conversation_id']}/turns/{answer['turn_id']}"
    assert (await client.get(turn)).json()["answer"]["from_spotify"] == [pick]
    return [(await client.get(f"/v1/traces/{answer['trace_id']}")).text]


async def _disconnect(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/spotify/disconnect")).status_code == 204
    assert (await client.get("/v1/spotify/status")).json()["connected"] is False
    answer = (await client.post("/v1/chat", json={"message": "save that"})).json()
    assert "spotify login" in answer["reply"]
