"""Redirect URIs: what Spotify takes, and nothing else."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.errors import InvalidInput
from src.spotify.auth.redirect import check_redirect_uri, with_port
from tests.spotify.sign_in_fixtures import REDIRECT_URI


@pytest.mark.parametrize(
    "uri",
    [
        REDIRECT_URI,
        "http://127.0.0.1/v1/spotify/callback",
        "http://[::1]:8888/callback",
        "https://segue.example/v1/spotify/callback",
        "https://segue.example:8443/cb?from=spotify",
    ],
)
def test_check_redirect_uri_takes_what_spotify_takes(uri):
    assert check_redirect_uri(uri).geturl() == uri


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("http://localhost:8000/cb", "localhost"),
        ("https://localhost/cb", "localhost"),
        ("http://LOCALHOST./cb", "localhost"),
        ("http://a.localhost/cb", "localhost"),
        ("http://segue.example/cb", "https://"),
        ("http://127.0.0.2/cb", "https://"),
        ("http://127.1/cb", "https://"),
        ("http://0.0.0.0:8000/cb", "https://"),
        ("http://127.0.0.1.evil.example/cb", "https://"),
        ("ftp://127.0.0.1/cb", "https://"),
        ("myapp://callback", "https://"),
        ("http://planted@127.0.0.1/cb", "user name"),
        ("https://segue.example/cb#planted", "without #"),
        ("https://segue.example/cb#", "without #"),
        ("https://segue.example\\@127.0.0.1/cb", "whole address"),
        ("http://127.0.0.1:99999/cb", "whole address"),
        ("http://[::1/cb", "whole address"),
        ("/v1/spotify/callback", "whole address"),
        ("https://", "whole address"),
        ("", "whole address"),
        (" http://127.0.0.1/cb", "whole address"),
        (f"https://segue.example/{'x' * 2_000}", "whole address"),
    ],
)
def test_check_redirect_uri_when_spotify_would_refuse_it_says_why(uri, message):
    with pytest.raises(InvalidInput, match="SPOTIFY_REDIRECT_URI") as raised:
        check_redirect_uri(uri)
    assert message in raised.value.message
    assert "planted" not in raised.value.message


@given(
    st.text()
    | st.from_regex(r"\Ahttps?://[a-z0-9.@:\[\]\\#?/%]{0,30}\Z")
    | st.builds("http://127.0.0.1{}".format, st.text(max_size=10))
)
def test_check_redirect_uri_lets_through_https_and_this_machine_alone(uri):
    try:
        check_redirect_uri(uri)
    except InvalidInput:
        return
    # httpx reads addresses by its own rules: both must see the same host.
    parts = httpx.URL(uri)
    assert parts.scheme == "https" or parts.host in ("127.0.0.1", "::1")
    assert not parts.userinfo
    assert parts.host != "localhost"


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("http://127.0.0.1/cb", "http://127.0.0.1:9000/cb"),
        ("http://127.0.0.1:0/cb", "http://127.0.0.1:9000/cb"),
        ("http://[::1]/cb", "http://[::1]:9000/cb"),
        ("http://127.0.0.1:8000/cb", "http://127.0.0.1:8000/cb"),
        ("https://segue.example/cb", "https://segue.example/cb"),
    ],
)
def test_with_port_fills_in_the_port_of_a_loopback_address_that_names_none(uri, expected):
    assert with_port(uri, 9000) == expected
