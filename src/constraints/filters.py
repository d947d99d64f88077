"""From constraints to the engine's filter: it only narrows the search, enforcement alone decides."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from src.catalogue.engine import AnyOf, Between, Condition, Match, Missing
from src.catalogue.filters import to_conditions
from src.catalogue.models.filter import TrackFilter
from src.catalogue.names import genre_key
from src.constraints.checks import (
    INSTRUMENTAL_FROM,
    REFUSED,
    UNASKED_VERSIONS,
    Known,
    all_alternatives,
    is_wanted,
)
from src.constraints.describe import constraint_value
from src.constraints.models.brief import Constraint, RangeConstraint, Relation, YearsConstraint
from src.lexicon.vocabulary import MOOD_KIN, MOOD_SOUND, TAG_KIN, TAG_SOUND

LOOSEST = 3
# The lists of a track filter that wanted and rejected constraints of a kind go into.
_LISTS: Mapping[str, tuple[str, str]] = {
    "artist": ("artists", "not_artists"),
    "genre": ("genres_any", "genres_none"),
    "language": ("languages", "not_languages"),
    "country": ("countries", "not_countries"),
}
# Some sources say that a track is instrumental in its language, some in a tag, some measure it.
_INSTRUMENTAL = AnyOf(
    (
        Match("track.language", ("zxx",)),
        Match("track.tags", ("instrumental",)),
        Between("track.features.instrumentalness", INSTRUMENTAL_FROM, None),
    )
)
# Soft constraints of these kinds, on how it sounds and feels, are the first that no longer filter.
_FEELING: frozenset[str] = frozenset({"tag", "range", "vocals", "explicit", "mood", "artist"})


def hard_conditions(
    constraints: Sequence[Constraint], known: Known, *, allow_missing: bool = False
) -> list[Condition]:
    """What every track of the answer must meet; with `allow_missing`, unknown values pass as well."""
    hard = [part for constraint in constraints if constraint["hard"] for part in _parts(constraint, known)]
    only_new = any(constraint["kind"] == "new_artists" for constraint in hard)
    always: TrackFilter = {
        "not_versions": sorted(UNASKED_VERSIONS - wanted_versions(hard)),
        "exclude_ids": sorted(id_ for id_, verdict in known.feedback.items() if verdict in REFUSED),
        "exclude_songs": sorted(known.earlier_songs),
        "not_artists": sorted(known.earlier_artists) if only_new else [],
    }
    return [*to_conditions(always), *_constraint_conditions(hard, allow_missing=allow_missing)]


def _parts(constraint: Constraint, known: Known) -> list[Constraint]:
    """A constraint for each of the artists whom a name joins; any other as it is."""
    if constraint["kind"] != "artist":
        return [constraint]
    return [{**constraint, "name": key} for key in sorted(known.artists.artists_in(constraint["name"]))]


def soft_conditions(constraints: Sequence[Constraint], level: int = 0) -> list[Condition]:
    """What tracks should preferably meet: the soft ones of the constraints.

    Args:
        level: how far they are loosened, 0 to `LOOSEST`: all of them; none on how it sounds and feels; genres
            widened to the genre that they are a kind of; none.
    """
    if level == LOOSEST:
        return []
    soft = [one for one in constraints if not one["hard"] and not (level and one["kind"] in _FEELING)]
    if level == LOOSEST - 1:
        soft = [_broadened(constraint) for constraint in soft]
    return _constraint_conditions(soft, allow_missing=False)


def _broadened(constraint: Constraint) -> Constraint:
    """`heavy metal` as `metal`: the last word of a genre's name is the genre that it is a kind of."""
    if constraint["kind"] != "genre" or constraint["relation"] != "wanted":
        return constraint
    return {**constraint, "genre": genre_key(constraint["genre"]).split()[-1]}


def wanted_songs(constraints: Sequence[Constraint]) -> frozenset[str]:
    """Ids of tracks that the listener named as wanted: they may come again."""
    return frozenset(named_tracks(constraints, "wanted"))


def named_tracks(constraints: Iterable[Constraint], relation: Relation) -> list[str]:
    """Ids of the tracks named in this relation, as far as the catalogue has them."""
    return [
        constraint["track_id"]
        for constraint in constraints
        if constraint["kind"] == "track" and constraint["relation"] == relation and "track_id" in constraint
    ]


def wanted_versions(constraints: Iterable[Constraint]) -> frozenset[str]:
    """The kinds of version that are asked for."""
    return frozenset(one["version"] for one in constraints if one["kind"] == "version" and is_wanted(one))


def _constraint_conditions(constraints: list[Constraint], *, allow_missing: bool) -> list[Condition]:
    lists: defaultdict[str, list[str]] = defaultdict(list)
    others: list[Condition] = []
    for constraint in constraints:
        match constraint["kind"]:
            case "artist" | "genre" | "language" | "country" if constraint["relation"] != "seed":
                wanted, rejected = _LISTS[constraint["kind"]]
                lists[wanted if constraint["relation"] == "wanted" else rejected].append(
                    constraint_value(constraint)
                )
            case "mood" if constraint["relation"] == "wanted":
                others.append(AnyOf(tuple(_mood_conditions(constraint["mood"]))))
            case "tag" if constraint["relation"] == "wanted":
                others.append(AnyOf(tuple(_tag_conditions(constraint["tag"]))))
            case "tag":
                lists["tags_none"] += TAG_KIN.get(constraint["tag"], (constraint["tag"],))
            case "range":
                others.append(_range_condition(constraint))
            case "vocals" if constraint["vocals"] == "instrumental":
                others.append(_INSTRUMENTAL)
            case "version" if constraint["relation"] == "rejected":
                lists["not_versions"].append(constraint["version"])
                lists["tags_none"].append(constraint["version"])
    if versions := tuple(sorted(wanted_versions(constraints))):
        # Some sources say it in the title, others by a tag.
        others.append(AnyOf((Match("track.versions", versions), Match("track.tags", versions))))
    years = [constraint for constraint in constraints if constraint["kind"] == "years"]
    others += [
        AnyOf(tuple(span for one in group if one["kind"] == "years" for span in _spans(one)))
        for group in all_alternatives(years)
    ]
    filter_ = cast("TrackFilter", lists)
    if any(constraint["kind"] == "explicit" and not constraint["allowed"] for constraint in constraints):
        filter_["explicit"] = False
    conditions = to_conditions(filter_, allow_missing=allow_missing)
    return [*conditions, *(map(_or_missing, others) if allow_missing else others)]


def _or_missing(condition: Condition) -> Condition:
    match condition:
        case Between() as between:
            return AnyOf((between, Missing(between.key)))
        case AnyOf(alternatives):
            keys = dict.fromkeys(item.key for item in alternatives)
            return AnyOf((*alternatives, *(Missing(key) for key in keys)))
        case other:
            return other


def _spans(constraint: YearsConstraint) -> list[Between]:
    first, last = constraint.get("year_from"), constraint.get("year_to")
    if constraint["relation"] == "wanted":
        return [Between("track.year", first, last)]
    return outside(first, last)


def outside(first: int | None, last: int | None) -> list[Between]:
    """Years before the first and after the last of a span."""
    before = [] if first is None else [Between("track.year", None, first - 1)]
    return before if last is None else [*before, Between("track.year", last + 1, None)]


def _mood_conditions(mood: str) -> list[Match | Between]:
    """Tagged or sounding like it; a track with other tags that merely sounds so is left to the ranking."""
    conditions: list[Match | Between] = [Match("mood_keys", MOOD_KIN.get(mood, (mood,)))]
    if mood in MOOD_SOUND:
        feature, low, high = MOOD_SOUND[mood]
        conditions.append(Between(f"track.features.{feature}", low, high))
    return conditions


def _tag_conditions(tag: str) -> list[Match | Between]:
    conditions: list[Match | Between] = [Match("track.tags", TAG_KIN.get(tag, (tag,)))]
    if tag in TAG_SOUND:
        feature, low, high = TAG_SOUND[tag]
        conditions.append(Between(f"track.features.{feature}", low, high))
        if feature == "energy":
            conditions.append(_editorial(low, high))
    return conditions


def _range_condition(constraint: RangeConstraint) -> Condition:
    low, high = constraint.get("low"), constraint.get("high")
    match constraint["feature"]:
        case "duration_s":
            milliseconds = [None if bound is None else bound * 1000 for bound in (low, high)]
            return Between("track.duration_ms", *milliseconds)
        case "popularity":
            return Between("track.popularity", low, high)
        case "energy":
            return AnyOf((Between("track.features.energy", low, high), _editorial(low, high)))
        case feature:
            return Between(f"track.features.{feature}", low, high)


def _editorial(low: float | None, high: float | None) -> Between:
    """Bounds on energy, 0 to 1, on the editor's scale of 1 to 5."""
    bounds = [None if bound is None else 1 + 4 * bound for bound in (low, high)]
    return Between("track.editorial_energy", *bounds)
