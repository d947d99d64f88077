"""`/v1/rules`: every route, in both forms, for one listener and for two."""

import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from src.preferences.models.taste_rule import MAX_RULES
from tests.api.conftest import TOKENS, client_of
from tests.preferences.rules import no_artist

TOML = "application/toml"
ALICE = {"Authorization": "Bearer alice-token-0123456789"}
BOB = {"Authorization": "Bearer bob-token-0123456789"}


@pytest.fixture
async def two(agent, settings):
    """A client of a service with two listeners."""
    async with client_of(agent, settings.model_copy(update={"api_tokens": SecretStr(TOKENS)})) as client:
        yield client


async def _add(client, words="never Drake", headers=None, **fields):
    response = await client.post("/v1/rules", json={"words": words, **fields}, headers=headers)
    assert response.status_code == 201, response.text
    return response.json()


async def _rules(client, headers=None):
    return (await client.get("/v1/rules", headers=headers)).json()["rules"]


def _put_toml(client, text: str | bytes, **headers: str):
    return client.put("/v1/rules", content=text, headers={"Content-Type": TOML, **headers})


def _assert_problem(response, status: int, words: str = "") -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.json()["detail"]


async def test_rules_are_added_read_replaced_and_deleted(client):
    assert await _rules(client) == []
    rule = await _add(client, "never Drake at work", scope=["work"], expires_at="2026-12-24T18:00:00+01:00")
    assert {constraint["name"] for constraint in rule["wishes"] if constraint["kind"] == "artist"} == {
        "Drake"
    }
    assert rule["expires_at"] == "2026-12-24T17:00:00+00:00"
    path = f"/v1/rules/{rule['id']}"
    assert (await client.get(path)).json() == rule
    second = await _add(client, "no country")
    # Both are of one moment of the test's clock; their ids decide.
    assert await _rules(client) == [rule, second]
    replaced = (await client.put(path, json={"words": "never Coldplay"})).json()
    assert (replaced["id"], replaced["created_at"]) == (rule["id"], rule["created_at"])
    assert (await client.get(path)).json() == replaced
    assert (await client.delete(path)).status_code == 204
    _assert_problem(await client.get(path), 404)
    _assert_problem(await client.delete(path), 404)
    _assert_problem(await client.put(path, json={"words": "never Drake"}), 404)
    assert (await client.delete("/v1/rules")).status_code == 204
    assert await _rules(client) == []


async def test_rules_as_json_can_be_sent_back_as_they_were_given(client):
    await _add(client, conversation_id="c1", turn_id="t1", scope=["work"])
    await _add(client, "no live versions", wishes=[no_artist("Coldplay")])
    rules = await _rules(client)
    await client.delete("/v1/rules")
    response = await client.put("/v1/rules", json={"rules": rules})
    assert response.json() == {"rules": rules}
    assert await _rules(client) == rules


async def test_rules_as_toml_can_be_sent_back_as_they_were_given(client):
    await _add(client, conversation_id="c1", turn_id="t1", scope=["work"])
    await _add(client, 'no "country"')
    rules = await _rules(client)
    exported = await client.get("/v1/rules", headers={"Accept": TOML})
    assert exported.headers["content-type"].partition(";")[0] == TOML
    assert {rule["words"] for rule in tomllib.loads(exported.text)["rule"]} == {"never Drake", 'no "country"'}
    await client.delete("/v1/rules")
    response = await _put_toml(client, exported.content)
    assert response.json() == {"rules": rules}
    again = await _put_toml(client, exported.content, Accept=TOML)
    assert again.content == exported.content


async def test_rules_put_by_hand_as_toml_are_read_and_replace_all(client):
    await _add(client, "no country")
    text = '[[rule]]\nwords = "never Drake"\n\n[[rule]]\nwords = "no explicit tracks, always"\n'
    response = await _put_toml(client, text, **{"Content-Type": f"{TOML}; charset=utf-8"})
    assert response.status_code == 200
    rules = await _rules(client)
    assert [rule["words"] for rule in rules] == ["never Drake", "no explicit tracks, always"]
    assert [rule["wishes"][0]["kind"] for rule in rules] == ["artist", "explicit"]


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ('[[rule]]\nwords = "no jazz"\n\n[[rule]]\nwords = "no rock"\nwrods = 1\n', "Rule 2: `wrods`"),
        ('[[rule]]\nwords = "no jazz"\n\n[[rule]]\nwords = "hello"\n', "Rule 2: Nothing"),
        ('[[rule]]\nwords = "no jazz"\nexpires_at = 2020-01-01T00:00:00Z\n', "Rule 1: `expires_at`"),
        ('[[rule]]\nwords = "no jazz"\nid = "a"\n\n[[rule]]\nwords = "no rock"\nid = "a"\n', "same id"),
        ("[[rule", "TOML"),
    ],
)
async def test_rules_put_as_toml_when_one_is_bad_changes_nothing(client, text, detail):
    rule = await _add(client)
    _assert_problem(await _put_toml(client, text), 422, detail)
    assert await _rules(client) == [rule]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"rules": [{}]}',
        b'{"rules": [], "more": 1}',
        b'{"rules": [{"words": "no jazz"}, {"words": "s3cret"}]}',
        b'{"rules": [{"words": "no jazz", "s3cret": 1}]}',
        b'{"rules": [{"words": "no jazz", "wishes": [{"kind": "s3cret"}]}]}',
        b'{"rules": [{"words": "no jazz", "expires_at": "s3cret"}]}',
    ],
)
async def test_rules_put_as_json_when_invalid_changes_nothing_and_echoes_nothing(client, content):
    rule = await _add(client)
    response = await client.put("/v1/rules", content=content, headers={"Content-Type": "application/json"})
    _assert_problem(response, 422)
    assert "s3cret" not in response.text
    assert await _rules(client) == [rule]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"words": ""},
        {"words": "s3cret"},
        {"words": "never Drake", "s3cret": True},
        {"words": "never Drake", "scope": "work"},
        {"words": "never Drake", "scope": [""]},
        {"words": "never Drake", "id": "a/b"},
        {"words": "never Drake", "expires_at": "2027-01-01T00:00:00"},
        {"words": "never Drake", "expires_at": "2020-01-01T00:00:00Z"},
        {"words": "x", "wishes": []},
        {"words": "x", "wishes": [{"kind": "s3cret"}]},
        {"words": "x", "wishes": [{"kind": "count", "count": 3, "hard": True, "words": "x", "turn": 0}]},
        {"words": "x", "wishes": [no_artist(relation="wanted")]},
        {"words": "x", "wishes": [no_artist(hard=False)]},
    ],
)
async def test_rules_post_when_invalid_is_refused_without_echo(client, body):
    response = await client.post("/v1/rules", json=body)
    _assert_problem(response, 422)
    assert "s3cret" not in response.text
    assert await _rules(client) == []


async def test_rules_post_when_the_id_is_taken_is_a_conflict(client):
    await _add(client, id="mine")
    response = await client.post("/v1/rules", json={"words": "no country", "id": "mine"})
    _assert_problem(response, 409)
    assert response.json()["code"] == "rule_exists"


async def test_rules_post_when_there_are_as_many_as_there_may_be(client):
    rules = [{"words": "x", "wishes": [no_artist()]} for _ in range(MAX_RULES)]
    assert (await client.put("/v1/rules", json={"rules": rules})).status_code == 200
    _assert_problem(await client.post("/v1/rules", json={"words": "never Drake"}), 422, "at most 200")
    _assert_problem(await client.put("/v1/rules", json={"rules": [*rules, rules[0]]}), 422)


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "application/tomlx"]
)
async def test_rules_put_in_another_form_is_refused(client, media_type):
    response = await client.put("/v1/rules", content=b"x", headers={"Content-Type": media_type})
    _assert_problem(response, 415)


@pytest.mark.parametrize("media_type", [TOML, "application/json"])
async def test_rules_put_when_the_body_is_too_large(client, settings, media_type):
    content = b"#" * (settings.max_body_bytes + 1)
    response = await client.put("/v1/rules", content=content, headers={"Content-Type": media_type})
    _assert_problem(response, 413)


async def test_rules_of_another_listener_are_not_found(two):
    rule = await _add(two, headers=ALICE, id="shared-name")
    path = "/v1/rules/shared-name"
    assert await _rules(two, BOB) == []
    for response in (
        await two.get(path, headers=BOB),
        await two.put(path, json={"words": "no country"}, headers=BOB),
        await two.delete(path, headers=BOB),
    ):
        _assert_problem(response, 404)
    assert (await two.delete("/v1/rules", headers=BOB)).status_code == 204
    await two.put("/v1/rules", json={"rules": []}, headers=BOB)
    assert await _rules(two, ALICE) == [rule]


@pytest.mark.parametrize(
    ("method", "path"),
    [(method, "/v1/rules") for method in ("GET", "PUT", "POST", "DELETE")]
    + [(method, "/v1/rules/x") for method in ("GET", "PUT", "DELETE")],
)
async def test_rules_without_a_token_are_refused(two, method, path):
    body: dict[str, object] = (
        {"rules": []} if path == "/v1/rules" and method == "PUT" else {"words": "no jazz"}
    )
    _assert_problem(await two.request(method, path, json=body if method in ("PUT", "POST") else None), 401)


async def test_rules_put_without_a_token_are_refused_unread(two):
    _assert_problem(await _put_toml(two, "[[rule"), 401)


async def test_rules_that_have_expired_are_gone(agent, settings):
    clock = [datetime(2026, 11, 23, 12, tzinfo=UTC)]
    async with client_of(replace(agent, now=lambda: clock[0]), settings) as client:
        rule = await _add(client, expires_at="2026-11-23T13:00:00Z")
        clock[0] = datetime(2026, 11, 23, 13, tzinfo=UTC)
        _assert_problem(await client.get(f"/v1/rules/{rule['id']}"), 404)
        assert await _rules(client) == []


async def test_openapi_documents_the_rules(client):
    response = await client.get("/openapi.json")
    document = response.json()
    schemas = document["components"]["schemas"]
    for name in ("RuleBody", "TasteRule", "TasteRules"):
        for field, schema in schemas[name]["properties"].items():
            assert schema.get("description"), f"{name}.{field}"
    assert set(re.findall(r'"#/components/schemas/([^"]+)"', response.text)) <= set(schemas)
    paths = document["paths"]
    assert set(paths["/v1/rules"]) == {"get", "put", "post", "delete"}
    assert set(paths["/v1/rules/{rule_id}"]) == {"get", "put", "delete"}
    body = paths["/v1/rules"]["put"]["requestBody"]["content"]
    assert set(body) == {"application/json", TOML}
    assert body["application/json"]["schema"]["properties"]["rules"]["items"] == {
        "$ref": "#/components/schemas/RuleBody"
    }
    for method in ("get", "put"):
        assert set(paths["/v1/rules"][method]["responses"]["200"]["content"]) == {"application/json", TOML}
