"""A list in the making, and what each change of it would cost, over all candidates or all places at once.

The cost of a list is a sum: of each track at its place (relevance, course, opener), of each pair of
neighbours (tempo, key, same artist), of counts (shares, unfamiliar tracks), and of the length. What is hard
costs a hundred times what anything soft does, so that no soft gain buys it; one recording of a song beside
another, or a track beyond an artist's cap, is never considered at all.
"""

from dataclasses import dataclass

import numpy as np

from src.playlists.solver.camelot import COMPATIBLE, tempo_distance
from src.playlists.solver.contours import target_levels
from src.playlists.solver.problem import Floats, Frame, Mask, Numbers, Problem, half_size

# What each soft aim weighs beside the relevance of a track; measured by `benchmarks/playlist_solver.py`.
_RELEVANCE = 0.35
_CONTOUR = 12.0
_UNKNOWN_LEVEL_OFF = 0.3
_OPENER = 1.0
_TEMPO = 0.5
_KEY = 0.4
_SAME_ARTIST = 0.5
_COUNT = 0.6
_UNCHECKED = 2.0
# What anything hard weighs: for each pair, each missing track, each half minute.
HARD = 100.0
_HARD_SECONDS = 30.0
# Lengths are in milliseconds; sums of them as floats are not.
SECONDS_ROUNDING = 1e-6
# Rows of costs between candidates that are kept at a time.
_ROWS_KEPT = 1_500
# Beats a minute beyond the step at which a change of tempo is as bad as it gets.
_TEMPO_JUMP = 30.0


@dataclass(frozen=True, slots=True)
class CountGoal:
    """Between `low` and `high` of the tracks at `places` are members."""

    members: Mask
    places: Mask
    low: int
    high: int
    weight: float

    def cost(self, count: int) -> float:
        """What that many members cost."""
        return self.weight * max(0, self.low - count, count - self.high)


@dataclass(frozen=True, slots=True)
class Weights:
    """How much of its hardness each demand keeps: less when it is tried what relaxing it would give."""

    duration: float = 1.0
    spacing: float = 1.0
    order: float = 1.0
    relaxed_share: int | None = None


FIRM = Weights()
# Enough to pull towards what was asked, too little to hold against anything hard.
RELAXED = 0.01


class Assignment:
    """A sequence of candidates with its running counts.

    `cost` is of the whole; `replacements` and `swaps` tell what each single change costs.
    """

    def __init__(self, problem: Problem, frame: Frame, weights: Weights = FIRM) -> None:
        self.problem, self.frame, self.weights = problem, frame, weights
        self.at_place = _place_costs(problem, frame.count)
        self.goals = _count_goals(problem, frame.count, weights)
        self.fixed: Mask = np.zeros(frame.count, dtype=bool)
        self.fixed[list(frame.fixed)] = True
        self._musts = frozenset((*frame.floating, *frame.fixed.values()))
        self._untold = np.isnan(problem.tempo)
        self._tempo = np.where(self._untold, 0.0, problem.tempo)
        self._everybody = np.arange(len(problem.candidates))
        self._rows: dict[int, Floats] = {}
        self.load(np.full(frame.count, -1, dtype=np.int64))

    def load(self, sequence: Numbers) -> None:
        """Take over a sequence; places that are free hold -1."""
        problem = self.problem
        self.sequence = sequence.copy()
        filled = sequence[sequence >= 0]
        self._songs = np.bincount(problem.song[filled], minlength=int(problem.song.max(initial=0)) + 1)
        self._artists = np.bincount(problem.artist[filled], minlength=len(problem.caps))
        # The last entry is nobody's.
        self._present = np.bincount(problem.credited[filled].ravel(), minlength=len(problem.caps) + 1)
        self.seconds = float(problem.seconds[filled].sum())
        self.counts = [
            int(goal.members[sequence[goal.places & (sequence >= 0)]].sum()) for goal in self.goals
        ]
        # links[at] joins the places at - 1 and at; the ends have none.
        self._links = np.zeros(len(sequence) + 1)
        if len(filled) == len(sequence):
            self._links[1:-1] = self.beside(sequence[:-1], sequence[1:])
        self._crowded: Numbers | None = None

    def put(self, place: int, coming: int) -> None:
        """Put a candidate at the place, in place of whoever stands there."""
        problem, leaving = self.problem, int(self.sequence[place])
        for index, by in ((leaving, -1), (coming, 1)):
            if index < 0:
                continue
            self._songs[problem.song[index]] += by
            self._artists[problem.artist[index]] += by
            self._present[problem.credited[index]] += by
            self.seconds += by * float(problem.seconds[index])
            for number, goal in enumerate(self.goals):
                if goal.places[place] and goal.members[index]:
                    self.counts[number] += by
        self.sequence[place] = coming
        self._moved(place)

    def swap(self, one: int, other: int) -> None:
        """Let two tracks change places."""
        self.sequence[[one, other]] = self.sequence[[other, one]]
        for number, goal in enumerate(self.goals):
            if goal.places[one] != goal.places[other]:
                self.counts[number] = int(goal.members[self.sequence[goal.places]].sum())
        self._moved(one, other)

    def _moved(self, *places: int) -> None:
        self._crowded = None
        for place in places:
            for right in (place, place + 1):
                if 0 < right < len(self.sequence) and self.sequence[right - 1 : right + 1].min() >= 0:
                    self._links[right] = self._row(int(self.sequence[right]))[self.sequence[right - 1]]

    def is_replaceable(self, place: int) -> bool:
        """Whether another track may stand here."""
        return int(self.sequence[place]) not in self._musts

    def blocked(self, leaving: int) -> Mask:
        """Who may not come in when `leaving` (-1 for nobody) goes."""
        problem, songs, artists = self.problem, self._songs, self._artists
        if leaving >= 0:
            songs, artists = songs.copy(), artists.copy()
            songs[problem.song[leaving]] -= 1
            artists[problem.artist[leaving]] -= 1
        mask: Mask = ~problem.usable | (songs > 0)[problem.song] | (artists >= problem.caps)[problem.artist]
        return mask

    def replacements(self, place: int) -> Floats:
        """The cost of each candidate at the place, beside everything else as it is."""
        problem, sequence = self.problem, self.sequence
        leaving = int(sequence[place])
        costs: Floats = self.at_place[place].copy()
        for neighbour, after in ((place - 1, True), (place + 1, False)):
            if 0 <= neighbour < len(sequence) and sequence[neighbour] >= 0:
                costs += self._row(int(sequence[neighbour]))
                costs += self._inversions(int(sequence[neighbour]), after=after)
        costs += self._crowding(place)
        costs += self._over_caps(leaving)
        if problem.duration_s is not None and leaving >= 0:
            costs += self._length_cost(self.seconds - problem.seconds[leaving] + problem.seconds)
        for goal, count in zip(self.goals, self.counts, strict=True):
            if goal.places[place] and leaving >= 0:
                without = count - int(goal.members[leaving])
                costs += np.where(goal.members, goal.cost(without + 1), goal.cost(without))
        costs[self.blocked(leaving)] = np.inf
        return costs

    def swaps(self, place: int) -> Floats:
        """What changing places with each other track would add to the cost."""
        problem, sequence = self.problem, self.sequence
        one = int(sequence[place])
        here = self.at_place[np.arange(len(sequence)), sequence]
        delta: Floats = self.at_place[place, sequence] + self.at_place[:, one] - here - here[place]
        delta += self._swapped_links(place)
        if problem.spacing:
            delta += self._swapped_crowding(place)
        for goal, count in zip(self.goals, self.counts, strict=True):
            if goal.places.all():
                continue
            flags = goal.members[sequence].astype(np.int64)
            shift = np.where(goal.places != goal.places[place], flags - flags[place], 0)
            shift = shift if goal.places[place] else -shift
            costs = np.array([goal.cost(count - 1), goal.cost(count), goal.cost(count + 1)])
            delta += costs[shift + 1] - costs[1]
        if problem.order and self.weights.order:
            delta[problem.year[sequence] != problem.year[one]] = np.inf
        delta[self.fixed] = np.inf
        delta[place] = 0.0
        return delta

    def cost(self) -> float:
        """The cost of the whole list."""
        problem, sequence = self.problem, self.sequence
        if not len(sequence):
            return 0.0
        total = float(self.at_place[np.arange(len(sequence)), sequence].sum() + self._links.sum())
        total += HARD * self.weights.spacing * float(self.crowded().sum()) / 2
        total += HARD * self.weights.order * inversions(problem, sequence)
        total += HARD * float(np.maximum(0, self._present[:-1] - problem.caps).sum())
        if problem.duration_s is not None:
            total += float(self._length_cost(np.array([self.seconds]))[0])
        return total + sum(goal.cost(count) for goal, count in zip(self.goals, self.counts, strict=True))

    def beside(self, one: Numbers | int, others: Numbers | None = None) -> Floats:
        """What neighbours cost, pair by pair."""
        problem = self.problem
        others = self._everybody if others is None else others
        costs: Floats = np.where(problem.artist[others] == problem.artist[one], _SAME_ARTIST, 0.0)
        if problem.tempo_step is not None:
            beyond = tempo_distance(self._tempo[others], self._tempo[one]) - problem.tempo_step
            jump = np.where(beyond > 0, _TEMPO * (0.7 + 0.3 * np.minimum(1.0, beyond / _TEMPO_JUMP)), 0.0)
            costs += np.where(self._untold[others] | self._untold[one], _TEMPO / 2, jump)
        if problem.harmonic:
            costs += _KEY * (1 - COMPATIBLE[problem.key[one], problem.key[others]])
        return costs

    def _row(self, one: int) -> Floats:
        """What every candidate costs beside the track; kept, since tracks are asked about again and again."""
        if one not in self._rows:
            if len(self._rows) >= _ROWS_KEPT:
                self._rows.clear()
            self._rows[one] = self.beside(one)
        return self._rows[one]

    def crowded(self) -> Numbers:
        """At each place, how many tracks of the same artist stand within the spacing."""
        if self._crowded is None:
            self._crowded = self._count_crowded()
        return self._crowded

    def _count_crowded(self) -> Numbers:
        artists = self.problem.artist[self.sequence]
        near = np.zeros(len(artists), dtype=np.int64)
        for step in range(1, min(self.problem.spacing, len(artists) - 1) + 1):
            same = artists[step:] == artists[:-step]
            near[step:] += same
            near[:-step] += same
        return near

    def _over_caps(self, leaving: int) -> Floats:
        """What each candidate costs by guests, or by its artist's turns as a guest, beyond the caps."""
        present = self._present
        if leaving >= 0:
            present = present.copy()
            present[self.problem.credited[leaving]] -= 1
        full = np.append(present[:-1] >= self.problem.caps, False)
        costs: Floats = HARD * full[self.problem.credited].sum(axis=1).astype(np.float64)
        return costs

    def _inversions(self, neighbour: int, *, after: bool) -> Floats | float:
        order = self.problem.order
        if not order or not self.weights.order:
            return 0.0
        years = self.problem.year * (order if after else -order)
        inverted: Floats = HARD * self.weights.order * (years < years[neighbour])
        return inverted

    def _crowding(self, place: int) -> Floats | float:
        spacing = self.problem.spacing
        if not spacing:
            return 0.0
        near = self._window(place)
        near = near[(near >= 0) & (np.arange(len(near)) != min(place, spacing))]
        beside = np.bincount(self.problem.artist[near], minlength=len(self.problem.caps))
        crowding: Floats = HARD * self.weights.spacing * beside[self.problem.artist].astype(np.float64)
        return crowding

    def _window(self, place: int) -> Numbers:
        return self.sequence[max(0, place - self.problem.spacing) : place + self.problem.spacing + 1]

    def _length_cost(self, seconds: Floats) -> Floats:
        asked = self.problem.duration_s or 0.0
        over = np.maximum(0.0, np.abs(seconds - asked) - self.problem.tolerance_s - SECONDS_ROUNDING)
        costs: Floats = HARD * self.weights.duration * over / _HARD_SECONDS
        return costs

    def _swapped_links(self, place: int) -> Floats:
        sequence, last = self.sequence, len(self.sequence) - 1
        links = self._links
        # moved[at + 1]: the track of `place` beside the one at `at`.
        moved = np.zeros(last + 3)
        moved[1:-1] = self._row(int(sequence[place]))[sequence]
        nobody = np.zeros(last + 1)
        before = self._row(int(sequence[place - 1]))[sequence] if place else nobody
        after = self._row(int(sequence[place + 1]))[sequence] if place < last else nobody
        delta: Floats = before + after + moved[:-2] + moved[2:]
        delta -= links[place] + links[place + 1] + links[:-1] + links[1:]
        if place < last:
            delta[place + 1] = before[place + 1] + moved[place + 3] - links[place] - links[place + 2]
        if place:
            delta[place - 1] = moved[place - 1] + after[place - 1] - links[place - 1] - links[place + 1]
        return delta

    def _swapped_crowding(self, place: int) -> Floats:
        spacing, places = self.problem.spacing, np.arange(len(self.sequence))
        artists = self.problem.artist[self.sequence]
        same = artists == artists[place]
        running = np.concatenate([[0], np.cumsum(same)])
        within = np.abs(places - place) <= spacing
        there = (
            running[np.minimum(len(places), places + spacing + 1)] - running[np.maximum(0, places - spacing)]
        )
        window = np.bincount(self.problem.artist[self._window(place)], minlength=len(self.problem.caps))
        crowded = self.crowded()
        change = there - within + window[artists] - within - crowded - crowded[place]
        delta: Floats = np.where(same, 0.0, HARD * self.weights.spacing * change)
        return delta


def inversions(problem: Problem, sequence: Numbers) -> int:
    """Neighbours that stand against the order of years."""
    if not problem.order:
        return 0
    return int((np.diff(problem.year[sequence] * problem.order) < 0).sum())


def _place_costs(problem: Problem, count: int) -> Floats:
    by_track = -_RELEVANCE * problem.merit + _UNCHECKED * problem.unchecked
    costs: Floats = np.tile(by_track, (count, 1))
    if count:
        costs[0] -= _OPENER * problem.opener
    for goal in problem.contours:
        if goal.offered.size:
            targets = target_levels(goal.contour, count, goal.offered)
            off = np.square(goal.levels[np.newaxis, :] - targets[:, np.newaxis])
            costs += _CONTOUR * np.where(np.isnan(off), _UNKNOWN_LEVEL_OFF**2, off)
    return costs


def _count_goals(problem: Problem, count: int, weights: Weights) -> list[CountGoal]:
    goals: list[CountGoal] = []
    for number, share in enumerate(problem.quotas):
        half = share.constraint.get("half")
        size = half_size(half, count)
        places = np.arange(count) < size if half != "second" else np.arange(count) >= count - size
        low, high = share.bounds(size)
        weight = HARD if share.constraint["hard"] else _COUNT
        weight *= RELAXED if weights.relaxed_share == number else 1.0
        goals.append(CountGoal(share.members, places, low, high, weight))
    if problem.unfamiliar_share is not None:
        wanted = round(problem.unfamiliar_share * count)
        goals.append(CountGoal(problem.unfamiliar, np.ones(count, dtype=bool), wanted, wanted, _COUNT))
    return goals
