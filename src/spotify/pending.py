"""Sign-ins that are under way: each is read once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from src.spotify.app import SpotifyApp
from src.storage.database import uninterrupted, write
from src.storage.tables import spotify_sign_ins

# Of one listener; a further one takes the place of the oldest.
MAX_PENDING = 5

_OF_STATE = spotify_sign_ins.c.state_hash == bindparam("of_state")
_INSERT = insert(spotify_sign_ins)
_TAKE = delete(spotify_sign_ins).where(_OF_STATE).returning(*spotify_sign_ins.c)
_PURGE = delete(spotify_sign_ins).where(
    spotify_sign_ins.c.expires_at <= bindparam("now", type_=spotify_sign_ins.c.expires_at.type)
)
_NEWEST = (
    select(spotify_sign_ins.c.state_hash)
    .where(spotify_sign_ins.c.listener == bindparam("of_listener"))
    .order_by(spotify_sign_ins.c.expires_at.desc(), spotify_sign_ins.c.state_hash)
    .limit(MAX_PENDING - 1)
)
_MAKE_ROOM = delete(spotify_sign_ins).where(
    (spotify_sign_ins.c.listener == bindparam("of_listener")) & spotify_sign_ins.c.state_hash.not_in(_NEWEST)
)


@dataclass(frozen=True, slots=True)
class PendingSignIn:
    """A sign-in as it is stored; the state itself is known to the browser alone."""

    state_hash: str
    listener: str
    sealed: str
    expires_at: datetime


@uninterrupted
async def put_pending(app: SpotifyApp, sign_in: PendingSignIn) -> None:
    """Store a sign-in; of the listener's others the newest stay, and what has expired goes."""
    row = {
        "state_hash": sign_in.state_hash,
        "listener": sign_in.listener,
        "sealed": sign_in.sealed,
        "expires_at": sign_in.expires_at,
    }
    async with write(app.database) as connection:
        await connection.execute(_PURGE, {"now": app.now()})
        await connection.execute(_MAKE_ROOM, {"of_listener": sign_in.listener})
        await connection.execute(_INSERT, row)


@uninterrupted
async def take_pending(app: SpotifyApp, state_hash: str) -> PendingSignIn | None:
    """The sign-in, which is gone from then on; None when there is none."""
    async with write(app.database) as connection:
        row = (await connection.execute(_TAKE, {"of_state": state_hash})).one_or_none()
    if row is None:
        return None
    return PendingSignIn(row.state_hash, row.listener, row.sealed, row.expires_at)


@uninterrupted
async def purge_pending(app: SpotifyApp) -> None:
    """Delete what has expired."""
    async with write(app.database) as connection:
        await connection.execute(_PURGE, {"now": app.now()})
