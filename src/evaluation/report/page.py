"""A run as one HTML page: nothing is fetched, so it works from a file, in a mail and without a network."""

import base64
import hashlib
from pathlib import Path
from string import Template

from src.evaluation.files import write_whole
from src.evaluation.models.comparison import Comparison
from src.evaluation.models.run import RUN, Run
from src.evaluation.report.comparison import comparison_section
from src.evaluation.report.sections import (
    cases_section,
    charts_section,
    gates_section,
    headline,
    metrics_section,
    origin_footer,
    safe,
)
from src.schema import to_json

PARTS = Path(__file__).with_name("page_parts")

# `</script` and `<!--` would end or change a script element, and the two separators end a line of JavaScript;
# as escapes of JSON they are the same text.
_UNSAFE_IN_SCRIPT = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}


def render_page(run: Run, comparison: Comparison | None = None) -> str:
    """The page of a run.

    Args:
        run: the run.
        comparison: the run set against an earlier one, shown on the page too.
    """
    style, script = _part("page.css"), _part("page.js")
    places = {case["id"]: place for place, case in enumerate(run["cases"])}
    sections = [
        gates_section(run),
        metrics_section(run),
        charts_section(run),
        comparison_section(comparison, places) if comparison is not None else "",
        cases_section(run),
    ]
    title = f"{run['origin']['suite']}, {run['origin']['planner']}: Segue evaluation run"
    return Template(_part("page.html")).substitute(
        policy=_policy(style, script),
        title=safe(title),
        style=style,
        headline=headline(run),
        sections="\n".join(section for section in sections if section),
        origin=origin_footer(run),
        run=script_json(run),
        script=script,
    )


def save_page(path: Path, run: Run, comparison: Comparison | None = None, *, replace: bool = False) -> None:
    """Write the page of a run whole or not at all.

    Raises:
        InvalidInput: the file is there already and is not to be replaced, or it cannot be written.
    """
    write_whole(path, [render_page(run, comparison).encode()], replace=replace)


def script_json(run: Run) -> str:
    """The run as JSON that may stand in a script element."""
    return to_json(RUN, run).translate(_UNSAFE_IN_SCRIPT)


def _policy(style: str, script: str) -> str:
    """A content security policy that lets the page's own style and script through, and nothing else."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _part(name: str) -> str:
    return (PARTS / name).read_text(encoding="utf-8")
