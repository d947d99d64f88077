"""`/v1/evaluations`: a suite run as a job by a process of its own, and its report."""

import asyncio
import json

import pytest
from pydantic import SecretStr

from tests.api.conftest import TOKENS, client_of, events_of

ALICE = {"Authorization": "Bearer alice-token-0123456789"}
BOB = {"Authorization": "Bearer bob-token-0123456789"}
CASES = ["en-hard-exclusion-01", "en-hard-exclusion-02"]
WAIT_S = 240


def _assert_problem(response, status, words=""):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.json()["detail"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"suite": "nothing"}, "no such suite; there are"),
        ({"suite": "core", "planner": "model"}, "no model"),
        ({"suite": "../core"}, "suite"),
        ({"suite": "core", "planner": "s3cret"}, "planner"),
        ({"suite": "core", "s3cret": 1}, "a field too many"),
        ({}, "suite"),
    ],
)
async def test_evaluate_when_no_run_can_come_of_it_is_refused(client, body, words):
    response = await client.post("/v1/evaluations", json=body)
    _assert_problem(response, 422, words)
    assert "s3cret" not in response.text
    assert (await client.get("/v1/jobs")).json() == {"jobs": []}


async def test_evaluation_that_is_not_there_is_not_found(client):
    assert (await client.get("/v1/evaluations")).json() == {"evaluations": []}
    _assert_problem(await client.get("/v1/evaluations/nowhere"), 404)
    _assert_problem(await client.get("/v1/evaluations/nowhere/report"), 404)


async def test_evaluation_of_two_cases_comes_to_a_report_of_its_listener(agent, settings):
    own = settings.model_copy(update={"api_tokens": SecretStr(TOKENS)})
    body = {"suite": "core", "cases": CASES}
    async with client_of(agent, own) as client:
        response = await client.post("/v1/evaluations", json=body, headers=ALICE | {"Idempotency-Key": "k"})
        assert response.status_code == 202
        again = await client.post("/v1/evaluations", json=body, headers=ALICE | {"Idempotency-Key": "k"})
        assert again.json()["id"] == response.json()["id"]
        stream = client.get(f"{response.headers['location']}/events", headers=ALICE)
        name, data = events_of((await asyncio.wait_for(stream, WAIT_S)).text)[-1]
        job = json.loads(data)
        assert (name, job["status"]) == ("finished", "done"), job
        assert job["result"]["cases"] == len(CASES)
        path = job["links"]["result"]
        run = (await client.get(path, headers=ALICE)).json()
        assert {case["id"] for case in run["cases"]} == set(CASES)
        page = await client.get(f"{path}/report", headers=ALICE)
        assert page.headers["content-type"].startswith("text/html")
        assert "<html" in page.text
        lines = (await client.get("/v1/evaluations", headers=ALICE)).json()["evaluations"]
        assert [(line["suite"], line["report"]) for line in lines] == [("core", f"{path}/report")]
        assert (await client.get("/v1/evaluations", headers=BOB)).json() == {"evaluations": []}
        for hidden in (path, f"{path}/report", response.headers["location"]):
            _assert_problem(await client.get(hidden, headers=BOB), 404)
