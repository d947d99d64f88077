"""Runs as files."""

from pathlib import Path

from src.evaluation.models.run import RUN, Run


def save_run(path: Path, run: Run) -> None:
    """Write a run."""
    path.write_bytes(RUN.dump_json(run))
