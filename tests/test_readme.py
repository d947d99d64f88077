"""The README's sample is what the command prints."""

import pytest

from src.catalogue.embedding.local import local_model_available
from tests.readme import answer, comparable, sample


def test_readme_sample_is_what_the_command_prints(tmp_path):
    if not local_model_available():
        pytest.skip("the packaged embedding model has no wheel for this platform")
    arguments, printed = sample()
    fresh = answer(arguments, tmp_path / "data")
    assert comparable(printed) == comparable(fresh), "stale: run `python -m tests.readme`"


def test_comparable_sees_a_changed_track():
    assert comparable("1. Low – Lullaby\n421 ms") == comparable("1. Low – Lullaby\n37 ms")
    assert comparable("1. Low – Lullaby") != comparable("1. Low – Monkey")
