"""A curator on the small catalogue, with a clock and ids that repeat."""

import pytest

from src.curation.curator import Curator
from tests.agent_fixtures import agent

__all__ = ["agent"]


@pytest.fixture
def curator(agent) -> Curator:
    """Without a model: the rules read prompts."""
    return Curator(agent.catalogue, agent.database, None, agent.now, agent.new_id)
