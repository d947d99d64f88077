"""Lists that are read page by page, the newest first, and the cursors between two pages.

A cursor holds the sort key of the last row of its page: a page does not shift when rows are added before it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Column, Row, Select, bindparam, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from src.errors import InvalidInput
from src.storage.tables import Moment, from_microseconds, to_microseconds

# A number of more digits than an integer column holds would be an error of the driver.
_MAX_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class PagedList[*Ts]:
    """The statements of a list: its first page, and a page that follows a cursor."""

    first: Select[*Ts]
    following: Select[*Ts]
    key: tuple[Column[object], ...]


def paged[*Ts](statement: Select[*Ts], *key: Column[object]) -> PagedList[*Ts]:
    """A list in descending order of `key`, which must be among the selected columns and unique for a row.

    Columns of times and numbers come first, a column of texts last: only the last part may hold a hyphen.
    """
    first = statement.order_by(*(column.desc() for column in key)).limit(bindparam("page_limit"))
    after = tuple_(*(bindparam(f"after_{column.name}", type_=column.type) for column in key))
    return PagedList(first, first.where(tuple_(*key) < after), key)


async def read_page[*Ts](
    connection: AsyncConnection,
    pages: PagedList[*Ts],
    values: Mapping[str, object],
    *,
    limit: int,
    before: str | None,
) -> tuple[Sequence[Row[*Ts]], str | None]:
    """A page, and the cursor of the next one; None when there is no more.

    Args:
        pages: the list.
        values: of the parameters of the list's own statement.
        before: the cursor that came with the page before; None for the first page.

    Raises:
        InvalidInput: `before` is no cursor of this list.
    """
    bound = {**values, "page_limit": limit + 1}
    statement = pages.first
    if before is not None:
        statement = pages.following
        bound |= _read_cursor(pages.key, before)
    rows = (await connection.execute(statement, bound)).all()
    page = rows[:limit]
    return page, _write_cursor(pages.key, page[-1]) if len(rows) > limit else None


def _write_cursor(key: Sequence[Column[object]], row: Row[*tuple[object, ...]]) -> str:
    values = (getattr(row, column.name) for column in key)
    return "-".join(
        str(to_microseconds(value)) if isinstance(value, datetime) else str(value) for value in values
    )


def _read_cursor(key: Sequence[Column[object]], cursor: str) -> dict[str, object]:
    try:
        parts = zip(key, cursor.split("-", len(key) - 1), strict=True)
        return {f"after_{column.name}": _read_part(column, part) for column, part in parts}
    except (ValueError, OverflowError):
        raise InvalidInput("`before` must be the `next` of a page of this list.") from None


def _read_part(column: Column[object], part: str) -> object:
    if isinstance(column.type, Moment):
        return from_microseconds(int(part))
    if column.type.python_type is int:
        if not (part.isascii() and part.isdigit() and len(part) <= _MAX_DIGITS):
            raise ValueError(part)
        return int(part)
    return part
