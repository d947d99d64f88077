"""Field docstrings become descriptions, and values JSON text."""

from typing import NotRequired

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from src.catalogue.models.track import TRACK
from src.schema import documented, to_json, with_present
from tests.fakes import songs


@documented
class _Note(TypedDict, closed=True):
    """A note."""

    text: str
    """What it says."""
    pitch: NotRequired[int]
    """How high."""


def test_documented_makes_docstrings_descriptions() -> None:
    schema = TypeAdapter(_Note).json_schema()
    assert schema["description"] == "A note."
    assert {name: field["description"] for name, field in schema["properties"].items()} == {
        "text": "What it says.",
        "pitch": "How high.",
    }
    assert schema["required"] == ["text"]
    assert schema["additionalProperties"] is False


def test_to_json_is_read_back_the_same() -> None:
    adapter: TypeAdapter[_Note] = TypeAdapter(_Note)
    note: _Note = {"text": '夜 \u2028 " ü'}
    assert to_json(adapter, note) == '{"text":"夜 \u2028 \\" ü"}'
    for track in songs():
        assert TRACK.validate_json(to_json(TRACK, track)) == track


def test_with_present_adds_only_keys_that_have_a_value() -> None:
    note: _Note = {"text": "high"}
    assert with_present(note, pitch=0) == {"text": "high", "pitch": 0}
    assert with_present(note, pitch=None) == {"text": "high"}
    assert note == {"text": "high"}
