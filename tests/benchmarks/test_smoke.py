"""Every benchmark starts, and comes to its figures, on tiny data. What the figures are is not looked at."""

import ast
import json
import socket
import subprocess
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from types import ModuleType

import pytest

import benchmarks
from benchmarks import (
    first_event,
    held_out_playlists,
    import_rate,
    labels,
    memory,
    mutation,
    playlist_reading,
    playlist_solver,
    playlists,
    reading,
    recording,
    resolving,
    saving,
    search,
    turn_cpu,
    worker_kills,
)
from benchmarks.messages import MESSAGES
from benchmarks.model_server import model_server
from src.catalogue.generations import catalogue_folder, current_generation, shard_folder
from tests.benchmarks.conftest import served_here
from tests.fakes import hashed_embedder
from tests.spotify.matching.traps import make_traps
from tests.spotify.sync.schedules import ALL

FOLDER = Path(benchmarks.__file__).parent


def programs() -> list[str]:
    """The files that somebody runs: those that run themselves, and those that no other file there imports."""
    files = [path for path in FOLDER.glob("*.py") if path.name != "__init__.py"]
    sources = {path.stem: path.read_text(encoding="utf-8") for path in files}
    imported: set[str] = set()
    for source in sources.values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("benchmarks"):
                names = [alias.name for alias in node.names]
                imported |= set(names if node.module == "benchmarks" else [node.module.split(".")[1]])
    return sorted(name for name, source in sources.items() if name not in imported or "__main__" in source)


@pytest.mark.parametrize("name", programs())
def test_benchmark_has_a_smoke_test(name: str) -> None:
    assert f"test_{name}_starts" in globals(), f"benchmarks/{name}.py is never started by a test"


def with_data(patch: pytest.MonkeyPatch, module: ModuleType, **data: object) -> None:
    """Tiny data in place of the real."""
    for name, value in data.items():
        patch.setattr(module, name, value)


def shard(data_dir: Path) -> str:
    generation = current_generation(catalogue_folder(data_dir))
    assert generation is not None
    return str(shard_folder(generation))


def test_first_event_starts(words_dir, monkeypatch, capsys):
    with_data(monkeypatch, first_event, served=served_here, WARM_UPS=1)
    first_event.main(["--data-dir", str(words_dir), "--turns", "2"])
    assert "first event: best" in capsys.readouterr().out


async def test_held_out_playlists_starts(vectors_dir, songs_file, monkeypatch, capsys):
    with_data(monkeypatch, held_out_playlists, SONGS=songs_file, local_embedder=hashed_embedder)
    await held_out_playlists.main(["--data-dir", str(vectors_dir)])
    shown = capsys.readouterr().out
    assert "120 tracks in the catalogue" in shown
    assert "title and 5 tracks:" in shown
    assert "dense, tracks alone" in shown


async def test_import_rate_starts(songs_file, monkeypatch, capsys):
    with_data(monkeypatch, import_rate, SONGS=songs_file, local_embedder=hashed_embedder, ROUNDS=1)
    await import_rate.main(["--rows", "10"])
    assert "ratio, best of 1 rounds" in capsys.readouterr().out


async def test_labels_starts(vectors_dir, requests_file, tmp_path, monkeypatch, capsys):
    label = {
        "line": 3,
        "split": "tuned",
        "names": [{"name": "Singer Rain 0", "kind": "artist", "relation": "seed"}],
        "genres": {"wanted": ["rock"], "rejected": []},
        "moods": {"wanted": ["sad"], "rejected": []},
        "decades": [1990],
    }
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(label) + "\n")
    with_data(monkeypatch, labels, REQUESTS=requests_file, LABELS=path)
    await labels.main(["--catalogue", shard(vectors_dir), "--wrong"])
    assert "tuned: 1 requests" in capsys.readouterr().out


def test_memory_starts(tracks_file, words_dir, monkeypatch, capsys):
    with_data(monkeypatch, memory, TRACKS_182K=tracks_file)
    memory.main(["import"])
    # The one test with a server in a process of its own.
    memory.main(["serve", "--data-dir", str(words_dir)])
    shown = capsys.readouterr().out
    assert "imported 120 rows, 120 tracks" in shown
    assert "idle server:" in shown


def with_mutants_at_hand() -> None:
    try_it = [*turn_cpu.with_package(mutation.PACKAGE), "--offline"]
    if subprocess.run([*try_it, "python", "-c", ""], capture_output=True).returncode:
        pytest.skip(f"{mutation.PACKAGE} is not in uv's cache, and a test fetches nothing")


def test_mutants_starts():
    with_mutants_at_hand()
    module = "src/constraints/checks.py"
    found = mutation.sampled(mutation.ROOT, [module], seed=1, sample=20)
    assert len({mutant.code for mutant in found}) == 20
    assert found == mutation.sampled(mutation.ROOT, [module], seed=1, sample=20)
    source = (mutation.ROOT / module).read_text(encoding="utf-8")
    assert all(list(mutation.changed_lines(source, mutant.code)) for mutant in found)


def test_mutation_starts(tmp_path, monkeypatch, capsys):
    """Of two functions one is tested: the mutant of the other survives."""
    clone = tmp_path / "clone"
    source = "def held(a):\n    return a > 1\n\n\ndef loose(a):\n    return a > 1\n"
    files = {
        "src/__init__.py": "",
        "src/signs.py": source,
        "tests/test_signs.py": "from src.signs import held\ndef test_held():\n    assert held(2)\n",
    }
    for name, text in files.items():
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        (clone / name).write_text(text)
    first, _, second = source.partition("\n\n\n")
    broken = [f"{first.replace('>', '<')}\n\n\n{second}", f"{first}\n\n\n{second.replace('>', '<')}"]
    mutants = [
        mutation.Mutant("src/signs.py", line, "Gt_Lt", code)
        for line, code in zip((2, 6), broken, strict=True)
    ]
    with_data(monkeypatch, mutation, ROOT=clone, cloned=lambda: nullcontext(clone))
    with_data(monkeypatch, mutation, sampled=lambda *_: mutants)
    mutation.main(["--modules", "src/*.py"])
    shown = capsys.readouterr().out
    assert "src/signs.py:6 Gt_Lt survived\n    -    return a > 1\n    +    return a < 1\n" in shown
    assert "2 mutants of 1 modules, seed 1: 1 killed, 1 survived, 0 timed out, 0 not run" in shown
    assert (clone / "src/signs.py").read_text() == source


def first_and_held_out(tmp_path: Path) -> Path:
    """Two of the prompts that the readers were written with, and two held out."""
    lines = playlist_reading.CASES.read_text(encoding="utf-8").splitlines()
    path = tmp_path / "prompts.jsonl"
    path.write_text("\n".join([*lines[:2], *lines[-2:]]) + "\n", encoding="utf-8")
    return path


async def test_playlist_reading_starts(words_dir, tmp_path, monkeypatch, capsys):
    with_data(monkeypatch, playlist_reading, CASES=first_and_held_out(tmp_path))
    await playlist_reading.main(["--catalogue", str(words_dir), "--wrong", "all"])
    assert "held out: " in capsys.readouterr().out


def test_playlist_solver_starts(songs_file, monkeypatch, capsys):
    with_data(
        monkeypatch,
        playlist_solver,
        SONGS=songs_file,
        LENGTHS=(30,),
        RANDOM_LENGTHS=1,
        LARGE=(("tracks", 100),),
    )
    playlist_solver.main(["--specs", "3", "--lists", "2", "--pool", "120"])
    assert "random specs" in capsys.readouterr().out


async def test_playlists_starts(words_dir, tmp_path, monkeypatch, capsys):
    with_data(monkeypatch, playlists, CASES=first_and_held_out(tmp_path))
    await playlists.main(["--data-dir", str(words_dir)])
    assert "all: 4 prompts" in capsys.readouterr().out


async def test_reading_starts(tracks_file, requests_file, tmp_path, monkeypatch, capsys):
    with_data(monkeypatch, reading, TRACKS_182K=tracks_file, REQUESTS=requests_file, _MESSAGES=3)
    await reading.main(["--catalogue", str(tmp_path / "names")])
    assert "one letter wrong" in capsys.readouterr().out


async def test_recording_starts(words_dir, monkeypatch, capsys):
    with_data(monkeypatch, recording, served=served_here, ROUNDS=1, WARM_UPS=1)
    await recording.main(["--data-dir", str(words_dir), "--turns", "1"])
    assert "each further" in capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(turn_cpu.FRAMEWORKS))
def test_rivals_starts(name: str) -> None:
    package = turn_cpu.FRAMEWORKS[name]
    try_it = [*turn_cpu.with_package(package), "--offline"]
    if subprocess.run([*try_it, "python", "-c", ""], capture_output=True).returncode:
        pytest.skip(f"{package} is not in uv's cache, and a test fetches nothing")
    with model_server() as base_url:
        assert turn_cpu.rival(name, package, base_url, 1) is not None


async def test_resolving_starts(monkeypatch, capsys):
    def few(naming, seed):
        traps = make_traps(naming, seed)
        traps.cases = list(islice(traps.cases, 10))
        return traps

    with_data(monkeypatch, resolving, make_traps=few)
    await resolving.main(seeds=1, verbose=True)
    assert "by kind of trap" in capsys.readouterr().out


async def test_saving_starts(monkeypatch, capsys):
    with_data(monkeypatch, saving, ALL=ALL[:1])
    await saving.main()
    assert "1 schedules, 0 wrong" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["catalogue", "random"])
async def test_search_starts(what, vectors_dir, requests_file, monkeypatch, capsys):
    with_data(monkeypatch, search, REQUESTS=requests_file, local_embedder=hashed_embedder)
    with_data(monkeypatch, search, FILTERS=search.FILTERS[:2])
    chosen = {"catalogue": ["--data-dir", str(vectors_dir)], "random": ["--random", "120"]}
    await search.main(chosen[what])
    assert "120 tracks, 2 filters x 60 requests" in capsys.readouterr().out


async def test_turn_cpu_starts(words_dir, monkeypatch, capsys):
    assert len(set(MESSAGES)) == len(MESSAGES) == 40
    with_data(monkeypatch, turn_cpu, served=served_here, MESSAGES=MESSAGES[:2], WARM_UPS=1, LOOP_WARM_UPS=1)
    # Without busy processes, which take a core for as long as it runs: test_serving starts one.
    await turn_cpu.main(["--data-dir", str(words_dir), "--turns", "1", "--no-frameworks"])
    shown = capsys.readouterr().out
    for name in ("rules", "rules, spinning", "model, JSON", "model, stream", "query", "query, spinning"):
        assert f"\n{name:<18} mean " in shown


async def test_worker_kills_starts(capsys):
    for name, port in (("RabbitMQ", 5672), ("PostgreSQL", 5432)):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                pytest.skip(f"no {name} on 127.0.0.1:{port}")
    assert await worker_kills.main(jobs=2, kills=1, seed=1)
    assert "done exactly once: 2 of 2" in capsys.readouterr().out
