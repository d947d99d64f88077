"""Recording a suite's turns: with an estimate before, a budget that stops it, and a folder to go on from.

The recordings of each finished case lie in a folder next to the output until all are there.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from src.chat.clients import Agent
from src.chat.models.answer import Answer
from src.chat.tools.run import offered_tools, tool_specs
from src.evaluation.metrics.costs import Price, tokens_usd
from src.evaluation.models.case import Case
from src.evaluation.models.run import CaseRun, Run, UnfinishedHead
from src.evaluation.runner.files import add_unfinished, begin_unfinished, end_unfinished, load_unfinished
from src.evaluation.runner.suite import Suite
from src.evaluation.runner.suite_run import SuitePlan, choose_cases, run_suite
from src.llm.chat import estimate_tokens
from src.prompts import load_prompt, prompts_digest
from src.recordings.file import LabelledRecording, RecordingFile, load_recordings, save_recordings
from src.recordings.parts import merged
from src.recordings.store import get_recording
from src.settings import Settings

_FOLDER_ENDING = ".cases"
# What a turn's own prompt holds besides the system prompt and the tools: the candidates, and turns before it.
_CANDIDATE_TOKENS = 24 * 45
_EARLIER_TURN_TOKENS = 250
_TURNS_SHOWN = 3
_ANSWER_TOKENS = 450
# Most turns need one call; some ask for tools and are asked again.
_CALLS_A_TURN = 1.5


@dataclass(frozen=True, slots=True)
class Estimate:
    """What recording the cases may take; `usd` is None where the model has no known price."""

    turns: int
    input_tokens: int
    output_tokens: int
    usd: float | None


@dataclass(slots=True)
class Spending:
    """What the turns so far cost, and the budget that ends the run before its next case."""

    price: Price | None
    budget_usd: float | None
    usd: float = 0.0

    def add(self, case: CaseRun) -> None:
        """Count a case."""
        usages = [turn["usage"] for turn in case["turns"] if "usage" in turn]
        if self.price is not None:
            for use in usages:
                self.usd += tokens_usd(use["input_tokens"], use["output_tokens"], self.price)

    def is_spent(self) -> bool:
        """Whether the budget is used up."""
        return self.budget_usd is not None and self.usd >= self.budget_usd


def estimate(cases: Sequence[Case], price: Price | None) -> Estimate:
    """A rough bound of tokens and money, from the length of the prompts."""
    fixed = estimate_tokens(load_prompt("system.md") + json.dumps(tool_specs(offered_tools(None))))
    tokens = turns = 0.0
    for case in cases:
        for number in range(len(case["turns"])):
            turns += 1
            earlier = min(number, _TURNS_SHOWN) * _EARLIER_TURN_TOKENS
            tokens += _CALLS_A_TURN * (fixed + _CANDIDATE_TOKENS + earlier)
    output = _CALLS_A_TURN * _ANSWER_TOKENS * turns
    usd = tokens_usd(tokens, output, price) if price else None
    return Estimate(int(turns), round(tokens), round(output), usd)


@dataclass(slots=True)
class _Collecting:
    """The recordings of the case under way."""

    folder: Path
    turns: list[tuple[LabelledRecording, RecordingFile]] = field(default_factory=list)

    async def keep(self, agent: Agent, case: str, label: str, answer: Answer) -> None:
        """Take the recording of an answered turn."""
        recording, parts = await get_recording(agent.database, case, answer["turn_id"])
        item = LabelledRecording(label, recording)
        self.turns.append((item, RecordingFile([item], parts)))

    def finish_case(self, case: CaseRun) -> None:
        """Write the recordings of a finished case."""
        items = [item for item, _ in self.turns]
        content = RecordingFile(items, merged(file.parts for _, file in self.turns))
        save_recordings(self.folder / f"{case['id']}.jsonl.gz", content, replace=True)
        self.turns.clear()


async def record_suite(
    settings: Settings, suite: Suite, plan: SuitePlan, out: Path, spending: Spending
) -> tuple[Run, bool]:
    """Run the suite and write the recordings of all its turns; returns the run, and whether it is whole.

    Interrupted, or stopped by its budget, it goes on where it was when it is called again.

    Raises:
        InvalidInput: what lies next to the output is of another run; as `run_suite`.
    """
    head: UnfinishedHead = {
        "suite_hash": suite.digest,
        "planner": settings.llm_model or plan.planner if plan.planner == "model" else plan.planner,
        "prompts_hash": prompts_digest(),
    }
    folder = out.with_name(out.name + _FOLDER_ENDING)
    done = _whole_cases(load_unfinished(out, head), folder)
    folder.mkdir(parents=True, exist_ok=True)
    begin_unfinished(out, head, done)
    collecting = _Collecting(folder)
    for case in done.values():
        spending.add(case)

    def watch(case: CaseRun) -> None:
        collecting.finish_case(case)
        add_unfinished(out, case)
        spending.add(case)
        plan.watch(case)

    recording = replace(
        plan, done=done, watch=watch, stop=spending.is_spent, record=True, keep=collecting.keep
    )
    run = await run_suite(settings, suite, recording)
    is_whole = len(run["cases"]) == len(choose_cases(suite, plan))
    if is_whole:
        save_recordings(out, _all_recordings(folder, run["cases"]))
        end_unfinished(out)
        shutil.rmtree(folder)
    return run, is_whole


def _whole_cases(cases: Mapping[str, CaseRun], folder: Path) -> dict[str, CaseRun]:
    """The cases whose recordings were written too."""
    return {id_: case for id_, case in cases.items() if (folder / f"{id_}.jsonl.gz").is_file()}


def _all_recordings(folder: Path, cases: Sequence[CaseRun]) -> RecordingFile:
    files = [load_recordings(folder / f"{case['id']}.jsonl.gz") for case in cases]
    items = [item for file in files for item in file.recordings]
    return RecordingFile(items, merged(file.parts for file in files))
