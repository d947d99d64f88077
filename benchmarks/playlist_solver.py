"""Lists solved from random pools and random specs, over the plain greedy order in the same run.

    uv run python -m benchmarks.playlist_solver [--specs 200] [--pool 2000]

Pools are drawn from `../shared/data/spotify_songs.csv` with made-up relevance. Every list is checked by
`tests/playlists/solver/checker.py`, from the spec and the list alone; no count of the solver's is trusted.
The exit status is 1 if a list that says it is complete breaks a hard demand, or if a bar is missed. Times are
of the clock and, where the machine is busy, of the processor.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from benchmarks.data import SONGS
from src.catalogue.importing.files import BadRow, read_rows
from src.catalogue.importing.layouts import choose_layout
from src.catalogue.importing.rows import RowRejected, to_track
from src.catalogue.models.track import Track
from src.constraints.checks import Known
from src.constraints.conflicts import bind
from src.constraints.enforcement import Rules, make_rules
from src.constraints.models.brief import Constraint
from src.constraints.models.spec import Contour, PlaylistSpec, Quota, empty_spec
from src.playlists.solver.assignment import Assignment
from src.playlists.solver.attempts import lengths_of
from src.playlists.solver.contours import shape_levels, spearman
from src.playlists.solver.positions import frame_at
from src.playlists.solver.problem import eligible_set, pose
from src.playlists.solver.search import greedy_order
from src.playlists.solver.solver import solve
from src.retrieval.pool import PoolTrack
from tests.playlists.solver.checker import broken

SHAPES = ("build", "cool_down", "wave", "peak", "valley", "steady")
GENRES = ("pop", "rap", "rock", "latin", "r&b", "edm")
TEMPO_STEP = 12
# In minutes.
LENGTHS = range(30, 181, 10)
RANDOM_LENGTHS = 24
LARGE = (("tracks", 500), ("duration_s", 12 * 3600.0))


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to solve."""

    spec: PlaylistSpec
    pool: list[PoolTrack]
    rules: Rules


@dataclass(slots=True)
class Figures:
    """What one way of ordering came to."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)
    spearman: list[float] = field(default_factory=list)
    steps: list[float] = field(default_factory=list)
    relevance: list[float] = field(default_factory=list)
    broken: int = 0

    def add(self, case: Case, tracks: Sequence[Track], wall: float, processor: float) -> None:
        """Take in one list."""
        relevance = {candidate.track["id"]: candidate.relevance for candidate in case.pool}
        self.wall.append(wall * 1000)
        self.processor.append(processor * 1000)
        self.spearman.append(followed(case.spec, tracks) or 0.0)
        self.steps.append(steps_kept(tracks))
        self.relevance.append(statistics.mean(relevance[track["id"]] for track in tracks))
        self.broken += bool(broken(case.spec, tracks, case.rules))

    def show(self, name: str) -> None:
        """One line of the table."""
        print(
            f"  {name}: p50 {statistics.median(self.wall):.0f} ms, p95 {p95(self.wall):.0f} ms "
            f"(processor {statistics.median(self.processor):.0f}, {p95(self.processor):.0f}); "
            f"broken {self.broken}; Spearman median {statistics.median(self.spearman):.3f}, "
            f"least {min(self.spearman):.3f}; tempo steps kept {statistics.mean(self.steps):.3f}; "
            f"relevance {statistics.mean(self.relevance):.3f}"
        )


def p95(values: Sequence[float]) -> float:
    """Of a hundred, the fifth from the top."""
    return statistics.quantiles(values, n=20)[-1]


def load_tracks() -> list[Track]:
    """The songs of the file, each once."""
    tracks: dict[str, Track] = {}
    layout = None
    for read in read_rows(SONGS):
        if isinstance(read.content, BadRow):
            continue
        layout = layout or choose_layout(list(read.content), {})
        try:
            track = to_track(read.content, layout, source="bench", licence="")
        except RowRejected:
            continue
        tracks.setdefault(track["id"], track)
    return list(tracks.values())


def make_pool(tracks: Sequence[Track], size: int, chance: random.Random) -> list[PoolTrack]:
    """A pool with few relevant tracks and many that are hardly so."""
    return [
        PoolTrack(track, chance.random() ** 2, ("text",), track.get("popularity", 0) >= 40)
        for track in chance.sample(tracks, min(size, len(tracks)))
    ]


def contour(shape: str) -> Contour:
    """A course of energy."""
    return {"feature": "energy", "shape": shape, "words": ""}


def case_of(spec: PlaylistSpec, pool: list[PoolTrack]) -> Case:
    """With the rules of its brief."""
    return Case(spec, pool, make_rules(bind(spec["brief"]), Known(), None))


def fifty(tracks: Sequence[Track], pool: int, chance: random.Random) -> Case:
    """The spec of the bar: 50 tracks, a length, a shape, transitions, two an artist, spacing."""
    constraints: list[Constraint] = [
        {"kind": "per_artist", "at_most": 2, "hard": True, "words": "", "turn": 1}
    ]
    spec = empty_spec({"text": "", "turn": 1, "wishes": constraints})
    spec["tracks"] = 50
    spec["duration_s"] = 60.0 * chance.randint(170, 210)
    spec["courses"] = [contour(chance.choice(SHAPES[:5]))]
    spec["transitions"] = {"tempo_step": TEMPO_STEP, "harmonic": True, "words": ""}
    spec["artist_spacing"] = 4
    return case_of(spec, make_pool(tracks, pool, chance))


def random_case(tracks: Sequence[Track], pool: int, chance: random.Random) -> Case:
    """Anything that may be asked, impossible things included."""
    spec = empty_spec({"text": "", "turn": 1, "wishes": random_constraints(chance)})
    how = chance.random()
    if how < 0.7:
        spec["tracks"] = chance.choice((5, 10, 15, 20, 25, 30, 40, 50))
    if how > 0.5:
        minutes = chance.randint(30, 180) if how > 0.7 else spec["tracks"] * chance.uniform(3.0, 4.6)
        spec["duration_s"] = 60 * minutes
    if chance.random() < 0.15:
        spec["order"] = chance.choice(("year", "year_descending"))
    elif chance.random() < 0.7:
        spec["courses"] = [contour(chance.choice(SHAPES))]
    if chance.random() < 0.4:
        harmonic = chance.random() < 0.5
        spec["transitions"] = {"tempo_step": chance.choice((5, 10, 20)), "harmonic": harmonic, "words": ""}
    if chance.random() < 0.3:
        spec["artist_spacing"] = chance.randint(1, 8)
    spec["shares"] = [random_share(chance) for _ in range(chance.choice((0, 0, 1, 2)))]
    candidates = make_pool(tracks, pool, chance)
    for _ in range(chance.choice((0, 0, 0, 1, 2, 3))):
        track = chance.choice(candidates).track
        place = {"track_id": track["id"], "title": track["title"], "words": ""}
        if chance.random() < 0.7:
            place["position"] = chance.choice((1, 2, 3, -1, -2, 7, 60))
        spec["places"].append(place)
    if chance.random() < 0.3:
        spec["unfamiliar_share"] = chance.choice((0.2, 0.5))
    return case_of(spec, candidates)


def random_constraints(chance: random.Random) -> list[Constraint]:
    """A cap, a genre, a decade, or none of them."""
    constraints: list[Constraint] = []
    said = {"hard": True, "words": "", "turn": 1}
    if chance.random() < 0.4:
        constraints.append({"kind": "per_artist", "at_most": chance.randint(1, 3), **said})
    if chance.random() < 0.3:
        relation = chance.choice(("wanted", "rejected"))
        constraints.append({"kind": "genre", "genre": chance.choice(GENRES), "relation": relation, **said})
    if chance.random() < 0.3:
        first = chance.choice((1960, 1970, 1980, 1990, 2000, 2010))
        constraints.append(
            {"kind": "years", "year_from": first, "year_to": first + 9, "relation": "wanted", **said}
        )
    return constraints


def random_share(chance: random.Random) -> Quota:
    """A share of a genre or a decade, of the whole or of a half."""
    share: Quota = {"hard": chance.random() < 0.7, "words": ""}
    if chance.random() < 0.6:
        share["genre"] = chance.choice(GENRES)
    else:
        share["year_from"] = chance.choice((1970, 1990, 2000, 2010))
        share["year_to"] = share["year_from"] + 9
    share[chance.choice(("at_least", "at_most"))] = chance.choice((0.2, 0.3, 0.5, 0.6))
    if chance.random() < 0.3:
        share["half"] = chance.choice(("first", "second"))
    return share


def greedy_tracks(case: Case) -> list[Track]:
    """The plain order of the same pool."""
    eligible = eligible_set(case.pool, case.rules)
    problem = pose(case.spec, eligible.candidates, eligible.unchecked, case.rules, musts=())
    _, tries = lengths_of(case.spec, case.rules, problem, ())
    frame, _ = frame_at((), min(tries[0], problem.selectable()))
    sequence = greedy_order(Assignment(problem, frame))
    return [problem.candidates[index].track for index in sequence.tolist()]


def followed(spec: PlaylistSpec, tracks: Sequence[Track]) -> float | None:
    """Spearman's correlation of the measured energies with the asked shape."""
    if not spec["courses"] or spec["courses"][0]["shape"] == "steady" or len(tracks) < 3:
        return None
    levels = shape_levels(spec["courses"][0], len(tracks)).tolist()
    told = [
        (track["features"]["energy"], level)
        for track, level in zip(tracks, levels, strict=True)
        if "energy" in track.get("features", {})
    ]
    return spearman([energy for energy, _ in told], [level for _, level in told])


def steps_kept(tracks: Sequence[Track]) -> float:
    """Share of neighbours within the tempo step."""
    pairs = list(pairwise(track["features"]["tempo"] for track in tracks))
    return sum(min(abs(a - b), abs(a - 2 * b), abs(2 * a - b)) <= TEMPO_STEP for a, b in pairs) / len(pairs)


def bar_run(tracks: Sequence[Track], lists: int, pool: int) -> bool:
    """Lists of 50, and the plain greedy order of each."""
    chance = random.Random(11)
    ours, plain = Figures(), Figures()
    for _ in range(lists):
        case = fifty(tracks, pool, chance)
        began, used = time.perf_counter(), time.process_time()
        result = solve(case.spec, case.pool, case.rules, seed=7, time_limit_s=10)
        wall, processor = time.perf_counter() - began, time.process_time() - used
        ours.add(case, [entry["track"] for entry in result["entries"]], wall, processor)
        began, used = time.perf_counter(), time.process_time()
        order = greedy_tracks(case)
        plain.add(case, order, time.perf_counter() - began, time.process_time() - used)
    print(
        f"{lists} lists of 50 from pools of {pool}: length, shape, tempo steps of {TEMPO_STEP}, keys, two an "
        "artist, spacing 4"
    )
    ours.show("solver")
    plain.show("greedy")
    return not ours.broken and statistics.median(ours.spearman) >= 0.9 and p95(ours.wall) <= 1000


def length_run(tracks: Sequence[Track], pool: int) -> bool:
    """Lengths from 30 to 180 minutes, even and odd, without a number of tracks."""
    chance = random.Random(3)
    asked = [60.0 * minutes for minutes in LENGTHS]
    asked += [chance.uniform(1800, 10800) for _ in range(RANDOM_LENGTHS)]
    within = 0
    for seconds in asked:
        spec = empty_spec({"text": "", "turn": 1, "wishes": []})
        spec["duration_s"] = seconds
        spec["courses"] = [contour(chance.choice(SHAPES))]
        case = case_of(spec, make_pool(tracks, pool, chance))
        result = solve(spec, case.pool, case.rules, seed=1, time_limit_s=10)
        total = sum(entry["track"]["duration_ms"] for entry in result["entries"]) / 1000
        within += abs(total - seconds) <= 20
    print(f"{len(asked)} lengths of 30 to 180 minutes: {within} within 20 s")
    return within == len(asked)


def random_run(tracks: Sequence[Track], specs: int, pool: int) -> bool:
    """Random specs over pools large and small."""
    chance = random.Random(5)
    counts = {"complete": 0, "proven": 0, "open": 0, "broken": 0, "no offer": 0}
    rhos: list[float] = []
    times: list[float] = []
    for number in range(specs):
        case = random_case(tracks, chance.choice((pool, pool, pool // 4, 60)), chance)
        used = time.process_time()
        result = solve(case.spec, case.pool, case.rules, seed=number, time_limit_s=10)
        times.append((time.process_time() - used) * 1000)
        mine = [entry["track"] for entry in result["entries"]]
        if result["status"] == "complete":
            counts["complete"] += 1
            counts["broken"] += bool(broken(case.spec, mine, case.rules))
            rho = None if "order" in case.spec else followed(case.spec, mine)
            rhos += [] if rho is None else [rho]
            continue
        counts["proven" if result["proven"] else "open"] += 1
        counts["no offer"] += not result["offers"]
        if not result["proven"]:
            print(f"  open: {number}, {result['offers']}, {broken(case.spec, mine, case.rules)}")
    print(f"{specs} random specs: {', '.join(f'{count} {name}' for name, count in counts.items())}")
    median = f"{statistics.median(rhos):.3f}" if rhos else "-"
    print(
        f"  Spearman median {median} over {len(rhos)} complete lists with a shape; "
        f"processor p50 {statistics.median(times):.0f} ms, p95 {p95(times):.0f} ms, most {max(times):.0f} ms"
    )
    return not counts["open"] and not counts["broken"] and not counts["no offer"]


def large_run(tracks: Sequence[Track]) -> None:
    """The largest lists that may be asked."""
    chance = random.Random(2)
    for name, size in LARGE:
        spec = empty_spec({"text": "", "turn": 1, "wishes": []})
        spec[name] = size
        spec["courses"] = [contour("wave")]
        spec["transitions"] = {"tempo_step": TEMPO_STEP, "words": ""}
        case = case_of(spec, make_pool(tracks, 5000, chance))
        used = time.process_time()
        result = solve(spec, case.pool, case.rules, seed=1, time_limit_s=20)
        processor = time.process_time() - used
        mine = [entry["track"] for entry in result["entries"]]
        print(
            f"{name} {size:g} of 5000: {len(mine)} tracks, {result['duration_s'] / 3600:.2f} h, "
            f"{result['status']}, {result['solve_ms']:.0f} ms (processor {processor * 1000:.0f}), "
            f"Spearman {followed(spec, mine):.3f}"
        )


def main(argv: Sequence[str] | None = None) -> bool:
    """Print the figures; True when every bar holds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--specs", type=int, default=200)
    parser.add_argument("--lists", type=int, default=60)
    parser.add_argument("--pool", type=int, default=2000)
    options = parser.parse_args(argv)
    tracks = load_tracks()
    print(f"{len(tracks)} tracks")
    held = [
        bar_run(tracks, options.lists, options.pool),
        length_run(tracks, options.pool),
        random_run(tracks, options.specs, options.pool),
    ]
    large_run(tracks)
    return all(held)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
