import pytest

from src.lexicon.tokens import tokenize
from src.understanding.measures import read_count


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("give me 7", 7),
        ("a dozen songs", 12),
        ("top five", 5),
        ("25 tracks of jazz", 25),
        ("three reggae songs", 3),
        ("dame 5 canciones", 5),
        ("seventeen songs", 17),
        ("twenty-three songs", 23),
        ("thirty one songs", 31),
        ("two dozen songs", 24),
        ("3 dozen tracks", 36),
        ("a couple of dozen songs", 24),
        ("siebzehn Lieder", 17),
        ("zwei Dutzend Lieder", 24),
        ("diecisiete canciones", 17),
        ("una docena de canciones", 12),
        ("dix-sept chansons", 17),
        ("trois douzaines de chansons", 36),
        ("five dozen songs", None),
        ("one hundred and twenty songs", None),
        ("nineteen eighties songs", None),
        ("nineteen eighty seven songs", None),
        ("a 90 minute set", None),
        ("two per artist", None),
        ("around 120 bpm", None),
        ("500 songs", None),
        ("0 songs", None),
        ("the 80s", None),
    ],
)
def test_read_count_when_asked_in_any_way(message, count):
    found = read_count(tokenize(message))
    assert (found[1] if found else None) == count
