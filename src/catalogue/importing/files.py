"""Reading catalogue files row by row: CSV, JSON Lines (both also gzipped) and Parquet. Memory stays flat."""

import csv
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from src.errors import InvalidInput

# A longer line or field is a damaged file or somebody's joke; a real record has a few kilobytes.
MAX_LINE_CHARS = 1_000_000
MAX_FIELD_CHARS = 131_072
_PARQUET_BATCH = 2_000
_SNIFFED = 65_536

type Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be read."""

    cause: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row, its number from 1 without the header, and how many bytes of the file on disk are read."""

    number: int
    content: Row | BadRow
    bytes_read: int


def fingerprint(path: Path) -> str:
    """Digest that tells one file from another: of its size, head and tail.

    Raises:
        InvalidInput: the file is missing, or may not be read.
    """
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no such file.")
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    try:
        with path.open("rb") as file:
            digest.update(file.read(1 << 20))
            if size > 1 << 20:
                file.seek(max(0, size - (1 << 20)))
                digest.update(file.read())
    except OSError:
        raise InvalidInput(f"{path}: the file cannot be read.") from None
    return digest.hexdigest()


def read_rows(path: Path) -> Iterator[ReadRow]:
    """Every row of a file, in order.

    Raises:
        InvalidInput: the file is missing, empty, binary, a broken archive, or has no header.
    """
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no such file.")
    name = path.name.lower()
    if path.stat().st_size == 0:
        raise InvalidInput(f"{path}: the file is empty.")
    try:
        if name.endswith((".parquet", ".pq")):
            yield from _read_parquet(path)
        elif name.removesuffix(".gz").endswith((".jsonl", ".ndjson")):
            yield from _read_json_lines(path)
        elif name.removesuffix(".gz").endswith((".csv", ".tsv")):
            yield from _read_csv(path, "\t" if ".tsv" in name else ",")
        else:
            raise InvalidInput(f"{path}: the name must end in .csv, .tsv, .jsonl (also .gz) or .parquet.")
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InvalidInput(
            f"{path}: the gzip archive is broken or ends early; nothing was changed."
        ) from None


class _Text:
    """Lines of a text file, bounded in length, with the position in the file as it lies on disk."""

    def __init__(self, path: Path) -> None:
        packed = path.name.lower().endswith(".gz")
        with gzip.open(path, "rb") if packed else path.open("rb") as head:
            if b"\0" in head.read(_SNIFFED):
                raise InvalidInput(f"{path}: this is no text file.")
        self._raw = path.open("rb")
        binary = gzip.GzipFile(fileobj=self._raw) if packed else self._raw
        self._text = io.TextIOWrapper(binary, encoding="utf-8-sig", errors="replace", newline="")

    @property
    def position(self) -> int:
        return self._raw.tell()

    def lines(self) -> Generator[str]:
        """Each line with its end; of one that is too long, the first part (no line end)."""
        while line := self._text.readline(MAX_LINE_CHARS):
            yield line
            if len(line) == MAX_LINE_CHARS and not line.endswith("\n"):
                while (rest := self._text.readline(MAX_LINE_CHARS)) and not rest.endswith("\n"):
                    pass

    def close(self) -> None:
        self._text.close()
        self._raw.close()


def _read_csv(path: Path, delimiter: str) -> Iterator[ReadRow]:
    text = _Text(path)
    csv.field_size_limit(MAX_FIELD_CHARS)
    try:
        reader = csv.reader(text.lines(), delimiter=delimiter)
        try:
            header = next(reader, [])
        except csv.Error:
            raise InvalidInput(f"{path}: the first line is no header.") from None
        # A data frame's index is a first column without a name.
        if sum(bool(name.strip()) for name in header) < 2:
            raise InvalidInput(f"{path}: the first line names no columns.")
        number = 0
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield ReadRow(number, BadRow("unreadable CSV", ""), text.position)
                continue
            if not cells:
                number -= 1
                continue
            content: Row | BadRow
            if len(cells) != len(header):
                content = BadRow("wrong number of columns", delimiter.join(cells)[:200])
            elif any("\ufffd" in cell for cell in cells):
                content = BadRow("not UTF-8", delimiter.join(cells)[:200])
            else:
                content = dict(zip(header, cells, strict=True))
            yield ReadRow(number, content, text.position)
    finally:
        text.close()


def _read_json_lines(path: Path) -> Iterator[ReadRow]:
    text = _Text(path)
    try:
        number = 0
        for line in text.lines():
            if not line.strip():
                continue
            number += 1
            yield ReadRow(number, _parse_json(line), text.position)
    finally:
        text.close()


def _parse_json(line: str) -> Row | BadRow:
    if len(line) >= MAX_LINE_CHARS:
        return BadRow("line too long", line[:200])
    if "\ufffd" in line:
        return BadRow("not UTF-8", line[:200])
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        return BadRow("not JSON", line[:200])
    return content if isinstance(content, dict) else BadRow("not a JSON object", line[:200])


def _read_parquet(path: Path) -> Iterator[ReadRow]:
    try:
        import pyarrow as arrow
        import pyarrow.parquet as parquet
    except ImportError:
        raise InvalidInput("Parquet files need the extra: `uv sync --extra parquet`.") from None
    try:
        with parquet.ParquetFile(path) as file:
            number, total = 0, max(1, file.metadata.num_rows)
            for batch in file.iter_batches(batch_size=_PARQUET_BATCH):
                for content in batch.to_pylist():
                    number += 1
                    yield ReadRow(number, content, path.stat().st_size * number // total)
    # A text that is not UTF-8 is a ValueError.
    except (arrow.ArrowException, OSError, ValueError):
        raise InvalidInput(f"{path}: this is no readable Parquet file.") from None
