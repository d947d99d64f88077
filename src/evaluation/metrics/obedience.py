"""Obedience of one answer: by its ledger, and by the records alone, apart from the code that enforces."""

from collections.abc import Collection, Sequence

from src.agent.models.answer import Answer
from src.catalogue.models.track import Track
from src.catalogue.names import fold_text, genre_key, genre_terms, name_key
from src.evaluation.metrics.lists import new_to
from src.wishes.models.brief import Wish


def constraints_met(answer: Answer) -> float | None:
    """Share of the checkable hard lines of the ledger that are met; None where there is none."""
    verdicts = [line["verdict"] for line in answer["constraints"] if line["hard"]]
    checkable = [verdict for verdict in verdicts if verdict != "uncheckable"]
    return checkable.count("met") / len(checkable) if checkable else None


def relaxations_declared(answer: Answer) -> float | None:
    """Share of the soft wishes left partly unmet that the reply names; None where all are met."""
    relaxed = [
        line for line in answer["constraints"] if not line["hard"] and line["verdict"] in ("relaxed", "unmet")
    ]
    reply = fold_text(answer["reply"])
    named = [line for line in relaxed if any(fold_text(line[name]) in reply for name in ("value", "words"))]
    return len(named) / len(relaxed) if relaxed else None


def exclusion_leaks(answer: Answer) -> int | None:
    """Tracks of the list that break a hard exclusion of the brief, by their own records; None without one."""
    exclusions = [wish for wish in answer["brief"]["wishes"] if wish["hard"] and _excludes(wish)]
    if not exclusions:
        return None
    tracks = [pick["track"] for pick in answer["recommendations"]]
    return sum(any(_breaks(track, wish) for wish in exclusions) for track in tracks)


def new_artists(answer: Answer, earlier: Collection[Track]) -> float | None:
    """Share of tracks by artists new to the conversation, where the brief asks for such; None elsewhere."""
    if not any(wish["kind"] == "new_artists" for wish in answer["brief"]["wishes"]):
        return None
    return new_to([pick["track"] for pick in answer["recommendations"]], earlier)


def named_track_rank(answer: Answer) -> float | None:
    """Reciprocal rank of the first track that the brief wants by name, 0 where it is not in the list.

    None where none is wanted, or the catalogue has none of them.
    """
    wanted = {
        name_key(wish["title"])
        for wish in answer["brief"]["wishes"]
        if wish["kind"] == "track" and wish["relation"] == "wanted" and "track_id" in wish
    }
    if not wanted:
        return None
    keys = [pick["track"]["song_key"].split("|", 1)[0] for pick in answer["recommendations"]]
    return next((1 / rank for rank, key in enumerate(keys, start=1) if name_key(key) in wanted), 0.0)


def honest_miss(answer: Answer, absent_artists: Collection[str]) -> float | None:
    """Share of the artists asked for and not in the catalogue whose lack the reply says; None without one.

    Args:
        absent_artists: the names that the brief wants and the catalogue lacks.
    """
    if not absent_artists:
        return None
    reply = name_key(answer["reply"])
    return sum(name_key(name) in reply for name in absent_artists) / len(absent_artists)


def wanted_artists(wishes: Sequence[Wish]) -> list[str]:
    """Names of the artists that a brief asks for."""
    return [wish["name"] for wish in wishes if wish["kind"] == "artist" and wish["relation"] == "wanted"]


def _excludes(wish: Wish) -> bool:
    match wish["kind"]:
        case "artist" | "track" | "genre" | "years" | "language" | "country" | "version":
            return wish["relation"] == "rejected"
        case "explicit":
            return not wish["allowed"]
        case _:
            return False


def _breaks(track: Track, wish: Wish) -> bool:
    """Whether the record shows the track to be what the wish rejects; silence breaks nothing."""
    match wish["kind"]:
        case "artist":
            return name_key(wish["name"]) in {name_key(artist) for artist in track["artists"]}
        case "track":
            return wish.get("track_id") == track["id"]
        case "genre":
            terms = {term for genre in track["genres"] for term in genre_terms(genre)}
            return genre_key(wish["genre"]) in terms
        case "years":
            year = track.get("year")
            return year is not None and wish.get("year_from", year) <= year <= wish.get("year_to", year)
        case "language":
            return track.get("language") == wish["language"]
        case "country":
            return track.get("country") == wish["country"]
        case "version":
            return wish["version"] in track["versions"]
        case "explicit":
            return track.get("explicit") is True
        case _:
            return False
