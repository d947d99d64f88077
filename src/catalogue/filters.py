"""From the typed filter to the conditions that both engines understand."""

from src.catalogue.credits import credit_terms
from src.catalogue.engine import AnyOf, Between, Condition, Match, Missing, NotIds
from src.catalogue.models.filter import TrackFilter
from src.catalogue.names import genre_key, name_key


def to_conditions(filter_: TrackFilter, *, allow_missing: bool = False) -> list[Condition]:
    """The conditions that a track must meet.

    With `allow_missing`, a track that has no value for a bounded or wanted property passes as well: the
    last resort when no track with the value is left.
    """
    wanted: list[Match | Between] = []
    rejected: list[Condition] = []

    def want(key: str, values: list[str]) -> None:
        wanted.append(Match(key, tuple(dict.fromkeys(values))))

    def reject(key: str, values: list[str]) -> None:
        rejected.append(Match(key, tuple(dict.fromkeys(values)), negated=True))

    def bound(key: str, low: float | None, high: float | None) -> None:
        if low is not None or high is not None:
            wanted.append(Between(key, low, high))

    if artists := filter_.get("artists"):
        want("artist_keys", [term for name in artists for term in credit_terms(name_key(name))])
    if not_artists := filter_.get("not_artists"):
        reject("artist_keys", [name_key(name) for name in not_artists])
    if genres := filter_.get("genres_any"):
        want("genre_terms", [genre_key(genre) for genre in genres])
    if not_genres := filter_.get("genres_none"):
        reject("genre_terms", [genre_key(genre) for genre in not_genres])
    if moods := filter_.get("moods"):
        want("mood_keys", [name_key(mood) for mood in moods])
    if languages := filter_.get("languages"):
        want("track.language", languages)
    if not_languages := filter_.get("not_languages"):
        reject("track.language", not_languages)
    if countries := filter_.get("countries"):
        want("track.country", countries)
    if not_countries := filter_.get("not_countries"):
        reject("track.country", not_countries)
    if tags := filter_.get("tags_any"):
        want("track.tags", tags)
    if not_tags := filter_.get("tags_none"):
        reject("track.tags", not_tags)
    if versions := filter_.get("versions"):
        want("track.versions", versions)
    if not_versions := filter_.get("not_versions"):
        reject("track.versions", not_versions)
    if songs := filter_.get("exclude_songs"):
        reject("track.song_key", songs)
    if (explicit := filter_.get("explicit")) is not None:
        want("wording", ["explicit" if explicit else "clean"])
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


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1000
