"""Everything that a fake Spotify knows, in memory, for tests to set up and to look at."""

import asyncio
import copy
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

from src.fake_spotify.faults import FaultScript
from src.fake_spotify.music import FakeArtist, FakeTrack, fake_id

type TimeRange = Literal["short_term", "medium_term", "long_term"]
# Spotify's own buckets are unpublished: these are invented.
type Bucket = Literal["search", "catalogue", "user", "library", "playlists"]


class SeenRequest(NamedTuple):
    """A call, and the status that was answered; 0 when no answer went out, or not yet."""

    method: str
    path: str
    query: str
    status: int


@dataclass(slots=True)
class FakeUser:
    """An account. Lists hold the latest first; `library` holds URIs that are no tracks."""

    id: str
    display_name: str
    country: str = "DE"
    allow_listed: bool = True
    top_tracks: dict[TimeRange, list[str]] = field(default_factory=dict)
    recent: list[tuple[str, datetime]] = field(default_factory=list)
    saved: list[tuple[str, datetime]] = field(default_factory=list)
    library: set[str] = field(default_factory=set)
    playlists: list[str] = field(default_factory=list)

    @property
    def account_id(self) -> str:
        """Never changes, and is not the id."""
        return f"acc-{fake_id(0, 'account', self.id)}"

    @property
    def uri(self) -> str:
        return f"spotify:user:{self.id}"


@dataclass(frozen=True, slots=True)
class FakeEntry:
    """An entry of a playlist: a track, an episode, a local file, or nothing that is left of one."""

    kind: Literal["track", "episode", "local", "null"]
    uri: str
    added_at: datetime
    added_by: str


@dataclass(slots=True)
class FakePlaylist:
    """A playlist; `snapshots` has a new one at the end for every write."""

    id: str
    owner: str
    name: str
    description: str = ""
    public: bool = True
    collaborative: bool = False
    collaborators: set[str] = field(default_factory=set)
    entries: list[FakeEntry] = field(default_factory=list)
    snapshots: list[str] = field(default_factory=list)
    cover: bytes | None = None

    @property
    def uri(self) -> str:
        return f"spotify:playlist:{self.id}"

    @property
    def uris(self) -> list[str]:
        """The URIs in order."""
        return [entry.uri for entry in self.entries]


@dataclass(slots=True)
class Consent:
    """A user's yes to the app; refresh tokens and access tokens of it die with it."""

    user: str
    scopes: frozenset[str]
    granted_at: datetime
    revoked: bool = False


@dataclass(frozen=True, slots=True)
class PendingCode:
    """An authorisation code that has not been exchanged."""

    consent: Consent
    redirect_uri: str
    challenge: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class AccessGrant:
    """What an access token stands for; `consent` None is the app itself."""

    consent: Consent | None
    expires_at: datetime


@dataclass(slots=True)
class RefreshGrant:
    """What a refresh token stands for. `spent`: rotated away."""

    consent: Consent
    public_client: bool
    spent: bool = False


@dataclass(frozen=True, slots=True)
class AuthorizeRequest:
    """What the consent page was asked for."""

    redirect_uri: str
    scopes: frozenset[str]
    state: str | None
    challenge: str | None


@dataclass(slots=True)
class SignIns:
    """Everything that was handed out by the accounts pages, by its secret."""

    asked: dict[str, AuthorizeRequest] = field(default_factory=dict)
    codes: dict[str, PendingCode] = field(default_factory=dict)
    access: dict[str, AccessGrant] = field(default_factory=dict)
    refresh: dict[str, RefreshGrant] = field(default_factory=dict)


@dataclass(slots=True)
class LateWrite:
    """A call that will be carried out after so many more reads of its subject."""

    subject: str
    reads_left: int
    carry_out: Callable[[], Awaitable[object]]


def system_clock() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True)
class World:
    """A fake Spotify's whole state.

    Attributes:
        client_secret: None: the app has none, and only PKCE works.
        redirect_uris: those registered; one of a loopback address without a port stands for every port.
        tracks, users, playlists: by id; tests may change them at any time.
        auto_consent: id of the user who says yes at once, without a page; `deny`: somebody says no.
        rotation: refresh tokens work once, and each answer holds the next.
        entry_key: how an entry of a playlist names what it holds. `track` is the old spelling.
        list_key: how a playlist names its entries. `tracks` is the old spelling.
        owner_premium: False: the app's owner has no Premium, and every call of the API is refused.
        refresh_days: how long a consent lasts.
        origin: where it is served; links and pages of lists are made from it.
        closing: set when the server goes down, so that no stalled call holds it up.
    """

    tracks: dict[str, FakeTrack]
    users: dict[str, FakeUser]
    playlists: dict[str, FakePlaylist] = field(default_factory=dict)
    client_id: str = "fake-client-id"
    client_secret: str | None = field(default="fake-client-secret", repr=False)
    redirect_uris: tuple[str, ...] = (
        "http://127.0.0.1/v1/spotify/callback",
        "http://[::1]/v1/spotify/callback",
        "http://127.0.0.1/callback",
    )
    auto_consent: str | None = None
    rotation: bool = False
    entry_key: Literal["item", "track"] = "item"
    list_key: Literal["items", "tracks"] = "items"
    owner_premium: bool = True
    seed: int = 1
    access_seconds: int = 3600
    code_seconds: int = 600
    refresh_days: int = 182
    clock: Callable[[], datetime] = system_clock
    origin: str = "http://127.0.0.1:9100"
    requests: list[SeenRequest] = field(default_factory=list)
    faults: FaultScript = field(default_factory=FaultScript)
    exhausted: dict[Bucket, datetime] = field(default_factory=dict)
    late: list[LateWrite] = field(default_factory=list)
    sign_ins: SignIns = field(default_factory=SignIns)
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    made: int = 0
    _start: tuple[dict[str, FakeTrack], dict[str, FakeUser], dict[str, FakePlaylist], int] | None = field(
        default=None, init=False, repr=False
    )

    def keep_as_start(self) -> None:
        """What `reset` goes back to is the state of now."""
        self._start = copy.deepcopy((self.tracks, self.users, self.playlists, self.made))

    def reset(self) -> None:
        """Back to the start: no requests, faults, sign-ins, nor anything that was written."""
        self.requests.clear()
        self.clear_faults()
        self.late.clear()
        self.sign_ins = SignIns()
        if self._start is not None:
            self.tracks, self.users, self.playlists, self.made = copy.deepcopy(self._start)

    def album_tracks(self, album_id: str) -> list[FakeTrack]:
        """The tracks of an album, in order."""
        return [track for track in self.tracks.values() if track.album.id == album_id]

    def artist(self, artist_id: str) -> FakeArtist | None:
        """The artist with this id, who has a track or an album."""
        for track in self.tracks.values():
            for artist in (*track.artists, *track.album.artists):
                if artist.id == artist_id:
                    return artist
        return None

    def clear_faults(self) -> None:
        """No fault any more, and no quota that is used up."""
        self.faults.clear()
        self.exhausted.clear()

    def count(self, method: str, path: str = "") -> int:
        """How many calls of this method were made to paths that begin like this."""
        return sum(seen.method == method and seen.path.startswith(path) for seen in self.requests)

    def fresh(self, kind: str) -> str:
        """A new secret or id, unlike any before it, the same in every run."""
        self.made += 1
        return f"{kind}-{fake_id(self.seed, kind, str(self.made))}"

    def consent_over(self, consent: Consent) -> bool:
        """Whether a consent was taken back or has lasted its time."""
        return consent.revoked or self.clock() >= consent.granted_at + timedelta(days=self.refresh_days)


def touch(playlist: FakePlaylist) -> str:
    """Give the playlist a new snapshot id, and return it."""
    text = "\x1f".join((str(len(playlist.snapshots)), playlist.id, playlist.name, *playlist.uris))
    playlist.snapshots.append(f"AAAA{hashlib.sha256(text.encode()).hexdigest()[:28]}")
    return playlist.snapshots[-1]


def add_playlist(
    world: World,
    owner: str,
    name: str,
    uris: Sequence[str] = (),
    *,
    public: bool = False,
    description: str = "",
    collaborative: bool = False,
) -> FakePlaylist:
    """A new playlist of a user, who then follows it; it is the first of the user's list."""
    playlist_id = world.fresh("playlist").removeprefix("playlist-")
    entries = [entry_of(world, uri, owner) for uri in uris]
    playlist = FakePlaylist(playlist_id, owner, name, description, public, collaborative, entries=entries)
    touch(playlist)
    world.playlists[playlist_id] = playlist
    world.users[owner].playlists.insert(0, playlist_id)
    return playlist


def entry_of(world: World, uri: str, added_by: str = "") -> FakeEntry:
    """An entry for a URI; an empty one is an entry that has lost its track."""
    kind: Literal["track", "episode", "local", "null"]
    match uri.split(":")[:2]:
        case ["spotify", "track"]:
            kind = "track"
        case ["spotify", "episode"]:
            kind = "episode"
        case ["spotify", "local"]:
            kind = "local"
        case _:
            kind = "null"
    return FakeEntry(kind, uri, world.clock(), added_by)
