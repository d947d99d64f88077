"""`segue eval`: request cases, run on this machine."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import typer
from rich.console import Console

from src.agent.opening import open_model
from src.embedding.choose import choose_embedder
from src.errors import InvalidInput
from src.evaluation.cases import load_cases
from src.evaluation.catalogues import open_case_agent
from src.evaluation.models.case import Case, CatalogueName
from src.evaluation.models.report import REPORT, Report
from src.evaluation.run import run_cases
from src.evaluation.table import pass_rate, show_report
from src.llm.openai_chat import ChatModel, close_chat_model
from src.settings import Settings, load_settings
from src.telemetry.logging import configure_logging


def run_evaluation(
    files: Sequence[Path],
    *,
    rows: Sequence[str],
    kinds: Sequence[str],
    ids: Sequence[str],
    whole: Sequence[str],
    need: float,
    json_file: Path | None,
    with_model: bool,
) -> None:
    """Run the cases, show the table, and exit with 1 when too few passed.

    Args:
        rows: `catalogue=file` pairs.
        kinds: run these kinds alone; all when empty.
        ids: run these cases alone; all when empty.
        whole: kinds of which every case must pass.
        need: share of the cases that must pass, 0 to 1.
        json_file: where the report is written too.
        with_model: whether the configured model plans; the rules otherwise.

    Raises:
        InvalidInput: a file, a kind, an id or an option is wrong.
    """
    configure_logging("ERROR")
    settings = load_settings()
    given = _read_rows(rows)
    cases = load_cases(files)
    _must_exist("kind", [*kinds, *whole], {case["kind"] for case in cases})
    _must_exist("case", ids, {case["id"] for case in cases})
    chosen = [
        case for case in cases if (not kinds or case["kind"] in kinds) and (not ids or case["id"] in ids)
    ]
    if not chosen:
        raise InvalidInput("No case is both of these kinds and one of these cases.")
    report = asyncio.run(_run(settings, chosen, given, with_model=with_model))
    show_report(Console(highlight=False, soft_wrap=True), report)
    if json_file is not None:
        _write(json_file, report)
    incomplete = any(line["kind"] in whole and line["passed"] < line["cases"] for line in report["kinds"])
    if incomplete or pass_rate(report["total"]) < need:
        raise typer.Exit(1)


async def _run(
    settings: Settings, cases: Sequence[Case], rows: dict[CatalogueName, Path], *, with_model: bool
) -> Report:
    embedder = await choose_embedder(settings)
    async with AsyncExitStack() as stack:
        chat = _must_have_model(settings) if with_model else None
        if chat is not None:
            stack.push_async_callback(close_chat_model, chat)
        opened = partial(open_case_agent, rows=rows, settings=settings, embedder=embedder, chat=chat)
        return await run_cases(cases, opened)


def _must_have_model(settings: Settings) -> ChatModel:
    model = open_model(settings)
    if model is None:
        raise InvalidInput("--with-model needs a model: set LLM_MODEL, and LLM_BASE_URL for a server.")
    return model


def _read_rows(pairs: Sequence[str]) -> dict[CatalogueName, Path]:
    rows: dict[CatalogueName, Path] = {}
    for pair in pairs:
        name, _, path = pair.partition("=")
        # The starter catalogue fills itself.
        if name != "messy" or not path:
            raise InvalidInput("--rows takes messy=FILE: the rows of the catalogue that cases call messy.")
        rows["messy"] = Path(path)
    return rows


def _must_exist(what: str, named: Sequence[str], there: set[str]) -> None:
    missing = sorted({*named} - there)
    if missing:
        raise InvalidInput(f"These files have no {what} {', '.join(missing)}.")


def _write(path: Path, report: Report) -> None:
    try:
        path.write_bytes(REPORT.dump_json(report, indent=2) + b"\n")
    except OSError:
        raise InvalidInput(f"{path}: the report cannot be written there.") from None
