"""Files of others, read strictly, each document with its place; and files of ours, written whole or not."""

import gzip
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from src.catalogue.importing.files import MAX_LINE_CHARS, BadRow, read_rows
from src.errors import InvalidInput
from src.evaluation.files import faults_of
from src.evaluation.public.models.ranking import DIALOGUE_RANKING, PART_HEADER, DialogueRanking, PartHeader

_FAULTS_SHOWN = 3
# An array is read whole: the metadata of 47,071 tracks takes some 40 MB.
MAX_ARRAY_BYTES = 1024 * 1024 * 1024


def read_documents[T](path: Path, kind: TypeAdapter[T]) -> Iterator[tuple[str, T]]:
    """Every document of a file with its place, `file:line`; empty lines are skipped.

    JSON Lines (`.jsonl`, `.ndjson`) and a JSON array (`.json`), both also gzipped; and Parquet, where the
    optional `pyarrow` is installed.

    Raises:
        InvalidInput: the file is missing, empty, broken or of another kind, or a document is not as it
            should be; with the file and the line.
    """
    name = path.name.lower()
    plain = name.removesuffix(".gz")
    if not path.is_file():
        raise InvalidInput(f"{path}: there is no such file.")
    empty = True
    try:
        if name.endswith((".parquet", ".pq")):
            found = _parquet(path, kind)
        elif plain.endswith((".jsonl", ".ndjson")):
            found = _lines(path, kind)
        elif plain.endswith(".json"):
            found = _array(path, kind)
        else:
            raise InvalidInput(f"{path}: the name must end in .jsonl, .json (also .gz) or .parquet.")
        for item in found:
            empty = False
            yield item
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise InvalidInput(f"{path}: the gzip archive is broken or ends early.") from None
    except OSError:
        raise InvalidInput(f"{path}: the file cannot be read.") from None
    if empty:
        raise InvalidInput(f"{path}: the file holds nothing.")


def _lines[T](path: Path, kind: TypeAdapter[T]) -> Iterator[tuple[str, T]]:
    with gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE_CHARS):
            number += 1
            place = f"{path}:{number}"
            if len(line) == MAX_LINE_CHARS and not line.endswith(b"\n"):
                raise InvalidInput(f"{place}: the line is longer than {MAX_LINE_CHARS:,} bytes.")
            if not line.strip():
                continue
            try:
                yield place, kind.validate_json(line.removeprefix(b"\xef\xbb\xbf"), strict=True)
            except ValidationError as error:
                raise InvalidInput(f"{place}: {_faults(error)}") from None


def _array[T](path: Path, kind: TypeAdapter[T]) -> Iterator[tuple[str, T]]:
    with gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb") as file:
        content = file.read(MAX_ARRAY_BYTES)
    if len(content) == MAX_ARRAY_BYTES:
        raise InvalidInput(f"{path}: the file is longer than {MAX_ARRAY_BYTES:,} bytes; use JSON Lines.")
    try:
        items = json.loads(content)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{path}:{error.lineno}: this is no JSON.") from None
    except (ValueError, RecursionError):
        raise InvalidInput(f"{path}: this is no JSON.") from None
    if not isinstance(items, list):
        raise InvalidInput(f"{path}: the file must hold a list.")
    for number, item in enumerate(items, start=1):
        yield _checked(f"{path}, entry {number}", item, kind)


def _parquet[T](path: Path, kind: TypeAdapter[T]) -> Iterator[tuple[str, T]]:
    for row in read_rows(path):
        place = f"{path}, row {row.number}"
        if isinstance(row.content, BadRow):
            raise AssertionError("a row of a Parquet file is always one")
        yield _checked(place, row.content, kind)


def _checked[T](place: str, item: object, kind: TypeAdapter[T]) -> tuple[str, T]:
    try:
        return place, kind.validate_python(item, strict=True)
    except ValidationError as error:
        raise InvalidInput(f"{place}: {_faults(error)}") from None


def _faults(error: ValidationError) -> str:
    return faults_of(error, whole="the document", most=_FAULTS_SHOWN)


PART_FORMAT = "segue-rankings"
PART_VERSION = 1


def part_of(output: Path) -> Path:
    """The file of an unfinished run, next to its output."""
    return output.with_name(output.name + ".part")


def open_part(path: Path, run: str) -> dict[str, DialogueRanking]:
    """What is done already, by dialogue; begins the file where there is none.

    A last line that was cut off in the writing is dropped.

    Args:
        run: digest of what is asked, of whom.

    Raises:
        InvalidInput: the file is another run's, or damaged; it is left as it is.
    """
    header: PartHeader = {"format": PART_FORMAT, "version": PART_VERSION, "run": run}
    try:
        content = path.read_bytes() if path.exists() else b""
    except OSError:
        raise InvalidInput(f"{path}: the file cannot be read.") from None
    *lines, rest = content.split(b"\n")
    if not lines:
        if rest and not (PART_HEADER.dump_json(header) + b"\n").startswith(rest):
            raise InvalidInput(f"{path}:1: this is no begun run; delete or rename it to begin anew.")
        _put(path, PART_HEADER.dump_json(header) + b"\n", anew=True)
        return {}
    _check_header(path, lines[0], header)
    done: dict[str, DialogueRanking] = {}
    for number, line in enumerate(lines[1:], start=2):
        try:
            ranking = DIALOGUE_RANKING.validate_json(line, strict=True)
        except ValidationError as error:
            raise InvalidInput(f"{path}:{number}: {_faults(error)}") from None
        done[ranking["id"]] = ranking
    if rest:
        os.truncate(path, len(content) - len(rest))
    return done


def keep_part(path: Path, ranking: DialogueRanking) -> None:
    """Add a dialogue that is done.

    Raises:
        InvalidInput: the file cannot be written.
    """
    _put(path, DIALOGUE_RANKING.dump_json(ranking) + b"\n", anew=False)


def _check_header(path: Path, line: bytes, header: PartHeader) -> None:
    try:
        found = PART_HEADER.validate_json(line, strict=True)
    except ValidationError:
        raise InvalidInput(f"{path}:1: this is no begun run; delete or rename it to begin anew.") from None
    if found != header:
        raise InvalidInput(
            f"{path}:1: this run was begun with other files, another catalogue, planner or limit; go on with "
            "those, or delete the file to begin anew."
        )


def _put(path: Path, content: bytes, *, anew: bool) -> None:
    try:
        with path.open("wb" if anew else "ab") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        raise InvalidInput(f"{path}: the file cannot be written there.") from None
