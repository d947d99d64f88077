"""The brief carried on: what a new message adds, replaces and takes back."""

from src.catalogue.names import genre_key, genre_terms, name_key
from src.constraints.checks import years_apart
from src.constraints.describe import describe, wish_subject
from src.constraints.models.brief import Brief, MoodWish, Relation, Wish, YearsWish
from src.lexicon.vocabulary import MOOD_SOUND
from src.understanding.message import Reading

# Of these kinds the newest wish stands alone.
_SINGLE = frozenset({"explicit", "vocals", "count", "per_artist", "new_artists"})
# Of these, a wish holds for the turn that said it: `another artist` is about this answer.
_FOR_ONE_TURN = frozenset({"new_artists", "count"})
_NAMES = frozenset({"artist", "track"})
# Of these, what is asked for now takes the place of what was asked for before.
_ONE_AT_A_TIME = frozenset({"language", "country", "own_listening"})
# Each is held against every track that is considered, and against each other.
MAX_WISHES = 100
# The words of the message that named them, and no others, are searched by meaning after this many letters.
_TEXT_LIMIT = 600


def merge_reading(brief: Brief, reading: Reading) -> Brief:
    """The brief after one more message."""
    carried = [] if reading.start_over else _carried(brief["wishes"], reading)
    merged = bounded_wishes(add_wishes(carried, [*reading.wishes, *_of_them(brief, reading)]))
    earlier = "" if reading.start_over else _without_taken_back(brief, reading)
    return {"text": _merge_text(earlier, reading.text), "turn": brief["turn"] + 1, "wishes": merged}


def add_wishes(carried: list[Wish], new: list[Wish]) -> list[Wish]:
    """The wishes that stand when new ones come: a new one replaces what it is about."""
    kept = [wish for wish in carried if not any(_replaces(other, wish) for other in new)]
    merged: list[Wish] = []
    for wish in [*kept, *new]:
        if wish not in merged and not any(_says_the_same(wish, other) for other in merged):
            merged.append(wish)
    return merged


def bounded_wishes(wishes: list[Wish]) -> list[Wish]:
    """As many as a brief may hold, in their order: what binds stays, and of the rest the oldest go first."""
    if len(wishes) <= MAX_WISHES:
        return wishes
    hard = [wish["hard"] for wish in wishes]
    first = sorted(range(len(wishes)), key=lambda place: (not hard[place], place if hard[place] else -place))
    kept = set(first[:MAX_WISHES])
    return [wish for place, wish in enumerate(wishes) if place in kept]


def _says_the_same(one: Wish, other: Wish) -> bool:
    same = one["kind"] == other["kind"] and one["turn"] == other["turn"] and describe(one) == describe(other)
    return same and (other["hard"] or not one["hard"])


def _carried(wishes: list[Wish], reading: Reading) -> list[Wish]:
    """What of the brief still stands once the message is heard, before its own wishes are added."""
    kept = [wish for wish in wishes if wish["kind"] not in _FOR_ONE_TURN and not _taken_back(wish, reading)]
    others = any(wish["kind"] == "new_artists" for wish in reading.wishes)
    kept = [_as_example(wish, others=others) for wish in kept]
    if reading.adds:
        return kept
    return [wish for wish in kept if not any(_displaces(new, wish, reading) for new in reading.wishes)]


def _of_them(brief: Brief, reading: Reading) -> list[Wish]:
    """The artist that a pronoun means: the one that the message named last, or else the brief."""
    if reading.of_them is None:
        return []
    named = [*brief["wishes"], *reading.undone, *reading.wishes]
    names = [name for wish in named if (name := _artist_of(wish)) is not None]
    return [] if not names else [_by(names[-1], reading.of_them, brief["turn"] + 1)]


def _artist_of(wish: Wish) -> str | None:
    if wish["kind"] == "artist":
        return wish["name"]
    return wish.get("artist") if wish["kind"] == "track" else None


def _by(name: str, relation: Relation, turn: int) -> Wish:
    return {"kind": "artist", "name": name, "relation": relation, "hard": True, "words": name, "turn": turn}


def _as_example(wish: Wish, *, others: bool) -> Wish:
    """A track that was asked for has been given, and what follows is to be like it; so with an artist, once
    others are asked for.
    """
    if wish["kind"] == "track" and wish["relation"] == "wanted":
        return {**wish, "relation": "seed", "hard": False}
    if wish["kind"] == "artist" and wish["relation"] == "wanted" and others:
        return {**wish, "relation": "seed", "hard": False}
    return wish


def _displaces(new: Wish, old: Wish, reading: Reading) -> bool:
    """Whether what is asked for now takes the place of something else that was asked for before."""
    if not (_asks(new) and _asks(old)):
        return False
    if new["kind"] in _NAMES:
        return old["kind"] in _NAMES
    if new["kind"] != old["kind"]:
        return False
    if new["kind"] == "mood" and old["kind"] == "mood":
        return reading.switches or _moods_clash(new, old)
    if new["kind"] in ("genre", "tag"):
        return reading.switches or (new["hard"] and not old["hard"])
    return new["kind"] in _ONE_AT_A_TIME


def _asks(wish: Wish) -> bool:
    return "relation" in wish and wish["relation"] in ("wanted", "seed")


def _moods_clash(one: MoodWish, other: MoodWish) -> bool:
    """Whether no sound fits both: `sad` and `joyful`."""
    if one["mood"] not in MOOD_SOUND or other["mood"] not in MOOD_SOUND:
        return False
    feature, low, high = MOOD_SOUND[one["mood"]]
    other_feature, other_low, other_high = MOOD_SOUND[other["mood"]]
    apart = max(low or 0.0, other_low or 0.0) > min(high or 1.0, other_high or 1.0)
    return feature == other_feature and apart


def _replaces(new: Wish, old: Wish) -> bool:
    if new["kind"] == "years" and old["kind"] == "years":
        return _replaces_years(new, old)
    if new["kind"] != old["kind"]:
        return False
    return new["kind"] in _SINGLE or wish_subject(new) == wish_subject(old)


def _replaces_years(new: YearsWish, old: YearsWish) -> bool:
    """A bound stands beside one of the other side and beside a feel within it, and gives way to another."""
    if new["relation"] != old["relation"]:
        return not years_apart(new, old) and (new["hard"] or not old["hard"])
    if new["relation"] == "rejected":
        return False
    if not old["hard"] or years_apart(new, old):
        return True
    same_side = ("year_from" in new and "year_from" in old) or ("year_to" in new and "year_to" in old)
    return new["hard"] and same_side


def _taken_back(wish: Wish, reading: Reading) -> bool:
    if wish["kind"] in reading.undone_kinds:
        return True
    return any(_is_about(undone, wish) for undone in reading.undone)


def _is_about(undone: Wish, wish: Wish) -> bool:
    if undone["kind"] == "years" and wish["kind"] == "years":
        return not years_apart(undone, wish)
    if undone["kind"] == "genre" and wish["kind"] == "genre":
        return genre_key(undone["genre"]) in genre_terms(wish["genre"])
    if undone["kind"] in _NAMES and wish["kind"] in _NAMES:
        by = wish.get("artist", "") if wish["kind"] == "track" else ""
        return wish_subject(undone) in (wish_subject(wish), name_key(by))
    return undone["kind"] == wish["kind"] and wish_subject(undone) == wish_subject(wish)


def _without_taken_back(brief: Brief, reading: Reading) -> str:
    """The words so far without those of wishes that are taken back."""
    text = brief["text"]
    for wish in brief["wishes"]:
        if _taken_back(wish, reading) and wish["words"]:
            text = " ".join(text.replace(wish["words"], " ").split())
    return text


def _merge_text(earlier: str, new: str) -> str:
    """The newest words first: they weigh most, and the oldest are cut."""
    if not new:
        return earlier
    return new[:_TEXT_LIMIT] if not earlier or earlier == new else f"{new}. {earlier}"[:_TEXT_LIMIT]
