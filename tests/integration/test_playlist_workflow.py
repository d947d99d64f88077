"""A playlist's whole way: from a prompt, edited in words, renewed, restored, written, and read again."""

import httpx
import pytest

from src.main import create_app


@pytest.fixture
async def client(agent, settings):
    app = create_app(settings, agent.tracing, agent)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client,
    ):
        yield client


def _tracks(playlist) -> list[str]:
    return [entry["track"]["id"] for entry in playlist["result"]["entries"]]


@pytest.mark.parametrize("form", ["m3u8", "xspf", "jspf", "csv", "json"])
async def test_workflow_from_a_prompt_to_the_import_of_its_export(client, form):
    prompt = {"prompt": "6 rock songs, no Metallica, never two by one artist in a row"}
    made = (await client.post("/v1/playlists", json=prompt, headers={"Prefer": "wait"})).json()
    links = made["links"]
    assert (made["version"], len(_tracks(made))) == (1, 6)

    body = {"version": 1, "words": "swap number 3 and pin the first"}
    edited = (await client.patch(links["self"], json=body)).json()
    assert edited["version"] == 2
    assert _tracks(edited)[0] == _tracks(made)[0]
    assert _tracks(edited)[2] not in _tracks(made)
    assert edited["result"]["entries"][0]["pinned"]

    refreshed = (await client.post(f"{links['self']}/refresh", headers={"Prefer": "wait"})).json()
    assert refreshed["version"] == 3
    assert _tracks(refreshed)[0] == _tracks(made)[0]
    assert set(_tracks(refreshed)) != set(_tracks(edited))

    restored = (await client.post(f"{links['versions']}/1/restore")).json()
    assert (restored["version"], _tracks(restored)) == (4, _tracks(made))
    versions = (await client.get(links["versions"])).json()["versions"]
    assert [line["cause"] for line in versions] == ["restored", "refreshed", "edited", "created"]

    exported = await client.get(links[form])
    imported = await client.post(
        "/v1/playlists/import", params={"name": f"mine.{form}"}, content=exported.content
    )
    assert imported.status_code == 200, imported.text
    report = imported.json()["report"]
    assert (report["matched"], report["ambiguous"], report["missing"]) == (6, 0, 0)
    assert imported.json()["track_ids"] == _tracks(restored)
    # CSV has no place for the list's name.
    assert imported.json()["title"] == ("" if form == "csv" else made["title"])

    grow = {"grow": {"include": imported.json()["track_ids"]}, "tracks": 6}
    again = (await client.post("/v1/playlists", json=grow, headers={"Prefer": "wait"})).json()
    assert sorted(_tracks(again)) == sorted(_tracks(restored))
