"""The contract of a job's message: one version, nothing unknown."""

import pytest
from pydantic import ValidationError

from src.jobs.models.messages import JobMessage

GOOD = {"version": 1, "job_id": "a-1_B", "kind": "refresh", "attempt": 2}


def test_job_message_is_read_back_as_it_was_sent():
    message = JobMessage.model_validate(GOOD)
    assert JobMessage.model_validate_json(message.model_dump_json()) == message


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": None},
        {"kind": "dance"},
        {"job_id": ""},
        {"job_id": "a\0b"},
        {"job_id": "a b"},
        {"job_id": "x" * 65},
        {"attempt": 0},
        {"more": 1},
    ],
)
def test_job_message_of_another_form_is_refused(change: dict[str, object]):
    with pytest.raises(ValidationError):
        JobMessage.model_validate({**GOOD, **change})


def test_job_message_explains_its_fields():
    properties = JobMessage.model_json_schema()["properties"]
    assert all(field["description"] for field in properties.values())
