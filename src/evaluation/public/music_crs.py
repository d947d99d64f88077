"""RecSys Challenge 2026, Music-CRS: its sessions, its prediction file, and its scoring.

Source of the rules: github.com/nlp4musa/music-crs-evaluator, `readme.md` (the prediction JSON),
`make_ground_truth.py` and `evaluate_devset.py` (what is compared, and how it is averaged), `metrics.py` and
`metrics/metrics_diversity.py`; for the turns to predict, `run_inference_blind.py` and
`run_inference_test.py` of github.com/nlp4musa/music-crs-baselines. In short:

- One track was played in each turn, and it alone is relevant. nDCG@1, @10 and @20 are averaged over sessions
  for each turn number, then over turn numbers.
- Catalogue diversity: distinct tracks in all predictions over the tracks of the split `all_tracks`.
- Lexical diversity: Distinct-2 over all responses, in lower case, parted at blanks. The stored version of the
  evaluator's own repository (commit 61f1c8fa) still counts single words as they are written; the challenge
  states Distinct-2, and the later version that this follows was found in a copy,
  `metrics/metrics_diversity.py` of github.com/michspark/RecSys.
- A session of a blind set ends with the words that await an answer, and that turn alone is predicted; of any
  other session every turn is.

The judge of the challenge (30 % of its score) is not public, so there is no overall score here. No track is
played twice in a session (`EDA/summary/relisten-eda-summary.md` of
github.com/tmp-friends/music-crs-challenge-2026): what was played before is left out of a prediction, and is
given to Segue as shown and liked.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from src.errors import InvalidInput
from src.evaluation.files import write_whole
from src.evaluation.metrics.lists import catalogue_diversity, distinct_n
from src.evaluation.metrics.ranking import ndcg_at_k
from src.evaluation.public.files import read_documents
from src.evaluation.public.models.music_crs import (
    CRS_PREDICTIONS,
    CRS_SESSION,
    CRS_TRACK,
    CrsPrediction,
    CrsSession,
    CrsTruth,
)
from src.evaluation.public.models.ranking import DialogueRanking
from src.evaluation.public.ranked import PublicDialogue, PublicTurn

PREDICTED = 20
CUTS = (1, 10, 20)

type Role = Literal["user", "music", "assistant"]


@dataclass(frozen=True, slots=True)
class MusicCrsData:
    """What was read: sessions in order, and the ids of all tracks."""

    sessions: list[CrsSession]
    tracks: list[str]


def load_music_crs(sessions: Sequence[Path], tracks: Sequence[Path]) -> MusicCrsData:
    """Read sessions, and the ids of the track metadata.

    Raises:
        InvalidInput: a file is not as it should be, or an id stands twice; with the file and the line.
    """
    found: list[CrsSession] = []
    places: dict[str, str] = {}
    for path in sessions:
        for place, session in read_documents(path, CRS_SESSION):
            if (earlier := places.setdefault(session["session_id"], place)) != place:
                raise InvalidInput(f"{place}: the session stands in {earlier} already.")
            _check(place, session)
            found.append(session)
    ids: dict[str, None] = {}
    for path in tracks:
        for place, track in read_documents(path, CRS_TRACK):
            if track["track_id"] in ids:
                raise InvalidInput(f"{place}: the track {track['track_id']} stands in the files already.")
            ids[track["track_id"]] = None
    return MusicCrsData(found, list(ids))


def to_public(session: CrsSession) -> PublicDialogue:
    """The session as Segue is asked."""
    turns = _turns(session)
    return PublicDialogue(
        session["session_id"],
        tuple(
            PublicTurn(
                number=number,
                message=parts["user"],
                reply=parts.get("assistant", ""),
                shown=(parts["music"],) if "music" in parts else (),
                liked=(parts["music"],) if "music" in parts else (),
            )
            for number, parts in turns.items()
        ),
    )


def ground_truth(sessions: Iterable[CrsSession]) -> list[CrsTruth]:
    """The track of every turn to predict; none of a blind session."""
    return [
        {"session_id": session["session_id"], "turn_number": number, "ground_truth_track_id": parts["music"]}
        for session in sessions
        if not _is_blind(session)
        for number, parts in _turns(session).items()
        if "music" in parts
    ]


def to_predictions(
    sessions: Iterable[CrsSession], rankings: Mapping[str, DialogueRanking]
) -> list[CrsPrediction]:
    """The entries to hand in: of a blind session the last turn, of another every turn.

    Args:
        rankings: by session.
    """
    return [
        {
            "session_id": session["session_id"],
            "user_id": session.get("user_id") or "",
            "turn_number": turn["number"],
            "predicted_track_ids": turn["tracks"][:PREDICTED],
            "predicted_response": turn["response"],
        }
        for session in sessions
        for turn in rankings[session["session_id"]]["turns"][-1 if _is_blind(session) else 0 :]
    ]


def write_predictions(path: Path, predictions: Sequence[CrsPrediction]) -> None:
    """Write the official JSON: one array, UTF-8 as it is.

    Raises:
        InvalidInput: the file is there already, or cannot be written.
    """
    write_whole(path, [CRS_PREDICTIONS.dump_json(list(predictions)), b"\n"])


def score_predictions(
    truths: Sequence[CrsTruth], predictions: Sequence[CrsPrediction], catalogue_size: int
) -> dict[str, float]:
    """`ndcg@1`, `ndcg@10`, `ndcg@20`, `catalogue diversity` and `distinct-2`.

    Without a truth, as in a blind set, there is no nDCG; without two words in a row, Distinct-2 is 0.

    Raises:
        InvalidInput: a turn has no prediction, or a prediction holds a track twice; or the catalogue has no
            track.
    """
    if catalogue_size < 1:
        raise InvalidInput("The track metadata hold no track: catalogue diversity cannot be computed.")
    by_turn = {(entry["session_id"], entry["turn_number"]): entry for entry in predictions}
    counted = list(predictions)
    scores: dict[str, float] = {}
    for entry in predictions:
        ids = entry["predicted_track_ids"]
        if len(set(ids)) < len(ids):
            raise InvalidInput(f"{_named(entry['session_id'], entry['turn_number'])} holds a track twice.")
    if truths:
        counted = [_prediction_for(truth, by_turn) for truth in truths]
        for k in CUTS:
            scores[f"ndcg@{k}"] = _macro_ndcg(truths, counted, k)
    lists = [entry["predicted_track_ids"] for entry in counted]
    scores["catalogue diversity"] = catalogue_diversity(lists, catalogue_size)
    scores["distinct-2"] = distinct_n([entry["predicted_response"] for entry in counted], 2) or 0.0
    return scores


def _macro_ndcg(truths: Sequence[CrsTruth], predictions: Sequence[CrsPrediction], k: int) -> float:
    by_number: defaultdict[int, list[float]] = defaultdict(list)
    for truth, entry in zip(truths, predictions, strict=True):
        score = ndcg_at_k(entry["predicted_track_ids"], {truth["ground_truth_track_id"]}, k)
        by_number[truth["turn_number"]].append(score)
    means = [math.fsum(scores) / len(scores) for scores in by_number.values()]
    return math.fsum(means) / len(means)


def _prediction_for(truth: CrsTruth, by_turn: Mapping[tuple[str, int], CrsPrediction]) -> CrsPrediction:
    found = by_turn.get((truth["session_id"], truth["turn_number"]))
    if found is None:
        raise InvalidInput(f"{_named(truth['session_id'], truth['turn_number'])} is missing.")
    return found


def _named(session: str, turn: int) -> str:
    return f"The prediction for turn {turn} of the session {session}"


def _turns(session: CrsSession) -> dict[int, dict[Role, str]]:
    """The parts of each turn, in the order of the turns."""
    turns: dict[int, dict[Role, str]] = {}
    for message in session["conversations"]:
        turns.setdefault(message["turn_number"], {})[message["role"]] = message["content"]
    return dict(sorted(turns.items()))


def _is_blind(session: CrsSession) -> bool:
    """Whether the last turn awaits its answer."""
    *_, last = _turns(session).values()
    return "music" not in last


def _check(place: str, session: CrsSession) -> None:
    """What the schema cannot say."""
    if not session["conversations"]:
        raise InvalidInput(f"{place}: the session has no turn.")
    parts: set[tuple[int, str]] = set()
    for message in session["conversations"]:
        part = (message["turn_number"], message["role"])
        if part in parts:
            raise InvalidInput(f"{place}: turn {part[0]} has two parts of the role {part[1]}.")
        parts.add(part)
    turns = _turns(session)
    for number, roles in turns.items():
        if "user" not in roles:
            raise InvalidInput(f"{place}: in turn {number} nobody asks for anything.")
        if "music" not in roles and number != max(turns):
            raise InvalidInput(f"{place}: in turn {number} nothing is played, and it is not the last.")
