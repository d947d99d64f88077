"""From the typed filter to the conditions that both engines understand."""

from collections.abc import Callable, Iterable, Mapping
from typing import cast

from src.catalogue.credits import credit_terms
from src.catalogue.engine import AnyOf, Between, Condition, Match, Missing, NotIds
from src.catalogue.models.filter import TrackFilter
from src.catalogue.names import genre_key, name_key

type _ToKey = Callable[[str], str]

# The lists of a filter with the field of the document that they are about, and how a value becomes its key.
_WANTED: Mapping[str, tuple[str, _ToKey]] = {
    "genres_any": ("genre_terms", genre_key),
    "moods": ("mood_keys", name_key),
    "languages": ("track.language", str),
    "countries": ("track.country", str),
    "tags_any": ("track.tags", str),
    "versions": ("track.versions", str),
}
_REJECTED: Mapping[str, tuple[str, _ToKey]] = {
    "not_artists": ("artist_keys", name_key),
    "genres_none": ("genre_terms", genre_key),
    "not_languages": ("track.language", str),
    "not_countries": ("track.country", str),
    "tags_none": ("track.tags", str),
    "not_versions": ("track.versions", str),
    "exclude_songs": ("track.song_key", str),
}


def to_conditions(filter_: TrackFilter, *, allow_missing: bool = False) -> list[Condition]:
    """The conditions that a track must meet.

    With `allow_missing`, a track that has no value for a bounded or wanted property passes as well: the
    last resort when no track with the value is left.
    """
    lists = cast("Mapping[str, list[str]]", filter_)
    wanted: list[Match | Between] = []

    def bound(key: str, low: float | None, high: float | None) -> None:
        if low is not None or high is not None:
            wanted.append(Between(key, low, high))

    if artists := filter_.get("artists"):
        wanted.append(
            _match("artist_keys", (term for name in artists for term in credit_terms(name_key(name))))
        )
    wanted += [
        _match(key, map(to_key, lists[name])) for name, (key, to_key) in _WANTED.items() if lists.get(name)
    ]
    rejected: list[Condition] = [
        _match(key, map(to_key, lists[name]), negated=True)
        for name, (key, to_key) in _REJECTED.items()
        if lists.get(name)
    ]
    if (explicit := filter_.get("explicit")) is not None:
        wanted.append(Match("wording", ("explicit" if explicit else "clean",)))
    if ids := filter_.get("exclude_ids"):
        rejected.append(NotIds(tuple(ids)))
    bound("track.year", filter_.get("year_from"), filter_.get("year_to"))
    bound("track.popularity", filter_.get("popularity_from"), filter_.get("popularity_to"))
    bound("track.editorial_energy", filter_.get("editorial_energy_from"), filter_.get("editorial_energy_to"))
    bound("track.duration_ms", _ms(filter_.get("duration_from_s")), _ms(filter_.get("duration_to_s")))
    for range_ in filter_.get("features", []):
        bound(f"track.features.{range_['feature']}", range_.get("low"), range_.get("high"))

    if allow_missing:
        return [*(AnyOf((condition, Missing(condition.key))) for condition in wanted), *rejected]
    return [*wanted, *rejected]


def _match(key: str, values: Iterable[str], *, negated: bool = False) -> Match:
    return Match(key, tuple(dict.fromkeys(values)), negated=negated)


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000
