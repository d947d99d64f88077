"""CPCD, the Conversational Playlist Curation Dataset: its dialogues, its output format, and its scoring.

Source of the rules: `eval.py` and `metrics.py` of github.com/google-research-datasets/cpcd; the data is
described in Chaganty et al., "Beyond Single Items" (arXiv 2303.06791). In short:

- Tracks of nearly the same title and artists form a cluster; rankings and goals are compared by cluster, a
  cluster's first place counting.
- The goal of every turn is the dialogue's whole final playlist, without its seeds.
- Seeds are the first three tracks liked in each earlier turn. They are left out of rankings and goals.
- A turn whose goal is empty then is left out.
- The mean over a dialogue's turns, then over dialogues (macro).

In one thing this is wider than `eval.py`, which refuses rankings of fewer than 100 clusters: places that a
shorter one leaves empty hold nothing relevant. Segue gets the seeds as liked and all that was disliked,
and nothing of the tracks liked beyond the seeds, which remain part of the goal. The file of tracks is not in
the repository that was read; its fields are those that `data.py` names.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from src.errors import InvalidInput
from src.evaluation.metrics.ranking import hit_at_k, mrr_at_k, precision_at_k, recall_at_k
from src.evaluation.public.files import read_documents
from src.evaluation.public.models.cpcd import CPCD_DIALOGUE, CPCD_RESULT, CPCD_TRACK, CpcdDialogue, CpcdTrack
from src.evaluation.public.models.ranking import DialogueRanking
from src.evaluation.public.ranked import PublicDialogue, PublicTurn

SEEDS = 3
CUTS = (1, 5, 10, 20, 100)


@dataclass(frozen=True, slots=True)
class CpcdData:
    """What was read: dialogues in order, every track by id."""

    dialogues: list[CpcdDialogue]
    tracks: Mapping[str, CpcdTrack]

    @property
    def clusters(self) -> dict[str, str]:
        """The cluster of each track; one without stands for itself."""
        return {id_: track.get("track_cluster_ids", id_) for id_, track in self.tracks.items()}


def load_cpcd(dialogs: Sequence[Path], tracks: Sequence[Path]) -> CpcdData:
    """Read dialogues, and the tracks of the data set.

    Args:
        dialogs: `cpcd_v1.dialogs.*.jsonl`.
        tracks: `cpcd_v1.tracks.jsonl`; without it, the tracks that the dialogues bring.

    Raises:
        InvalidInput: a file is not as it should be, or an id stands twice; with the file and the line.
    """
    found: list[CpcdDialogue] = []
    places: dict[str, str] = {}
    for path in dialogs:
        for place, dialogue in read_documents(path, CPCD_DIALOGUE):
            if (earlier := places.setdefault(dialogue["id"], place)) != place:
                raise InvalidInput(f"{place}: the dialogue stands in {earlier} already.")
            _check(place, dialogue)
            found.append(dialogue)
    named = {id_: track for dialogue in found for id_, track in dialogue["tracks"].items()}
    given: dict[str, CpcdTrack] = {}
    for path in tracks:
        for place, track in read_documents(path, CPCD_TRACK):
            if track["track_ids"] in given:
                raise InvalidInput(f"{place}: the track {track['track_ids']} stands in the files already.")
            given[track["track_ids"]] = track
    return CpcdData(found, named | given)


def to_public(dialogue: CpcdDialogue) -> PublicDialogue:
    """The dialogue as Segue is asked; turns count from 0, as in the data set's output format."""
    return PublicDialogue(
        dialogue["id"],
        tuple(
            PublicTurn(
                number=number,
                message=turn["user_query"],
                reply=turn["system_response"],
                shown=tuple(turn["liked_results"][:SEEDS]),
                liked=tuple(turn["liked_results"][:SEEDS]),
                disliked=tuple(turn["disliked_results"]),
            )
            for number, turn in enumerate(dialogue["turns"])
        ),
    )


def score_dialogue(
    dialogue: CpcdDialogue, rankings: Sequence[Sequence[str]], clusters: Mapping[str, str]
) -> list[dict[str, float]]:
    """Every metric of each turn that has a goal left: hit, map, mrr, precision and recall at 1 to 100.

    Args:
        rankings: of each turn, ids of tracks, best first.
        clusters: cluster of each track; one that is not in it stands for itself.
    """
    goal = _in_clusters(dialogue["goal_playlist"], clusters)
    seeds: set[str] = set()
    scores: list[dict[str, float]] = []
    for number, ranking in enumerate(rankings):
        if number:
            liked = dialogue["turns"][number - 1]["liked_results"][:SEEDS]
            seeds.update(_in_clusters(liked, clusters))
        wanted = [cluster for cluster in goal if cluster not in seeds]
        if wanted:
            left = [cluster for cluster in _in_clusters(ranking, clusters) if cluster not in seeds]
            scores.append(_score(left, wanted))
    return scores


def macro_average(dialogues: Iterable[Sequence[Mapping[str, float]]]) -> dict[str, float]:
    """The mean of each metric over turns, then over the dialogues that have a scored turn; empty of none."""
    means = [
        {name: math.fsum(turn[name] for turn in turns) / len(turns) for name in turns[0]}
        for turns in dialogues
        if turns
    ]
    return {name: math.fsum(mean[name] for mean in means) / len(means) for name in means[0]} if means else {}


def result_lines(rankings: Iterable[DialogueRanking]) -> Iterator[bytes]:
    """The rankings as the data set's own script reads them, a line a turn."""
    for ranking in rankings:
        for turn in ranking["turns"]:
            result = CPCD_RESULT.dump_json(
                {
                    "docid": f"{ranking['id']}:{turn['number']}",
                    "neighbor": [{"docid": id_} for id_ in turn["tracks"]],
                }
            )
            yield result + b"\n"


def _check(place: str, dialogue: CpcdDialogue) -> None:
    """What the schema cannot say."""
    if not dialogue["turns"]:
        raise InvalidInput(f"{place}: the dialogue has no turn.")
    if ":" in dialogue["id"]:
        raise InvalidInput(f"{place}: an id with a colon could not stand in the output.")


def _in_clusters(tracks: Sequence[str], clusters: Mapping[str, str]) -> list[str]:
    """The clusters of the tracks, each at its first place."""
    return list(dict.fromkeys(clusters.get(id_, id_) for id_ in tracks))


def _score(ranked: Sequence[str], wanted: Sequence[str]) -> dict[str, float]:
    scores: dict[str, float] = {}
    for k in CUTS:
        scores[f"hit@{k}"] = hit_at_k(ranked, wanted, k)
        scores[f"map@{k}"] = _average_precision(ranked, wanted, k)
        scores[f"mrr@{k}"] = mrr_at_k(ranked, wanted, k)
        scores[f"precision@{k}"] = precision_at_k(ranked, wanted, k)
        scores[f"recall@{k}"] = recall_at_k(ranked, wanted, k)
    return scores


def _average_precision(ranked: Sequence[str], wanted: Sequence[str], k: int) -> float:
    """Precision at each relevant place among the first `k`, over as many as could be there."""
    places = [rank for rank, id_ in enumerate(ranked[:k], start=1) if id_ in wanted]
    return math.fsum(found / rank for found, rank in enumerate(places, start=1)) / min(len(wanted), k)
