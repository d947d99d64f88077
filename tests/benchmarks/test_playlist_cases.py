"""Playlist cases: what is wrong with a file is said with its line, and a spec is compared field by field."""

from pathlib import Path

import pytest

from benchmarks.playlist_cases import CHECKS, asked_fields, is_held_out, load_playlist_cases, wrong_fields
from src.constraints.models.brief import empty_brief
from src.constraints.models.spec import PlaylistSpec, empty_spec
from src.errors import InvalidInput

CASES = Path(__file__).parents[1] / "cases" / "playlist_prompts.jsonl"


def _spec() -> PlaylistSpec:
    return empty_spec(empty_brief())


def test_load_playlist_cases_of_the_repository():
    cases = load_playlist_cases(CASES)
    assert len(cases) == 100
    assert sum(is_held_out(case) for case in cases) == 40
    assert sum(case["expect"].get("infeasible", False) for case in cases) == 8


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('{"id": "p001"}', "cases.jsonl:2: prompt"),
        ('{"id": "p001", "prompt": "x", "expect": {"trakcs": 3}}', "cases.jsonl:2: expect.trakcs"),
        ('{"id": "p001", "prompt": "x", "expect": {"duration_s": 3}}', "a length needs its tolerance"),
        ('{"id": "p001", "prompt": "x", "expect": {"shares": [{"at_least": 1}]}}', "genres or years"),
        ('{"id": "p000", "prompt": "x", "expect": {}}', "stands above"),
        ("no json", "cases.jsonl:2"),
    ],
)
def test_load_playlist_cases_names_file_and_line(tmp_path, line, fault):
    path = tmp_path / "cases.jsonl"
    path.write_text('{"id": "p000", "prompt": "x", "expect": {}}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match=fault):
        load_playlist_cases(path)


def test_load_playlist_cases_of_no_file(tmp_path):
    with pytest.raises(InvalidInput, match="no such file"):
        load_playlist_cases(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="no case"):
        load_playlist_cases(tmp_path / "empty.jsonl")
    (tmp_path / "bad.jsonl").write_bytes(b"\xff")
    with pytest.raises(InvalidInput, match="UTF-8"):
        load_playlist_cases(tmp_path / "bad.jsonl")


def test_wrong_fields_of_an_empty_spec_are_those_asked_for():
    for case in load_playlist_cases(CASES):
        expect = case["expect"]
        assert set(wrong_fields(_spec(), expect)) == set(asked_fields(expect))


def test_wrong_fields_finds_what_nobody_asked_for():
    spec = _spec()
    spec["tracks"] = 5
    spec["duration_s"] = 600.0
    spec["order"] = "year"
    spec["courses"] = [{"feature": "energy", "shape": "build", "words": ""}]
    spec["unfamiliar_share"] = 0.5
    assert wrong_fields(spec, {}) == ["tracks", "duration_s", "order", "course", "unfamiliar"]
    assert set(asked_fields({"tracks": 3})) <= CHECKS.keys()
