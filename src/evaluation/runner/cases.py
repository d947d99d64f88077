"""Reading cases from JSON Lines files, and refusing those that could not fail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from src.catalogue.lookup import find_tracks
from src.chat.clients import Agent
from src.errors import InvalidInput
from src.evaluation.files import faults_of, read_text
from src.evaluation.models.case import CASE, Case, Expectation, Named
from src.evaluation.track_judge import MEASURES, matches

# The kinds that `ConstraintPart.kind` names: another one is never found, and `no_wishes` would always hold.
CONSTRAINT_KINDS = frozenset(
    {"artist", "track", "genre", "mood", "tag", "years", "range", "language", "country", "explicit"}
    | {"vocals", "version", "new_artists", "count", "per_artist", "own_listening", "uncheckable"}
)


@dataclass(frozen=True, slots=True)
class PlacedCase:
    """A case with its place: `file:line`."""

    case: Case
    place: str


def load_placed_cases(paths: Sequence[Path]) -> list[PlacedCase]:
    """Every case of the files, in order; empty lines are skipped.

    Raises:
        InvalidInput: a file is missing or holds no case, or a line holds none; with the file and the line.
    """
    cases: list[PlacedCase] = []
    seen: dict[str, str] = {}
    for path in paths:
        for place, case in read_cases(path, CASE):
            if fault := next(_faults(case), None):
                raise InvalidInput(f"{place}: {fault}.")
            if case["id"] in seen:
                raise InvalidInput(f"{place}: the id {case['id']} stands in {seen[case['id']]} already.")
            seen[case["id"]] = place
            cases.append(PlacedCase(case, place))
    return cases


def read_cases[T](path: Path, kind: TypeAdapter[T]) -> Iterator[tuple[str, T]]:
    """Every case of a JSON Lines file with its place, `file:line`.

    Raises:
        InvalidInput: as `load_placed_cases`.
    """
    is_empty = True
    # JSON may hold every other line separator inside a text.
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if line.strip():
            is_empty = False
            try:
                yield f"{path}:{number}", kind.validate_json(line)
            except ValidationError as error:
                raise InvalidInput(f"{path}:{number}: {faults_of(error, whole='the line')}") from None
    if is_empty:
        raise InvalidInput(f"{path}: the file holds no case.")


def _faults(case: Case) -> Iterator[str]:
    """What the schema cannot say: expectations that nothing, or everything, would meet."""
    for number, turn in enumerate(case["turns"], start=1):
        where = f"turn {number}"
        if number == 1 and turn.get("feedback"):
            yield f"{where}: feedback before the first answer"
        yield from (f"{where}: {fault}" for fault in _expectation_faults(turn["expect"]))
        if not all(named.get("title") for named in turn.get("relevant", [])):
            yield f"{where}: a relevant track needs a title"


def _expectation_faults(expect: Expectation) -> Iterator[str]:
    if not all(named.get("title") or named.get("artist") for named in _all_named(expect)):
        yield "a track needs a title or an artist"
    if not {"first", "last"} & expect.get("years", {"first": 0}).keys():
        yield "years need a first or a last one"
    for span in expect.get("values", []):
        if span["feature"] not in MEASURES:
            yield f"there is no feature {span['feature']}; there are {', '.join(MEASURES)}"
        if not {"low", "high"} & span.keys():
            yield f"{span['feature']} needs a low or a high bound"
    for part in [*expect.get("wishes", []), *expect.get("no_wishes", [])]:
        if part["kind"] not in CONSTRAINT_KINDS:
            yield f"there is no wish of kind {part['kind']}"


def _all_named(expect: Expectation) -> list[Named]:
    first = [expect["first"]] if "first" in expect else []
    return [*first, *expect.get("contains", []), *expect.get("lacks", []), *expect.get("repeats", [])]


_SEARCHED = 20


async def relevant_ids(agent: Agent, case: Case, place: str) -> list[frozenset[str]]:
    """Ids of the relevant tracks of each turn; every recording of a named song counts.

    Args:
        place: `file:line` of the case.

    Raises:
        InvalidInput: a track is not in the catalogue.
    """
    found: list[frozenset[str]] = []
    for number, turn in enumerate(case["turns"], start=1):
        ids: set[str] = set()
        for named in turn.get("relevant", []):
            tracks = await _tracks_of(agent, named)
            if not tracks:
                raise InvalidInput(
                    f"{place}: turn {number}: {_in_words(named)} is not in the catalogue {case['catalogue']}."
                )
            ids |= tracks
        found.append(frozenset(ids))
    return found


async def _tracks_of(agent: Agent, named: Named) -> set[str]:
    async with agent.catalogue.use() as catalogue:
        tracks = await find_tracks(catalogue, named["title"], named.get("artist"), limit=_SEARCHED)
    return {track["id"] for track in tracks if matches(named, track)}


def _in_words(named: Named) -> str:
    return f"{named['title']} by {named['artist']}" if "artist" in named else named["title"]
