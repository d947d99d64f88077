"""Which parts of a list get a search of their own."""

from src.catalogue.engine import AnyOf, Between, Match
from src.retrieval.searches import parts_of
from tests.playlists.solver.constraints import constraint, genre, spec


def share(**fields: object) -> dict[str, object]:
    return {"hard": False, "words": "", **fields}


def test_parts_of_a_share_meet_its_genre_and_years():
    (part,) = parts_of(spec(shares=[share(genre="Soul", year_from=1960, year_to=1969, at_least=0.5)]), [])
    assert part.name == "share: Soul 1960-1969"
    assert set(part.where) == {Match("genre_terms", ("soul",)), Between("track.year", 1960, 1969)}


def test_parts_of_a_bounded_share_are_what_is_outside_it():
    of_genre, of_years = parts_of(
        spec(shares=[share(genre="rock", at_most=0.2), share(year_from=1980, year_to=1989, at_most=0.5)]), []
    )
    assert of_genre.where == (Match("genre_terms", ("rock",), negated=True),)
    assert of_years.where == (AnyOf((Between("track.year", None, 1979), Between("track.year", 1990, None))),)


def test_parts_of_a_share_that_asks_for_nothing_are_none():
    assert parts_of(spec(shares=[share(genre="rock"), share(at_most=0.5), share(at_least=0.5)]), []) == []


def test_parts_of_openers_are_soft_however_they_are_said():
    (part,) = parts_of(spec(openers=[genre("jazz", hard=True)]), [])
    assert (part.name, part.where) == ("opener", (Match("genre_terms", ("jazz",)),))


def test_parts_of_several_genres_are_one_each():
    constraints = [genre("soul"), genre("bossa nova"), genre("metal", "rejected")]
    assert [part.name for part in parts_of(spec(), constraints)] == ["genre: soul", "genre: bossa nova"]


def test_parts_of_one_genre_are_none():
    assert parts_of(spec(), [genre("soul"), constraint("mood", mood="warm", relation="wanted")]) == []


def test_parts_of_the_same_tracks_are_one():
    halves = [share(genre="soul", at_least=0.5, half="first"), share(genre="soul", at_least=0.2)]
    assert len(parts_of(spec(shares=halves), [genre("soul"), genre("jazz")])) == 2


def test_parts_of_the_largest_spec_are_bounded():
    quotas = [share(year_from=1900 + year, at_least=0.1, at_most=0.2) for year in range(8)]
    constraints = [genre(f"kind {number}") for number in range(30)]
    assert len(parts_of(spec(shares=quotas, openers=[genre("jazz")]), constraints)) == 23
