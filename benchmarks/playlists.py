"""A hundred prompts made into lists, on the way that the service takes: read, gathered, solved, judged anew.

    uv run python -m benchmarks.playlists --data-dir DIR [--limit N] [--seed 1] [--show ID]

DIR is a DATA_DIR that holds the imported `spotify_songs.csv`; nothing is written into it. Each list is judged
twice, by code that the solver shares nothing with: against the spec as it was read, and against what the
prompt's own case expects, where a misreading counts as a fault too. A list that is not complete is right
only when it says that it is proven, offers what to relax, and an argument over the whole catalogue agrees.
The exit status is 1 when a list breaks the spec that was read. `--show` prints one list.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from rich.console import Console

from benchmarks.models.playlist_case import PlaylistCase
from benchmarks.playlist_cases import is_held_out, load_playlist_cases, wrong_fields
from benchmarks.playlist_judging import as_read, faults_of, may_stand, why_none
from src.catalogue.embedding.choose import choose_embedder
from src.catalogue.generations import catalogue_folder, current_generation, read_info
from src.catalogue.models.track import Track
from src.catalogue.wiring import open_catalogue
from src.cli.show import show_playlist
from src.constraints.checks import Known
from src.constraints.conflicts import bind
from src.constraints.enforcement import judge, make_rules
from src.constraints.models.spec import Contour, PlaylistSpec, tempo_level
from src.errors import DomainError
from src.playlists.make import PlaylistClients, make_list, spec_of_prompt
from src.playlists.models.result import PlaylistResult
from src.playlists.solver.contours import shape_levels
from src.settings import Settings
from src.storage.database import close_database, open_database
from src.storage.migrate import migrate
from src.telemetry.logging import configure_logging
from tests.playlists.solver.checker import broken

CASES = Path("tests/cases/playlist_prompts.jsonl")
NOW = datetime(2026, 11, 1, tzinfo=UTC)
ALL_TRACKS = 1_000_000
# Of a course; lists below it are named.
BAR = 0.9


@dataclass(slots=True)
class Made:
    """A prompt, what was read and made of it, and what an independent judge says."""

    case: PlaylistCase
    spec: PlaylistSpec
    result: PlaylistResult
    seconds: dict[str, float]
    misread: list[str]
    read_faults: list[str] = field(default_factory=list)
    expect_faults: list[str] = field(default_factory=list)
    argument: str | None = None
    untold: dict[str, int] = field(default_factory=dict)

    @property
    def tracks(self) -> list[Track]:
        """In order."""
        return [entry["track"] for entry in self.result["entries"]]

    @property
    def is_offer(self) -> bool:
        """Whether it says that nothing can be done, and what to relax."""
        return self.result["status"] == "nearest" and self.result["proven"] and bool(self.result["offers"])


async def main(argv: Sequence[str] | None = None) -> bool:
    """Print the figures; True when every list obeys what was read, or cannot."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--limit", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", metavar="ID")
    options = parser.parse_args(argv)
    cases = load_playlist_cases(CASES)
    chosen = [case for case in cases[: options.limit] if options.show in (None, case["id"])]
    made, refused = await make_all(options.data_dir, chosen, options.seed)
    if options.show:
        for one in made:
            show(one)
        return True
    for case, message in refused:
        print(f"{case['id']} refused: {message}")
    show_wrong(made)
    for name, is_in in (("tuned on", lambda case: not is_held_out(case)), ("held out", is_held_out)):
        part = [one for one in made if is_in(one.case)]
        show_figures(name, part, sum(is_in(case) for case in chosen))
    show_figures("all", made, len(chosen))
    return not refused and all(not one.read_faults for one in made)


async def make_all(
    data_dir: Path, cases: Sequence[PlaylistCase], seed: int
) -> tuple[list[Made], list[tuple[PlaylistCase, str]]]:
    """Every prompt in turn, and those that were refused."""
    configure_logging("ERROR")
    generation = current_generation(catalogue_folder(data_dir))
    assert generation is not None, "no catalogue there: import spotify_songs.csv into this DATA_DIR first"
    has_vectors = read_info(generation)["embedding_model"] != "none"
    settings = Settings(
        _env_file=None, data_dir=data_dir, embedding_backend="local" if has_vectors else "none"
    )
    embedder = await choose_embedder(settings)
    made, refused = [], []
    with tempfile.TemporaryDirectory() as folder:
        database = await open_database(f"sqlite+aiosqlite:///{folder}/lists.sqlite", timeout_s=10)
        await migrate(database)
        async with open_catalogue(settings, embedder) as source:
            clients = PlaylistClients(source, database, None, lambda: NOW, lambda: uuid4().hex)
            async with source.use() as catalogue:
                tracks = await catalogue.engine.browse([], ALL_TRACKS)
            print(f"{len(tracks)} tracks, {read_info(generation)['embedding_model']} for vectors")
            # What is read once for all is not counted to the first prompt.
            await spec_of_prompt(clients, "ten songs")
            for case in cases:
                try:
                    one = await make_one(clients, case, seed)
                except DomainError as error:
                    refused.append((case, error.message))
                    continue
                judge_one(one, tracks)
                made.append(one)
        await close_database(database)
    return made, refused


async def make_one(clients: PlaylistClients, case: PlaylistCase, seed: int) -> Made:
    """One prompt made into a list, with its times."""
    seconds: dict[str, float] = {}
    marks = [time.perf_counter()]

    async def report(_share: float, _step: str) -> None:
        marks.append(time.perf_counter())

    with timed(seconds, "reading"):
        spec, _ = await spec_of_prompt(clients, case["prompt"])
    with timed(seconds, "whole"):
        result = await make_list(clients, "bench", spec, seed=seed, report=report)
    seconds["whole"] += seconds["reading"]
    seconds["gathering"] = marks[2] - marks[1]
    seconds["solving"] = result["solve_ms"] / 1000
    return Made(case, spec, result, seconds, wrong_fields(spec, case["expect"]))


@contextmanager
def timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    """Note how long the block takes."""
    began = time.perf_counter()
    yield
    seconds[name] = time.perf_counter() - began


def judge_one(one: Made, catalogue: Sequence[Track]) -> None:
    """What the list breaks, and where it is not complete, why none could be."""
    expect = one.case["expect"]
    rules = make_rules(bind(one.spec["brief"]), Known(), None)
    # Whom the listener names is wanted, a version included that stays out unless it is asked for.
    named = frozenset(place["track_id"] for place in one.spec["places"] if "track_id" in place)
    rules = replace(rules, wanted_ids=rules.wanted_ids | named)
    one.untold = dict(
        Counter(
            constraint for track in one.tracks for constraint in judge(track, (), rules).unchecked
        ).most_common()
    )

    def kept_out(track: Track) -> str | None:
        return judge(track, (), rules).broken

    def kept_out_by_case(track: Track) -> str | None:
        return may_stand(track, expect)

    one.expect_faults = settled(one, faults_of(expect, one.tracks), expect, catalogue, kept_out_by_case)
    read = as_read(one.spec)
    one.read_faults = settled(
        one, [*broken(one.spec, one.tracks, rules), *faults_of(read, one.tracks)], read, catalogue, kept_out
    )


def settled(
    one: Made,
    faults: list[str],
    expect: dict[str, object],
    catalogue: Sequence[Track],
    kept_out: Callable[[Track], object],
) -> list[str]:
    """The faults that stand: none where no list can do it, and the answer says so and what to relax."""
    if one.result["status"] == "complete":
        if one.case["expect"].get("infeasible") and not faults:
            return ["complete, and obeys, though the case holds it for impossible"]
        return faults
    argument = why_none(expect, catalogue, kept_out)
    one.argument = one.argument or argument
    if argument is not None and one.is_offer:
        return []
    if argument is not None:
        return [f"impossible ({argument}), but not proven or without an offer"]
    said = "said to be proven, and" if one.result["proven"] else "not proven,"
    return [f"not complete: {said} no argument found over the whole catalogue", *faults]


def show_wrong(made: Sequence[Made]) -> None:
    """What is not right, and every list that is not complete."""
    for one in made:
        id_ = one.case["id"]
        if one.result["status"] == "nearest":
            offers = "; ".join(f"{offer['relax']} → {offer['to']}" for offer in one.result["offers"])
            marked = "infeasible" if one.case["expect"].get("infeasible") else "NOT infeasible"
            print(
                f"{id_} nearest, proven {one.result['proven']}, case {marked}; argument: {one.argument}; "
                f"offers: {offers}"
            )
        elif one.case["expect"].get("infeasible"):
            print(f"{id_} complete, case infeasible")
        for name, faults in (("as read", one.read_faults), ("as expected", one.expect_faults)):
            if faults:
                more = f" (and {len(faults) - 3} more)" if len(faults) > 3 else ""
                print(f"{id_} {name}: {'; '.join(faults[:3])}{more}")
        for contour in one.spec["courses"]:
            if (rho := followed(one, contour)) is not None and rho < BAR:
                print(
                    f"{id_} {contour['feature']} {contour['shape']}: Spearman {rho:.3f}: {one.case['prompt']}"
                )
        if one.expect_faults and one.misread:
            print(f"{id_} misread: {', '.join(one.misread)}: {one.case['prompt']}")


def show_figures(name: str, made: Sequence[Made], asked: int) -> None:
    """The table of one part."""
    if not made:
        return
    read = sum(not one.read_faults for one in made)
    right = sum(not one.expect_faults for one in made)
    complete = sum(one.result["status"] == "complete" for one in made)
    print(f"{name}: {asked} prompts, {complete} complete, {len(made) - complete} nearest")
    print(f"  as read: {read} obey or are proven impossible ({read / asked:.0%})")
    print(f"  as expected: {right} obey or are proven impossible ({right / asked:.0%})")
    untold = Counter(constraint for one in made for constraint in one.untold)
    if untold:
        words = ", ".join(f"{constraint} ({lists})" for constraint, lists in untold.most_common())
        print(f"  hard wishes that the records of a list cannot tell, and say so there: {words}")
    timed_lists = [one for one in made if "duration_s" in one.spec and one.result["status"] == "complete"]
    off = [abs(length(one.tracks) - one.spec["duration_s"]) for one in timed_lists]
    strict = [
        gap for one, gap in zip(timed_lists, off, strict=True) if one.spec.get("tolerance_s", 20.0) <= 20.0
    ]
    if strict:
        print(
            f"  length: {sum(gap <= 20.001 for gap in strict)} of {len(strict)} within 20 s, median "
            f"{statistics.median(strict):.1f} s off, most {max(strict):.1f} s; {len(off) - len(strict)} more "
            "with a wider tolerance"
        )
    rhos = sorted(
        rho for one in made for contour in one.spec["courses"] if (rho := followed(one, contour)) is not None
    )
    energy = [
        rho
        for one in made
        for contour in one.spec["courses"]
        if contour["feature"] == "energy" and (rho := followed(one, contour)) is not None
    ]
    if rhos:
        print(
            f"  courses: Spearman median {statistics.median(rhos):.3f} over {len(rhos)}, least {rhos[0]:.3f}"
            f"; energy alone {statistics.median(energy):.3f} over {len(energy)}"
        )
    for step in ("reading", "gathering", "solving", "whole"):
        values = sorted(one.seconds[step] * 1000 for one in made)
        p95 = values[int(0.95 * (len(values) - 1))]
        print(f"  {step}: p50 {statistics.median(values):.0f} ms, p95 {p95:.0f} ms, most {values[-1]:.0f} ms")


def length(tracks: Sequence[Track]) -> float:
    """In seconds."""
    return sum(track.get("duration_ms", 0) for track in tracks) / 1000


def followed(one: Made, contour: Contour) -> float | None:
    """Rank correlation of the measured levels with the asked shape; none where it stands still, or the order
    by year stands in its place.
    """
    tracks = one.tracks
    if contour["shape"] == "steady" or "order" in one.spec or len(tracks) < 3:
        return None
    levels = [track.get("features", {}).get(contour["feature"]) for track in tracks]
    told = [
        (tempo_level(level) if contour["feature"] == "tempo" else level, asked)
        for level, asked in zip(levels, shape_levels(contour, len(tracks)).tolist(), strict=True)
        if level is not None
    ]
    if len(told) < 3 or len({level for level, _ in told}) < 2:
        return None
    return statistics.correlation([level for level, _ in told], [asked for _, asked in told], method="ranked")


def show(one: Made) -> None:
    """One list, its figures and its course."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(f"{one.case['id']}: {one.case['prompt']}", markup=False)
    console.print(f"expected: {one.case['expect']}", markup=False)
    show_playlist(
        console,
        {
            "id": one.case["id"],
            "title": one.spec["title"],
            "version": 1,
            "created_at": NOW.isoformat(),
            "updated_at": NOW.isoformat(),
            "mode": "fresh",
            "spec": one.spec,
            "result": one.result,
            "links": {},
        },
    )
    for name, faults in (("as read", one.read_faults), ("as expected", one.expect_faults)):
        console.print(f"{name}: {'; '.join(faults) or 'nothing broken'}", markup=False)
    if one.argument:
        console.print(f"no list can do it: {one.argument}", markup=False)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main()) else 1)
