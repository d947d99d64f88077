"""Milliseconds from sending the request to the first event of the stream, as the client sees it.

uv run python -m benchmarks.first_event --data-dir DIR
"""

import argparse
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from benchmarks.serving import served

WARM_UPS = 10


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--turns", type=int, default=50)
    options = parser.parse_args(argv)
    times = []
    with (
        served({"DATA_DIR": str(options.data_dir)}) as (address, _),
        httpx.Client(base_url=address) as client,
    ):
        for number in range(WARM_UPS + options.turns):
            began = time.perf_counter()
            with client.stream(
                "POST",
                "/v1/chat",
                json={"message": f"quiet songs for evening {number}"},
                headers={"Accept": "text/event-stream"},
            ) as response:
                lines = response.iter_lines()
                assert next(lines) == "event: turn_started"
                times.append((time.perf_counter() - began) * 1000)
                for _ in lines:
                    pass
    times = times[WARM_UPS:]
    middle = statistics.median(times)
    print(f"first event: best {min(times):.1f}, median {middle:.1f}, worst {max(times):.1f} ms")


if __name__ == "__main__":
    main()
