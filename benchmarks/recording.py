"""What recording costs: CPU of a turn with it over one without, and bytes kept for each further turn.

    uv run python -m benchmarks.recording --data-dir DIR [--turns 60]

The same server answers turns that ask to be recorded and turns that do not, in blocks that take turns; the
model answers at once from a process of its own. CPU is user plus system time, the best of three rounds. Bytes
are those of the rows: a conversation of ten turns, without its query vectors.
"""

import argparse
import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import httpx

from benchmarks.model_server import model_server
from benchmarks.serving import cpu_seconds, served
from src.recordings.models.recording import RECORDING
from src.recordings.parts import unpack

MESSAGE = "mellow dream pop for a rainy Sunday"
CONVERSATION = [
    "mellow dream pop for a rainy Sunday",
    "more, but only by women",
    "something older",
    "now instrumental jazz instead",
    "slower",
    "nothing by Miles Davis",
    "from the seventies",
    "more like the second one",
    "artists I have not heard here yet",
    "and to end with, five soul songs",
]
ROUNDS = 3
WARM_UPS = 10


async def cpu_of(client: httpx.AsyncClient, pid: int, turns: int, *, record: bool) -> float:
    """Milliseconds of CPU a turn."""
    began = cpu_seconds(pid)
    for _ in range(turns):
        answer = (await client.post("/v1/chat", json={"message": MESSAGE, "record": record})).json()
        assert len(answer["recommendations"]) == 10, answer
    return (cpu_seconds(pid) - began) * 1000 / turns


async def talk(client: httpx.AsyncClient) -> str:
    """A recorded conversation; its id."""
    id_ = None
    for message in CONVERSATION:
        body = {"message": message, "record": True} | ({"conversation_id": id_} if id_ else {})
        id_ = (await client.post("/v1/chat", json=body)).json()["conversation_id"]
    assert id_ is not None
    return id_


def bytes_by_turn(database: Path, conversation_id: str) -> list[int]:
    """Bytes that each turn added: its document and its new parts, vectors left out."""
    # A connection as a context manager ends its transaction alone and stays open.
    with closing(sqlite3.connect(database)) as connection:
        documents = connection.execute(
            "SELECT document FROM recordings WHERE conversation_id = ? ORDER BY created_at", [conversation_id]
        ).fetchall()
        stored = dict(
            connection.execute(
                "SELECT name, content FROM recording_parts WHERE conversation_id = ?", [conversation_id]
            ).fetchall()
        )
    sizes, seen = [], set()
    for (document,) in documents:
        recording = RECORDING.validate_json(document)
        vectors = {item["vector"] for item in recording["embeddings"] if "vector" in item}
        names = {name for name in stored if name.encode() in document.encode()} - vectors
        before = unpack(stored[recording["before"]])
        names |= {name for name in stored if name.encode() in before}
        sizes.append(len(document.encode()) + sum(len(stored[name]) for name in names - seen))
        seen |= names
    return sizes


async def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--turns", type=int, default=60)
    options = parser.parse_args(argv)
    with model_server() as base_url:
        environment = {
            "LLM_BASE_URL": base_url,
            "LLM_MODEL": "instant",
            "DATA_DIR": str(options.data_dir),
            "RECORDINGS_KEPT": "1000",
        }
        with served(environment) as (address, pid):
            async with httpx.AsyncClient(base_url=address, timeout=60) as client:
                for record in (True, False):
                    await cpu_of(client, pid, WARM_UPS, record=record)
                off, on = float("inf"), float("inf")
                for _ in range(ROUNDS):
                    off = min(off, await cpu_of(client, pid, options.turns, record=False))
                    on = min(on, await cpu_of(client, pid, options.turns, record=True))
                conversation_id = await talk(client)
    sizes = bytes_by_turn(options.data_dir / "segue.sqlite", conversation_id)
    later = sizes[1:]
    print(f"not recorded {off:6.2f} ms CPU a turn")
    print(f"recorded     {on:6.2f} ms   {on / off:5.2f} times")
    print(f"first turn   {sizes[0]:6} bytes")
    print(f"each further {sum(later) / len(later):6.0f} bytes in the mean, {max(later)} at most")


if __name__ == "__main__":
    asyncio.run(main())
