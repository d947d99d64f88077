"""A model's words without end: read and checked in proportion to their length."""

import time

import pytest

from src.chat.recommendations import MAX_LINE_CHARS, CitedPick, PickReader, Piece
from src.grounding.claims import is_supported
from src.grounding.support import listener_support
from src.lexicon.vocabulary import Vocabulary

_NO_GENRES = Vocabulary({})


def _text(piece: Piece) -> str:
    return piece.reason if isinstance(piece, CitedPick) else piece.text


def _read_and_check(text: str) -> None:
    support = listener_support("rock", _NO_GENRES)
    reader = PickReader()
    for piece in (*reader.feed(text), *reader.finish()):
        is_supported(_text(piece), support, _NO_GENRES)


def _cpu(text: str) -> float:
    taken = []
    for _ in range(3):
        began = time.thread_time()
        _read_and_check(text)
        taken.append(time.thread_time() - began)
    return min(taken)


@pytest.mark.parametrize("unit", ["a", "1", "é", "_", "a:", "&a"])
def test_pick_reader_when_a_word_has_no_end_takes_no_more_than_in_proportion(unit):
    # What grows with the square of the length takes sixteen times as long.
    assert _cpu(unit * (32_000 // len(unit))) < 8 * _cpu(unit * (8_000 // len(unit)))


def test_pick_reader_when_all_comes_at_once_bounds_its_lines():
    reader = PickReader()

    pieces = [*reader.feed("a" * 20_000 + "\n"), *reader.finish()]

    assert max(len(_text(piece)) for piece in pieces) <= 2 * MAX_LINE_CHARS


def test_pick_reader_when_a_sentence_ends_amid_the_stream_gives_it_at_once():
    reader = PickReader()

    assert [_text(piece) for piece in reader.feed("Here it is. And")] == ["Here it is."]
