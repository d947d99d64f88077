"""The page's templates: every value is escaped, and a name without a value is an error."""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic_core import to_json

from src.evaluation.report.scorecard import plain, shown_time, shown_value

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

PARTS = Path(__file__).with_name("page_parts")


@cache
def templates() -> "Environment":
    """Where the templates come from; Jinja2 is imported when the first page is made."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(PARTS),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"csp_hash": csp_hash, "many": many, "moment": shown_time, "shown": shown_value}
    # Jinja2's `tojson` escapes what could end the script.
    environment.policies["json.dumps_function"] = _json
    environment.policies["json.dumps_kwargs"] = {}
    return environment


def own_text(name: str) -> "Markup":
    """A style or a script that ships with the page, to be inlined as it is."""
    from markupsafe import Markup

    return Markup((PARTS / name).read_text(encoding="utf-8"))  # noqa: S704 - a file of this package


def csp_hash(text: str) -> str:
    """The hash by which a content security policy allows a style or a script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def many(count: int, word: str) -> str:
    """`1 case`, `2 cases`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def _printable(value: object) -> object:
    """Text without control characters; markup, which is a subclass of `str`, stays as it is."""
    return plain(value) if type(value) is str else value


def _json(value: object) -> str:
    """JSON in ASCII: the two separators that end a line of JavaScript are escapes there."""
    return to_json(value, ensure_ascii=True, inf_nan_mode="null").decode()
