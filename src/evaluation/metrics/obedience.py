"""Obedience of one answer: by its constraint report, and by the records apart from what enforces.

The definitions are this project's own; where a record is judged, `track_judge` does it.
"""

from collections.abc import Collection, Iterator, Sequence

from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.chat.models.answer import Answer
from src.constraints.models.brief import Constraint, ReportLine, TrackConstraint
from src.evaluation.metrics.lists import new_to
from src.evaluation.metrics.rejudging import alternatives, meets_any, rules_out
from src.evaluation.runner.expectations import CHECKERS
from src.evaluation.runner.list_checks import History, Seen
from src.evaluation.track_judge import matches, meets, named_in

_NOT_MET = frozenset({"relaxed", "unmet"})


def constraints_met(answer: Answer) -> float | None:
    """Share of the checkable hard constraints of the report that are met; None where there is none.

    A rule of the service itself is left out: it is always kept, and would only raise the share.
    """
    return _share_met([line for line in _asked_lines(answer) if line["hard"]])


def all_constraints_met(answer: Answer) -> float | None:
    """The same of hard and soft constraints together; a soft one that some tracks do not meet is not met."""
    return _share_met(_asked_lines(answer))


def relaxations_declared(answer: Answer) -> float | None:
    """Share of the soft constraints that some track breaks by its record and that report or reply declare so.

    The report declares a constraint by a line of its kind and words that is relaxed or unmet, the reply by
    having its words. None where no record breaks a soft constraint, or the list is empty.
    """
    soft = [constraint for constraint in answer["brief"]["wishes"] if not constraint["hard"]]
    broken = [
        group
        for group in alternatives(soft)
        if any(meets_any(group, pick["track"]) is False for pick in answer["recommendations"])
    ]
    declared = [any(_is_declared(constraint, answer) for constraint in group) for group in broken]
    return sum(declared) / len(declared) if declared else None


def relaxations_said(answer: Answer) -> float | None:
    """Share of the soft lines of the report that are not met and that the reply names too, by the listener's
    words or by the report's; None where all are met.
    """
    relaxed = [line for line in _asked_lines(answer) if not line["hard"] and line["verdict"] in _NOT_MET]
    said = [any(_says(answer, text) for text in (line["words"], line["value"])) for line in relaxed]
    return sum(said) / len(said) if said else None


def exclusion_leaks(answer: Answer) -> int | None:
    """Tracks of the list that break a hard exclusion of the brief, by their own records; None without one.

    What a record does not tell breaks nothing.
    """
    exclusions = [
        constraint for constraint in answer["brief"]["wishes"] if constraint["hard"] and rules_out(constraint)
    ]
    if not exclusions:
        return None
    return sum(
        any(meets(constraint, pick["track"]) is False for constraint in exclusions)
        for pick in answer["recommendations"]
    )


def new_artists(answer: Answer, earlier: Collection[Track]) -> float | None:
    """Share of tracks by artists new to the conversation, where the brief asks for such; None elsewhere."""
    if not any(constraint["kind"] == "new_artists" for constraint in answer["brief"]["wishes"]):
        return None
    return new_to([pick["track"] for pick in answer["recommendations"]], earlier)


def named_ranks(answer: Answer) -> list[int | None]:
    """Rank, from 1, of each track that this turn's message wants by name; None for one not in the list.

    A track that the catalogue lacks is left out: it is a matter of `honest_miss`. So is what an earlier turn
    named: it was given then, and does not come again.
    """
    tracks = [pick["track"] for pick in answer["recommendations"]]
    return [
        next((rank for rank, track in enumerate(tracks, start=1) if _is_named(constraint, track)), None)
        for constraint in answer["brief"]["wishes"]
        if constraint["kind"] == "track"
        and constraint["relation"] == "wanted"
        and "track_id" in constraint
        and constraint["turn"] == answer["brief"]["turn"]
    ]


def named_track_rank(answer: Answer) -> float | None:
    """Reciprocal rank of the first track of the list that the message wants by name; 0 where none of them is
    in the list, None where none is wanted or the catalogue has none.
    """
    ranks = named_ranks(answer)
    found = [rank for rank in ranks if rank is not None]
    return (1 / min(found) if found else 0.0) if ranks else None


def named_tracks_found(answer: Answer) -> float | None:
    """Share of the tracks wanted by name that are in the list; None where none is wanted."""
    ranks = named_ranks(answer)
    return sum(rank is not None for rank in ranks) / len(ranks) if ranks else None


def honest_miss(answer: Answer, absent: Collection[str]) -> float | None:
    """Share of the names asked for and not in the catalogue whose lack is admitted: the reply has the name,
    and the report an unmet artist, track or genre. None without such a name, and where Spotify filled in.

    Args:
        absent: names of artists and tracks that the brief asks for and the catalogue lacks.
    """
    if not absent or answer.get("from_spotify"):
        return None
    seen = Seen(answer, History(""))
    admitted = [not any(True for _ in CHECKERS["absent"]({"absent": [name]}, seen)) for name in absent]
    return sum(admitted) / len(admitted)


def wanted_artists(constraints: Sequence[Constraint]) -> list[str]:
    """Names of the artists that a brief asks for: their own tracks, or more like them."""
    return [
        constraint["name"]
        for constraint in constraints
        if constraint["kind"] == "artist" and constraint["relation"] in ("wanted", "seed")
    ]


def unknown_tracks(constraints: Sequence[Constraint]) -> list[TrackConstraint]:
    """Tracks that a brief asks for and that were not found in the catalogue."""
    return [
        constraint
        for constraint in constraints
        if constraint["kind"] == "track"
        and constraint["relation"] in ("wanted", "seed")
        and "track_id" not in constraint
    ]


def _asked_lines(answer: Answer) -> list[ReportLine]:
    """The lines of the report that come from somebody's words."""
    return [line for line in answer["constraints"] if line["words"]]


def _share_met(lines: Sequence[ReportLine]) -> float | None:
    checkable = [line["verdict"] for line in lines if line["verdict"] != "uncheckable"]
    return checkable.count("met") / len(checkable) if checkable else None


def _is_declared(constraint: Constraint, answer: Answer) -> bool:
    return _says(answer, constraint["words"]) or any(
        constraint["words"] in line["words"] for line in _not_met(constraint, answer)
    )


def _not_met(constraint: Constraint, answer: Answer) -> Iterator[ReportLine]:
    for line in answer["constraints"]:
        if line["kind"] == constraint["kind"] and line["verdict"] in _NOT_MET:
            yield line


def _says(answer: Answer, words: str) -> bool:
    key = name_key(words)
    return bool(key) and f" {key} " in f" {name_key(answer['reply'])} "


def _is_named(constraint: TrackConstraint, track: Track) -> bool:
    return constraint.get("track_id") == track["id"] or matches(named_in(constraint), track)
