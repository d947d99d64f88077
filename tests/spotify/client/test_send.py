"""`send`: what is read of an answer, the table from status to error, and what leaves in errors and logs."""

import json

import httpx
import pytest

from src.spotify.app import Caller
from src.spotify.client import send as sending
from src.spotify.client.requests import (
    add_to_library,
    change_details,
    create_playlist,
    library_contains,
    playlist_items,
    search_tracks,
    upload_cover,
)
from src.spotify.client.send import send
from src.spotify.errors import (
    BadSpotifyRequest,
    Forbidden,
    MalformedAnswer,
    MissingScope,
    NotAllowlisted,
    OwnerNeedsPremium,
    SignInNeeded,
    SpotifyNotFound,
    SpotifyUnavailable,
)
from tests.spotify.answers import (
    ADD,
    BACKOFFS,
    READ,
    REPLACE,
    WRITES,
    answering,
    error_of_sending,
    failure,
    quota,
)
from tests.spotify.conftest import PLAYLIST_ID, TOKEN, TRACK_ID, TRACK_URI
from tests.spotify.sign_in_fixtures import ACCOUNTS

# What is answered.


async def test_send_reads_the_answer_and_sends_the_token(api, caller):
    route = answering(api, httpx.Response(200, json={"id": TRACK_ID, "name": "planted-title"}))
    assert await send(caller, READ) == {"id": TRACK_ID, "name": "planted-title"}
    assert route.calls.last.request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert (caller.calls_left, caller.calls_made) == (49, 1)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize("body", [b"", b"  \n"])
async def test_send_takes_any_empty_success_of_a_write(api, caller, status, body):
    answering(api, httpx.Response(status, content=body))
    await send(caller, add_to_library([TRACK_URI]))
    await send(caller, change_details(PLAYLIST_ID, name="a"))
    assert await send(caller, ADD) == {}


async def test_send_takes_whatever_json_a_write_that_answers_nothing_answers(api, caller):
    answering(api, httpx.Response(200, json={"ok": True}))
    await send(caller, add_to_library([TRACK_URI]))


@pytest.mark.parametrize("request_", [READ, playlist_items(PLAYLIST_ID), library_contains([TRACK_URI])])
@pytest.mark.parametrize("status", [200, 204])
async def test_send_does_not_take_an_empty_answer_to_a_read_for_an_empty_list(api, caller, request_, status):
    answering(api, httpx.Response(status))
    assert isinstance(await error_of_sending(caller, request_), MalformedAnswer)


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><title>planted-body</title>",
        b'{"id": "4uLU6hMCjMI75M1A2tKUQC", "na',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"[]",
        b'"planted-body"',
    ],
    ids=["html", "half", "not utf-8", "deep", "list", "text"],
)
async def test_send_repeats_a_read_whose_answer_cannot_be_read(api, caller, slept, body):
    route = answering(api, httpx.Response(200, content=body))
    error = await error_of_sending(caller)
    assert isinstance(error, MalformedAnswer)
    assert not error.outcome_unknown
    assert (route.call_count, slept) == (3, BACKOFFS)


@pytest.mark.parametrize("request_", [*WRITES, add_to_library([TRACK_URI])], ids=lambda each: each.name)
async def test_send_does_not_take_html_for_the_success_of_a_write(api, caller, request_):
    answering(api, httpx.Response(200, html="<html>"))
    error = await error_of_sending(caller, request_)
    assert isinstance(error, MalformedAnswer)
    assert error.outcome_unknown


async def test_send_does_not_read_more_than_the_bound(api, caller, monkeypatch):
    monkeypatch.setattr(sending, "MAX_ANSWER_BYTES", 100)
    answering(api, httpx.Response(200, json={"name": "x" * 100}))
    assert isinstance(await error_of_sending(caller), MalformedAnswer)


class _Piece(httpx.AsyncByteStream):
    async def __aiter__(self):
        yield b"junk"


async def test_send_takes_garbled_compression_for_a_malformed_answer(api, caller):
    api.route().mock(
        side_effect=lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=_Piece())
    )
    assert isinstance(await error_of_sending(caller), MalformedAnswer)


# What is refused.


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (400, "Invalid limit", BadSpotifyRequest),
        (403, "Active premium subscription required for the owner of the app", OwnerNeedsPremium),
        (403, "User not registered in the Developer Dashboard", NotAllowlisted),
        (403, "Check settings, the user may not be registered.", NotAllowlisted),
        (403, "Insufficient client scope", MissingScope),
        (403, "You cannot add tracks to a playlist you don't own.", Forbidden),
        (403, "Player command failed: Premium required", Forbidden),
        (404, "Resource not found", SpotifyNotFound),
        (405, "", BadSpotifyRequest),
        (413, "", BadSpotifyRequest),
        (304, "", BadSpotifyRequest),
    ],
)
@pytest.mark.parametrize("request_", [READ, REPLACE, ADD], ids=lambda each: each.name)
async def test_send_tells_refusals_apart_and_repeats_none(
    api, caller, slept, request_, status, message, kind
):
    route = answering(api, failure(status, message))
    error = await error_of_sending(caller, request_)
    assert type(error) is kind
    assert not error.outcome_unknown
    assert (route.call_count, slept) == (1, [])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"User not registered in the Developer Dashboard", NotAllowlisted),
        (b'{"error": {"message": null}}', Forbidden),
        (b'{"error": null}', Forbidden),
        (b'{"error": "forbidden"}', Forbidden),
        (b'{"error": {"status": "x", "message": "Insufficient client scope", "reason": 3}}', MissingScope),
        (b"", Forbidden),
        (b"\xff<html>", Forbidden),
    ],
)
async def test_send_reads_a_refusal_in_whatever_form_it_comes(api, caller, content, kind):
    answering(api, httpx.Response(403, content=content))
    assert type(await error_of_sending(caller)) is kind


async def test_send_follows_no_redirect(api, caller):
    route = answering(api, httpx.Response(302, headers={"Location": "https://evil.test/"}))
    assert isinstance(await error_of_sending(caller), BadSpotifyRequest)
    assert route.call_count == 1


# 401.


async def test_send_renews_the_token_once_after_401(api, caller):
    renewal = api.post(f"{ACCOUNTS}/api/token").respond(json={"access_token": "new", "expires_in": 3600})
    route = api.get(f"/tracks/{TRACK_ID}").mock(
        side_effect=[failure(401, "The access token expired"), httpx.Response(200, json={"id": TRACK_ID})]
    )
    assert await send(caller, READ) == {"id": TRACK_ID}
    assert renewal.call_count == 1
    sent = [call.request.headers["Authorization"] for call in route.calls]
    assert sent == [f"Bearer {TOKEN}", "Bearer new"]
    assert caller.calls_made == 2


async def test_send_repeats_even_a_post_after_401_as_it_was_not_looked_at(api, caller):
    api.post(f"{ACCOUNTS}/api/token").respond(json={"access_token": "new", "expires_in": 3600})
    route = api.post(f"/playlists/{PLAYLIST_ID}/items").mock(
        side_effect=[failure(401), httpx.Response(201, json={"snapshot_id": "s"})]
    )
    assert await send(caller, ADD) == {"snapshot_id": "s"}
    assert route.call_count == 2


async def test_send_asks_to_sign_in_when_a_new_token_is_refused_too(api, app, monkeypatch):
    given = iter(["old", "new"])

    async def token(_app, _listener, *, refused=None):
        return next(given)

    monkeypatch.setattr(sending, "access_token", token)
    route = answering(api, failure(401, "Invalid access token"))
    error = await error_of_sending(Caller(app, "local", 8), READ)
    assert isinstance(error, SignInNeeded)
    assert route.call_count == 2


async def test_send_does_not_ask_to_sign_in_when_the_token_of_the_app_itself_is_refused(api, caller):
    api.post(f"{ACCOUNTS}/api/token").respond(json={"access_token": "new", "expires_in": 3600})
    route = api.get(f"/tracks/{TRACK_ID}").mock(side_effect=lambda _request: failure(401))
    assert isinstance(await error_of_sending(caller), SpotifyUnavailable)
    assert route.call_count == 2


async def test_send_makes_no_call_without_a_token(api, app):
    route = answering(api, httpx.Response(200, json={}))
    assert isinstance(await error_of_sending(Caller(app, "nobody", 8), READ), SignInNeeded)
    assert route.call_count == 0


# What leaves in errors and log lines.


_PLANTED = ("planted", TRACK_ID, PLAYLIST_ID, TRACK_URI)
_LEAKY_REQUESTS = [
    search_tracks("planted-query"),
    create_playlist("planted-name", description="planted-description"),
    REPLACE,
    READ,
    upload_cover(PLAYLIST_ID, b"\xff\xd8\xffplanted"),
]


@pytest.mark.parametrize("request_", _LEAKY_REQUESTS, ids=lambda each: each.name)
@pytest.mark.parametrize(
    "bad",
    [
        failure(400, "planted-message"),
        failure(403, "planted-message"),
        failure(404, "planted-message"),
        failure(429, "planted-message", Retry_After="planted-header"),
        failure(429, "planted-message", "planted-reason", Retry_After="90"),
        quota(),
        failure(500, "planted-message"),
        httpx.Response(200, html="<p>planted-body"),
        httpx.ReadTimeout("planted-timeout"),
        httpx.ConnectError("planted-connect https://planted.test"),
    ],
)
async def test_send_puts_nothing_of_anybody_into_errors_and_log_lines(api, caller, log_lines, request_, bad):
    answering(api, bad)
    error = await error_of_sending(caller, request_)
    assert log_lines
    shown = [str(error), repr(error), *log_lines]
    assert not [text for text in shown if any(marker in text for marker in _PLANTED)]


async def test_send_logs_that_a_call_failed_by_its_name(api, caller, log_lines):
    answering(api, failure(500))
    await error_of_sending(caller)
    assert [json.loads(line)["extra"]["call"] for line in log_lines] == ["get track"] * 3
