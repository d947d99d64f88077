"""A call of Spotify's Web API as a value: what to send, and how to read the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import TypeAdapter

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
