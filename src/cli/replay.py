"""`segue replay`: recorded turns made again on this machine, and two of them side by side."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.text import Text

from src.catalogue.embedding.choose import choose_embedder
from src.catalogue.embedding.embedder import Embedder
from src.catalogue.generations import CatalogueSource
from src.catalogue.wiring import open_catalogue
from src.chat.clients import open_model
from src.chat.models.answer import ANSWER, Answer
from src.cli.recordings import load_turns, opened_database
from src.cli.show import plain
from src.errors import InvalidInput
from src.evaluation.models.case import CatalogueName
from src.evaluation.models.replay import Difference, Replayed, ReplayMode, TurnsCompared
from src.evaluation.replay import CannotReplay, OpenSource, ReplaySessions, open_sessions, replay_turn
from src.evaluation.report.answers import compare_turns
from src.evaluation.runner.catalogues import open_case_catalogue
from src.evaluation.runner.suite import SHIPPED
from src.llm.chat import Chat
from src.llm.chat_completions import close_chat_model
from src.recordings.file import LabelledRecording, RecordingFile, load_recordings
from src.recordings.parts import Parts
from src.settings import Settings, load_settings
from src.telemetry.logging import configure_logging

_REPLAYED = TypeAdapter(list[Replayed])
_FILE_ENDING = ".gz"


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How to replay; `model` is another model's name, asked live."""

    loose: bool = False
    live: bool = False
    model: str | None = None
    rows: Path | None = None
    json_file: Path | None = None

    @property
    def mode(self) -> ReplayMode:
        """The mode that the options come to."""
        if self.live or self.model:
            return "live"
        return "loose" if self.loose else "strict"


def run_replay(sources: Sequence[str], options: ReplayOptions) -> None:
    """Replay files and turns; exits with 1 when a strict replay is not identical.

    Raises:
        InvalidInput: a file cannot be read, or the options do not go together.
        DamagedRecording: a file is not what was written.
    """
    settings = _settings(options.model)
    console = Console(highlight=False, soft_wrap=True)
    began = time.perf_counter()
    replayed = asyncio.run(_replay_all(settings, sources, options, partial(_show, console, options.mode)))
    same = sum(item["identical"] for item in replayed)
    seconds = time.perf_counter() - began
    console.print(f"{same} of {len(replayed)} identical, {seconds:.1f} s")
    if options.json_file is not None:
        _write(options.json_file, replayed)
    if options.mode == "strict" and same < len(replayed):
        raise typer.Exit(1)


def run_diff(first: str, second: str) -> None:
    """Show two recorded turns side by side.

    Raises:
        InvalidInput: one of them is not a single turn with an answer.
    """
    settings = _settings(None)
    one, other = asyncio.run(_two_answers(settings, first, second))
    show_compared(Console(highlight=False, soft_wrap=True), compare_turns(one, other))


def show_compared(console: Console, compared: TurnsCompared) -> None:
    """What the second of two answers has and the first has not, and the other way round."""
    lines = (
        ("+", "green", [*compared["tracks_in"], *compared["constraints_gained"], *compared["claims_gained"]]),
        ("-", "red", [*compared["tracks_out"], *compared["constraints_lost"], *compared["claims_lost"]]),
        ("~", "yellow", compared["moved"]),
    )
    for mark, style, texts in lines:
        for text in texts:
            console.print(Text(f"  {mark} {plain(text)}", style=style))
    tokens, calls, ms = compared["tokens"], compared["model_calls"], compared["ms"]
    console.print(
        f"  tokens {tokens[0]} → {tokens[1]}, model calls {calls[0]} → {calls[1]}, "
        f"{ms[0]:.0f} → {ms[1]:.0f} ms",
        style="dim",
    )


def _settings(model: str | None) -> Settings:
    configure_logging("ERROR")
    settings = load_settings()
    return settings.model_copy(update={"llm_model": model}) if model else settings


async def _replay_all(
    settings: Settings,
    sources: Sequence[str],
    options: ReplayOptions,
    show: Callable[[Replayed, Answer | None], None],
) -> list[Replayed]:
    async with AsyncExitStack() as stack:
        files = [await _load(settings, source) for source in sources]
        live = None
        if options.mode == "live":
            model = open_model(settings)
            if model is not None:
                stack.push_async_callback(close_chat_model, model)
            live = model
        embedder = await choose_embedder(settings)
        sessions = await stack.enter_async_context(open_sessions(_ways(settings, embedder, options.rows)))
        replayed: list[Replayed] = []
        for file in files:
            for item in file.recordings:
                replayed.append(await _replay_one(sessions, item, file.parts, options, live))
                show(replayed[-1], _recorded_answer(item, file.parts))
        return replayed


async def _replay_one(
    sessions: ReplaySessions, item: LabelledRecording, parts: Parts, options: ReplayOptions, live: Chat | None
) -> Replayed:
    seen = item.recording["catalogue"]
    session = await sessions.session_of(seen["fingerprint"])
    if session is None and options.mode != "strict":
        session = await sessions.any_session()
    if session is None:
        raise CannotReplay(
            f"The turn {item.label or item.recording['turn_id']} searched a catalogue that is not at hand "
            f"(fingerprint {seen['fingerprint']}, embedded by {seen['embedding_model']}): import it, give "
            "its rows by --rows, or replay with --loose."
        )
    return await replay_turn(session, item.recording, parts, mode=options.mode, live=live, label=item.label)


def _ways(settings: Settings, embedder: Embedder | None, rows: Path | None) -> Mapping[str, OpenSource]:
    """Catalogues that a turn may have searched: those that ship, this machine's own, and one made of rows."""
    shipped: dict[CatalogueName, Path] = {"messy": SHIPPED / "messy.jsonl"}

    def made(name: CatalogueName, files: Mapping[CatalogueName, Path]) -> OpenSource:
        return partial(_made_catalogue, name, files, settings, embedder)

    ways: dict[str, OpenSource] = {}
    if rows is not None:
        ways["rows"] = made("messy", {"messy": rows})
    ways["starter"] = made("starter", {})
    ways["messy"] = made("messy", shipped)
    ways["own"] = partial(open_catalogue, settings, embedder)
    return ways


@asynccontextmanager
async def _made_catalogue(
    name: CatalogueName, rows: Mapping[CatalogueName, Path], settings: Settings, embedder: Embedder | None
) -> AsyncIterator[CatalogueSource]:
    opened = open_case_catalogue(name, rows=rows, settings=settings, embedder=embedder)
    async with opened as (source, _):
        yield source


async def _load(settings: Settings, source: str) -> RecordingFile:
    """What a source names: a file, or a turn or a conversation of this machine's database."""
    if source.endswith(_FILE_ENDING):
        return load_recordings(Path(source))
    async with opened_database(settings) as database:
        return await load_turns(database, source)


async def _two_answers(settings: Settings, first: str, second: str) -> tuple[Answer, Answer]:
    answers: list[Answer] = []
    for source in (first, second):
        file = await _load(settings, source)
        found = [_recorded_answer(item, file.parts) for item in file.recordings]
        if len(found) != 1 or found[0] is None:
            raise InvalidInput(f"{source}: --diff takes single recorded turns that have an answer.")
        answers.append(found[0])
    return answers[0], answers[1]


def _recorded_answer(item: LabelledRecording, parts: Parts) -> Answer | None:
    name = item.recording.get("answer")
    return ANSWER.validate_json(parts.get(name)) if name is not None else None


def _show(console: Console, mode: ReplayMode, replayed: Replayed, recorded: Answer | None) -> None:
    """One line for what is identical; what differs in full."""
    style = "green" if replayed["identical"] else "red"
    verdict = "identical" if replayed["identical"] else replayed["outcome"]
    console.print(Text(f"{plain(replayed['label'])} ({plain(replayed['how'])}): {verdict}", style=style))
    for difference in replayed["differences"]:
        if mode != "live" or difference["where"] not in ("answer", "pool"):
            _show_difference(console, difference)
    if mode != "strict" and recorded is not None and "answer" in replayed:
        show_compared(console, compare_turns(recorded, replayed["answer"]))


def _show_difference(console: Console, difference: Difference) -> None:
    console.print(Text(f"  {plain(difference['where'])}: {plain(difference['what'])}", style="yellow"))
    for line in difference["diff"].splitlines():
        style = {"+": "green", "-": "red"}.get(line[:1], "dim")
        console.print(Text(f"    {plain(line)}", style=style))


def _write(path: Path, replayed: Sequence[Replayed]) -> None:
    try:
        path.write_bytes(_REPLAYED.dump_json(list(replayed), indent=2) + b"\n")
    except OSError:
        raise InvalidInput(f"{path}: the report cannot be written there.") from None
