"""The ledger: every wish with its verdict over the finished list, and every rule that dropped something."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from src.catalogue.models.track import Track
from src.catalogue.names import genre_key, name_key, split_title
from src.constraints.checks import Known, all_alternatives, meets_any, own_subject
from src.constraints.conflicts import SetAside
from src.constraints.describe import constraint_subject, describe
from src.constraints.enforcement import Rules, is_checkable
from src.constraints.models.brief import (
    Absence,
    ArtistConstraint,
    Constraint,
    OwnListeningConstraint,
    ReportLine,
    TrackConstraint,
)
from src.spotify.matching.tracks import SOURCE as SPOTIFY

type Verdict = Literal["met", "relaxed", "unmet", "uncheckable"]


class _Judged(NamedTuple):
    """What became of a wish: the verdict, the numbers behind it, and a code for what is not there."""

    verdict: Verdict
    detail: str = ""
    absence: Absence | None = None


_STANDING = {
    "one_per_song": "one recording a song",
    "artist_cap": "a few tracks by one artist at most",
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
    """One line a wish, in the order of the brief; then the listener's rules; then one a rule of the service
    that dropped something.
    """
    binding = rules.binding
    aside = {id(item.constraint): item for item in binding.set_aside}
    lines: list[ReportLine] = []
    for constraints, kind in ((binding.brief, ""), (binding.rule_constraints, "taste_rule")):
        rule_constraints = [constraint for constraint in constraints if id(constraint) not in aside]
        groups = [
            *all_alternatives(rule_constraints),
            *((constraint,) for constraint in constraints if id(constraint) in aside),
        ]
        for group in sorted(groups, key=lambda group: constraints.index(group[0])):
            firmer = aside.get(id(group[0]))
            line = (
                _line(group, picks, rules, drops) if firmer is None else _contradicted(firmer, picks, rules)
            )
            lines.append({**line, "kind": kind or line["kind"]})
    if not any(constraint["kind"] == "count" for constraint in binding.brief) and len(picks) < rules.count:
        lines.append(_count_line(rules.count, len(picks), ""))
    return [*lines, *_default_lines(rules, drops)]


def _default_lines(rules: Rules, drops: Sequence[Drop]) -> list[ReportLine]:
    lines: list[ReportLine] = []
    dropped = Counter(drop.rule for drop in drops if drop.rule in _STANDING)
    for rule, number in dropped.items():
        names = ", ".join(dict.fromkeys(drop.track["title"] for drop in drops if drop.rule == rule))
        lines.append(
            {
                "kind": rule,
                "value": f"at most {rules.artist_cap} by one artist"
                if rule == "artist_cap"
                else _STANDING[rule],
                "hard": True,
                "words": "",
                "verdict": "met",
                "detail": f"{number} left out: {names}"[:300],
            }
        )
    return lines


def _contradicted(aside: SetAside, picks: Sequence[Track], rules: Rules) -> ReportLine:
    """A wish that a firmer one rules out: it was not followed, whatever the list happens to meet."""
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
    if judged.absence is not None:
        line["absence"] = judged.absence
    return line


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
            by_them = sum(meets_any(group, track, rules.known) is True for track in picks)
            if absent and by_them and constraint["relation"] == "wanted":
                verdict = "met" if by_them == len(picks) else "relaxed"
                detail = f"not in this catalogue; {by_them} of {len(picks)} from Spotify"
                return _Judged(verdict, detail, "from_spotify")
            if absent and (constraint["relation"] in ("wanted", "seed")):
                return _Judged("unmet", f"{', '.join(absent)}: not in this catalogue", "not_in_catalogue")
            if absent:
                return _Judged("met", "not in this catalogue anyway", "not_in_catalogue")
            if constraint["relation"] == "seed":
                return _seeded(constraint, picks)
        case "genre" if _all_absent(group, rules.known):
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


def _all_absent(group: tuple[Constraint, ...], known: Known) -> bool:
    return all(
        constraint["kind"] == "genre" and genre_key(constraint["genre"]) in known.absent
        for constraint in group
    )


def _count_verdict(group: tuple[Constraint, ...], picks: Sequence[Track], known: Known) -> _Judged:
    hard = group[0]["hard"]
    if not picks:
        if hard:
            return _Judged("unmet", "nothing in the catalogue fits")
        return _Judged("relaxed", "nothing was found")
    holds = [meets_any(group, track, known) for track in picks]
    met, unknown, total = holds.count(True), holds.count(None), len(picks)
    if met == total:
        return _Judged("met")
    if unknown == total and is_checkable(group):
        return _Judged("uncheckable", "no track here has it on record")
    if not is_checkable(group):
        return _Judged("met")
    told = f"{met} of {total}" + (f", {unknown} without it on record" if unknown else "")
    if hard:
        return _Judged("uncheckable" if met + unknown == total else "unmet", told)
    return _Judged("relaxed", told)


def _own_verdict(constraint: OwnListeningConstraint, known: Known) -> _Judged:
    own = known.own.get(own_subject(constraint))
    if own is None or not own.is_read:
        return _Judged("uncheckable", own.detail if own else "no account is connected that tells")
    return _Judged("met" if own.ids else "unmet", own.detail)


def _seeded(constraint: ArtistConstraint, picks: Sequence[Track]) -> _Judged:
    if not picks:
        return _Judged("relaxed", "nothing was found")
    return _Judged("met", f"searched for tracks like those of {constraint['name']}")


def _track_verdict(constraint: TrackConstraint, picks: Sequence[Track], known: Known) -> _Judged:
    if constraint["relation"] in ("wanted", "seed") and "track_id" not in constraint:
        if constraint["relation"] == "wanted" and any(_is_it(constraint, track, known) for track in picks):
            return _Judged("met", "not in this catalogue; from Spotify", "from_spotify")
        return _Judged("unmet", "not in this catalogue", "not_in_catalogue")
    if constraint["relation"] == "wanted":
        rank = next(
            (rank for rank, track in enumerate(picks, 1) if track["id"] == constraint.get("track_id")), None
        )
        return _Judged("met") if rank else _Judged("unmet", "another wish keeps it out")
    if constraint["relation"] == "seed":
        if not picks:
            return _Judged("relaxed", "nothing was found")
        return _Judged("met", "searched for tracks like it")
    return _count_verdict((constraint,), picks, known)


def _is_it(constraint: TrackConstraint, track: Track, known: Known) -> bool:
    """Whether a track that only Spotify has is the one that was named."""
    same = name_key(split_title(track["title"]).name) == name_key(split_title(constraint["title"]).name)
    by = "artist" not in constraint or name_key(constraint["artist"]) in known.artists.credits_of(track).keys
    return track["source"] == SPOTIFY and same and by


def _count_line(wanted: int, given: int, words: str) -> ReportLine:
    return {
        "kind": "count",
        "value": f"{wanted} tracks" if wanted > 1 else "1 track",
        "hard": True,
        "words": words,
        "verdict": "met" if given == wanted else "unmet",
        "detail": "" if given == wanted else f"the catalogue has {given} that fit",
    }
