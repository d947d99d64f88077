"""Every command that the README shows: run here in one home, or named below with the test that runs it."""

import contextlib
import csv
import gzip
import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import webbrowser
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from loguru import logger

from src.catalogue.starter import starter_tracks
from src.cli.app import main
from src.spotify.auth.encryption import new_key
from tests.benchmarks.conftest import served_here
from tests.readme import README, sample

ROOT = README.parent
_STARTS = "tests/benchmarks/test_smoke.py::test_{}_starts"
# What is not run here, as the README begins it, and where it is: a test, or a line of a script.
ELSEWHERE = {
    "pip install uv": ".ci/run::pip install --quiet uv",
    "uv run pytest": ".ci/run::uv run pytest",
    "uv run segue chat " + shlex.quote(sample()[0][1]): (
        "tests/test_readme.py::test_readme_sample_is_what_the_command_prints"
    ),
    "uv run segue serve": "tests/cli/test_processes.py::test_serve_when_interrupted_closes_everything",
    "uv run segue replay src/evaluation/suites/core.recordings.jsonl.gz": (
        ".ci/run::segue replay src/evaluation/suites/*.recordings.jsonl.gz"
    ),
    "uv run segue eval run core --replay": ".ci/run::segue eval run core --replay",
    "uv run segue eval run dialogues": (
        "tests/cli/test_evaluation.py::test_eval_run_writes_the_run_and_the_page"
    ),
    "uv run segue eval compare": "tests/cli/test_evaluation.py::test_eval_compare_two_runs",
    "uv run segue eval record": (
        "tests/cli/test_evaluation.py::test_eval_record_stops_at_its_budget_and_goes_on"
    ),
    "uv run segue scorecard": "tests/cli/test_evaluation.py::test_scorecard_of_runs",
}
# Beyond that a command ends well: what the one with these words must say.
SAYS = {
    "save it as": "tracks are in the new playlist, as read back from Spotify",
    "undo the save": "Quiet Evenings",
    "spotify status": "Connected.",
    "rules import": "1 rules now",
    "--map": " 355 tracks in the catalogue now",
    "ninety minutes": "Dinner – ",
    "save ID": "a new playlist would get",
    "import mine": "Dinner – 30 tracks",
    "replay TURN_ID": "1 of 1 identical",
    "upbeat salsa": '"genres":["latin","salsa"]',
    "text/event-stream": "event: turn_finished",
}
_GENRES = {"soul", "bossa nova", "jazz", "salsa", "dream pop", "instrumental", "mpb"}


def commands(text: str) -> list[str]:
    """The commands of the fenced blocks, with lines that go on joined: all but the sample answer."""
    blocks = re.findall(r"^```\w*\n(.*?)\n```$", text, re.DOTALL | re.MULTILINE)
    shown = [block.replace("\\\n", " ") for block in blocks if block.strip("\n") != sample()[1]]
    return [line for block in shown for line in block.splitlines() if line]


def elsewhere(command: str) -> str | None:
    """What runs a command that is not run here."""
    words = shlex.split(command)
    if words[:4] == ["uv", "run", "python", "-m"] and words[4].startswith("benchmarks."):
        return _STARTS.format(words[4].removeprefix("benchmarks."))
    begins = [known for known in ELSEWHERE if words[: len(shlex.split(known))] == shlex.split(known)]
    return ELSEWHERE[begins[0]] if begins else None


def is_run_here(command: str) -> bool:
    """Whether it is one of `segue` or `curl`, and runs in no other place."""
    return elsewhere(command) is None and command.startswith(("uv run segue ", "curl "))


def strays(text: str) -> list[str]:
    """The commands that are run neither here nor where the table says."""
    return [line for line in commands(text) if not is_run_here(line) and not _is_there(elsewhere(line) or "")]


def _is_there(named: str) -> bool:
    path, _, what = named.partition("::")
    if not what or not (ROOT / path).is_file():
        return False
    wanted = rf"^(async )?def {what}\(" if path.endswith(".py") else re.escape(what)
    return re.search(wanted, (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE) is not None


def test_readme_has_no_command_that_nothing_runs():
    text = README.read_text(encoding="utf-8")
    assert strays(text) == []
    assert set(ELSEWHERE.values()) <= {elsewhere(line) for line in commands(text)}, "no longer in the README"


@pytest.mark.parametrize("command", ["docker build .", "uv run python -m benchmarks.none", "uv sync"])
def test_strays_sees_a_command_that_nothing_runs(command):
    assert strays(README.read_text(encoding="utf-8") + f"\n```\n{command}\n```\n") == [command]


def test_readme_commands_have_only_options_that_there_are(monkeypatch, capsys):
    """An option that is not there is named before anything runs: the first one of a command."""
    for command in commands(README.read_text(encoding="utf-8")):
        if command.startswith("uv run segue "):
            monkeypatch.setattr(sys, "argv", [*shlex.split(command)[2:], "--not-there"])
            with pytest.raises(SystemExit):
                main()
            assert "No such option: --not-there" in capsys.readouterr().err, command


# The home that the commands run in.


def _write_tracks(folder: Path) -> None:
    """Songs of the starter catalogue in two files: the first has lengths, and columns for `--map`."""
    tracks = [track for track in starter_tracks() if _GENRES & set(track["genres"])]
    with gzip.open(folder / "more.jsonl.gz", "wt", encoding="utf-8") as file:
        for track in tracks[::2]:
            row = {key: track.get(key) for key in ("title", "artists", "album", "genres", "year")}
            file.write(json.dumps(row) + "\n")
    with (folder / "tracks.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["title", "artists", "genres", "year", "duration_ms", "song", "performer"])
        for number, track in enumerate(tracks[1::2]):
            artists, genres = json.dumps(track["artists"]), json.dumps(track["genres"])
            length = 150_000 + number % 50 * 3_000
            named = [track["title"], artists]
            writer.writerow([*named, genres, track.get("year"), length, *named])


@contextlib.contextmanager
def _fake_spotify(command: str) -> Iterator[dict[str, str]]:
    """Run the README's fake beside this process, on a free port and with a listener who consents."""
    arguments = [*shlex.split(command)[3:], "--port", "0", "--consent-as", "mira"]
    process = subprocess.Popen(
        [sys.executable, "-m", "src.cli", *arguments], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    with process:
        assert process.stdout is not None
        lines: list[str] = []
        while not (line := process.stdout.readline()).startswith("#"):
            assert line, "it ended"
            lines.append(line.strip())
        try:
            yield dict(line.split("=", 1) for line in lines)
        finally:
            process.send_signal(signal.SIGINT)
    assert process.returncode == 0


class Home:
    """Where the commands run, one after the other, and what the placeholders of the README stand for."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
        self.folder, self.monkeypatch, self.capsys = folder, monkeypatch, capsys
        self.names: dict[str, str] = {}
        self.address = ""

    def run(self, command: str) -> str:
        """What a command prints; it must end well and complain of nothing."""
        if command.startswith("curl "):
            return self._curl(command)
        words = [self.names.get(word, word) for word in shlex.split(command)[2:]]
        self.monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            main()
        printed = self.capsys.readouterr()
        assert not ended.value.code, (command, printed)
        assert printed.err == "", command
        assert printed.out or " export " in command, command
        self._learn(printed.out)
        return printed.out

    def _curl(self, command: str) -> str:
        words = shlex.split(
            command.replace("localhost:8000", self.address).replace("…", self.names.get("…", "…"))
        )
        done = subprocess.run([*words, "--fail"], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (command, done)
        self._learn(done.stdout)
        return done.stdout

    def _learn(self, printed: str) -> None:
        """The ids that a later command asks for."""
        for name, pattern in (
            ("ID", r"^playlist ([0-9a-f]{32}) "),
            ("TURN_ID", r"^([0-9a-f]{32}) .* planner$"),
            ("…", r'"conversation_id":"([^"]+)"'),
        ):
            if found := re.search(pattern, printed, re.MULTILINE):
                self.names.setdefault(name, found[1])


@pytest.fixture
def home(tmp_path, monkeypatch, capsys) -> Iterator[Home]:
    _write_tracks(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EMBEDDING_BACKEND", "none")
    monkeypatch.setenv("SPOTIFY_TOKEN_KEYS", new_key())
    monkeypatch.setenv("SPOTIFY_SIGN_IN_MINUTES", "1")
    # Without a port in it, sign-in takes a free one.
    monkeypatch.setenv("SPOTIFY_REDIRECT_URI", "http://127.0.0.1/v1/spotify/callback")
    monkeypatch.setattr(webbrowser, "open", lambda to: httpx.get(to, follow_redirects=True, timeout=60))
    yield Home(tmp_path, monkeypatch, capsys)
    logger.remove()


@pytest.mark.skipif(shutil.which("curl") is None, reason="the README's curl lines need curl")
def test_readme_commands_run_in_one_home(home, monkeypatch):
    here = [line for line in commands(README.read_text(encoding="utf-8")) if is_run_here(line)]
    (fake,) = [command for command in here if "fake-spotify" in command]
    (logout,) = [command for command in here if "logout" in command]
    curls = [command for command in here if command.startswith("curl ")]
    imports = [command for command in here if "catalogue import" in command]
    others = [command for command in here if command not in (fake, logout, *curls, *imports)]
    said = {command: home.run(command) for command in imports}
    with _fake_spotify(fake) as settings:
        for name, value in settings.items():
            monkeypatch.setenv(name, value)
        for command in others:
            if "import mine.m3u8" in command:
                shutil.copy("dinner.m3u8", "mine.m3u8")
            said[command] = home.run(command)
        # At the end: the lists of a later section are saved to the account.
        said[logout] = home.run(logout)
    with served_here({}) as (address, _):
        home.address = address
        said |= {command: home.run(command) for command in curls}
    for part, answer in SAYS.items():
        assert any(answer in printed for command, printed in said.items() if part in command), (part, said)
