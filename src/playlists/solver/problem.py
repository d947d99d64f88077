"""A spec and a pool as arrays, which the search and the proofs both read.

A song's key names its first artist, so songs nest in artists. With one recording a song and a cap for each
artist, every allowed choice can therefore be extended to a largest one, whose size is found by counting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from src.catalogue.names import name_key
from src.constraints.checks import all_alternatives, meets_any
from src.constraints.enforcement import Rules, is_checkable, judge
from src.constraints.models.brief import Constraint, YearsConstraint
from src.constraints.models.spec import DEFAULT_TOLERANCE_S, Contour, PlaylistSpec, Quota, quota_genres
from src.constraints.report import Drop
from src.playlists.solver.contours import key_of, level_of
from src.retrieval.pool import PoolTrack
from src.schema import with_present

type Floats = NDArray[np.float64]
type Numbers = NDArray[np.int64]
type Mask = NDArray[np.bool_]

# A quota is compared with whole numbers of tracks: 0.3 of 10 is 3.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ContourGoal:
    """A contour, the level of each candidate on it (NaN where unknown), and the known levels alone."""

    contour: Contour
    levels: Floats
    pool_levels: Floats


@dataclass(frozen=True, slots=True)
class QuotaGoal:
    """A quota, the candidates known to be members, and those whose record does not tell."""

    quota: Quota
    members: Mask
    unknown: Mask

    def part(self, rows: Numbers) -> Numbers:
        """The rows that the quota is of, where there is one for each position of a list."""
        half, middle = self.quota.get("half"), first_half(len(rows))
        return rows[middle if half == "second" else 0 : middle if half == "first" else len(rows)]

    def bounds(self, size: int) -> tuple[int, int]:
        """The least and the most members among the `size` tracks that the quota is of.

        A single number that is no whole one (`a third`) is met by the whole numbers next to it.
        """
        low = ceil(self.quota.get("at_least", 0.0) * size - _ROUNDING)
        high = floor(self.quota.get("at_most", 1.0) * size + _ROUNDING)
        return (high, low) if low - high == 1 and self.is_exact else (low, high)

    @property
    def is_exact(self) -> bool:
        """Whether it asks for one number rather than a range."""
        return self.quota.get("at_least") == self.quota.get("at_most")


def first_half(count: int) -> int:
    """How many tracks the first half of a list has: of an odd number, the middle one belongs to it."""
    return (count + 1) // 2


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that a list is chosen by, one array entry a candidate.

    `caps` has one entry an artist; `artist` is the first one credited, `credited` all of them, one column
    each, padded with the number of artists; `usable` marks those that may be chosen; `order` is 1 for years
    upwards, -1 for years downwards, 0 for none; `spacing` is 0 when none was asked.
    """

    candidates: tuple[PoolTrack, ...]
    usable: Mask
    unchecked: Mask
    song: Numbers
    artist: Numbers
    credited: Numbers
    caps: Numbers
    seconds: Floats
    year: Numbers
    tempo: Floats
    key: Numbers
    merit: Floats
    opener: Floats
    unfamiliar: Mask
    contours: tuple[ContourGoal, ...]
    quotas: tuple[QuotaGoal, ...]
    duration_s: float | None
    tolerance_s: float
    tempo_step: float | None
    harmonic: bool
    spacing: int
    order: int
    unfamiliar_share: float | None

    def selectable(self) -> int:
        """The largest number of tracks that one recording a song and the caps allow."""
        songs = np.unique(np.stack([self.artist[self.usable], self.song[self.usable]]), axis=1)
        by_artist = np.bincount(songs[0], minlength=len(self.caps))
        return int(np.minimum(by_artist, self.caps).sum())

    def index_of(self, track_id: str) -> int | None:
        """The index of the track among the candidates."""
        ids = (candidate.track["id"] for candidate in self.candidates)
        return next((index for index, id_ in enumerate(ids) if id_ == track_id), None)


def pose(
    spec: PlaylistSpec,
    candidates: Sequence[PoolTrack],
    unchecked: Sequence[bool],
    rules: Rules,
    *,
    musts: Sequence[str],
) -> Problem:
    """The problem of a spec over eligible candidates.

    Args:
        candidates: in a fixed order; one a track.
        unchecked: of each candidate, whether its record leaves a hard constraint unchecked.
        rules: the caps.
        musts: ids of required tracks; the default cap leaves room for them.
    """
    tracks = [candidate.track for candidate in candidates]
    names = rules.known.artists
    artists = [names.main_artist(track) for track in tracks]
    credited = [
        [main, *_guests(names.credits_of(track).artists, main)]
        for track, main in zip(tracks, artists, strict=True)
    ]
    # An artist wanted by the band's name is counted by the leader's.
    wanted = [
        main
        for track, main in zip(tracks, artists, strict=True)
        if rules.uncapped_artists & {main, name_key(track["artists"][0])}
    ]
    uncapped = rules.uncapped_artists.union(wanted)
    every_artist = dict.fromkeys([*artists, *(artist for row in credited for artist in row)])
    codes = {artist: code for code, artist in enumerate(every_artist)}
    songs = {key: code for code, key in enumerate(dict.fromkeys(track["song_key"] for track in tracks))}
    seconds = np.array([track.get("duration_ms", 0) / 1000 for track in tracks], dtype=np.float64)
    year = np.array([track.get("year", 0) for track in tracks], dtype=np.int64)
    usable = np.ones(len(tracks), dtype=bool)
    if "duration_s" in spec:
        usable &= seconds > 0
    if "order" in spec:
        usable &= year > 0
    transitions = spec.get("transitions")
    problem = Problem(
        candidates=tuple(candidates),
        usable=usable,
        unchecked=np.array(unchecked, dtype=bool),
        song=np.array([songs[track["song_key"]] for track in tracks], dtype=np.int64),
        artist=np.array([codes[artist] for artist in artists], dtype=np.int64),
        credited=_credited([[codes[artist] for artist in row] for row in credited], len(codes)),
        caps=np.array([len(tracks) if key in uncapped else 0 for key in codes], dtype=np.int64),
        seconds=seconds,
        year=year,
        tempo=np.array(
            [track.get("features", {}).get("tempo", np.nan) for track in tracks], dtype=np.float64
        ),
        key=np.array([key_of(track) for track in tracks], dtype=np.int64),
        merit=_merit(candidates, rules),
        opener=_part_met([(constraint,) for constraint in spec["openers"]], candidates, rules),
        unfamiliar=np.array([not candidate.familiar for candidate in candidates], dtype=bool),
        contours=()
        if "order" in spec
        else tuple(_contour(contour, candidates) for contour in spec["courses"]),
        quotas=tuple(_quota_goal(quota, candidates, rules) for quota in spec["shares"]),
        duration_s=spec.get("duration_s"),
        tolerance_s=spec.get("tolerance_s", DEFAULT_TOLERANCE_S),
        tempo_step=transitions.get("tempo_step") if transitions else None,
        harmonic=bool(transitions and transitions.get("harmonic")),
        spacing=spec.get("artist_spacing", 0),
        order={"year": 1, "year_descending": -1}[spec["order"]] if "order" in spec else 0,
        unfamiliar_share=spec.get("unfamiliar_share"),
    )
    return capped(problem, rules.artist_cap, musts)


def _guests(credited: Sequence[frozenset[str]], main: str) -> list[str]:
    """The other credited artists, each by the key that it would have as a main artist."""
    return [min(keys, key=lambda key: (len(key), key)) for keys in credited if main not in keys]


def _credited(rows: Sequence[Sequence[int]], padding: int) -> Numbers:
    credited = np.full((len(rows), max(map(len, rows), default=1)), padding, dtype=np.int64)
    for at, row in enumerate(rows):
        credited[at, : len(row)] = row
    return credited


def capped(problem: Problem, cap: int, musts: Sequence[str] = ()) -> Problem:
    """The problem with at most `cap` tracks by each capped artist, or as many as `musts` requires."""
    asked = np.zeros(len(problem.caps), dtype=np.int64)
    for track_id in musts:
        index = problem.index_of(track_id)
        if index is not None:
            asked[problem.artist[index]] += 1
    uncapped = problem.caps >= len(problem.candidates)
    caps = np.where(uncapped, problem.caps, np.maximum(asked, cap))
    return replace(problem, caps=caps)


def _merit(candidates: Sequence[PoolTrack], rules: Rules) -> Floats:
    """Relevance, and the part of the soft constraints that the track meets: 0 to 2."""
    relevance = np.array([candidate.relevance for candidate in candidates], dtype=np.float64)
    soft = [constraint for constraint in rules.binding.constraints if not constraint["hard"]]
    groups = [group for group in all_alternatives(soft) if is_checkable(group)]
    return relevance + _part_met(groups, candidates, rules)


def _part_met(
    groups: Sequence[tuple[Constraint, ...]], candidates: Sequence[PoolTrack], rules: Rules
) -> Floats:
    """How many of the groups each candidate meets, 0 to 1; 0 where there is no group."""
    if not groups:
        return np.zeros(len(candidates))
    met = [
        [meets_any(group, candidate.track, rules.known) is True for group in groups]
        for candidate in candidates
    ]
    return np.array(met, dtype=np.float64).reshape(len(candidates), len(groups)).mean(axis=1)


def _contour(contour: Contour, candidates: Sequence[PoolTrack]) -> ContourGoal:
    found = [level_of(candidate.track, contour["feature"]) for candidate in candidates]
    levels = np.array([np.nan if level is None else level[0] for level in found], dtype=np.float64)
    return ContourGoal(contour, levels, levels[~np.isnan(levels)])


def _quota_goal(quota: Quota, candidates: Sequence[PoolTrack], rules: Rules) -> QuotaGoal:
    groups = quota_constraints(quota)
    met = [[meets_any(group, candidate.track, rules.known) for group in groups] for candidate in candidates]
    members = np.array([all(holds is True for holds in one) for one in met], dtype=bool)
    unknown = np.array([None in one and False not in one for one in met], dtype=bool)
    return QuotaGoal(quota, members, unknown)


def quota_constraints(quota: Quota) -> list[tuple[Constraint, ...]]:
    """What a member of the quota meets, in groups of alternatives: one of its genres, its years, or both."""
    hard, words = quota["hard"], quota["words"]
    genres: list[Constraint] = [
        {"kind": "genre", "genre": genre, "relation": "wanted", "hard": hard, "words": words, "turn": 0}
        for genre in quota_genres(quota)
    ]
    groups = [tuple(genres)] if genres else []
    if "year_from" in quota or "year_to" in quota:
        years: YearsConstraint = {
            "kind": "years",
            "relation": "wanted",
            "hard": hard,
            "words": words,
            "turn": 0,
        }
        bounds = {"year_from": quota.get("year_from"), "year_to": quota.get("year_to")}
        groups.append((with_present(years, **bounds),))
    return groups


@dataclass(frozen=True, slots=True)
class Frame:
    """A list of a known length: the tracks fixed at positions, and the others that must be in it.

    `from_end` holds the tracks whose position was counted from the end.
    """

    count: int
    fixed: Mapping[int, int]
    floating: tuple[int, ...]
    from_end: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class EligibleSet:
    """The candidates that no hard constraint drops, which of them are unchecked, and the dropped ones."""

    candidates: tuple[PoolTrack, ...]
    unchecked: tuple[bool, ...]
    drops: tuple[Drop, ...]


def eligible_set(pool: Sequence[PoolTrack], rules: Rules) -> EligibleSet:
    """Judge every track of the pool on its own, in the order of ids, each once."""
    by_id = {candidate.track["id"]: candidate for candidate in reversed(pool)}
    kept: list[PoolTrack] = []
    unchecked: list[bool] = []
    drops: list[Drop] = []
    for _, candidate in sorted(by_id.items()):
        verdict = judge(candidate.track, (), rules)
        if verdict.broken is None:
            kept.append(candidate)
            unchecked.append(bool(verdict.unchecked))
        else:
            drops.append(Drop(candidate.track, verdict.broken, verdict.detail))
    return EligibleSet(tuple(kept), tuple(unchecked), tuple(drops))
