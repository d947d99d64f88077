import pytest

from tests.spotify.matching.spotify_side import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()
