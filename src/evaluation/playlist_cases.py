"""Reading playlist cases from a JSON Lines file."""

from pathlib import Path

from pydantic import ValidationError

from src.errors import InvalidInput
from src.evaluation.models.playlist_case import PLAYLIST_CASE, PlaylistCase

# Readers are never tuned on the cases from here on.
FIRST_HELD_OUT = "p061"


def load_playlist_cases(path: Path) -> list[PlaylistCase]:
    """Every case of the file, in order; empty lines are skipped.

    Raises:
        InvalidInput: the file is missing or holds no case, or a line holds none; with the file and the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        raise InvalidInput(f"{path}: there is no such file.") from None
    except (OSError, UnicodeDecodeError):
        raise InvalidInput(f"{path}: the file cannot be read as UTF-8 text.") from None
    cases: dict[str, PlaylistCase] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        case = _parse(line, f"{path}:{number}")
        if case["id"] in cases:
            raise InvalidInput(f"{path}:{number}: the id {case['id']} stands above already.")
        cases[case["id"]] = case
    if not cases:
        raise InvalidInput(f"{path}: the file holds no case.")
    return list(cases.values())


def is_held_out(case: PlaylistCase) -> bool:
    """Whether the case measures only."""
    return case["id"] >= FIRST_HELD_OUT


def _parse(line: str, place: str) -> PlaylistCase:
    try:
        case = PLAYLIST_CASE.validate_json(line)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in item['loc']) or 'the line'}: {item['msg']}"
            for item in error.errors(include_url=False, include_input=False, include_context=False)
        )
        raise InvalidInput(f"{place}: {wrong}") from None
    expect = case["expect"]
    if ("tolerance_s" in expect) != ("duration_s" in expect):
        raise InvalidInput(f"{place}: a length needs its tolerance, and a tolerance its length.")
    if any(not share.keys() & {"genres", "first", "last"} for share in expect.get("shares", [])):
        raise InvalidInput(f"{place}: a share needs genres or years.")
    return case
