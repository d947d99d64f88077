import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.spotify.client.search_query import MAX_QUERY, search_query

_ANY = st.text(max_size=400)
_TOKEN = re.compile(r'(isrc|track|artist|album|genre|year):("[^"]*"|[^\s":]+)')
_FIELDS = ("words", "title", "artist", "album", "genre", "isrc")


@pytest.mark.parametrize(
    ("fields", "query"),
    [
        ({"title": "Moon"}, "track:Moon"),
        ({"title": "Blue Moon", "artist": "Sigur Rós"}, 'track:"Blue Moon" artist:"Sigur Rós"'),
        ({"title": "Café"}, 'track:"Café"'),
        ({"title": "R.E.M."}, 'track:"R.E.M."'),
        ({"artist": "NOT", "title": "or"}, 'track:"or" artist:"NOT"'),
        ({"title": 'Say "Hello" again'}, 'track:"Say Hello again"'),
        ({"title": "Live: 1999", "words": "artist:Madonna"}, 'artist Madonna track:"Live 1999"'),
        ({"title": "„Anführung“ ＂x＂"}, 'track:"Anführung x"'),
        ({"title": "tab\tand\nline\x00end"}, 'track:"tab and line end"'),
        ({"words": "quiet piano", "year": 1994}, "quiet piano year:1994"),
        ({"genre": "post rock", "year": (1990, 1999)}, 'genre:"post rock" year:1990-1999'),
        ({"year": (1999, 1990)}, "year:1990-1999"),
        ({"year": (1994, 1994)}, "year:1994"),
        ({"album": "IV"}, "album:IV"),
        ({"isrc": "GB-AYE-68-00011"}, "isrc:GBAYE6800011"),
        ({"isrc": 'X" OR isrc:Y'}, "isrc:XORisrcY"),
        ({}, ""),
        ({"title": ' ":" ', "artist": "\ud83d"}, ""),
    ],
)
def test_search_query_writes_filters_and_words(fields, query):
    assert search_query(**fields) == query


def test_search_query_when_too_long_cuts_the_longest_value_and_keeps_every_filter():
    query = search_query(title="moon " * 60, artist="sun " * 40, album="Sky", isrc="A" * 300, year=1994)
    assert len(query) <= MAX_QUERY
    assert [name for name, _ in _TOKEN.findall(query)] == ["isrc", "track", "artist", "album", "year"]
    assert query.count('"') % 2 == 0
    assert "album:Sky year:1994" in query


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(_FIELDS, _ANY)),
    st.one_of(st.none(), st.integers(), st.tuples(st.integers(), st.integers())),
)
def test_search_query_never_lets_a_value_break_out(fields, year):
    query = search_query(**fields, year=year)
    rest = _TOKEN.sub("", query)
    names = [name for name, _ in _TOKEN.findall(query)]
    given_names = {"title": "track"}
    assert '"' not in rest
    assert ":" not in rest
    assert len(names) == len(set(names))
    assert set(names) <= {given_names.get(name, name) for name in fields} | {"year"}
    assert len(query) <= MAX_QUERY
    assert query.isprintable()
    query.encode()
