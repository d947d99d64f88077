"""Taste rules of a listener: their storage, and which apply to a turn; what has expired is gone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from src.catalogue.names import name_key
from src.constraints.describe import describe
from src.constraints.models.brief import Brief, Constraint
from src.errors import InvalidInput, NotFound
from src.preferences.models.taste_rule import MAX_RULES, TASTE_RULE, TasteRule
from src.schema import to_json
from src.storage.database import Database, read, uninterrupted, write
from src.storage.tables import taste_rules


def active_rules(rules: Sequence[TasteRule], listener_words: str, now: datetime) -> list[TasteRule]:
    """The rules that have not expired and whose occasion is at hand, in their order.

    Args:
        rules: of the listener.
        listener_words: what the listener has said in the conversation.
    """
    said = f" {name_key(listener_words)} "
    return [rule for rule in rules if not has_expired(rule, now) and _is_at_hand(rule["scope"], said)]


def rule_constraints(rules: Sequence[TasteRule], brief: Brief) -> list[Constraint]:
    """The constraints that the rules add to a brief, in the rules' words, without those it has already."""
    held = {describe(constraint) for constraint in brief["wishes"] if constraint["hard"]}
    added: list[Constraint] = []
    for rule in rules:
        for constraint in rule["wishes"]:
            if describe(constraint) not in held:
                own = constraint.copy()
                own["words"] = rule["words"]
                added.append(own)
    return added


def has_expired(rule: TasteRule, now: datetime) -> bool:
    """Whether the rule no longer holds at an aware time."""
    return "expires_at" in rule and datetime.fromisoformat(rule["expires_at"]) <= now


def _is_at_hand(scope: Sequence[str], said: str) -> bool:
    return not scope or any(f" {name_key(words)} " in said for words in scope)


# The first of the two numbers of an advisory lock on PostgreSQL: the rules of one listener.
_ADVISORY_LOCK = 1_846_203_377

_OWN = taste_rules.c.listener == bindparam("of_listener")
_OWN_RULE = _OWN & (taste_rules.c.id == bindparam("of_rule"))
_EXPIRED = _OWN & (taste_rules.c.expires_at <= bindparam("now", type_=taste_rules.c.expires_at.type))
_LIST = select(taste_rules.c.document).where(_OWN).order_by(taste_rules.c.created_at, taste_rules.c.id)
_GET = select(taste_rules.c.document).where(_OWN_RULE)
_COUNT = select(func.count()).select_from(taste_rules).where(_OWN)
_INSERT = insert(taste_rules)
_UPDATE = (
    update(taste_rules)
    .where(_OWN_RULE)
    .values(
        document=bindparam("new_document"),
        created_at=bindparam("new_created_at"),
        expires_at=bindparam("new_expires_at"),
    )
)
_PRUNE = delete(taste_rules).where(_EXPIRED)
_DELETE = delete(taste_rules).where(_OWN_RULE)
_DELETE_ALL = delete(taste_rules).where(_OWN)


@uninterrupted
async def list_rules(db: Database, listener: str, now: datetime) -> list[TasteRule]:
    """The rules of a listener, the oldest first; those that have expired by `now` are deleted."""
    async with read(db) as connection:
        documents = (await connection.scalars(_LIST, {"of_listener": listener})).all()
    rules = [TASTE_RULE.validate_json(document) for document in documents]
    valid = [rule for rule in rules if not has_expired(rule, now)]
    if len(valid) < len(rules):
        async with write(db) as connection:
            await connection.execute(_PRUNE, {"of_listener": listener, "now": now})
    return valid


@uninterrupted
async def get_rule(db: Database, listener: str, rule_id: str, now: datetime) -> TasteRule:
    """One rule.

    Raises:
        NotFound: there is no such rule, it has expired, or it is another listener's.
    """
    async with read(db) as connection:
        document = await connection.scalar(_GET, {"of_listener": listener, "of_rule": rule_id})
    if document is None or has_expired(rule := TASTE_RULE.validate_json(document), now):
        raise _no_rule()
    return rule


@uninterrupted
async def put_rule(db: Database, listener: str, rule: TasteRule, now: datetime) -> None:
    """Store a rule, in place of the listener's own of the same id.

    Raises:
        InvalidInput: the listener has as many rules as there may be.
    """
    row = _row(listener, rule)
    async with write(db) as connection:
        await _lock(connection, db, listener)
        new = {f"new_{name}": row[name] for name in ("document", "created_at", "expires_at")}
        own = {"of_listener": listener, "of_rule": rule["id"]}
        changed = await connection.execute(_UPDATE, {**own, **new})
        if changed.rowcount > 0:
            return
        await connection.execute(_PRUNE, {"of_listener": listener, "now": now})
        stored = await connection.scalar(_COUNT, {"of_listener": listener})
        if (stored or 0) >= MAX_RULES:
            raise _too_many()
        await connection.execute(_INSERT, row)


@uninterrupted
async def replace_all(db: Database, listener: str, rules: Sequence[TasteRule]) -> None:
    """Store these rules and no others; all of them or nothing.

    Raises:
        InvalidInput: they are more than there may be, or two have one id.
    """
    if len(rules) > MAX_RULES:
        raise _too_many()
    if len({rule["id"] for rule in rules}) < len(rules):
        raise InvalidInput("Two rules have the same id.")
    async with write(db) as connection:
        await _lock(connection, db, listener)
        await connection.execute(_DELETE_ALL, {"of_listener": listener})
        if rules:
            await connection.execute(_INSERT, [_row(listener, rule) for rule in rules])


@uninterrupted
async def delete_rule(db: Database, listener: str, rule_id: str) -> None:
    """Delete one rule.

    Raises:
        NotFound: there is no such rule, or it is another listener's.
    """
    async with write(db) as connection:
        deleted = await connection.execute(_DELETE, {"of_listener": listener, "of_rule": rule_id})
        if deleted.rowcount == 0:
            raise _no_rule()


@uninterrupted
async def delete_all(db: Database, listener: str) -> None:
    """Delete every rule of a listener."""
    async with write(db) as connection:
        await _lock(connection, db, listener)
        await connection.execute(_DELETE_ALL, {"of_listener": listener})


async def _lock(connection: AsyncConnection, db: Database, listener: str) -> None:
    """One change of a listener's rules at a time: two new sets at once would both be kept."""
    if not db.is_sqlite:
        await connection.execute(
            text("SELECT pg_advisory_xact_lock(:lock, hashtext(:listener))"),
            {"lock": _ADVISORY_LOCK, "listener": listener},
        )


def _row(listener: str, rule: TasteRule) -> dict[str, str | datetime | None]:
    return {
        "listener": listener,
        "id": rule["id"],
        "document": to_json(TASTE_RULE, rule),
        "created_at": datetime.fromisoformat(rule["created_at"]),
        "expires_at": datetime.fromisoformat(rule["expires_at"]) if "expires_at" in rule else None,
    }


def _no_rule() -> NotFound:
    return NotFound("There is no such rule.")


def _too_many() -> InvalidInput:
    return InvalidInput(f"There are at most {MAX_RULES} rules: take some out first.")
