"""A grown list: who is alike enough to the tracks that are there."""

from pydantic import TypeAdapter

from src.catalogue.catalogue import Catalogue
from src.constraints.checks import Known
from src.constraints.models.spec import GrowRequest
from src.playlists.grow import grow_pool, likeness
from tests.fakes import make_track, songs
from tests.playlists.solver.constraints import spec

SONGS = songs()
IDS = {track["title"]: track["id"] for track in SONGS}
JAZZ = [IDS["So What"], IDS["Take Five"]]


def request(**fields: object) -> GrowRequest:
    return TypeAdapter(GrowRequest).validate_python({"from_tracks": JAZZ, **fields})


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
            catalogue, spec(), request(threshold=threshold), JAZZ, known=Known(), size=20
        )
        sizes.append(len(pool))
    assert sizes[0] > sizes[1] > sizes[2]


async def test_grow_pool_includes_and_excludes(catalogue: Catalogue):
    asked = request(include=[IDS["Jolene"]], exclude=[IDS["Clocks"]], threshold=0.2)
    seeds = [IDS["Jolene"], *JAZZ]
    grown, pool = await grow_pool(catalogue, spec(), asked, seeds, known=Known())
    titles = [candidate.track["title"] for candidate in pool]
    assert titles[0] == "Jolene"
    assert not {"Clocks", "Clocks - Live in Sydney"} & set(titles)
    assert [place["title"] for place in grown["places"]] == ["Jolene"]
    assert "Blue in Green" in titles
