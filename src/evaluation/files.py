"""Files of evaluations: written whole or not at all, and what is wrong with one that was read, in words."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from pydantic import ValidationError

from src.errors import InvalidInput


def write_whole(path: Path, pieces: Iterable[bytes], *, replace: bool = False) -> None:
    """Write under another name in the same folder, then rename.

    Raises:
        InvalidInput: the file is there already and is not to be replaced, or it cannot be written.
    """
    must_be_free(path, replace=replace)
    new = path.with_name(path.name + ".new")
    try:
        try:
            with new.open("wb") as file:
                file.writelines(pieces)
                file.flush()
                os.fsync(file.fileno())
            new.replace(path)
        finally:
            new.unlink(missing_ok=True)
    except OSError:
        raise InvalidInput(f"{path}: the file cannot be written there.") from None


def must_be_free(path: Path, *, replace: bool = False) -> None:
    """Refuse to write over a file.

    Raises:
        InvalidInput: the file is there already and is not to be replaced.
    """
    if path.exists() and not replace:
        raise InvalidInput(f"{path}: the file is there already; name another one.")


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        InvalidInput: there is no such file, or it is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InvalidInput(f"{path}: there is no such file.") from None
    except (OSError, UnicodeDecodeError):
        raise InvalidInput(f"{path}: the file cannot be read as UTF-8 text.") from None


def faults_of(
    error: ValidationError, *, whole: str = "", most: int | None = None, shown: Callable[[str], str] = str
) -> str:
    """What a document has wrong, without the values that it gave.

    Args:
        whole: name of the document, for a fault of no single field.
        most: how many faults to list; all when None.
        shown: how the path of a field is written.
    """
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    listed = [
        f"{shown('.'.join(str(part) for part in item['loc'])) or whole}: {item['msg']}"
        for item in faults[:most]
    ]
    more = len(faults) - len(listed)
    return "; ".join([*listed, *([f"and {more} more"] if more else [])])
