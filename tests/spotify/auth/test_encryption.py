"""Encryption: every key decrypts what the first one encrypts, and nothing else does."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select, update

from src.errors import InvalidInput
from src.spotify.auth.accounts import load_account, store_connected
from src.spotify.auth.encryption import check_keys, decrypt, encrypt, encrypt_again, new_key, reencrypt_all
from src.spotify.auth.sign_in import begin_sign_in, finish_sign_in
from src.spotify.errors import SignInFailed, SignInNeeded, SpotifyNotConfigured
from src.storage.database import read, write
from src.storage.tables import spotify_accounts, spotify_sign_ins
from tests.spotify.sign_in_fixtures import (
    KEYS,
    account,
    accounts,
    app,
    clock,
    configured,
    connected,
    database,
    dsn,
    on_both_engines,
    state_of,
)

__all__ = ["accounts", "app", "clock", "connected", "database", "dsn"]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=8))
def test_decrypt_returns_the_text_which_the_encrypted_one_does_not_show(text):
    encrypted = encrypt(KEYS, text)
    assert text not in encrypted
    assert decrypt(KEYS, encrypted) == text


def test_encrypt_uses_the_first_key_and_every_key_decrypts():
    old, new = new_key(), new_key()
    assert decrypt([new, old], encrypt([old], "text")) == "text"
    assert decrypt([new], encrypt([new, old], "text")) == "text"


def test_decrypt_when_no_key_fits_asks_to_sign_in():
    with pytest.raises(SignInNeeded, match="sign in again"):
        decrypt([new_key()], encrypt(KEYS, "text"))


@given(st.text())
@example("gAAAA")
def test_decrypt_when_the_text_is_not_encrypted_asks_to_sign_in(text):
    with pytest.raises(SignInNeeded):
        decrypt(KEYS, text)


def test_encrypt_when_there_is_no_key_names_the_variable_and_the_command():
    with pytest.raises(SpotifyNotConfigured, match=r"SPOTIFY_TOKEN_KEYS.*segue spotify key"):
        encrypt((), "text")


@given(st.text().filter(lambda key: len(key) != 44))
@example("planted-key")
@example("é" * 44)
@example(f"{KEYS[0][:-2]}")
def test_check_keys_when_one_is_none_names_its_place_and_never_its_value(key):
    with pytest.raises(InvalidInput, match="SPOTIFY_TOKEN_KEYS: number 2") as raised:
        check_keys([KEYS[0], key])
    assert len(key) < 8 or key not in raised.value.message


def test_encrypt_again_leaves_what_the_first_key_opens():
    old, new = new_key(), new_key()
    encrypted = encrypt([new], "text")
    assert encrypt_again([new, old], encrypted) == encrypted
    assert decrypt([new], encrypt_again([new, old], encrypt([old], "text"))) == "text"


@on_both_engines
async def test_reencrypt_all_makes_the_old_key_dispensable(app, accounts, connected):
    sign_in = await begin_sign_in(app, "bob", taste=False)
    new = new_key()
    await reencrypt_all(configured(app, token_keys=(new, *KEYS)))
    rotated = configured(app, token_keys=(new,))
    assert await load_account(rotated, "local") == connected
    status = await finish_sign_in(
        rotated, state=state_of(sign_in), code="planted-code-1", error=None, cookie=sign_in.cookie
    )
    assert status["connected"]


async def test_reencrypt_all_leaves_what_no_key_opens_and_loses_no_other(app, connected):
    await store_connected(app, account("alice"))
    async with write(app.database) as connection:
        await connection.execute(
            update(spotify_accounts).where(spotify_accounts.c.listener == "alice").values(sealed="torn")
        )
    new = new_key()
    await reencrypt_all(configured(app, token_keys=(new, *KEYS)))
    assert await load_account(configured(app, token_keys=(new,)), "local") == connected
    assert await load_account(app, "alice") is None
    async with read(app.database) as connection:
        sealed = await connection.scalars(select(spotify_accounts.c.sealed))
    assert "torn" in sealed.all()


async def test_reencrypt_all_without_keys_touches_nothing(app, connected):
    await reencrypt_all(configured(app, token_keys=()))
    assert await load_account(app, "local") == connected


async def test_finish_when_the_key_is_gone_starts_again(app, accounts):
    sign_in = await begin_sign_in(app, "local", taste=False)
    with pytest.raises(SignInFailed, match="start again"):
        await finish_sign_in(
            configured(app, token_keys=(new_key(),)),
            state=state_of(sign_in),
            code="planted-code-1",
            error=None,
            cookie=sign_in.cookie,
        )
    async with read(app.database) as connection:
        assert (await connection.execute(select(spotify_sign_ins))).all() == []


async def test_load_account_when_its_key_is_gone_is_none_until_the_key_is_back(app, connected):
    assert await load_account(configured(app, token_keys=(new_key(),)), "local") is None
    assert await load_account(configured(app, token_keys=()), "local") is None
    assert await load_account(app, "local") == replace(connected)
