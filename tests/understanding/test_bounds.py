"""What is read of a long message: bounded, and no more than in proportion to its length."""

import time
from dataclasses import replace

from src.constraints.checks import MAX_FORGIVING, absent_names
from src.constraints.models.brief import empty_brief
from src.lexicon.vocabulary import Vocabulary
from src.understanding.merge import MAX_CONSTRAINTS, merge_reading
from src.understanding.message import MAX_CONSTRAINTS_READ, read_message
from src.understanding.names import MAX_LOOKUPS, MAX_NAME_WORDS, MAX_NAMED_WORDS, MAX_TITLE_LOOKUPS

_NO_GENRES = Vocabulary({})


class CountingEngine:
    """An engine that counts what it is asked."""

    def __init__(self, engine) -> None:
        self._engine = engine
        self.name = engine.name
        self.ranked = 0
        self.keys = 0

    async def rank(self, queries, where):
        self.ranked += 1
        return await self._engine.rank(queries, where)

    async def facet(self, key, where, limit):
        self.keys += sum(len(condition.values) for condition in where)
        return await self._engine.facet(key, where, limit)

    async def browse(self, where, limit):
        return await self._engine.browse(where, limit)

    async def fetch(self, ids):
        return await self._engine.fetch(ids)


# What is said of two names, and what stands between.
_FORMS = {
    "artists": ("like {a} {b}", ", "),
    "excluded": ("no {a} {b}", " and "),
    "titles by artists": ("{a} by {b}", ", "),
    "quoted": ('"{a} {b}"', ", "),
    "small letters": ("play {a} {b}", " "),
    "genres": ("rock, jazz, no pop, {a} by {b}", ", "),
}


def _names(form: str, characters: int) -> str:
    """A message of names that nobody has."""
    syllables = ("ka", "ro", "mi", "ze", "lu", "ta", "vo", "ni")
    names = (
        "".join(syllables[number // 8**place % 8] for place in range(4)).capitalize()
        for number in range(3_000)
    )
    each, separator = _FORMS[form]
    return separator.join(each.format(a=name, b=next(names)) for name in names)[:characters]


async def test_read_message_when_it_is_all_names_looks_up_no_more_than_the_bounds(catalogue):
    for form in _FORMS:
        engine = CountingEngine(catalogue.engine)
        message = _names(form, 4_000)
        assert len(message) == 4_000

        reading = await read_message(replace(catalogue, engine=engine), _NO_GENRES, message, 1, 2026)

        # A search by letters looks for an artist, and then for a title.
        assert engine.ranked <= 2 * (MAX_LOOKUPS + MAX_TITLE_LOOKUPS), form
        # Every run of words as an artist and as a title, and what is sure to be a name once more.
        assert engine.keys <= (2 * MAX_NAME_WORDS + 12) * MAX_NAMED_WORDS, form
        assert reading.in_part, form


async def test_read_message_when_it_is_four_times_as_long_takes_no_more_than_in_proportion(catalogue):
    async def cpu(form: str, characters: int) -> float:
        taken = []
        for _ in range(3):
            began = time.thread_time()
            await read_message(catalogue, _NO_GENRES, _names(form, characters), 1, 2026)
            taken.append(time.thread_time() - began)
        return min(taken)

    for form in _FORMS:
        # What grows with the square of the length takes sixteen times as long.
        assert await cpu(form, 4_000) < 8 * await cpu(form, 1_000), form


async def test_read_message_when_an_exclusion_ends_a_long_message_holds_it(catalogue):
    message = f"{_names('artists', 3_900)}. But no Radiohead, please."

    reading = await read_message(catalogue, _NO_GENRES, message, 1, 2026)

    ruled_out = [
        constraint["name"]
        for constraint in reading.constraints
        if constraint["kind"] == "artist" and constraint["relation"] == "rejected"
    ]
    assert ruled_out == ["Radiohead"]
    assert reading.in_part


async def test_read_message_when_it_is_an_ordinary_one_is_read_whole(catalogue):
    reading = await read_message(catalogue, _NO_GENRES, "songs like Radiohead, no live versions", 1, 2026)

    assert not reading.in_part


async def test_read_message_when_it_holds_more_constraints_than_are_read_keeps_what_is_ruled_out(catalogue):
    years = [f"{year}" for year in range(1901, 1990)]
    message = f"songs from {', '.join(years)}, no Radiohead"

    reading = await read_message(catalogue, _NO_GENRES, message, 1, 2026)

    assert len(reading.constraints) == MAX_CONSTRAINTS_READ
    assert any(
        constraint["kind"] == "artist" and constraint["name"] == "Radiohead"
        for constraint in reading.constraints
    )
    assert reading.in_part


async def test_merge_reading_when_a_brief_is_full_keeps_what_was_ruled_out_first(catalogue):
    brief = empty_brief()
    for turn in range(1, 8):
        names = ", ".join(f"no Nobody{turn:02}x{number:02}" for number in range(20))
        message = f"also like Someone{turn:02} and {names}"
        brief = merge_reading(brief, await read_message(catalogue, _NO_GENRES, message, turn, 2026))

    assert len(brief["wishes"]) == MAX_CONSTRAINTS
    ruled_out = [constraint["turn"] for constraint in brief["wishes"] if constraint["hard"]]
    assert ruled_out.count(1) == 20
    assert all(constraint["hard"] for constraint in brief["wishes"])


async def test_absent_names_when_nothing_is_there_searches_for_a_few_of_them_alone(catalogue):
    engine = CountingEngine(catalogue.engine)
    brief = empty_brief()
    brief["wishes"] = [
        {"kind": "artist", "name": f"Nobody {n}", "relation": "seed", "hard": False, "words": "", "turn": 1}
        for n in range(60)
    ]

    absent = await absent_names(replace(catalogue, engine=engine), brief, _NO_GENRES)

    assert len(absent) == 60
    assert engine.ranked <= MAX_FORGIVING
