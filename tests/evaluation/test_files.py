"""Writing files whole or not at all."""

import pytest

from src.errors import InvalidInput
from src.evaluation.files import must_be_free, write_whole


def test_write_whole_writes_all_or_nothing(tmp_path):
    path = tmp_path / "out"

    def broken():
        yield b"half"
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError, match="stopped"):
        write_whole(path, broken())
    assert list(tmp_path.iterdir()) == []
    write_whole(path, [b"a", b"b"])
    with pytest.raises(InvalidInput, match="name another one"):
        write_whole(path, [b"c"])
    assert path.read_bytes() == b"ab"
    write_whole(path, [b"c"], replace=True)
    assert [item.name for item in tmp_path.iterdir()] == ["out"]
    assert path.read_bytes() == b"c"


def test_write_whole_where_nothing_can_be_written(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_whole(tmp_path / "nowhere" / "out", [b"a"])
    must_be_free(tmp_path / "nowhere" / "out")
