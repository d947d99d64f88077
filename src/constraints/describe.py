"""Constraints and numbers in a few plain words."""

from src.catalogue.names import genre_key, name_key, split_title
from src.constraints.checks import own_subject
from src.constraints.models.brief import (
    OwnListeningWish,
    RangeWish,
    Wish,
    YearsWish,
)
from src.constraints.models.spec import ShareWish, share_genres
from src.lexicon.countries import COUNTRY_NAMES
from src.lexicon.vocabulary import LANGUAGE_NAMES

_UNITS = {"tempo": " bpm", "duration_s": " s"}
_FEATURES = {"duration_s": "length"}


def describe(wish: Wish) -> str:
    """For example `no Mazzy Star`, `1995 or earlier`, `tempo 114 to 126 bpm`."""
    match wish["kind"]:
        case "artist":
            return _related(wish["relation"], wish["name"], wanted="by")
        case "track":
            name = f"{wish['title']} by {wish['artist']}" if "artist" in wish else wish["title"]
            return _related(wish["relation"], name, wanted="")
        case "genre":
            return _negated(wish["relation"], wish["genre"])
        case "mood":
            return _negated(wish["relation"], wish["mood"])
        case "tag":
            return _negated(wish["relation"], wish["tag"])
        case "years":
            return _negated(wish["relation"], _years(wish))
        case "range":
            return _range(wish)
        case "language":
            name = LANGUAGE_NAMES.get(wish["language"], wish["language"])
            return _negated(wish["relation"], f"{name} words")
        case "country":
            name = COUNTRY_NAMES.get(wish["country"], wish["country"])
            return f"{'from' if wish['relation'] == 'wanted' else 'not from'} {name}"
        case "explicit":
            return "explicit words allowed" if wish["allowed"] else "no explicit words"
        case "vocals":
            return "instrumental" if wish["vocals"] == "instrumental" else "with voices"
        case "version":
            return _negated(wish["relation"], f"{wish['version']} versions")
        case "new_artists":
            return "only artists that are new here"
        case "count":
            return f"{wish['count']} tracks" if wish["count"] > 1 else "1 track"
        case "per_artist":
            return f"at most {wish['at_most']} by one artist"
        case "own_listening":
            return f"{'like' if wish['relation'] == 'seed' else 'none of'} {_own(wish)}"
        case "uncheckable":
            return wish["what"]


def _own(wish: OwnListeningWish) -> str:
    match wish["source"]:
        case "recent":
            return "what you played of late"
        case "top":
            return "what you play most"
        case "saved":
            return "what you saved"
        case "playlist":
            return f"your playlist {wish.get('playlist', '')}".rstrip()


def _related(relation: str, name: str, *, wanted: str) -> str:
    before = {
        "wanted": wanted,
        "seed": "like",
        "contrast": "unlike",
        "satisfied": "no more",
        "rejected": "no",
    }
    return f"{before[relation]} {name}".strip()


def _negated(relation: str, name: str) -> str:
    return name if relation == "wanted" else f"no {name}"


def _years(wish: YearsWish) -> str:
    match wish.get("year_from"), wish.get("year_to"):
        case None, None:
            return "any year"
        case None, last:
            return f"{last} or earlier"
        case first, None:
            return f"{first} or later"
        case first, last:
            return f"{first}" if first == last else f"{first} to {last}"


def _range(wish: RangeWish) -> str:
    name, unit = _FEATURES.get(wish["feature"], wish["feature"]), _UNITS.get(wish["feature"], "")
    match wish.get("low"), wish.get("high"):
        case None, None:
            return f"any {name}"
        case None, high:
            return f"{name} at most {high:g}{unit}"
        case low, None:
            return f"{name} at least {low:g}{unit}"
        case low, high:
            return f"{name} {low:g} to {high:g}{unit}"


def number_of_tracks(count: int) -> str:
    """`1 track`, `17 tracks`."""
    return "1 track" if count == 1 else f"{count} tracks"


def length_in_words(seconds: float) -> str:
    """`41:07`, `1:30:00`."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def spacing_in_words(between: int) -> str:
    """`4 tracks between two by one artist`."""
    return f"{number_of_tracks(between)} between two by one artist" if between else "one artist side by side"


def share_in_words(share: ShareWish) -> str:
    """`at least 60 % bossa nova in the first half`."""
    low, high = share.get("at_least"), share.get("at_most")
    if low is not None and low == high:
        amount = f"{low * 100:g} %"
    else:
        bounds = [("at least", low), ("at most", high)]
        amount = ", ".join(f"{words} {bound * 100:g} %" for words, bound in bounds if bound is not None)
    where = f" in the {share['half']} half" if "half" in share else ""
    return f"{amount} {_what(share)}{where}".strip()


def _what(share: ShareWish) -> str:
    first, last = share.get("year_from"), share.get("year_to")
    years = ""
    if first is not None or last is not None:
        years = f"{first or '…'} to {last or '…'}"
    genres = " or ".join(share_genres(share)) or ("tracks" if years else "")
    return " from ".join(part for part in (genres, years) if part)


def wish_subject(wish: Wish) -> str:
    """What a wish is about, as a key: two wishes of one kind and subject cannot both stand."""
    match wish["kind"]:
        case "artist":
            return name_key(wish["name"])
        case "track":
            return name_key(split_title(wish["title"]).name)
        case "genre":
            return genre_key(wish["genre"])
        case "mood":
            return wish["mood"]
        case "tag":
            return wish["tag"]
        case "range":
            return wish["feature"]
        case "language":
            return wish["language"]
        case "country":
            return wish["country"]
        case "version":
            return wish["version"]
        case "own_listening":
            return own_subject(wish)
        case "uncheckable":
            return wish["what"]
        case _:
            return ""
