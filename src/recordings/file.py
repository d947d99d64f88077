"""Recordings as one portable file: JSON Lines, gzipped, with digests that show when it was damaged or edited.

The first line is the header, then come the parts, then the recordings, then an end line with the digest of
all lines before it.
"""

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from src.errors import InvalidInput
from src.recordings.models.recording import END, HEADER, PART, RECORDING, RECORDING_LINE, Header, Recording
from src.recordings.parts import DamagedRecording, Parts, digest, part_names

FILE_FORMAT = "segue-recordings"
FILE_VERSION = 1
# A suite of some hundred turns takes a few megabytes; more is no file of ours, or a bomb.
MAX_FILE_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class LabelledRecording:
    """A recording, and its name in a suite: `case/turn`; empty outside one."""

    label: str
    recording: Recording


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """Recordings with all their parts."""

    recordings: Sequence[LabelledRecording]
    parts: Parts = field(default_factory=Parts)


def write_recordings(content: RecordingFile) -> bytes:
    """The file's bytes: the same content always makes the same bytes."""
    names: dict[str, None] = {}
    for item in content.recordings:
        names.update(dict.fromkeys(part_names(item.recording, content.parts)))
    header = {
        "format": FILE_FORMAT,
        "version": FILE_VERSION,
        "recordings": len(content.recordings),
        "parts": len(names),
    }
    lines = [_line(header)]
    lines += [_line({"part": name, "text": content.parts.text(name)}) for name in names]
    for item in content.recordings:
        recording = _canonical(item.recording)
        line = {"label": item.label, "digest": digest(recording), "recording": json.loads(recording)}
        lines.append(_line(line))
    body = b"".join(lines)
    end = _line({"end": True, "sha256": hashlib.sha256(body).hexdigest()})
    return gzip.compress(body + end, compresslevel=9, mtime=0)


def save_recordings(path: Path, content: RecordingFile, *, replace: bool = False) -> None:
    """Write the file whole or not at all.

    Raises:
        InvalidInput: the file is there already and is not to be replaced, or it cannot be written.
    """
    if path.exists() and not replace:
        raise InvalidInput(f"{path}: the file is there already; name another one.")
    unfinished = path.with_name(path.name + ".new")
    try:
        with unfinished.open("wb") as file:
            file.write(write_recordings(content))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise InvalidInput(f"{path}: the file cannot be written there.") from None


def load_recordings(path: Path) -> RecordingFile:
    """Read a file and check every digest in it.

    Raises:
        InvalidInput: there is no such file.
        DamagedRecording: it is foreign, of another version, truncated or edited; with the file and the line.
    """
    try:
        packed = path.read_bytes()
    except OSError:
        raise InvalidInput(f"{path}: the file cannot be read.") from None
    return read_recordings(packed, str(path))


def read_recordings(packed: bytes, name: str) -> RecordingFile:
    """Read a file's bytes and check every digest in them.

    Args:
        name: what errors call it.

    Raises:
        DamagedRecording: as `load_recordings`.
    """
    body = _unzip(packed, name)
    lines = body.split(b"\n")
    if lines.pop() != b"":
        raise DamagedRecording(f"{name}:{len(lines) + 1}: the file is truncated.")
    header = _read_header(lines, name)
    if len(lines) != header["parts"] + header["recordings"] + 2:
        raise DamagedRecording(f"{name}:{len(lines)}: the file is truncated, or lines were added.")
    _check_end(body, lines, name)
    parts = Parts()
    last_part = 1 + header["parts"]
    for number, line in enumerate(lines[1:last_part], start=2):
        part = _parse(PART, line, f"{name}:{number}")
        if parts.add(part["text"]) != part["part"]:
            raise DamagedRecording(f"{name}:{number}: the part is not what its name says: it was edited.")
    recordings = list(_read_recording_lines(lines[last_part:-1], last_part + 1, name, parts))
    return RecordingFile(recordings, parts)


def _read_recording_lines(
    lines: Sequence[bytes], first: int, name: str, parts: Parts
) -> Iterator[LabelledRecording]:
    for number, line in enumerate(lines, start=first):
        item = _parse(RECORDING_LINE, line, f"{name}:{number}")
        if digest(_canonical(item["recording"])) != item["digest"]:
            raise DamagedRecording(f"{name}:{number}: the recording was edited by hand.")
        missing = [part for part in part_names(item["recording"], parts) if part not in parts.contents]
        if missing:
            raise DamagedRecording(f"{name}:{number}: the recording lacks its part {missing[0]}.")
        yield LabelledRecording(item["label"], item["recording"])


def _unzip(packed: bytes, name: str) -> bytes:
    unzipping = zlib.decompressobj(wbits=31)
    try:
        body = unzipping.decompress(packed, MAX_FILE_BYTES)
    except zlib.error:
        raise DamagedRecording(f"{name}: this is no recording: it is not gzipped, or damaged.") from None
    if unzipping.unconsumed_tail:
        raise DamagedRecording(f"{name}: the file holds more than {MAX_FILE_BYTES} bytes.")
    if not unzipping.eof:
        raise DamagedRecording(f"{name}: the file is truncated.")
    return body


def _read_header(lines: Sequence[bytes], name: str) -> Header:
    try:
        header = HEADER.validate_json(lines[0] if lines else b"")
    except ValidationError:
        raise DamagedRecording(f"{name}:1: this is no recording of Segue's.") from None
    if header["format"] != FILE_FORMAT:
        raise DamagedRecording(f"{name}:1: this is no recording of Segue's.")
    if header["version"] != FILE_VERSION:
        raise DamagedRecording(
            f"{name}:1: the recording is of version {header['version']}, this code reads {FILE_VERSION}."
        )
    return header


def _check_end(body: bytes, lines: Sequence[bytes], name: str) -> None:
    number = len(lines)
    end = _parse(END, lines[-1], f"{name}:{number}")
    before = body[: -len(lines[-1]) - 1]
    if hashlib.sha256(before).hexdigest() != end["sha256"]:
        raise DamagedRecording(
            f"{name}:{number}: the digest of the file does not fit its lines: it was edited or damaged."
        )


def _parse[T](adapter: TypeAdapter[T], line: bytes, place: str) -> T:
    try:
        return adapter.validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the line"
        raise DamagedRecording(f"{place}: {where}: {first['msg']}.") from None


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"


def _canonical(recording: Recording) -> bytes:
    # Validation orders the keys of a document anew.
    plain = RECORDING.dump_python(recording, mode="json")
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
