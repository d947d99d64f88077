"""Files that are there whole or not at all, and never in place of another by accident."""

import os
from pathlib import Path

from src.errors import InvalidInput


def write_whole(path: Path, content: bytes, *, replace: bool) -> None:
    """Write beside the path and move it there.

    Raises:
        InvalidInput: the file is there already and is not to be replaced, or it cannot be written.
    """
    if path.exists() and not replace:
        raise InvalidInput(f"{path}: the file is there already; name another one.")
    beside = path.with_name(path.name + ".new")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise InvalidInput(f"{path}: the file cannot be written there.") from None
