"""`/v1/recordings`: asked for with a message, taken away as a file, deleted with the conversation."""

from dataclasses import replace

from pydantic import SecretStr

from src.recordings.file import read_recordings
from tests.api.conftest import TOKENS, client_of


async def test_recordings_from_request_to_deletion(client):
    body = {"message": "mellow jazz", "record": True}
    answer = (await client.post("/v1/chat", json=body)).json()
    await client.post("/v1/chat", json={"message": "sad country"})
    listed = (await client.get("/v1/recordings")).json()["recordings"]
    assert [(item["turn_id"], item["how"]) for item in listed] == [(answer["turn_id"], "rules planner")]
    file = await client.get(f"/v1/recordings/{answer['turn_id']}")
    assert file.headers["content-type"] == "application/gzip"
    assert f"{answer['turn_id']}.jsonl.gz" in file.headers["content-disposition"]
    (item,) = read_recordings(file.content, "it").recordings
    assert item.recording["asked"] == {"message": "mellow jazz"}
    assert (await client.delete(f"/v1/conversations/{answer['conversation_id']}")).status_code == 204
    gone = await client.get(f"/v1/recordings/{answer['turn_id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "not_found")


async def test_recordings_delete_one(client):
    answer = (await client.post("/v1/chat", json={"message": "mellow jazz", "record": True})).json()
    assert (await client.delete(f"/v1/recordings/{answer['turn_id']}")).status_code == 204
    assert (await client.delete(f"/v1/recordings/{answer['turn_id']}")).status_code == 404
    assert (await client.get("/v1/recordings")).json() == {"recordings": []}


async def test_recordings_of_another_listener_are_not_found(agent, settings):
    guarded = settings.model_copy(update={"api_tokens": SecretStr(TOKENS)})
    alice = {"Authorization": "Bearer alice-token-0123456789"}
    bob = {"Authorization": "Bearer bob-token-0123456789"}
    async with client_of(replace(agent), guarded) as client:
        body = {"message": "mellow jazz", "record": True}
        answer = (await client.post("/v1/chat", json=body, headers=alice)).json()
        path = f"/v1/recordings/{answer['turn_id']}"
        assert (await client.get(path, headers=bob)).status_code == 404
        assert (await client.delete(path, headers=bob)).status_code == 404
        assert (await client.get("/v1/recordings", headers=bob)).json() == {"recordings": []}
        assert (await client.get(path, headers=alice)).status_code == 200
