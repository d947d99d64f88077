"""Whether the tests notice when a rule breaks: mutants of what enforces, checks, isolates and writes.

    uv run python -m benchmarks.mutation [--sample 300] [--seed 1] [--minutes 30] [--modules PATH ...]

The commit checked out is cloned into a temporary folder, in memory where there is room. Each mutant of a
seeded sample changes one place of one module there, and the tests that mirror the module run on it, no
others. Prints each survivor with the lines that it changes, and how many were killed, survived, timed out.
A survivor may change nothing that anybody could see: each is for somebody to look at.
"""

import argparse
import difflib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.turn_cpu import with_package

ROOT = Path(__file__).resolve().parent.parent
# MIT; with what it needs 21 MB that no other command needs, so it is no dependency.
PACKAGE = "cosmic-ray==8.7.0"
MODULES = (
    "src/constraints/enforcement.py",
    "src/constraints/checks.py",
    "src/constraints/filters.py",
    "src/constraints/conflicts.py",
    "src/constraints/report.py",
    "src/catalogue/credits.py",
    "src/preferences/*.py",
    "src/conversations/*store.py",
    "src/playlists/*store.py",
    "src/jobs/*store.py",
    "src/recordings/store.py",
    "src/spotify/sync/write.py",
    "src/spotify/sync/steps.py",
    "src/spotify/sync/save.py",
    "src/spotify/sync/undo.py",
    "src/chat/feedback.py",
    "src/grounding/*.py",
    "src/api/dependencies.py",
    "src/api/middleware.py",
)
# Modules that a test file of another name tests, alone or too.
OTHER_TESTS = {
    "src/constraints/checks.py": (
        "tests/constraints/test_enforcement.py",
        "tests/constraints/test_credited.py",
    ),
    "src/constraints/filters.py": ("tests/constraints/test_enforcement.py", "tests/retrieval/test_pool.py"),
    "src/constraints/report.py": (
        "tests/constraints/test_enforcement.py",
        "tests/constraints/test_credited.py",
    ),
    "src/chat/feedback.py": ("tests/api/test_routes.py",),
    "src/grounding/names.py": ("tests/grounding/test_claims.py", "tests/grounding/test_support.py"),
    "src/grounding/numbers.py": ("tests/grounding/test_claims.py", "tests/grounding/test_support.py"),
    "src/grounding/support.py": ("tests/grounding/test_claims.py",),
    "src/spotify/sync/write.py": ("tests/spotify/sync/test_save.py", "tests/spotify/sync/test_faults.py"),
    "src/api/dependencies.py": ("tests/api/test_chat.py", "tests/api/test_conversations.py"),
}
# What a clone, its tests' files and their databases take at most.
ROOM = 1 << 30
# A mutant that takes this many times as long as the module itself hangs.
PATIENCE, LEAST_PATIENCE_S = 4, 20


@dataclass(frozen=True, slots=True)
class Mutant:
    module: str
    line: int
    operator: str
    code: str


def tests_of(module: str) -> list[str]:
    """The test files that run on a mutant of the module."""
    path = Path(module)
    mirror = Path("tests", *path.parts[1:-1], f"test_{path.name}")
    return [str(mirror)] * (ROOT / mirror).exists() + list(OTHER_TESTS.get(module, ()))


@contextmanager
def cloned() -> Iterator[Path]:
    memory = Path("/dev/shm")
    is_roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    with tempfile.TemporaryDirectory(prefix="segue-mutation-", dir=memory if is_roomy else None) as name:
        folder = Path(name) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
        yield folder


def sampled(folder: Path, modules: list[str], seed: int, sample: int) -> list[Mutant]:
    script = Path(__file__).with_name("mutants.py")
    command = [*with_package(PACKAGE), "python", str(script), str(folder), str(seed), str(sample), *modules]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [Mutant(**json.loads(line)) for line in shown.splitlines()]


def outcome(folder: Path, tests: list[str], seconds: float) -> str:
    """`killed` when a test fails, `survived` when none does, else `timed out`."""
    options = [
        "-x",
        "-n",
        "0",
        "--no-cov",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "--hypothesis-seed=0",
    ]
    command = [sys.executable, "-m", "pytest", *options, f"--basetemp={folder.parent / 'tests'}", *tests]
    # The checkout is installed in this interpreter: the clone goes before it.
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    run = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        return "killed" if run.wait(seconds) else "survived"
    except subprocess.TimeoutExpired:
        return "timed out"
    finally:
        # With what a test started and left.
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
        run.wait()


def write_module(path: Path, code: str) -> None:
    """Without the bytecode of what was there: a change within the same second may leave the size as it is."""
    path.write_text(code, encoding="utf-8")
    for compiled in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        compiled.unlink()


def changed_lines(old: str, new: str) -> Iterator[str]:
    for line in difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm=""):
        if line.startswith(("-", "+")) and not line.startswith(("---", "+++")):
            yield line


def run_all(folder: Path, mutants: list[Mutant], end: float) -> Counter[str]:
    """How many mutants came to which outcome. Each module is first tried as it is."""
    counts: Counter[str] = Counter()
    patience: dict[str, float] = {}
    for mutant in mutants:
        module, path, tests = mutant.module, folder / mutant.module, tests_of(mutant.module)
        if time.monotonic() > end:
            counts["not run"] += 1
            continue
        if module not in patience:
            start = time.monotonic()
            is_whole = bool(tests) and outcome(folder, tests, end - start) == "survived"
            taken = time.monotonic() - start
            patience[module] = max(LEAST_PATIENCE_S, PATIENCE * taken) if is_whole else 0
            said = f"{taken:.0f} s" if is_whole else "no tests that pass as it is, in the time left"
            print(f"{module}: {said}", flush=True)
        if not patience[module]:
            counts["not run"] += 1
            continue
        original = path.read_text(encoding="utf-8")
        write_module(path, mutant.code)
        try:
            result = outcome(folder, tests, patience[module])
        finally:
            write_module(path, original)
        counts[result] += 1
        if result != "killed":
            print(f"{module}:{mutant.line} {mutant.operator} {result}")
            print(*(f"    {line}" for line in changed_lines(original, mutant.code)), sep="\n", flush=True)
    return counts


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--modules", nargs="+", default=MODULES, help="paths or patterns: src/jobs/*.py")
    options = parser.parse_args(argv)
    end = time.monotonic() + 60 * options.minutes
    with cloned() as folder:
        found = [
            str(path.relative_to(folder)) for name in options.modules for path in sorted(folder.glob(name))
        ]
        modules = [module for module in dict.fromkeys(found) if (folder / module).stat().st_size]
        counts = run_all(folder, sampled(folder, modules, options.seed, options.sample), end)
    shown = ", ".join(f"{counts[name]} {name}" for name in ("killed", "survived", "timed out", "not run"))
    print(f"{counts.total()} mutants of {len(modules)} modules, seed {options.seed}: {shown}")


if __name__ == "__main__":
    main()
