"""The brief over HTTP: read, edited by hand, and obeyed by the next turn; and why a track is not there."""


async def _conversation(client):
    answer = await client.post("/v1/chat", json={"message": "rock, no Coldplay", "limit": 3})
    return answer.json()


async def test_brief_is_read_and_edited_and_the_next_turn_goes_by_it(client):
    first = await _conversation(client)
    path = f"/v1/conversations/{first['conversation_id']}/brief"
    brief = (await client.get(path)).json()
    assert brief == first["brief"]
    edit = {
        "text": "calm evening",
        "remove": [{"kind": "artist", "value": "Coldplay"}, {"kind": "genre"}],
        "add": [{"kind": "genre", "value": "jazz", "hard": True, "words": "jazz"}],
    }
    edited = await client.patch(path, json=edit)
    assert edited.status_code == 200
    assert edited.json()["text"] == "calm evening"
    assert [constraint["kind"] for constraint in edited.json()["wishes"]] == ["genre"]
    assert (await client.get(path)).json() == edited.json()
    message = {"message": "go on", "conversation_id": first["conversation_id"]}
    answer = (await client.post("/v1/chat", json=message)).json()
    assert answer["recommendations"]
    assert all("jazz" in pick["track"]["genres"] for pick in answer["recommendations"])


async def test_brief_when_the_edit_is_wrong_nothing_changes(client):
    first = await _conversation(client)
    path = f"/v1/conversations/{first['conversation_id']}/brief"
    edits: list[dict[str, object]] = [
        {"wishes": []},
        {"add": [{"kind": "count", "words": "w"}]},
        {"add": [{"kind": "polka", "words": "w"}]},
        {"text": "x", "add": [{"kind": "years", "words": "w"}]},
    ]
    for edit in edits:
        answer = await client.patch(path, json=edit)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await client.get(path)).json() == first["brief"]


async def test_brief_and_why_when_there_is_no_such_conversation(client):
    for answer in (
        await client.get("/v1/conversations/nope/brief"),
        await client.patch("/v1/conversations/nope/brief", json={"text": "x"}),
        await client.get("/v1/conversations/nope/turns/nope/why", params={"track_id": "x"}),
    ):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def test_why_tells_the_rule_that_kept_a_track_out(client):
    first = await _conversation(client)
    tracks = (await client.get("/v1/tracks", params={"query": "Yellow Coldplay"})).json()["tracks"]
    yellow = next(hit["track"]["id"] for hit in tracks if hit["track"]["title"] == "Yellow")
    path = f"/v1/conversations/{first['conversation_id']}/turns/{first['turn_id']}/why"
    told = (await client.get(path, params={"track_id": yellow})).json()
    assert (told["stage"], told["rule"]) == ("filtered", "artist")
    assert (await client.get(path)).status_code == 422
