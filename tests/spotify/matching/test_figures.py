"""The bars of resolving, on both synthetic sets, through the real client and the fake Spotify."""

import pytest

from src.storage.database import Database
from tests.spotify.matching.measuring import BATCH, measure
from tests.spotify.matching.namings import HELD_OUT, TUNED, Naming
from tests.spotify.matching.spotify_side import linked_app, world_of_items
from tests.spotify.matching.traps import make_traps


@pytest.mark.parametrize("naming", [TUNED, HELD_OUT], ids=["tuned", "held out"])
async def test_resolve_tracks_holds_the_bars(sqlite_db: Database, naming: Naming) -> None:
    traps = make_traps(naming, seed=11)
    assert len(traps.cases) >= 300
    async with linked_app(world_of_items(traps.items), sqlite_db) as app:
        figures = await measure(app, traps.cases)
    wrong = [(case.kind, case.track["title"], link["status"]) for case, link in figures.wrong]
    assert figures.precision >= 0.99, wrong
    assert figures.share_resolved >= 0.95, wrong


async def test_resolve_tracks_of_a_playlist_cold_and_warm(sqlite_db: Database) -> None:
    """20 calls for 20 plain tracks, and none the second time."""
    traps = make_traps(TUNED, seed=11)
    plain = [case for case in traps.cases if case.kind == "plain"][:BATCH]
    async with linked_app(world_of_items(traps.items), sqlite_db) as app:
        cold, warm = await measure(app, plain), await measure(app, plain)
    assert (len(plain), cold.calls, warm.calls) == (20, 20, 0)
    assert cold.right == warm.right == 20
