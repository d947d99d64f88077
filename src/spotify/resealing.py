"""Sealing everything stored by the first key, so that the others can be taken away."""

from loguru import logger
from sqlalchemy import bindparam, select, update

from src.spotify.app import SpotifyApp
from src.spotify.errors import SignInNeeded
from src.spotify.sealing import reseal
from src.storage.database import read, uninterrupted, write
from src.storage.tables import spotify_accounts, spotify_sign_ins

_ACCOUNTS = select(spotify_accounts.c.listener, spotify_accounts.c.sealed)
_SIGN_INS = select(spotify_sign_ins.c.state_hash, spotify_sign_ins.c.sealed)
# Where the text is still the one that was read: tokens that were renewed meanwhile stay.
_RESEAL_ACCOUNT = (
    update(spotify_accounts)
    .where(
        (spotify_accounts.c.listener == bindparam("of_row"))
        & (spotify_accounts.c.sealed == bindparam("of_sealed"))
    )
    .values(sealed=bindparam("new_sealed"))
)
_RESEAL_SIGN_IN = (
    update(spotify_sign_ins)
    .where(
        (spotify_sign_ins.c.state_hash == bindparam("of_row"))
        & (spotify_sign_ins.c.sealed == bindparam("of_sealed"))
    )
    .values(sealed=bindparam("new_sealed"))
)


@uninterrupted
async def reseal_all(app: SpotifyApp) -> None:
    """Seal every account and sign-in by the first key; what no key opens stays as it is.

    Raises:
        InvalidInput: a key is none.
    """
    keys = app.config.token_keys
    if not keys:
        return
    for rows_of, change in ((_ACCOUNTS, _RESEAL_ACCOUNT), (_SIGN_INS, _RESEAL_SIGN_IN)):
        async with read(app.database) as connection:
            rows = (await connection.execute(rows_of)).all()
        changes, unreadable = [], 0
        for row, sealed in rows:
            try:
                resealed = reseal(keys, sealed)
            except SignInNeeded:
                unreadable += 1
                continue
            if resealed != sealed:
                changes.append({"of_row": row, "of_sealed": sealed, "new_sealed": resealed})
        if changes:
            async with write(app.database) as connection:
                await connection.execute(change, changes)
            logger.info("spotify secrets sealed by the first key", rows=len(changes))
        if unreadable:
            logger.warning("no key opens these spotify secrets", rows=unreadable)
