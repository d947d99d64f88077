"""Reading others' files strictly, and writing our own whole."""

import gzip
import json

import pytest
from pydantic import TypeAdapter
from typing_extensions import TypedDict

from src.errors import InvalidInput
from src.evaluation.public import files
from src.evaluation.public.files import (
    keep_part,
    open_part,
    part_of,
    read_documents,
)
from src.evaluation.public.models.ranking import DialogueRanking


class Thing(TypedDict):
    name: str
    size: int


THING = TypeAdapter(Thing)
ONE, TWO = {"name": "å", "size": 1}, {"name": "b", "size": 2}


def lines_of(*items: object) -> bytes:
    return b"".join(json.dumps(item, ensure_ascii=False).encode() + b"\n" for item in items)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("things.jsonl", b"\xef\xbb\xbf" + lines_of(ONE) + b"\n  \n" + lines_of(TWO).rstrip()),
        ("things.ndjson.gz", gzip.compress(lines_of(ONE, TWO), mtime=0)),
        ("things.json", json.dumps([ONE, TWO]).encode()),
        ("things.json.gz", gzip.compress(json.dumps([ONE, TWO]).encode(), mtime=0)),
    ],
)
def test_read_documents_of_every_kind(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert [item for _, item in read_documents(tmp_path / name, THING)] == [ONE, TWO]


def test_read_documents_of_parquet(tmp_path):
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "things.parquet"
    parquet.write_table(arrow.Table.from_pylist([ONE, TWO]), path)
    assert [item for _, item in read_documents(path, THING)] == [ONE, TWO]
    parquet.write_table(arrow.Table.from_pylist([ONE, {"name": "b", "size": None}]), path)
    with pytest.raises(InvalidInput, match=r"things.parquet, row 2: size: "):
        list(read_documents(path, THING))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.jsonl", None, r"none.jsonl: there is no such file"),
        ("a.jsonl", b"\n \n", r"a.jsonl: the file holds nothing"),
        ("a.json", b"[]", r"a.json: the file holds nothing"),
        ("a.json", b'{"name": "a"}', r"a.json: the file must hold a list"),
        ("a.json", b'[\n{"name": }]', r"a.json:2: this is no JSON"),
        ("a.json", b"\xff", r"a.json: this is no JSON"),
        ("a.json", b'[{"name": "a", "size": 1}, 3]', r"a.json, entry 2: the document: "),
        ("a.jsonl", lines_of(ONE) + b"\n" + b'{"name": "b"}\n', r"a.jsonl:3: size: Field required"),
        ("a.jsonl", b'{"name": "b", "size": "2"}\n', r"a.jsonl:1: size: Input should be a valid integer"),
        ("a.jsonl", lines_of(ONE) + b'{"name": "b", "si', r"a.jsonl:2: the document: Invalid JSON"),
        ("a.jsonl", b'{"name": "\xff", "size": 2}\n', r"a.jsonl:1: the document: Invalid JSON"),
        ("a.csv", b"name,size\n", r"a.csv: the name must end in"),
        ("a.jsonl.gz", gzip.compress(lines_of(ONE), mtime=0)[:-9], r"a.jsonl.gz: the gzip archive is broken"),
        ("a.jsonl.gz", lines_of(ONE), r"a.jsonl.gz: the gzip archive is broken"),
        ("a.parquet", b"PAR1", r"a.parquet: this is no readable Parquet file"),
    ],
)
def test_read_documents_when_broken(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInput, match=message):
        list(read_documents(tmp_path / name, THING))


def test_read_documents_never_echoes_what_was_given(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines_of({"name": "sk-secret", "size": "sk-secret"}))
    with pytest.raises(InvalidInput) as caught:
        list(read_documents(path, THING))
    assert "sk-secret" not in caught.value.message


def test_read_documents_tells_the_first_faults(tmp_path):
    many = TypeAdapter(dict[str, int])
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines_of({f"f{number}": "no" for number in range(5)}))
    with pytest.raises(InvalidInput, match=r"f0: .*; f1: .*; f2: .*; and 2 more$"):
        list(read_documents(path, many))


def test_read_documents_bounds_what_it_reads(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MAX_LINE_CHARS", 20)
    monkeypatch.setattr(files, "MAX_ARRAY_BYTES", 20)
    for name, message in (("a.jsonl", r"a.jsonl:1: the line is longer"), ("a.json", r"use JSON Lines")):
        (tmp_path / name).write_bytes(b"[" + b" " * 100 + b"]\n")
        with pytest.raises(InvalidInput, match=message):
            list(read_documents(tmp_path / name, THING))


def test_read_documents_when_it_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines_of(ONE))

    def refuse(*_arguments: object, **_named: object) -> None:
        raise PermissionError

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(InvalidInput, match=r"a.jsonl: the file cannot be read"):
        list(read_documents(path, THING))


def ranking(id_: str) -> DialogueRanking:
    return {"id": id_, "turns": [{"number": 0, "tracks": ["a", "b"], "response": "Ça"}]}


def test_open_part_gives_what_is_done(tmp_path):
    path = part_of(tmp_path / "out.jsonl")
    assert path.name == "out.jsonl.part"
    assert open_part(path, "run") == {}
    keep_part(path, ranking("d1"))
    keep_part(path, ranking("d2"))
    assert open_part(path, "run") == {"d1": ranking("d1"), "d2": ranking("d2")}


@pytest.mark.parametrize("cut", [1, 10, 30])
def test_open_part_drops_a_line_that_was_cut_off(tmp_path, cut):
    path = tmp_path / "out.part"
    open_part(path, "run")
    keep_part(path, ranking("d1"))
    keep_part(path, ranking("d2"))
    path.write_bytes(path.read_bytes()[:-cut])
    assert open_part(path, "run") == {"d1": ranking("d1")}
    keep_part(path, ranking("d2"))
    assert list(open_part(path, "run")) == ["d1", "d2"]


def test_open_part_when_its_header_was_cut_off(tmp_path):
    path = tmp_path / "out.part"
    open_part(path, "run")
    path.write_bytes(path.read_bytes()[:9])
    assert open_part(path, "run") == {}
    keep_part(path, ranking("d1"))
    assert list(open_part(path, "run")) == ["d1"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"somebody's notes", ":1: this is no begun run"),
        (b"somebody's notes\n", ":1: this is no begun run"),
        (b'{"format":"segue-rankings","version":1,"run":"another"}\n', ":1: this run was begun with other"),
        (b'{"format":"segue-rankings","version":2,"run":"run"}\n', ":1: this run was begun with other"),
        (b'{"format":"segue-rankings","version":1,"run":"run"}\n{"id":"d1"}\n', ":2: turns: Field required"),
    ],
)
def test_open_part_leaves_what_is_not_its_own(tmp_path, content, message):
    path = tmp_path / "out.part"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=message):
        open_part(path, "run")
    assert path.read_bytes() == content


def test_keep_part_where_nothing_can_be_written(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be written"):
        keep_part(tmp_path / "nowhere" / "out.part", ranking("d1"))
    (tmp_path / "folder.part").mkdir()
    with pytest.raises(InvalidInput, match="cannot be read"):
        open_part(tmp_path / "folder.part", "run")
