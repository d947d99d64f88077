"""Runs as files."""

import json

import pytest
from pydantic import ValidationError

from src.errors import InvalidInput
from src.evaluation.runner import files as run_file
from src.evaluation.runner.files import load_run, read_count, save_run, write_count
from tests.evaluation.runs import make_case, make_metric, make_run, make_turn

RUN = make_run(make_case("a", make_turn(message="sad songs, 悲しい")), metrics=[make_metric("ndcg@10")])


def test_load_run_gives_what_was_saved(tmp_path):
    path = tmp_path / "run.json"
    save_run(path, RUN)
    assert load_run(path) == RUN
    assert [file.name for file in tmp_path.iterdir()] == ["run.json"]


def test_save_run_keeps_a_file_that_is_there_already(tmp_path):
    path = tmp_path / "run.json"
    path.write_text("mine")
    with pytest.raises(InvalidInput, match=r"run\.json: the file is there already"):
        save_run(path, RUN)
    assert path.read_text() == "mine"
    save_run(path, RUN, replace=True)
    assert load_run(path) == RUN


def test_read_count_gives_the_count_that_was_written_last(tmp_path):
    path = tmp_path / "count"
    assert read_count(path) is None
    write_count(path, 0, 217)
    write_count(path, 3, 217)
    assert read_count(path) == (3, 217)
    assert [file.name for file in tmp_path.iterdir()] == ["count"]


def test_save_run_into_no_folder(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be written there"):
        save_run(tmp_path / "none" / "run.json", RUN)


def test_save_run_writes_no_number_that_json_lacks(tmp_path):
    with pytest.raises(ValidationError):
        save_run(tmp_path / "run.json", make_run(metrics=[make_metric("ndcg@10", float("nan"))]))
    assert not list(tmp_path.iterdir())


def test_load_run_without_a_file(tmp_path):
    with pytest.raises(InvalidInput, match=r"none\.json: there is no such file"):
        load_run(tmp_path / "none.json")


def refused(tmp_path, content: bytes) -> str:
    """What is said of this file, without its folder."""
    path = tmp_path / "run.json"
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        load_run(path)
    return caught.value.message.removeprefix(f"{tmp_path}/")


def test_load_run_names_the_line_of_broken_json(tmp_path):
    save_run(tmp_path / "whole.json", RUN)
    lines = (tmp_path / "whole.json").read_bytes().split(b"\n")
    lines[4] = lines[4].replace(b'"', b"", 1)
    assert refused(tmp_path, b"\n".join(lines)).startswith("run.json:5: the file is not JSON: ")


def test_load_run_of_a_truncated_file(tmp_path):
    save_run(tmp_path / "whole.json", RUN)
    whole = (tmp_path / "whole.json").read_bytes()
    assert "is not JSON" in refused(tmp_path, whole[: len(whole) // 2])


@pytest.mark.parametrize("content", [b"[]", b"{}", b'{"format": "segue-recordings", "version": 1}', b"3"])
def test_load_run_of_another_format(tmp_path, content):
    assert refused(tmp_path, content).startswith("run.json: the file is no run of a suite")


@pytest.mark.parametrize(("version", "shown"), [(2, "2"), (None, "None"), ("x\x1b" * 99, "x xx x")])
def test_load_run_of_another_version(tmp_path, version, shown):
    said = refused(tmp_path, json.dumps({**RUN, "version": version}).encode())
    assert said.startswith("run.json: the run is of version ")
    assert "reads version 1; make the run again" in said
    assert "\x1b" not in said
    assert len(said) < 200


def test_load_run_names_the_field_that_is_wrong(tmp_path):
    said = refused(tmp_path, json.dumps({**RUN, "seconds": "secret words"}).encode())
    assert said.startswith("run.json: seconds: ")
    assert "secret words" not in said


def test_load_run_names_a_few_of_many_faults(tmp_path):
    said = refused(tmp_path, json.dumps({"format": "segue-run", "version": 1}).encode())
    assert said.endswith("Field required; and 3 more")


@pytest.mark.parametrize(
    "content",
    [b'{"seconds": NaN}', b'{"seconds": -Infinity}', b"[" * 200_000, b'{"seconds": 1' + b"0" * 5000 + b"}"],
)
def test_load_run_of_values_that_no_run_has(tmp_path, content):
    assert "holds a value that no run has" in refused(tmp_path, content)


def test_load_run_of_no_text(tmp_path):
    assert "cannot be read as UTF-8 text" in refused(tmp_path, b"\xff\xfe")


def test_load_run_of_a_file_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(run_file, "MAX_RUN_BYTES", 10)
    assert "larger than 10 bytes" in refused(tmp_path, b'{"format": "segue-run"}')
