"""The constraint report: a verdict on the finished list for each constraint, and what the rules dropped."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from src.catalogue.models.track import Track
from src.catalogue.names import name_key, split_title
from src.constraints.checks import Known, all_alternatives, meets_any, own_subject
from src.constraints.conflicts import SetAside
from src.constraints.describe import constraint_subject, describe, number_of_tracks
from src.constraints.enforcement import Rules, is_checkable
from src.constraints.models.brief import (
    Absence,
    Constraint,
    OwnListeningConstraint,
    ReportLine,
    TrackConstraint,
)
from src.schema import with_present
from src.spotify.matching.tracks import SOURCE as SPOTIFY

type Verdict = Literal["met", "relaxed", "unmet", "uncheckable"]


class _Judged(NamedTuple):
    """The verdict on a constraint, the numbers behind it, and a code for what the catalogue lacks."""

    verdict: Verdict
    detail: str = ""
    absence: Absence | None = None


_NOTHING_FOUND = _Judged("relaxed", "nothing was found")

_RULES = {
    "one_per_song": "one recording a song",
    "artist_cap": "at most {cap} by one artist",
    "not_repeated": "nothing from earlier answers",
    "versions": "no karaoke, tribute or cover versions",
    "feedback": "nothing that you turned down",
}


@dataclass(frozen=True, slots=True)
class Drop:
    """A track that a rule kept out of the answer."""

    track: Track
    rule: str
    detail: str


def write_report(rules: Rules, picks: Sequence[Track], drops: Sequence[Drop]) -> list[ReportLine]:
    """A line for each constraint of the brief, then of the taste rules, then for each of the service's rules
    that dropped something.
    """
    binding = rules.binding
    aside = {id(item.constraint): item for item in binding.set_aside}
    lines: list[ReportLine] = []
    for constraints, kind in ((binding.brief, ""), (binding.rule_constraints, "taste_rule")):
        groups = all_alternatives([one for one in constraints if id(one) not in aside])
        groups += [(one,) for one in constraints if id(one) in aside]
        for group in sorted(groups, key=lambda group: constraints.index(group[0])):
            if contradiction := aside.get(id(group[0])):
                line = _contradicted(contradiction, picks, rules)
            else:
                line = _line(group, picks, rules, drops)
            lines.append({**line, "kind": kind or line["kind"]})
    if not any(constraint["kind"] == "count" for constraint in binding.brief) and len(picks) < rules.count:
        lines.append(_count_line(rules.count, len(picks), ""))
    return [*lines, *_rule_lines(rules, drops)]


def _rule_lines(rules: Rules, drops: Sequence[Drop]) -> list[ReportLine]:
    titles: dict[str, list[str]] = {}
    for drop in drops:
        if drop.rule in _RULES:
            titles.setdefault(drop.rule, []).append(drop.track["title"])
    return [
        {
            "kind": rule,
            "value": _RULES[rule].format(cap=rules.artist_cap),
            "hard": True,
            "words": "",
            "verdict": "met",
            "detail": f"{len(dropped)} left out: {', '.join(dict.fromkeys(dropped))}"[:300],
        }
        for rule, dropped in titles.items()
    ]


def _contradicted(aside: SetAside, picks: Sequence[Track], rules: Rules) -> ReportLine:
    """A constraint that a firmer one rules out was not followed, whatever the list happens to meet."""
    constraint = aside.constraint
    met = sum(meets_any((constraint,), track, rules.known) is True for track in picks)
    return {
        "kind": constraint["kind"],
        "value": describe(constraint),
        "hard": False,
        "words": constraint["words"],
        "verdict": "relaxed",
        "detail": f"contradicts: {describe(aside.by)}; {met} of {len(picks)}",
    }


def _line(
    group: tuple[Constraint, ...], picks: Sequence[Track], rules: Rules, drops: Sequence[Drop]
) -> ReportLine:
    constraint = group[0]
    judged = _verdict(group, picks, rules)
    value = " or ".join(describe(other) for other in group)
    out = sum(drop.rule == constraint["kind"] and drop.detail == value for drop in drops)
    added = [judged.detail, f"{out} left out for it" if out and judged.verdict == "met" else ""]
    added += [rules.notes.get((other["kind"], constraint_subject(other)), "") for other in group]
    line: ReportLine = {
        "kind": constraint["kind"],
        "value": value,
        "hard": constraint["hard"],
        "words": ", ".join(dict.fromkeys(other["words"] for other in group)),
        "verdict": judged.verdict,
        "detail": "; ".join(part for part in added if part),
    }
    return with_present(line, absence=judged.absence)


def _verdict(group: tuple[Constraint, ...], picks: Sequence[Track], rules: Rules) -> _Judged:
    constraint = group[0]
    match constraint["kind"]:
        case "count":
            line = _count_line(rules.count, len(picks), constraint["words"])
            capped = f"the caller's limit is {rules.count}" if rules.count < constraint["count"] else ""
            verdict: Verdict = "relaxed" if capped and line["verdict"] == "met" else line["verdict"]
            return _Judged(verdict, "; ".join(part for part in (capped, line["detail"]) if part))
        case "per_artist":
            return _per_artist_verdict(constraint["at_most"], picks, rules.known)
        case "own_listening":
            return _own_verdict(constraint, rules.known)
        case "uncheckable":
            return _Judged("uncheckable", "no record in this catalogue tells")
        case "artist":
            absent = [
                other["name"]
                for other in group
                if other["kind"] == "artist" and name_key(other["name"]) in rules.known.absent
            ]
            if absent:
                return _absent_artist_verdict(group, constraint["relation"], absent, picks, rules.known)
            if constraint["relation"] == "seed":
                return _seed_verdict(f"those of {constraint['name']}", picks)
        case "genre" if all(constraint_subject(other) in rules.known.absent for other in group):
            verdict = "met" if constraint["relation"] == "rejected" else "unmet"
            return _Judged(verdict, "not in this catalogue", "not_in_catalogue")
        case "track":
            return _track_verdict(constraint, picks, rules.known)
    return _count_verdict(group, picks, rules.known)


def _per_artist_verdict(at_most: int, picks: Sequence[Track], known: Known) -> _Judged:
    """A guest counts as an artist does; two of one credit (a leader and the band) count once."""
    credited = [known.artists.credits_of(track) for track in picks]
    times = Counter(artist for one in credited for artist in one.artists)
    most = {artist: sum(bool(artist & other.keys) for other in credited) for artist in times}
    beyond = {min(artist): number for artist, number in most.items() if number > at_most}
    if not beyond:
        return _Judged("met")
    detail = ", ".join(f"{number} with {artist}" for artist, number in sorted(beyond.items()))
    return _Judged("unmet", detail[:300])


def _absent_artist_verdict(
    group: tuple[Constraint, ...], relation: str, absent: list[str], picks: Sequence[Track], known: Known
) -> _Judged:
    by_them = sum(meets_any(group, track, known) is True for track in picks)
    if by_them and relation == "wanted":
        detail = f"not in this catalogue; {by_them} of {len(picks)} from Spotify"
        return _Judged("met" if by_them == len(picks) else "relaxed", detail, "from_spotify")
    if relation in ("wanted", "seed"):
        return _Judged("unmet", f"{', '.join(absent)}: not in this catalogue", "not_in_catalogue")
    return _Judged("met", "not in this catalogue anyway", "not_in_catalogue")


def _count_verdict(group: tuple[Constraint, ...], picks: Sequence[Track], known: Known) -> _Judged:
    hard = group[0]["hard"]
    if not picks:
        return _Judged("unmet", "nothing in the catalogue fits") if hard else _NOTHING_FOUND
    holds = [meets_any(group, track, known) for track in picks]
    met, unknown, total = holds.count(True), holds.count(None), len(picks)
    if met == total or not is_checkable(group):
        return _Judged("met")
    if unknown == total:
        return _Judged("uncheckable", "no track here has it on record")
    numbers = f"{met} of {total}" + (f", {unknown} without it on record" if unknown else "")
    if not hard:
        return _Judged("relaxed", numbers)
    return _Judged("uncheckable" if met + unknown == total else "unmet", numbers)


def _own_verdict(constraint: OwnListeningConstraint, known: Known) -> _Judged:
    own = known.own.get(own_subject(constraint))
    if own is None or not own.is_read:
        return _Judged("uncheckable", own.detail if own else "no account is connected that tells")
    return _Judged("met" if own.ids else "unmet", own.detail)


def _seed_verdict(what: str, picks: Sequence[Track]) -> _Judged:
    return _Judged("met", f"searched for tracks like {what}") if picks else _NOTHING_FOUND


def _track_verdict(constraint: TrackConstraint, picks: Sequence[Track], known: Known) -> _Judged:
    relation = constraint["relation"]
    if relation not in ("wanted", "seed"):
        return _count_verdict((constraint,), picks, known)
    if "track_id" not in constraint:
        if relation == "wanted" and any(_is_it(constraint, track, known) for track in picks):
            return _Judged("met", "not in this catalogue; from Spotify", "from_spotify")
        return _Judged("unmet", "not in this catalogue", "not_in_catalogue")
    if relation == "seed":
        return _seed_verdict("it", picks)
    if any(track["id"] == constraint["track_id"] for track in picks):
        return _Judged("met")
    return _Judged("unmet", "another wish keeps it out")


def _is_it(constraint: TrackConstraint, track: Track, known: Known) -> bool:
    """Whether a track that only Spotify has is the one that was named."""
    same = name_key(split_title(track["title"]).name) == name_key(split_title(constraint["title"]).name)
    by = "artist" not in constraint or name_key(constraint["artist"]) in known.artists.credits_of(track).keys
    return track["source"] == SPOTIFY and same and by


def _count_line(wanted: int, given: int, words: str) -> ReportLine:
    return {
        "kind": "count",
        "value": number_of_tracks(wanted),
        "hard": True,
        "words": words,
        "verdict": "met" if given == wanted else "unmet",
        "detail": "" if given == wanted else f"the catalogue has {given} that fit",
    }
