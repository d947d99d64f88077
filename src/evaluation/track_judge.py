"""Whether a track meets a constraint, by its own record: the one judge of expectations, metrics and red team.

It imports nothing of the code that reads constraints and enforces them, and an import contract keeps it so:
a fault there must not hide itself here. What both share is the catalogue's own comparison of names, genres
and credits. Where a record does not tell, the verdict is None; what that means for a list is for the caller
to say.
"""

import re
from collections.abc import Collection, Iterable

from src.catalogue.credits import SHIPPED
from src.catalogue.models.track import FEATURES, Track
from src.catalogue.names import genre_key, genre_terms, name_key, split_title
from src.constraints.models.brief import Constraint, TrackConstraint
from src.evaluation.models.case import Named
from src.schema import with_present

# What `ValueSpan.feature` may name.
MEASURES = (*FEATURES, "popularity", "duration_s", "editorial_energy")
# Above this, the source of the feature says, a recording is most likely without voices.
_INSTRUMENTAL_FROM = 0.5
_BRACKETED = re.compile(r"[(\[][^()\[\]]*[)\]]")
_AGAINST = frozenset({"rejected", "satisfied", "contrast"})
# As a tag it is an occasion: originals that people like to sing.
_OCCASIONS = frozenset({"karaoke"})


def meets(constraint: Constraint, track: Track) -> bool | None:
    """Whether the track meets the constraint.

    None where its record does not tell; and of constraints about no single track, or that a record meets by
    more than its own words: moods and tags that are wanted, examples.
    """
    applies = _applies(constraint, track)
    return not applies if applies is not None and is_against(constraint) else applies


def is_against(constraint: Constraint) -> bool:
    """Whether the constraint names what is not wanted."""
    return "relation" in constraint and constraint["relation"] in _AGAINST


def _applies(constraint: Constraint, track: Track) -> bool | None:
    """Whether what the constraint names is true of the track, wanted or not."""
    match constraint["kind"]:
        case "artist" if is_against(constraint):
            return is_credited_to(track, [constraint["name"]])
        case "artist" if constraint["relation"] == "wanted":
            return is_by(track, [constraint["name"]])
        case "track" if is_against(constraint):
            return matches(named_in(constraint), track)
        case "genre":
            return has_genre(track, [constraint["genre"]])
        case "mood" if is_against(constraint):
            return has_mood(track, [constraint["mood"]])
        case "tag" if is_against(constraint):
            return has_tag(track, [constraint["tag"]])
        case "years":
            return is_of_years(track, constraint.get("year_from"), constraint.get("year_to"))
        case "range":
            return is_within(track, constraint["feature"], constraint.get("low"), constraint.get("high"))
        case "language":
            return is_in_language(track, [constraint["language"]])
        case "country":
            return is_from_country(track, [constraint["country"]])
        case "explicit" if not constraint["allowed"]:
            return is_clean(track)
        case "vocals":
            return has_vocals(track, constraint["vocals"])
        case "version":
            return has_version(track, [constraint["version"]])
        case _:
            return None


def named_in(constraint: TrackConstraint) -> Named:
    """The track that a constraint names."""
    named: Named = {"title": constraint["title"]}
    return with_present(named, artist=constraint.get("artist"))


def matches(named: Named, track: Track) -> bool:
    """Whether the track is the one named."""
    if "title" in named and not title_keys(named["title"]) & title_keys(track["title"]):
        return False
    return "artist" not in named or is_by(track, [named["artist"]])


def is_by(track: Track, names: Iterable[str]) -> bool:
    """Whether one of these artists is surely credited with the track."""
    return not artist_keys(track).isdisjoint(map(name_key, names))


def is_credited_to(track: Track, names: Iterable[str]) -> bool:
    """Whether one of these artists may be credited with the track: what an exclusion must keep out.

    More than `is_by`: a joint credit also counts as a whole, and by a half of which nobody knows.
    """
    named = SHIPPED.credits_of(track).named | artist_keys(track)
    return not named.isdisjoint(map(name_key, names))


def shares_artist(track: Track, others: Iterable[Track]) -> bool:
    """Whether an artist of the track is also credited with one of the others."""
    keys = artist_keys(track)
    return any(not keys.isdisjoint(artist_keys(other)) for other in others)


def has_genre(track: Track, genres: Iterable[str]) -> bool | None:
    """Whether the track has one of these genres, or a kind of one: `folk rock` is `rock`."""
    if not track["genres"]:
        return None
    terms = {term for genre in track["genres"] for term in genre_terms(genre)}
    return not terms.isdisjoint(map(genre_key, genres))


def has_mood(track: Track, moods: Collection[str]) -> bool | None:
    """Whether the track has one of these moods on record."""
    return not {*track["moods"]}.isdisjoint(moods) if track["moods"] else None


def has_tag(track: Track, tags: Collection[str]) -> bool | None:
    """Whether the track has one of these tags."""
    return not {*track["tags"]}.isdisjoint(tags) if track["tags"] else None


def has_version(track: Track, versions: Collection[str]) -> bool:
    """Whether the recording is of one of these versions, by its title, its record or a tag."""
    tagged = {*track["tags"]} - _OCCASIONS
    return not (versions_of(track) | tagged).isdisjoint(versions)


def is_of_years(track: Track, first: int | None, last: int | None) -> bool | None:
    """Whether the track was released in this span, both years included; None is no bound."""
    return _is_between(track.get("year"), first, last)


def is_within(track: Track, feature: str, low: float | None, high: float | None) -> bool | None:
    """Whether a measured property lies within the bounds, both included; None is no bound."""
    return _is_between(measure(feature, track), low, high)


def _is_between(value: float | None, low: float | None, high: float | None) -> bool | None:
    if value is None:
        return None
    return (low is None or low <= value) and (high is None or value <= high)


def is_in_language(track: Track, languages: Collection[str]) -> bool | None:
    """Whether the track is sung in one of these languages."""
    return track["language"] in languages if "language" in track else None


def is_from_country(track: Track, countries: Collection[str]) -> bool | None:
    """Whether the artists are from one of these countries."""
    return track["country"] in countries if "country" in track else None


def is_clean(track: Track) -> bool | None:
    """Whether the track is free of explicit words; one without voices has no words."""
    if "explicit" in track:
        return not track["explicit"]
    return True if is_instrumental(track) else None


def has_vocals(track: Track, vocals: str) -> bool | None:
    """Whether the recording is `instrumental` or `vocal`, as asked."""
    instrumental = is_instrumental(track)
    return None if instrumental is None else instrumental == (vocals == "instrumental")


def is_instrumental(track: Track) -> bool | None:
    """Whether the recording is without voices; None when nothing on record tells.

    The language on record comes first, then the tag `instrumental`, then what was measured, then tags of
    voices.
    """
    if "language" in track:
        return track["language"] == "zxx"
    if "instrumental" in track["tags"]:
        return True
    value = track.get("features", {}).get("instrumentalness")
    if value is not None:
        return value >= _INSTRUMENTAL_FROM
    return False if any(tag.endswith("vocals") for tag in track["tags"]) else None


def measure(feature: str, track: Track) -> float | None:
    """A measured property of the track; None when its record has none.

    Energy that was not measured is the editor's, 1 to 5 mapped to 0 to 1.
    """
    match feature:
        case "popularity":
            return track.get("popularity")
        case "duration_s":
            return track["duration_ms"] / 1000 if "duration_ms" in track else None
        case "editorial_energy":
            return track.get("editorial_energy")
    value = dict(track.get("features", {}).items()).get(feature)
    if value is None and feature == "energy" and "editorial_energy" in track:
        return (track["editorial_energy"] - 1) / 4
    return value if isinstance(value, int | float) else None


def title_keys(title: str) -> set[str]:
    """Forms of a title that are compared: as written, without version notes, without brackets."""
    forms = (title, split_title(title).name, _BRACKETED.sub(" ", title))
    return {key for form in forms if (key := name_key(form))}


def artist_keys(track: Track) -> set[str]:
    """Every credited artist, as names are compared; an alias is a name of the same artist."""
    return {*SHIPPED.credits_of(track).keys, *map(name_key, track.get("aliases", []))}


def versions_of(track: Track) -> set[str]:
    """Versions on record and those that the title names."""
    return {*track["versions"], *split_title(track["title"]).versions}
