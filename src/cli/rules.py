"""`segue rules`: on this machine, or over HTTP when a server has the catalogue open."""

import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from src.cli.client import call_server, here_or_there
from src.cli.terminal import command_settings, open_console, print_plain, run_async, write_file
from src.errors import InvalidInput

if TYPE_CHECKING:
    from src.preferences.models.taste_rule import TasteRule

rules_app = typer.Typer(help="Your taste rules: they hold in every conversation.", no_args_is_help=True)

_PATH = "/v1/rules"
_LOG_LEVEL = "WARNING"


@rules_app.command("list")
def list_() -> None:
    """List your rules with their ids, the oldest first."""
    rules = _all_rules()
    for rule in rules:
        _show(rule)
    if not rules:
        open_console().print("no rules")


@rules_app.command()
def add(
    words: Annotated[str, typer.Argument(help="What must always hold, for example: never Drake")],
    scope: Annotated[
        list[str] | None,
        typer.Option(metavar="W", help="Only where you speak of this occasion; may be repeated."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last day on which it holds, such as 2026-12-24.")
    ] = None,
) -> None:
    """Add a rule in your own words."""
    from src.chat.taste_rules import add_rule
    from src.preferences.models.taste_rule import TASTE_RULE, RuleBody
    from src.schema import with_present
    from src.settings import LOCAL_LISTENER

    bare: RuleBody = {"words": words}
    body = with_present(bare, scope=scope or None, expires_at=_end_of(until) if until is not None else None)
    settings = command_settings(_LOG_LEVEL)
    added = here_or_there(
        settings,
        lambda agent: add_rule(agent, LOCAL_LISTENER, body),
        lambda address: call_server(address, settings, "POST", _PATH, TASTE_RULE, json=body),
    )
    _show(run_async(added))


@rules_app.command()
def remove(rule_id: Annotated[str, typer.Argument(help="Id of the rule.", metavar="ID")]) -> None:
    """Remove a rule."""
    from urllib.parse import quote

    from pydantic import TypeAdapter

    from src.preferences.store import delete_rule
    from src.settings import LOCAL_LISTENER

    settings = command_settings(_LOG_LEVEL)
    path = f"{_PATH}/{quote(rule_id, safe='')}"
    removed = here_or_there(
        settings,
        lambda agent: delete_rule(agent.database, LOCAL_LISTENER, rule_id),
        lambda address: call_server(address, settings, "DELETE", path, TypeAdapter(None)),
    )
    run_async(removed)
    open_console().print("removed")


@rules_app.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="A .toml file; printed without one.")] = None,
) -> None:
    """Write all your rules as TOML, which `import` reads."""
    from src.preferences.toml_file import write_toml

    content = write_toml(_all_rules())
    if file is None:
        sys.stdout.write(content)
    else:
        write_file(file, content.encode(), "The file cannot be written.")


@rules_app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A .toml file; [[rule]] and its words are enough.")],
) -> None:
    """Replace all your rules by those of a file."""
    from src.chat.taste_rules import replace_rules
    from src.preferences.models.taste_rule import TASTE_RULES
    from src.preferences.toml_file import read_toml
    from src.settings import LOCAL_LISTENER

    settings = command_settings(_LOG_LEVEL)
    try:
        bodies = read_toml(file.read_bytes())
    except OSError:
        raise InvalidInput("The file cannot be read.") from None

    async def send(address: str) -> "list[TasteRule]":
        sent = {"rules": bodies}
        return (await call_server(address, settings, "PUT", _PATH, TASTE_RULES, json=sent))["rules"]

    replaced = here_or_there(settings, lambda agent: replace_rules(agent, LOCAL_LISTENER, bodies), send)
    rules = run_async(replaced)
    open_console().print(f"{len(rules)} rules now")


def _all_rules() -> "list[TasteRule]":
    from src.preferences.models.taste_rule import TASTE_RULES
    from src.preferences.store import list_rules
    from src.settings import LOCAL_LISTENER

    settings = command_settings(_LOG_LEVEL)

    async def ask(address: str) -> "list[TasteRule]":
        return (await call_server(address, settings, "GET", _PATH, TASTE_RULES))["rules"]

    return run_async(
        here_or_there(settings, lambda agent: list_rules(agent.database, LOCAL_LISTENER, agent.now()), ask)
    )


def _show(rule: "TasteRule") -> None:
    """The words of a rule; then what they bind, its occasion, its end and its id."""
    from src.constraints.describe import describe

    notes = ["; ".join(describe(constraint) for constraint in rule["wishes"])]
    if rule["scope"]:
        notes.append(f"where you say {' or '.join(rule['scope'])}")
    if "expires_at" in rule:
        notes.append(f"until {datetime.fromisoformat(rule['expires_at']).astimezone():%Y-%m-%d %H:%M}")
    console = open_console()
    print_plain(console, rule["words"])
    print_plain(console, f"     {' · '.join([*notes, rule['id']])}", "dim")


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
