"""A run as a file, written whole or not at all; of one under way, its cases and how many are done."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import NoReturn

from pydantic import TypeAdapter, ValidationError

from src.errors import InvalidInput
from src.evaluation.files import faults_of, read_text, write_whole
from src.evaluation.models.run import RUN, RUN_FORMAT, RUN_VERSION, CaseRun, Run, UnfinishedHead
from src.evaluation.report.scorecard import shortened

MAX_RUN_BYTES = 200_000_000
_FAULTS_SHOWN = 3
_SHOWN_OF_NAME = 40


def save_run(path: Path, run: Run, *, replace: bool = False) -> None:
    """Write the run whole or not at all.

    Args:
        path: where the run is to lie.
        run: the run.
        replace: whether a file that is there already gives way.

    Raises:
        InvalidInput: the file is there already and is not to be replaced, or it cannot be written.
    """
    # A line a value, so that a fault of a hand-edited file has a line.
    content = RUN.dump_json(run, indent=1) + b"\n"
    # JSON knows no NaN: a metric that is none would be written as null, and the file never be read again.
    RUN.validate_json(content)
    write_whole(path, [content], replace=replace)


def load_run(path: Path) -> Run:
    """Read a run.

    Raises:
        InvalidInput: there is no such file, or it holds no run of this version.
    """
    document = _read_json(path)
    if not isinstance(document, dict) or document.get("format") != RUN_FORMAT:
        raise InvalidInput(f"{path}: the file is no run of a suite; `segue eval run` writes one.")
    if document.get("version") != RUN_VERSION:
        version = shortened(str(document.get("version")), _SHOWN_OF_NAME)
        raise InvalidInput(
            f"{path}: the run is of version {version}, and this program reads version {RUN_VERSION}; "
            "make the run again."
        )
    try:
        return RUN.validate_python(document)
    except ValidationError as error:
        faults = faults_of(error, most=_FAULTS_SHOWN, shown=partial(shortened, most=2 * _SHOWN_OF_NAME))
        raise InvalidInput(f"{path}: {faults}") from None


def _read_json(path: Path) -> object:
    if path.is_file() and path.stat().st_size > MAX_RUN_BYTES:
        raise InvalidInput(f"{path}: the file is larger than {MAX_RUN_BYTES:,} bytes.")
    text = read_text(path)
    try:
        document: object = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{path}:{error.lineno}: the file is not JSON: {error.msg}.") from None
    except (ValueError, RecursionError):
        raise InvalidInput(f"{path}: the file holds a value that no run has.") from None
    return document


def _refuse_constant(name: str) -> NoReturn:
    """`NaN` and `Infinity`, which JSON does not know."""
    raise ValueError(name)


_ENDING = ".part"


_HEAD = TypeAdapter(UnfinishedHead)
_CASE = TypeAdapter(CaseRun)


def unfinished_path(out: Path) -> Path:
    """Where the cases of an unfinished run to this output are."""
    return out.with_name(out.name + _ENDING)


def load_unfinished(out: Path, head: UnfinishedHead) -> Mapping[str, CaseRun]:
    """The cases that an interrupted run has already; none where there was none.

    A last line that was cut off is left out: its case is run again.

    Raises:
        InvalidInput: the file is of another run, or damaged before its last line.
    """
    path = unfinished_path(out)
    if not path.exists():
        return {}
    lines = path.read_bytes().split(b"\n")
    whole = lines[:-1]
    try:
        same = bool(whole) and _HEAD.validate_json(whole[0]) == head
    except ValidationError:
        same = False
    if not same:
        raise InvalidInput(
            f"{path}: this is what an interrupted run of something else left; delete or move it."
        )
    cases: dict[str, CaseRun] = {}
    for number, line in enumerate(whole[1:], start=2):
        try:
            case = _CASE.validate_json(line)
        except ValidationError:
            raise InvalidInput(
                f"{path}:{number}: the line is damaged; delete the file to begin anew."
            ) from None
        cases[case["id"]] = case
    return cases


def begin_unfinished(out: Path, head: UnfinishedHead, cases: Mapping[str, CaseRun]) -> None:
    """Begin the file, with the cases that are done."""
    lines = [_HEAD.dump_json(head), *(_CASE.dump_json(case) for case in cases.values())]
    try:
        unfinished_path(out).write_bytes(b"\n".join(lines) + b"\n")
    except OSError:
        raise InvalidInput(f"{out}: nothing can be written beside it.") from None


def add_unfinished(out: Path, case: CaseRun) -> None:
    """Add a case that is done."""
    with unfinished_path(out).open("ab") as file:
        file.write(_CASE.dump_json(case) + b"\n")


def end_unfinished(out: Path) -> None:
    """Take the file away: the run is whole."""
    unfinished_path(out).unlink(missing_ok=True)


def write_count(path: Path, done: int, of: int) -> None:
    """Write how many cases are done of how many; another process reads the old count or the new."""
    new = path.with_name(path.name + ".new")
    new.write_text(f"{done} {of}\n", encoding="utf-8")
    new.replace(path)


def read_count(path: Path) -> tuple[int, int] | None:
    """(cases done, of how many); None before anything was counted."""
    try:
        done, of = path.read_text(encoding="utf-8").split()
    except FileNotFoundError:
        return None
    return int(done), int(of)
