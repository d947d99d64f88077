"""Encryption of stored secrets (Fernet): the first key encrypts, every key decrypts."""

from collections.abc import Awaitable, Callable, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from loguru import logger

from src.errors import InvalidInput, StorageUnavailable
from src.retries import backoff_s
from src.spotify.app import SpotifyApp
from src.spotify.errors import SignInNeeded, SpotifyNotConfigured


def new_key() -> str:
    """A new random key, 32 bytes in URL-safe base 64."""
    return Fernet.generate_key().decode()


def check_keys(keys: Sequence[str]) -> None:
    """Make sure that each can seal.

    Raises:
        InvalidInput: a key is none; the message names the variable and the position.
    """
    for number, key in enumerate(keys, 1):
        _fernet(key, number)


def require_keys(keys: Sequence[str]) -> None:
    """Make sure that there is one.

    Raises:
        SpotifyNotConfigured: there is none.
    """
    if not keys:
        raise SpotifyNotConfigured(
            "SPOTIFY_TOKEN_KEYS is not set, so no account can be connected; "
            "make a key with `segue spotify key`."
        )


def encrypt(keys: Sequence[str], text: str) -> str:
    """The text sealed by the first key.

    Raises:
        SpotifyNotConfigured: there is no key.
        InvalidInput: a key is none.
    """
    return _cipher(keys).encrypt(text.encode()).decode()


def decrypt(keys: Sequence[str], text: str) -> str:
    """The text that `seal` was given.

    Raises:
        SignInNeeded: no key opens it: the key was taken away, or the text was changed.
        SpotifyNotConfigured: there is no key.
        InvalidInput: a key is none.
    """
    try:
        return _cipher(keys).decrypt(text.encode()).decode()
    except InvalidToken:
        raise unreadable() from None


def encrypt_again(keys: Sequence[str], text: str) -> str:
    """The same sealed by the first key; a text that it opens already stays as it is.

    Raises:
        As `unseal`.
    """
    try:
        decrypt(keys[:1], text)
    except SignInNeeded:
        return encrypt(keys, decrypt(keys, text))
    return text


def unreadable() -> SignInNeeded:
    """What is told of a sealed text that no key opens."""
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


STORE_ATTEMPTS = 5


async def store_insisting[T](app: SpotifyApp, store: Callable[[], Awaitable[T]]) -> T:
    """Store, and try again while the database does not answer, at most 5 times in all.

    Raises:
        StorageUnavailable: it did not answer in the end.
    """
    for attempt in range(1, STORE_ATTEMPTS):
        try:
            return await store()
        except StorageUnavailable:
            logger.warning("spotify tokens not stored yet", attempt=attempt)
            await app.sleep(backoff_s(attempt, app.chance()))
    return await store()
