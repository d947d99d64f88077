"""The searches of a pool: by words, by meaning, by fields, by examples, by parts, and one hop further.

Every call of the embedded engine holds the interpreter, so others get their turn between two calls, and the
number of calls is bounded.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import (
    AnyOf,
    BestScore,
    Condition,
    EngineQuery,
    Hit,
    Match,
    Nearest,
    TextMatch,
    Vector,
)
from src.catalogue.filters import to_conditions
from src.catalogue.models.filter import TrackFilter
from src.catalogue.models.track import Track
from src.catalogue.names import genre_key, name_key
from src.catalogue.search import DEPTH, FusedHit, fuse, mean_of_examples, without_cut_tie
from src.constraints.filters import LOOSEST, outside, soft_conditions
from src.constraints.models.brief import Constraint
from src.constraints.models.spec import PlaylistSpec, Quota, quota_genres
from src.retrieval.examples import Examples
from src.schema import with_present

# Genres wanted side by side that are looked for one by one; a brief seldom has more than three.
_MAX_GENRES = 6


@dataclass(frozen=True, slots=True)
class Part:
    """Tracks that some position or quota of the list is for: its name, and the conditions that they meet."""

    name: str
    where: tuple[Condition, ...]


def parts_of(spec: PlaylistSpec, constraints: Sequence[Constraint]) -> list[Part]:
    """Parts of the list: quotas, what a bounded one leaves room for, the opener, each of several genres."""
    parts: list[Part] = []
    for quota in spec["shares"]:
        if quota.get("at_least", 0.0) > 0:
            parts.append(Part(f"share: {_named(quota)}", tuple(_inside(quota))))
        if quota.get("at_most", 1.0) < 1:
            parts.append(Part(f"beside: {_named(quota)}", tuple(_outside(quota))))
    if opener := soft_conditions([_softly(constraint) for constraint in spec["openers"]]):
        parts.append(Part("opener", tuple(opener)))
    genres = [
        constraint["genre"]
        for constraint in constraints
        if constraint["kind"] == "genre" and constraint["relation"] == "wanted"
    ]
    if len(genres) > 1:
        parts += [
            Part(f"genre: {genre}", tuple(to_conditions({"genres_any": [genre]})))
            for genre in genres[:_MAX_GENRES]
        ]
    first: dict[tuple[Condition, ...], Part] = {}
    for part in parts:
        if part.where:
            first.setdefault(part.where, part)
    return list(first.values())


def _named(quota: Quota) -> str:
    years = f"{quota.get('year_from', '')}-{quota.get('year_to', '')}".strip("-")
    return " ".join(word for word in (" or ".join(quota_genres(quota)), years) if word)


def _inside(quota: Quota) -> list[Condition]:
    filter_: TrackFilter = {"genres_any": quota_genres(quota)}
    years = {"year_from": quota.get("year_from"), "year_to": quota.get("year_to")}
    return to_conditions(with_present(filter_, **years))


def _outside(quota: Quota) -> list[Condition]:
    """Tracks that are surely not in the quota."""
    if genres := quota_genres(quota):
        return [Match("genre_terms", tuple(genre_key(genre) for genre in genres), negated=True)]
    spans = outside(quota.get("year_from"), quota.get("year_to"))
    return [AnyOf(tuple(spans))] if spans else []


def _softly(constraint: Constraint) -> Constraint:
    return cast("Constraint", {**constraint, "hard": False})


# What a search counts in the fusion: tuned on two thirds of the lists of benchmarks/held_out_playlists.py.
_WEIGHTS = {
    "text": 1.0,
    "meaning": 1.0,
    "wishes": 1.0,
    "examples": 1.0,
    "artists": 1.0,
    "kin": 1.5,
    "neighbours": 0.25,
    "filter": 0.1,
    "unproven": 0.1,
}
# The same for the search of a part: it finds candidates, and says little of how good they are.
_PART_WEIGHT = 0.25
# Rankings by likeness to the examples: the examples themselves are left out of them.
_BY_LIKENESS = frozenset({"examples", "artists", "kin", "neighbours"})
# First finds whose own neighbours are looked for.
_STEPPING_STONES = 20
# Examples that are each compared with every track; the mean takes in all.
_COMPARED = 40
# Genres that come with the shared ones are counted too: a tighter limit would push rare ones out.
_GENRES_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Aim:
    """What is searched for.

    `words` are folded; `hard` are the conditions of the hard constraints, which unknown values pass in
    `loose`; fewer than `enough` tracks are too little; a ranking is `depth` tracks long.
    """

    constraints: Sequence[Constraint]
    examples: Examples
    words: str
    vector: Vector | None
    hard: Sequence[Condition]
    loose: Sequence[Condition]
    enough: int
    depth: int

    @property
    def direction(self) -> Vector | None:
        """One vector for what is wanted: the words and the examples, where there are any."""
        likes, unlikes = self.examples.likes, self.examples.unlikes
        if not likes:
            return self.vector
        middle = mean_of_examples(likes, unlikes)
        return middle if self.vector is None else mean_of_examples([self.vector, middle], [])


@dataclass(frozen=True, slots=True)
class Finds:
    """Rankings by name, and the records that came with those of them that no query ranks."""

    rankings: list[tuple[str, list[Hit]]] = field(default_factory=list)
    records: dict[str, Track] = field(default_factory=dict)

    def add(self, name: str, hits: Iterable[Hit]) -> int:
        """Add a ranking; returns its length."""
        ranking = list(hits)
        if ranking:
            self.rankings.append((name, ranking))
        return len(ranking)

    def add_records(self, name: str, tracks: Iterable[Track]) -> int:
        """Add tracks that no query ranks: the best known first."""
        ordered = sorted(tracks, key=lambda track: (-track.get("popularity", 0), track["id"]))
        self.records.update((track["id"], track) for track in ordered)
        return self.add(name, (Hit(track["id"], float(-place)) for place, track in enumerate(ordered)))

    def ids(self) -> set[str]:
        """Everything found."""
        return {hit.id for _, hits in self.rankings for hit in hits}

    def fused(self) -> list[FusedHit]:
        """Everything found, best first."""
        return fuse(self.rankings, weights_of(name for name, _ in self.rankings))


def weights_of(names: Iterable[str]) -> dict[str, float]:
    """What each ranking counts."""
    return {name: _WEIGHTS.get(name, _PART_WEIGHT) for name in names}


async def find(catalogue: Catalogue, aim: Aim, parts: Sequence[Part]) -> Finds:
    """Run the searches; where they find too little, add what meets the hard constraints, then what may."""
    finds = Finds()
    await _rank(catalogue, aim, finds, _queries(aim), aim.hard)
    await _search_softly(catalogue, aim, finds)
    await _search_kin(catalogue, aim, finds)
    for part in parts:
        limit = max(DEPTH, aim.depth // max(2, len(parts)))
        await _search_where(catalogue, aim, finds, part.name, part.where, limit)
    await _search_neighbours(catalogue, aim, finds)
    for name, where in (("filter", aim.hard), ("unproven", aim.loose)):
        if len(finds.ids()) < aim.enough:
            finds.add_records(name, await catalogue.engine.browse(where, aim.depth))
    return finds


def _queries(aim: Aim) -> list[tuple[str, EngineQuery]]:
    queries: list[tuple[str, EngineQuery]] = []
    if aim.words:
        queries.append(("text", TextMatch("text", aim.words, aim.depth)))
    if aim.vector is not None:
        queries.append(("meaning", Nearest(aim.vector, aim.depth)))
    if likes := aim.examples.likes:
        unlikes = aim.examples.unlikes
        queries.append(("examples", Nearest(mean_of_examples(likes, unlikes), aim.depth)))
        queries.append(("examples", BestScore(likes[:_COMPARED], unlikes[:_COMPARED], aim.depth)))
    return queries


async def _rank(
    catalogue: Catalogue,
    aim: Aim,
    finds: Finds,
    queries: Sequence[tuple[str, EngineQuery]],
    where: Sequence[Condition],
) -> int:
    """Run queries in one call; returns the length of the longest ranking."""
    if not queries:
        return 0
    await asyncio.sleep(0)
    rankings = await catalogue.engine.rank([query for _, query in queries], where)
    found = 0
    for (name, query), hits in zip(queries, rankings, strict=True):
        kept = without_cut_tie(hits, query.limit)
        found = max(found, finds.add(name, (hit for hit in kept if _counts(aim, name, hit.id))))
    return found


def _counts(aim: Aim, name: str, track_id: str) -> bool:
    return name not in _BY_LIKENESS or track_id not in aim.examples.ids


async def _search_where(
    catalogue: Catalogue, aim: Aim, finds: Finds, name: str, conditions: Sequence[Condition], limit: int
) -> int:
    """What meets the conditions too, in the direction of what is wanted; without one, the best known."""
    where = [*aim.hard, *conditions]
    if (direction := aim.direction) is not None:
        return await _rank(catalogue, aim, finds, [(name, Nearest(direction, limit))], where)
    await asyncio.sleep(0)
    tracks = await catalogue.engine.browse(where, limit)
    return finds.add_records(name, (track for track in tracks if _counts(aim, name, track["id"])))


async def _search_softly(catalogue: Catalogue, aim: Aim, finds: Finds) -> None:
    """Under the soft wishes too, loosened step by step while they leave too little."""
    tried: list[list[Condition]] = [[]]
    for level in range(LOOSEST):
        soft = soft_conditions(aim.constraints, level)
        if soft in tried:
            continue
        tried.append(soft)
        if await _search_where(catalogue, aim, finds, "wishes", soft, aim.depth) >= aim.enough:
            return


async def _search_kin(catalogue: Catalogue, aim: Aim, finds: Finds) -> None:
    """More by the artists of the named tracks, and in the narrowest genres that several of them share."""
    named = aim.examples.named
    if not named:
        return
    artists = tuple(dict.fromkeys(name_key(track["artists"][0]) for track in named))
    await _search_where(catalogue, aim, finds, "artists", [Match("artist_keys", artists)], aim.depth)
    if genres := await _narrowest_genres(catalogue, named, aim.depth):
        await _search_where(catalogue, aim, finds, "kin", [Match("track.genres", genres)], aim.depth)


async def _narrowest_genres(catalogue: Catalogue, tracks: Sequence[Track], enough: int) -> tuple[str, ...]:
    """Genres of at least a third of the tracks, the rarest first, until they hold enough tracks."""
    counts = Counter(genre for track in tracks for genre in set(track["genres"]))
    shared = tuple(sorted(genre for genre, count in counts.items() if 3 * count >= len(tracks)))
    if not shared:
        return ()
    there = await catalogue.engine.facet("track.genres", [Match("track.genres", shared)], _GENRES_COUNTED)
    narrowest: list[str] = []
    in_all = 0
    for genre in sorted(shared, key=lambda genre: (there.get(genre, 0), genre)):
        if in_all >= enough:
            break
        narrowest.append(genre)
        in_all += there.get(genre, 0)
    return tuple(narrowest)


async def _search_neighbours(catalogue: Catalogue, aim: Aim, finds: Finds) -> None:
    """A second hop: what is near to the middle of the best first finds."""
    if catalogue.embedder is None:
        return
    best = [hit.id for hit in finds.fused()[:_STEPPING_STONES]]
    vectors = await catalogue.engine.vectors(best)
    stones = [vectors[id_] for id_ in best if id_ in vectors]
    if stones:
        centre = mean_of_examples(stones, aim.examples.unlikes)
        await _rank(catalogue, aim, finds, [("neighbours", Nearest(centre, aim.depth))], aim.hard)
