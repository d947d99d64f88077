"""Many listeners who send the longest messages at once: the service still answers everybody else."""

import asyncio
import time

from src.chat.understand import MAX_MESSAGE_CHARS
from tests.api.conftest import client_of

_LISTENERS = 16
# Of CPU of the server's one thread, so that other work on the machine does not count.
_LONGEST_ANSWER_S = 0.3
# Rounds of the event loop that a request over a socket takes, of which one in process takes none.
_ROUNDS = 4


def _message(number: int) -> str:
    names = ", ".join(f"Title{place:03}x{number} Of Mine by Band{place:03} Of Yours" for place in range(200))
    return f"play {names}"[:MAX_MESSAGE_CHARS]


async def test_chat_when_sixteen_long_messages_come_at_once_leaves_the_service_alive(agent, settings):
    async with client_of(agent, settings) as client:
        # Routes are built at their first call.
        await client.get("/health/live")
        await client.post("/v1/chat", json={"message": "dream pop"})
        turns = [
            asyncio.create_task(client.post("/v1/chat", json={"message": _message(number)}))
            for number in range(_LISTENERS)
        ]
        waited = []
        while not all(turn.done() for turn in turns):
            began = time.thread_time()
            for _ in range(_ROUNDS):
                await asyncio.sleep(0)
            assert (await client.get("/health/live")).status_code == 200
            waited.append(time.thread_time() - began)
        answers = [turn.result() for turn in turns]

    assert [answer.status_code for answer in answers] == [200] * _LISTENERS
    assert all("more than is read" in answer.json()["reply"] for answer in answers)
    assert max(waited) < _LONGEST_ANSWER_S
