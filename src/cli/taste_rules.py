"""`segue rules`: on this machine, or over HTTP when a server has the catalogue open."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import quote

from pydantic import TypeAdapter
from rich.console import Console
from rich.text import Text

from src.chat.clients import Agent, open_agent, opened_tracing
from src.chat.rules import add_rule, replace_rules
from src.cli.client import call_server
from src.cli.show import plain
from src.constraints.describe import describe
from src.errors import CatalogueInUse, InvalidInput
from src.preferences.models.taste_rule import TASTE_RULE, TASTE_RULES, RuleBody, TasteRule
from src.preferences.store import delete_rule, list_rules
from src.preferences.toml_file import read_toml, write_toml
from src.settings import LOCAL_LISTENER, Settings, load_settings
from src.telemetry.logging import configure_logging

_PATH = "/v1/rules"
_NOTHING = TypeAdapter(None)


def run_list() -> None:
    """Print the rules, each with what it binds, its occasion, its end and its id."""
    rules = asyncio.run(_list(_settings()))
    for rule in rules:
        _show(rule)
    if not rules:
        Console(highlight=False).print("no rules")


def run_add(words: str, scope: Sequence[str], until: str | None) -> None:
    """Add a rule and print it."""
    body: RuleBody = {"words": words}
    if scope:
        body["scope"] = list(scope)
    if until is not None:
        body["expires_at"] = _end_of(until)
    settings = _settings()
    _show(
        asyncio.run(
            _run(
                settings,
                lambda agent: add_rule(agent, LOCAL_LISTENER, body),
                lambda address: call_server(address, settings, "POST", _PATH, TASTE_RULE, json=body),
            )
        )
    )


def run_remove(rule_id: str) -> None:
    """Remove a rule."""
    settings = _settings()
    path = f"{_PATH}/{quote(rule_id, safe='')}"
    asyncio.run(
        _run(
            settings,
            lambda agent: delete_rule(agent.database, LOCAL_LISTENER, rule_id),
            lambda address: call_server(address, settings, "DELETE", path, _NOTHING),
        )
    )
    Console(highlight=False).print("removed")


def run_export(file: Path | None) -> None:
    """Write the rules to a file, or print them."""
    content = write_toml(asyncio.run(_list(_settings())))
    if file is None:
        sys.stdout.write(content)
        return
    try:
        file.write_text(content, encoding="utf-8", newline="\n")
    except OSError:
        raise InvalidInput("The file cannot be written.") from None


def run_import(file: Path) -> None:
    """Replace the rules by those of a file."""
    settings = _settings()
    try:
        bodies = read_toml(file.read_bytes())
    except OSError:
        raise InvalidInput("The file cannot be read.") from None

    async def send(address: str) -> list[TasteRule]:
        sent = {"rules": bodies}
        return (await call_server(address, settings, "PUT", _PATH, TASTE_RULES, json=sent))["rules"]

    rules = asyncio.run(_run(settings, lambda agent: replace_rules(agent, LOCAL_LISTENER, bodies), send))
    Console(highlight=False).print(f"{len(rules)} rules stand now")


async def _list(settings: Settings) -> list[TasteRule]:
    async def ask(address: str) -> list[TasteRule]:
        return (await call_server(address, settings, "GET", _PATH, TASTE_RULES))["rules"]

    return await _run(settings, lambda agent: list_rules(agent.database, LOCAL_LISTENER, agent.now()), ask)


async def _run[T](
    settings: Settings, here: Callable[[Agent], Awaitable[T]], there: Callable[[str], Awaitable[T]]
) -> T:
    """Do it in this process, or by the server that has the catalogue."""
    with opened_tracing(settings) as tracing:
        try:
            async with open_agent(settings, tracing) as agent:
                return await here(agent)
        except CatalogueInUse as error:
            if error.address is None:
                raise
            return await there(error.address)


def _show(rule: TasteRule) -> None:
    notes = ["; ".join(describe(constraint) for constraint in rule["wishes"])]
    if rule["scope"]:
        notes.append(f"where you say {' or '.join(rule['scope'])}")
    if "expires_at" in rule:
        notes.append(f"until {datetime.fromisoformat(rule['expires_at']).astimezone():%Y-%m-%d %H:%M}")
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(plain(rule["words"])))
    console.print(Text(plain(f"     {' · '.join([*notes, rule['id']])}"), style="dim"))


def _end_of(until: str) -> str:
    """The end of a day on this machine's clock, as an ISO time with its zone; a whole ISO time stays."""
    try:
        day = date.fromisoformat(until)
    except ValueError:
        try:
            return datetime.fromisoformat(until).astimezone().isoformat()
        except (ValueError, OverflowError):
            raise InvalidInput("--until takes a day, for example --until 2026-12-24.") from None
    try:
        return datetime.combine(day + timedelta(days=1), time.min).astimezone().isoformat()
    except OverflowError:
        raise InvalidInput("--until lies too far ahead.") from None


def _settings() -> Settings:
    configure_logging("WARNING")
    return load_settings()
