"""The verdict on every constraint of a list, a score for each soft aim, and the notes on both."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from src.constraints.checks import meets
from src.constraints.describe import (
    describe,
    length_in_words,
    number_of_tracks,
    quota_in_words,
    spacing_in_words,
)
from src.constraints.enforcement import DEFAULT_ARTIST_CAP, Rules
from src.constraints.models.brief import Constraint, ReportLine
from src.constraints.models.spec import Contour, PlaylistSpec
from src.constraints.report import Drop, Verdict, write_report
from src.playlists.models.result import AimScore, LevelSource, PlaylistResult, Relaxation
from src.playlists.solver.attempts import DEFAULT_TRACKS, FoundList, asked_count
from src.playlists.solver.contours import (
    COMPATIBLE,
    UNKNOWN_KEY,
    energy_level,
    spearman,
    target_levels,
    tempo_distance,
)
from src.playlists.solver.positions import Demand, RefusedDemand
from src.playlists.solver.problem import ContourGoal, EligibleSet, Floats
from src.playlists.solver.violations import gaps, quota_count, quota_missed

# A contour counts as met from this rank correlation on, a steady one up to this mean distance.
_CONTOUR_MET = 0.8
_STEADY_MET = 0.15
# The mean distance at which a steady contour scores 0.
_STEADY_LOST = 0.5
_UNFAMILIAR_MET = 0.05


def constraints_of(
    spec: PlaylistSpec,
    found: FoundList,
    rules: Rules,
    drops: Sequence[Drop],
    demands: Sequence[Demand],
    refusals: Sequence[RefusedDemand],
) -> list[ReportLine]:
    """The lines on the constraints of the brief, then on the parts of the spec in its own order."""
    tracks = [found.problem.candidates[index].track for index in found.sequence.tolist()]
    asked = asked_count(spec, rules)
    counted = any(constraint["kind"] == "count" for constraint in rules.binding.brief)
    count = len(tracks) if asked is None or not counted else asked
    lines = write_report(replace(rules, count=count), tracks, drops)
    if asked is None or not counted:
        lines.append(_count_line(asked, len(tracks)))
    if "duration_s" in spec:
        lines.append(_duration_line(found, spec["duration_s"]))
    lines += [_contour_line(contour, number, found) for number, contour in enumerate(spec["courses"])]
    lines += _transition_lines(spec, found)
    if "artist_spacing" in spec:
        lines.append(_spacing_line(found, spec["artist_spacing"]))
    lines += [_quota_line(found, number) for number in range(len(spec["shares"]))]
    lines += [_placement_line(found, demand, refusals) for demand in demands if demand.source != "brief"]
    lines += [_opener_line(constraint, found, rules) for constraint in spec["openers"]]
    if "unfamiliar_share" in spec:
        lines.append(_unfamiliar_line(found, spec["unfamiliar_share"]))
    if "order" in spec:
        value = "sorted by year" + (", newest first" if spec["order"] == "year_descending" else "")
        against = found.violations.order
        detail = f"{against} neighbours against it" if against else ""
        lines.append(_line("order", value, "", "unmet" if against else "met", detail, hard=True))
    return lines


def aims_of(found: FoundList) -> list[AimScore]:
    """The soft aims of the list, and how well each was met."""
    problem, sequence = found.problem, found.sequence
    if not len(sequence):
        return []
    relevance = [problem.candidates[index].relevance for index in sequence.tolist()]
    aims = [_aim("relevance", float(np.mean(relevance)), "mean of the tracks, 0 to 1 among the pool")]
    for goal in problem.contours:
        scored = contour_score(goal, found)
        if scored.score is not None:
            aims.append(_aim(f"{goal.contour['feature']} course", max(0.0, scored.score), scored.detail))
    for name, steps in (("tempo steps", tempo_steps(found)), ("keys", key_steps(found))):
        if steps is not None and steps[1]:
            aims.append(_aim(name, steps[0] / steps[1], _pairs_in_words(*steps, len(sequence) - 1)))
    soft = [number for number, goal in enumerate(problem.quotas) if not goal.quota["hard"]]
    if soft:
        counts = [quota_count(problem, number, sequence) for number in soft]
        scores = [
            1 - min(1.0, quota_missed(problem, number, sequence) / max(1, size))
            for number, (_, _, size) in zip(soft, counts, strict=True)
        ]
        details = [_members_in_words(*count) for count in counts]
        aims.append(_aim("shares", float(np.mean(scores)), "; ".join(details)))
    if problem.unfamiliar_share is not None:
        unfamiliar = float(problem.unfamiliar[sequence].mean())
        detail = f"{unfamiliar:.0%} of the tracks, {problem.unfamiliar_share:.0%} asked"
        aims.append(_aim("unfamiliar", 1 - abs(unfamiliar - problem.unfamiliar_share), detail))
    if problem.opener.any():
        aims.append(_aim("opener", float(problem.opener[sequence[0]]), "wishes that the first track meets"))
    return aims


def notes_of(
    spec: PlaylistSpec, found: FoundList, eligible: EligibleSet, rules: Rules, *, out_of_time: bool
) -> list[str]:
    """What the listener must know of how the list was made."""
    notes: list[str] = []
    problem, sequence = found.problem, found.sequence
    if not eligible.candidates:
        notes.append("Nothing in the pool meets the hard wishes.")
    candidates = [candidate.track for candidate in eligible.candidates]
    if "duration_s" in spec and (lacking := sum("duration_ms" not in track for track in candidates)):
        notes.append(f"{number_of_tracks(lacking)} left out for want of a length on record.")
    if "order" in spec:
        if lacking := sum("year" not in track for track in candidates):
            notes.append(f"{number_of_tracks(lacking)} left out for want of a year on record.")
        if spec["courses"]:
            notes.append("The order by year takes the place of the contour.")
    unchecked = int(problem.unchecked[sequence].sum())
    if unchecked:
        notes.append(
            f"{number_of_tracks(unchecked)} are here whose record does not say whether they meet a hard wish."
        )
    notes += _contour_notes(found)
    most = max(Counter(problem.artist[sequence].tolist()).values(), default=0)
    is_capped = any(constraint["kind"] == "per_artist" for constraint in rules.binding.constraints)
    if not is_capped and most > DEFAULT_ARTIST_CAP and not rules.uncapped_artists:
        artists = [problem.candidates[index].track["artists"][0] for index in sequence.tolist()]
        name = Counter(artists).most_common(1)[0][0]
        notes.append(f"Up to {most} tracks by one artist ({name}): the pool has too few artists for fewer.")
    is_open = asked_count(spec, rules) is None and "duration_s" not in spec
    if is_open and len(sequence) != DEFAULT_TRACKS:
        notes.append(f"{number_of_tracks(len(sequence))} rather than {DEFAULT_TRACKS}, which was not asked.")
    if out_of_time:
        notes.append("The time limit ended the search: this is the best list so far.")
    return notes


def without_length(result: PlaylistResult, asked: float, untimed: int, *, proven: bool) -> PlaylistResult:
    """The list solved without the length that was asked, where at least half of the records have none."""
    count = len(result["entries"])
    value = length_in_words(asked)
    detail = f"{result['unknown_durations']} of {number_of_tracks(count)} have no length on record"
    relaxation: Relaxation = {"relax": f"a length of {value}", "to": "any length"}
    note = f"{number_of_tracks(untimed)} that fit have no length on record, so the list could not be timed."
    return {
        **result,
        "status": "nearest",
        "constraints": [*result["constraints"], _line("duration", value, "", "unmet", detail, hard=True)],
        "offers": [*result["offers"], relaxation],
        "notes": [*result["notes"], note],
        "proven": proven,
    }


class ContourScore(NamedTuple):
    """How near a list is to a contour, None where no record tells; and the numbers in words.

    The score is a rank correlation, or a distance where the contour is steady.
    """

    score: float | None
    is_steady: bool
    detail: str


def contour_score(goal: ContourGoal, found: FoundList) -> ContourScore:
    """How near the list is to the contour."""
    levels = goal.levels[found.sequence]
    targets = target_levels(goal.contour, len(levels), goal.pool_levels)
    known = ~np.isnan(levels)
    if known.sum() < min(2, max(1, len(levels))):
        return ContourScore(None, is_steady=False, detail="no record here tells")
    rmse = float(np.sqrt(np.mean(np.square(levels[known] - targets[known]))))
    over = f"over {known.sum()} of {len(levels)} tracks"
    if np.ptp(targets[known]) == 0:
        near = 1 - min(1.0, rmse / _STEADY_LOST)
        return ContourScore(near, is_steady=True, detail=f"RMSE {rmse:.3f} {over}")
    rho = spearman(levels[known].tolist(), targets[known].tolist()) or 0.0
    return ContourScore(rho, is_steady=False, detail=f"Spearman {rho:.3f}, RMSE {rmse:.3f} {over}")


def tempo_steps(found: FoundList) -> tuple[int, int] | None:
    """Neighbours within the tempo step, and those whose tempos are known; None when no step was asked."""
    problem = found.problem
    if problem.tempo_step is None:
        return None
    tempos: Floats = problem.tempo[found.sequence]
    apart = tempo_distance(tempos[:-1], tempos[1:])
    known = ~np.isnan(apart)
    return int((apart[known] <= problem.tempo_step).sum()), int(known.sum())


def key_steps(found: FoundList) -> tuple[int, int] | None:
    """Neighbours with compatible keys, and those whose keys are known; None when it was not asked."""
    problem = found.problem
    if not problem.harmonic:
        return None
    keys = problem.key[found.sequence]
    known = (keys[:-1] != UNKNOWN_KEY) & (keys[1:] != UNKNOWN_KEY)
    return int((COMPATIBLE[keys[:-1], keys[1:]][known] == 1).sum()), int(known.sum())


def _line(kind: str, value: str, words: str, verdict: Verdict, detail: str, *, hard: bool) -> ReportLine:
    return {"kind": kind, "value": value, "hard": hard, "words": words, "verdict": verdict, "detail": detail}


def _aim(name: str, score: float, detail: str) -> AimScore:
    return {"aim": name, "score": round(min(1.0, max(0.0, score)), 4), "detail": detail}


def _count_line(asked: int | None, given: int) -> ReportLine:
    if asked is None:
        return _line("count", "as many tracks as fit", "", "met", number_of_tracks(given), hard=False)
    if given == asked:
        return _line("count", number_of_tracks(asked), "", "met", "", hard=True)
    return _line("count", number_of_tracks(asked), "", "unmet", f"{given} fit", hard=True)


def _duration_line(found: FoundList, asked: float) -> ReportLine:
    seconds = float(found.problem.seconds[found.sequence].sum())
    off = seconds - asked
    detail = f"{length_in_words(seconds)}, {abs(off):.1f} s {'over' if off > 0 else 'under'}"
    value = f"{length_in_words(asked)}, within {found.problem.tolerance_s:g} s"
    return _line("duration", value, "", "unmet" if found.violations.seconds else "met", detail, hard=True)


def _contour_line(contour: Contour, number: int, found: FoundList) -> ReportLine:
    value = f"{contour['feature']}: {contour['shape'].replace('_', ' ')}"
    if found.problem.order:
        return _line("course", value, contour["words"], "relaxed", "sorted by year instead", hard=False)
    score, is_steady, detail = contour_score(found.problem.contours[number], found)
    if score is None:
        return _line("course", value, contour["words"], "uncheckable", detail, hard=False)
    met = score >= (1 - _STEADY_MET / _STEADY_LOST if is_steady else _CONTOUR_MET)
    return _line("course", value, contour["words"], "met" if met else "relaxed", detail, hard=False)


def _pairs_in_words(met: int, known: int, pairs: int) -> str:
    return f"{met} of {known} pairs" + (f", {pairs - known} unknown" if known < pairs else "")


def _transition_lines(spec: PlaylistSpec, found: FoundList) -> list[ReportLine]:
    if "transitions" not in spec:
        return []
    words, lines = spec["transitions"]["words"], []
    pairs = len(found.sequence) - 1
    tempo = f"tempo steps of {found.problem.tempo_step or 0:g} at most"
    for value, steps in ((tempo, tempo_steps(found)), ("keys side by side", key_steps(found))):
        if steps is None:
            continue
        met, known = steps
        verdict: Verdict = "uncheckable" if pairs > 0 and not known else "met" if met == known else "relaxed"
        detail = _pairs_in_words(met, known, pairs) if pairs > 0 else ""
        lines.append(_line("transitions", value, words, verdict, detail, hard=False))
    return lines


def _spacing_line(found: FoundList, asked: int) -> ReportLine:
    between = gaps(found.problem, found.sequence)
    detail = f"{min(between)} at the nearest" if between else "no artist comes twice"
    value = spacing_in_words(asked)
    return _line("spacing", value, "", "unmet" if found.violations.spacing else "met", detail, hard=True)


def _members_in_words(members: int, unknown: int, size: int) -> str:
    return f"{members} of {size}" + (f", {unknown} without it on record" if unknown else "")


def _quota_line(found: FoundList, number: int) -> ReportLine:
    goal = found.problem.quotas[number]
    quota, count = goal.quota, quota_count(found.problem, number, found.sequence)
    members, unknown, size = count
    verdict: Verdict = "met"
    if quota_missed(found.problem, number, found.sequence):
        verdict = "unmet" if quota["hard"] else "relaxed"
    elif members + unknown > goal.bounds(size)[1]:
        verdict = "uncheckable"
    value, detail = quota_in_words(quota), _members_in_words(*count)
    return _line("share", value, quota["words"], verdict, detail, hard=quota["hard"])


def _placement_line(found: FoundList, demand: Demand, refusals: Sequence[RefusedDemand]) -> ReportLine:
    value = demand.at_position if demand.position is not None else demand.name
    ids = [found.problem.candidates[index].track["id"] for index in found.sequence.tolist()]
    is_there = demand.track_id in ids
    stands = f"at position {ids.index(demand.track_id or '') + 1}" if is_there else ""
    reasons = [refusal.detail for refusal in refusals if refusal.demand is demand]
    verdict: Verdict = "met" if is_there and not reasons else "unmet"
    detail = "; ".join(part for part in (*reasons, stands) if part)
    line = _line(demand.source, value, demand.words, verdict, detail, hard=True)
    if reasons and demand.track_id is None:
        line["absence"] = "not_in_catalogue"
    return line


def _opener_line(constraint: Constraint, found: FoundList, rules: Rules) -> ReportLine:
    value, words = f"starts with {describe(constraint)}", constraint["words"]
    if not len(found.sequence):
        return _line("opener", value, words, "relaxed", "nothing was found", hard=False)
    track = found.problem.candidates[int(found.sequence[0])].track
    holds = meets(constraint, track, rules.known)
    verdict: Verdict = "uncheckable" if holds is None else "met" if holds else "relaxed"
    return _line("opener", value, words, verdict, track["title"], hard=False)


def _unfamiliar_line(found: FoundList, asked: float) -> ReportLine:
    count = len(found.sequence)
    unfamiliar = int(found.problem.unfamiliar[found.sequence].sum())
    met = count > 0 and abs(unfamiliar / count - asked) <= max(_UNFAMILIAR_MET, 0.5 / count)
    detail = f"{unfamiliar} of {count}"
    return _line("unfamiliar", f"{asked:.0%} unfamiliar", "", "met" if met else "relaxed", detail, hard=False)


def _contour_notes(found: FoundList) -> list[str]:
    notes: list[str] = []
    for goal in found.problem.contours:
        feature = goal.contour["feature"]
        unknown = int(np.isnan(goal.levels[found.sequence]).sum())
        if unknown == len(found.sequence):
            notes.append(f"No record here tells the {feature}, so its contour could not be followed.")
            continue
        if unknown:
            notes.append(f"The {feature} of {unknown} of these tracks is not on record.")
        if feature == "energy":
            notes += _source_notes(found)
    return notes


def _source_notes(found: FoundList) -> list[str]:
    levels = [energy_level(found.problem.candidates[index].track) for index in found.sequence.tolist()]
    sources = Counter(level[1] for level in levels if level is not None)
    words: dict[LevelSource, str] = {"editorial": "the editor's energy", "moods": "the moods"}
    return [
        f"The energy of {number_of_tracks(sources[source])} is not measured; it goes by {name}."
        for source, name in words.items()
        if sources[source]
    ]
