"""`segue chat` on this machine."""

import io
import re
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from src.catalogue.generations import catalogue_folder, own_catalogue
from src.chat.models.answer import ANSWER
from tests.cli.conftest import one_line


def test_chat_prints_ranks_reasons_report_and_trace(segue):
    ran = segue("chat", "dream pop, nothing after 1995")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    tracks = [line for line in lines if re.match(r" +\d+\. ", line)]
    assert [int(line.split(".")[0]) for line in tracks] == list(range(1, len(tracks) + 1))
    assert any("Mazzy Star – Fade Into You (1993)" in line for line in tracks)
    reasons = [lines[lines.index(line) + 1] for line in tracks]
    assert all(re.match(r" {5}\S", reason) for reason in reasons)
    assert " ✓ 1995 or earlier\n" in ran.out
    assert re.search(r"^conversation \w+ · trace [0-9a-f]{32} · rules", ran.out, re.MULTILINE)


def test_chat_as_json_prints_the_answer_alone(segue):
    ran = segue("chat", "--json", "dream pop")
    answer = ANSWER.validate_json(ran.out)
    assert ran.err == ""
    assert answer["recommendations"]
    assert answer["planner"]["kind"] == "rules"


def test_chat_when_limited_gives_no_more(segue):
    answer = ANSWER.validate_json(segue("chat", "--json", "--limit", "2", "rock").out)
    assert len(answer["recommendations"]) == 2


@pytest.mark.parametrize("limit", ["0", "51", "many"])
def test_chat_when_the_limit_is_out_of_bounds_is_a_usage_error(segue, limit):
    ran = segue("chat", "--limit", limit, "rock")
    assert ran.code == 2
    assert "--limit" in ran.err


def test_chat_goes_on_with_a_conversation(segue):
    first = ANSWER.validate_json(segue("chat", "--json", "dream pop").out)
    id_ = first["conversation_id"]
    second = ANSWER.validate_json(segue("chat", "--json", "--conversation", id_, "from the nineties").out)
    assert second["conversation_id"] == id_
    assert second["turn_id"] != first["turn_id"]


def test_chat_when_the_conversation_is_unknown_says_so_in_one_line(segue):
    assert "no-such-id" not in one_line(segue("chat", "--conversation", "no-such-id", "rock"))


def test_chat_when_the_message_is_empty_says_so_in_one_line(segue):
    assert "empty" in one_line(segue("chat", ""))


def test_chat_when_a_setting_is_wrong_names_it_and_hides_its_value(segue, monkeypatch):
    monkeypatch.setenv("PORT", "99999")
    said = one_line(segue("chat", "rock"))
    assert "PORT" in said
    assert "99999" not in said


def test_chat_without_message_is_a_conversation_that_an_error_does_not_end(segue, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"dream pop\n{'long ' * 1_000}\njazz\n\n"))
    ran = segue("chat")
    assert ran.code == 0
    ids = re.findall(r"conversation (\w+) ·", ran.out)
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert "long long" not in ran.out


def test_chat_without_message_ends_with_the_input(segue, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    ran = segue("chat")
    assert (ran.code, ran.err) == (0, "")


def test_chat_when_another_command_has_the_catalogue_names_its_process(segue, data_dir):
    with own_catalogue(catalogue_folder(data_dir), address="", wait_s=0):
        assert re.search(r"Process \d+ has this catalogue open\.", one_line(segue("chat", "rock")))


@pytest.fixture
def odd_server() -> Iterator[tuple[str, list[str | None], list[tuple[int, bytes]]]]:
    """A server that is none of ours: its address, the tokens it saw, and what it is to answer."""
    tokens: list[str | None] = []
    answers: list[tuple[int, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            tokens.append(self.headers["Authorization"])
            status, body = answers.pop()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", tokens, answers
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((200, b'{"unknown": 1}'), "another version"),
        ((200, b"<html>"), "another version"),
        ((500, b"<html>"), "status 500"),
    ],
)
def test_chat_when_the_server_answers_nonsense_says_so_in_one_line(
    segue, data_dir, odd_server, answer, message
):
    address, _, answers = odd_server
    answers.append(answer)
    with own_catalogue(catalogue_folder(data_dir), address=address, wait_s=0):
        assert message in one_line(segue("chat", "rock"))


def test_chat_when_there_are_tokens_sends_one_to_the_server(segue, data_dir, odd_server, monkeypatch):
    address, tokens, answers = odd_server
    answers.append((401, b"{}"))
    monkeypatch.setenv("API_TOKENS", "alice:alice-token-0123456789")
    with own_catalogue(catalogue_folder(data_dir), address=address, wait_s=0):
        said = one_line(segue("chat", "rock"))
    assert tokens == ["Bearer alice-token-0123456789"]
    assert "alice-token" not in said


def test_chat_when_the_server_does_not_answer_says_so_in_one_line(segue, data_dir):
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    with own_catalogue(catalogue_folder(data_dir), address=address, wait_s=0):
        assert "does not answer" in one_line(segue("chat", "rock"))
