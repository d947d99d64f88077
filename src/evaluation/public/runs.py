"""A whole run over a public data set: ask Segue, go on after an interruption, write predictions, score."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from src.catalogue.embedding.embedder import Embedder
from src.catalogue.facets import fingerprint as catalogue_digest
from src.catalogue.importing.files import fingerprint as file_digest
from src.catalogue.wiring import open_catalogue
from src.chat.clients import Agent
from src.evaluation.files import must_be_free, write_whole
from src.evaluation.models.run import Better, MetricLine
from src.evaluation.public.catalogues import CPCD, MUSIC_CRS, must_hold, own_ids, share_held
from src.evaluation.public.cpcd import CUTS as CPCD_CUTS
from src.evaluation.public.cpcd import load_cpcd, macro_average, result_lines, score_dialogue
from src.evaluation.public.cpcd import to_public as cpcd_dialogue
from src.evaluation.public.files import keep_part, open_part, part_of
from src.evaluation.public.models.ranking import DialogueRanking
from src.evaluation.public.music_crs import (
    PREDICTED,
    ground_truth,
    load_music_crs,
    score_predictions,
    to_predictions,
    write_predictions,
)
from src.evaluation.public.music_crs import to_public as music_crs_dialogue
from src.evaluation.public.ranked import RANKED, OwnIds, PublicDialogue, rank_dialogue
from src.evaluation.runner.catalogues import open_agent
from src.llm.chat import Chat
from src.settings import Settings

# The longest list that an answer can have: what a turn searches grows with it, and 100 places are scored.
CPCD_LIMIT = 50
# As many as a prediction holds.
MUSIC_CRS_LIMIT = 20

type Progress = Callable[[int, int], None]


def _unwatched(_done: int, _total: int) -> None:
    """Progress that nobody watches."""


async def run_cpcd(
    agent: Agent,
    dialogs: Sequence[Path],
    tracks: Sequence[Path],
    output: Path,
    *,
    source: str = CPCD,
    limit: int = CPCD_LIMIT,
    progress: Progress = _unwatched,
) -> list[MetricLine]:
    """Rank tracks for every turn of the dialogues, write the rankings in CPCD's own format, and score them.

    An interrupted run goes on from `OUTPUT.part`, which is deleted in the end.

    Args:
        dialogs: `cpcd_v1.dialogs.*.jsonl`.
        tracks: `cpcd_v1.tracks.jsonl`; without it, the tracks that the dialogues bring.
        output: JSON Lines, one a turn.
        source: name under which the catalogue was imported.
        limit: how many tracks an answer may list.
        progress: called with the dialogues done and their total.

    Raises:
        InvalidInput: a file is wrong, the output is there already, or the catalogue is another one.
        DomainError: something else than a single turn failed; the next run goes on from there.
    """
    must_be_free(output)
    data = load_cpcd(dialogs, tracks)
    ids = own_ids(source, data.tracks)
    await must_hold(agent, ids, source)
    asked = [cpcd_dialogue(dialogue) for dialogue in data.dialogues]
    run = await _run_digest(agent, [*dialogs, *tracks], source, limit)
    rankings = await _rank_all(agent, asked, ids, part_of(output), run, limit, progress)
    clusters = data.clusters
    scored = [
        score_dialogue(dialogue, [turn["tracks"] for turn in rankings[dialogue["id"]]["turns"]], clusters)
        for dialogue in data.dialogues
    ]
    goals = {id_ for dialogue in data.dialogues for id_ in dialogue["goal_playlist"]}
    means = macro_average(scored)
    names = [f"{name}@{k}" for name in ("hit", "mrr", "map", "precision", "recall") for k in CPCD_CUTS]
    lines = [
        _line(name, means[name], "share", sum(bool(turns) for turns in scored)) for name in names if means
    ]
    lines += await _counts(agent, list(rankings.values()), ids, goals, RANKED)
    write_whole(output, result_lines(rankings[dialogue.id] for dialogue in asked))
    part_of(output).unlink(missing_ok=True)
    return lines


async def run_music_crs(
    agent: Agent,
    sessions: Sequence[Path],
    tracks: Sequence[Path],
    output: Path,
    *,
    source: str = MUSIC_CRS,
    limit: int = MUSIC_CRS_LIMIT,
    progress: Progress = _unwatched,
) -> list[MetricLine]:
    """Predict the turns of the sessions, write the challenge's prediction JSON, and score it.

    An interrupted run goes on from `OUTPUT.part`, which is deleted in the end.

    Args:
        sessions: the conversations, as JSON Lines, JSON or Parquet.
        tracks: the track metadata, split `all_tracks`.
        output: the prediction JSON.
        source: name under which the catalogue was imported.
        limit: how many tracks an answer may list.
        progress: called with the sessions done and their total.

    Raises:
        InvalidInput: a file is wrong, the output is there already, or the catalogue is another one.
        DomainError: something else than a single turn failed; the next run goes on from there.
    """
    must_be_free(output)
    data = load_music_crs(sessions, tracks)
    ids = own_ids(source, data.tracks)
    await must_hold(agent, ids, source)
    asked = [music_crs_dialogue(session) for session in data.sessions]
    run = await _run_digest(agent, [*sessions, *tracks], source, limit)
    rankings = await _rank_all(agent, asked, ids, part_of(output), run, limit, progress)
    predictions, truths = to_predictions(data.sessions, rankings), ground_truth(data.sessions)
    scores = score_predictions(truths, predictions, len(data.tracks))
    played = {truth["ground_truth_track_id"] for truth in truths}
    lines = [_line(name, value, "share", len(truths or predictions)) for name, value in scores.items()]
    lines += await _counts(agent, list(rankings.values()), ids, played, PREDICTED)
    write_predictions(output, predictions)
    part_of(output).unlink(missing_ok=True)
    return lines


async def _rank_all(
    agent: Agent,
    dialogues: Sequence[PublicDialogue],
    ids: OwnIds,
    part: Path,
    run: str,
    limit: int,
    progress: Progress,
) -> Mapping[str, DialogueRanking]:
    """The rankings of every dialogue, asked for where the part file has none."""
    done = open_part(part, run)
    progress(len(done), len(dialogues))
    for dialogue in dialogues:
        if dialogue.id not in done:
            done[dialogue.id] = await rank_dialogue(agent, dialogue, ids, limit=limit)
            keep_part(part, done[dialogue.id])
            progress(len(done), len(dialogues))
    return done


async def _run_digest(agent: Agent, files: Sequence[Path], source: str, limit: int) -> str:
    """Tells runs apart whose rankings must not be mixed."""
    async with agent.catalogue.use() as catalogue:
        content = await catalogue_digest(catalogue)
    planner = agent.chat.model if agent.chat is not None else "rules"
    named = [*(file_digest(path) for path in files), content, planner, source, limit]
    return hashlib.sha256(json.dumps(named).encode()).hexdigest()[:16]


async def _counts(
    agent: Agent, rankings: Sequence[DialogueRanking], ids: OwnIds, relevant: Collection[str], length: int
) -> list[MetricLine]:
    """What the scores cannot say: what could not be found, and what was not answered in full."""
    turns = [turn for ranking in rankings for turn in ranking["turns"]]
    lines: list[MetricLine] = []
    if relevant:
        share = await share_held(agent, ids, relevant)
        lines.append(_line("relevant tracks in the catalogue", share, "share", len(relevant)))
    short, failed = (
        sum(len(turn["tracks"]) < length for turn in turns),
        sum("failure" in turn for turn in turns),
    )
    lines.append(_line(f"turns with fewer than {length} tracks", short, "count", len(turns), lower=True))
    lines.append(_line("turns without an answer", failed, "count", len(turns), lower=True))
    return lines


def _line(name: str, value: float, unit: str, cases: int, *, lower: bool = False) -> MetricLine:
    better: Better = "lower" if lower else "higher"
    return {"name": name, "value": float(value), "unit": unit, "better": better, "cases": cases}


@asynccontextmanager
async def open_public_agent(
    settings: Settings, embedder: Embedder | None, chat: Chat | None = None
) -> AsyncIterator[Agent]:
    """Open an agent on the configured catalogue; no data set's conversation comes into the user's database.

    Args:
        settings: where the catalogue is, limits and timeouts.
        embedder: searches the catalogue; None when BM25 alone is to serve.
        chat: plans the turns; None for the rules planner.

    Raises:
        CatalogueInUse: another process owns the catalogue.
    """
    with TemporaryDirectory(prefix="segue-public-") as folder:
        elsewhere = {"database_url": None, "otel_exporter_otlp_endpoint": None, "data_dir": Path(folder)}
        own = settings.model_copy(update=elsewhere)
        async with (
            open_catalogue(settings, embedder) as source,
            open_agent(source, own, chat=chat, ids="id") as agent,
        ):
            yield agent
