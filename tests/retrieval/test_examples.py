"""What a list is to be like, from the brief, its places and what was liked."""

import math

from hypothesis import given
from hypothesis import strategies as st

from src.catalogue.catalogue import Catalogue
from src.catalogue.models.track import Track
from src.constraints.checks import Known
from src.retrieval.examples import must_have_ids, read_examples, shared_traits
from tests.fakes import make_track, songs
from tests.playlists.solver.constraints import constraint, spec

IDS = {track["title"]: track["id"] for track in songs()}


def place(title: str) -> dict[str, object]:
    return {"track_id": IDS[title], "title": title, "words": ""}


async def test_read_examples_takes_each_named_track_once(catalogue: Catalogue):
    seed = constraint("track", title="Alison", track_id=IDS["Alison"], relation="seed")
    asked = spec(places=[place("Clocks"), place("Yellow")])
    examples = await read_examples(catalogue, asked, [seed], Known(), [IDS["Clocks"], "unknown"])
    assert [track["title"] for track in examples.named] == ["Clocks", "Yellow", "Alison"]
    assert [track["title"] for track in examples.musts] == ["Clocks", "Yellow"]
    assert len(examples.likes) == 3


async def test_read_examples_an_absent_track_leaves_its_artist(catalogue: Catalogue):
    seed = constraint("track", title="No Such Song", artist="Miles Davis", relation="seed")
    examples = await read_examples(catalogue, spec(), [seed], Known(), [])
    assert {track["title"] for track in examples.like} == {"So What", "Blue in Green"}
    assert examples.named == ()


async def test_read_examples_contrasts_are_unlike(catalogue: Catalogue):
    constraints = [
        constraint("artist", name="Slowdive", relation="seed"),
        constraint("artist", name="Metallica", relation="contrast"),
        constraint("track", title="HUMBLE.", track_id=IDS["HUMBLE."], relation="contrast"),
    ]
    examples = await read_examples(catalogue, spec(), constraints, Known(), [])
    assert (len(examples.likes), len(examples.unlikes)) == (1, 2)


async def test_read_examples_without_an_embedder_have_no_vectors(catalogue: Catalogue):
    words_alone = Catalogue(catalogue.engine, None, "words")
    examples = await read_examples(words_alone, spec(), [], Known(), [IDS["Clocks"]])
    assert (len(examples.like), examples.likes) == (1, ())


def test_must_have_ids_are_places_and_wanted_songs():
    wanted = constraint("track", title="Jolene", track_id=IDS["Jolene"], relation="wanted", hard=True)
    asked = spec(places=[place("Clocks"), {"title": "Absent", "words": ""}])
    assert must_have_ids(asked, [wanted]) == [IDS["Clocks"], IDS["Jolene"]]


PLAIN = [make_track(f"Plain {number}", f"Band {number}") for number in range(4)]


def better(examples: list[Track], one: Track, other: Track) -> bool:
    first, second = shared_traits(examples, [one, other, *PLAIN])[:2]
    return first > second


def test_shared_traits_a_genre_of_all_examples_counts():
    examples = [make_track(f"E{number}", f"A{number}", genres=["soul"]) for number in range(3)]
    assert better(examples, make_track("X", "B", genres=["soul"]), make_track("Y", "C", genres=["metal"]))


def test_shared_traits_a_rare_genre_counts_more_than_a_common_one():
    examples = [make_track(f"E{number}", f"A{number}", genres=["pop", "fado"]) for number in range(3)]
    pool = [make_track("X", "B", genres=["fado"]), make_track("Y", "C", genres=["pop"])]
    pool += [make_track(f"P{number}", f"D{number}", genres=["pop"]) for number in range(8)]
    rare, common = shared_traits(examples, pool)[:2]
    assert rare > common


def test_shared_traits_the_artist_counts():
    examples = [make_track("E", "A")]
    assert better(examples, make_track("X", "A"), make_track("Y", "B"))


def test_shared_traits_the_era_counts():
    examples = [make_track(f"E{number}", f"A{number}", year=1983 + number) for number in range(3)]
    assert better(examples, make_track("X", "B", year=1985), make_track("Y", "C", year=2015))


def test_shared_traits_the_sound_counts():
    calm = {"features": {"energy": 0.2, "tempo": 80.0}}
    examples = [make_track(f"E{number}", f"A{number}", **calm) for number in range(3)]
    loud = make_track("Y", "C", features={"energy": 0.9, "tempo": 170.0})
    assert better(examples, make_track("X", "B", **calm), loud)


def test_shared_traits_the_popularity_counts():
    examples = [make_track(f"E{number}", f"A{number}", popularity=10) for number in range(3)]
    assert better(examples, make_track("X", "B", popularity=12), make_track("Y", "C", popularity=90))


def test_shared_traits_one_example_leaves_room_for_others():
    example = make_track("E", "A", year=1983, popularity=10, features={"energy": 0.2})
    scores = shared_traits([example], [example, *PLAIN])
    assert all(math.isfinite(score) for score in scores)


def test_shared_traits_of_nothing_are_as_any():
    assert shared_traits([], PLAIN) == [0.0] * 4
    assert shared_traits(PLAIN, []) == []


_TRACKS = st.builds(
    lambda number, genres, year, energy, fame: make_track(
        f"T{number}",
        f"A{number % 7}",
        genres=genres,
        **({} if year is None else {"year": year}),
        **({} if energy is None else {"features": {"energy": energy}}),
        **({} if fame is None else {"popularity": fame}),
    ),
    st.integers(0, 50),
    st.lists(st.sampled_from(["soul", "metal", "pop"]), unique=True),
    st.none() | st.integers(1900, 2026),
    st.none() | st.floats(0, 1),
    st.none() | st.integers(0, 100),
)


@given(st.lists(_TRACKS, max_size=6), st.lists(_TRACKS, max_size=12))
def test_shared_traits_any_records_give_finite_numbers(examples: list[Track], pool: list[Track]):
    scores = shared_traits(examples, pool)
    assert len(scores) == len(pool)
    assert all(math.isfinite(score) for score in scores)
