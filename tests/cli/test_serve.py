"""What `segue serve` refuses before it opens anything."""

import pytest

from src.cli.serve import _Address
from tests.cli.conftest import one_line


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "music.example"])
def test_serve_when_it_would_be_open_to_others_wants_tokens(segue, host):
    assert "API_TOKENS must be set" in one_line(segue("serve", "--host", host))


def test_serve_when_several_workers_are_asked_for_is_refused(segue, monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", "2")
    assert "WEB_CONCURRENCY" in one_line(segue("serve"))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.0.1", "::1"])
def test_address_when_loopback(host):
    assert _Address(host, 8000).is_loopback


@pytest.mark.parametrize(
    ("host", "url"),
    [("0.0.0.0", "http://127.0.0.1:8000"), ("::", "http://[::1]:8000"), ("::1", "http://[::1]:8000")],
)
def test_address_url_is_one_that_can_be_called(host, url):
    assert _Address(host, 8000).url == url


def test_address_when_any_port_will_do_names_a_real_one():
    assert not _Address("127.0.0.1", 0).url.endswith(":0")
