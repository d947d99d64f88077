"""Lists solved from random pools and random specs, over the plain greedy order in the same run.

    uv run python -m benchmarks.playlist_solver [--specs 200] [--pool 2000]

Pools are drawn from `../shared/data/spotify_songs.csv` with made-up relevance. Every list is checked here, from
the spec and the list alone: nothing of the solver's own counting is trusted. The exit status is 1 if a hard
demand is broken in a list that says it is complete, or if a bar of the issue is missed.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.data import SONGS
from src.catalogue.importing.files import BadRow, read_rows
from src.catalogue.importing.layouts import choose_layout
from src.catalogue.importing.rows import to_track
from src.catalogue.models.track import Track
from src.curation.candidates import Candidate
from src.curation.draft import Draft
from src.curation.greedy import greedy_order
from src.curation.lengths import lengths_of
from src.curation.places import admit, demands_of, frame_at
from src.curation.problem import pose
from src.curation.shapes import shape_levels, spearman
from src.curation.solver import solve
from src.curation.standing import stand
from src.playlists.models.result import PlaylistResult
from src.playlists.models.spec import Course, PlaylistSpec, empty_spec
from src.wishes.binding import bind
from src.wishes.checks import Known
from src.wishes.enforce import Rules, make_rules
from src.wishes.models.brief import Wish
from tests.curation.checker import broken

SHAPES = ("build", "cool_down", "wave", "peak", "valley", "steady")
GENRES = ("pop", "rap", "rock", "latin", "r&b", "edm")


@dataclass(frozen=True, slots=True)
class Case:
    spec: PlaylistSpec
    pool: list[Candidate]
    rules: Rules


def load_tracks() -> list[Track]:
    tracks: dict[str, Track] = {}
    layout = None
    for read in read_rows(SONGS):
        if isinstance(read.content, BadRow):
            continue
        layout = layout or choose_layout(list(read.content), {})
        try:
            track = to_track(read.content, layout, source="bench", licence="")
        except Exception:  # noqa: BLE001 - a row that is no track is none of this benchmark's
            continue
        tracks.setdefault(track["id"], track)
    return list(tracks.values())


def make_pool(tracks: Sequence[Track], size: int, chance: random.Random) -> list[Candidate]:
    return [
        Candidate(track, chance.random() ** 2, ("text",), track.get("popularity", 0) >= 40)
        for track in chance.sample(tracks, size)
    ]


def course(shape: str) -> Course:
    return {"feature": "energy", "shape": shape, "words": ""}  # type: ignore[typeddict-item]


def fifty(tracks: Sequence[Track], pool: int, chance: random.Random) -> Case:
    """The spec of the bar: 50 tracks, a length, a shape, transitions, two an artist, spacing."""
    wishes: list[Wish] = [{"kind": "per_artist", "at_most": 2, "hard": True, "words": "", "turn": 1}]
    spec = empty_spec({"text": "", "turn": 1, "wishes": wishes})
    spec["tracks"] = 50
    spec["duration_s"] = 60.0 * chance.randint(170, 210)
    spec["courses"] = [course(chance.choice(SHAPES[:5]))]
    spec["transitions"] = {"tempo_step": 12, "harmonic": True, "words": ""}
    spec["artist_spacing"] = 4
    return Case(spec, make_pool(tracks, pool, chance), make_rules(bind(spec["brief"]), Known(), None))


def random_case(tracks: Sequence[Track], pool: int, chance: random.Random) -> Case:
    """Anything that may be asked, impossible things included."""
    wishes: list[Wish] = []
    if chance.random() < 0.4:
        wishes.append(
            {"kind": "per_artist", "at_most": chance.randint(1, 3), "hard": True, "words": "", "turn": 1}
        )
    if chance.random() < 0.3:
        genre = chance.choice(GENRES)
        relation = chance.choice(("wanted", "rejected"))
        wishes.append(
            {"kind": "genre", "genre": genre, "relation": relation, "hard": True, "words": "", "turn": 1}
        )  # type: ignore[typeddict-item]
    if chance.random() < 0.3:
        first = chance.choice((1960, 1970, 1980, 1990, 2000, 2010))
        wishes.append(
            {
                "kind": "years",
                "year_from": first,
                "year_to": first + 9,
                "relation": "wanted",
                "hard": True,
                "words": "",
                "turn": 1,
            }
        )
    spec = empty_spec({"text": "", "turn": 1, "wishes": wishes})
    how = chance.random()
    if how < 0.7:
        spec["tracks"] = chance.choice((5, 10, 15, 20, 25, 30, 40, 50))
    if how > 0.5:
        minutes = chance.randint(30, 180) if how > 0.7 else spec["tracks"] * chance.uniform(3.0, 4.6)
        spec["duration_s"] = 60 * minutes
    if chance.random() < 0.15:
        spec["order"] = chance.choice(("year", "year_descending"))
    elif chance.random() < 0.7:
        spec["courses"] = [course(chance.choice(SHAPES))]
    if chance.random() < 0.4:
        spec["transitions"] = {
            "tempo_step": chance.choice((5, 10, 20)),
            "harmonic": chance.random() < 0.5,
            "words": "",
        }
    if chance.random() < 0.3:
        spec["artist_spacing"] = chance.randint(1, 8)
    for _ in range(chance.choice((0, 0, 1, 2))):
        share = {"hard": chance.random() < 0.7, "words": ""}
        if chance.random() < 0.6:
            share["genre"] = chance.choice(GENRES)
        else:
            share["year_from"] = chance.choice((1970, 1990, 2000, 2010))
            share["year_to"] = share["year_from"] + 9
        share[chance.choice(("at_least", "at_most"))] = chance.choice((0.2, 0.3, 0.5, 0.6))
        if chance.random() < 0.3:
            share["half"] = chance.choice(("first", "second"))
        spec["shares"].append(share)  # type: ignore[arg-type]
    candidates = make_pool(tracks, pool, chance)
    for _ in range(chance.choice((0, 0, 0, 1, 2, 3))):
        track = chance.choice(candidates).track
        place = {"track_id": track["id"], "title": track["title"], "artist": track["artists"][0], "words": ""}
        if chance.random() < 0.7:
            place["position"] = chance.choice((1, 2, 3, -1, -2, 7, 60))
        spec["places"].append(place)  # type: ignore[arg-type]
    if chance.random() < 0.3:
        spec["unfamiliar_share"] = chance.choice((0.2, 0.5))
    return Case(spec, candidates, make_rules(bind(spec["brief"]), Known(), None))


def greedy_tracks(case: Case) -> tuple[list[Track], float]:
    """The plain greedy order, and the milliseconds it took."""
    began = time.perf_counter()
    standing = stand(case.pool, case.rules)
    problem = pose(case.spec, standing.candidates, standing.unchecked, case.rules, musts=())
    admitted, _ = admit(demands_of(case.spec, {}, {}), problem, {}, None)
    _, tries = lengths_of(case.spec, case.rules, problem, admitted)
    frame, _ = frame_at(admitted, min(tries[0], problem.selectable()))
    sequence = greedy_order(Draft(problem, frame))
    elapsed = (time.perf_counter() - began) * 1000
    return [problem.candidates[index].track for index in sequence.tolist()], elapsed


def followed(spec: PlaylistSpec, tracks: Sequence[Track]) -> float | None:
    """Spearman's correlation of the measured energies with the asked shape."""
    if not spec["courses"] or spec["courses"][0]["shape"] == "steady" or len(tracks) < 3:
        return None
    told = [
        (place, track["features"]["energy"])
        for place, track in enumerate(tracks)
        if "energy" in track.get("features", {})
    ]
    levels = shape_levels(spec["courses"][0], len(tracks))
    return spearman([level for _, level in told], [float(levels[place]) for place, _ in told])


def steps_kept(tracks: Sequence[Track], step: float) -> float:
    tempos = [track["features"]["tempo"] for track in tracks]
    pairs = list(zip(tempos, tempos[1:]))
    return sum(min(abs(a - b), abs(a - 2 * b), abs(2 * a - b)) <= step for a, b in pairs) / len(pairs)


def aim(result: PlaylistResult, name: str) -> float:
    return next(aim["score"] for aim in result["aims"] if aim["aim"] == name)


def bar_run(tracks: Sequence[Track], lists: int, pool: int) -> bool:
    chance = random.Random(11)
    times, greedy_times, ours, theirs, steps, greedy_steps, rel, greedy_rel, wrong, greedy_wrong = (
        [] for _ in range(10)
    )
    for _ in range(lists):
        case = fifty(tracks, pool, chance)
        relevance = {candidate.track["id"]: candidate.relevance for candidate in case.pool}
        began = time.perf_counter()
        result = solve(case.spec, case.pool, case.rules, seed=7, time_limit_s=10)
        times.append((time.perf_counter() - began) * 1000)
        mine = [entry["track"] for entry in result["entries"]]
        plain, elapsed = greedy_tracks(case)
        greedy_times.append(elapsed)
        for order, rhos, kept, rels, bad in (
            (mine, ours, steps, rel, wrong),
            (plain, theirs, greedy_steps, greedy_rel, greedy_wrong),
        ):
            rhos.append(followed(case.spec, order))
            kept.append(steps_kept(order, 12))
            rels.append(statistics.mean(relevance[track["id"]] for track in order))
            bad.append(bool(broken(case.spec, order, case.rules)))
    print(
        f"50 tracks of {pool}: length, shape, tempo steps of 12, keys, two an artist, spacing 4; {lists} lists"
    )
    for name, ms, rhos, kept, rels, bad in (
        ("solver", times, ours, steps, rel, wrong),
        ("greedy", greedy_times, theirs, greedy_steps, greedy_rel, greedy_wrong),
    ):
        cuts = statistics.quantiles(ms, n=20)
        print(
            f"  {name}: p50 {statistics.median(ms):.0f} ms, p95 {cuts[-1]:.0f} ms; hard demands broken in {sum(bad)}; "
            f"Spearman median {statistics.median(rhos):.3f} (least {min(rhos):.3f}); tempo steps kept {statistics.mean(kept):.2f}; "
            f"relevance {statistics.mean(rels):.3f}"
        )
    return not any(wrong) and statistics.median(ours) >= 0.9 and statistics.quantiles(times, n=20)[-1] <= 1000


def random_run(tracks: Sequence[Track], specs: int, pool: int) -> bool:
    chance = random.Random(5)
    complete = proven = open_ = lies = timed = within = 0
    rhos, times, slow = [], [], []
    for number in range(specs):
        size = chance.choice((pool, pool, pool // 4, 60))
        case = random_case(tracks, size, chance)
        result = solve(case.spec, case.pool, case.rules, seed=number, time_limit_s=10)
        times.append(result["solve_ms"])
        mine = [entry["track"] for entry in result["entries"]]
        faults = broken(case.spec, mine, case.rules)
        if result["status"] == "complete":
            complete += 1
            lies += bool(faults)
            if faults:
                print("  BROKEN", number, faults)
            if (rho := followed(case.spec, mine)) is not None and "order" not in case.spec:
                rhos.append(rho)
        elif result["proven"]:
            proven += 1
            if not result["offers"]:
                print("  no offers", number)
        else:
            open_ += 1
            print(
                "  open",
                number,
                {key: case.spec[key] for key in case.spec if key not in ("title", "prompt")},
                faults,
                result["offers"],
            )
        if "duration_s" in case.spec and result["status"] == "complete":
            timed += 1
            within += abs(sum(track["duration_ms"] for track in mine) / 1000 - case.spec["duration_s"]) <= 20
        slow.append((result["solve_ms"], number, result["status"], len(mine)))
    print(
        f"{specs} random specs: {complete} complete, {proven} proven impossible, {open_} left open; {lies} broke what they said"
    )
    print(f"  length within 20 s: {within} of {timed} complete lists that had one")
    print(
        f"  Spearman median {statistics.median(rhos):.3f} over {len(rhos)} lists; p50 {statistics.median(times):.0f} ms, p95 {statistics.quantiles(times, n=20)[-1]:.0f} ms"
    )
    print("  slowest", sorted(slow)[-4:])
    return not lies and not open_ and within == timed


def length_run(tracks: Sequence[Track], pool: int) -> bool:
    """Every length from 30 to 180 minutes, by ten minutes and by odd seconds, without a number of tracks."""
    chance = random.Random(3)
    asked = [60.0 * minutes for minutes in range(30, 181, 10)] + [
        chance.uniform(1800, 10800) for _ in range(24)
    ]
    within = 0
    for seconds in asked:
        spec = empty_spec({"text": "", "turn": 1, "wishes": []})
        spec["duration_s"] = seconds
        spec["courses"] = [course(chance.choice(SHAPES))]
        rules = make_rules(bind(spec["brief"]), Known(), None)
        result = solve(spec, make_pool(tracks, pool, chance), rules, seed=1, time_limit_s=10)
        total = sum(entry["track"]["duration_ms"] for entry in result["entries"]) / 1000
        within += abs(total - seconds) <= 20
    print(f"{len(asked)} lengths of 30 to 180 minutes: {within} within 20 s")
    return within == len(asked)


def large_run(tracks: Sequence[Track]) -> None:
    chance = random.Random(2)
    for count, seconds in ((500, None), (None, 12 * 3600.0)):
        spec = empty_spec({"text": "", "turn": 1, "wishes": []})
        if count:
            spec["tracks"] = count
        if seconds:
            spec["duration_s"] = seconds
        spec["courses"] = [course("wave")]
        spec["transitions"] = {"tempo_step": 12, "words": ""}
        rules = make_rules(bind(spec["brief"]), Known(), None)
        result = solve(spec, make_pool(tracks, 5000, chance), rules, seed=1, time_limit_s=20)
        mine = [entry["track"] for entry in result["entries"]]
        print(
            f"large: {len(mine)} tracks, {result['duration_s'] / 3600:.2f} h, {result['status']}, {result['solve_ms']:.0f} ms, Spearman {followed(spec, mine):.3f}"
        )


def main() -> bool:
    parser = argparse.ArgumentParser()
    parser.add_argument("--specs", type=int, default=200)
    parser.add_argument("--lists", type=int, default=60)
    parser.add_argument("--pool", type=int, default=2000)
    options = parser.parse_args()
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
