"""Everything that can go wrong in a save of 250 tracks, and what must hold all the same.

After each report the world is looked at: a track that is called saved stands there, one that is called not
written does not. As long as a report says so, the same request is sent again; in the end the list stands
there exactly, once, and no other playlist was left.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from src.errors import Conflict, DomainError
from src.fake_spotify.faults import Fault, FaultKind
from src.fake_spotify.world import FakePlaylist, add_playlist, entry_of
from src.spotify.app import SpotifyApp
from src.spotify.sync.models.save import SaveReport
from src.spotify.sync.order import SaveOrder
from src.spotify.sync.save import run_save
from tests.spotify.sync.harness import USER, Crash, Scene, another_process, crash

COUNT = 250
MAX_RUNS = 8
EPISODE = "spotify:episode:0123456789012345678901"

_CREATE = ("POST", "/v1/me/playlists$")
_LOOK = ("GET", "/v1/me/playlists$")
_PUT = ("PUT", "/v1/playlists/.*/items")
_POST = ("POST", "/v1/playlists/.*/items")
_READ = ("GET", "/v1/playlists/.*/items")
_ANY_WRITE = ("POST", "/v1/")


@dataclass(frozen=True)
class Schedule:
    """Faults, and what else happens: `twist` is called with the scene before the first run.

    `others`: entries that somebody else puts into the playlist, which must stay.
    """

    name: str
    faults: tuple[Fault, ...] = ()
    twist: Callable[[Scene], None] | None = None
    mode: Literal["create", "append", "replace"] = "create"
    processes: int = 1
    others: tuple[str, ...] = ()


@dataclass
class Played:
    """How a schedule went. `wrong` says what must not be; empty when all is well."""

    schedule: Schedule
    runs: int
    calls: int
    states: list[str]
    wrong: list[str]


def _faults() -> list[Schedule]:
    schedules = []
    places = {
        "create": (_CREATE, 1),
        "first block": (_PUT, 1),
        "second block": (_POST, 1),
        "third block": (_POST, 2),
    }
    kinds: list[tuple[str, FaultKind, dict[str, object]]] = [
        ("time-out, not carried out", "stall", {}),
        ("time-out, carried out", "stall", {"carried_out": True}),
        ("hung up, not carried out", "drop", {}),
        ("hung up, carried out", "drop", {"carried_out": True}),
        ("reset, carried out", "reset", {"carried_out": True}),
        ("502, carried out", "502", {"carried_out": True}),
        ("503, not carried out", "503", {}),
        ("HTML, carried out", "html", {"carried_out": True}),
        ("half an answer", "half", {}),
        ("cut answer", "cut", {}),
        ("429 for a second", "rate_limited", {}),
        ("429 for a minute", "rate_limited", {"seconds": 60.0}),
        ("quota for an hour", "quota", {"seconds": 3600.0}),
        ("401", "unauthorized", {}),
        ("lands after one read", "late", {"reads": 1}),
        ("lands after three reads", "late", {"reads": 3}),
        ("lands at once and again later", "late", {"reads": 2, "carried_out": True}),
    ]
    for place, ((method, path), nth) in places.items():
        for words, kind, more in kinds:
            # Repeated calls are hit in each attempt, so that the outcome stays unknown.
            times = 2 if method == "PUT" and kind not in ("unauthorized", "rate_limited", "late") else 1
            fault = Fault(kind, method, path, nth=nth, times=times, **more)  # type: ignore[arg-type]
            schedules.append(Schedule(f"{place}: {words}", (fault,)))
    return schedules


def _reading() -> list[Schedule]:
    method, path = _READ
    return [
        Schedule("reading back: one time-out", (Fault("stall", method, path, nth=2),)),
        Schedule("reading back: 503 for good, then well", (Fault("503", method, path, times=2),)),
        Schedule("reading back: HTML for good, then well", (Fault("html", method, path, nth=3, times=2),)),
        Schedule("reading back: half answers", (Fault("half", method, path, nth=1, times=2),)),
        Schedule("reading back: quota for an hour", (Fault("quota", method, path, nth=4, seconds=3600.0),)),
        Schedule("reading back: 401", (Fault("unauthorized", method, path, nth=2),)),
    ]


def _several() -> list[Schedule]:
    return [
        Schedule(
            "create and every block: carried out, answers lost",
            (
                Fault("drop", "POST", "/v1/", times=3, carried_out=True),
                Fault("drop", *_PUT, times=2, carried_out=True),
            ),
        ),
        Schedule(
            "create: lost, and looking fails",
            (Fault("drop", *_CREATE, carried_out=True), Fault("503", *_LOOK, times=2)),
        ),
        Schedule(
            "create: not carried out, and looking fails",
            (Fault("drop", *_CREATE), Fault("503", *_LOOK, times=2)),
        ),
        Schedule("create: lands only after five looks", (Fault("late", *_CREATE, reads=5),)),
        Schedule("create: lands after a second one was sent", (Fault("late", *_CREATE, reads=6),)),
        Schedule("both later blocks land late", (Fault("late", *_POST, nth=1, times=2, reads=3),)),
        Schedule(
            "second block: lost, and reading fails",
            (Fault("drop", *_POST, carried_out=True), Fault("503", *_READ, times=2)),
        ),
        Schedule(
            "third block: quota, and no read either",
            (Fault("quota", *_POST, nth=2, seconds=3600.0), Fault("503", *_READ, times=2)),
        ),
        Schedule(
            "every third call fails", tuple(Fault("503", None, "/v1/", nth=nth) for nth in range(3, 30, 3))
        ),
        Schedule(
            "the first block lands again at the end", (Fault("late", *_PUT, reads=4, carried_out=True),)
        ),
    ]


def _crashes() -> list[Schedule]:
    def before(number: int) -> Callable[[Scene], None]:
        return lambda scene: scene.wire.before.update({number: crash})

    def after(number: int) -> Callable[[Scene], None]:
        return lambda scene: scene.wire.after.update({number: crash})

    return [
        *(Schedule(f"crash before call {number}", twist=before(number)) for number in range(1, 10)),
        *(Schedule(f"crash after call {number}", twist=after(number)) for number in range(1, 10)),
    ]


def _others() -> list[Schedule]:
    def add(entry: str) -> Callable[[Scene], None]:
        def twist(scene: Scene) -> None:
            scene.wire.after[2] = lambda: _insert(scene, entry)

        return twist

    def hide(scene: Scene) -> None:
        scene.wire.after[4] = lambda: _hide(scene)
        scene.wire.after[9] = lambda: _show(scene)

    return [
        Schedule("somebody adds an episode", twist=add(EPISODE), others=(EPISODE,)),
        Schedule("an empty entry comes in", twist=add(""), others=("",)),
        Schedule("an entry is null in the read-back", twist=hide),
        Schedule("two processes", processes=2),
        Schedule("two processes, the second block lost", (Fault("drop", *_POST),), processes=2),
        Schedule("three processes, every answer slow", (Fault("rate_limited", *_READ),), processes=3),
    ]


def _changes() -> list[Schedule]:
    kinds: list[tuple[str, tuple[Fault, ...]]] = [
        ("second block lost, carried out", (Fault("drop", *_POST, nth=1, carried_out=True),)),
        ("second block lost, not carried out", (Fault("drop", *_POST, nth=1),)),
        ("second block lands late", (Fault("late", *_POST, nth=1, reads=4),)),
        ("second block twice", (Fault("late", *_POST, nth=1, reads=3, carried_out=True),)),
        ("quota at the second block", (Fault("quota", *_POST, nth=1, seconds=3600.0),)),
        (
            "the first write is refused for an hour",
            (Fault("quota", None, "/v1/playlists/.*/items", nth=2, seconds=3600.0),),
        ),
    ]
    return [
        *(Schedule(f"append: {words}", faults, mode="append") for words, faults in kinds),
        *(Schedule(f"replace: {words}", faults, mode="replace") for words, faults in kinds),
    ]


ALL: Sequence[Schedule] = (
    *_faults(),
    *_reading(),
    *_several(),
    *_crashes(),
    *_others(),
    *_changes(),
)


async def play(scene: Scene, schedule: Schedule) -> Played:
    """Run a schedule to its end."""
    await scene.fresh()
    await scene.warm(COUNT)
    stood = [] if schedule.mode == "create" else [track.uri for track in scene.there[COUNT : COUNT + 5]]
    order = scene.order(COUNT)
    if schedule.mode != "create":
        playlist = add_playlist(scene.world, USER, "Mine", stood)
        order = scene.order(COUNT, mode=schedule.mode, playlist_id=playlist.id)
    scene.world.faults.add(*schedule.faults)
    if schedule.twist:
        schedule.twist(scene)
    played = Played(schedule, 0, 0, [], [])
    app = scene.app
    while played.runs < MAX_RUNS:
        played.runs += 1
        answers = await _run(app, order, schedule.processes if played.runs == 1 else 1)
        if any(isinstance(answer, Crash) for answer in answers):
            app = another_process(app)
            scene.clock.move(minutes=10)
        reports = [answer for answer in answers if isinstance(answer, dict)]
        played.states += [_state(answer) for answer in answers]
        played.wrong += [wrong for report in reports for wrong in _lies(scene, report)]
        if any(not report["resumable"] for report in reports):
            break
        _wait_as_told(scene, answers)
    played.calls = len(scene.calls())
    wanted = scene.uris(COUNT)
    played.wrong += _losses(scene, schedule, [*stood, *wanted] if schedule.mode == "append" else wanted)
    return played


async def _run(app: SpotifyApp, order: SaveOrder, processes: int) -> list[SaveReport | BaseException]:
    apps = [app, *(another_process(app) for _ in range(processes - 1))]
    return list(await asyncio.gather(*(_guarded(each, order) for each in apps)))


async def _guarded(app: SpotifyApp, order: SaveOrder) -> SaveReport | BaseException:
    try:
        return await run_save(app, order)
    except (Crash, DomainError) as error:
        return error


def _wait_as_told(scene: Scene, answers: Sequence[SaveReport | BaseException]) -> None:
    seconds = 1.0
    for answer in answers:
        if isinstance(answer, DomainError):
            seconds = max(seconds, answer.retry_after_s or 0)
        elif isinstance(answer, dict) and "problem" in answer and "retry_at" in answer["problem"]:
            at = datetime.fromisoformat(answer["problem"]["retry_at"])
            seconds = max(seconds, (at - scene.clock.now).total_seconds())
    scene.clock.move(seconds=seconds + 1)


def _lies(scene: Scene, report: SaveReport) -> list[str]:
    """What the report says that is not so."""
    playlist = scene.world.playlists.get(report["playlist"]["id"]) if "playlist" in report else None
    there = set(playlist.uris) if playlist else set()
    lies = []
    for track in report["tracks"]:
        stands = scene.there[track["position"] - 1].uri in there
        if (track["status"] == "saved") != stands and track["status"] in ("saved", "not_written"):
            lies.append(f"{track['status']} is not true of number {track['position']} ({report['state']})")
    if report["state"] == "done" and report["counts"]["saved"] != COUNT:
        lies.append("done, but not all is saved")
    return lies[:3]


def _losses(scene: Scene, schedule: Schedule, wanted: Sequence[str]) -> list[str]:
    """What is not as it was wanted, at the end."""
    own = scene.own
    if len(own) != 1:
        return [f"{len(own)} playlists"]
    others = [uri for uri in own[0].uris if uri not in set(wanted)]
    ours = [uri for uri in own[0].uris if uri in set(wanted)]
    wrong = [] if ours == list(wanted) else [f"{len(ours)} of {len(wanted)} tracks, or in another order"]
    return wrong if others == list(schedule.others) else [*wrong, "entries of others were lost"]


def _state(answer: SaveReport | BaseException) -> str:
    if isinstance(answer, Conflict):
        return "under way"
    if isinstance(answer, DomainError):
        return answer.code
    return "crash" if isinstance(answer, BaseException) else answer["state"]


_hidden: dict[str, tuple[FakePlaylist, int, object]] = {}


def _insert(scene: Scene, entry: str) -> None:
    playlist = scene.own[0]
    playlist.entries.insert(50, entry_of(scene.world, entry, "bob"))


def _hide(scene: Scene) -> None:
    playlist = scene.own[0]
    _hidden["entry"] = (playlist, 7, playlist.entries[7])
    playlist.entries[7] = entry_of(scene.world, "")


def _show(scene: Scene) -> None:
    playlist, place, entry = _hidden.pop("entry")
    playlist.entries[place] = entry  # type: ignore[call-overload]
