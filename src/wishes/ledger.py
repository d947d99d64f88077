"""The ledger: every wish with its verdict over the finished list, and every rule that dropped something."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.wishes.checks import Known, all_alternatives, meets_any
from src.wishes.enforce import Rules, is_checkable
from src.wishes.models.brief import ArtistWish, Brief, Constraint, TrackWish, Wish
from src.wishes.plain import describe

type Verdict = Literal["met", "relaxed", "unmet", "uncheckable"]

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


def write_ledger(
    brief: Brief, rules: Rules, picks: Sequence[Track], drops: Sequence[Drop]
) -> list[Constraint]:
    """One line a wish, in the order of the brief, then one a standing rule that dropped something."""
    lines = [
        _line(group, picks, rules, drops)
        for group in sorted(
            all_alternatives(brief["wishes"]), key=lambda group: brief["wishes"].index(group[0])
        )
    ]
    if not any(wish["kind"] == "count" for wish in brief["wishes"]) and len(picks) < rules.count:
        lines.append(_count_line(rules.count, len(picks), ""))
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


def _line(group: tuple[Wish, ...], picks: Sequence[Track], rules: Rules, drops: Sequence[Drop]) -> Constraint:
    wish = group[0]
    verdict, detail = _verdict(group, picks, rules)
    value = " or ".join(describe(other) for other in group)
    out = sum(drop.rule == wish["kind"] and drop.detail == value for drop in drops)
    if out and verdict == "met":
        detail = f"{detail}; {out} left out for it".removeprefix("; ")
    return {
        "kind": wish["kind"],
        "value": value,
        "hard": wish["hard"],
        "words": ", ".join(dict.fromkeys(other["words"] for other in group)),
        "verdict": verdict,
        "detail": detail,
    }


def _verdict(group: tuple[Wish, ...], picks: Sequence[Track], rules: Rules) -> tuple[Verdict, str]:
    wish = group[0]
    match wish["kind"]:
        case "count":
            line = _count_line(rules.count, len(picks), wish["words"])
            return line["verdict"], line["detail"]
        case "per_artist":
            return "met", ""
        case "uncheckable":
            return "uncheckable", "no record in this catalogue tells"
        case "artist":
            absent = [
                other["name"]
                for other in group
                if other["kind"] == "artist" and name_key(other["name"]) in rules.known.absent
            ]
            if absent and (wish["relation"] in ("wanted", "seed")):
                return "unmet", f"{', '.join(absent)}: not in this catalogue"
            if absent:
                return "met", "not in this catalogue anyway"
            if wish["relation"] == "seed":
                return _seeded(wish, picks)
        case "track":
            return _track_verdict(wish, picks, rules.known)
    return _count_verdict(group, picks, rules.known)


def _count_verdict(group: tuple[Wish, ...], picks: Sequence[Track], known: Known) -> tuple[Verdict, str]:
    hard = group[0]["hard"]
    if not picks:
        return ("unmet", "nothing in the catalogue fits") if hard else ("relaxed", "nothing was found")
    holds = [meets_any(group, track, known) for track in picks]
    met, unknown, total = holds.count(True), holds.count(None), len(picks)
    if met == total:
        return "met", ""
    if unknown == total and is_checkable(group):
        return "uncheckable", "no track here has it on record"
    if not is_checkable(group):
        return "met", ""
    told = f"{met} of {total}" + (f", {unknown} without it on record" if unknown else "")
    if hard:
        return ("uncheckable" if met + unknown == total else "unmet"), told
    return "relaxed", told


def _seeded(wish: ArtistWish, picks: Sequence[Track]) -> tuple[Verdict, str]:
    if not picks:
        return "relaxed", "nothing was found"
    return "met", f"searched for tracks like those of {wish['name']}"


def _track_verdict(wish: TrackWish, picks: Sequence[Track], known: Known) -> tuple[Verdict, str]:
    if wish["relation"] in ("wanted", "seed") and "track_id" not in wish:
        return "unmet", "not in this catalogue"
    if wish["relation"] == "wanted":
        rank = next(
            (rank for rank, track in enumerate(picks, 1) if track["id"] == wish.get("track_id")), None
        )
        return ("met", "") if rank else ("unmet", "another wish keeps it out")
    if wish["relation"] == "seed":
        return ("met", "searched for tracks like it") if picks else ("relaxed", "nothing was found")
    return _count_verdict((wish,), picks, known)


def _count_line(wanted: int, given: int, words: str) -> Constraint:
    return {
        "kind": "count",
        "value": f"{wanted} tracks" if wanted > 1 else "1 track",
        "hard": True,
        "words": words,
        "verdict": "met" if given == wanted else "unmet",
        "detail": "" if given == wanted else f"the catalogue has {given} that fit",
    }
