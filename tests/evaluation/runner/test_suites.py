"""The suites that ship are whole and honest; a damaged one is refused with its file and line."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from typing_extensions import TypedDict

import src
from src.catalogue.names import name_key
from src.errors import InvalidInput
from src.evaluation.metrics.table import METRICS
from src.evaluation.models.case import CaseTurn, CatalogueName, Named
from src.evaluation.runner.suite import SHIPPED, Suite, load_suite, shipped_suites
from src.recordings.file import RecordingFile, load_recordings
from src.recordings.models.recording import Recording

STARTER = Path(src.__file__).with_name("catalogue") / "starter" / "tracks.jsonl"
MESSY = SHIPPED / "messy.jsonl"
NAMES = shipped_suites()
RECORDED = [name for name in NAMES if load_suite(name).recordings is not None]
CASE_LINE = json.dumps(
    {
        "id": "seven-songs",
        "kind": "count",
        "catalogue": "starter",
        "blind": False,
        "turns": [{"message": "7 songs", "expect": {"count": 7}}],
    }
)


class Row(TypedDict):
    """What names a track in a file of rows."""

    title: str
    artists: list[str]


type Credits = Mapping[tuple[str, str], set[str]]


def credits_of(path: Path) -> Credits:
    """All artists of a track by its title and any one of them, as names are compared."""
    reader, found = TypeAdapter(Row), dict[tuple[str, str], set[str]]()
    for line in path.read_text("utf-8").splitlines():
        row = reader.validate_json(line)
        artists = {name_key(artist) for artist in row["artists"]}
        for artist in artists:
            found.setdefault((name_key(row["title"]), artist), set()).update(artists)
    return found


def turns_of(suite: Suite) -> Iterator[tuple[str, CatalogueName, CaseTurn]]:
    """Every turn with its label."""
    for case in suite.cases:
        for number, turn in enumerate(case["turns"], start=1):
            yield f"{case['id']}/{number}", case["catalogue"], turn


def key_of(named: Named) -> tuple[str, str]:
    return name_key(named["title"]), name_key(named.get("artist", ""))


@pytest.fixture(scope="module")
def catalogues() -> Mapping[CatalogueName, Credits]:
    return {"starter": credits_of(STARTER), "messy": credits_of(MESSY)}


def test_shipped_suites_are_those_that_the_documentation_names():
    assert NAMES == ["adversary", "core", "dialogues", "playlists"]


@pytest.mark.parametrize("name", NAMES)
def test_load_suite_of_each_that_ships(name):
    suite = load_suite(name)
    assert suite.name == name
    assert suite.title
    assert suite.cases or suite.adversary


def test_ids_are_unique_over_all_suites():
    ids = [case["id"] for name in NAMES for case in load_suite(name).cases]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", NAMES)
def test_relevant_tracks_are_in_the_catalogue_of_their_case(name, catalogues):
    absent = [
        (label, named)
        for label, catalogue, turn in turns_of(load_suite(name))
        for named in turn.get("relevant", [])
        if key_of(named) not in catalogues[catalogue]
    ]
    assert absent == []


@pytest.mark.parametrize("name", NAMES)
def test_relevant_tracks_stand_once_a_turn_and_are_by_nobody_it_refuses(name, catalogues):
    for label, catalogue, turn in turns_of(load_suite(name)):
        relevant = [key_of(named) for named in turn.get("relevant", [])]
        refused = {name_key(artist) for artist in turn["expect"].get("none_by", [])}
        allowed = {name_key(artist) for artist in turn["expect"].get("all_by", [])}
        assert len(relevant) == len(set(relevant)), label
        for key in relevant:
            artists = catalogues[catalogue][key]
            assert not refused & artists, (label, key)
            assert not allowed or allowed & artists, (label, key)


@pytest.mark.parametrize("name", NAMES)
def test_gates_are_on_metrics_that_a_run_has(name):
    suite = load_suite(name)
    kinds = {f"passed: {case['kind']}" for case in suite.cases}
    known = {"passed", *kinds, *METRICS}
    assert suite.adversary or {gate["metric"] for gate in suite.gates} <= known


@pytest.mark.parametrize("name", NAMES)
def test_gates_ask_for_the_best_there_can_be_or_say_why_they_are_floors(name):
    # Every gate that ships is on a share or on a count of what must not happen.
    for gate in load_suite(name).gates:
        best = gate.get("at_least") == 1 or gate.get("at_most") == 0
        assert best != ("floor" in gate), gate
        assert best or gate.get("why"), gate


@pytest.mark.parametrize("name", ["dialogues", "playlists"])
def test_lists_are_gated_on_what_may_never_happen(name):
    suite = load_suite(name)
    bounds = {gate["metric"]: gate for gate in suite.gates}
    assert bounds["exclusion leaks"].get("at_most") == 0
    assert bounds["near duplicates"].get("at_most") == 0
    assert bounds["grounded picks"].get("at_least") == 1
    assert "at_least" in bounds["passed"]


def test_dialogues_are_conversations_with_relevant_tracks():
    turns = [len(case["turns"]) for case in load_suite("dialogues").cases]
    assert len(turns) == 24
    assert all(3 <= number <= 6 for number in turns)
    relevant = [turn.get("relevant", []) for _, _, turn in turns_of(load_suite("dialogues"))]
    named = [tracks for tracks in relevant if tracks]
    assert len(named) > len(relevant) / 2
    assert all(4 <= len(tracks) <= 15 for tracks in named)


def test_playlists_are_single_requests_for_whole_lists():
    suite = load_suite("playlists")
    assert len(suite.cases) == 30
    for case in suite.cases:
        (turn,) = case["turns"]
        assert 20 <= turn.get("limit", 0) <= 50, case["id"]
        assert 8 <= len(turn.get("relevant", [])) <= 25, case["id"]
        assert turn["expect"], case["id"]


@pytest.fixture(scope="module", params=RECORDED)
def recorded(request: pytest.FixtureRequest) -> tuple[Suite, RecordingFile]:
    suite = load_suite(request.param)
    assert suite.recordings is not None
    return suite, load_recordings(suite.recordings)


def test_recordings_are_those_of_the_turns_one_to_one(recorded):
    suite, file = recorded
    assert [item.label for item in file.recordings] == [label for label, _, _ in turns_of(suite)]


def test_recordings_hold_the_messages_of_their_suite(recorded):
    suite, file = recorded
    messages = [turn["message"] for _, _, turn in turns_of(suite)]
    assert [item.recording["asked"]["message"] for item in file.recordings] == messages


def test_recordings_say_how_they_were_made_and_claim_nothing_else(recorded):
    _, file = recorded
    for item in file.recordings:
        assert is_honest(item.recording), item.label
    assert len({item.recording["made_with"]["how"] for item in file.recordings}) == 1


def is_honest(recording: Recording) -> bool:
    """Whether what made the turn is what it says made it."""
    made, calls = recording["made_with"], recording["model"]
    match made["how"]:
        case "rules planner":
            return made["planner"] == "rules" and not made["model"] and not calls
        case "scripted model":
            return made["planner"] == "llm" and bool(calls)
        case how:
            return made["planner"] == "llm" and bool(made["model"]) and made["model"] in how


@pytest.fixture
def write(tmp_path):
    folder: Path = tmp_path

    def write_suite(toml: str, *lines: str) -> Path:
        (folder / "mine.jsonl").write_text("\n".join(lines or [CASE_LINE]), encoding="utf-8")
        path = folder / "mine.toml"
        path.write_text(toml, encoding="utf-8")
        return path

    return write_suite


def refusal(path: Path) -> str:
    with pytest.raises(InvalidInput) as refused:
        load_suite(str(path))
    return refused.value.message


WHOLE = 'title = "Mine"\ncases = ["mine.jsonl"]\n'


def test_load_suite_by_its_path(write):
    suite = load_suite(str(path := write(WHOLE)))
    assert [case["id"] for case in suite.cases] == ["seven-songs"]
    assert suite.places == {"seven-songs": f"{path.with_suffix('.jsonl')}:1"}


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        (WHOLE + 'colour = "red"\n', "colour: Extra inputs are not permitted"),
        (WHOLE + '[[gates]]\nmetric = "passed"\natleast = 1\n', "gates.0.atleast: Extra inputs"),
        ('cases = ["mine.jsonl"]\n', "title: Field required"),
        ('title = "Mine"\n', "the suite is empty: it needs cases, or an adversary."),
        ('title = "Mine"\ncases = []\n', "the suite is empty: it needs cases, or an adversary."),
        (WHOLE + "adversary = { runs = 1, seed = 1 }\n", "a suite has cases or an adversary, not both."),
        (WHOLE + '[[gates]]\nmetric = "passed"\n', "the gate on passed needs at_least or at_most."),
        (
            WHOLE + '[[gates]]\nmetric = "passed"\nat_least = 0.2\nfloor = true\n',
            "the gate on passed is a floor",
        ),
        ("title = \n", "this is no TOML: "),
        (WHOLE + "title = 1\n", "this is no TOML: "),
    ],
)
def test_load_suite_when_its_file_is_wrong(write, toml, says):
    assert refusal(path := write(toml)).startswith(f"{path}: {says}")


@pytest.mark.parametrize(
    ("field", "missing"),
    [
        ('recordings = "none.jsonl.gz"', "none.jsonl.gz"),
        ('catalogues = { messy = "none.jsonl" }', "none.jsonl"),
    ],
)
def test_load_suite_when_a_file_beside_it_is_missing(write, field, missing):
    path = write(WHOLE + field + "\n")
    assert refusal(path) == f"{path}: there is no file {path.with_name(missing)}."


def test_load_suite_when_its_cases_are_missing(write):
    path = write('title = "Mine"\ncases = ["other.jsonl"]\n')
    assert refusal(path) == f"{path.with_name('other.jsonl')}: there is no such file."


def test_load_suite_when_there_is_none(tmp_path):
    path = tmp_path / "none.toml"
    assert refusal(path) == f"{path}: there is no such file."
    assert refusal(Path("nonesuch")).startswith("There is no suite nonesuch: there are adversary, core, ")


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([CASE_LINE, CASE_LINE], "2: the id seven-songs stands in "),
        ([CASE_LINE, "", CASE_LINE.replace('"kind"', '"kinds"')], "3: kind: Field required"),
        (["{"], "1: the line: Invalid JSON"),
        ([CASE_LINE.replace('"count": 7', '"count": 700')], "1: turns.0.expect.count: "),
        ([CASE_LINE.replace("starter", "elsewhere")], "1: catalogue: "),
    ],
)
def test_load_suite_when_a_case_is_wrong(write, lines, says):
    path = write(WHOLE, *lines)
    assert refusal(path).startswith(f"{path.with_suffix('.jsonl')}:{says}")


def test_load_suite_when_no_case_is_in_its_file(write):
    path = write(WHOLE, "", "")
    assert refusal(path) == f"{path.with_suffix('.jsonl')}: the file holds no case."
