"""A run as a page."""

from pathlib import Path

from src.evaluation.models.run import Run


def save_page(path: Path, run: Run) -> None:
    """Write the page."""
    path.write_text(run["origin"]["suite"])
