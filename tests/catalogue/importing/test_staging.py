"""What an import keeps of the files it has read."""

import json
import sqlite3

import pytest

from src.catalogue.importing import steps
from src.catalogue.importing.staging import Staging
from src.catalogue.importing.steps import ImportOptions, stage_files
from tests.catalogue.importing.conftest import silent, track_rows
from tests.fakes import make_track

OPTIONS = ImportOptions({})


@pytest.fixture
def staging(tmp_path):
    staging = Staging(tmp_path / "staging.sqlite")
    yield staging
    staging.close()


def test_stage_files_when_interrupted_goes_on_reading_as_it_began(staging, tmp_path, monkeypatch):
    """The columns of the first rows choose the layout, also for an import that goes on after them."""
    monkeypatch.setattr(steps, "_STAGE_BATCH", 2)
    path = tmp_path / "t.jsonl"
    first = [{"title": f"T{number}", "artist": "A"} for number in range(2)]
    later = [{"track_id": "1", "track_name": "Other", "artists": "B", "title": "T2", "artist": "A"}] * 2
    path.write_text("".join(json.dumps(row) + "\n" for row in [*first, *later]))

    def stop(*_):
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError):
        stage_files(staging, [path], OPTIONS, stop)
    assert stage_files(staging, [path], OPTIONS, silent) == 4
    assert [track["title"] for track in staging.pending(9)] == ["T0", "T1", "T2"]


def test_stage_files_when_a_file_was_read_does_not_read_it_again(staging, csv_file):
    path = csv_file(track_rows(5))
    assert stage_files(staging, [path], OPTIONS, silent) == 5
    assert stage_files(staging, [path], OPTIONS, lambda *_: pytest.fail("it was read again")) == 5
    assert staging.staged() == 5


def test_stage_keeps_all_of_a_batch_or_nothing(staging):
    tracks = [make_track("X", "Y")]
    with pytest.raises(sqlite3.Error):
        staging.stage("f", "t.csv", tracks, [(object(), "cause", "")], 1, finished=False)
    assert (staging.staged(), staging.rows_read("f")) == (0, 0)


def test_stage_when_a_done_track_gains_something_makes_it_pending_again(staging):
    staging.stage("f", "t.csv", [make_track("X", "Y")], [], 1, finished=False)
    staging.mark_done([make_track("X", "Y")["id"]])
    assert (staging.done(), staging.pending(9)) == (1, [])
    staging.stage("f", "t.csv", [make_track("X", "Y", genres=["rock"])], [], 2, finished=True)
    assert [track["genres"] for track in staging.pending(9)] == [["rock"]]


def test_reject_counts_names_the_most_frequent_cause_first(staging):
    staging.stage(
        "f", "t.csv", [], [(1, "b", ""), (2, "a", ""), (3, "c", ""), (4, "c", "")], 4, finished=True
    )
    assert list(staging.reject_counts().items()) == [("c", 2), ("a", 1), ("b", 1)]
