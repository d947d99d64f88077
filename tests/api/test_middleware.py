"""What an orchestrator asks the service, in the words of the files that tell it to."""

import asyncio
import itertools
import json
import os
import re
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.api.conftest import TOKENS, client_of

ROOT = Path(__file__).parents[2]
MANIFESTS = sorted((ROOT / "docs/deploy").glob("*.yaml"))
# What a kubelet sends: the address of the pod.
POD = {"Host": "10.42.0.17:8000"}


BESIDE = (
    "/health/live/",
    "//health/live",
    "/health//live",
    "/health/live/../../v1/chat",
    "/health/live/..%2f..%2fv1/chat",
    "/health/./live",
    "/health/LIVE",
    "/health/live%00",
    "/health/live;v1",
    "/health",
    "/health/",
    "/health/live2",
    "/v1/health/live",
    "/v1/chat?/health/live",
    "/v1/catalogue",
    "/docs",
)
OTHER_METHODS = ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "get")


@pytest.fixture
def outside(settings):
    """As it is set where others reach the service by a name."""
    return settings.model_copy(
        update={"allowed_hosts": ("music.example",), "api_tokens": SecretStr(TOKENS), "host": "0.0.0.0"}
    )


def healthcheck(dockerfile: str) -> list[str]:
    """The command of the image's HEALTHCHECK."""
    (found,) = re.findall(r"^HEALTHCHECK(?:.*\\\n)*.*?\bCMD\s+(\[.*\])$", dockerfile, re.MULTILINE)
    command: list[str] = json.loads(found)
    return command


def probe_paths(manifest: str) -> list[str]:
    """The path of every probe in a manifest of Kubernetes."""
    paths = re.findall(r"\bhttpGet:\s*\{?[^}]*?\bpath:\s*([^\s,}]+)", manifest)
    assert len(paths) == manifest.count("httpGet:")
    return paths


async def test_healthcheck_of_the_image_passes_with_hosts_and_tokens_set(agent, outside, served):
    program, *arguments = healthcheck((ROOT / "Dockerfile").read_text())
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        env={"PATH": path, "PORT": str(await served(agent, outside))},
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    assert (process.returncode, said.decode()) == (0, "")


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.name)
async def test_probes_of_a_manifest_are_answered_by_the_app(agent, outside, manifest):
    paths = probe_paths(manifest.read_text())
    assert paths
    async with client_of(agent, outside) as client:
        answers = {path: (await client.get(path, headers=POD)).status_code for path in paths}
    assert answers == dict.fromkeys(paths, 200)


async def test_request_checks_let_probes_ask_any_host(agent, outside):
    hosts = [POD["Host"], "127.0.0.1:8000", "evil.example", "[::1", ""]
    asked = list(itertools.product(["GET", "HEAD"], ["/health/live", "/health/ready"], hosts))
    async with client_of(agent, outside) as client:
        for method, path, host in asked:
            response = await client.request(method, path, headers={"Host": host})
            assert (method, path, host, response.status_code) == (method, path, host, 200)
            assert response.headers["X-Request-Id"]
            assert (response.content == b"") is (method == "HEAD")


async def test_request_checks_let_nothing_but_a_probe_ask_another_host(agent, outside, served):
    asked = [("GET", path) for path in BESIDE] + [(method, "/health/live") for method in OTHER_METHODS]
    port = await served(agent, outside)
    answers = {request: await status_on_the_wire(port, *request) for request in asked}
    assert answers == dict.fromkeys(asked, 421)


async def status_on_the_wire(port: int, method: str, path: str) -> int:
    """The status of a request that no client has tidied."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    request = f"{method} {path} HTTP/1.1\r\nHost: {POD['Host']}\r\nConnection: close\r\n\r\n"
    writer.write(request.encode())
    head = (await reader.read()).split(b" ", 2)
    writer.close()
    await writer.wait_closed()
    return int(head[1])
