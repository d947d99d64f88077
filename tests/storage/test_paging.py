from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, insert, select

from src.errors import InvalidInput
from src.storage.database import Database, read, write
from src.storage.paging import paged, read_page
from src.storage.tables import taste_rules

START = datetime(2026, 11, 23, 9, 30, 0, 123_457, tzinfo=UTC)
PAGES = paged(
    select(taste_rules.c.created_at, taste_rules.c.id).where(
        taste_rules.c.listener == bindparam("of_listener")
    ),
    taste_rules.c.created_at,
    taste_rules.c.id,
)


@pytest.fixture
def db(sqlite_db: Database) -> Database:
    """One engine is enough here: both read pages in the tests of the stores."""
    return sqlite_db


async def page(db: Database, limit: int, before: str | None) -> tuple[list[str], str | None]:
    async with read(db) as connection:
        rows, cursor = await read_page(connection, PAGES, {"of_listener": "ana"}, limit=limit, before=before)
    return [row.id for row in rows], cursor


async def test_read_page_goes_on_where_the_page_before_ended(db: Database):
    async with write(db) as connection:
        for number, id_ in enumerate(("a-1", "b-2-x", "c")):
            row = {"listener": "ana", "id": id_, "document": "{}", "created_at": START + timedelta(number)}
            await connection.execute(insert(taste_rules), row)
    first, cursor = await page(db, 1, None)
    second, cursor = await page(db, 1, cursor)
    assert (first, second) == (["c"], ["b-2-x"])
    # The last page has no cursor, even when it is full.
    assert await page(db, 1, cursor) == (["a-1"], None)


@pytest.mark.parametrize("cursor", ["", "x", "12", "x-c1", f"{10**30}-c1", f"{'9' * 5_000}-c1"])
async def test_read_page_when_the_cursor_is_wrong_is_invalid(db: Database, cursor: str):
    with pytest.raises(InvalidInput, match="`next`"):
        await page(db, 1, cursor)
