import pytest

from src.playlists.make import PlaylistClients


@pytest.fixture
def clients(agent) -> PlaylistClients:
    """Without a model: the rules read prompts."""
    return PlaylistClients(agent.catalogue, agent.database, None, agent.now, agent.new_id)
