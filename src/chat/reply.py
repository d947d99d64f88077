"""What the service itself says, and what is added to an answer only when it is shown."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache

from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.chat.external import handle_number
from src.chat.models.answer import Answer, Recommendation, SpotifyPick, TurnEvent
from src.chat.state import Candidate
from src.constraints.conflicts import SetAside
from src.constraints.describe import describe
from src.constraints.models.brief import ReportLine
from src.grounding.prose import is_prose
from src.prompts import load_prompt
from src.spotify.app import Caller, SpotifyApp
from src.spotify.auth.accounts import load_account
from src.spotify.client.paging import artist_names
from src.spotify.identifiers import page_of
from src.spotify.matching.cache import cached_links, load_handles
from src.spotify.matching.models.link import Link
from src.spotify.matching.tracks import links_of
from src.spotify.shown import shown_track
from src.spotify.sync.store import load_report
from src.storage.database import Database

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
    constraints: Sequence[ReportLine],
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
        constraint, firmer = item.constraint["words"], item.by["words"]
        if not constraint or not firmer or constraint == firmer or len(constraint + firmer) > _LONG_WORDS:
            constraint, firmer = describe(item.constraint), describe(item.by)
        said.append(say("contradiction", language, constraint=constraint, firmer=firmer))
    contradicted = {item.constraint["words"] for item in set_aside}
    relaxed = [line["words"] for line in constraints if line["verdict"] == "relaxed" and line["words"]]
    relaxed = [words for words in relaxed if words not in contradicted]
    if relaxed and given:
        said.append(say("relaxed", language, constraints=", ".join(dict.fromkeys(relaxed))))
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
        said.append(say("unchecked", language, constraints=", ".join(dict.fromkeys(unchecked))))
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


async def show_event(caller: Caller | None, event: TurnEvent, ids: Mapping[int, str]) -> TurnEvent:
    """The event as the listener sees it.

    Args:
        caller: who asks Spotify for what is shown; None without an app.
        ids: what stands behind the handles of this turn.
    """
    match event["type"]:
        case "pick":
            (shown,) = await _with_links(caller.app if caller else None, [event["recommendation"]])
            return {"type": "pick", "recommendation": shown}
        case "spotify_pick" if caller is not None:
            (pick,) = await _with_text(caller, [event["pick"]], ids)
            return {"type": "spotify_pick", "pick": pick}
        case _:
            return event


async def show_answers(
    app: SpotifyApp | None, database: Database, listener: str, answers: Sequence[Answer]
) -> list[Answer]:
    """Stored answers as the listener sees them; all that is asked of Spotify for them has one budget."""
    if app is None:
        return [await _linked(None, answer) for answer in answers]
    account = None
    if any(answer.get("from_spotify") for answer in answers):
        account = await load_account(app, listener)
    caller = Caller(app, listener if account else None, app.config.calls_per_turn, gives_up=True)
    return [await _shown(caller, database, listener, answer) for answer in answers]


async def _linked(app: SpotifyApp | None, answer: Answer) -> Answer:
    return {**answer, "recommendations": await _with_links(app, answer["recommendations"])}


async def _shown(caller: Caller, database: Database, listener: str, answer: Answer) -> Answer:
    shown = await _linked(caller.app, answer)
    if picks := answer.get("from_spotify"):
        now = caller.app.now()
        ids, _ = await load_handles(database, listener, answer["conversation_id"], now)
        shown["from_spotify"] = await _with_text(caller, picks, ids)
    if save_id := answer.get("save_id"):
        report = await load_report(database, listener, save_id)
        if report is not None:
            shown["saved"] = report
    return shown


async def _with_links(app: SpotifyApp | None, picks: Sequence[Recommendation]) -> list[Recommendation]:
    found: Mapping[str, Link] = {}
    if app is not None and picks:
        ids = [pick["track"]["id"] for pick in picks]
        found = await cached_links(app.database, ids, app.config.market, app.now())
    open_url = app.config.open_url if app is not None else None
    return [
        {**pick, "links": links_of(pick["track"], found.get(pick["track"]["id"]), open_url)} for pick in picks
    ]


async def _with_text(
    caller: Caller, picks: Sequence[SpotifyPick], ids: Mapping[int, str]
) -> list[SpotifyPick]:
    """With titles, artists and links, as far as Spotify can be asked now."""
    shown: list[SpotifyPick] = []
    for pick in picks:
        number = handle_number(pick["handle"])
        id_ = ids.get(number) if number is not None else None
        item = await shown_track(caller, id_) if id_ else None
        if item is None:
            shown.append(pick)
            continue
        shown.append(
            {
                **pick,
                "title": item.get("name") or "",
                "artists": artist_names(item),
                "url": page_of(caller.app.config.open_url, "track", id_ or ""),
            }
        )
    return shown
