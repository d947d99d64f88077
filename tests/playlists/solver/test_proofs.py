import numpy as np

from src.constraints.models.spec import PlaylistSpec
from src.playlists.solver.attempts import Search, attempt
from src.playlists.solver.problem import Frame, Problem, pose
from src.playlists.solver.proofs import Lengths, Program, arrange, choose, sequence_of, solve_program
from src.playlists.solver.violations import violations_of
from src.retrieval.pool import PoolTrack
from tests.playlists.solver.pools import candidate, per_artist, rules_of, spec_of


def posed(spec: PlaylistSpec, pool: list[PoolTrack]) -> Problem:
    return pose(spec, pool, [False] * len(pool), rules_of(spec), musts=())


def timed(*seconds: int) -> list[PoolTrack]:
    return [candidate(f"Song {n}", duration_ms=one * 1000) for n, one in enumerate(seconds)]


def test_solve_program_without_unknowns_and_with_an_empty_row():
    assert solve_program(Program(0), 1).state == "possible"
    program = Program(2)
    program.add(np.zeros(0, dtype=np.int64), low=1)
    assert solve_program(program, 1).state == "impossible"


def test_solve_program_finds_the_cheapest():
    program = Program(3)
    program.add(np.arange(3), low=2, high=2)
    assert solve_program(program, 5, [3.0, 1.0, 2.0]).ones.tolist() == [False, True, True]


def test_choose_finds_the_one_choice_of_an_exact_length():
    spec = spec_of(tracks=3, duration_s=600.0, tolerance_s=0.0)
    problem = posed(spec, timed(101, 250, 333, 177, 173, 412))
    choice = choose(problem, Frame(3, {}, ()), Lengths(3, 3), 5)
    assert sorted(problem.seconds[choice.chosen].tolist()) == [177, 173, 250] or choice.chosen.tolist() == [
        1,
        3,
        4,
    ]


def test_choose_proves_that_no_choice_has_the_length():
    spec = spec_of(tracks=3, duration_s=601.0, tolerance_s=0.0)
    problem = posed(spec, timed(100, 200, 300, 400, 500))
    assert choose(problem, Frame(3, {}, ()), Lengths(3, 3), 5).state == "impossible"


def test_choose_with_free_lengths_takes_the_number_nearest_to_one():
    spec = spec_of(duration_s=600.0, tolerance_s=0.0)
    problem = posed(spec, timed(*[60] * 10, 300, 300))
    frame, lengths = Frame(1, {}, ()), Lengths(1, 12)
    near = {wanted: len(choose(problem, frame, lengths, 5, wanted).chosen) for wanted in (1, 5, 9, 12)}
    assert near == {1: 2, 5: 6, 9: 10, 12: 10}


def test_choose_keeps_shares_of_an_unknown_number_and_of_its_halves():
    quotas = [
        {"genre": "soul", "at_least": 0.5, "hard": True, "words": ""},
        {"genre": "soul", "at_most": 0.0, "half": "first", "hard": True, "words": ""},
    ]
    pool = [candidate(f"Song {n}", genres=["soul" if n < 3 else "pop"]) for n in range(12)]
    problem = posed(spec_of(shares=quotas), pool)
    choice = choose(problem, Frame(1, {}, ()), Lengths(4, 12), 5)
    assert choice.state == "possible"
    count = len(choice.chosen)
    sequence = sequence_of(problem, Frame(count, {}, ()), choice)
    assert violations_of(problem, sequence).none
    assert choose(problem, Frame(1, {}, ()), Lengths(7, 12), 5).state == "impossible"


def test_choose_proves_that_one_half_cannot_hold_what_stands_in_the_other():
    quotas = [{"genre": "soul", "at_least": 1.0, "half": "first", "hard": True, "words": ""}]
    pool = [candidate(f"Song {n}", genres=["soul" if n < 3 else "pop"]) for n in range(12)]
    problem = posed(spec_of(shares=quotas), pool)
    assert choose(problem, Frame(6, {}, ()), Lengths(6, 6), 5).state == "possible"
    assert choose(problem, Frame(6, {5: 0}, ()), Lengths(6, 6), 5).state == "impossible"


def test_arrange_orders_tracks_of_one_artist_around_given_places():
    pool = [candidate(f"Song {n}", "AABBC"[n]) for n in range(5)]
    problem = posed(spec_of(per_artist(2), artist_spacing=1), pool)
    frame = Frame(5, {0: 4, 2: 0}, ())
    arranged = arrange(problem, frame, 5)
    assert arranged.chosen.tolist()[0] == 4
    assert arranged.chosen.tolist()[2] == 0
    assert violations_of(problem, arranged.chosen).none
    assert arrange(problem, Frame(5, {0: 0, 1: 1}, ()), 5).state == "impossible"


def test_arrange_of_a_large_list_is_left_open():
    problem = posed(spec_of(), [candidate(f"Song {n}") for n in range(130)])
    assert arrange(problem, Frame(100, {}, ()), 5).state == "open"


def test_attempt_goes_on_from_the_choice_of_a_program_where_the_search_finds_none():
    # Few choices of eight tracks come to a length given to the millisecond.
    chance = np.random.default_rng(3)
    lengths = chance.integers(100_000, 400_000, 40)
    pool = [candidate(f"Song {n:03}", duration_ms=int(ms)) for n, ms in enumerate(lengths)]
    tracks = sorted(pool, key=lambda one: one.track["id"])
    total = sum(one.track["duration_ms"] for one in tracks[3:40:5]) / 1000
    spec = spec_of(tracks=8, duration_s=total, tolerance_s=0.0)
    problem = posed(spec, tracks)
    search = Search((), Lengths(8, 8), (8,), 1, lambda: 60.0)
    found, proven = attempt(problem, search)
    assert not proven
    assert found is not None
    assert found.violations.none or abs(problem.seconds[found.sequence].sum() - total) < 1


def test_choose_knows_what_a_place_means_for_the_years_around_it():
    pool = [candidate(f"Song {n}", year=2000 + n, duration_ms=60_000) for n in range(20)]
    spec = spec_of(order="year", duration_s=600.0, places=[])
    problem = posed(spec, pool)
    ten, any_number = Frame(10, {9: 12}, (), frozenset({12})), Lengths(1, 20)
    choice = choose(problem, ten, any_number, 5)
    assert choice.chosen.max() == 12
    assert choose(problem, Frame(10, {9: 8}, (), frozenset({8})), any_number, 5).state == "impossible"
    assert choose(problem, Frame(10, {1: 5}, (3, 4)), any_number, 5).state == "impossible"
