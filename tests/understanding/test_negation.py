import pytest

from src.lexicon.tokens import tokenize
from src.understanding.negation import read_polarity


@pytest.mark.parametrize(
    ("message", "stances"),
    [
        ("no country or metal", {"country": "rejected", "metal": "rejected"}),
        ("no country, metal or pop, calm stuff", {"country": "rejected", "pop": "rejected", "calm": "plain"}),
        ("nothing but jazz", {"jazz": "only"}),
        ("jazz only please", {"jazz": "only"}),
        ("anything except live versions", {"live": "rejected", "versions": "rejected"}),
        ("not only hits", {"hits": "waived"}),
        ("no techno, dream pop", {"techno": "rejected", "dream": "plain"}),
        ("tired of Drake, give me rap", {"drake": "satisfied", "rap": "plain"}),
        ("not like Coldplay but calm", {"coldplay": "contrast", "calm": "plain"}),
        ("rock sin reggaeton por favor", {"reggaeton": "rejected", "rock": "plain"}),
        ("Musik ohne Gesang", {"gesang": "rejected"}),
        ("du rock sans metal", {"metal": "rejected", "rock": "plain"}),
    ],
)
def test_read_polarity_when_a_cue_has_a_scope(message, stances):
    tokens = tokenize(message)
    found = {token.key: stance for token, stance in zip(tokens, read_polarity(tokens), strict=True)}
    assert {key: found[key] for key in stances} == stances
