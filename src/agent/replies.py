"""What the service itself says: its own sentences by language, and reasons made from records."""

import tomllib
from collections.abc import Sequence
from functools import cache

from src.agent.claims import is_prose
from src.agent.pool import Candidate
from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.prompts import load_prompt
from src.wishes.binding import SetAside
from src.wishes.models.brief import Constraint
from src.wishes.plain import describe

FALLBACK = "en"
# Longer words of the listener are a whole message: the wish in plain words says it better.
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
    """A reason made from the record alone: genres and year, moods, tags; and what it was found as like.

    Args:
        candidate: the track.
        language: of the answer.
        said: the listener's words, folded. An example that they do not hold is a model's, and not told.
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
    constraints: Sequence[Constraint],
    set_aside: Sequence[SetAside],
    given: int,
    wanted: int,
    language: str,
) -> list[str]:
    """What must be said of the list: what is missing, loosened, contradicted or not on record; empty when all
    is met.
    """
    said: list[str] = []
    if given == 0:
        said.append(say("none", language))
    elif given < wanted:
        said.append(say("few", language, given=given, wanted=wanted))
    absent = [
        line
        for line in constraints
        if line["verdict"] == "unmet" and line["kind"] in ("artist", "track", "genre")
    ]
    absent = [line for line in absent if line.get("absence") == "not_in_catalogue"]
    if absent:
        names = ", ".join(line["words"] for line in absent)
        said.append(say("absent", language, names=names))
    for item in set_aside:
        wish, firmer = item.wish["words"], item.by["words"]
        if not wish or not firmer or wish == firmer or len(wish + firmer) > _LONG_WORDS:
            wish, firmer = describe(item.wish), describe(item.by)
        said.append(say("contradiction", language, wish=wish, firmer=firmer))
    contradicted = {item.wish["words"] for item in set_aside}
    relaxed = [line["words"] for line in constraints if line["verdict"] == "relaxed" and line["words"]]
    relaxed = [words for words in relaxed if words not in contradicted]
    if relaxed and given:
        said.append(say("relaxed", language, wishes=", ".join(dict.fromkeys(relaxed))))
    unchecked = [
        line["value"] if line["kind"] == "taste_rule" else line["words"]
        for line in constraints
        if line["verdict"] == "uncheckable" and line["words"] and line["kind"] != "own_listening"
    ]
    said += [
        f"{line['words']}: {line['detail'].rstrip('.')}."
        for line in constraints
        if line["kind"] == "own_listening" and line["verdict"] in ("uncheckable", "unmet")
    ]
    if unchecked and given:
        said.append(say("unchecked", language, wishes=", ".join(dict.fromkeys(unchecked))))
    return said


def _words(texts: Sequence[str]) -> list[str]:
    """The first two that may stand in a sentence: a record may hold addresses and markup."""
    return [text for text in texts if text and len(text) <= _LONGEST_WORDS and is_prose(text)][:2]


def _genres_and_year(track: Track) -> str:
    # The narrow genres say more than the family, which stands first.
    genres = _words(track["genres"][1:3]) or _words(track["genres"][:1])
    words = ", ".join(genres)
    year = track.get("year")
    return ", ".join(part for part in (words, str(year) if year else "") if part)


def _measured(track: Track) -> str:
    features = track.get("features", {})
    tempo, energy = features.get("tempo"), features.get("energy")
    parts = [f"{round(tempo)} bpm" if tempo else "", f"energy {energy:.1f}" if energy is not None else ""]
    return ", ".join(part for part in parts if part)
