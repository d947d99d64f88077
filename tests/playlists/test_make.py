"""Lists from specs: rules bind, examples are followed, and what is fixed stays."""

import pytest
from pydantic import TypeAdapter

from src.constraints.checks import Known
from src.constraints.models.brief import empty_brief
from src.constraints.models.spec import GrowRequest, empty_spec
from src.errors import InvalidInput, NotFound
from src.playlists.make import Fixed, grown, make_list, reason_of, spec_of_conversation, spec_of_prompt
from src.preferences.models.taste_rule import TasteRule
from src.preferences.store import put_rule
from tests.chat.fixtures import ask
from tests.fakes import songs
from tests.playlists.lists import insert_playlist
from tests.playlists.solver.pools import candidate, clean, count_of, genre_constraint, spec_of

IDS = {track["title"]: track["id"] for track in songs()}


def _titles(result):
    return [entry["track"]["title"] for entry in result["entries"]]


async def test_spec_of_prompt_reads_numbers_and_constraints(clients):
    spec, notes = await spec_of_prompt(clients, "6 jazz songs, nothing after 1960")
    assert spec["tracks"] == 6
    assert {constraint["kind"] for constraint in spec["brief"]["wishes"]} >= {"genre", "years"}
    assert notes == []


async def test_make_list_obeys_hard_constraints(clients):
    result = await make_list(clients, "ann", spec_of(clean(), tracks=5))
    assert result["status"] == "complete"
    assert all(not entry["track"].get("explicit") for entry in result["entries"])


async def test_make_list_with_the_same_seed_is_the_same(clients):
    first, second = [await make_list(clients, "ann", spec_of(tracks=6), seed=3) for _ in range(2)]
    assert first["entries"] == second["entries"]
    assert first["seed"] == 3


async def test_make_list_reports_its_steps_in_order(clients):
    said: list[tuple[float, str]] = []

    async def report(share: float, step: str) -> None:
        said.append((share, step))

    await make_list(clients, "ann", spec_of(tracks=3), report=report)
    assert [share for share, _ in said] == sorted(share for share, _ in said)
    assert said[0][1] == "gathering candidates"


@pytest.mark.parametrize(("liked", "genre"), [("Alison", "dream pop"), ("So What", "jazz")])
async def test_make_list_is_like_what_is_liked(clients, liked, genre):
    other = {"Alison": "Space Song", "So What": "Take Five"}[liked]
    result = await make_list(clients, "ann", spec_of(tracks=3), fixed=Fixed(liked=[IDS[liked], IDS[other]]))
    of_genre = [entry for entry in result["entries"] if genre in entry["track"]["genres"]]
    assert len(of_genre) >= 2


async def test_make_list_leaves_what_is_fixed_and_leaves_out_what_is_excluded(clients):
    # By meaning, this one would never be found for jazz.
    pinned = {2: IDS["Master of Puppets"]}
    fixed = Fixed(pinned=pinned, excluded=[IDS["So What"], IDS["Master of Puppets"]])
    result = await make_list(
        clients, "ann", spec_of(genre_constraint("jazz", hard=False), tracks=4), fixed=fixed
    )
    assert _titles(result)[1] == "Master of Puppets"
    assert result["entries"][1]["pinned"]
    assert "So What" not in _titles(result)


async def test_make_list_obeys_the_listeners_taste_rules_and_no_others(clients):
    rule: TasteRule = {
        "id": "r1",
        "words": "no metal",
        "wishes": [genre_constraint("metal", "rejected")],
        "scope": [],
        "created_at": clients.now().isoformat(),
    }
    await put_rule(clients.database, "ann", rule, clients.now())
    spec = spec_of(genre_constraint("metal", hard=False), tracks=4)
    assert "Master of Puppets" not in _titles(await make_list(clients, "ann", spec))
    assert "Master of Puppets" in _titles(await make_list(clients, "bob", spec))


async def test_make_list_says_that_a_named_artist_is_absent(clients):
    spec, _ = await spec_of_prompt(clients, "3 songs by The Beatles")
    result = await make_list(clients, "ann", spec)
    (line,) = [line for line in result["constraints"] if "Beatles" in line["value"]]
    assert (line["verdict"], "not in this catalogue" in line["detail"]) == ("unmet", True)


async def test_spec_of_conversation_takes_its_constraints_but_its_number(agent, clients):
    answer = await ask(agent, "2 jazz songs, nothing after 1960", listener="ann")
    own = spec_of(clean(), tracks=4)
    spec, liked = await spec_of_conversation(clients, "ann", answer["conversation_id"], own)
    kinds = [constraint["kind"] for constraint in spec["brief"]["wishes"]]
    assert {"genre", "years", "explicit"} <= set(kinds)
    assert "count" not in kinds
    assert (spec["tracks"], liked) == (4, [])
    with pytest.raises(NotFound):
        await spec_of_conversation(clients, "bob", answer["conversation_id"], own)


async def test_grown_from_a_playlist_takes_its_tracks_as_examples(clients):
    spec = spec_of(count_of(2), tracks=2, title="Two")
    result = await make_list(clients, "ann", spec)
    await insert_playlist(
        clients.database,
        {
            "id": "p1",
            "listener": "ann",
            "created_at": clients.now(),
            "mode": "fresh",
            "spec": spec,
            "result": result,
            "from_conversation": None,
            "created_by_job": None,
        },
    )
    empty = empty_spec(empty_brief())
    request: GrowRequest = {
        "from_playlist": "p1",
        "include": [IDS["Jolene"]],
        "exclude": [],
        "threshold": 0.0,
    }
    wanted, seeds = await grown(clients, "ann", request, empty)
    assert seeds == [IDS["Jolene"], *(entry["track"]["id"] for entry in result["entries"])]
    assert [place["track_id"] for place in wanted["places"]] == [IDS["Jolene"]]
    with pytest.raises(NotFound):
        await grown(clients, "bob", request, empty)


@pytest.mark.parametrize("field", ["include", "exclude"])
async def test_grown_when_a_named_track_is_not_there(clients, field):
    request = TypeAdapter(GrowRequest).validate_python(
        {"from_tracks": [IDS["Jolene"]], field: ["nowhere"], "threshold": 0.0}
    )
    with pytest.raises(InvalidInput, match="1 of the tracks named"):
        await grown(clients, "ann", request, empty_spec(empty_brief()))


async def test_make_list_that_grows_takes_what_is_alike_enough(clients):
    spec = spec_of(tracks=4)
    seeds = [IDS["So What"], IDS["Blue in Green"]]
    loose: GrowRequest = {"from_tracks": seeds, "threshold": 0.0}
    close: GrowRequest = {"from_tracks": seeds, "threshold": 0.99}
    anything = await make_list(clients, "ann", spec, fixed=Fixed(liked=seeds, grow=loose))
    alike = await make_list(clients, "ann", spec, fixed=Fixed(liked=seeds, grow=close))
    assert (anything["status"], len(anything["entries"])) == ("complete", 4)
    assert len(alike["entries"]) < 4
    assert alike["status"] == "nearest"


SONG = candidate(
    "Song", "Somebody", genres=["rock", "indie", "dream pop"], moods=["dreamy", "calm", "warm"], year=1993
)


def _said(spec, position=2, one=SONG):
    return reason_of(spec, one, position, Known())


def test_reason_of_names_the_narrowest_genres_the_first_moods_and_the_year():
    assert _said(spec_of()) == "indie, dream pop, dreamy, calm, 1993"


def test_reason_of_a_bare_record_is_empty():
    assert _said(spec_of(), one=candidate("Bare")) == ""


def test_reason_of_says_a_word_once():
    assert _said(spec_of(), one=candidate("Song", genres=["calm"], moods=["calm"])) == "calm"


def test_reason_of_a_must_have_says_that_it_was_asked_for():
    place = {"track_id": SONG.track["id"], "title": "Song", "words": "with Song"}
    assert _said(spec_of(places=[place])).endswith("1993; asked for by name")


@pytest.mark.parametrize(("position", "said"), [(1, True), (2, False)])
def test_reason_of_an_opener_is_said_of_the_first_track_alone(position, said):
    opener = {**genre_constraint("dream pop", hard=False), "words": "something dreamy"}
    reason = _said(spec_of(openers=[opener]), position)
    assert ("opens with something dreamy" in reason) is said


def test_reason_of_an_opener_that_is_not_met_is_not_claimed():
    assert "opens" not in _said(spec_of(openers=[genre_constraint("jazz", hard=False)]), 1)


def test_reason_of_a_share_names_its_genre():
    share = {"genres": ["indie", "jazz"], "at_least": 0.5, "hard": True, "words": "half indie or jazz"}
    assert _said(spec_of(shares=[share])).endswith("; for the indie")
    other = {"genre": "jazz", "at_least": 0.5, "hard": True, "words": "half jazz"}
    assert "for the" not in _said(spec_of(shares=[other]))


async def _made(clients, prompt: str):
    spec, _ = await spec_of_prompt(clients, prompt)
    return await make_list(clients, "anna", spec)


async def test_make_list_when_nothing_fits_offers_to_leave_out_each_constraint_that_can_go(clients):
    result = await _made(clients, "2 songs, only jazz, all released before 1900")
    assert (result["status"], result["proven"], result["entries"]) == ("nearest", True, [])
    jazz = sum("jazz" in track["genres"] for track in songs())
    assert jazz >= 2
    # Without the genre there is still nothing so old, so that the genre is not offered.
    assert [offer["relax"] for offer in result["offers"]] == ["1899 or earlier"]


async def test_make_list_looks_for_no_more_to_relax_when_it_is_complete(clients, monkeypatch):
    async def never(*_args):
        raise AssertionError

    monkeypatch.setattr("src.playlists.make._kept_out", never)
    result = await _made(clients, "2 jazz songs")
    assert (result["status"], len(result["entries"])) == ("complete", 2)
