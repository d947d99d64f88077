"""Files are read row by row: what cannot be read is counted with its cause, or said in one line."""

import builtins
import csv
import gzip
import io
import json
import tracemalloc

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from src.catalogue.importing import files
from src.catalogue.importing.files import BadRow, fingerprint, read_rows
from src.errors import InvalidInput

ROWS = [{"title": "Alison", "artist": "Slowdive"}, {"title": "Söng", "artist": "夜\nmit Umbruch"}]


def as_csv(delimiter: str) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["title", "artist"], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return text.getvalue().encode()


def as_json_lines() -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ROWS).encode()


@pytest.fixture
def write(tmp_path):
    def write_file(name: str, content: bytes):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write_file


@pytest.fixture
def read(write):
    """The content of every row of a file."""

    def read_file(name: str, content: bytes):
        return [row.content for row in read_rows(write(name, content))]

    return read_file


def cause(content) -> str:
    assert isinstance(content, BadRow)
    return content.cause


FORMATS = [("t.csv", as_csv(",")), ("t.tsv", as_csv("\t")), ("t.jsonl", as_json_lines())]
FORMATS += [("t.ndjson", as_json_lines()), ("T.CSV", as_csv(","))]


@pytest.mark.parametrize(("name", "content"), FORMATS)
def test_read_rows_reads_each_format(name, content, read):
    assert read(name, content) == ROWS


@pytest.mark.parametrize(("name", "content"), FORMATS)
def test_read_rows_reads_each_format_gzipped(name, content, read):
    assert read(name + ".gz", gzip.compress(content)) == ROWS


@pytest.mark.parametrize(("name", "content"), FORMATS)
def test_read_rows_when_there_is_a_byte_order_mark_leaves_it_out(name, content, read):
    assert read(name, b"\xef\xbb\xbf" + content) == ROWS


def test_read_rows_reads_parquet(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "_PARQUET_BATCH", 2)
    path = tmp_path / "t.parquet"
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(ROWS * 3), path)
    rows = list(read_rows(path))
    assert [row.content for row in rows] == ROWS * 3
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[-1].bytes_read == path.stat().st_size


def test_read_rows_when_pyarrow_is_missing_names_the_extra(write, monkeypatch):
    real = builtins.__import__

    def without_pyarrow(name, *rest, **more):
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_pyarrow)
    with pytest.raises(InvalidInput, match="uv sync --extra parquet"):
        list(read_rows(write("t.parquet", b"PAR1")))


def test_read_rows_when_parquet_is_broken(write):
    with pytest.raises(InvalidInput, match="no readable Parquet"):
        list(read_rows(write("t.parquet", b"PAR1 this is none PAR1")))


def test_read_rows_when_parquet_holds_text_that_is_not_utf_8(tmp_path):
    path = tmp_path / "t.parquet"
    names = pyarrow.array([b"\xff\xfe"]).view(pyarrow.utf8())
    pyarrow.parquet.write_table(pyarrow.table({"title": names}), path)
    with pytest.raises(InvalidInput, match="no readable Parquet"):
        list(read_rows(path))


def test_read_rows_numbers_rows_and_says_how_far_it_is(write):
    path = write("t.jsonl", b'\n{"a":1}\n\n{"a":2}\n')
    rows = list(read_rows(path))
    assert [row.number for row in rows] == [1, 2]
    assert rows[-1].bytes_read == path.stat().st_size


def test_read_rows_when_a_row_has_the_wrong_number_of_columns(read):
    good, bad, blank_skipped = read("t.csv", b"title,artist\na,b\nc\n\nd,e\n")
    assert cause(bad) == "wrong number of columns"
    assert good == {"title": "a", "artist": "b"}
    assert blank_skipped == {"title": "d", "artist": "e"}


def test_read_rows_when_the_first_column_has_no_name_reads_the_rest(read):
    assert read("t.csv", b",title,artist\n0,a,b\n") == [{"": "0", "title": "a", "artist": "b"}]


def test_read_rows_when_bytes_are_not_utf_8_rejects_the_row_alone(read):
    bad, good = read("t.csv", b"title,artist\n\xff,b\na,b\n")
    assert cause(bad) == "not UTF-8"
    assert good == {"title": "a", "artist": "b"}
    bad, good = read("t.jsonl", b'{"a":"\xff"}\n{"a":1}\n')
    assert cause(bad) == "not UTF-8"
    assert good == {"a": 1}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"{oops", "not JSON"),
        (b"[1, 2]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"[" * 100_000 + b"]" * 100_000, "not JSON"),
        (b'{"a":' + b"9" * 5_000 + b"}", "not JSON"),
    ],
)
def test_read_rows_when_a_line_is_no_json_object(line, expected, read):
    bad, good = read("t.jsonl", line + b'\n{"a":1}\n')
    assert cause(bad) == expected
    assert len(bad.excerpt) <= 200
    assert good == {"a": 1}


@pytest.mark.parametrize(
    ("name", "head", "expected"),
    [
        ("t.csv", b'title,artist\n"' + b"x" * 10_000_000 + b'",b\n', "unreadable CSV"),
        ("t.csv", b"title,artist\n" + b"x" * 10_000_000 + b"\n", "unreadable CSV"),
        ("t.jsonl", b'{"a":"' + b"x" * 10_000_000 + b'"}\n', "line too long"),
    ],
)
def test_read_rows_when_a_field_is_huge_rejects_it_in_bounded_memory(name, head, expected, write):
    tail = b"a,b\n" if name == "t.csv" else b'{"title":"a","artist":"b"}\n'
    path = write(name, head + tail)
    del head
    tracemalloc.start()
    try:
        contents = [row.content for row in read_rows(path)]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert cause(contents[0]) == expected
    assert contents[-1] == {"title": "a", "artist": "b"}
    assert peak < 8_000_000


def test_read_rows_when_a_quote_is_never_closed_goes_on_after_the_longest_field(read):
    lines = b"a,b\n" * 60_000
    contents = read("t.csv", b'title,artist\n"' + lines)
    assert cause(contents[0]) == "unreadable CSV"
    assert contents[-1] == {"title": "a", "artist": "b"}


def test_read_rows_when_there_are_only_headers_gives_none(read):
    assert read("t.csv", b"title,artist\n") == []


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", b"", "the file is empty"),
        ("t.csv", b"\n", "names no columns"),
        ("t.csv", b"only\na\n", "names no columns"),
        ("t.csv", b" , \na,b\n", "names no columns"),
        ("t.csv", b"x" * 200_000, "no header"),
        ("t.csv", b"title,artist\0\n", "no text file"),
        ("t.jsonl", b"PK\x03\x04\0\0", "no text file"),
        ("t.csv", "title,artist\n".encode("utf-16"), "no text file"),
        ("t.csv.gz", b"title,artist\n", "gzip archive is broken"),
        ("t.csv.gz", gzip.compress(as_csv(",") * 1000)[:-20], "gzip archive is broken"),
        ("t.xlsx", b"x", r"must end in \.csv"),
    ],
)
def test_read_rows_when_the_file_is_none_says_so_in_one_line(name, content, message, read):
    with pytest.raises(InvalidInput, match=message) as caught:
        read(name, content)
    assert "\n" not in caught.value.message


def test_read_rows_when_half_an_archive_is_there_gives_the_rows_before_the_break(write):
    noise = "".join(f"{number * 7919 % 100_003},b\n" for number in range(50_000)).encode()
    packed = gzip.compress(b"title,artist\n" + noise)
    rows = read_rows(write("t.csv.gz", packed[: len(packed) // 2]))
    assert next(rows).content == {"title": "0", "artist": "b"}
    with pytest.raises(InvalidInput, match="ends early"):
        list(rows)


def test_read_rows_when_the_file_is_missing(tmp_path):
    with pytest.raises(InvalidInput, match="no such file"):
        list(read_rows(tmp_path / "t.csv"))


def test_fingerprint_tells_files_apart_by_size_head_and_tail(write):
    whole = b"a" * 3_000_000
    prints = {fingerprint(write("t", content)) for content in (whole, whole + b"a", b"b" + whole[1:])}
    prints.add(fingerprint(write("t", whole[:-1] + b"b")))
    assert len(prints) == 4
    assert fingerprint(write("other", whole)) in prints


def test_fingerprint_when_the_file_may_not_be_read(write, monkeypatch):
    path = write("t.csv", b"a,b\n")

    def refuse(*_):
        raise PermissionError("no")

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(InvalidInput, match="cannot be read"):
        fingerprint(path)


_FRAGMENTS = [b'"', b",", b"\n", b"\r", b"\0", b"\xff", b"{", b"}", b'"a":', b"[", b"]", b"\\ud800", b"1e999"]
_BYTES = st.binary(max_size=300) | st.lists(
    st.sampled_from(_FRAGMENTS) | st.binary(max_size=4), max_size=60
).map(b"".join)


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.jsonl", "t.csv.gz", "t.jsonl.gz", "t.parquet"])
@settings(
    max_examples=120,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(content=_BYTES, packed=st.booleans())
@example(content=b"title,artist\na,b", packed=False)
def test_read_rows_whatever_the_bytes_gives_rows_or_one_error(name, content, packed, tmp_path):
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if packed and name.endswith(".gz") else content)
    try:
        rows = list(read_rows(path))
    except InvalidInput:
        return
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
