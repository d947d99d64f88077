"""The pool of a list holds what may stand in it, ranked, whatever the engine and the embedder."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest

from src.catalogue.catalogue import Catalogue
from src.catalogue.edge import create_edge
from src.catalogue.engine import Condition, Engine, EngineQuery, Hit, Vector
from src.catalogue.models.track import Track
from src.constraints.checks import Known, OwnTracks
from src.constraints.conflicts import bind
from src.constraints.enforcement import judge, make_rules
from src.constraints.models.brief import Constraint
from src.retrieval.pool import PoolTrack, gather_pool
from tests.fakes import hashed_embedder, songs
from tests.playlists.solver.constraints import constraint, genre, spec

SONGS = songs()
IDS = {track["title"]: track["id"] for track in SONGS}
NOBODY = Known()


def titles(pool: Sequence[PoolTrack]) -> list[str]:
    return [candidate.track["title"] for candidate in pool]


def relevances(pool: Sequence[PoolTrack]) -> list[float]:
    return [candidate.relevance for candidate in pool]


class CountingEngine:
    """An engine that counts the calls that it passes on."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.calls = 0

    async def rank(self, queries: Sequence[EngineQuery], where: Sequence[Condition]) -> list[list[Hit]]:
        self.calls += 1
        return await self._engine.rank(queries, where)

    async def fetch(self, ids: Sequence[str]) -> dict[str, Track]:
        self.calls += 1
        return await self._engine.fetch(ids)

    async def vectors(self, ids: Sequence[str]) -> dict[str, Vector]:
        self.calls += 1
        return await self._engine.vectors(ids)

    async def browse(self, where: Sequence[Condition], limit: int) -> list[Track]:
        self.calls += 1
        return await self._engine.browse(where, limit)

    async def facet(self, key: str, where: Sequence[Condition], limit: int) -> dict[str, int]:
        self.calls += 1
        return await self._engine.facet(key, where, limit)


@pytest.mark.parametrize(
    "hard",
    [
        [genre("country", "rejected", hard=True)],
        [genre("jazz", hard=True), genre("chanson", hard=True)],
        [constraint("years", year_to=1995, relation="wanted", hard=True)],
        [constraint("artist", name="Coldplay", relation="rejected", hard=True)],
        [constraint("explicit", allowed=False, hard=True)],
        [constraint("vocals", vocals="vocal", hard=True)],
        [constraint("language", language="fr", relation="wanted", hard=True), genre("pop", hard=True)],
    ],
)
@pytest.mark.parametrize("text", ["dreamy songs", ""])
async def test_gather_pool_hard_constraints_hold_for_all(
    catalogue: Catalogue, hard: list[Constraint], text: str
):
    asked = spec(text, hard)
    pool = await gather_pool(catalogue, asked, known=NOBODY)
    rules = make_rules(bind(asked["brief"]), NOBODY, None)
    assert pool
    assert all(judge(candidate.track, (), rules).broken is None for candidate in pool)


async def test_gather_pool_leaves_out_what_it_cannot_tell_where_there_is_choice(catalogue: Catalogue):
    nineties = constraint("years", year_from=1947, year_to=2019, relation="wanted", hard=True)
    pool = await gather_pool(catalogue, spec("dream pop", [nineties], tracks=2), known=NOBODY)
    assert len(pool) >= 16
    assert "An Untold Year" not in titles(pool)


async def test_gather_pool_takes_what_it_cannot_tell_where_there_is_none(catalogue: Catalogue):
    early = constraint("years", year_from=1989, year_to=1992, relation="wanted", hard=True)
    pool = await gather_pool(catalogue, spec("dream pop", [early], tracks=2), known=NOBODY)
    assert titles(pool)[0] == "Cherry-coloured Funk"
    assert "An Untold Year" in titles(pool)


async def test_gather_pool_relevance_falls_from_one(catalogue: Catalogue):
    pool = await gather_pool(catalogue, spec("dreamy dream pop with female vocals"), known=NOBODY)
    assert relevances(pool) == sorted(relevances(pool), reverse=True)
    assert relevances(pool)[0] == 1.0
    assert all(0 < relevance <= 1 for relevance in relevances(pool))


async def test_gather_pool_holds_no_track_twice(catalogue: Catalogue):
    asked = spec("jazz", places=[{"track_id": IDS["So What"], "title": "So What", "words": ""}])
    pool = await gather_pool(catalogue, asked, known=NOBODY, liked_ids=[IDS["So What"]])
    assert len(titles(pool)) == len(set(titles(pool)))


async def test_gather_pool_is_deterministic(catalogue: Catalogue):
    asked = spec("calm jazz for a rainy night", [genre("jazz"), genre("chanson")])
    liked = [IDS["So What"], IDS["Ne me quitte pas"]]
    first = await gather_pool(catalogue, asked, known=NOBODY, liked_ids=liked)
    again = await gather_pool(catalogue, asked, known=NOBODY, liked_ids=liked)
    assert first == again


async def test_gather_pool_must_haves_are_first_whatever_they_break(catalogue: Catalogue):
    asked = spec(
        "jazz",
        [genre("metal", "rejected", hard=True)],
        places=[{"track_id": IDS["Master of Puppets"], "title": "Master of Puppets", "words": ""}],
    )
    pool = await gather_pool(catalogue, asked, known=NOBODY, excluded_ids=[IDS["Master of Puppets"]], size=3)
    assert titles(pool)[0] == "Master of Puppets"
    assert pool[0].relevance == 1.0
    assert len(pool) == 4


async def test_gather_pool_passes_over_a_must_have_that_the_catalogue_lacks(catalogue: Catalogue):
    asked = spec("jazz", places=[{"title": "Nowhere", "words": ""}])
    pool = await gather_pool(catalogue, asked, known=NOBODY, liked_ids=["no-such-id"])
    assert titles(pool)[0] in ("So What", "Blue in Green", "Take Five", "My Favorite Things")


async def test_gather_pool_leaves_out_what_is_excluded(catalogue: Catalogue):
    pool = await gather_pool(catalogue, spec("jazz"), known=NOBODY, excluded_ids=[IDS["So What"]])
    assert "So What" not in titles(pool)


async def test_gather_pool_obeys_rule_constraints_and_feedback(catalogue: Catalogue):
    known = Known(feedback={IDS["Take Five"]: "never"})
    rule_constraints = [constraint("artist", name="Miles Davis", relation="rejected", hard=True)]
    pool = await gather_pool(catalogue, spec("jazz"), known=known, rule_constraints=rule_constraints)
    assert not {"So What", "Blue in Green", "Take Five"} & set(titles(pool))


async def test_gather_pool_keeps_to_its_size(catalogue: Catalogue):
    assert len(await gather_pool(catalogue, spec("dream pop"), known=NOBODY, size=5)) == 5


async def test_gather_pool_ranks_the_best_recording_of_a_song_first(catalogue: Catalogue):
    pool = titles(await gather_pool(catalogue, spec("Clocks live in Sydney"), known=NOBODY))
    assert pool.index("Clocks") < pool.index("Clocks - Live in Sydney")


async def test_gather_pool_each_share_has_candidates(catalogue: Catalogue):
    quotas = [
        {"genre": "jazz", "at_least": 0.5, "hard": True, "words": ""},
        {"genre": "country", "at_least": 0.5, "hard": True, "words": ""},
    ]
    pool = await gather_pool(catalogue, spec("dreamy dream pop", shares=quotas), known=NOBODY, size=8)
    genres = Counter(name for candidate in pool for name in set(candidate.track["genres"]))
    assert genres["jazz"] >= 2
    assert genres["country"] == 2


async def test_gather_pool_has_candidates_for_the_opener(catalogue: Catalogue):
    asked = spec("thrash metal", openers=[genre("chanson", hard=True)])
    pool = await gather_pool(catalogue, asked, known=NOBODY, size=4)
    assert {"La vie en rose", "Ne me quitte pas"} <= set(titles(pool))


async def test_gather_pool_goes_by_liked_tracks(catalogue: Catalogue):
    pool = await gather_pool(
        catalogue, spec(), known=NOBODY, liked_ids=[IDS["So What"], IDS["Take Five"]], size=6
    )
    assert set(titles(pool)[:2]) == {"Blue in Green", "My Favorite Things"}
    assert "examples" in pool[0].sources


async def test_gather_pool_goes_by_artists_given_as_seeds(catalogue: Catalogue):
    seed = constraint("artist", name="Slowdive", relation="seed")
    pool = titles(await gather_pool(catalogue, spec("", [seed]), known=NOBODY, size=8))
    assert {"Fade Into You", "Cherry-coloured Funk"} <= set(pool[:4])


@pytest.mark.parametrize(
    ("taken_out", "first"),
    [
        (constraint("artist", name="Dolly Parton", relation="seed"), "Jolene"),
        (constraint("track", title="Ring of Fire", relation="seed"), "Ring of Fire"),
        (constraint("years", year_from=1986, year_to=1986, relation="wanted"), "Master of Puppets"),
        (constraint("years", year_from=1940, year_to=1949, relation="wanted"), "La vie en rose"),
    ],
)
async def test_gather_pool_searches_by_words_that_became_constraints(
    catalogue: Catalogue, taken_out: Constraint, first: str
):
    pool = await gather_pool(catalogue, spec("", [taken_out]), known=NOBODY)
    assert "text" in next(candidate.sources for candidate in pool if candidate.track["title"] == first)


async def test_gather_pool_does_not_search_by_years_that_have_no_word(catalogue: Catalogue):
    years = constraint("years", year_from=1986, year_to=2015, relation="wanted")
    pool = await gather_pool(catalogue, spec("", [years]), known=NOBODY)
    assert not {"text", "meaning"} & {source for candidate in pool for source in candidate.sources}


async def test_gather_pool_goes_by_own_listening(catalogue: Catalogue):
    own = constraint("own_listening", source="top", relation="seed")
    known = Known(own={"top": OwnTracks((IDS["Jolene"],), True, "")})
    pool = await gather_pool(catalogue, spec("", [own]), known=known, size=6)
    assert "Ring of Fire" in titles(pool)[:2]
    assert "Jolene" not in titles(pool)


async def test_gather_pool_tells_what_is_familiar(catalogue: Catalogue):
    known = Known(feedback={IDS["Jolene"]: "like"}, earlier_songs=frozenset())
    pool = await gather_pool(catalogue, spec("songs"), known=known)
    familiar = {candidate.track["title"] for candidate in pool if candidate.familiar}
    heard = {track["title"] for track in SONGS if track.get("popularity", 0) >= 40}
    assert familiar == (heard | {"Jolene"}) & set(titles(pool))


async def test_gather_pool_without_an_embedder_goes_by_words_and_fields(catalogue: Catalogue):
    words_alone = Catalogue(catalogue.engine, None, "words")
    asked = spec("jazz trumpet", [genre("jazz")])
    pool = await gather_pool(words_alone, asked, known=NOBODY, liked_ids=[IDS["So What"]])
    assert titles(pool)[0] == "Blue in Green"
    assert {source for candidate in pool for source in candidate.sources} >= {"text", "wishes", "traits"}


async def test_gather_pool_of_an_empty_catalogue_is_empty(tmp_path: Path):
    embedder = hashed_embedder()
    engine = create_edge(tmp_path / "empty", embedder.dimensions)
    asked = spec("jazz", [genre("jazz", hard=True)])
    assert await gather_pool(Catalogue(engine, embedder, "empty"), asked, known=NOBODY) == []
    await engine.close()


async def test_gather_pool_calls_the_engine_a_bounded_number_of_times(catalogue: Catalogue):
    engine = CountingEngine(catalogue.engine)
    counted = Catalogue(cast("Engine", engine), catalogue.embedder, "counted")
    constraints = [
        *(constraint("artist", name=track["artists"][0], relation="seed") for track in SONGS),
        *(constraint("artist", name=f"Nobody {number}", relation="contrast") for number in range(15)),
        *(genre(name) for name in ("jazz", "soul", "country", "metal", "polka", "fado", "tango", "ska")),
        constraint("mood", mood="dreamy", relation="wanted"),
        constraint("years", year_to=2000, relation="wanted", hard=True),
    ]
    quotas = [
        {"year_from": year, "at_least": 0.1, "at_most": 0.3, "hard": False, "words": ""}
        for year in range(1950, 2030, 10)
    ]
    places = [{"track_id": track["id"], "title": track["title"], "words": ""} for track in SONGS]
    asked = spec("everything", constraints, shares=quotas, places=places, openers=[genre("ambient")])
    await gather_pool(counted, asked, known=NOBODY, liked_ids=[track["id"] for track in SONGS])
    assert 40 < engine.calls <= 61
