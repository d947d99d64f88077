"""The tracks that a list is to be like, or unlike: what the listener named, liked, or gave as a seed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log

import numpy as np
from numpy.typing import NDArray

from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import Vector
from src.catalogue.lookup import NamedArtist, artist_tracks
from src.catalogue.models.track import Track
from src.catalogue.names import genre_key, name_key
from src.constraints.checks import Known, own_subject
from src.constraints.filters import named_tracks, wanted_songs
from src.constraints.models.brief import Constraint
from src.constraints.models.spec import PlaylistSpec

# Artists given as examples that are looked at, the latest first: each costs a call of the engine.
MAX_ARTISTS = 10
# A handful of an artist's best known tracks stands for them.
_TRACKS_OF_ARTIST = 5
# Of the listener's own listening, as many as a search by likeness takes.
_MAX_OWN = 50


@dataclass(frozen=True, slots=True)
class Examples:
    """What to go by.

    `like` are the tracks to be like, `named` those of them that the listener named or liked one by one,
    `musts` the ones that must be in the list, in order; `likes` and `unlikes` are vectors, none where BM25
    alone serves.
    """

    like: tuple[Track, ...]
    named: tuple[Track, ...]
    musts: tuple[Track, ...]
    likes: tuple[Vector, ...]
    unlikes: tuple[Vector, ...]

    @property
    def ids(self) -> frozenset[str]:
        """Ids of the tracks to be like."""
        return frozenset(track["id"] for track in self.like)


async def read_examples(
    catalogue: Catalogue,
    spec: PlaylistSpec,
    constraints: Sequence[Constraint],
    known: Known,
    liked_ids: Sequence[str],
) -> Examples:
    """Fetch what the list is to be like; ids that the catalogue lacks are passed over.

    The placements of the spec are examples too, and so is the listener's own listening where a constraint
    asks for it.
    """
    must_ids = must_have_ids(spec, constraints)
    named_ids = list(dict.fromkeys([*must_ids, *named_tracks(constraints, "seed"), *liked_ids]))
    own_ids = [
        id_
        for constraint in constraints
        if constraint["kind"] == "own_listening"
        and constraint["relation"] == "seed"
        and own_subject(constraint) in known.own
        for id_ in known.own[own_subject(constraint)].ids[:_MAX_OWN]
    ]
    away_ids = named_tracks(constraints, "contrast")
    records = await catalogue.engine.fetch(list(dict.fromkeys([*named_ids, *own_ids, *away_ids])))
    by_artists = await _by_artists(catalogue, _artists(constraints, "seed"))
    not_by = await _by_artists(catalogue, _artists(constraints, "contrast"))
    like = _once(chain(_records(records, named_ids), _records(records, own_ids), by_artists))
    unlike = _once(chain(_records(records, away_ids), not_by))
    vectors = (
        await catalogue.engine.vectors([track["id"] for track in (*like, *unlike)])
        if catalogue.embedder is not None and like
        else {}
    )
    return Examples(
        like=like,
        named=_once(_records(records, named_ids)),
        musts=_once(_records(records, must_ids)),
        likes=tuple(vectors[track["id"]] for track in like if track["id"] in vectors),
        unlikes=tuple(vectors[track["id"]] for track in unlike if track["id"] in vectors),
    )


def must_have_ids(spec: PlaylistSpec, constraints: Sequence[Constraint]) -> list[str]:
    """Ids of the tracks that must be in the list, each once: its places, and the songs asked for by name."""
    places = [place["track_id"] for place in spec["places"] if "track_id" in place]
    return list(dict.fromkeys([*places, *sorted(wanted_songs(constraints))]))


def _artists(constraints: Sequence[Constraint], relation: str) -> list[str]:
    """Keys of the artists named in this relation; of a track that the catalogue lacks, its artist."""
    names: list[str] = []
    for constraint in constraints:
        if constraint["kind"] == "artist" and constraint["relation"] == relation:
            names.append(constraint["name"])
        elif (
            constraint["kind"] == "track"
            and constraint["relation"] == relation
            and "track_id" not in constraint
        ):
            names += [constraint["artist"]] if "artist" in constraint else []
    return list(dict.fromkeys(map(name_key, names)))[-MAX_ARTISTS:]


async def _by_artists(catalogue: Catalogue, keys: Sequence[str]) -> list[Track]:
    found: list[Track] = []
    for key in keys:
        # The reader has looked the name up: a key that the catalogue lacks simply finds nothing.
        found += await artist_tracks(catalogue, NamedArtist(key, key, 0), [], _TRACKS_OF_ARTIST)
    return found


def _records(records: Mapping[str, Track], ids: Sequence[str]) -> list[Track]:
    return [records[id_] for id_ in ids if id_ in records]


def _once(tracks: Iterable[Track]) -> tuple[Track, ...]:
    return tuple({track["id"]: track for track in tracks}.values())


type Floats = NDArray[np.float64]

# Weight of the pool against the examples, in tracks: few examples say little of a trait.
_PRIOR = 1.0
# Years within which releases sound alike, about.
_YEARS = 3.0
# What each trait counts, tuned like the weights of the searches. Genres are what most lists are made by; the
# measures of one recording tell much the same: loud tracks are energetic, danceable ones bright.
_GENRE_WEIGHT = 3.0
_ERA_WEIGHT = 2.0
_SOUND_WEIGHT = 0.15
_FAME_WEIGHT = 0.5
_SOUND = (
    "danceability",
    "energy",
    "valence",
    "acousticness",
    "instrumentalness",
    "speechiness",
    "loudness",
    "tempo",
)


def shared_traits(examples: Sequence[Track], pool: Sequence[Track]) -> list[float]:
    """How much each track of the pool is like the examples by its record; 0 is as like as any.

    A trait that a record lacks counts for nothing.
    """
    if not examples or not pool:
        return [0.0] * len(pool)
    genres = _worded(examples, pool, lambda track: {genre_key(genre) for genre in track["genres"]})
    artists = _worded(examples, pool, lambda track: {name_key(track["artists"][0])})
    total = _GENRE_WEIGHT * genres + artists + _ERA_WEIGHT * _era(examples, pool)
    for name in _SOUND:
        total += _SOUND_WEIGHT * _measured(_sound(examples, name), _sound(pool, name))
    fame = [_numbers([track.get("popularity") for track in tracks]) for tracks in (examples, pool)]
    return [float(score) for score in total + _FAME_WEIGHT * _measured(*fame)]


def _worded(examples: Sequence[Track], pool: Sequence[Track], words: Callable[[Track], set[str]]) -> Floats:
    """Log odds of the words of each track."""
    theirs = [words(track) for track in examples]
    inside = Counter(word for each in theirs for word in each)
    ours = [words(track) for track in pool]
    outside = Counter(word for each in ours for word in each)

    odds = {
        word: log((inside[word] / usual + _PRIOR) / (len(examples) + _PRIOR))
        for word, usual in ((word, count / len(pool)) for word, count in outside.items())
    }
    return np.array([sum(odds[word] for word in each) for each in ours], dtype=np.float64)


def _era(examples: Sequence[Track], pool: Sequence[Track]) -> Floats:
    theirs = _numbers([track.get("year") for track in examples])
    ours = _numbers([track.get("year") for track in pool])
    known = theirs[~np.isnan(theirs)]
    years = ours[~np.isnan(ours)]
    if not len(known) or not len(years):
        return np.zeros(len(pool))
    span, counts = np.unique(years, return_counts=True)
    usual = _nearness(span, span) @ counts / len(years)
    near = (_nearness(span, known).sum(axis=1) + _PRIOR * usual) / (len(known) + _PRIOR)
    odds = dict(zip(span.tolist(), np.log(near / usual).tolist(), strict=True))
    return np.array([odds.get(year, 0.0) for year in ours.tolist()])


def _nearness(years: Floats, others: Floats) -> Floats:
    return np.exp(-0.5 * ((years[:, np.newaxis] - others[np.newaxis, :]) / _YEARS) ** 2)


def _measured(examples: Floats, pool: Floats) -> Floats:
    """Log odds of a number under the bell curve of the examples', against that of the pool."""
    theirs, ours = examples[~np.isnan(examples)], pool[~np.isnan(pool)]
    if not len(theirs) or not len(ours) or not (spread := float(ours.std())):
        return np.zeros(len(pool))
    usual = (pool - ours.mean()) / spread
    known = (theirs - ours.mean()) / spread
    weight = len(known) / (len(known) + _PRIOR)
    centre = weight * known.mean()
    width = weight * ((known - centre) ** 2).mean() + (1 - weight)
    odds = 0.5 * (usual**2 - (usual - centre) ** 2 / width - np.log(width))
    return np.asarray(np.nan_to_num(odds, nan=0.0), dtype=np.float64)


def _sound(tracks: Sequence[Track], name: str) -> Floats:
    return _numbers([dict(track.get("features", {})).get(name) for track in tracks])


def _numbers(values: Sequence[object]) -> Floats:
    return np.array(
        [value if isinstance(value, int | float) else np.nan for value in values], dtype=np.float64
    )
