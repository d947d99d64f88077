"""A spec and a pool as arrays: what the search and the proofs both read.

Songs nest in artists, since a song's key names its first artist: so one recording a song and a cap for each
artist let every allowed choice grow to a largest one, and counting tells how large.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.constraints.checks import all_alternatives, meets, meets_any
from src.constraints.enforcement import Rules, is_checkable, judge
from src.constraints.models.brief import GenreConstraint, YearsConstraint
from src.constraints.models.spec import DEFAULT_TOLERANCE_S, Contour, PlaylistSpec, Quota, quota_genres
from src.constraints.report import Drop
from src.playlists.solver.camelot import key_of
from src.playlists.solver.contours import level_of
from src.retrieval.pool import PoolTrack

type Floats = NDArray[np.float64]
type Numbers = NDArray[np.int64]
type Mask = NDArray[np.bool_]

# Shares of a whole are compared with whole numbers of tracks: 0.3 of 10 is 3.
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class ContourGoal:
    """A course and the level of each candidate on it, NaN where nothing tells."""

    contour: Contour
    levels: Floats
    offered: Floats


@dataclass(frozen=True, slots=True)
class QuotaGoal:
    """A share, the candidates known to be of it, and those whose record does not tell."""

    constraint: Quota
    members: Mask
    unknown: Mask

    def bounds(self, count: int) -> tuple[int, int]:
        """The least and the most members among `count` tracks of which it is a share.

        One number asked exactly (`a third`) is met by the whole numbers beside it.
        """
        low = ceil(self.constraint.get("at_least", 0.0) * count - _ROUNDING)
        high = floor(self.constraint.get("at_most", 1.0) * count + _ROUNDING)
        return (high, low) if low - high == 1 and self.is_exact else (low, high)

    @property
    def is_exact(self) -> bool:
        """Whether it asks for one number rather than a span."""
        return self.constraint.get("at_least") == self.constraint.get("at_most")


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything that a list is chosen by, one array entry a candidate.

    `caps` has one entry an artist; `artist` is the first one credited, `credited` all of them, one column
    each, filled up with the number of artists; `usable` is who may be chosen at present; `order` is 1 for
    years upwards, -1 for years downwards, 0 for none; `spacing` is 0 when none was asked.
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
        """The largest number of tracks with one recording a song and the caps."""
        songs = np.unique(np.stack([self.artist[self.usable], self.song[self.usable]]), axis=1)
        by_artist = np.bincount(songs[0], minlength=len(self.caps))
        return int(np.minimum(by_artist, self.caps).sum())

    def index_of(self, track_id: str) -> int | None:
        """Where the track stands among the candidates."""
        for index, candidate in enumerate(self.candidates):
            if candidate.track["id"] == track_id:
                return index
        return None


def half_size(half: str | None, count: int) -> int:
    """How many tracks a half has; of an odd number the middle one belongs to the first."""
    if half is None:
        return count
    return (count + 1) // 2 if half == "first" else count // 2


def pose(
    spec: PlaylistSpec,
    candidates: Sequence[PoolTrack],
    unchecked: Sequence[bool],
    rules: Rules,
    *,
    musts: Sequence[str],
) -> Problem:
    """The problem of a spec over candidates that enforcement lets stand.

    Args:
        spec: what the list is to be.
        candidates: in a fixed order; one a track.
        unchecked: of each candidate, whether a hard wish cannot be told of it.
        rules: the caps.
        musts: ids of tracks that must be there; the default cap leaves room for them.
    """
    tracks = [candidate.track for candidate in candidates]
    names = rules.known.artists
    artists = [names.main_artist(track) for track in tracks]
    credited = [
        [main, *_guests(names.credits_of(track).artists, main)]
        for track, main in zip(tracks, artists, strict=True)
    ]
    everybody = dict.fromkeys([*artists, *(artist for row in credited for artist in row)])
    # Whoever is wanted by the band's name is counted by the leader's.
    wanted = [
        main
        for track, main in zip(tracks, artists, strict=True)
        if rules.uncapped_artists & {main, name_key(track["artists"][0])}
    ]
    uncapped = rules.uncapped_artists.union(wanted)
    codes = {artist: code for code, artist in enumerate(everybody)}
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
        opener=_opener(spec, candidates, rules),
        unfamiliar=np.array([not candidate.familiar for candidate in candidates], dtype=bool),
        contours=()
        if "order" in spec
        else tuple(_contour(contour, candidates) for contour in spec["courses"]),
        quotas=tuple(_share(share, candidates, rules) for share in spec["shares"]),
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
    """Those credited beside the main artist, each by the key that a main artist is counted by."""
    return [min(keys, key=lambda key: (len(key), key)) for keys in credited if main not in keys]


def _credited(rows: Sequence[Sequence[int]], nobody: int) -> Numbers:
    credited = np.full((len(rows), max(map(len, rows), default=1)), nobody, dtype=np.int64)
    for at, row in enumerate(rows):
        credited[at, : len(row)] = row
    return credited


def capped(problem: Problem, cap: int, musts: Sequence[str] = ()) -> Problem:
    """The problem with at most `cap` tracks by each artist who is capped; never fewer than must be there."""
    asked = np.zeros(len(problem.caps), dtype=np.int64)
    for track_id in musts:
        index = problem.index_of(track_id)
        if index is not None:
            asked[problem.artist[index]] += 1
    uncapped = problem.caps >= len(problem.candidates)
    caps = np.where(uncapped, problem.caps, np.maximum(asked, cap))
    return replace(problem, caps=caps)


def _merit(candidates: Sequence[PoolTrack], rules: Rules) -> Floats:
    """Relevance, and the share of the soft wishes that the track meets: 0 to 2."""
    relevance = np.array([candidate.relevance for candidate in candidates], dtype=np.float64)
    soft = [constraint for constraint in rules.binding.constraints if not constraint["hard"]]
    groups = [group for group in all_alternatives(soft) if is_checkable(group)]
    if not groups:
        return relevance
    met = [
        [meets_any(group, candidate.track, rules.known) is True for group in groups]
        for candidate in candidates
    ]
    return relevance + np.array(met, dtype=np.float64).reshape(len(candidates), len(groups)).mean(axis=1)


def _opener(spec: PlaylistSpec, candidates: Sequence[PoolTrack], rules: Rules) -> Floats:
    if not spec["openers"]:
        return np.zeros(len(candidates))
    met = [
        [meets(constraint, candidate.track, rules.known) is True for constraint in spec["openers"]]
        for candidate in candidates
    ]
    return np.array(met, dtype=np.float64).reshape(len(candidates), len(spec["openers"])).mean(axis=1)


def _contour(contour: Contour, candidates: Sequence[PoolTrack]) -> ContourGoal:
    told = [level_of(candidate.track, contour["feature"]) for candidate in candidates]
    levels = np.array([np.nan if level is None else level[0] for level in told], dtype=np.float64)
    return ContourGoal(contour, levels, levels[~np.isnan(levels)])


def _share(share: Quota, candidates: Sequence[PoolTrack], rules: Rules) -> QuotaGoal:
    constraints = quota_constraints(share)
    told = [[_meets_one(group, candidate.track, rules) for group in constraints] for candidate in candidates]
    members = np.array([all(holds is True for holds in one) for one in told], dtype=bool)
    unknown = np.array([None in one and False not in one for one in told], dtype=bool)
    return QuotaGoal(share, members, unknown)


def _meets_one(group: Sequence[GenreConstraint | YearsConstraint], track: Track, rules: Rules) -> bool | None:
    """Whether the track meets any of the alternatives; None where no record tells."""
    told = [meets(constraint, track, rules.known) for constraint in group]
    return True if True in told else None if None in told else False


def quota_constraints(share: Quota) -> list[list[GenreConstraint | YearsConstraint]]:
    """What a track of the share meets, in groups of alternatives: one of its genres, its years, or both."""
    genres: list[GenreConstraint | YearsConstraint] = [
        {
            "kind": "genre",
            "genre": genre,
            "relation": "wanted",
            "hard": share["hard"],
            "words": share["words"],
            "turn": 0,
        }
        for genre in quota_genres(share)
    ]
    groups = [genres] if genres else []
    if "year_from" in share or "year_to" in share:
        years: YearsConstraint = {
            "kind": "years",
            "relation": "wanted",
            "hard": share["hard"],
            "words": share["words"],
            "turn": 0,
        }
        if "year_from" in share:
            years["year_from"] = share["year_from"]
        if "year_to" in share:
            years["year_to"] = share["year_to"]
        groups.append([years])
    return groups


@dataclass(frozen=True, slots=True)
class Frame:
    """A list of a known length: the tracks that stand at given places, and the others that must be in it.

    `from_end` holds those whose place was counted from the end.
    """

    count: int
    fixed: Mapping[int, int]
    floating: tuple[int, ...]
    from_end: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class EligibleSet:
    """The candidates that enforcement lets stand, which of them it could not check, and those it kept out."""

    candidates: tuple[PoolTrack, ...]
    unchecked: tuple[bool, ...]
    drops: tuple[Drop, ...]


def eligible_set(pool: Sequence[PoolTrack], rules: Rules) -> EligibleSet:
    """Judge every track of the pool by itself; in the order of ids, each once."""
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
