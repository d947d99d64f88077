"""Saves of 250 tracks under every schedule of faults, through the fake Spotify over HTTP.

Run from the repository: `uv run python -m benchmarks.saving`. Nothing but loopback is called; waits are
recorded, and the clock moves by them. The exit status is 1 if a track was lost or doubled, a second playlist
was left, or a report said what was not so.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from loguru import logger

from src.spotify.sync.save import run_save
from src.storage.database import close_database, open_database
from src.storage.migrate import migrate
from tests.spotify.sync.harness import Scene, opened_scene
from tests.spotify.sync.schedules import ALL, COUNT, Played, play


async def main() -> bool:
    """Print the table; True when everything held."""
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(f"sqlite:///{Path(folder) / 'segue.sqlite'}", timeout_s=10)
        try:
            await migrate(database)
            async with opened_scene(database, COUNT + 10, timeout_s=0.5) as scene:
                cold, warm = await _calls_of_twenty(scene)
                played = []
                for schedule in ALL:
                    played.append(await play(scene, schedule))
                    _print(played[-1])
        finally:
            await close_database(database)
    failed = [one for one in played if one.wrong]
    print(f"\n{len(played)} schedules, {len(failed)} wrong; 20 tracks take {cold} calls cold, {warm} warm")
    return not failed and cold <= 26 and warm <= 4


async def _calls_of_twenty(scene: Scene) -> tuple[int, int]:
    cold = await run_save(scene.app, scene.order(20))
    warm = await run_save(scene.app, scene.order(20, key="key-2"))
    return cold["calls_made"], warm["calls_made"]


def _print(one: Played) -> None:
    verdict, states = "; ".join(one.wrong) or "exact", " > ".join(one.states)
    print(f"{one.schedule.name:<55} runs {one.runs}  calls {one.calls:>3}  {states:<60} {verdict}")


if __name__ == "__main__":
    logger.remove()
    sys.exit(0 if asyncio.run(main()) else 1)
