"""Connected accounts: encrypted, each its listener's own, and gone as a whole."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from src.spotify.auth.accounts import delete_listener, load_account, read_account_state, store_connected
from src.spotify.auth.sign_in import begin_sign_in
from src.storage.database import read, write
from src.storage.tables import (
    conversations,
    spotify_accounts,
    spotify_handles,
    spotify_saves,
    spotify_sign_ins,
)
from tests.spotify.sign_in_fixtures import NOW, account, app, clock, connected, database, dsn, on_both_engines

__all__ = ["app", "clock", "connected", "database", "dsn"]

_OWNED = (spotify_accounts, spotify_sign_ins, spotify_saves)


async def _save_and_shelve(database, listener: str) -> None:
    """A save and a handle of the listener."""
    async with write(database) as connection:
        await connection.execute(
            insert(conversations).values(
                id=f"of {listener}",
                listener=listener,
                created_at=NOW,
                updated_at=NOW,
                version=1,
                turns=1,
                brief="{}",
                pool="[]",
            )
        )
        await connection.execute(
            insert(spotify_handles).values(
                conversation_id=f"of {listener}",
                number=1,
                listener=listener,
                spotify_id="x",
                expires_at=NOW,
            )
        )
        await connection.execute(
            insert(spotify_saves).values(
                id=f"save of {listener}",
                listener=listener,
                idempotency_key="key",
                request_hash="",
                version=1,
                document="{}",
                created_at=NOW,
                updated_at=NOW,
                expires_at=NOW,
            )
        )


async def _external_picks(database) -> list[str]:
    """Whose handles still have a track behind them."""
    async with read(database) as connection:
        kept = select(spotify_handles.c.listener).where(spotify_handles.c.spotify_id != "")
        return sorted(await connection.scalars(kept))


async def _listeners(database, table) -> list[str]:
    async with read(database) as connection:
        return sorted(await connection.scalars(select(table.c.listener)))


@on_both_engines
async def test_load_account_gives_what_was_stored(app, connected):
    assert await load_account(app, "local") == connected
    assert await load_account(app, "alice") is None


async def test_store_connected_leaves_nothing_of_the_account_in_clear(app, connected):
    async with read(app.database) as connection:
        row = str((await connection.execute(select(spotify_accounts))).one())
    for text in ("planted", "acc1", "user1", "playlist-read-private", "sign-in-0"):
        assert text not in row


async def test_load_account_when_the_row_was_moved_to_another_listener_is_none(app, connected):
    async with write(app.database) as connection:
        await connection.execute(update(spotify_accounts).values(listener="mallory"))
    assert (await read_account_state(app, "mallory")).kind == "unreadable"


@on_both_engines
@pytest.mark.parametrize(("account_id", "left"), [("acc1", ["local"]), ("acc2", [])])
async def test_store_connected_again_keeps_what_was_saved_through_the_same_account_alone(
    app, connected, account_id, left
):
    await _save_and_shelve(app.database, "local")
    later = NOW + timedelta(days=1)
    await store_connected(app, account(account_id=account_id, authorized_at=later, sign_in_id="sign-in-1"))
    stored = await load_account(app, "local")
    assert stored is not None
    assert (stored.account_id, stored.authorized_at, stored.version) == (account_id, later, 2)
    assert await _listeners(app.database, spotify_saves) == left
    assert await _external_picks(app.database) == left


@on_both_engines
async def test_store_connected_twice_at_once_keeps_one(app):
    await asyncio.gather(*(store_connected(app, account(sign_in_id=f"s{n}")) for n in range(4)))
    assert await _listeners(app.database, spotify_accounts) == ["local"]
    stored = await load_account(app, "local")
    assert stored is not None
    assert stored.version == 4


@on_both_engines
async def test_delete_listener_takes_all_of_one_and_nothing_of_others(app):
    for listener in ("alice", "bob"):
        await store_connected(app, account(listener))
        await begin_sign_in(app, listener, taste=False)
        await _save_and_shelve(app.database, listener)
    await delete_listener(app, "alice")
    for table in _OWNED:
        assert await _listeners(app.database, table) == ["bob"]
    assert await _external_picks(app.database) == ["bob"]
    # A number stands for one track in its conversation, for good.
    assert await _listeners(app.database, spotify_handles) == ["alice", "bob"]
    assert await _listeners(app.database, conversations) == ["alice", "bob"]
