"""Rules as a file that a listener can read, write and keep."""

import re
import tomllib
from collections.abc import Sequence
from datetime import date, datetime
from typing import cast

import tomli_w

from src.errors import InvalidInput
from src.preferences.models.taste_rule import MAX_RULES, RuleBody, TasteRule
from src.preferences.reading import shown_key, to_body
from src.preferences.rules import MAX_CONSTRAINT_CHARACTERS

MEDIA_TYPE = "application/toml"
_HEADER = "# Rules that hold in every conversation. A rule needs no more than its words.\n"
_TIMES = ("expires_at", "created_at")
# `tomllib` takes quadratic time over the parts of a dotted key: 40,000 characters take six seconds; and the
# parts of a [header] count for every key below it. No line of an export has more dots than its longest text,
# no header more than one.
_MOST_DOTS = MAX_CONSTRAINT_CHARACTERS
_MOST_DOTS_OF_HEADER = 8
_PLACE = re.compile(r"\(at (line \d+, column \d+|end of document)\)")


def write_toml(rules: Sequence[TasteRule]) -> str:
    """The rules as TOML; `read_toml` gives every field back as it was."""
    if not rules:
        return _HEADER
    return f"{_HEADER}\n{tomli_w.dumps({'rule': [_to_table(rule) for rule in rules]})}"


def read_toml(data: bytes) -> list[RuleBody]:
    """The rules in a TOML file, in its order.

    A wish is hard, said in turn 0 and in the words of its rule, where the file does not say.

    Raises:
        InvalidInput: it is no such file; the message names the place, or the number of the rule and the key.
    """
    document = _parse(data)
    others = [key for key in document if key != "rule"]
    if others:
        raise InvalidInput(f"`{shown_key(others[0])}` is not known here: the file holds [[rule]] tables.")
    tables = document.get("rule", [])
    if not isinstance(tables, list):
        raise InvalidInput("Each rule begins with a line [[rule]].")
    if len(tables) > MAX_RULES:
        raise InvalidInput(f"There are at most {MAX_RULES} rules.")
    return [_to_body(table, number) for number, table in enumerate(tables, start=1)]


def _parse(data: bytes) -> dict[str, object]:
    try:
        # Some editors begin a file with a byte order mark.
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("The file is not UTF-8.") from None
    for number, line in enumerate(text.split("\n"), start=1):
        most = _MOST_DOTS_OF_HEADER if line.lstrip().startswith("[") else _MOST_DOTS
        if line.count(".") > most:
            raise InvalidInput(f"The file cannot be read: line {number} has too many dots.")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = _PLACE.search(str(error))
        where = f": see {place[1]}" if place else ""
        raise InvalidInput(f"The file is no TOML{where}.") from None


def _to_table(rule: TasteRule) -> dict[str, object]:
    """What is as in every hand-written rule is left out."""
    table: dict[str, object] = {"words": rule["words"]}
    if rule["scope"]:
        table["scope"] = rule["scope"]
    if "expires_at" in rule:
        table["expires_at"] = datetime.fromisoformat(rule["expires_at"])
    table["id"] = rule["id"]
    table["created_at"] = datetime.fromisoformat(rule["created_at"])
    if "conversation_id" in rule:
        table["conversation_id"] = rule["conversation_id"]
    if "turn_id" in rule:
        table["turn_id"] = rule["turn_id"]
    usual = _usual(rule["words"])
    table["wishes"] = [
        {key: value for key, value in constraint.items() if key not in usual or value != usual[key]}
        for constraint in rule["wishes"]
    ]
    return table


def _usual(words: str) -> dict[str, object]:
    """What a wish has where the file does not say."""
    return {"hard": True, "words": words, "turn": 0}


def _to_body(table: object, number: int) -> RuleBody:
    if not isinstance(table, dict):
        raise InvalidInput(f"Rule {number}: it begins with a line [[rule]].")
    fields = cast("dict[str, object]", dict(table))
    for key in _TIMES:
        if isinstance(fields.get(key), date):
            fields[key] = cast("date", fields[key]).isoformat()
    constraints = fields.get("wishes")
    if isinstance(constraints, list):
        usual = _usual(str(fields.get("words", "")))
        fields["wishes"] = [
            usual | constraint if isinstance(constraint, dict) else constraint for constraint in constraints
        ]
    try:
        return to_body(fields)
    except InvalidInput as error:
        raise InvalidInput(f"Rule {number}: {error.message}") from None
