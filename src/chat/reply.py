"""What the service itself says: reasons from records, and notes on the list."""

import tomllib
from collections.abc import Sequence
from functools import cache

from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.chat.state import Candidate
from src.constraints.conflicts import SetAside
from src.constraints.describe import describe
from src.constraints.models.brief import ReportLine
from src.grounding.prose import is_prose
from src.prompts import load_prompt

FALLBACK = "en"
# Longer words of the listener are a whole message: the description of the constraint is clearer.
_LONG_WORDS = 60
_LONGEST_WORDS = 40


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(load_prompt("replies.toml"))


def say(key: str, language: str, **values: str | int) -> str:
    """The sentence `key` in the language of the message, or in English."""
    texts = _texts()
    return texts.get(language, texts[FALLBACK])[key].format(**values)


def plain_reason(candidate: Candidate, language: str, said: str) -> str:
    """A reason from the record alone: genres and year, moods, tags; and the example that the track is like.

    Args:
        candidate: the track.
        language: of the answer.
        said: the listener's words, folded; an example that they do not name is left out.
    """
    track = candidate.track
    parts = [_genres_and_year(track), ", ".join(_words(track["moods"])), ", ".join(_words(track["tags"]))]
    if not any(parts[1:]):
        parts.append(_measured(track))
    liked = next(
        (item["query"] for item in candidate.evidence if item["tool"] == "similar_tracks"), ""
    ).removeprefix("like ")
    if liked and set(name_key(liked.replace(" by ", " ")).split()) <= set(said.split()):
        parts.append(say("like", language, name=liked))
    reason = "; ".join(part for part in parts if part)
    return reason or next(iter(_words([track.get("album", ""), track["artists"][0]])), "")


def notes(
    constraints: Sequence[ReportLine], set_aside: Sequence[SetAside], given: int, wanted: int, language: str
) -> list[str]:
    """What must be said of the list: what is missing, relaxed, contradicted or not on record.

    Args:
        constraints: the report.
        set_aside: wishes that firmer ones contradict.
        given: tracks on the list.
        wanted: tracks that were asked for.
        language: of the answer.
    """
    said: list[str] = []
    if given < wanted:
        key = "few" if given else "none"
        said.append(say(key, language, given=given, wanted=wanted))
    absent = [
        line["words"]
        for line in constraints
        if line["verdict"] == "unmet"
        and line["kind"] in ("artist", "track", "genre")
        and line.get("absence") == "not_in_catalogue"
    ]
    if absent:
        said.append(say("absent", language, names=", ".join(absent)))
    said += [_contradiction(item, language) for item in set_aside]
    contradicted = {"", *(item.constraint["words"] for item in set_aside)}
    relaxed = [line["words"] for line in constraints if line["verdict"] == "relaxed"]
    relaxed = [words for words in dict.fromkeys(relaxed) if words not in contradicted]
    if relaxed and given:
        said.append(say("relaxed", language, constraints=", ".join(relaxed)))
    said += [
        f"{line['words']}: {line['detail'].rstrip('.')}."
        for line in constraints
        if line["kind"] == "own_listening" and line["verdict"] in ("uncheckable", "unmet")
    ]
    unchecked = [
        line["value"] if line["kind"] == "taste_rule" else line["words"]
        for line in constraints
        if line["verdict"] == "uncheckable" and line["words"] and line["kind"] != "own_listening"
    ]
    if unchecked and given:
        said.append(say("unchecked", language, constraints=", ".join(dict.fromkeys(unchecked))))
    return said


def _contradiction(item: SetAside, language: str) -> str:
    constraint, firmer = item.constraint["words"], item.by["words"]
    if not constraint or not firmer or constraint == firmer or len(constraint + firmer) > _LONG_WORDS:
        constraint, firmer = describe(item.constraint), describe(item.by)
    return say("contradiction", language, constraint=constraint, firmer=firmer)


def _words(texts: Sequence[str]) -> list[str]:
    """The first two that are fit for a sentence: a record may hold addresses and markup."""
    return [text for text in texts if text and len(text) <= _LONGEST_WORDS and is_prose(text)][:2]


def _genres_and_year(track: Track) -> str:
    # The narrow genres say more than the family, which comes first.
    genres = _words(track["genres"][1:3]) or _words(track["genres"][:1])
    words = ", ".join(genres)
    year = track.get("year")
    return ", ".join(part for part in (words, str(year) if year else "") if part)


def _measured(track: Track) -> str:
    features = track.get("features", {})
    tempo, energy = features.get("tempo"), features.get("energy")
    parts = [f"{round(tempo)} bpm" if tempo else "", f"energy {energy:.1f}" if energy is not None else ""]
    return ", ".join(part for part in parts if part)
