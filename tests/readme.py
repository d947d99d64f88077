"""`python -m tests.readme` writes the sample answer of the README anew, as its first command prints it."""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
_SAMPLE = re.compile(
    r"(uv run segue (chat \"[^\n]+)\n```\n\nThe answer as it came out:\n\n```\n)(.*?)(\n```\n)", re.DOTALL
)
# Ids and the time taken differ from run to run.
_OF_THE_RUN = re.compile(r"\b[0-9a-f]{32}\b|\b\d+ ms\b")


def sample() -> tuple[list[str], str]:
    """The arguments of the README's first command, and the answer printed below it."""
    found = _SAMPLE.search(README.read_text(encoding="utf-8"))
    assert found is not None, "the README has no sample answer"
    return shlex.split(found[2]), found[3]


def answer(arguments: list[str], data_dir: Path) -> str:
    """What `segue` prints on a fresh machine: the starter catalogue, no settings."""
    kept = {name: os.environ[name] for name in os.environ if name.startswith(("PATH", "HOME", "COVERAGE"))}
    environment = kept | {"DATA_DIR": str(data_dir), "PYTHONUTF8": "1"}
    command = [sys.executable, "-m", "src.cli", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True, timeout=120)
    return done.stdout.strip("\n")


def comparable(text: str) -> str:
    """An answer without what no two runs share."""
    return _OF_THE_RUN.sub("…", text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        new = answer(sample()[0], Path(folder) / "data")
    text = README.read_text(encoding="utf-8")
    README.write_text(_SAMPLE.sub(lambda found: found[1] + new + found[4], text), encoding="utf-8")
