import pytest

from tests.jobs.scene import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()
