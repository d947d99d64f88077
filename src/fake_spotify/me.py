"""The user's own: who they are, what they hear most, what they heard last."""

from datetime import UTC, datetime
from typing import Annotated, Final, get_args

from fastapi import APIRouter, Query

from src.fake_spotify.access import VisitorOf, WorldOf
from src.fake_spotify.models.answers import Artist, Me, Page, PlayedPage, Track
from src.fake_spotify.paging import Number, page_of, read_limit, read_part
from src.fake_spotify.problems import ApiProblem
from src.fake_spotify.rendering import show_artist, show_me, show_track
from src.fake_spotify.world import TimeRange

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
    world: WorldOf,
    visitor: VisitorOf,
    time_range: Annotated[str, Query()] = "medium_term",
    limit: Number = None,
    offset: Number = None,
) -> Page[Track]:
    """What they heard most."""
    user = visitor.needs("user-top-read")
    part = read_part(limit, offset, default=20, most=50)
    ids = user.top_tracks.get(_range(time_range), [])
    tracks = [world.tracks[track_id] for track_id in ids if track_id in world.tracks]
    url = f"{world.origin}/v1/me/top/tracks"
    return page_of(tracks, part, lambda track: show_track(world, track), url, {"time_range": time_range})


@router.get("/top/artists")
async def read_top_artists(
    world: WorldOf,
    visitor: VisitorOf,
    time_range: Annotated[str, Query()] = "medium_term",
    limit: Number = None,
    offset: Number = None,
) -> Page[Artist]:
    """Whom they heard most."""
    user = visitor.needs("user-top-read")
    part = read_part(limit, offset, default=20, most=50)
    found = [world.artist(artist_id) for artist_id in user.top_artists.get(_range(time_range), [])]
    artists = [artist for artist in found if artist is not None]
    url = f"{world.origin}/v1/me/top/artists"
    return page_of(artists, part, lambda artist: show_artist(world, artist), url, {"time_range": time_range})


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
