"""What many endpoints share of their parameters and texts."""

import re
from typing import Final

from src.errors import InvalidInput
from src.spotify.api_request import Params

MAX_PAGE: Final = 50
_MARKET: Final = re.compile(r"[A-Z]{2}")


def market_param(market: str | None) -> Params:
    """ISO 3166-1 alpha-2 code of the country, if any.

    Raises:
        InvalidInput: it is none.
    """
    if market is None:
        return ()
    if _MARKET.fullmatch(market) is None:
        raise InvalidInput("A market is a country code of two capital letters, such as DE.")
    return (("market", market),)


def page_params(limit: int, offset: int, *, most: int = MAX_PAGE, last_offset: int | None = None) -> Params:
    """Where a page begins and how long it is, within what the endpoint takes."""
    start = max(0, offset if last_offset is None else min(offset, last_offset))
    return (limit_param(limit, most), ("offset", str(start)))


def limit_param(limit: int, most: int = MAX_PAGE) -> tuple[str, str]:
    """How long a page is, from 1 to `most`."""
    return ("limit", str(min(max(limit, 1), most)))


def sendable(text: str) -> str:
    """The text itself.

    Raises:
        InvalidInput: it is no Unicode: half of a surrogate pair cannot be sent.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput("A text holds half of a character: leave it out.") from None
    return text
