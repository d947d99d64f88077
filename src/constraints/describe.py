"""Constraints and numbers in a few plain words."""

from collections.abc import Mapping
from typing import cast

from src.catalogue.names import genre_key, name_key, split_title
from src.constraints.checks import own_subject
from src.constraints.models.brief import Constraint, OwnListeningConstraint, RangeConstraint, YearsConstraint
from src.constraints.models.spec import Quota, quota_genres
from src.lexicon.vocabulary import COUNTRY_NAMES, LANGUAGE_NAMES

# The field in which a constraint of a kind holds its name.
VALUE_FIELD: Mapping[str, str] = {
    "artist": "name",
    "track": "title",
    "genre": "genre",
    "mood": "mood",
    "tag": "tag",
    "range": "feature",
    "language": "language",
    "country": "country",
    "vocals": "vocals",
    "version": "version",
    "uncheckable": "what",
}
_UNITS = {"tempo": " bpm", "duration_s": " s"}
_FEATURES = {"duration_s": "length"}


def describe(constraint: Constraint) -> str:
    """For example `no Mazzy Star`, `1995 or earlier`, `tempo 114 to 126 bpm`."""
    match constraint["kind"]:
        case "artist":
            return _related(constraint["relation"], constraint["name"], wanted="by ")
        case "track":
            by = f" by {constraint['artist']}" if "artist" in constraint else ""
            return _related(constraint["relation"], constraint["title"] + by)
        case "genre" | "mood" | "tag":
            return _negated(constraint["relation"], constraint_value(constraint))
        case "years":
            return _negated(constraint["relation"], _years(constraint))
        case "range":
            return _range(constraint)
        case "language":
            name = LANGUAGE_NAMES.get(constraint["language"], constraint["language"])
            return _negated(constraint["relation"], f"{name} words")
        case "country":
            name = COUNTRY_NAMES.get(constraint["country"], constraint["country"])
            return f"{'from' if constraint['relation'] == 'wanted' else 'not from'} {name}"
        case "explicit":
            return "explicit words allowed" if constraint["allowed"] else "no explicit words"
        case "vocals":
            return "instrumental" if constraint["vocals"] == "instrumental" else "with voices"
        case "version":
            return _negated(constraint["relation"], f"{constraint['version']} versions")
        case "new_artists":
            return "only artists that are new here"
        case "count":
            return number_of_tracks(constraint["count"])
        case "per_artist":
            return f"at most {constraint['at_most']} by one artist"
        case "own_listening":
            return f"{'like' if constraint['relation'] == 'seed' else 'none of'} {_own(constraint)}"
        case "uncheckable":
            return constraint["what"]


def _own(constraint: OwnListeningConstraint) -> str:
    match constraint["source"]:
        case "recent":
            return "what you played of late"
        case "top":
            return "what you play most"
        case "saved":
            return "what you saved"
        case "playlist":
            return f"your playlist {constraint.get('playlist', '')}".rstrip()


def _related(relation: str, name: str, *, wanted: str = "") -> str:
    before = {
        "wanted": wanted,
        "seed": "like ",
        "contrast": "unlike ",
        "satisfied": "no more ",
        "rejected": "no ",
    }
    return (before[relation] + name).strip()


def _negated(relation: str, name: str) -> str:
    return name if relation == "wanted" else f"no {name}"


def _years(constraint: YearsConstraint) -> str:
    match constraint.get("year_from"), constraint.get("year_to"):
        case None, None:
            return "any year"
        case None, last:
            return f"{last} or earlier"
        case first, None:
            return f"{first} or later"
        case first, last:
            return f"{first}" if first == last else f"{first} to {last}"


def _range(constraint: RangeConstraint) -> str:
    feature = constraint["feature"]
    name, unit = _FEATURES.get(feature, feature), _UNITS.get(feature, "")
    match constraint.get("low"), constraint.get("high"):
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


def quota_in_words(quota: Quota) -> str:
    """`at least 60 % bossa nova in the first half`."""
    low, high = quota.get("at_least"), quota.get("at_most")
    if low is not None and low == high:
        amount = f"{low * 100:g} %"
    else:
        bounds = [("at least", low), ("at most", high)]
        amount = ", ".join(f"{words} {bound * 100:g} %" for words, bound in bounds if bound is not None)
    where = f" in the {quota['half']} half" if "half" in quota else ""
    return f"{amount} {_what(quota)}{where}".strip()


def _what(quota: Quota) -> str:
    first, last = quota.get("year_from"), quota.get("year_to")
    years = "" if first is None and last is None else f"{first or '…'} to {last or '…'}"
    genres = " or ".join(quota_genres(quota)) or ("tracks" if years else "")
    return " from ".join(part for part in (genres, years) if part)


def constraint_value(constraint: Constraint) -> str:
    """The name that the constraint holds, as written; empty for a kind without a name."""
    fields = cast("Mapping[str, object]", constraint)
    return str(fields.get(VALUE_FIELD.get(constraint["kind"], ""), ""))


def constraint_subject(constraint: Constraint) -> str:
    """What a constraint is about, as a key: of two of one kind and subject, only one can hold."""
    match constraint["kind"]:
        case "artist":
            return name_key(constraint["name"])
        case "track":
            return name_key(split_title(constraint["title"]).name)
        case "genre":
            return genre_key(constraint["genre"])
        case "own_listening":
            return own_subject(constraint)
        case "vocals":
            return ""
        case _:
            return constraint_value(constraint)
