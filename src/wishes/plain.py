"""A wish in a few plain words, as the ledger shows it."""

from src.wishes.countries import COUNTRY_NAMES
from src.wishes.models.brief import OwnListeningWish, RangeWish, Wish, YearsWish
from src.wishes.vocabulary import LANGUAGE_NAMES

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
