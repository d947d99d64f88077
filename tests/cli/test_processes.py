"""Rules between processes: one owner, the others over HTTP, imports beside, quiet pipes, a light start."""

import os
import signal
import subprocess
import sys

from src.chat.models.answer import ANSWER
from tests.cli.conftest import environment, one_line, run_process, serving, write_json_lines
from tests.fakes import songs


def test_chat_beside_a_server_asks_it(server):
    ran = run_process(server.data_dir, "chat", "--json", "dream pop, nothing after 1995")
    assert ran.err == ""
    answer = ANSWER.validate_json(ran.out)
    assert answer["recommendations"]
    more = run_process(
        server.data_dir, "chat", "--conversation", answer["conversation_id"], "--limit", "1", "jazz"
    )
    assert f"conversation {answer['conversation_id']} · trace " in more.out


def test_chat_beside_a_server_when_it_refuses_says_its_message_in_one_line(beside):
    assert "no such conversation" in one_line(beside("chat", "--conversation", "nowhere", "jazz")).lower()


def test_search_beside_a_server_finds_the_same(server, beside, monkeypatch, data_dir):
    for arguments in (
        ["Fade Into You", "--limit", "1"],
        ["jazz 1959", "--genre", "jazz", "--not-artist", "Miles Davis", "--year-to", "1960"],
        ["clocks", "--artist", "Coldplay", "--not-genre", "jazz", "--year-from", "2001"],
    ):
        over_http = beside("catalogue", "search", *arguments)
        with monkeypatch.context() as patch:
            patch.setenv("DATA_DIR", str(data_dir))
            assert beside("catalogue", "search", *arguments) == over_http
        assert over_http.out


def test_info_and_facets_beside_a_server_ask_it(beside):
    assert "engine: qdrant-edge\n" in beside("catalogue", "info").out
    assert "dream pop" in beside("catalogue", "facets").out


def test_import_beside_a_server_is_served_at_once(server, beside, tmp_path):
    row = {"title": "Quaggafjord", "artists": ["Beside"], "genres": ["rock"]}
    ran = run_process(
        server.data_dir, "catalogue", "import", str(write_json_lines(tmp_path / "more.jsonl", [row]))
    )
    assert (ran.code, ran.err) == (0, "")
    assert f"{len(songs()) + 1} tracks in the catalogue now" in ran.out
    assert "Beside – Quaggafjord" in beside("catalogue", "search", "Quaggafjord").out
    assert f"tracks: {len(songs()) + 1}\n" in beside("catalogue", "info").out
    os.kill(server.pid, 0)


def test_serve_beside_a_server_is_refused_with_its_pid_and_address(server):
    said = one_line(run_process(server.data_dir, "serve", "--port", "0"))
    assert f"Process {server.pid} has this catalogue open and serves it at {server.address}." in said


def test_serve_when_interrupted_closes_everything(data_dir):
    with serving(data_dir, signal.SIGINT) as server:
        assert server.address.startswith("http://127.0.0.1:")


def test_process_when_a_setting_is_wrong_ends_with_one_line(warm):
    assert "PORT" in one_line(run_process(warm, "chat", "rock", PORT="99999"))


def test_process_when_its_pipe_is_closed_ends_quietly(data_dir):
    process = subprocess.Popen(
        [sys.executable, "-m", "src.cli", "catalogue", "facets"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(data_dir),
        cwd=data_dir.parent,
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 1


def test_chat_on_a_warm_data_directory_loads_nothing_heavy(data_dir):
    script = (
        "import sys; sys.argv = ['segue', 'chat', '--json', 'dream pop']\n"
        "from src.cli.app import main\n"
        "try: main()\n"
        "except SystemExit as ended: assert not ended.code\n"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment(data_dir),
        cwd=data_dir.parent,
        timeout=60,
    )
    assert ANSWER.validate_json(done.stdout)["recommendations"]
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert "pydantic" in loaded
    heavy = {"openai", "fastapi", "alembic", "qdrant_client", "faststream", "uvicorn", "httpx", "jinja2"}
    assert not loaded & heavy
