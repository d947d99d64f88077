"""From the brief to what the engine filters by: a head start for enforcement, which alone decides."""

from collections.abc import Sequence

from src.catalogue.engine import AnyOf, Between, Condition, Match, Missing
from src.catalogue.filters import to_conditions
from src.catalogue.models.filter import TrackFilter
from src.catalogue.names import genre_key
from src.constraints.checks import INSTRUMENTAL_FROM, UNASKED_VERSIONS, Known, all_alternatives, is_wanted
from src.constraints.models.brief import Constraint, RangeConstraint, YearsConstraint
from src.lexicon.vocabulary import MOOD_KIN, MOOD_SOUND, TAG_KIN, TAG_SOUND

LOOSEST = 3
# Kinds of soft wish that no longer filter once they are loosened: how it sounds and feels; what it is stays.
_FEELING: frozenset[str] = frozenset({"tag", "range", "vocals", "explicit", "mood", "artist"})


def hard_conditions(
    constraints: Sequence[Constraint], known: Known, *, allow_missing: bool = False
) -> list[Condition]:
    """What every track of the answer must meet.

    With `allow_missing`, tracks whose record cannot tell pass as well.
    """
    hard = [constraint for constraint in constraints if constraint["hard"]]
    asked_versions = {
        constraint["version"]
        for constraint in hard
        if constraint["kind"] == "version" and is_wanted(constraint)
    }
    never = sorted(id_ for id_, verdict in known.feedback.items() if verdict in ("never", "dislike"))
    always: TrackFilter = {"not_versions": sorted(UNASKED_VERSIONS - asked_versions)}
    if never:
        always["exclude_ids"] = never
    if known.earlier_songs:
        always["exclude_songs"] = sorted(known.earlier_songs)
    if known.earlier_artists and any(constraint["kind"] == "new_artists" for constraint in hard):
        always["not_artists"] = sorted(known.earlier_artists)
    conditions = to_conditions(always)
    return [*conditions, *_constraint_conditions(hard, allow_missing=allow_missing)]


def soft_conditions(constraints: Sequence[Constraint], level: int = 0) -> list[Condition]:
    """What tracks had better meet.

    Args:
        wishes: all of them; the hard ones are left out.
        level: how far they are loosened, 0 to `LOOSEST`: all of them; what it is, without how it sounds and
            feels; genres as the genre that they are a kind of; none.
    """
    left_out = _FEELING if level else frozenset[str]()
    soft = [
        constraint
        for constraint in constraints
        if not constraint["hard"] and constraint["kind"] not in left_out
    ]
    if level == LOOSEST - 1:
        soft = [_broadened(constraint) for constraint in soft]
    return [] if level == LOOSEST else _constraint_conditions(soft, allow_missing=False)


def _broadened(constraint: Constraint) -> Constraint:
    """`heavy metal` as `metal`: the last word of a genre's name is the genre that it is a kind of."""
    if constraint["kind"] != "genre" or constraint["relation"] != "wanted":
        return constraint
    return {**constraint, "genre": genre_key(constraint["genre"]).split()[-1]}


def wanted_songs(constraints: Sequence[Constraint]) -> frozenset[str]:
    """Ids of tracks that the listener named as wanted: they may come again."""
    return frozenset(
        constraint["track_id"]
        for constraint in constraints
        if constraint["kind"] == "track" and constraint["relation"] == "wanted" and "track_id" in constraint
    )


def _constraint_conditions(constraints: list[Constraint], *, allow_missing: bool) -> list[Condition]:
    filter_: TrackFilter = {}
    others: list[Condition] = []
    versions: list[str] = []
    for constraint in constraints:
        match constraint["kind"]:
            case "artist" if constraint["relation"] == "wanted":
                filter_.setdefault("artists", []).append(constraint["name"])
            case "artist" if constraint["relation"] != "seed":
                filter_.setdefault("not_artists", []).append(constraint["name"])
            case "genre" if is_wanted(constraint):
                filter_.setdefault("genres_any", []).append(constraint["genre"])
            case "genre":
                filter_.setdefault("genres_none", []).append(constraint["genre"])
            case "mood" if constraint["relation"] == "wanted":
                others.append(AnyOf(tuple(_mood_conditions(constraint["mood"]))))
            case "tag" if constraint["relation"] == "wanted":
                others.append(AnyOf(tuple(_tag_conditions(constraint["tag"]))))
            case "tag":
                filter_.setdefault("tags_none", []).extend(
                    TAG_KIN.get(constraint["tag"], (constraint["tag"],))
                )
            case "range":
                others.append(_range_condition(constraint))
            case "language" if is_wanted(constraint):
                filter_.setdefault("languages", []).append(constraint["language"])
            case "language":
                filter_.setdefault("not_languages", []).append(constraint["language"])
            case "country" if is_wanted(constraint):
                filter_.setdefault("countries", []).append(constraint["country"])
            case "country":
                filter_.setdefault("not_countries", []).append(constraint["country"])
            case "explicit" if not constraint["allowed"]:
                filter_["explicit"] = False
            case "vocals" if constraint["vocals"] == "instrumental":
                others.append(
                    AnyOf(
                        (
                            Match("track.language", ("zxx",)),
                            Match("track.tags", ("instrumental",)),
                            Between("track.features.instrumentalness", INSTRUMENTAL_FROM, None),
                        )
                    )
                )
            case "version" if is_wanted(constraint):
                versions.append(constraint["version"])
            case "version":
                filter_.setdefault("not_versions", []).append(constraint["version"])
                filter_.setdefault("tags_none", []).append(constraint["version"])
            case _:
                pass
    if versions:
        # Some sources say it in the title, others by a tag.
        kinds = tuple(versions)
        others.append(AnyOf((Match("track.versions", kinds), Match("track.tags", kinds))))
    years = [constraint for constraint in constraints if constraint["kind"] == "years"]
    others += [
        AnyOf(
            tuple(
                span for constraint in group if constraint["kind"] == "years" for span in _spans(constraint)
            )
        )
        for group in all_alternatives(years)
    ]
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
    outside = [] if first is None else [Between("track.year", None, first - 1)]
    return outside if last is None else [*outside, Between("track.year", last + 1, None)]


def _mood_conditions(mood: str) -> list[Match | Between]:
    """Tagged so, or sounding so; a tagged track that merely sounds so is left to the ranking."""
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
    return Between(
        "track.editorial_energy", *(None if bound is None else 1 + 4 * bound for bound in (low, high))
    )
