"""A suite: found and read by its name or path, and whether a run keeps its bounds."""

import hashlib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from src.errors import InvalidInput
from src.evaluation.files import faults_of
from src.evaluation.models.case import Case, CatalogueName
from src.evaluation.models.run import SUITE_FILE, Gate, GateLine, MetricLine, RedteamSpec, SuiteFile
from src.evaluation.runner.cases import load_placed_cases
from src.schema import with_present

SHIPPED = Path(__file__).parent.with_name("suites")


@dataclass(frozen=True, slots=True)
class Suite:
    """A suite that was read.

    `places` says where a case stands (`file:line`), `rows` which file fills a catalogue, `digest` tells one
    state of cases, rows and bounds from another.
    """

    name: str
    title: str
    cases: Sequence[Case]
    places: Mapping[str, str]
    rows: Mapping[CatalogueName, Path]
    gates: Sequence[Gate]
    recordings: Path | None
    adversary: RedteamSpec | None
    digest: str


def shipped_suites() -> list[str]:
    """Names of the suites that ship."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_suite(name: str) -> Suite:
    """The suite of this name, or at this path: a `.toml` file, or a `.jsonl` file of cases without bounds.

    Raises:
        InvalidInput: there is none, or it is wrong somewhere; with the file and the line.
    """
    path = SHIPPED / f"{name}.toml" if name in shipped_suites() else Path(name)
    if path.suffix == ".jsonl":
        file: SuiteFile = {"title": path.stem, "cases": [path.name]}
        return _read(path, file, path.read_bytes() if path.is_file() else b"")
    if path.suffix != ".toml":
        raise InvalidInput(
            f"There is no suite {name}: there are {', '.join(shipped_suites())}, and .toml or .jsonl files."
        )
    try:
        content = path.read_bytes()
    except OSError:
        raise InvalidInput(f"{path}: there is no such file.") from None
    return _read(path, _parse(content, path), content)


def _parse(content: bytes, path: Path) -> SuiteFile:
    try:
        return SUITE_FILE.validate_python(tomllib.loads(content.decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: this is no TOML: {error}.") from None
    except ValidationError as error:
        raise InvalidInput(f"{path}: {faults_of(error)}") from None


def _read(path: Path, file: SuiteFile, content: bytes) -> Suite:
    folder = path.parent
    if fault := next(_faults(file), None):
        raise InvalidInput(f"{path}: {fault}.")
    case_files = [folder / name for name in file.get("cases", [])]
    placed = load_placed_cases(case_files)
    rows: dict[CatalogueName, Path] = {
        catalogue: folder / name for catalogue, name in file.get("catalogues", {}).items()
    }
    for used in [*rows.values(), *([folder / file["recordings"]] if "recordings" in file else [])]:
        if not used.is_file():
            raise InvalidInput(f"{path}: there is no file {used}.")
    recordings = folder / file["recordings"] if "recordings" in file else None
    return Suite(
        name=path.stem,
        title=file["title"],
        cases=[item.case for item in placed],
        places={item.case["id"]: item.place for item in placed},
        rows=rows,
        gates=file.get("gates", []),
        recordings=recordings,
        adversary=file.get("adversary"),
        digest=_digest([content, *(used.read_bytes() for used in [*case_files, *rows.values()])]),
    )


def _faults(file: SuiteFile) -> Iterator[str]:
    """What the schema cannot say."""
    if not file.get("cases") and "adversary" not in file:
        yield "the suite is empty: it needs cases, or an adversary"
    if file.get("cases") and "adversary" in file:
        yield "a suite has cases or an adversary, not both"
    for gate in file.get("gates", []):
        if not {"at_least", "at_most"} & gate.keys():
            yield f"the gate on {gate['metric']} needs at_least or at_most"
        if "floor" in gate and "why" not in gate:
            yield f"the gate on {gate['metric']} is a floor and needs why"


def _digest(contents: Sequence[bytes]) -> str:
    digest = hashlib.sha256()
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:16]


# 0.92 of 50 must be 46, whatever the rounding.
_ROUNDING = 1e-9


def check_gates(
    gates: Sequence[Gate],
    metrics: Sequence[MetricLine],
    passed: Mapping[str, float],
    planner: Literal["rules", "llm"],
) -> list[GateLine]:
    """A line for each gate that holds for this planner; a metric that the run does not have breaks its gate.

    Args:
        passed: share of the passed cases by kind, for gates on `passed: KIND`.
    """
    values = {line["name"]: line["value"] for line in metrics}
    values |= {f"passed: {kind}": share for kind, share in passed.items()}
    return [
        _check(gate, values.get(gate["metric"])) for gate in gates if gate.get("planner", planner) == planner
    ]


def broken(lines: Sequence[GateLine]) -> list[GateLine]:
    """Those that are not kept."""
    return [line for line in lines if not line["kept"]]


def kept_in_words(lines: Sequence[GateLine]) -> str:
    """`9 of 9 gates kept, 1 of them a floor: passed`; a floor that is broken is no longer one."""
    kept = [line for line in lines if line["kept"]]
    said = f"{len(kept)} of {len(lines)} {'gate' if len(lines) == 1 else 'gates'} kept"
    floors = [line["metric"] for line in kept if line.get("floor")]
    if not floors:
        return said
    return f"{said}, {len(floors)} of them {'a floor' if len(floors) == 1 else 'floors'}: {', '.join(floors)}"


def _check(gate: Gate, value: float | None) -> GateLine:
    low, high = gate.get("at_least"), gate.get("at_most")
    kept = (
        value is not None
        and (low is None or value >= low - _ROUNDING)
        and (high is None or value <= high + _ROUNDING)
    )
    line: GateLine = {"metric": gate["metric"], "kept": kept}
    bounded = with_present(line, at_least=low, at_most=high, value=value)
    return with_present(bounded, floor=gate.get("floor"), why=gate.get("why"))
