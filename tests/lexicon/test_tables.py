from collections import Counter
from pathlib import Path
from time import process_time

import pytest

from src.lexicon import tables

FILES = sorted(Path(tables.__file__).parent.glob("*.toml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_table_when_a_list_is_read_holds_no_word_twice(path):
    subject = tables.table(path.stem)
    lists = {key: value for key, value in subject.items() if isinstance(value, str) and key != "unknowable"}
    for key in lists:
        words = tables.word_list(path.stem, key)
        assert "" not in words, key
        assert [word for word, times in Counter(words).items() if times > 1] == [], key


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_meanings_when_a_table_is_read_gives_a_word_one_meaning(path):
    # Words of a mood or tag that satisfy a wish for another may satisfy several.
    tables_of_words = [key for key, value in tables.table(path.stem).items() if isinstance(value, dict)]
    for key in tables_of_words:
        if key in ("kin", "marks", "of_them") or path.stem == "numbers":
            continue
        words = Counter(word for words in tables.groups(path.stem, key).values() for word in words)
        assert [word for word, times in words.items() if times > 1] == [], key


def test_numbers_when_several_tables_are_named_joins_them():
    ordinals = tables.numbers("numbers", "ordinals", "ordinals_in_prompts")
    assert (ordinals["first"], ordinals["10th"], ordinals["penultimate"]) == (1, 10, -2)


def test_bounds_when_a_side_is_open_gives_none():
    assert tables.bounds("sound", "bounds")["slow"] == ("tempo", None, 95.0)


@pytest.mark.parametrize("read", [tables.word_list, tables.groups, tables.bounds])
def test_readers_when_the_shape_is_another_raise(read):
    with pytest.raises(TypeError):
        read("languages", "names") if read is not tables.groups else read("words", "common")


def test_table_when_all_are_loaded_costs_little():
    tables.table.cache_clear()
    begin = process_time()
    for path in FILES:
        tables.table(path.stem)
    assert process_time() - begin < 0.1
