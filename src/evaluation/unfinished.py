"""The cases of a run that was interrupted: a file beside its output, from which it goes on."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from src.errors import InvalidInput
from src.evaluation.models.run import CaseRun
from src.schema import documented

_ENDING = ".part"


@documented
class UnfinishedHead(TypedDict, closed=True):
    """The first line: which run it is of."""

    suite_hash: str
    """The suite."""
    planner: str
    """Who plans."""
    prompts_hash: str
    """With which prompts."""


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
