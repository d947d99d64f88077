"""The user: profile, listening and library."""

from datetime import UTC, datetime
from typing import Annotated, Final, get_args

from fastapi import APIRouter, Query, Response

from src.fake_spotify.catalogue import Market, market_for
from src.fake_spotify.models.answers import Me, Page, PlayedPage, SavedTrack, Track
from src.fake_spotify.music import is_id, split_uri
from src.fake_spotify.paging import Number, PartOf, page_of, read_limit
from src.fake_spotify.problems import ApiProblem
from src.fake_spotify.rendering import iso, show_me, show_track
from src.fake_spotify.tokens import Visitor, VisitorOf, WorldOf
from src.fake_spotify.world import FakeUser, TimeRange, World

router = APIRouter(prefix="/v1/me")

# Spotify remembers no more.
_WINDOW: Final = 50

_RANGES: Final[tuple[TimeRange, ...]] = get_args(TimeRange.__value__)


@router.get("")
async def read_me(world: WorldOf, visitor: VisitorOf) -> Me:
    """Whose token it is."""
    return show_me(world, visitor.user)


@router.get("/top/tracks")
async def read_top_tracks(
    world: WorldOf, visitor: VisitorOf, part: PartOf, time_range: Annotated[str, Query()] = "medium_term"
) -> Page[Track]:
    """What they heard most."""
    user = visitor.needs("user-top-read")
    ids = user.top_tracks.get(_range(time_range), [])
    tracks = [world.tracks[track_id] for track_id in ids if track_id in world.tracks]
    url = f"{world.origin}/v1/me/top/tracks"
    return page_of(tracks, part, lambda track: show_track(world, track), url, {"time_range": time_range})


@router.get("/player/recently-played")
async def read_recently_played(
    world: WorldOf,
    visitor: VisitorOf,
    limit: Number = None,
    after: Annotated[str | None, Query()] = None,
    before: Annotated[str | None, Query()] = None,
) -> PlayedPage:
    """What they heard last, the latest first."""
    user = visitor.needs("user-read-recently-played")
    most = read_limit(limit, default=20, most=50)
    if after is not None and before is not None:
        raise ApiProblem(400, "Only one of after and before can be given")
    earliest = None if after is None else _moment(after)
    latest = None if before is None else _moment(before)
    played = [
        (track_id, moment)
        for track_id, moment in user.recent[:_WINDOW]
        if track_id in world.tracks
        and (earliest is None or moment > earliest)
        and (latest is None or moment < latest)
    ]
    part = played[:most]
    url = f"{world.origin}/v1/me/player/recently-played?limit={most}"
    answer: PlayedPage = {
        "href": url,
        "limit": most,
        "next": None,
        "cursors": None,
        "total": len(played),
        "items": [
            {
                "track": show_track(world, world.tracks[track_id]),
                "played_at": moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "context": None,
            }
            for track_id, moment in part
        ],
    }
    if part:
        first, last = _milliseconds(part[0][1]), _milliseconds(part[-1][1])
        answer["cursors"] = {"after": first, "before": last}
        if len(part) < len(played):
            answer["next"] = f"{url}&before={last}"
    return answer


def _range(text: str) -> TimeRange:
    for time_range in _RANGES:
        if time_range == text:
            return time_range
    raise ApiProblem(400, "Invalid time range")


def _moment(milliseconds: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise ApiProblem(400, "Invalid cursor") from None


def _milliseconds(moment: datetime) -> str:
    return str(int(moment.timestamp() * 1000))


Uris = Annotated[str | None, Query()]

_MOST: Final = 40
# The scope for changing, and the one for asking.
_SCOPES: Final = {
    **dict.fromkeys(
        ("track", "album", "episode", "show", "audiobook"), ("user-library-modify", "user-library-read")
    ),
    **dict.fromkeys(("user", "artist"), ("user-follow-modify", "user-follow-read")),
    "playlist": ("playlist-modify-public", "playlist-read-private"),
}


@router.get("/tracks")
async def read_saved(
    world: WorldOf, visitor: VisitorOf, part: PartOf, market: Market = None
) -> Page[SavedTrack]:
    """The saved tracks, the latest first."""
    user = visitor.needs("user-library-read")
    country = market_for(visitor, market)

    def show(saved: tuple[str, str]) -> SavedTrack:
        track_id, added_at = saved
        return {"added_at": added_at, "track": show_track(world, world.tracks[track_id], country)}

    kept = [(track_id, iso(added)) for track_id, added in user.saved if track_id in world.tracks]
    return page_of(kept, part, show, f"{world.origin}/v1/me/tracks")


@router.put("/library")
async def add(world: WorldOf, visitor: VisitorOf, uris: Uris = None) -> Response:
    """Put things into the library; a playlist is followed."""
    pairs = _read(visitor, uris, change=True)
    for kind, thing_id in pairs:
        _check_there(world, kind, thing_id)
    for kind, thing_id in pairs:
        _add(world, visitor.user, kind, thing_id)
    return Response(status_code=200)


@router.delete("/library")
async def remove(visitor: VisitorOf, uris: Uris = None) -> Response:
    """Take things out of the library; a playlist is no longer followed, and there is no other deletion."""
    for kind, thing_id in _read(visitor, uris, change=True):
        _remove(visitor.user, kind, thing_id)
    return Response(status_code=200)


@router.get("/library/contains")
async def contains(visitor: VisitorOf, uris: Uris = None) -> list[bool]:
    """Whether each of the things is in the library, in the order asked."""
    pairs = _read(visitor, uris, change=False)
    return [_has(visitor.user, kind, thing_id) for kind, thing_id in pairs]


def _read(visitor: Visitor, uris: str | None, *, change: bool) -> list[tuple[str, str]]:
    """(kind, id) of each URI of the query; a body is not looked at."""
    if not uris:
        raise ApiProblem(400, "Missing required field: uris")
    texts = uris.split(",")
    if len(texts) > _MOST:
        raise ApiProblem(400, f"Too many uris requested, at most {_MOST}")
    pairs = []
    for text in texts:
        pair = split_uri(text)
        if pair is None or pair[0] not in _SCOPES or not (pair[0] == "user" or is_id(pair[1])):
            raise ApiProblem(400, "Invalid uri")
        if change and pair[0] == "artist":
            raise ApiProblem(400, "Invalid uri type")
        pairs.append(pair)
    visitor.needs(*{_SCOPES[kind][0 if change else 1] for kind, _ in pairs})
    return pairs


def _check_there(world: World, kind: str, thing_id: str) -> None:
    known = {"track": world.tracks.keys(), "playlist": world.playlists.keys(), "user": world.users.keys()}
    there = world.album_tracks(thing_id) if kind == "album" else kind not in known or thing_id in known[kind]
    if not there:
        raise ApiProblem(400, "Payload contains a non-existing ID")


def _has(user: FakeUser, kind: str, thing_id: str) -> bool:
    match kind:
        case "track":
            return any(track_id == thing_id for track_id, _ in user.saved)
        case "playlist":
            return thing_id in user.playlists
        case _:
            return f"spotify:{kind}:{thing_id}" in user.library


def _add(world: World, user: FakeUser, kind: str, thing_id: str) -> None:
    if _has(user, kind, thing_id):
        return
    match kind:
        case "track":
            user.saved.insert(0, (thing_id, world.clock()))
        case "playlist":
            user.playlists.insert(0, thing_id)
        case _:
            user.library.add(f"spotify:{kind}:{thing_id}")


def _remove(user: FakeUser, kind: str, thing_id: str) -> None:
    match kind:
        case "track":
            user.saved = [saved for saved in user.saved if saved[0] != thing_id]
        case "playlist":
            user.playlists = [playlist_id for playlist_id in user.playlists if playlist_id != thing_id]
        case _:
            user.library.discard(f"spotify:{kind}:{thing_id}")
