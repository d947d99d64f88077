from tests.agent_fixtures import agent, with_model

__all__ = ["agent", "with_model"]
