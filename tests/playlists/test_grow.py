import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from src.catalogue.catalogue import Catalogue
from src.constraints.checks import Known
from src.constraints.models.spec import GrowRequest
from src.errors import InvalidInput
from src.playlists.grow import alike_enough, check_grow, grow_pool, grow_seeds, grown_spec, likeness
from src.retrieval.pool import wanted_tracks
from tests.fakes import make_track, songs
from tests.playlists.lists import spec, track


def request(**fields: object) -> GrowRequest:
    return TypeAdapter(GrowRequest).validate_python(fields)


def test_grow_request_takes_anything_alike_unless_it_says_otherwise():
    assert request(from_playlist="p1")["threshold"] == 0.0


@pytest.mark.parametrize(
    "fields", [{"threshold": 1.1}, {"threshold": -0.1}, {"include": [""]}, {"include": ["a"] * 501}, {"x": 1}]
)
def test_grow_request_out_of_bounds_is_refused(fields: dict[str, object]):
    with pytest.raises(ValidationError):
        request(**fields)


@pytest.mark.parametrize("fields", [{}, {"exclude": ["A"]}, {"from_tracks": [], "include": []}])
def test_check_grow_without_a_source_says_what_there_is(fields: dict[str, object]):
    with pytest.raises(InvalidInput, match="grows from"):
        check_grow(request(**fields))


def test_check_grow_when_a_track_is_included_and_excluded_is_refused():
    with pytest.raises(InvalidInput, match="both included and excluded"):
        check_grow(request(include=["A", "B"], exclude=["B"]))
    check_grow(request(include=["A"], exclude=["B"]))


def test_grow_seeds_takes_each_once_and_none_that_is_excluded():
    asked = request(include=["C"], from_tracks=["A", "C"], exclude=["B"])
    assert grow_seeds(asked, playlist=["A", "B", "D"], liked=["E", "D"]) == ["C", "A", "D", "E"]


def test_grow_seeds_when_none_is_left_says_so():
    with pytest.raises(InvalidInput, match="no track to grow from"):
        grow_seeds(request(from_playlist="p1", exclude=["A"]), playlist=["A"])


def test_alike_enough_takes_the_threshold_itself_and_ranks_by_likeness_then_id():
    pairs = [(track("C"), 0.5), (track("B"), 0.9), (track("A"), 0.9), (track("D"), 0.49)]
    found = alike_enough(pairs, request(from_playlist="p1", threshold=0.5))
    assert [(one["id"], likeness) for one, likeness in found] == [("A", 0.9), ("B", 0.9), ("C", 0.5)]


def test_alike_enough_leaves_out_what_is_excluded_and_other_recordings_of_it():
    live = {**track("B"), "id": "B-live"}
    pairs = [(track("A"), 0.9), (live, 0.8), (track("C"), 0.7)]
    found = alike_enough(pairs, request(from_playlist="p1", exclude=["B", "C"]), [track("B")])  # type: ignore[arg-type]
    assert [one["id"] for one, _ in found] == ["A"]


def test_alike_enough_takes_the_most_alike_recording_of_a_song():
    live = {**track("A"), "id": "A-live"}
    found = alike_enough([(track("A"), 0.7), (live, 0.8)], request(from_playlist="p1"))  # type: ignore[list-item]
    assert [one["id"] for one, _ in found] == ["A-live"]


@given(
    st.lists(st.tuples(st.sampled_from("ABCDEFGH"), st.floats())),
    st.floats(0, 1),
    st.lists(st.sampled_from("ABCDEFGH")),
)
def test_alike_enough_never_lets_one_below_the_threshold_pass(
    pairs: list[tuple[str, float]], threshold: float, exclude: list[str]
):
    asked = request(from_playlist="p1", threshold=threshold, exclude=exclude)
    found = alike_enough([(track(name), likeness) for name, likeness in pairs], asked)
    ids = [one["id"] for one, _ in found]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & set(exclude)
    assert all(likeness >= threshold for _, likeness in found)


def test_grown_spec_makes_included_tracks_must_haves_and_rejects_excluded_ones():
    first = {"track_id": "A", "title": "Song A", "position": 1, "words": "start with A"}
    grown = grown_spec(spec(places=[first]), [track("A"), track("B")], [track("C")])
    assert [(place.get("track_id"), place.get("position")) for place in grown["places"]] == [
        ("A", 1),
        ("B", None),
    ]
    assert [constraint.get("track_id") for constraint in grown["brief"]["wishes"]] == ["C"]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"tracks": 40}, 40),
        ({"tracks": 40, "duration_s": 600.0}, 40),
        ({"duration_s": 3_600.0}, 18),
        ({"duration_s": 60.0}, 1),
        ({}, 25),
    ],
)
def test_wanted_tracks_goes_by_the_number_then_by_the_length_of_tracks_like_it(
    fields: dict[str, object], wanted: int
):
    assert wanted_tracks(spec(**fields), [track("A"), track("B")]) == wanted


def test_wanted_tracks_when_no_length_is_known_takes_a_typical_one():
    unknown = track("A")
    del unknown["duration_ms"]
    assert wanted_tracks(spec(duration_s=2_100.0), [unknown]) == 10


SONGS = songs()
IDS = {track["title"]: track["id"] for track in SONGS}
JAZZ = [IDS["So What"], IDS["Take Five"]]


def like_jazz(**fields: object) -> GrowRequest:
    return request(from_tracks=JAZZ, **fields)


async def alike(catalogue: Catalogue) -> dict[str, float]:
    return {track["title"]: score for track, score in await likeness(catalogue, JAZZ, SONGS)}


async def test_likeness_is_one_for_the_same_and_less_for_others(catalogue: Catalogue):
    scores = await alike(catalogue)
    assert scores["So What"] == scores["Take Five"] == 1.0
    assert all(0 <= score < 1 for title, score in scores.items() if title not in ("So What", "Take Five"))
    assert scores["Blue in Green"] > scores["Jolene"]


async def test_likeness_without_vectors_goes_by_the_records(catalogue: Catalogue):
    scores = await alike(Catalogue(catalogue.engine, None, "words"))
    assert scores["So What"] == 1.0
    assert all(0 <= score <= 1 for score in scores.values())
    assert scores["Blue in Green"] > scores["Jolene"]


async def test_likeness_of_what_is_not_in_the_catalogue_is_none(catalogue: Catalogue):
    stranger = make_track("Stranger", "Nobody")
    assert await likeness(catalogue, JAZZ, [stranger]) == [(stranger, 0.0)]
    assert await likeness(catalogue, ["unknown"], [SONGS[0]]) == [(SONGS[0], 0.0)]


async def test_grow_pool_a_higher_threshold_leaves_fewer(catalogue: Catalogue):
    sizes = []
    for threshold in (0.0, 0.3, 1.0):
        _, pool = await grow_pool(
            catalogue, spec(), like_jazz(threshold=threshold), JAZZ, known=Known(), size=20
        )
        sizes.append(len(pool))
    assert sizes[0] > sizes[1] > sizes[2]


async def test_grow_pool_includes_and_excludes(catalogue: Catalogue):
    asked = like_jazz(include=[IDS["Jolene"]], exclude=[IDS["Clocks"]], threshold=0.2)
    seeds = [IDS["Jolene"], *JAZZ]
    grown, pool = await grow_pool(catalogue, spec(), asked, seeds, known=Known())
    titles = [candidate.track["title"] for candidate in pool]
    assert titles[0] == "Jolene"
    assert not {"Clocks", "Clocks - Live in Sydney"} & set(titles)
    assert [place["title"] for place in grown["places"]] == ["Jolene"]
    assert "Blue in Green" in titles
