"""The brief carried on: what a new message adds, replaces and takes back."""

from src.catalogue.names import genre_key, name_key, split_title
from src.wishes.models.brief import Brief, Wish
from src.wishes.reader import Reading

# Of these kinds the newest wish stands alone.
_SINGLE = frozenset({"years", "explicit", "vocals", "count", "per_artist"})
# Of these, a wish holds for the turn that said it: `another artist` is about this answer.
_FOR_ONE_TURN = frozenset({"new_artists", "count"})
# The words of the message that named them, and no others, are searched by meaning after this many turns.
_TEXT_LIMIT = 600


def merge_reading(brief: Brief, reading: Reading) -> Brief:
    """The brief after one more message."""
    carried = [] if reading.start_over else [wish for wish in brief["wishes"] if _still_stands(wish, reading)]
    merged = add_wishes(carried, _without_contradictions(reading))
    earlier = "" if reading.start_over else brief["text"]
    return {"text": _merge_text(earlier, reading.text), "turn": brief["turn"] + 1, "wishes": merged}


def add_wishes(carried: list[Wish], new: list[Wish]) -> list[Wish]:
    """The wishes that stand when new ones come: a new one replaces what it is about."""
    kept = [wish for wish in carried if not any(_replaces(other, wish) for other in new)]
    merged: list[Wish] = []
    for wish in [*kept, *new]:
        if wish not in merged:
            merged.append(wish)
    return merged


def wish_subject(wish: Wish) -> str:
    """What a wish is about, as a key: two wishes with one subject cannot both stand."""
    match wish["kind"]:
        case "artist":
            return name_key(wish["name"])
        case "track":
            return name_key(split_title(wish["title"]).name)
        case "genre":
            return genre_key(wish["genre"])
        case "mood":
            return wish["mood"]
        case "range":
            return wish["feature"]
        case "language":
            return wish["language"]
        case "version":
            return wish["version"]
        case "uncheckable":
            return wish["what"]
        case _:
            return ""


def _replaces(new: Wish, old: Wish) -> bool:
    if new["kind"] != old["kind"]:
        return False
    return new["kind"] in _SINGLE or wish_subject(new) == wish_subject(old)


def _still_stands(wish: Wish, reading: Reading) -> bool:
    if wish["kind"] in _FOR_ONE_TURN:
        return False
    undone = reading.undone
    if not undone:
        return True
    subject = set(wish_subject(wish).split())
    said = set(name_key(wish["words"]).split())
    named = subject and subject <= undone
    # `forget the 90s`, `forget the genre`, `forget the tempo`.
    return not (named or (said & undone - _EVERYDAY) or wish["kind"] in undone or _kind_word(wish) in undone)


_EVERYDAY = frozenset(
    {"the", "a", "and", "no", "not", "from", "in", "of", "songs", "music", "is", "it", "that"}
)


def _kind_word(wish: Wish) -> str:
    return wish["feature"] if wish["kind"] == "range" else {"years": "decade"}.get(wish["kind"], wish["kind"])


def _without_contradictions(reading: Reading) -> list[Wish]:
    """What is taken back in this very message is not asked for by it: `forget the 90s` names the 90s."""
    if not reading.undone or reading.start_over:
        return reading.wishes
    return [
        wish
        for wish in reading.wishes
        if not set(name_key(wish["words"]).split()) <= reading.undone | _EVERYDAY
    ]


def _merge_text(earlier: str, new: str) -> str:
    """The newest words first: they weigh most, and the oldest are cut."""
    return new[:_TEXT_LIMIT] if not earlier or earlier == new else f"{new}. {earlier}"[:_TEXT_LIMIT]
