import pytest

from src.catalogue.catalogue import Catalogue
from src.constraints.describe import describe
from src.constraints.models.brief import Constraint
from src.errors import InvalidInput
from src.lexicon.vocabulary import load_vocabulary
from src.preferences.reading import read_rule_words


async def _read(catalogue: Catalogue, words: str) -> list[Constraint]:
    return await read_rule_words(catalogue, await load_vocabulary(catalogue), words, 2026)


@pytest.mark.parametrize(
    ("words", "binds"),
    [
        ("never Drake", ["no Drake"]),
        ("never Drake, Coldplay or Metallica", ["no Drake", "no Coldplay", "no Metallica"]),
        ("no explicit tracks, always", ["no explicit words"]),
        ("I hate country", ["no country"]),
        ("only jazz", ["jazz"]),
        ("nothing after 1995", ["1995 or earlier"]),
        ("no live versions", ["no live versions"]),
        ("at most one song per artist", ["at most 1 by one artist"]),
        ("under 5 minutes", ["length at most 300 s"]),
        ("never Hotline Bling", ["no Hotline Bling by Drake"]),
        # In one conversation these are leanings.
        ("nothing too sad", ["no sad"]),
        ("not like Metallica", ["unlike Metallica"]),
        ("only slow songs", ["tempo at most 95 bpm"]),
        ("always 70s", ["1970 to 1979"]),
        # What a rule cannot hold is left out.
        ("seven songs, never Drake", ["no Drake"]),
    ],
)
async def test_read_rule_words_binds_what_is_negated_or_restricted(catalogue, words, binds):
    constraints = await _read(catalogue, words)
    assert [describe(constraint) for constraint in constraints] == binds
    assert all(constraint["hard"] and constraint["turn"] == 0 for constraint in constraints)


@pytest.mark.parametrize(
    "words",
    ["hello there", "I like jazz", "more like Metallica", "only Drake", "explicit is fine", "always 5 songs"],
)
async def test_read_rule_words_when_nothing_binds_says_how_to_say_it(catalogue, words):
    with pytest.raises(InvalidInput, match="never Drake"):
        await _read(catalogue, words)


async def test_read_rule_words_when_there_are_too_many_constraints(catalogue, monkeypatch):
    monkeypatch.setattr("src.preferences.reading.MAX_CONSTRAINTS", 2)
    assert len(await _read(catalogue, "never Drake or Coldplay")) == 2
    with pytest.raises(InvalidInput, match="at most 2"):
        await _read(catalogue, "never Drake, Coldplay or Metallica")
