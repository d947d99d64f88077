"""The portable file: the same content gives the same bytes, and whatever was changed in it is told."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest

from src.errors import InvalidInput
from src.recordings.file import (
    LabelledRecording,
    RecordingFile,
    load_recordings,
    read_recordings,
    save_recordings,
    write_recordings,
)
from src.recordings.parts import DamagedRecording, Parts, digest, part_names


def lines_of(content: RecordingFile) -> list[bytes]:
    return gzip.decompress(write_recordings(content)).splitlines(keepends=True)


def refusal(lines: list[bytes]) -> str:
    with pytest.raises(DamagedRecording) as refused:
        read_recordings(gzip.compress(b"".join(lines)), "it.jsonl.gz")
    return refused.value.message


def sealed_again(lines: list[bytes]) -> list[bytes]:
    """The lines with an end line that fits them: who edits by hand may mend the last digest too."""
    body = b"".join(lines[:-1])
    end = {"end": True, "sha256": hashlib.sha256(body).hexdigest()}
    return [*lines[:-1], json.dumps(end).encode() + b"\n"]


async def test_write_recordings_comes_back_whole(one_turn: RecordingFile):
    packed = write_recordings(one_turn)
    assert packed == write_recordings(one_turn)
    back = read_recordings(packed, "it")
    assert back.recordings == one_turn.recordings
    names = part_names(one_turn.recordings[0].recording, one_turn.parts)
    assert {name: back.parts.get(name) for name in names} == {
        name: one_turn.parts.get(name) for name in names
    }
    assert write_recordings(back) == packed


async def test_write_recordings_keeps_equal_parts_once(one_turn: RecordingFile):
    (item,) = one_turn.recordings
    twice = RecordingFile([item, LabelledRecording("case-two/1", item.recording)], one_turn.parts)
    assert len(lines_of(twice)) == len(lines_of(one_turn)) + 1


async def test_write_recordings_holds_no_listener(one_turn: RecordingFile):
    assert b'"local"' not in b"".join(lines_of(one_turn))


async def test_read_recordings_when_truncated(one_turn: RecordingFile):
    packed = write_recordings(one_turn)
    with pytest.raises(DamagedRecording, match="it: the file is truncated"):
        read_recordings(packed[: len(packed) // 2], "it")
    lines = lines_of(one_turn)
    assert refusal(lines[:-1]).startswith(f"it.jsonl.gz:{len(lines) - 1}: the file is truncated")
    cut = [*lines[:-1], lines[-1][:-1]]
    assert refusal(cut).startswith(f"it.jsonl.gz:{len(lines)}: the file is truncated")


async def test_read_recordings_when_no_recording_at_all():
    for packed in (b"", b"PK\x03\x04 a zip", gzip.compress(b"{}\n"), gzip.compress(b'{"a": 1}\n{}\n')):
        with pytest.raises(DamagedRecording):
            read_recordings(packed, "it")


async def test_read_recordings_of_another_version(one_turn: RecordingFile):
    lines = lines_of(one_turn)
    header = json.loads(lines[0]) | {"version": 2}
    message = refusal([json.dumps(header).encode() + b"\n", *lines[1:]])
    assert message == "it.jsonl.gz:1: the recording is of version 2, this code reads 1."
    foreign = json.loads(lines[0]) | {"format": "other"}
    assert "no recording of Segue's" in refusal([json.dumps(foreign).encode() + b"\n", *lines[1:]])


async def test_read_recordings_when_a_part_was_edited(one_turn: RecordingFile):
    lines = lines_of(one_turn)
    part = json.loads(lines[1])
    part["text"] += " "
    edited = [lines[0], json.dumps(part).encode() + b"\n", *lines[2:]]
    assert refusal(edited).startswith(f"it.jsonl.gz:{len(lines)}: the digest of the file")
    assert refusal(sealed_again(edited)) == (
        "it.jsonl.gz:2: the part is not what its name says: it was edited."
    )


async def test_read_recordings_when_a_recording_was_edited(one_turn: RecordingFile):
    lines = lines_of(one_turn)
    item = json.loads(lines[-2])
    item["recording"]["asked"]["message"] = "something else"
    edited = sealed_again([*lines[:-2], json.dumps(item).encode() + b"\n", lines[-1]])
    place = f"it.jsonl.gz:{len(lines) - 1}"
    assert refusal(edited) == f"{place}: the recording was edited by hand."
    item["recording"]["surprise"] = 1
    edited = sealed_again([*lines[:-2], json.dumps(item).encode() + b"\n", lines[-1]])
    assert refusal(edited).startswith(f"{place}: recording.surprise:")


async def test_read_recordings_when_a_part_is_missing(one_turn: RecordingFile):
    lines = lines_of(one_turn)
    header = json.loads(lines[0])
    header["parts"] -= 1
    # The last part is the trace, which nothing needs to read the others.
    without = [json.dumps(header).encode() + b"\n", *lines[1:-3], *lines[-2:]]
    assert "lacks its part" in refusal(sealed_again(without))


async def test_save_recordings_overwrites_nothing(one_turn: RecordingFile, tmp_path: Path):
    path = tmp_path / "it.jsonl.gz"
    save_recordings(path, one_turn)
    before = path.read_bytes()
    with pytest.raises(InvalidInput, match="is there already"):
        save_recordings(path, one_turn)
    save_recordings(path, one_turn, replace=True)
    assert path.read_bytes() == before
    assert load_recordings(path).recordings == one_turn.recordings
    with pytest.raises(InvalidInput, match="cannot be written"):
        save_recordings(tmp_path / "no folder" / "it.jsonl.gz", one_turn)
    with pytest.raises(InvalidInput, match="cannot be read"):
        load_recordings(tmp_path / "no such file")


def test_parts_are_named_by_their_content():
    parts = Parts()
    name = parts.add("夜に駆ける")
    assert name == digest("夜に駆ける".encode())
    assert parts.add("夜に駆ける") == name
    assert parts.text(name) == "夜に駆ける"
    assert parts.text(parts.add("lone \ud800 surrogate")) == "lone ? surrogate"
    with pytest.raises(DamagedRecording, match="lacks its part"):
        parts.get("0" * 32)


def test_parts_of_a_growing_list_share_their_full_blocks():
    parts = Parts()
    ids = [f"id{number}" for number in range(150)]
    before, after = parts.add_ids(ids[:130]), parts.add_ids(ids)
    assert before[:2] == after[:2]
    assert before[2] != after[2]
    assert parts.ids(after) == ids
