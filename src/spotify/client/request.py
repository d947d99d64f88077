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
        name: of the endpoint, for logs; it holds nothing of the arguments.
        bucket: the group of calls that it counts in.
        path: below the address of the Web API.
        answer: validates the body; `NOTHING` where no body is expected.
        content: a body that is not JSON, with its `content_type`.
        is_relative: its effect depends on the present state: sent twice, it does more than once.
    """

    name: str
    bucket: Bucket
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
        """Whether sending it twice has the same effect as sending it once."""
        return self.method != "POST" and not self.is_relative

    @property
    def writes(self) -> bool:
        """Whether it may change something."""
        return self.method != "GET"


MAX_PAGE: Final = 50
_MARKET: Final = re.compile(r"[A-Z]{2}")


def market_param(market: str | None) -> Params:
    """The `market` parameter, a country code of ISO 3166-1; nothing for None."""
    if market is None:
        return ()
    if _MARKET.fullmatch(market) is None:
        raise InvalidInput("A market is a country code of two capital letters, such as DE.")
    return (("market", market),)


def page_params(limit: int, offset: int, *, most: int = MAX_PAGE, last_offset: int | None = None) -> Params:
    """`limit` and `offset`, brought within the bounds of the endpoint."""
    start = max(0, offset if last_offset is None else min(offset, last_offset))
    return (limit_param(limit, most), ("offset", str(start)))


def limit_param(limit: int, most: int = MAX_PAGE) -> tuple[str, str]:
    """`limit`, from 1 to `most`."""
    return ("limit", str(min(max(limit, 1), most)))


def sendable(text: str) -> str:
    """The text itself, if it can be sent: half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput("A text holds half of a character: leave it out.") from None
    return text
