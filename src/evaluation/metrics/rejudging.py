"""Whether a track holds to a wish by its own record: the checkers of expectations, on one track at a time.

Apart from the code that reads wishes and enforces them, and from the ledger that it writes: a fault there
must not hide itself here.
"""

from collections.abc import Iterator, Sequence

from src.chat.models.answer import Answer, Recommendation
from src.constraints.models.brief import RangeWish, TrackWish, Wish, YearsWish
from src.evaluation.models.case import Expectation, Named, ValueSpan, YearSpan
from src.evaluation.runner.expectations import CHECKERS, History, Seen

_AGAINST = frozenset({"rejected", "satisfied", "contrast"})
# Of these kinds several wanted ones are alternatives: `jazz or blues`.
_WITH_ALTERNATIVES = frozenset({"artist", "genre", "language", "country", "version"})


def rules_out(wish: Wish) -> bool:
    """Whether a wish keeps something out: `never`, `enough of it`, `clean only`, `nothing after 1995`."""
    match wish["kind"]:
        case "explicit":
            return not wish["allowed"]
        case "years" if wish["relation"] == "wanted":
            return ("year_from" in wish) != ("year_to" in wish)
        case "own_listening":
            return False
    return "relation" in wish and wish["relation"] in _AGAINST


def holds(wish: Wish, pick: Recommendation, answer: Answer) -> bool | None:
    """Whether the track holds to the wish.

    None where its record does not tell; and of wishes that are about no single track, or that a record meets
    by more than its own words: moods and tags that are wanted, examples.
    """
    expect, is_turned = _expectation(wish)
    if not expect:
        return None
    if not _passes(expect, pick, answer, may_be_unknown=True):
        held = False
    elif not _passes(expect, pick, answer, may_be_unknown=False):
        return None
    else:
        held = True
    return held != is_turned


def alternatives(wishes: Sequence[Wish]) -> Iterator[Sequence[Wish]]:
    """The wishes in groups of which one must hold."""
    groups: dict[str, list[Wish]] = {}
    for wish in wishes:
        wanted = "relation" in wish and wish["relation"] == "wanted"
        is_span = wish["kind"] == "years" and "year_from" in wish and "year_to" in wish
        if wanted and (wish["kind"] in _WITH_ALTERNATIVES or is_span):
            groups.setdefault(wish["kind"], []).append(wish)
        else:
            yield [wish]
    yield from groups.values()


def any_holds(group: Sequence[Wish], pick: Recommendation, answer: Answer) -> bool | None:
    """Whether one wish of a group holds; None when none does and one cannot be told."""
    verdicts = [holds(wish, pick, answer) for wish in group]
    if True in verdicts:
        return True
    return None if None in verdicts else False


def named_in(wish: TrackWish) -> Named:
    """The track that a wish names."""
    return (
        {"title": wish["title"], "artist": wish["artist"]} if "artist" in wish else {"title": wish["title"]}
    )


def _passes(expect: Expectation, pick: Recommendation, answer: Answer, *, may_be_unknown: bool) -> bool:
    track = pick["track"]
    # An alias is a name of the same artist, and some catalogues tag what others tell by the title.
    full: Recommendation = {
        **pick,
        "track": {
            **track,
            "artists": [*track["artists"], *track.get("aliases", [])],
            "versions": [*track["versions"], *track["tags"]],
        },
        "unchecked": ["unknown"] if may_be_unknown else [],
    }
    alone: Answer = {**answer, "recommendations": [full]}
    seen = Seen(alone, History(""))
    return not any(True for field in expect for _ in CHECKERS[field](expect, seen))


def _expectation(wish: Wish) -> tuple[Expectation, bool]:
    """What an answer of one track must be for the wish to hold, or (turned) must not be; empty for none."""
    against = "relation" in wish and wish["relation"] in _AGAINST
    match wish["kind"]:
        case "artist" if against:
            return {"none_by": [wish["name"]]}, False
        case "artist" if wish["relation"] == "wanted":
            return {"all_by": [wish["name"]]}, False
        case "track" if against:
            return {"lacks": [named_in(wish)]}, False
        case "genre":
            return (
                ({"no_genres": [wish["genre"]]}, False)
                if against
                else ({"genres": {"any_of": [wish["genre"]]}}, False)
            )
        case "mood" if against:
            return {"moods": {"any_of": [wish["mood"]], "share": 1.0}}, True
        case "tag" if against:
            return {"no_tags": [wish["tag"]]}, False
        case "years":
            return {"years": _span(wish)}, against
        case "range":
            return {"values": [_bounds(wish)]}, False
        case "language":
            return {"languages": [wish["language"]]}, against
        case "country":
            return {"countries": [wish["country"]]}, against
        case "explicit" if not wish["allowed"]:
            return {"clean": True}, False
        case "vocals":
            return {"vocals": wish["vocals"]}, False
        case "version":
            return {"versions": [wish["version"]]}, against
        case _:
            return {}, False


def _span(wish: YearsWish) -> YearSpan:
    span: YearSpan = {}
    if "year_from" in wish:
        span["first"] = wish["year_from"]
    if "year_to" in wish:
        span["last"] = wish["year_to"]
    return span


def _bounds(wish: RangeWish) -> ValueSpan:
    span: ValueSpan = {"feature": wish["feature"]}
    if "low" in wish:
        span["low"] = wish["low"]
    if "high" in wish:
        span["high"] = wish["high"]
    return span
