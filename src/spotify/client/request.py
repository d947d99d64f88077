"""A call of Spotify's Web API as a value, and the parameters that many endpoints share."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import TypeAdapter

from src.errors import InvalidInput
from src.spotify.app import Bucket

type Method = Literal["GET", "POST", "PUT", "DELETE"]
type Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ApiRequest[T]:
    """One call.

    Attributes:
        name: of the endpoint, for logs: it says nothing of what is asked.
        bucket: the group of calls that it counts in; None for what is no part of the Web API: it takes no
            token, and costs none of the calls.
        path: below the address of the Web API, or a whole address where `bucket` is None.
        answer: reads the body; of a call that answers nothing it is `NOTHING`.
        json: the body, None for none.
        content: a body that is no JSON, with its `content_type`.
        is_relative: what it does depends on how things stand: sent twice, it does more than once.
    """

    name: str
    bucket: Bucket | None
    method: Method
    path: str
    answer: TypeAdapter[T]
    params: Params = ()
    json: Mapping[str, object] | None = None
    content: bytes | None = None
    content_type: str = ""
    is_relative: bool = False

    @property
    def is_repeatable(self) -> bool:
        """Whether sending it twice does what sending it once does."""
        return self.method != "POST" and not self.is_relative

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET"


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
