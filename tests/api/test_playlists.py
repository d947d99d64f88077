"""`/v1/playlists` and `/v1/jobs`: made, edited, renewed and taken away; for one listener and two."""

import asyncio
import csv
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from xml.etree import ElementTree

import pytest
from pydantic import SecretStr

from src.catalogue.catalogue import Catalogue
from src.constraints.models.brief import empty_brief
from src.constraints.models.spec import empty_spec
from src.playlists.store import list_playlists
from tests.api.conftest import TOKENS, client_of, events_of
from tests.fakes import songs

ALICE = {"Authorization": "Bearer alice-token-0123456789"}
BOB = {"Authorization": "Bearer bob-token-0123456789"}
IDS = {track["title"]: track["id"] for track in songs()}


@dataclass(frozen=True, slots=True)
class Held:
    """A catalogue that is not given out before `go`."""

    catalogue: Catalogue
    go: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def use(self) -> AsyncIterator[Catalogue]:
        await self.go.wait()
        yield self.catalogue

    async def close(self) -> None:
        """It is the fixture's."""


@pytest.fixture
async def held(agent, catalogue, settings):
    """A client of a service whose jobs wait for `go`, and that does not wait for them."""
    source = Held(catalogue)
    slow = settings.model_copy(update={"playlist_wait_s": 0.0})
    async with client_of(replace(agent, catalogue=source), slow) as client:
        try:
            yield client, source.go
        finally:
            source.go.set()


@pytest.fixture
async def two(agent, settings):
    """A client of a service with two listeners."""
    async with client_of(agent, settings.model_copy(update={"api_tokens": SecretStr(TOKENS)})) as client:
        yield client


async def _make(client, prompt="5 rock songs", headers=None, **body):
    response = await client.post(
        "/v1/playlists", json={**({"prompt": prompt} if prompt else {}), **body}, headers=headers
    )
    assert response.status_code == 200, response.text
    return response.json()


async def _patch(client, playlist, **body):
    """The playlist after an edit of the version that is at hand."""
    response = await client.patch(
        f"/v1/playlists/{playlist['id']}", json={"version": playlist["version"], **body}
    )
    assert response.status_code == 200, response.text
    return response.json()


async def _finished(client, location):
    """The last event of a job's stream."""
    stream = await client.get(f"{location}/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    events = events_of(stream.text)
    assert [name for name, _ in events[:-1]] == ["progress"] * (len(events) - 1)
    name, data = events[-1]
    assert name == "finished"
    return json.loads(data)


def _titles(playlist):
    return [entry["track"]["title"] for entry in playlist["result"]["entries"]]


def _verdicts(playlist):
    return {line["value"]: (line["verdict"], line["detail"]) for line in playlist["result"]["constraints"]}


def _assert_problem(response, status, words="", code=None):
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert words in response.json()["detail"]
    assert code is None or response.json()["code"] == code


async def test_make_playlist_at_once_is_the_playlist_with_its_verdicts(client):
    response = await client.post("/v1/playlists", json={"prompt": "4 dream pop songs, nothing after 2000"})
    assert response.status_code == 200
    playlist = response.json()
    assert response.headers["location"] == f"/v1/playlists/{playlist['id']}" == playlist["links"]["self"]
    assert len(set(_titles(playlist))) == 4
    assert all(entry["track"].get("year", 0) <= 2000 for entry in playlist["result"]["entries"])
    assert _verdicts(playlist)["4 tracks"][0] == "met"
    assert all(entry["reason"] for entry in playlist["result"]["entries"])
    assert (await client.get(response.headers["location"])).json() == playlist
    job = (await client.get(f"/v1/jobs/{response.headers['segue-job']}")).json()
    assert (job["status"], job["progress"]) == ("done", 1.0)
    assert job["links"]["result"] == response.headers["location"]
    lines = (await client.get("/v1/playlists")).json()["playlists"]
    assert [(line["id"], line["tracks"], line["version"]) for line in lines] == [(playlist["id"], 4, 1)]


async def test_make_playlist_with_a_number_a_title_and_a_mode_goes_by_them(client):
    playlist = await _make(client, "20 rock songs", tracks=3, title="Mine", mode="frozen")
    assert (len(_titles(playlist)), playlist["title"], playlist["mode"]) == (3, "Mine", "frozen")
    assert playlist["spec"]["tracks"] == 3


async def test_make_playlist_with_minutes_alone_forgets_the_number_of_the_words(client):
    playlist = await _make(client, "20 songs", minutes=10)
    assert playlist["spec"]["duration_s"] == 600
    assert "tracks" not in playlist["spec"]


async def test_make_playlist_with_the_same_seed_gives_the_same_list(client):
    first, second = await _make(client, seed=7), await _make(client, seed=7)
    assert first["id"] != second["id"]
    assert _titles(first) == _titles(second)


async def test_make_playlist_that_takes_longer_is_a_job_to_follow(held):
    client, go = held
    response = await client.post("/v1/playlists", json={"prompt": "5 rock songs"})
    assert response.status_code == 202
    job = response.json()
    assert response.headers["location"] == job["links"]["self"] == f"/v1/jobs/{job['id']}"
    assert job["status"] in ("queued", "running")
    assert job["result"] is None
    assert (await client.get("/v1/playlists")).json() == {"playlists": []}
    following = asyncio.create_task(_finished(client, response.headers["location"]))
    go.set()
    last = await following
    assert last["status"] == "done"
    assert last == (await client.get(job["links"]["self"])).json()
    playlist = (await client.get(last["links"]["result"])).json()
    assert len(_titles(playlist)) == 5
    assert [one["id"] for one in (await client.get("/v1/jobs")).json()["jobs"]] == [job["id"]]


async def test_make_playlist_with_prefer_wait_holds_the_answer(agent, settings):
    slow = settings.model_copy(update={"playlist_wait_s": 0.0})
    async with client_of(agent, slow) as client:
        response = await client.post(
            "/v1/playlists", json={"prompt": "5 rock songs"}, headers={"Prefer": "wait"}
        )
        assert response.status_code == 200
        refreshed = await client.post(
            f"{response.headers['location']}/refresh", headers={"Prefer": "respond-async, wait=20"}
        )
        assert refreshed.status_code == 200
        assert refreshed.json()["version"] == 2


async def test_cancelled_job_leaves_no_playlist(agent, catalogue, settings):
    source = Held(catalogue)
    slow = settings.model_copy(update={"playlist_wait_s": 0.0})
    async with client_of(replace(agent, catalogue=source), slow) as client:
        job = (await client.post("/v1/playlists", json={"prompt": "5 rock songs"})).json()
        cancelled = await client.delete(job["links"]["self"])
        assert cancelled.json()["status"] == "cancelled"
        assert (await client.delete(job["links"]["self"])).json()["status"] == "cancelled"
        source.go.set()
        assert (await _finished(client, job["links"]["self"]))["status"] == "cancelled"
    # Whoever worked on it has come to an end by now.
    assert (await list_playlists(agent.database, "local", 10))["playlists"] == []


async def test_job_that_is_done_cannot_be_cancelled(client):
    response = await client.post("/v1/playlists", json={"prompt": "5 rock songs"})
    _assert_problem(
        await client.delete(f"/v1/jobs/{response.headers['segue-job']}"), 409, code="job_finished"
    )


async def test_make_playlist_with_an_idempotency_key_is_made_once(client):
    key = {"Idempotency-Key": "k1"}
    first = await _make(client, headers=key)
    assert await _make(client, headers=key) == first
    other = await client.post("/v1/playlists", json={"prompt": "4 jazz songs"}, headers=key)
    _assert_problem(other, 409, "another request", "idempotency_key_reused")
    # A refresh is another thing: the same key serves it, once.
    path = f"/v1/playlists/{first['id']}"
    for _ in range(2):
        assert (await client.post(f"{path}/refresh", headers=key)).json()["version"] == 2
    assert len((await client.get("/v1/playlists")).json()["playlists"]) == 1


async def test_make_playlist_from_a_spec_reads_no_prompt(client):
    spec = {
        **empty_spec(empty_brief()),
        "title": "Spec",
        "tracks": 3,
        "places": [{"track_id": IDS["Alison"], "title": "Alison", "position": -1, "words": ""}],
    }
    playlist = await _make(client, "10,000 songs", spec=spec)
    assert (playlist["title"], len(_titles(playlist)), _titles(playlist)[-1]) == ("Spec", 3, "Alison")
    assert playlist["spec"] == spec


async def test_make_playlist_from_a_conversation_keeps_its_brief_and_is_like_its_likes(client):
    answer = (await client.post("/v1/chat", json={"message": "jazz, nothing after 1960, 2 songs"})).json()
    conversation = answer["conversation_id"]
    for track in (IDS["Blue in Green"], IDS["Take Five"]):
        body = {"track_id": track, "verdict": "like"}
        response = await client.post(f"/v1/conversations/{conversation}/feedback", json=body)
        assert response.status_code == 200, response.text
    playlist = await _make(client, None, conversation_id=conversation, tracks=3)
    assert set(_titles(playlist)) == {"So What", "Blue in Green", "Take Five"}
    kinds = [constraint["kind"] for constraint in playlist["spec"]["brief"]["wishes"]]
    assert {"genre", "years"} <= set(kinds)
    assert "count" not in kinds


async def test_make_playlist_grown_from_another_includes_and_excludes(client):
    first = await _make(client, "3 country songs, no rock")
    grow = {
        "from_playlist": first["id"],
        "include": [IDS["Jolene"]],
        "exclude": [IDS["Clocks"], IDS["Ring of Fire"]],
    }
    playlist = await _make(client, None, grow=grow, tracks=6)
    titles = _titles(playlist)
    assert "Jolene" in titles
    assert not {"Ring of Fire", "Clocks", "Clocks - Live in Sydney"} & set(titles)
    missing = {"grow": {"include": ["nowhere"]}}
    _assert_problem(await client.post("/v1/playlists", json=missing), 422, "not in this catalogue")
    empty = {"grow": {"exclude": [IDS["Clocks"]]}}
    _assert_problem(await client.post("/v1/playlists", json=empty), 422, "grows from")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"prompt": "0 songs of jazz"}, "1 to 500 tracks"),
        ({"prompt": "10,000 rock tracks"}, "1 to 500 tracks"),
        ({"prompt": "3 seconds of jazz"}, "1 minute to 12 hours"),
        ({"prompt": "40 hours of rock"}, "1 minute to 12 hours"),
        ({"prompt": "rock", "tracks": 0}, "tracks"),
        ({"prompt": "rock", "tracks": 10_000}, "tracks"),
        ({"prompt": "rock", "minutes": 0.05}, "minutes"),
        ({"prompt": "rock", "minutes": 2400}, "minutes"),
        ({"prompt": ""}, "prompt"),
        ({"prompt": "x" * 4001}, "prompt"),
        ({"prompt": "rock", "s3cret": 1}, "a field too many"),
        ({}, "a prompt, a spec, a conversation"),
        ({"conversation_id": "nowhere"}, "no such conversation"),
        ({"grow": {"from_playlist": "nowhere"}}, "no such playlist"),
    ],
)
async def test_make_playlist_when_it_cannot_be_says_why(client, body, words):
    response = await client.post("/v1/playlists", json=body)
    status = 404 if words.startswith("no such") else 422
    _assert_problem(response, status, words)
    assert "s3cret" not in response.text
    assert (await client.get("/v1/playlists")).json() == {"playlists": []}


async def test_make_playlist_when_two_are_to_stand_first_names_what_to_relax(client):
    playlist = await _make(client, "5 songs, start with Alison by Slowdive, start with Clocks by Coldplay")
    assert playlist["result"]["status"] == "nearest"
    assert _titles(playlist)[0] == "Alison"
    assert _verdicts(playlist)["Clocks by Coldplay at position 1"][0] == "unmet"
    assert {
        "relax": "Clocks by Coldplay at position 1", "to": "another position"
    } in playlist["result"]["offers"]  # fmt: skip


async def test_make_playlist_when_a_must_have_is_absent_says_so_and_fakes_none(client):
    playlist = await _make(client, "5 rock songs, start with Yesterday by The Beatles")
    said = {value: verdict for value, verdict in _verdicts(playlist).items() if "Yesterday" in value}
    assert [verdict for verdict, _ in said.values()] == ["unmet"]
    assert all("not in this catalogue" in detail for _, detail in said.values())
    assert playlist["result"]["status"] == "nearest"
    assert set(_titles(playlist)) <= set(IDS)
    assert len(_titles(playlist)) == 5


async def test_edit_in_words_changes_what_was_said_and_is_a_version(client):
    playlist = await _make(client)
    before = _titles(playlist)
    edited = await _patch(client, playlist, words="swap number 3")
    after = _titles(edited)
    assert edited["version"] == 2
    assert (after[:2], after[3:]) == (before[:2], before[3:])
    assert after[2] not in before
    (latest, first) = (await client.get(edited["links"]["versions"])).json()["versions"]
    assert (latest["number"], latest["cause"], latest["words"]) == (2, "edited", "swap number 3")
    assert [gone["title"] for gone in latest["diff"]["removed"]] == [before[2]]
    assert [came["title"] for came in latest["diff"]["added"]] == [after[2]]
    assert (first["cause"], first["diff"]) == ("created", None)
    undone = await _patch(client, edited, words="undo")
    assert (_titles(undone), undone["version"]) == (before, 3)


async def test_edit_by_operations_pins_removes_moves_and_replaces(client):
    playlist = await _make(client)
    before = _titles(playlist)
    pinned = await _patch(client, playlist, operations=[{"op": "pin", "positions": [2]}])
    assert _titles(pinned) == before
    assert [entry["pinned"] for entry in pinned["result"]["entries"]] == [False, True, False, False, False]
    moved = await _patch(client, pinned, operations=[{"op": "move", "from_position": 5, "to_position": 1}])
    assert _titles(moved) == [before[4], before[1], before[0], before[2], before[3]]
    removed = await _patch(client, moved, operations=[{"op": "remove", "positions": [1, 5]}])
    assert _titles(removed) == [before[0], before[1], before[2]]
    replaced = await _patch(client, removed, operations=[{"op": "replace", "positions": [1]}])
    assert _titles(replaced)[1:] == [before[1], before[2]]
    assert _titles(replaced)[0] not in before[:1]


async def test_edit_by_a_spec_keeps_the_pins(client):
    playlist = await _make(client)
    pinned = await _patch(client, playlist, operations=[{"op": "pin", "positions": [2]}])
    spec = {**pinned["spec"], "tracks": 3, "title": "Three"}
    changed = await _patch(client, pinned, spec=spec)
    assert (changed["title"], len(_titles(changed)), changed["spec"]) == ("Three", 3, spec)
    assert _titles(changed)[1] == _titles(playlist)[1]
    assert changed["result"]["entries"][1]["pinned"]


async def test_edit_of_an_old_version_is_refused_and_names_the_present_one(client):
    playlist = await _make(client)
    await _patch(client, playlist, words="swap number 3")
    path = playlist["links"]["self"]
    for edit in ({"words": "swap number 1"}, {"operations": [{"op": "pin", "positions": [1]}]}, {}):
        response = await client.patch(path, json={"version": 1, **edit})
        _assert_problem(response, 409, "version 2", "playlist_changed")
    assert (await client.get(path)).json()["version"] == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"words": "swap number 1"}, "Name the version"),
        ({"version": 1, "words": "swap 1", "operations": [{"op": "pin", "positions": [1]}]}, "Send one of"),
        ({"version": 1, "words": "swap number 99"}, "1 to 5"),
        ({"version": 1, "words": "lorem ipsum dolor"}, "Nothing to change was understood"),
        ({"version": 1, "operations": [{"op": "pin", "positions": [6]}]}, "number 6 is not in it"),
        ({"version": 1, "operations": [{"op": "remove", "positions": [1, 2, 3, 4, 5]}]}, "no track"),
        ({"version": 1, "operations": []}, "operations"),
        ({"version": 0, "words": "swap number 1"}, "version"),
        ({"schedule": "now and then"}, "cron expression of five fields"),
        ({"schedule": "61 25 * * *"}, "cron expression of five fields"),
        ({"schedule": "* * * * *"}, "at most every 15 minutes"),
        ({"schedule": "0 6 30 2 *"}, "cron expression of five fields"),
        ({"schedule": "0 6 * * *", "schedule_zone": "Mars/Olympus"}, "no such time zone"),
        ({"mode": "s3cret"}, "mode"),
        ({"s3cret": 1}, "a field too many"),
    ],
)
async def test_patch_when_it_makes_no_sense_changes_nothing(client, body, words):
    playlist = await _make(client)
    response = await client.patch(playlist["links"]["self"], json=body)
    _assert_problem(response, 422, words)
    assert "s3cret" not in response.text
    assert (await client.get(playlist["links"]["self"])).json() == playlist


async def test_schedule_is_set_kept_while_frozen_and_ended(client):
    path = (await _make(client))["links"]["self"]
    body = {"schedule": "30 7 * * MON", "schedule_zone": "Europe/Berlin"}
    scheduled = (await client.patch(path, json=body)).json()
    assert (scheduled["schedule"], scheduled["schedule_zone"]) == ("30 7 * * MON", "Europe/Berlin")
    assert scheduled["next_refresh_at"] == "2026-11-30T06:30:00+00:00"
    assert scheduled["version"] == 1
    frozen = (await client.patch(path, json={"mode": "frozen"})).json()
    assert (frozen["mode"], frozen["schedule"]) == ("frozen", "30 7 * * MON")
    assert "next_refresh_at" not in frozen
    moved = (await client.patch(path, json={"mode": "fresh", "schedule_zone": "UTC"})).json()
    assert moved["next_refresh_at"] == "2026-11-30T07:30:00+00:00"
    ended = (await client.patch(path, json={"schedule": None})).json()
    assert not {"schedule", "schedule_zone", "next_refresh_at"} & set(ended)


async def test_refresh_keeps_pins_and_the_spec_and_tells_what_changed(client):
    playlist = await _make(client)
    pinned = await _patch(client, playlist, operations=[{"op": "pin", "positions": [2, 5]}])
    response = await client.post(f"{playlist['links']['self']}/refresh")
    assert response.status_code == 200
    assert response.headers["location"] == playlist["links"]["self"]
    refreshed = response.json()
    before, after = _titles(pinned), _titles(refreshed)
    assert (refreshed["version"], refreshed["spec"]) == (3, pinned["spec"])
    assert (after[1], after[4]) == (before[1], before[4])
    assert [entry["pinned"] for entry in refreshed["result"]["entries"]] == [False, True, False, False, True]
    latest = (await client.get(refreshed["links"]["versions"])).json()["versions"][0]
    diff = latest["diff"]
    assert latest["cause"] == "refreshed"
    assert {gone["title"] for gone in diff["removed"]} == set(before) - set(after) != set()
    assert {came["title"] for came in diff["added"]} == set(after) - set(before)
    assert all(change["why"] for change in [*diff["added"], *diff["removed"], *diff["moved"]])
    assert diff["pinned_kept"] == 2


async def test_refresh_when_frozen_is_refused_until_it_is_fresh_again(client):
    playlist = await _make(client, mode="frozen")
    path = playlist["links"]["self"]
    _assert_problem(await client.post(f"{path}/refresh"), 409, "frozen", "playlist_frozen")
    # An edit may change it all the same.
    assert (await _patch(client, playlist, words="swap number 1"))["version"] == 2
    await client.patch(path, json={"mode": "fresh"})
    assert (await client.post(f"{path}/refresh")).json()["version"] == 3


async def test_versions_are_kept_whole_and_any_can_be_restored(client):
    playlist = await _make(client)
    edited = await _patch(client, playlist, words="swap number 3")
    path = playlist["links"]["versions"]
    first = (await client.get(f"{path}/1")).json()
    assert first["result"] == playlist["result"]
    assert first["spec"] == playlist["spec"]
    restored = await client.post(f"{path}/1/restore")
    assert (restored.json()["version"], _titles(restored.json())) == (3, _titles(playlist))
    latest = (await client.get(path, params={"limit": 1})).json()
    assert latest["versions"][0]["cause"] == "restored"
    older = (await client.get(path, params={"before": latest["next"]})).json()
    assert [line["number"] for line in older["versions"]] == [2, 1]
    assert "next" not in older
    assert _titles((await client.post(f"{path}/2/restore")).json()) == _titles(edited)
    _assert_problem(await client.post(f"{path}/4/restore"), 422, "present version")
    _assert_problem(await client.post(f"{path}/9/restore"), 404, "no such version")
    _assert_problem(await client.get(f"{path}/9"), 404, "no such version")
    _assert_problem(await client.get(path, params={"before": "x"}), 422)


async def test_deleted_playlist_is_found_nowhere(client):
    playlist = await _make(client)
    path = playlist["links"]["self"]
    assert (await client.delete(path)).status_code == 204
    for link in playlist["links"].values():
        _assert_problem(await client.get(link), 404)
    _assert_problem(await client.delete(path), 404)
    _assert_problem(await client.post(f"{path}/refresh"), 404)
    _assert_problem(await client.patch(path, json={"mode": "frozen"}), 404)
    assert (await client.get("/v1/playlists")).json() == {"playlists": []}


async def test_playlists_come_page_by_page(client):
    made = [(await _make(client, tracks=tracks))["id"] for tracks in (1, 2, 3)]
    page = (await client.get("/v1/playlists", params={"limit": 2})).json()
    rest = (await client.get("/v1/playlists", params={"limit": 2, "before": page["next"]})).json()
    # All are of one moment of the test's clock; their ids decide.
    assert [line["id"] for line in [*page["playlists"], *rest["playlists"]]] == sorted(made, reverse=True)
    assert "next" not in rest
    _assert_problem(await client.get("/v1/playlists", params={"before": "x"}), 422)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "{list}"),
        ("PATCH", "{list}"),
        ("DELETE", "{list}"),
        ("POST", "{list}/refresh"),
        ("GET", "{list}/versions"),
        ("GET", "{list}/versions/1"),
        ("POST", "{list}/versions/1/restore"),
        ("GET", "{list}/picture.svg"),
        ("GET", "{list}/export"),
        ("GET", "{job}"),
        ("GET", "{job}/events"),
        ("DELETE", "{job}"),
    ],
)
async def test_what_is_another_listeners_is_not_found(two, method, path):
    made = await two.post("/v1/playlists", json={"prompt": "5 rock songs"}, headers=ALICE)
    own = {"list": made.headers["location"], "job": f"/v1/jobs/{made.headers['segue-job']}"}
    body = {"mode": "frozen"} if method == "PATCH" else None
    address = path.format_map(own)
    _assert_problem(await two.request(method, address, json=body, headers=BOB), 404)
    _assert_problem(await two.request(method, address, json=body), 401)
    assert (await two.get(own["list"], headers=ALICE)).json() == made.json()


async def test_lists_and_keys_are_of_one_listener(two):
    key = {"Idempotency-Key": "k1"}
    first = await _make(two, headers={**ALICE, **key})
    second = await _make(two, headers={**BOB, **key})
    assert first["id"] != second["id"]
    for headers, playlist in ((ALICE, first), (BOB, second)):
        lines = (await two.get("/v1/playlists", headers=headers)).json()["playlists"]
        assert [line["id"] for line in lines] == [playlist["id"]]
        assert len((await two.get("/v1/jobs", headers=headers)).json()["jobs"]) == 1
    grow = {"grow": {"from_playlist": first["id"]}}
    _assert_problem(await two.post("/v1/playlists", json=grow, headers=BOB), 404, "no such playlist")


async def test_export_writes_the_list_in_each_format(client):
    playlist = await _make(client, "4 jazz songs", title="Jazz & more")
    titles = _titles(playlist)
    found = {}
    for name in ("m3u8", "xspf", "jspf", "csv", "json"):
        response = await client.get(playlist["links"][name])
        assert response.status_code == 200
        assert re.search(rf"filename\*=UTF-8''Jazz.*\.{name}$", response.headers["content-disposition"])
        found[name] = response.text
    assert found["m3u8"].startswith("#EXTM3U\n")
    assert [line.split(" - ")[-1] for line in re.findall("^#EXTINF:.*$", found["m3u8"], re.M)] == titles
    xspf = ElementTree.fromstring(found["xspf"])
    assert [one.text for one in xspf.iterfind(".//{*}track/{*}title")] == titles
    assert [track["title"] for track in json.loads(found["jspf"])["playlist"]["track"]] == titles
    rows = csv.DictReader(found["csv"].removeprefix("\ufeff").splitlines())
    assert [row["Title"] for row in rows] == titles
    assert [entry["track"]["title"] for entry in json.loads(found["json"])["entries"]] == titles
    _assert_problem(await client.get(playlist["links"]["self"] + "/export?format=exe"), 422, "format")


async def test_picture_is_well_formed_and_shows_the_contour(client):
    playlist = await _make(client, "4 jazz songs that build up in energy", title="<Jazz> & more")
    assert playlist["spec"]["courses"]
    response = await client.get(playlist["links"]["picture"])
    assert response.headers["content-type"].startswith("image/svg+xml")
    root = ElementTree.fromstring(response.text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "<Jazz> & more" in "".join(root.itertext())


async def test_import_matches_a_file_line_by_line(client):
    text = (
        "#EXTM3U\n#PLAYLIST:Mine\n#EXTINF:161,Dolly Parton - Jolene\nJolene.mp3\n"
        "#EXTINF:-1,Slowdive - Alison\nAlison.mp3\n#EXTINF:-1,Nobody - Nothing at All\nnothing.mp3\n"
    )
    response = await client.post("/v1/playlists/import", params={"name": "mine.m3u8"}, content=text.encode())
    assert response.status_code == 200
    answer = response.json()
    report = answer["report"]
    assert (answer["title"], report["matched"], report["missing"]) == ("Mine", 2, 1)
    assert answer["track_ids"] == [IDS["Jolene"], IDS["Alison"]]
    assert [line["status"] for line in report["lines"]] == ["matched", "matched", "missing"]
    assert all(line["why"] for line in report["lines"])
    grown = await _make(client, None, grow={"include": answer["track_ids"]}, tracks=2)
    assert set(_titles(grown)) == {"Jolene", "Alison"}


@pytest.mark.parametrize("name", ["mine.exe", "mine", ""])
async def test_import_of_an_unknown_format_is_refused(client, name):
    response = await client.post("/v1/playlists/import", params={"name": name}, content=b"#EXTM3U\n")
    _assert_problem(response, 422)


async def test_taste_rules_bind_a_playlist(client):
    await client.post("/v1/rules", json={"words": "never Coldplay"})
    playlist = await _make(client, "8 rock songs")
    assert all("Coldplay" not in entry["track"]["artists"] for entry in playlist["result"]["entries"])
    assert any("Coldplay" in value for value in _verdicts(playlist))
