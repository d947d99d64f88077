"""A listener's whole way through the service: files in, a server with a model, turns, feedback, deletion."""

import csv
import os
import subprocess
from contextlib import closing

import httpx
import pytest
from pydantic import SecretStr

from src.catalogue.generations import catalogue_folder
from src.catalogue.importing.build import import_files
from src.catalogue.importing.steps import ImportOptions
from src.chat.clients import open_agent, opened_tracing
from src.evaluation.runner.scripted_model import Said, serve_model
from src.main import create_app

SONGS = [
    ("Alison", "Slowdive", "1993", "dream pop"),
    ("Fade Into You", "Mazzy Star", "1993", "dream pop"),
    ("Space Song", "Beach House", "2015", "dream pop"),
    ("Jolene", "Dolly Parton", "1973", "country"),
    ("So What", "Miles Davis", "1959", "jazz"),
]


@pytest.fixture(params=["sqlite", "postgresql"])
def stored(request, settings):
    """The settings on each database; PostgreSQL where one answers on this machine."""
    if request.param == "sqlite":
        yield settings
        return
    name = f"segue_flow_{os.getpid()}"
    try:
        subprocess.run(
            ["createdb", "-h", "127.0.0.1", "-U", "postgres", name], check=True, capture_output=True
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no PostgreSQL answers on 127.0.0.1:5432")
    yield settings.model_copy(update={"database_url": SecretStr(f"postgresql://postgres@127.0.0.1/{name}")})
    subprocess.run(["dropdb", "-h", "127.0.0.1", "-U", "postgres", "--force", name], check=True)


async def test_workflow_from_files_to_deletion(stored, tmp_path):
    path = tmp_path / "mine.csv"
    with closing(path.open("w", newline="", encoding="utf-8")) as file:
        csv.writer(file).writerows([("title", "artist", "year", "genre"), *SONGS])
    folder = catalogue_folder(stored.data_dir)
    summary = await import_files(folder, [path], ImportOptions({}), None, lambda *_: None)
    assert summary.total == len(SONGS)

    def script(body):
        prompt = "\n".join(message["content"] for message in body["messages"])
        handle = next(line.split(" | ")[0] for line in prompt.splitlines() if "Slowdive" in line)
        return Said(f"One for you.\n[{handle}] dream pop from 1993, as you asked\n")

    async with serve_model(script) as model:
        configured = stored.model_copy(update={"llm_base_url": model.base_url, "llm_model": "scripted"})
        with opened_tracing(configured) as tracing:
            async with open_agent(configured, tracing) as agent:
                app = create_app(configured, tracing, agent)
                transport = httpx.ASGITransport(app)
                async with (
                    app.router.lifespan_context(app),
                    httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client,
                ):
                    await _listen(client)


async def _listen(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/ready")).json()["status"] == "ready"
    body = {"message": "dream pop, nothing after 1995, no Mazzy Star", "limit": 1}
    answer = (await client.post("/v1/chat", json=body)).json()
    (pick,) = answer["recommendations"]
    assert (pick["track"]["title"], pick["chosen_by"]) == ("Alison", "model")
    assert pick["reason"] == "dream pop from 1993, as you asked"
    assert {line["verdict"] for line in answer["constraints"]} == {"met"}
    assert "words alone" in answer["planner"]["detail"]
    path = f"/v1/conversations/{answer['conversation_id']}"
    spans = (await client.get(f"/v1/traces/{answer['trace_id']}")).json()["spans"]
    assert {"invoke_agent segue", "chat scripted"} <= {span["name"] for span in spans}
    feedback = {"track_id": pick["track"]["id"], "verdict": "never"}
    assert (await client.post(f"{path}/feedback", json=feedback)).status_code == 200
    again = {"message": "any dream pop", "conversation_id": answer["conversation_id"], "limit": 5}
    second = (await client.post("/v1/chat", json=again)).json()
    assert all("Slowdive" not in pick["track"]["artists"] for pick in second["recommendations"])
    assert len((await client.get(path)).json()["turns"]) == 2
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(f"/v1/traces/{answer['trace_id']}")).status_code == 404
