"""A run as a file: JSON, written whole or not at all, and refused by name and line when it is not one."""

import json
from pathlib import Path
from typing import NoReturn

from pydantic import ValidationError

from src.errors import InvalidInput
from src.evaluation.models.run import RUN, RUN_FORMAT, RUN_VERSION, Run
from src.evaluation.shown import shortened
from src.evaluation.whole_file import write_whole

MAX_RUN_BYTES = 200_000_000
_FAULTS_SHOWN = 3
_SHOWN_OF_NAME = 40


def save_run(path: Path, run: Run, *, replace: bool = False) -> None:
    """Write the run beside the file and move it there.

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
    write_whole(path, content, replace=replace)


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
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        wrong = [
            f"{shortened('.'.join(str(part) for part in fault['loc']), 2 * _SHOWN_OF_NAME)}: {fault['msg']}"
            for fault in faults[:_FAULTS_SHOWN]
        ]
        more = len(faults) - len(wrong)
        raise InvalidInput(f"{path}: {'; '.join(wrong)}{f'; and {more} more' if more else ''}") from None


def _read_json(path: Path) -> object:
    try:
        if path.stat().st_size > MAX_RUN_BYTES:
            raise InvalidInput(f"{path}: the file is larger than {MAX_RUN_BYTES:,} bytes.")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InvalidInput(f"{path}: there is no such file.") from None
    except (OSError, UnicodeDecodeError):
        raise InvalidInput(f"{path}: the file cannot be read as UTF-8 text.") from None
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
