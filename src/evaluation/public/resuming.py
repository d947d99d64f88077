"""The `.part` file beside an output: what a run has come to, so that the next one asks for the rest alone.

A dialogue is its unit, one line each: what was asked within one that was not finished is asked again, for the
turns of a dialogue build on each other.
"""

import os
from pathlib import Path

from pydantic import ValidationError

from src.errors import InvalidInput
from src.evaluation.public.files import faults_of
from src.evaluation.public.models.ranking import (
    DIALOGUE_RANKING,
    PART_HEADER,
    DialogueRanking,
    PartHeader,
)

PART_FORMAT = "segue-rankings"
PART_VERSION = 1


def part_of(output: Path) -> Path:
    """The file beside an output."""
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
            raise InvalidInput(f"{path}:{number}: {faults_of(error)}") from None
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
