"""From the settings to an open client."""

import pytest

from src.errors import InvalidInput
from src.settings import Settings
from src.spotify.auth.accounts import store_connected
from src.spotify.auth.sign_in import begin_sign_in, connection_status
from src.spotify.wiring import config_of, open_spotify
from tests.spotify.sign_in_fixtures import KEYS, account, database, dsn

__all__ = ["database", "dsn"]


def _settings(**changes) -> Settings:
    return Settings(_env_file=None, **({"spotify_client_id": "client1"} | changes))


def test_config_of_without_a_client_id_is_none():
    assert config_of(Settings(_env_file=None)) is None


def test_config_of_reads_the_settings():
    config = config_of(
        _settings(
            spotify_client_secret="secret",
            spotify_token_keys=f" {KEYS[0]} ,, {KEYS[0]},",
            spotify_api_url="http://127.0.0.1:9/v1/",
            spotify_searches_per_day=3,
            spotify_calls_per_day=1,
        ),
        port=9000,
    )
    assert config is not None
    assert (config.client_secret, config.token_keys) == ("secret", (KEYS[0], KEYS[0]))
    assert config.redirect_uri == "http://127.0.0.1:9000/v1/spotify/callback"
    assert config.api_url == "http://127.0.0.1:9/v1"
    assert config.calls_per_day == {
        "search": 3,
        "catalogue": 1,
        "user": 1,
        "library": 1,
        "playlist_reads": 1,
        "playlist_writes": 1,
    }


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"spotify_token_keys": "planted"}, "SPOTIFY_TOKEN_KEYS"),
        ({"spotify_redirect_uri": "http://planted.example/cb"}, "SPOTIFY_REDIRECT_URI"),
    ],
)
def test_config_of_when_a_setting_is_wrong_names_it_and_never_its_value(changes, variable):
    with pytest.raises(InvalidInput, match=variable) as raised:
        config_of(_settings(**changes))
    assert "planted" not in raised.value.message


async def test_open_spotify_opens_what_is_set_and_nothing_else(database):
    async with open_spotify(Settings(_env_file=None), database) as nothing:
        assert nothing is None
    async with open_spotify(_settings(spotify_token_keys=KEYS[0]), database, port=9000) as opened:
        assert opened is not None
        await store_connected(opened, account())
        await begin_sign_in(opened, "local", taste=False)
        assert opened.http.follow_redirects is False
        assert (await connection_status(opened, "local"))["connected"]
    assert opened.http.is_closed
