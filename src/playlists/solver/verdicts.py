"""What became of every wish: a line of the ledger each, a score for each soft aim, and what must be said."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

import numpy as np

from src.constraints.checks import meets
from src.constraints.describe import (
    describe,
    length_in_words,
    number_of_tracks,
    share_in_words,
    spacing_in_words,
)
from src.constraints.enforcement import DEFAULT_ARTIST_CAP, Rules
from src.constraints.models.brief import ReportLine
from src.constraints.models.spec import PlaylistSpec
from src.constraints.report import Drop, write_report
from src.playlists.models.result import AimScore, LevelSource, PlaylistResult, Relaxation
from src.playlists.solver.attempts import DEFAULT_TRACKS, Found, asked_count
from src.playlists.solver.camelot import COMPATIBLE, UNKNOWN_KEY, tempo_distance
from src.playlists.solver.contours import energy_level, spearman, target_levels
from src.playlists.solver.positions import Demand, Refusal, where
from src.playlists.solver.problem import ContourGoal, EligibleSet, Floats, Problem
from src.playlists.solver.violations import gaps, share_count

type Verdict = Literal["met", "relaxed", "unmet", "uncheckable"]

# A course counts as met from this rank correlation on, one that stands still up to this mean distance.
_CONTOUR_MET = 0.8
_STEADY_MET = 0.15
# The mean distance at which a course that stands still scores nothing.
_STEADY_LOST = 0.5
_UNFAMILIAR_MET = 0.05


def constraints_of(
    spec: PlaylistSpec,
    found: Found,
    rules: Rules,
    drops: Sequence[Drop],
    demands: Sequence[Demand],
    refusals: Sequence[Refusal],
) -> list[ReportLine]:
    """The wishes of the brief, then the parts of the spec in its own order."""
    tracks = [found.problem.candidates[index].track for index in found.sequence.tolist()]
    asked = asked_count(spec, rules)
    counted = any(constraint["kind"] == "count" for constraint in rules.binding.brief)
    count = len(tracks) if asked is None or not counted else asked
    lines = write_report(replace(rules, count=count), tracks, drops)
    if asked is None or not counted:
        lines.append(_count_line(asked, len(tracks)))
    if "duration_s" in spec:
        lines.append(_duration_line(found, spec["duration_s"]))
    lines += [_contour_line(spec, number, found) for number in range(len(spec["courses"]))]
    lines += _transition_lines(spec, found)
    if "artist_spacing" in spec:
        lines.append(_spacing_line(found, spec["artist_spacing"]))
    lines += [_share_line(found, number) for number in range(len(spec["shares"]))]
    lines += [_place_line(found, demand, refusals) for demand in demands if demand.source != "brief"]
    lines += [_opener_line(spec, found, rules, number) for number in range(len(spec["openers"]))]
    if "unfamiliar_share" in spec:
        lines.append(_unfamiliar_line(found, spec["unfamiliar_share"]))
    if "order" in spec:
        value = "sorted by year" + (", newest first" if spec["order"] == "year_descending" else "")
        verdict: Verdict = "unmet" if found.violations.order else "met"
        detail = f"{found.violations.order} neighbours against it" if found.violations.order else ""
        lines.append(_line("order", value, "", verdict, detail, hard=True))
    return lines


def aims_of(found: Found) -> list[AimScore]:
    """The soft aims that play a part in the list, and how well each was met."""
    problem, sequence = found.problem, found.sequence
    if not len(sequence):
        return []
    relevance = [problem.candidates[index].relevance for index in sequence.tolist()]
    aims = [_aim("relevance", float(np.mean(relevance)), "mean of the tracks, 0 to 1 among the pool")]
    for goal in problem.contours:
        scored = contour_score(goal, found)
        if scored.score is not None:
            aims.append(_aim(f"{goal.contour['feature']} course", max(0.0, scored.score), scored.detail))
    for name, kept in (("tempo steps", tempo_steps(found)), ("keys", key_steps(found))):
        if kept is not None and kept[1]:
            aims.append(_aim(name, kept[0] / kept[1], _told_pairs(*kept, len(sequence) - 1)))
    soft = [number for number, share in enumerate(problem.quotas) if not share.constraint["hard"]]
    if soft:
        scores = [_share_score(found, number) for number in soft]
        details = [_share_numbers(found, number) for number in soft]
        aims.append(_aim("shares", float(np.mean(scores)), "; ".join(details)))
    if problem.unfamiliar_share is not None:
        share = float(problem.unfamiliar[sequence].mean())
        detail = f"{share:.0%} of the tracks, {problem.unfamiliar_share:.0%} asked"
        aims.append(_aim("unfamiliar", 1 - abs(share - problem.unfamiliar_share), detail))
    if problem.opener.any():
        aims.append(_aim("opener", float(problem.opener[sequence[0]]), "wishes that the first track meets"))
    return aims


def notes_of(
    spec: PlaylistSpec, found: Found, eligible: EligibleSet, rules: Rules, *, out_of_time: bool
) -> list[str]:
    """What must be said about how the list came about."""
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
            notes.append("The order by year stands in place of the course.")
    unchecked = int(problem.unchecked[sequence].sum())
    if unchecked:
        notes.append(f"{number_of_tracks(unchecked)} stand here whose record cannot tell a hard wish.")
    notes += _contour_notes(found)
    tracks = [problem.candidates[index].track["artists"][0] for index in sequence.tolist()]
    most = max(Counter(problem.artist[sequence].tolist()).values(), default=0)
    said = any(constraint["kind"] == "per_artist" for constraint in rules.binding.constraints)
    if not said and most > DEFAULT_ARTIST_CAP and not rules.uncapped_artists:
        name = Counter(tracks).most_common(1)[0][0]
        notes.append(f"Up to {most} tracks by one artist ({name}): the pool has too few artists for fewer.")
    is_open = asked_count(spec, rules) is None and "duration_s" not in spec
    if is_open and len(sequence) != DEFAULT_TRACKS:
        notes.append(f"{number_of_tracks(len(sequence))} rather than {DEFAULT_TRACKS}, which was not asked.")
    if out_of_time:
        notes.append("The time limit ended the search: this is the best list so far.")
    return notes


def without_length(result: PlaylistResult, asked: float, untold: int, *, proven: bool) -> PlaylistResult:
    """The list without the length that was asked, where most records have none to add up."""
    count = len(result["entries"])
    value = length_in_words(asked)
    told = f"{result['unknown_durations']} of {number_of_tracks(count)} have no length on record"
    relaxation: Relaxation = {"relax": f"a length of {value}", "to": "any length"}
    note = f"{number_of_tracks(untold)} that fit have no length on record, so the list could not be timed."
    return {
        **result,
        "status": "nearest",
        "constraints": [*result["constraints"], _line("duration", value, "", "unmet", told, hard=True)],
        "offers": [*result["offers"], relaxation],
        "notes": [*result["notes"], note],
        "proven": proven,
    }


class ContourScore(NamedTuple):
    """How near a list comes to a course: the score, None where no record tells; whether the course stands
    still, so that the score is a distance and no correlation; and the numbers in words.
    """

    score: float | None
    is_steady: bool
    detail: str


def contour_score(goal: ContourGoal, found: Found) -> ContourScore:
    """How near the list comes to the course: the rank correlation, or the distance where it stands still."""
    levels = goal.levels[found.sequence]
    targets = target_levels(goal.contour, len(levels), goal.offered)
    told = ~np.isnan(levels)
    if told.sum() < min(2, max(1, len(levels))):
        return ContourScore(None, is_steady=False, detail="no record here tells")
    rmse = float(np.sqrt(np.mean(np.square(levels[told] - targets[told]))))
    over = f"over {told.sum()} of {len(levels)} tracks"
    if np.ptp(targets[told]) == 0:
        near = 1 - min(1.0, rmse / _STEADY_LOST)
        return ContourScore(near, is_steady=True, detail=f"RMSE {rmse:.3f} {over}")
    rho = spearman(levels[told].tolist(), targets[told].tolist()) or 0.0
    return ContourScore(rho, is_steady=False, detail=f"Spearman {rho:.3f}, RMSE {rmse:.3f} {over}")


def tempo_steps(found: Found) -> tuple[int, int] | None:
    """Neighbours within the tempo step, and those whose tempos are known; None when no step was asked."""
    problem = found.problem
    if problem.tempo_step is None:
        return None
    tempos: Floats = problem.tempo[found.sequence]
    apart = tempo_distance(tempos[:-1], tempos[1:])
    told = ~np.isnan(apart)
    return int((apart[told] <= problem.tempo_step).sum()), int(told.sum())


def key_steps(found: Found) -> tuple[int, int] | None:
    """Neighbours side by side on the wheel, and those whose keys are known; None when it was not asked."""
    problem = found.problem
    if not problem.harmonic:
        return None
    keys = problem.key[found.sequence]
    told = (keys[:-1] != UNKNOWN_KEY) & (keys[1:] != UNKNOWN_KEY)
    return int((COMPATIBLE[keys[:-1], keys[1:]][told] == 1).sum()), int(told.sum())


def _line(kind: str, value: str, words: str, verdict: Verdict, detail: str, *, hard: bool) -> ReportLine:
    return {
        "kind": kind,
        "value": value,
        "hard": hard,
        "words": words,
        "verdict": verdict,
        "detail": detail,
    }


def _aim(name: str, score: float, detail: str) -> AimScore:
    return {"aim": name, "score": round(min(1.0, max(0.0, score)), 4), "detail": detail}


def _count_line(asked: int | None, given: int) -> ReportLine:
    wanted = DEFAULT_TRACKS if asked is None else asked
    if asked is None:
        return _line("count", "as many tracks as fit", "", "met", number_of_tracks(given), hard=False)
    detail = "" if given == wanted else f"{given} fit"
    verdict: Verdict = "met" if given == wanted else "unmet"
    return _line("count", number_of_tracks(wanted), "", verdict, detail, hard=True)


def _duration_line(found: Found, asked: float) -> ReportLine:
    seconds = float(found.problem.seconds[found.sequence].sum())
    off = seconds - asked
    detail = f"{length_in_words(seconds)}, {abs(off):.1f} s {'over' if off > 0 else 'under'}"
    value = f"{length_in_words(asked)}, within {found.problem.tolerance_s:g} s"
    return _line("duration", value, "", "unmet" if found.violations.seconds else "met", detail, hard=True)


def _contour_line(spec: PlaylistSpec, number: int, found: Found) -> ReportLine:
    contour = spec["courses"][number]
    value = f"{contour['feature']}: {contour['shape'].replace('_', ' ')}"
    if found.problem.order:
        return _line("course", value, contour["words"], "relaxed", "sorted by year instead", hard=False)
    goal = found.problem.contours[number]
    score, is_steady, detail = contour_score(goal, found)
    if score is None:
        return _line("course", value, contour["words"], "uncheckable", detail, hard=False)
    met = score >= (1 - _STEADY_MET / _STEADY_LOST if is_steady else _CONTOUR_MET)
    return _line("course", value, contour["words"], "met" if met else "relaxed", detail, hard=False)


def _told_pairs(kept: int, told: int, pairs: int) -> str:
    return f"{kept} of {told} pairs" + (f", {pairs - told} cannot be told" if told < pairs else "")


def _transition_lines(spec: PlaylistSpec, found: Found) -> list[ReportLine]:
    if "transitions" not in spec:
        return []
    words, lines = spec["transitions"]["words"], []
    pairs = len(found.sequence) - 1
    steps = (
        (f"tempo steps of {found.problem.tempo_step or 0:g} at most", tempo_steps(found)),
        ("keys side by side", key_steps(found)),
    )
    for value, kept in steps:
        if kept is None:
            continue
        verdict: Verdict = "met" if kept[0] == kept[1] else "relaxed"
        if pairs > 0 and not kept[1]:
            verdict = "uncheckable"
        detail = _told_pairs(*kept, pairs) if pairs > 0 else ""
        lines.append(_line("transitions", value, words, verdict, detail, hard=False))
    return lines


def _spacing_line(found: Found, asked: int) -> ReportLine:
    between = gaps(found.problem, found.sequence)
    detail = f"{min(between)} at the nearest" if between else "no artist comes twice"
    value = spacing_in_words(asked)
    return _line("spacing", value, "", "unmet" if found.violations.spacing else "met", detail, hard=True)


def _share_numbers(found: Found, number: int) -> str:
    members, unknown, size = share_count(found.problem, number, found.sequence)
    return f"{members} of {size}" + (f", {unknown} without it on record" if unknown else "")


def _share_score(found: Found, number: int) -> float:
    members, _, size = share_count(found.problem, number, found.sequence)
    low, high = found.problem.quotas[number].bounds(size)
    return 1 - min(1.0, max(0, low - members, members - high) / max(1, size))


def _share_line(found: Found, number: int) -> ReportLine:
    constraint = found.problem.quotas[number].constraint
    members, unknown, size = share_count(found.problem, number, found.sequence)
    low, high = found.problem.quotas[number].bounds(size)
    missed = max(0, low - members, members - high)
    verdict: Verdict = "met"
    if missed:
        verdict = "unmet" if constraint["hard"] else "relaxed"
    elif members + unknown > high:
        verdict = "uncheckable"
    detail = _share_numbers(found, number)
    return _line(
        "share", share_in_words(constraint), constraint["words"], verdict, detail, hard=constraint["hard"]
    )


def _place_line(found: Found, demand: Demand, refusals: Sequence[Refusal]) -> ReportLine:
    value = f"{demand.name} at {where(demand)}" if demand.position is not None else demand.name
    here = [
        place
        for place, index in enumerate(found.sequence.tolist(), start=1)
        if found.problem.candidates[index].track["id"] == demand.track_id
    ]
    stands = f"stands at position {here[0]}" if here else ""
    reasons = [refusal.detail for refusal in refusals if refusal.demand is demand]
    if not reasons:
        verdict: Verdict = "met" if here else "unmet"
        return _line(demand.source, value, demand.words, verdict, stands, hard=True)
    detail = "; ".join(part for part in (*reasons, stands) if part)
    line = _line(demand.source, value, demand.words, "unmet", detail, hard=True)
    if demand.track_id is None:
        line["absence"] = "not_in_catalogue"
    return line


def _opener_line(spec: PlaylistSpec, found: Found, rules: Rules, number: int) -> ReportLine:
    constraint = spec["openers"][number]
    value = f"starts with {describe(constraint)}"
    if not len(found.sequence):
        return _line("opener", value, constraint["words"], "relaxed", "nothing was found", hard=False)
    track = found.problem.candidates[int(found.sequence[0])].track
    holds = meets(constraint, track, rules.known)
    verdict: Verdict = "uncheckable" if holds is None else "met" if holds else "relaxed"
    return _line("opener", value, constraint["words"], verdict, track["title"], hard=False)


def _unfamiliar_line(found: Found, asked: float) -> ReportLine:
    count = len(found.sequence)
    unfamiliar = int(found.problem.unfamiliar[found.sequence].sum())
    met = count > 0 and abs(unfamiliar / count - asked) <= max(_UNFAMILIAR_MET, 0.5 / count)
    detail = f"{unfamiliar} of {count}"
    return _line("unfamiliar", f"{asked:.0%} unfamiliar", "", "met" if met else "relaxed", detail, hard=False)


def _contour_notes(found: Found) -> list[str]:
    notes: list[str] = []
    for goal in found.problem.contours:
        feature = goal.contour["feature"]
        told = int((~np.isnan(goal.levels[found.sequence])).sum())
        if not told:
            notes.append(f"No record here tells the {feature}, so its course could not be followed.")
            continue
        if told < len(found.sequence):
            notes.append(f"The {feature} of {len(found.sequence) - told} of these tracks is not on record.")
        if feature == "energy":
            notes += _source_notes(found.problem, found)
    return notes


def _source_notes(problem: Problem, found: Found) -> list[str]:
    levels = [energy_level(problem.candidates[index].track) for index in found.sequence.tolist()]
    sources = Counter(level[1] for level in levels if level is not None)
    words: dict[LevelSource, str] = {"editorial": "the editor's energy", "moods": "the moods"}
    return [
        f"The energy of {number_of_tracks(sources[source])} is not measured; it goes by {name}."
        for source, name in words.items()
        if sources[source]
    ]
