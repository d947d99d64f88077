"""Nothing secret leaves this process but to Spotify and to the browser."""

import base64
import hashlib
import io
import secrets

import httpx
from loguru import logger
from sqlalchemy import select

from src.errors import DomainError
from src.spotify.auth.accounts import load_account
from src.spotify.auth.sign_in import begin_sign_in, finish_sign_in
from src.spotify.auth.tokens import access_token
from src.storage.database import read
from src.storage.tables import metadata
from src.telemetry.logging import configure_logging
from tests.spotify.sign_in_fixtures import (
    CLIENT_SECRET,
    KEYS,
    accounts,
    app,
    clock,
    configured,
    database,
    dsn,
    on_both_engines,
    refused,
    state_of,
)

__all__ = ["accounts", "app", "clock", "database", "dsn"]


@on_both_engines
async def test_nothing_secret_is_logged_told_or_stored_in_clear(app, accounts, clock, monkeypatch):
    """Every way that a sign-in and a renewal can go; each secret bears a mark, or is drawn here and noted."""
    drawn: list[str] = []
    draw = secrets.token_urlsafe

    def noted(size: int) -> str:
        drawn.append(draw(size))
        return drawn[-1]

    monkeypatch.setattr(secrets, "token_urlsafe", noted)
    app = configured(app, client_secret=CLIENT_SECRET)
    lines, told, stored = io.StringIO(), [], []
    configure_logging("DEBUG", sink=lines)
    try:
        for change in (
            {},
            {"error": "planted-error"},
            {"code": "planted-code-bad"},
            {"cookie": "planted-cookie"},
            {"state": "planted-state"},
        ):
            sign_in = await begin_sign_in(app, "local", taste=True)
            stored.append(await _everything(app))
            try:
                told.append(repr(await _finish(app, sign_in, change)))
            except DomainError as error:
                logger.opt(exception=error).error("failed")
                told.append(repr(error))
            told.append(repr(sign_in) + repr(await load_account(app, "local")) + repr(app))
            stored.append(await _everything(app))
        for answer in (
            None,
            httpx.ReadTimeout("planted-timeout"),
            httpx.Response(200, text="<html>planted</html>"),
            refused("invalid_client"),
            refused("invalid_grant"),
        ):
            clock.forward(hours=2)
            accounts.next_answers = [answer] if answer is not None else []
            try:
                await access_token(app, "local")
            except DomainError as error:
                logger.opt(exception=error).error("failed")
                told.append(repr(error))
            stored.append(await _everything(app))
    finally:
        logger.remove()
    assert '"level":"ERROR"' in lines.getvalue()
    assert len(drawn) == 15
    for text in (lines.getvalue(), *told, *stored):
        for secret in ("planted", *KEYS, *drawn, *map(_digest, drawn)):
            assert secret not in text


async def _everything(app) -> str:
    async with read(app.database) as connection:
        rows = [(await connection.execute(select(table))).all() for table in metadata.sorted_tables]
    assert rows
    return repr(rows)


async def _finish(app, sign_in, change):
    parts = {"state": state_of(sign_in), "code": "planted-code-1", "error": None, "cookie": sign_in.cookie}
    return await finish_sign_in(app, **(parts | change))


def _digest(text: str) -> str:
    """The PKCE challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")
