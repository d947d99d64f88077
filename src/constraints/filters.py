"""From the brief to what the engine filters by: a head start for enforcement, which alone decides."""

from collections.abc import Sequence

from src.catalogue.engine import AnyOf, Between, Condition, Match, Missing
from src.catalogue.filters import to_conditions
from src.catalogue.models.filter import TrackFilter
from src.catalogue.names import genre_key
from src.constraints.checks import INSTRUMENTAL_FROM, UNASKED_VERSIONS, Known, all_alternatives, is_wanted
from src.constraints.models.brief import RangeWish, Wish, YearsWish
from src.lexicon.tags import TAG_KIN, TAG_SOUND
from src.lexicon.vocabulary import MOOD_KIN, MOOD_SOUND

LOOSEST = 3
# Kinds of soft wish that no longer filter once they are loosened: how it sounds and feels; what it is stays.
_FEELING: frozenset[str] = frozenset({"tag", "range", "vocals", "explicit", "mood", "artist"})


def hard_conditions(wishes: Sequence[Wish], known: Known, *, allow_missing: bool = False) -> list[Condition]:
    """What every track of the answer must meet.

    With `allow_missing`, tracks whose record cannot tell pass as well.
    """
    hard = [wish for wish in wishes if wish["hard"]]
    asked_versions = {wish["version"] for wish in hard if wish["kind"] == "version" and is_wanted(wish)}
    never = sorted(id_ for id_, verdict in known.feedback.items() if verdict in ("never", "dislike"))
    standing: TrackFilter = {"not_versions": sorted(UNASKED_VERSIONS - asked_versions)}
    if never:
        standing["exclude_ids"] = never
    if known.earlier_songs:
        standing["exclude_songs"] = sorted(known.earlier_songs)
    if known.earlier_artists and any(wish["kind"] == "new_artists" for wish in hard):
        standing["not_artists"] = sorted(known.earlier_artists)
    conditions = to_conditions(standing)
    return [*conditions, *_wish_conditions(hard, allow_missing=allow_missing)]


def soft_conditions(wishes: Sequence[Wish], level: int = 0) -> list[Condition]:
    """What tracks had better meet.

    Args:
        wishes: all of them; the hard ones are left out.
        level: how far they are loosened, 0 to `LOOSEST`: all of them; what it is, without how it sounds and
            feels; genres as the genre that they are a kind of; none.
    """
    left_out = _FEELING if level else frozenset[str]()
    soft = [wish for wish in wishes if not wish["hard"] and wish["kind"] not in left_out]
    if level == LOOSEST - 1:
        soft = [_broadened(wish) for wish in soft]
    return [] if level == LOOSEST else _wish_conditions(soft, allow_missing=False)


def _broadened(wish: Wish) -> Wish:
    """`heavy metal` as `metal`: the last word of a genre's name is the genre that it is a kind of."""
    if wish["kind"] != "genre" or wish["relation"] != "wanted":
        return wish
    return {**wish, "genre": genre_key(wish["genre"]).split()[-1]}


def wanted_songs(wishes: Sequence[Wish]) -> frozenset[str]:
    """Ids of tracks that the listener named as wanted: they may come again."""
    return frozenset(
        wish["track_id"]
        for wish in wishes
        if wish["kind"] == "track" and wish["relation"] == "wanted" and "track_id" in wish
    )


def _wish_conditions(wishes: list[Wish], *, allow_missing: bool) -> list[Condition]:
    filter_: TrackFilter = {}
    others: list[Condition] = []
    versions: list[str] = []
    for wish in wishes:
        match wish["kind"]:
            case "artist" if wish["relation"] == "wanted":
                filter_.setdefault("artists", []).append(wish["name"])
            case "artist" if wish["relation"] != "seed":
                filter_.setdefault("not_artists", []).append(wish["name"])
            case "genre" if is_wanted(wish):
                filter_.setdefault("genres_any", []).append(wish["genre"])
            case "genre":
                filter_.setdefault("genres_none", []).append(wish["genre"])
            case "mood" if wish["relation"] == "wanted":
                others.append(AnyOf(tuple(_mood_conditions(wish["mood"]))))
            case "tag" if wish["relation"] == "wanted":
                others.append(AnyOf(tuple(_tag_conditions(wish["tag"]))))
            case "tag":
                filter_.setdefault("tags_none", []).extend(TAG_KIN.get(wish["tag"], (wish["tag"],)))
            case "range":
                others.append(_range_condition(wish))
            case "language" if is_wanted(wish):
                filter_.setdefault("languages", []).append(wish["language"])
            case "language":
                filter_.setdefault("not_languages", []).append(wish["language"])
            case "country" if is_wanted(wish):
                filter_.setdefault("countries", []).append(wish["country"])
            case "country":
                filter_.setdefault("not_countries", []).append(wish["country"])
            case "explicit" if not wish["allowed"]:
                filter_["explicit"] = False
            case "vocals" if wish["vocals"] == "instrumental":
                others.append(
                    AnyOf(
                        (
                            Match("track.language", ("zxx",)),
                            Match("track.tags", ("instrumental",)),
                            Between("track.features.instrumentalness", INSTRUMENTAL_FROM, None),
                        )
                    )
                )
            case "version" if is_wanted(wish):
                versions.append(wish["version"])
            case "version":
                filter_.setdefault("not_versions", []).append(wish["version"])
                filter_.setdefault("tags_none", []).append(wish["version"])
            case _:
                pass
    if versions:
        # Some sources say it in the title, others by a tag.
        kinds = tuple(versions)
        others.append(AnyOf((Match("track.versions", kinds), Match("track.tags", kinds))))
    years = [wish for wish in wishes if wish["kind"] == "years"]
    others += [
        AnyOf(tuple(span for wish in group if wish["kind"] == "years" for span in _spans(wish)))
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


def _spans(wish: YearsWish) -> list[Between]:
    first, last = wish.get("year_from"), wish.get("year_to")
    if wish["relation"] == "wanted":
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


def _range_condition(wish: RangeWish) -> Condition:
    low, high = wish.get("low"), wish.get("high")
    match wish["feature"]:
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
