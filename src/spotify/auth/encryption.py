"""Encryption of stored secrets (Fernet): the first key encrypts, every key decrypts."""

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from loguru import logger
from sqlalchemy import bindparam, select, update

from src.errors import InvalidInput
from src.spotify.app import SpotifyApp
from src.spotify.errors import SignInNeeded, SpotifyNotConfigured
from src.storage.database import read, uninterrupted, write
from src.storage.tables import spotify_accounts, spotify_sign_ins


def new_key() -> str:
    """A new random key, 32 bytes in URL-safe base 64."""
    return Fernet.generate_key().decode()


def check_keys(keys: Sequence[str]) -> None:
    """Make sure that each key is well formed; the error names the variable and the position."""
    for number, key in enumerate(keys, 1):
        _fernet(key, number)


def require_keys(keys: Sequence[str]) -> None:
    """Make sure that there is a key; without one the service is `SpotifyNotConfigured`."""
    if not keys:
        raise SpotifyNotConfigured(
            "SPOTIFY_TOKEN_KEYS is not set, so no account can be connected; "
            "make a key with `segue spotify key`."
        )


def encrypt(keys: Sequence[str], text: str) -> str:
    """The text, encrypted with the first key."""
    return _cipher(keys).encrypt(text.encode()).decode()


def decrypt(keys: Sequence[str], text: str) -> str:
    """The plain text; `SignInNeeded` when no key decrypts it, or it was changed."""
    try:
        return _cipher(keys).decrypt(text.encode()).decode()
    except InvalidToken:
        raise unreadable() from None


def encrypt_again(keys: Sequence[str], text: str) -> str:
    """The text encrypted with the first key; one that this key decrypts already stays as it is."""
    try:
        decrypt(keys[:1], text)
    except SignInNeeded:
        return encrypt(keys, decrypt(keys, text))
    return text


def unreadable() -> SignInNeeded:
    """The error of an encrypted text that no key decrypts."""
    return SignInNeeded(
        "The stored sign-in to Spotify cannot be opened with the keys of this service: sign in again."
    )


def _cipher(keys: Sequence[str]) -> MultiFernet:
    require_keys(keys)
    return MultiFernet([_fernet(key, number) for number, key in enumerate(keys, 1)])


def _fernet(key: str, number: int) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        raise InvalidInput(
            f"SPOTIFY_TOKEN_KEYS: number {number} is no key; make one with `segue spotify key`."
        ) from None


_ENCRYPTED = (
    (spotify_accounts, spotify_accounts.c.listener),
    (spotify_sign_ins, spotify_sign_ins.c.state_hash),
)


@uninterrupted
async def reencrypt_all(app: SpotifyApp) -> None:
    """Encrypt every account and sign-in with the first key; what no key decrypts stays as it is."""
    keys = app.config.token_keys
    if not keys:
        return
    for table, key in _ENCRYPTED:
        async with read(app.database) as connection:
            rows = (await connection.execute(select(key, table.c.sealed))).all()
        changes, unreadable = [], 0
        for row, old in rows:
            try:
                new = encrypt_again(keys, old)
            except SignInNeeded:
                unreadable += 1
                continue
            if new != old:
                changes.append({"of_row": row, "of_sealed": old, "new_sealed": new})
        if changes:
            # Where the text is still the one that was read: tokens renewed meanwhile stay.
            is_unchanged = (key == bindparam("of_row")) & (table.c.sealed == bindparam("of_sealed"))
            change = update(table).where(is_unchanged).values(sealed=bindparam("new_sealed"))
            async with write(app.database) as connection:
                await connection.execute(change, changes)
            logger.info("spotify secrets encrypted with the first key", rows=len(changes))
        if unreadable:
            logger.warning("no key decrypts these spotify secrets", rows=unreadable)
