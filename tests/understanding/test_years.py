import pytest

from src.lexicon.tokens import tokenize
from src.understanding.years import read_years


@pytest.mark.parametrize(
    ("message", "first", "last", "hard"),
    [
        ("nothing after 1995", None, 1995, True),
        ("no later than 1969", None, 1969, True),
        ("not before 1980", 1980, None, True),
        ("before 2000", None, 1999, True),
        ("pre-2000", None, 1999, True),
        ("post-2010", 2011, None, True),
        ("since 2010", 2010, None, True),
        ("1975 or later", 1975, None, True),
        ("1960 or earlier", None, 1960, True),
        ("from 1990 onwards", 1990, None, True),
        ("from 1990 to 1995", 1990, 1995, True),
        ("1990-1995 britpop", 1990, 1995, True),
        ("between 1965 and 1972", 1965, 1972, True),
        ("songs from 2015", 2015, 2015, True),
        ("90's rock", 1990, 1999, False),
        ("1990s", 1990, 1999, False),
        ("nineties rnb", 1990, 1999, False),
        ("late 60s", 1967, 1969, False),
        ("mid-2000s emo", 2004, 2006, False),
        ("2015 2016 era", 2015, 2016, False),
        ("80s-90s hip hop", 1980, 1999, False),
        ("90s feel", 1990, 1999, False),
        ("canciones de los años 80", 1980, 1989, False),
        ("Musik nach 1990", 1991, None, True),
        ("chansons avant 1970", None, 1969, True),
        ("something recent", 2023, None, False),
    ],
)
def test_read_years_when_spelled_in_any_way(message, first, last, hard):
    (reading,) = read_years(tokenize(message), 2026)
    assert (reading.year_from, reading.year_to, reading.hard) == (first, last, hard)


@pytest.mark.parametrize("message", ["songs about 99 luftballons", "room 2500", "give me 12", "7 minutes"])
def test_read_years_when_a_number_is_no_year_leaves_it_alone(message):
    assert read_years(tokenize(message), 2026) == []
