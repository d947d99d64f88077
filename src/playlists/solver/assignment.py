"""An assignment of tracks to positions, and the cost of each change over all candidates or positions at once.

The cost of a list is a sum: of each track at its position (relevance, contour, opener), of each pair of
neighbours (tempo, key, same artist), of counts (quotas, unfamiliar tracks), and of the length. A hard demand
costs a hundred times what any soft one does, so that no soft gain outweighs it. A second recording of a song
and a track beyond an artist's cap are never considered.
"""

from dataclasses import dataclass

import numpy as np

from src.playlists.solver.contours import COMPATIBLE, target_levels, tempo_distance
from src.playlists.solver.problem import Floats, Frame, Mask, Numbers, Problem

# Weights of the soft aims, measured by `benchmarks/playlist_solver.py`.
_RELEVANCE = 0.35
_CONTOUR = 12.0
_UNKNOWN_LEVEL_OFF = 0.3
_OPENER = 1.0
_TEMPO = 0.5
_KEY = 0.4
_SAME_ARTIST = 0.5
_COUNT = 0.6
_UNCHECKED = 2.0
# Weight of a hard demand: for each pair, each missing track, each half minute.
HARD = 100.0
_HARD_SECONDS = 30.0
# Lengths are in milliseconds; sums of them as floats are not.
SECONDS_ROUNDING = 1e-6
# Rows of pair costs that are cached at a time.
_CACHED_ROWS = 1_500
# Beats a minute beyond the step at which a change of tempo is as bad as it gets.
_TEMPO_JUMP = 30.0


@dataclass(frozen=True, slots=True)
class CountGoal:
    """Between `low` and `high` of the tracks at `positions` are members."""

    members: Mask
    positions: Mask
    low: int
    high: int
    weight: float

    def cost(self, count: int) -> float:
        """The cost of that many members."""
        return self.weight * max(0, self.low - count, count - self.high)


@dataclass(frozen=True, slots=True)
class Weights:
    """The factor on the weight of each hard demand: below 1 while its relaxation is tried."""

    duration: float = 1.0
    spacing: float = 1.0
    order: float = 1.0
    relaxed_quota: int | None = None


FIRM = Weights()
# Enough to pull towards the relaxed demand, too little to outweigh another hard one.
RELAXED = 0.01


class Assignment:
    """A sequence of candidates with its running counts.

    `cost` is of the whole list; `replacements` and `swaps` are of each single change.
    """

    def __init__(self, problem: Problem, frame: Frame, weights: Weights = FIRM) -> None:
        self.problem, self.frame, self.weights = problem, frame, weights
        self.at_position = _position_costs(problem, frame.count)
        self.goals = _count_goals(problem, frame.count, weights)
        self.fixed: Mask = np.zeros(frame.count, dtype=bool)
        self.fixed[list(frame.fixed)] = True
        self._required = frozenset((*frame.floating, *frame.fixed.values()))
        self._no_tempo = np.isnan(problem.tempo)
        self._tempo = np.where(self._no_tempo, 0.0, problem.tempo)
        self._all = np.arange(len(problem.candidates))
        self._rows: dict[int, Floats] = {}
        self.load(np.full(frame.count, -1, dtype=np.int64))

    def load(self, sequence: Numbers) -> None:
        """Take over a sequence; free positions hold -1."""
        problem = self.problem
        self.sequence = sequence.copy()
        filled = sequence[sequence >= 0]
        self._songs = np.bincount(problem.song[filled], minlength=int(problem.song.max(initial=0)) + 1)
        self._artists = np.bincount(problem.artist[filled], minlength=len(problem.caps))
        # The last entry belongs to no artist: it counts the padding of `credited`.
        self._present = np.bincount(problem.credited[filled].ravel(), minlength=len(problem.caps) + 1)
        self.seconds = float(problem.seconds[filled].sum())
        self.counts = [
            int(goal.members[sequence[goal.positions & (sequence >= 0)]].sum()) for goal in self.goals
        ]
        # links[at] joins the positions at - 1 and at; the ends have none.
        self._links = np.zeros(len(sequence) + 1)
        if len(filled) == len(sequence):
            self._links[1:-1] = self.pair_costs(sequence[:-1], sequence[1:])
        self._crowded: Numbers | None = None

    def put(self, position: int, coming: int) -> None:
        """Put a candidate at the position, in place of the track there."""
        problem, leaving = self.problem, int(self.sequence[position])
        for index, by in ((leaving, -1), (coming, 1)):
            if index < 0:
                continue
            self._songs[problem.song[index]] += by
            self._artists[problem.artist[index]] += by
            self._present[problem.credited[index]] += by
            self.seconds += by * float(problem.seconds[index])
            for number, goal in enumerate(self.goals):
                if goal.positions[position] and goal.members[index]:
                    self.counts[number] += by
        self.sequence[position] = coming
        self._moved(position)

    def swap(self, one: int, other: int) -> None:
        """Exchange the tracks of two positions."""
        self.sequence[[one, other]] = self.sequence[[other, one]]
        for number, goal in enumerate(self.goals):
            if goal.positions[one] != goal.positions[other]:
                self.counts[number] = int(goal.members[self.sequence[goal.positions]].sum())
        self._moved(one, other)

    def _moved(self, *positions: int) -> None:
        self._crowded = None
        for position in positions:
            for right in (position, position + 1):
                if 0 < right < len(self.sequence) and self.sequence[right - 1 : right + 1].min() >= 0:
                    self._links[right] = self._row(int(self.sequence[right]))[self.sequence[right - 1]]

    def is_replaceable(self, position: int) -> bool:
        """Whether the track here may be replaced by another one."""
        return int(self.sequence[position]) not in self._required

    def blocked(self, leaving: int) -> Mask:
        """The candidates that may not come in when `leaving` (-1 for none) goes."""
        problem, songs, artists = self.problem, self._songs, self._artists
        if leaving >= 0:
            songs, artists = songs.copy(), artists.copy()
            songs[problem.song[leaving]] -= 1
            artists[problem.artist[leaving]] -= 1
        mask: Mask = ~problem.usable | (songs > 0)[problem.song] | (artists >= problem.caps)[problem.artist]
        return mask

    def replacements(self, position: int) -> Floats:
        """The cost of each candidate at the position, with the rest of the list as it is."""
        problem, sequence = self.problem, self.sequence
        leaving = int(sequence[position])
        costs: Floats = self.at_position[position].copy()
        for neighbour, after in ((position - 1, True), (position + 1, False)):
            if 0 <= neighbour < len(sequence) and sequence[neighbour] >= 0:
                costs += self._row(int(sequence[neighbour]))
                costs += self._inversions(int(sequence[neighbour]), after=after)
        costs += self._crowding(position)
        costs += self._over_caps(leaving)
        if problem.duration_s is not None and leaving >= 0:
            costs += self._length_cost(self.seconds - problem.seconds[leaving] + problem.seconds)
        for goal, count in zip(self.goals, self.counts, strict=True):
            if goal.positions[position] and leaving >= 0:
                without = count - int(goal.members[leaving])
                costs += np.where(goal.members, goal.cost(without + 1), goal.cost(without))
        costs[self.blocked(leaving)] = np.inf
        return costs

    def swaps(self, position: int) -> Floats:
        """What an exchange with each other position would add to the cost."""
        problem, sequence = self.problem, self.sequence
        one = int(sequence[position])
        here = self.at_position[np.arange(len(sequence)), sequence]
        costs_here = self.at_position[position, sequence]
        delta: Floats = costs_here + self.at_position[:, one] - here - here[position]
        delta += self._swapped_links(position)
        if problem.spacing:
            delta += self._swapped_crowding(position)
        for goal, count in zip(self.goals, self.counts, strict=True):
            if goal.positions.all():
                continue
            flags = goal.members[sequence].astype(np.int64)
            shift = np.where(goal.positions != goal.positions[position], flags - flags[position], 0)
            shift = shift if goal.positions[position] else -shift
            costs = np.array([goal.cost(count - 1), goal.cost(count), goal.cost(count + 1)])
            delta += costs[shift + 1] - costs[1]
        if problem.order and self.weights.order:
            delta[problem.year[sequence] != problem.year[one]] = np.inf
        delta[self.fixed] = np.inf
        delta[position] = 0.0
        return delta

    def cost(self) -> float:
        """The cost of the whole list."""
        problem, sequence = self.problem, self.sequence
        if not len(sequence):
            return 0.0
        total = float(self.at_position[np.arange(len(sequence)), sequence].sum() + self._links.sum())
        total += HARD * self.weights.spacing * float(self.crowded().sum()) / 2
        total += HARD * self.weights.order * inversions(problem, sequence)
        total += HARD * float(np.maximum(0, self._present[:-1] - problem.caps).sum())
        if problem.duration_s is not None:
            total += float(self._length_cost(np.array([self.seconds]))[0])
        return total + sum(goal.cost(count) for goal, count in zip(self.goals, self.counts, strict=True))

    def pair_costs(self, one: Numbers | int, others: Numbers | None = None) -> Floats:
        """The cost of each pair of neighbours."""
        problem = self.problem
        others = self._all if others is None else others
        costs: Floats = np.where(problem.artist[others] == problem.artist[one], _SAME_ARTIST, 0.0)
        if problem.tempo_step is not None:
            beyond = tempo_distance(self._tempo[others], self._tempo[one]) - problem.tempo_step
            jump = np.where(beyond > 0, _TEMPO * (0.7 + 0.3 * np.minimum(1.0, beyond / _TEMPO_JUMP)), 0.0)
            costs += np.where(self._no_tempo[others] | self._no_tempo[one], _TEMPO / 2, jump)
        if problem.harmonic:
            costs += _KEY * (1 - COMPATIBLE[problem.key[one], problem.key[others]])
        return costs

    def _row(self, one: int) -> Floats:
        """The pair costs of a track with every candidate; cached, as they are needed again and again."""
        if one not in self._rows:
            if len(self._rows) >= _CACHED_ROWS:
                self._rows.clear()
            self._rows[one] = self.pair_costs(one)
        return self._rows[one]

    def crowded(self) -> Numbers:
        """How many tracks of the same artist lie within the spacing of each position."""
        if self._crowded is None:
            artists = self.problem.artist[self.sequence]
            near = np.zeros(len(artists), dtype=np.int64)
            for step in range(1, min(self.problem.spacing, len(artists) - 1) + 1):
                same = artists[step:] == artists[:-step]
                near[step:] += same
                near[:-step] += same
            self._crowded = near
        return self._crowded

    def _over_caps(self, leaving: int) -> Floats:
        """The cost of each candidate whose credited artists, guests included, have reached their caps."""
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

    def _crowding(self, position: int) -> Floats | float:
        spacing = self.problem.spacing
        if not spacing:
            return 0.0
        near = self._window(position)
        near = near[(near >= 0) & (np.arange(len(near)) != min(position, spacing))]
        pair_costs = np.bincount(self.problem.artist[near], minlength=len(self.problem.caps))
        crowding: Floats = HARD * self.weights.spacing * pair_costs[self.problem.artist].astype(np.float64)
        return crowding

    def _window(self, position: int) -> Numbers:
        return self.sequence[max(0, position - self.problem.spacing) : position + self.problem.spacing + 1]

    def _length_cost(self, seconds: Floats) -> Floats:
        asked = self.problem.duration_s or 0.0
        over = np.maximum(0.0, np.abs(seconds - asked) - self.problem.tolerance_s - SECONDS_ROUNDING)
        costs: Floats = HARD * self.weights.duration * over / _HARD_SECONDS
        return costs

    def _swapped_links(self, position: int) -> Floats:
        sequence, last = self.sequence, len(self.sequence) - 1
        links = self._links
        # moved[at + 1]: the track of `position` next to the one at `at`.
        moved = np.zeros(last + 3)
        moved[1:-1] = self._row(int(sequence[position]))[sequence]
        nothing = np.zeros(last + 1)
        before = self._row(int(sequence[position - 1]))[sequence] if position else nothing
        after = self._row(int(sequence[position + 1]))[sequence] if position < last else nothing
        delta: Floats = before + after + moved[:-2] + moved[2:]
        delta -= links[position] + links[position + 1] + links[:-1] + links[1:]
        if position < last:
            right = position + 1
            delta[right] = before[right] + moved[right + 2] - links[position] - links[right + 1]
        if position:
            left = position - 1
            delta[left] = moved[left] + after[left] - links[left] - links[position + 1]
        return delta

    def _swapped_crowding(self, position: int) -> Floats:
        spacing, positions = self.problem.spacing, np.arange(len(self.sequence))
        artists = self.problem.artist[self.sequence]
        same = artists == artists[position]
        running = np.concatenate([[0], np.cumsum(same)])
        within = np.abs(positions - position) <= spacing
        last = np.minimum(len(positions), positions + spacing + 1)
        there = running[last] - running[np.maximum(0, positions - spacing)]
        window = np.bincount(self.problem.artist[self._window(position)], minlength=len(self.problem.caps))
        crowded = self.crowded()
        change = there - within + window[artists] - within - crowded - crowded[position]
        delta: Floats = np.where(same, 0.0, HARD * self.weights.spacing * change)
        return delta


def inversions(problem: Problem, sequence: Numbers) -> int:
    """How many pairs of neighbours violate the order by year."""
    if not problem.order:
        return 0
    return int((np.diff(problem.year[sequence] * problem.order) < 0).sum())


def _position_costs(problem: Problem, count: int) -> Floats:
    by_track = -_RELEVANCE * problem.merit + _UNCHECKED * problem.unchecked
    costs: Floats = np.tile(by_track, (count, 1))
    if count:
        costs[0] -= _OPENER * problem.opener
    for goal in problem.contours:
        if goal.pool_levels.size:
            targets = target_levels(goal.contour, count, goal.pool_levels)
            off = np.square(goal.levels[np.newaxis, :] - targets[:, np.newaxis])
            costs += _CONTOUR * np.where(np.isnan(off), _UNKNOWN_LEVEL_OFF**2, off)
    return costs


def _count_goals(problem: Problem, count: int, weights: Weights) -> list[CountGoal]:
    goals: list[CountGoal] = []
    for number, goal in enumerate(problem.quotas):
        positions = np.zeros(count, dtype=bool)
        positions[goal.part(np.arange(count))] = True
        weight = HARD if goal.quota["hard"] else _COUNT
        weight *= RELAXED if weights.relaxed_quota == number else 1.0
        goals.append(CountGoal(goal.members, positions, *goal.bounds(int(positions.sum())), weight))
    if problem.unfamiliar_share is not None:
        wanted = round(problem.unfamiliar_share * count)
        goals.append(CountGoal(problem.unfamiliar, np.ones(count, dtype=bool), wanted, wanted, _COUNT))
    return goals
