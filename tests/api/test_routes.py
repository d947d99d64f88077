import uuid

import pytest

from tests.api.conftest import client_of


async def _chat(client, message="jazz", **fields):
    return (await client.post("/v1/chat", json={"message": message, "limit": 2, **fields})).json()


async def test_health_says_alive_and_ready(client):
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    assert (await client.get("/health/ready")).json() == {
        "status": "ready",
        "parts": {"catalogue": "ok", "database": "ok"},
    }


async def test_health_ready_names_what_is_not(agent, settings, monkeypatch):
    from src.errors import StorageUnavailable

    def broken(_db):
        raise StorageUnavailable("The database does not answer.")

    monkeypatch.setattr("src.api.health.read", broken)
    async with client_of(agent, settings) as client:
        response = await client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["parts"] == {"catalogue": "ok", "database": "storage_unavailable"}


async def test_conversations_are_listed_read_and_deleted(client):
    answer = await _chat(client)
    id_ = answer["conversation_id"]
    page = (await client.get("/v1/conversations")).json()
    assert [item["id"] for item in page["conversations"]] == [id_]
    assert page["conversations"][0]["first_message"] == "jazz"
    detail = (await client.get(f"/v1/conversations/{id_}")).json()
    assert detail["turns"][0]["answer"] == answer
    turn = (await client.get(f"/v1/conversations/{id_}/turns/{answer['turn_id']}")).json()
    assert turn == detail["turns"][0]
    assert (await client.get(f"/v1/conversations/{id_}/turns/nope")).status_code == 404
    assert (await client.delete(f"/v1/conversations/{id_}")).status_code == 204
    assert (await client.get(f"/v1/conversations/{id_}")).status_code == 404
    assert (await client.get(f"/v1/traces/{answer['trace_id']}")).status_code == 404
    assert (await client.delete(f"/v1/conversations/{id_}")).status_code == 404


async def test_conversations_are_paged(client):
    ids = [(await _chat(client))["conversation_id"] for _ in range(3)]
    first = (await client.get("/v1/conversations", params={"limit": 2})).json()
    second = (await client.get("/v1/conversations", params={"limit": 2, "before": first["next"]})).json()
    listed = [item["id"] for item in first["conversations"] + second["conversations"]]
    assert sorted(listed) == sorted(ids)
    assert "next" not in second


@pytest.mark.parametrize(("verdict", "kept_out"), [("dislike", "track"), ("never", "artist"), ("like", None)])
async def test_feedback_changes_the_next_answer(client, verdict, kept_out):
    first = await _chat(client)
    track = first["recommendations"][0]["track"]
    path = f"/v1/conversations/{first['conversation_id']}/feedback"
    response = await client.post(path, json={"track_id": track["id"], "verdict": verdict})
    assert response.status_code == 200
    assert response.json()["feedback"] == {track["id"]: verdict}
    relations = {
        constraint["kind"]: constraint.get("relation") for constraint in response.json()["brief"]["wishes"]
    }
    assert relations["track"] == ("seed" if verdict == "like" else "rejected")
    assert relations.get("artist") == ("rejected" if verdict == "never" else None)
    second = await _chat(client, "all the jazz again", conversation_id=first["conversation_id"])
    artists = {name for pick in second["recommendations"] for name in pick["track"]["artists"]}
    if kept_out is not None:
        assert track["id"] not in {pick["track"]["id"] for pick in second["recommendations"]}
    if kept_out == "artist":
        assert track["artists"][0] not in artists


async def test_feedback_when_track_or_conversation_is_unknown(client):
    answer = await _chat(client)
    path = f"/v1/conversations/{answer['conversation_id']}/feedback"
    body = {"track_id": str(uuid.uuid4()), "verdict": "like"}
    assert (await client.post(path, json=body)).status_code == 404
    assert (await client.post(path, json={"track_id": "x", "verdict": "like"})).status_code == 404
    known = {"track_id": answer["recommendations"][0]["track"]["id"], "verdict": "like"}
    assert (await client.post("/v1/conversations/nope/feedback", json=known)).status_code == 404
    assert (await client.post(path, json={**known, "verdict": "meh"})).status_code == 422


async def test_tracks_are_searched_under_filters(client):
    page = (await client.get("/v1/tracks", params={"query": "dream pop", "year_to": 1995})).json()
    found = [hit["track"] for hit in page["tracks"]]
    assert found
    assert all(track["year"] <= 1995 for track in found)
    assert page["searched_by"] == ["meaning", "text"]


@pytest.mark.parametrize(
    ("params", "title"),
    [
        ({"artist": "Coldplay", "popularity_from": 84}, "Yellow"),
        ({"genre": "country", "not_artist": "Dolly Parton"}, "Ring of Fire"),
        ({"language": "fr", "mood": "sad"}, "Ne me quitte pas"),
        ({"tempo_from": 170}, "Take Five"),
        ({"duration_from_s": 500}, "Master of Puppets"),
        ({"explicit": "true", "tempo_to": 200}, "HUMBLE."),
        (
            {"not_genre": ["rock", "jazz", "hip hop", "pop", "latin", "metal"], "duration_to_s": 158},
            "Ring of Fire",
        ),
        ({"popularity_to": 40}, "Clocks - Live in Sydney"),
        ({"year_from": 2018}, "夜に駆ける"),
    ],
)
async def test_tracks_each_filter_binds(client, params, title):
    page = (await client.get("/v1/tracks", params={"query": "music", **params})).json()
    assert [hit["track"]["title"] for hit in page["tracks"]] == [title]


async def test_tracks_one_by_id(client):
    track = (await client.get("/v1/tracks", params={"query": "Jolene", "limit": 1})).json()["tracks"][0][
        "track"
    ]
    assert (await client.get(f"/v1/tracks/{track['id']}")).json() == track
    assert (await client.get(f"/v1/tracks/{uuid.uuid4()}")).status_code == 404
    assert (await client.get("/v1/tracks/nonsense")).status_code == 422


@pytest.mark.parametrize(
    "params",
    [{}, {"query": ""}, {"query": "x", "limit": 0}, {"query": "x", "limit": "ten"}, {"query": "x" * 601}],
)
async def test_tracks_when_the_query_is_invalid(client, params):
    assert (await client.get("/v1/tracks", params=params)).status_code == 422


async def test_catalogue_describes_itself(client):
    content = (await client.get("/v1/catalogue")).json()
    assert content["tracks"] == 24
    assert content["engine"] == "qdrant-edge"
    assert {"value": "rock", "tracks": 9} in content["genres"]
    assert {"value": "1950s", "tracks": 4} in content["decades"]


async def test_traces_show_the_spans_of_a_turn(client):
    answer = await _chat(client)
    trace = (await client.get(f"/v1/traces/{answer['trace_id']}")).json()
    assert "invoke_agent segue" in {span["name"] for span in trace["spans"]}
    assert (await client.get(f"/v1/traces/{'0' * 32}")).status_code == 404
    assert (await client.get("/v1/traces/zz")).status_code == 422


async def test_traces_continue_the_callers_trace(client):
    parent = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{parent}-b7ad6b7169203331-00"}
    answer = (await client.post("/v1/chat", json={"message": "jazz", "limit": 1}, headers=headers)).json()
    assert answer["trace_id"] == parent


async def test_openapi_documents_every_field(client):
    document = (await client.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    for name in ("Answer", "Recommendation", "Track", "ReportLine", "ChatBody", "Evidence", "Usage"):
        for field, schema in schemas[name]["properties"].items():
            assert schema.get("description"), f"{name}.{field}"
    assert (await client.get("/docs")).status_code == 200


async def test_cors_is_off_by_default_and_can_be_opened(agent, settings):
    headers = {"Origin": "https://page.example", "Access-Control-Request-Method": "POST"}
    async with client_of(agent, settings) as client:
        assert (
            "access-control-allow-origin" not in (await client.options("/v1/chat", headers=headers)).headers
        )
    opened = settings.model_copy(update={"cors_origins": ("https://page.example",)})
    async with client_of(agent, opened) as client:
        answer = await client.options("/v1/chat", headers=headers)
    assert answer.headers["access-control-allow-origin"] == "https://page.example"
