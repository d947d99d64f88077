"""Prompts are rendered strictly, and every one that the code asks for is there."""

from pathlib import Path

import pytest

from src import prompts
from src.prompts import PROMPTS, load_prompt, render_prompt


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of prompts."""
    monkeypatch.setattr(prompts, "PROMPTS", tmp_path)
    load_prompt.cache_clear()
    return tmp_path


def test_load_prompt_gives_the_text_without_its_last_newline(folder: Path) -> None:
    (folder / "greeting.md").write_text("Hello,\n{name} 夜\n\n", encoding="utf-8")
    assert load_prompt("greeting.md") == "Hello,\n{name} 夜"


def test_load_prompt_absent_is_an_error(folder: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_prompt("nothing.md")


def test_render_prompt_fills_every_value(folder: Path) -> None:
    (folder / "p.md").write_text("{a} and {b}, {{literally}} {a}")
    assert render_prompt("p.md", a="1", b="{b}") == "1 and {b}, {literally} 1"


@pytest.mark.parametrize("values", [{}, {"a": "1"}, {"a": "1", "b": "2", "c": "3"}, {"a": "1", "c": "3"}])
def test_render_prompt_missing_or_unused_value_is_an_error(folder: Path, values: dict[str, str]) -> None:
    (folder / "p.md").write_text("{a} {b}")
    with pytest.raises(ValueError, match=r"prompts/p\.md.*'a', 'b'"):
        render_prompt("p.md", **values)


def test_prompts_are_readable_and_in_use() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (PROMPTS.parent / "src").rglob("*.py"))
    for path in PROMPTS.iterdir():
        assert load_prompt(path.name).strip()
        assert f'"{path.name}"' in source, f"nothing asks for prompts/{path.name}"
