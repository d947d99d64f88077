"""Agents over catalogues of their own."""

import json
from pathlib import Path

import pytest

from src.catalogue.engine import Match
from src.errors import InvalidInput
from src.evaluation.runner.catalogues import NOW, open_case_agent
from tests.chat.fixtures import ask, titles
from tests.fakes import hashed_embedder, songs


@pytest.fixture
def messy(tmp_path: Path) -> Path:
    path = tmp_path / "messy.jsonl"
    path.write_text("".join(json.dumps(track) + "\n" for track in songs()), encoding="utf-8")
    return path


async def test_open_case_agent_over_rows(settings, messy):
    opened = open_case_agent("messy", rows={"messy": messy}, settings=settings, embedder=hashed_embedder())
    async with opened as agent, agent.catalogue.use() as catalogue:
        assert await catalogue.engine.count([]) == len(songs())
        assert await catalogue.embed("jazz") is not None
        assert titles(await ask(agent, "Fade Into You by Mazzy Star"))[0] == "Fade Into You"
        assert agent.now() == NOW
        assert agent.new_id() < agent.new_id()
        assert agent.chat is None


async def test_open_case_agent_over_the_starter_catalogue(settings):
    async with (
        open_case_agent("starter", rows={}, settings=settings, embedder=None) as agent,
        agent.catalogue.use() as catalogue,
    ):
        assert await catalogue.engine.count([Match("artist_keys", ("radiohead",))]) > 0


async def test_open_case_agent_leaves_the_data_directory_alone(settings, messy):
    elsewhere = settings.model_copy(update={"qdrant_url": "http://127.0.0.1:1"})
    async with open_case_agent("messy", rows={"messy": messy}, settings=elsewhere, embedder=None) as agent:
        assert (await ask(agent, "dream pop"))["recommendations"]
    assert not settings.data_dir.exists()


async def test_open_case_agent_when_rows_are_not_given(settings):
    with pytest.raises(InvalidInput, match="add --rows messy=FILE"):
        async with open_case_agent("messy", rows={}, settings=settings, embedder=None):
            pass


async def test_open_case_agent_when_rows_are_missing(settings, tmp_path):
    with pytest.raises(InvalidInput, match="there is no such file"):
        async with open_case_agent(
            "messy", rows={"messy": tmp_path / "none.jsonl"}, settings=settings, embedder=None
        ):
            pass
