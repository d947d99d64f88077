import pytest

from src.lexicon.tokens import tokenize
from src.understanding.negation import read_polarity
from src.understanding.sound import read_ranges


@pytest.mark.parametrize(
    ("message", "feature", "low", "high", "hard"),
    [
        ("around 120 bpm", "tempo", 114.0, 126.0, True),
        ("between 100 and 120 bpm", "tempo", 100.0, 120.0, True),
        ("under 100 bpm", "tempo", None, 100.0, True),
        ("over 140bpm", "tempo", 140.0, None, True),
        ("slow songs", "tempo", None, 95.0, False),
        ("songs under 3 minutes", "duration_s", None, 180.0, True),
        ("longer than ten minutes", "duration_s", 600.0, None, True),
        ("obscure gems", "popularity", None, 35.0, False),
        ("no hits", "popularity", None, 60.0, False),
    ],
)
def test_read_ranges_when_said_in_any_way(message, feature, low, high, hard):
    tokens = tokenize(message)
    (reading,) = read_ranges(tokens, read_polarity(tokens))
    assert (reading.feature, reading.low, reading.high, reading.hard) == (feature, low, high, hard)
