"""Worlds to start from: invented music, or the names that a test or a catalogue gives."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Final

from src.fake_spotify.models.answers import TrackRow
from src.fake_spotify.music import FakeTrack, tracks_from_rows
from src.fake_spotify.search import trap_rows
from src.fake_spotify.world import FakeUser, TimeRange, World, add_playlist, system_clock

# The listener of every world, a friend, and somebody who is not on the allow-list.
LISTENER: Final = "mira"
FRIEND: Final = "tarek"
OUTSIDER: Final = "nobody"

_FIRST: Final = ("Paper", "Velvet", "Hollow", "Amber", "Quiet", "Copper", "Distant", "Tidal")
_SECOND: Final = ("Lanterns", "Orchard", "Signals", "Harbour", "Wolves", "Winter", "Machines", "Avenue")
_BANDS: Final = ("Otters", "Cartographers", "Weather Club", "Sisters Ardell", "Night Bureau", "Kin of Moss")
_GENRES: Final = ("dream pop", "ambient", "folk", "jazz", "techno", "soul")
_TOP_TRACKS: Final = 30
_RECENT: Final = 50
_SAVED: Final = 40
_MINUTES_APART: Final = 23
_RANGES: Final[tuple[TimeRange, ...]] = ("short_term", "medium_term", "long_term")


def make_world(*, seed: int = 1, marker: str = "", clock: Callable[[], datetime] | None = None) -> World:
    """A small world of invented music: originals, a trap for each, and some that Segue cannot know."""
    rows = invented_rows(48, seed=seed)
    unknown: list[TrackRow] = [
        {**row, "title": f"{row['title']} II", "kind": "other", "in_catalogue": False} for row in rows[:16]
    ]
    return world_of_tracks([*rows, *trap_rows(rows), *unknown], seed=seed, marker=marker, clock=clock)


def world_of_tracks(
    rows: Sequence[TrackRow], *, seed: int = 1, marker: str = "", clock: Callable[[], datetime] | None = None
) -> World:
    """A world of these tracks, with three users who have heard some of them.

    Args:
        marker: woven into every text that is Spotify's alone: names of users and playlists, titles of albums,
            and the titles or artists of tracks that are traps or not `in_catalogue`.
        clock: the time; this machine's without it.
    """
    world = World(
        tracks={track.id: track for track in tracks_from_rows(rows, seed=seed, marker=marker)},
        users={
            LISTENER: FakeUser(LISTENER, _marked("Mira Holt", marker)),
            FRIEND: FakeUser(FRIEND, _marked("Tarek Vos", marker)),
            OUTSIDER: FakeUser(OUTSIDER, _marked("Nobody Known", marker), allow_listed=False),
        },
        seed=seed,
        clock=clock or system_clock,
    )
    _listen(world, Random(seed))
    _fill_playlists(world, Random(seed), marker)
    world.keep_as_start()
    return world


def invented_rows(count: int, *, seed: int = 1) -> list[TrackRow]:
    """Invented songs, at most 64 of them with names of their own, a few to an album."""
    chance = Random(seed)
    names = [f"{first} {second}" for first in _FIRST for second in _SECOND]
    chance.shuffle(names)
    rows: list[TrackRow] = []
    for number in range(count):
        band, part = chance.randrange(len(_BANDS)), number % 3 + 1
        rows.append(
            {
                "title": names[number % len(names)],
                "artists": [f"The {_BANDS[band]}"],
                "album": f"{_GENRES[band].title()} Hours, Part {part}",
                "duration_ms": 150_000 + chance.randrange(200_000),
                "year": 1968 + 9 * band + 2 * part,
                "genres": [_GENRES[band]],
                "explicit": chance.random() < 0.1,
            }
        )
    return rows


def _listen(world: World, chance: Random) -> None:
    tracks = list(world.tracks.values())
    for user in world.users.values():
        for time_range in _RANGES:
            top = _some(tracks, _TOP_TRACKS, chance)
            user.top_tracks[time_range] = [track.id for track in top]
        played = _some(tracks, _RECENT, chance)
        user.recent = [(track.id, _ago(world, number)) for number, track in enumerate(played)]
        saved = _some(tracks, _SAVED, chance)
        user.saved = [(track.id, _ago(world, number * 60)) for number, track in enumerate(saved)]


def _fill_playlists(world: World, chance: Random, marker: str) -> None:
    tracks = list(world.tracks.values())
    for name, size in (("Late Trains", 12), ("Kitchen Floor", 30), ("Everything So Far", 120)):
        uris = [track.uri for track in _some(tracks, size, chance)]
        add_playlist(world, LISTENER, _marked(name, marker), uris, description=_marked("mine", marker))
    shared = [track.uri for track in _some(tracks, 10, chance)]
    playlist = add_playlist(world, FRIEND, _marked("Somebody Else's", marker), shared, public=True)
    world.users[LISTENER].playlists.append(playlist.id)


def _some(tracks: Sequence[FakeTrack], count: int, chance: Random) -> list[FakeTrack]:
    return chance.sample(tracks, min(count, len(tracks)))


def _ago(world: World, steps: int) -> datetime:
    return world.clock() - timedelta(minutes=_MINUTES_APART * (steps + 1))


def _marked(text: str, marker: str) -> str:
    return f"{text} {marker}" if marker else text
