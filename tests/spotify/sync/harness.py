"""A listener with an account at the fake Spotify, and a clock that moves when somebody waits."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx

from src.catalogue.models.track import Track
from src.catalogue.names import song_key
from src.fake_spotify.app import serve_fake
from src.fake_spotify.models.answers import TrackRow
from src.fake_spotify.music import FakeTrack, tracks_from_rows
from src.fake_spotify.world import AccessGrant, Consent, FakePlaylist, FakeUser, RefreshGrant, World
from src.spotify.app import SpotifyApp, SpotifyConfig
from src.spotify.auth.accounts import delete_listener, store_connected
from src.spotify.auth.encryption import new_key
from src.spotify.matching.cache import store_links
from src.spotify.matching.models.link import Link
from src.spotify.models.account import Account
from src.spotify.sync.order import SaveItem, SaveOrder
from src.storage.database import Database

LISTENER = "ann"
USER = "ann-at-spotify"
SCOPES = ("playlist-read-private", "playlist-modify-private", "playlist-modify-public")
# Stalls last so long in real time; the machine may be busy with other tests.
TIMEOUT_S = 2.0
_KEY = new_key()


class Crash(BaseException):
    """The process ends here: nothing after it is carried out."""


@dataclass
class Clock:
    """Time that passes when somebody sleeps."""

    now: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)

    def move(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class Wire:
    """Counts the calls of the API; `before` and `after` each, by its number, something may happen."""

    calls: int = 0
    before: dict[int, Callable[[], None]] = field(default_factory=dict)
    after: dict[int, Callable[[], None]] = field(default_factory=dict)

    async def sending(self, request: httpx.Request) -> None:
        if request.url.path.startswith("/v1/"):
            self.calls += 1
            self.before.get(self.calls, _nothing)()

    async def answered(self, response: httpx.Response) -> None:
        if response.request.url.path.startswith("/v1/"):
            self.after.get(self.calls, _nothing)()

    def clear(self) -> None:
        self.calls = 0
        self.before.clear()
        self.after.clear()


def _nothing() -> None:
    pass


def crash() -> None:
    """End the process."""
    raise Crash


@dataclass
class Scene:
    """The fake, the app that calls it, and the catalogue's tracks that it has."""

    world: World
    app: SpotifyApp
    clock: Clock
    tracks: list[Track]
    there: list[FakeTrack]
    wire: Wire

    def order(self, count: int | Sequence[SaveItem] = 20, **changes) -> SaveOrder:
        """An order of the first tracks, or of these."""
        items = self.tracks[:count] if isinstance(count, int) else list(count)
        order = SaveOrder(
            listener=LISTENER, key="key-1", request_hash="hash-1", name="Rainy Sunday", items=items
        )
        return replace(order, **changes)

    def uris(self, count: int) -> list[str]:
        """URIs of the first tracks."""
        return [track.uri for track in self.there[:count]]

    @property
    def own(self) -> list[FakePlaylist]:
        """The playlists in the listener's library."""
        return [self.world.playlists[id_] for id_ in self.world.users[USER].playlists]

    def calls(self, method: str = "") -> list[str]:
        """Calls of the API that the fake has seen, as `GET /path`."""
        seen = [call for call in self.world.requests if call.path.startswith("/v1/")]
        return [f"{call.method} {call.path}" for call in seen if call.method == method or not method]

    async def warm(self, count: int) -> None:
        """As if the first tracks had been looked up before."""
        links: list[Link] = [
            {
                "track_id": track["id"],
                "status": "resolved",
                "uri": there.uri,
                "method": "isrc",
                "confidence": 1.0,
                "detail": "",
            }
            for track, there in zip(self.tracks[:count], self.there[:count], strict=True)
        ]
        app = self.app
        await store_links(app.database, links, app.config.market, app.now(), app.config.link_days)

    async def sign_in(self, scopes: Sequence[str] = SCOPES) -> None:
        """Connect the account anew."""
        now = self.clock.now
        consent = Consent(USER, frozenset(scopes), now)
        access, refresh = self.world.fresh("access"), self.world.fresh("refresh")
        expires_at = now + timedelta(days=2)
        self.world.sign_ins.access[access] = AccessGrant(consent, expires_at)
        self.world.sign_ins.refresh[refresh] = RefreshGrant(consent, public_client=True)
        await store_connected(
            self.app,
            Account(
                listener=LISTENER,
                sign_in_id=refresh,
                account_id=self.world.users[USER].account_id,
                user_id=USER,
                scopes=tuple(scopes),
                access_token=access,
                access_expires_at=expires_at,
                refresh_token=refresh,
                authorized_at=now,
            ),
        )

    async def fresh(self) -> None:
        """Another listener's life: nothing at Spotify, nothing stored."""
        self.world.reset()
        self.wire.clear()
        await delete_listener(self.app, LISTENER)
        await self.sign_in()


@asynccontextmanager
async def opened_scene(db: Database, count: int, **settings) -> AsyncIterator[Scene]:
    """A scene with so many tracks in the catalogue and at Spotify."""
    rows: list[TrackRow] = [
        {
            "title": f"Song {number:03} of {_word(number)}",
            "artists": [f"Band {_word(number * 7)}"],
            "isrc": f"QZFKE26{number:05}",
            "duration_ms": 180_000 + number * 10,
            "year": 2001,
        }
        for number in range(count)
    ]
    there = tracks_from_rows(rows)
    clock = Clock()
    world = World(
        tracks={track.id: track for track in there}, users={USER: FakeUser(USER, "Ann")}, clock=clock
    )
    world.keep_as_start()
    wire = Wire()
    async with (
        serve_fake(world) as address,
        httpx.AsyncClient(
            timeout=TIMEOUT_S, event_hooks={"request": [wire.sending], "response": [wire.answered]}
        ) as http,
    ):
        # The first call of all builds the routes.
        await http.get(f"{address}/v1/me", timeout=10)
        world.requests.clear()
        wire.clear()
        app = opened_app(address, http, db, clock, **settings)
        scene = Scene(world, app, clock, [_record(row) for row in rows], there, wire)
        await scene.sign_in()
        yield scene


def opened_app(address: str, http: httpx.AsyncClient, db: Database, clock: Clock, **settings) -> SpotifyApp:
    """A client of the fake, as another process would open it."""
    numbers = itertools.count(1)
    config = SpotifyConfig(
        client_id="fake-client-id",
        client_secret=None,
        redirect_uri="http://127.0.0.1/callback",
        token_keys=(_KEY,),
        market="DE",
        api_url=f"{address}/v1",
        accounts_url=address,
        open_url=address,
        timeout_s=TIMEOUT_S,
        attempts=2,
        retry_after_max_s=5.0,
        calls_per_turn=8,
        calls_per_day=dict.fromkeys(
            (
                "search",
                "catalogue",
                "user",
                "library",
                "playlist_reads",
                "playlist_writes",
            ),
            1_000_000,
        ),
        sign_in_minutes=10,
        link_days=7,
        undo_days=7,
        save_max_tracks=500,
        text_to_model=False,
    )
    return SpotifyApp(
        config=replace(config, **settings),
        http=http,
        database=db,
        now=clock,
        sleep=clock.sleep,
        chance=lambda: 0.5,
        new_id=lambda: f"id-{clock.now:%H%M%S%f}-{next(numbers)}",
    )


def another_process(app: SpotifyApp) -> SpotifyApp:
    """The same service in another process: nothing but the database is shared."""
    return SpotifyApp(
        config=app.config,
        http=app.http,
        database=app.database,
        now=app.now,
        sleep=app.sleep,
        chance=app.chance,
        new_id=lambda: f"{app.new_id()}-other",
    )


def _record(row: TrackRow) -> Track:
    return {
        "id": f"track-{row['isrc']}",
        "title": row["title"],
        "artists": row["artists"],
        "genres": [],
        "moods": [],
        "tags": [],
        "duration_ms": row["duration_ms"],
        "isrc": row["isrc"],
        "song_key": song_key(row["title"], row["artists"]),
        "versions": [],
        "source": "test",
        "licence": "CC0-1.0",
    }


def _word(number: int) -> str:
    """A word of its own for each number."""
    letters = "bdfgklmnprstvz"
    first, rest = divmod(number, len(letters))
    return (
        f"{letters[rest]}o{letters[first % len(letters)]}a{letters[(first // len(letters)) % len(letters)]}e"
    )
