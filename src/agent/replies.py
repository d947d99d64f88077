"""What the service itself says: its own sentences by language, and reasons made from records."""

import tomllib
from collections.abc import Sequence
from functools import cache

from src.agent.pool import Candidate
from src.catalogue.models.track import Track
from src.prompts import load_prompt
from src.wishes.models.brief import Constraint

FALLBACK = "en"


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(load_prompt("replies.toml"))


def say(key: str, language: str, **values: str | int) -> str:
    """The sentence `key` in the language of the message, or in English."""
    texts = _texts()
    return texts.get(language, texts[FALLBACK])[key].format(**values)


def plain_reason(candidate: Candidate, language: str) -> str:
    """A reason made from the record alone: genres and year, moods, tags; and what it was found as like."""
    track = candidate.track
    parts = [_genres_and_year(track), ", ".join(track["moods"][:2]), ", ".join(track["tags"][:2])]
    if not any(parts[1:]):
        parts.append(_measured(track))
    liked = next(
        (item["query"] for item in candidate.evidence if item["tool"] == "similar_tracks"), ""
    ).removeprefix("like ")
    if liked:
        parts.append(say("like", language, name=liked))
    return "; ".join(part for part in parts if part) or track.get("album", track["artists"][0])


def notes(constraints: Sequence[Constraint], given: int, wanted: int, language: str) -> list[str]:
    """What must be said of the list: what is missing, loosened or not on record. Empty when all is met."""
    said: list[str] = []
    if given == 0:
        said.append(say("none", language))
    elif given < wanted:
        said.append(say("few", language, given=given, wanted=wanted))
    absent = [
        line for line in constraints if line["verdict"] == "unmet" and line["kind"] in ("artist", "track")
    ]
    absent = [line for line in absent if "not in this catalogue" in line["detail"]]
    if absent:
        names = ", ".join(line["words"] for line in absent)
        said.append(say("absent", language, names=names))
    relaxed = [line["words"] for line in constraints if line["verdict"] == "relaxed" and line["words"]]
    if relaxed and given:
        said.append(say("relaxed", language, wishes=", ".join(dict.fromkeys(relaxed))))
    unchecked = [line["words"] for line in constraints if line["verdict"] == "uncheckable" and line["words"]]
    if unchecked and given:
        said.append(say("unchecked", language, wishes=", ".join(dict.fromkeys(unchecked))))
    return said


def _genres_and_year(track: Track) -> str:
    # The narrow genres say more than the family, which stands first.
    genres = track["genres"][1:3] or track["genres"][:1]
    words = ", ".join(genres)
    year = track.get("year")
    return ", ".join(part for part in (words, str(year) if year else "") if part)


def _measured(track: Track) -> str:
    features = track.get("features", {})
    tempo, energy = features.get("tempo"), features.get("energy")
    parts = [f"{round(tempo)} bpm" if tempo else "", f"energy {energy:.1f}" if energy is not None else ""]
    return ", ".join(part for part in parts if part)
