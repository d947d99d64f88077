"""`segue replay`: recorded turns made again on this machine, and two of them side by side."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from src.cli.terminal import command_settings, open_console, print_plain, run_async, write_file
from src.errors import InvalidInput

if TYPE_CHECKING:
    from rich.console import Console

    from src.catalogue.embedding.embedder import Embedder
    from src.catalogue.generations import CatalogueSource
    from src.chat.models.answer import Answer
    from src.evaluation.models.case import CatalogueName
    from src.evaluation.models.comparison import Replayed, ReplayMode, TurnsCompared
    from src.evaluation.replay import OpenSource, ReplaySessions
    from src.llm.chat import Chat
    from src.recordings.file import LabelledRecording, RecordingFile
    from src.recordings.parts import Parts
    from src.settings import Settings

_FILE_ENDING = ".gz"


def replay(
    sources: Annotated[
        list[str], typer.Argument(help="Recording files, or ids of recorded turns.", metavar="RECORDING…")
    ],
    diff: Annotated[bool, typer.Option("--diff", help="Show two recorded turns side by side.")] = False,
    loose: Annotated[
        bool, typer.Option("--loose", help="Go on by the order of the recorded answers where prompts differ.")
    ] = False,
    live: Annotated[bool, typer.Option("--live", help="Ask the configured model, or the rules.")] = False,
    model: Annotated[str | None, typer.Option(help="Ask this model instead, live.")] = None,
    rows: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Rows of the catalogue that the turns searched.")
    ] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Write what came of it there.")] = None,
) -> None:
    """Make recorded turns again: today's code on the recorded exchanges, with the network forbidden."""
    from src.evaluation.report.answers import compare_turns

    if diff and len(sources) != 2:
        raise InvalidInput("--diff takes two recorded turns.")
    settings, console = command_settings(), open_console()
    if diff:
        one, other = run_async(_answers(settings, sources))
        _show_compared(console, compare_turns(one, other))
        return
    if model:
        settings = settings.model_copy(update={"llm_model": model})
    mode: ReplayMode = "live" if live or model else "loose" if loose else "strict"
    began = time.perf_counter()
    replayed = run_async(_replay_all(settings, sources, mode, rows, partial(_show, console, mode)))
    same = sum(item["identical"] for item in replayed)
    seconds = time.perf_counter() - began
    console.print(f"{same} of {len(replayed)} identical, {seconds:.1f} s")
    if json is not None:
        _write(json, replayed)
    if mode == "strict" and same < len(replayed):
        raise typer.Exit(1)


async def _replay_all(
    settings: "Settings",
    sources: Sequence[str],
    mode: "ReplayMode",
    rows: Path | None,
    show: "Callable[[Replayed, Answer | None], None]",
) -> "list[Replayed]":
    from src.catalogue.embedding.choose import choose_embedder
    from src.chat.clients import open_model
    from src.evaluation.replay import open_sessions
    from src.llm.chat_completions import close_chat_model

    async with AsyncExitStack() as stack:
        files = [await _load(settings, source) for source in sources]
        live = open_model(settings) if mode == "live" else None
        if live is not None:
            stack.push_async_callback(close_chat_model, live)
        embedder = await choose_embedder(settings)
        sessions = await stack.enter_async_context(open_sessions(_catalogues(settings, embedder, rows)))
        replayed: list[Replayed] = []
        for file in files:
            for item in file.recordings:
                replayed.append(await _replay_one(sessions, item, file.parts, mode, live))
                show(replayed[-1], _recorded_answer(item, file.parts))
        return replayed


async def _replay_one(
    sessions: "ReplaySessions",
    item: "LabelledRecording",
    parts: "Parts",
    mode: "ReplayMode",
    live: "Chat | None",
) -> "Replayed":
    from src.evaluation.replay import CannotReplay, replay_turn

    searched = item.recording["catalogue"]
    session = await sessions.session_of(searched["fingerprint"])
    if session is None and mode != "strict":
        session = await sessions.any_session()
    if session is None:
        raise CannotReplay(
            f"The turn {item.label or item.recording['turn_id']} searched a catalogue that is not at hand "
            f"(fingerprint {searched['fingerprint']}, embedded by {searched['embedding_model']}): import it, "
            "give its rows by --rows, or replay with --loose."
        )
    return await replay_turn(session, item.recording, parts, mode=mode, live=live, label=item.label)


def _catalogues(
    settings: "Settings", embedder: "Embedder | None", rows: Path | None
) -> "Mapping[str, OpenSource]":
    """Catalogues that a turn may have searched: those that ship, this machine's own, and one made of rows."""
    from src.catalogue.wiring import open_catalogue
    from src.evaluation.runner.suite import SHIPPED

    def made(name: "CatalogueName", files: "Mapping[CatalogueName, Path]") -> "OpenSource":
        return partial(_made_catalogue, name, files, settings, embedder)

    return {
        **({"rows": made("messy", {"messy": rows})} if rows is not None else {}),
        "starter": made("starter", {}),
        "messy": made("messy", {"messy": SHIPPED / "messy.jsonl"}),
        "own": partial(open_catalogue, settings, embedder),
    }


@asynccontextmanager
async def _made_catalogue(
    name: "CatalogueName",
    rows: "Mapping[CatalogueName, Path]",
    settings: "Settings",
    embedder: "Embedder | None",
) -> "AsyncIterator[CatalogueSource]":
    from src.evaluation.runner.catalogues import open_case_catalogue

    opened = open_case_catalogue(name, rows=rows, settings=settings, embedder=embedder)
    async with opened as (source, _):
        yield source


async def _load(settings: "Settings", source: str) -> "RecordingFile":
    """What a source names: a file, or a turn or a conversation of this machine's database."""
    from src.cli.recordings import load_turns, opened_database
    from src.recordings.file import load_recordings

    if source.endswith(_FILE_ENDING):
        return load_recordings(Path(source))
    async with opened_database(settings) as database:
        return await load_turns(database, source)


async def _answers(settings: "Settings", sources: Sequence[str]) -> "list[Answer]":
    """The answers of sources that hold one turn each.

    Raises:
        InvalidInput: one of them is not a single turn with an answer.
    """
    answers: list[Answer] = []
    for source in sources:
        file = await _load(settings, source)
        found = [_recorded_answer(item, file.parts) for item in file.recordings]
        if len(found) != 1 or found[0] is None:
            raise InvalidInput(f"{source}: --diff takes single recorded turns that have an answer.")
        answers.append(found[0])
    return answers


def _recorded_answer(item: "LabelledRecording", parts: "Parts") -> "Answer | None":
    from src.chat.models.answer import ANSWER

    name = item.recording.get("answer")
    return ANSWER.validate_json(parts.get(name)) if name is not None else None


def _show(console: "Console", mode: "ReplayMode", replayed: "Replayed", recorded: "Answer | None") -> None:
    """One line for what is identical; what differs in full."""
    from src.evaluation.report.answers import compare_turns

    style = "green" if replayed["identical"] else "red"
    verdict = "identical" if replayed["identical"] else replayed["outcome"]
    print_plain(console, f"{replayed['label']} ({replayed['how']}): {verdict}", style)
    for difference in replayed["differences"]:
        if mode == "live" and difference["where"] in ("answer", "pool"):
            continue
        print_plain(console, f"  {difference['where']}: {difference['what']}", "yellow")
        for line in difference["diff"].splitlines():
            print_plain(console, f"    {line}", {"+": "green", "-": "red"}.get(line[:1], "dim"))
    if mode != "strict" and recorded is not None and "answer" in replayed:
        _show_compared(console, compare_turns(recorded, replayed["answer"]))


def _show_compared(console: "Console", compared: "TurnsCompared") -> None:
    """What the second of two answers has and the first has not, and the other way round."""
    lines = (
        ("+", "green", [*compared["tracks_in"], *compared["constraints_gained"], *compared["claims_gained"]]),
        ("-", "red", [*compared["tracks_out"], *compared["constraints_lost"], *compared["claims_lost"]]),
        ("~", "yellow", compared["moved"]),
    )
    for mark, style, texts in lines:
        for text in texts:
            print_plain(console, f"  {mark} {text}", style)
    tokens, calls, ms = compared["tokens"], compared["model_calls"], compared["ms"]
    console.print(
        f"  tokens {tokens[0]} → {tokens[1]}, model calls {calls[0]} → {calls[1]}, "
        f"{ms[0]:.0f} → {ms[1]:.0f} ms",
        style="dim",
    )


def _write(path: Path, replayed: "Sequence[Replayed]") -> None:
    from pydantic import TypeAdapter

    from src.evaluation.models.comparison import Replayed

    report = TypeAdapter(list[Replayed]).dump_json(list(replayed), indent=2) + b"\n"
    write_file(path, report, f"{path}: the report cannot be written there.")
