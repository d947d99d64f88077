import pytest

from src.playlists.make import Curator


@pytest.fixture
def curator(agent) -> Curator:
    """Without a model: the rules read prompts."""
    return Curator(agent.catalogue, agent.database, None, agent.now, agent.new_id)
