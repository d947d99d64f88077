from hypothesis import given
from hypothesis import strategies as st

from src.lexicon.tokens import tokenize, words_of


@given(st.text(max_size=300))
def test_tokenize_when_any_text_is_read_keeps_its_positions(text):
    for token in tokenize(text):
        if token.text != '"':
            assert text[token.start : token.end] == token.text
    tokens = tokenize(text)
    assert words_of(tokens, type("S", (), {"first": 0, "last": 0})(), text) == ""
