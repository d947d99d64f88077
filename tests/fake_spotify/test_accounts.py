"""Consent and tokens: PKCE, secrets, single use, rotation, expiry, redirect URIs."""

import base64
import hashlib
import re
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from src.fake_spotify.accounts import is_registered
from src.fake_spotify.worlds import LISTENER, OUTSIDER
from tests.fake_spotify.conftest import bearer, revoke_consents

REDIRECT = "http://127.0.0.1:8000/v1/spotify/callback"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
PKCE = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}


def query_of(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 303
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


async def authorize(client, world, **more):
    asked = {
        "client_id": world.client_id,
        "response_type": "code",
        "redirect_uri": REDIRECT,
        "scope": "playlist-read-private",
        "state": "s-1",
        **more,
    }
    return await client.get("/authorize", params=asked)


async def code_for(client, world, user=LISTENER, **more):
    world.auto_consent = user
    return query_of(await authorize(client, world, **more))["code"]


def exchange(client, world, code, *, secret=False, **more):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, **more}
    if secret:
        return client.post("/api/token", data=form, auth=(world.client_id, world.client_secret))
    return client.post("/api/token", data={"client_id": world.client_id, "code_verifier": VERIFIER, **form})


def refresh(client, world, token):
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": world.client_id}
    return client.post("/api/token", data=form)


async def signed_in(client, world):
    return (await exchange(client, world, await code_for(client, world, **PKCE))).json()


def error_of(answer: httpx.Response) -> str:
    assert answer.status_code == 400
    body = answer.json()
    assert set(body) == {"error", "error_description"}
    return str(body["error"])


async def test_authorize_shows_a_page_to_allow_or_deny(client, world):
    page = await authorize(client, world, **PKCE)
    assert page.status_code == 200
    assert all(user.display_name in page.text for user in world.users.values())
    number = re.findall(r'name="asked" value="([^"]+)"', page.text)[0]
    allowed = await client.post("/authorize/decide", data={"asked": number, "user": LISTENER})
    assert query_of(allowed)["state"] == "s-1"
    assert (await exchange(client, world, query_of(allowed)["code"])).status_code == 200
    again = await client.post("/authorize/decide", data={"asked": number, "user": LISTENER})
    assert again.status_code == 400


async def test_authorize_when_denied_goes_back_with_an_error(client, world):
    world.auto_consent = "deny"
    assert query_of(await authorize(client, world)) == {"error": "access_denied", "state": "s-1"}


@pytest.mark.parametrize(
    "more", [{"client_id": "other"}, {"redirect_uri": "http://127.0.0.1:8000/other"}, {"redirect_uri": ""}]
)
async def test_authorize_when_client_or_redirect_is_unknown_sends_nobody_anywhere(client, world, more):
    world.auto_consent = LISTENER
    answer = await authorize(client, world, **more)
    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "playlist-read-private everything"}, "invalid_scope"),
        ({"code_challenge": CHALLENGE, "code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short", "code_challenge_method": "S256"}, "invalid_request"),
    ],
)
async def test_authorize_when_request_is_wrong(client, world, more, error):
    world.auto_consent = LISTENER
    assert query_of(await authorize(client, world, **more))["error"] == error


@pytest.mark.parametrize(
    ("uri", "registered", "expected"),
    [
        ("http://127.0.0.1:5000/cb", "http://127.0.0.1/cb", True),
        ("http://[::1]:5000/cb", "http://[::1]/cb", True),
        ("http://127.0.0.1:5000/cb", "http://127.0.0.1:5000/cb", True),
        ("http://127.0.0.1:5001/cb", "http://127.0.0.1:5000/cb", False),
        ("http://127.0.0.1:5000/cb2", "http://127.0.0.1/cb", False),
        ("http://127.0.0.1:5000/cb?x=1", "http://127.0.0.1/cb", False),
        ("http://localhost:5000/cb", "http://localhost:5000/cb", False),
        ("http://segue.example/cb", "http://segue.example/cb", False),
        ("https://segue.example/cb", "https://segue.example/cb", True),
        ("https://segue.example:8443/cb", "https://segue.example/cb", False),
        ("http://127.0.0.1:x/cb", "http://127.0.0.1/cb", False),
    ],
)
def test_is_registered(uri, registered, expected):
    assert is_registered(uri, [registered]) is expected


async def test_exchange_by_pkce(client, world):
    tokens = await signed_in(client, world)
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    assert tokens["scope"] == "playlist-read-private"
    me = await client.get("/v1/me", headers=bearer(tokens["access_token"]))
    assert me.json()["id"] == LISTENER


async def test_exchange_by_secret(client, world):
    assert (await exchange(client, world, await code_for(client, world), secret=True)).status_code == 200


async def test_exchange_without_pkce_takes_the_secret(client, world):
    code = await code_for(client, world)
    assert error_of(await exchange(client, world, code)) == "invalid_client"


async def test_exchange_when_code_is_used_twice(client, world):
    code = await code_for(client, world, **PKCE)
    assert (await exchange(client, world, code)).status_code == 200
    assert error_of(await exchange(client, world, code)) == "invalid_grant"


async def test_exchange_when_code_has_expired(client, world, clock):
    code = await code_for(client, world, **PKCE)
    clock.go(seconds=world.code_seconds)
    assert error_of(await exchange(client, world, code)) == "invalid_grant"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:8001/v1/spotify/callback"}, "invalid_grant"),
        ({"client_id": "other"}, "invalid_client"),
        ({"code": "made-up"}, "invalid_grant"),
    ],
)
async def test_exchange_when_refused(client, world, more, error):
    code = await code_for(client, world, **PKCE)
    answer = await exchange(client, world, **{"code": code, **more})
    assert error_of(answer) == error


async def test_exchange_when_verifier_is_missing(client, world):
    code = await code_for(client, world, **PKCE)
    answer = await exchange(client, world, code, secret=True)
    assert error_of(answer) == "invalid_request"


@pytest.mark.parametrize("basic", ["%%%", base64.b64encode(b"\xff").decode(), ""])
async def test_token_when_basic_header_is_malformed(client, basic):
    form, headers = {"grant_type": "client_credentials"}, {"Authorization": f"Basic {basic}"}
    answer = await client.post("/api/token", data=form, headers=headers)
    assert error_of(answer) == "invalid_client"


async def test_refresh_when_token_is_unknown(client, world):
    assert error_of(await refresh(client, world, "made-up")) == "invalid_grant"


async def test_exchange_of_a_user_off_the_allow_list_works_and_the_first_call_fails(client, world):
    answer = await exchange(client, world, await code_for(client, world, OUTSIDER, **PKCE))
    me = await client.get("/v1/me", headers=bearer(answer.json()["access_token"]))
    assert (answer.status_code, me.status_code) == (200, 403)


@pytest.mark.parametrize(
    ("auth", "error", "description"),
    [
        (("fake-client-id", "wrong"), "invalid_client", "Invalid client secret"),
        (("other", "fake-client-secret"), "invalid_client", "Invalid client"),
        (None, "invalid_client", "Invalid client"),
    ],
)
async def test_client_credentials_when_refused(client, auth, error, description):
    answer = await client.post("/api/token", data={"grant_type": "client_credentials"}, auth=auth)
    assert error_of(answer) == error
    assert answer.json()["error_description"] == description


async def test_client_credentials_read_the_catalogue_and_nothing_of_anybody(client, world):
    pair = (world.client_id, world.client_secret)
    answer = await client.post("/api/token", data={"grant_type": "client_credentials"}, auth=pair)
    tokens = answer.json()
    assert set(tokens) == {"access_token", "token_type", "expires_in"}
    headers = bearer(tokens["access_token"])
    track_id = next(iter(world.tracks))
    assert (await client.get(f"/v1/tracks/{track_id}", headers=headers)).status_code == 200
    assert (await client.get("/v1/me", headers=headers)).status_code == 401


async def test_client_credentials_when_app_has_no_secret(client, world):
    world.client_secret = None
    form = {"grant_type": "client_credentials"}
    for sent in ({"auth": (world.client_id, "")}, {"data": {**form, "client_id": world.client_id}}):
        answer = await client.post("/api/token", **{"data": form, **sent})
        assert error_of(answer) == "invalid_client"


@pytest.mark.parametrize(
    ("grant", "error"), [({"grant_type": "password"}, "unsupported_grant_type"), ({}, "invalid_request")]
)
async def test_token_when_grant_is_unknown_or_missing(client, world, grant, error):
    answer = await client.post("/api/token", data={"client_id": world.client_id, **grant})
    assert error_of(answer) == error


async def test_token_reads_forms_alone(client, world):
    answer = await client.post("/api/token", json={"grant_type": "client_credentials"})
    assert (answer.status_code, answer.json()["error"]) == (415, "invalid_request")


async def test_refresh_without_rotation_keeps_the_token(client, world):
    token = (await signed_in(client, world))["refresh_token"]
    for _ in range(2):
        answer = await refresh(client, world, token)
        assert "refresh_token" not in answer.json()
        assert (await client.get("/v1/me", headers=bearer(answer.json()["access_token"]))).status_code == 200


async def test_refresh_with_rotation_gives_the_next_token(client, world):
    world.rotation = True
    first = (await signed_in(client, world))["refresh_token"]
    second = (await refresh(client, world, first)).json()["refresh_token"]
    assert second != first
    assert (await refresh(client, world, second)).status_code == 200


async def test_refresh_with_rotation_when_used_twice_ends_everything(client, world):
    world.rotation = True
    first = (await signed_in(client, world))["refresh_token"]
    second = (await refresh(client, world, first)).json()
    assert error_of(await refresh(client, world, first)) == "invalid_grant"
    assert error_of(await refresh(client, world, second["refresh_token"])) == "invalid_grant"
    assert (await client.get("/v1/me", headers=bearer(second["access_token"]))).status_code == 401


async def test_refresh_when_consent_was_revoked(client, world):
    token = (await signed_in(client, world))["refresh_token"]
    revoke_consents(world, LISTENER)
    assert error_of(await refresh(client, world, token)) == "invalid_grant"


async def test_refresh_does_not_make_the_consent_last_longer(client, world, clock):
    token = (await signed_in(client, world))["refresh_token"]
    clock.go(days=world.refresh_days - 1)
    assert (await refresh(client, world, token)).status_code == 200
    clock.go(days=1)
    assert error_of(await refresh(client, world, token)) == "invalid_grant"


async def test_refresh_of_a_client_with_a_secret_takes_the_secret(client, world):
    token = (await exchange(client, world, await code_for(client, world), secret=True)).json()[
        "refresh_token"
    ]
    assert error_of(await refresh(client, world, token)) == "invalid_client"
    pair = (world.client_id, world.client_secret)
    form = {"grant_type": "refresh_token", "refresh_token": token}
    assert (await client.post("/api/token", data=form, auth=pair)).status_code == 200
