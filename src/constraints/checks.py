"""Whether a track meets a constraint: the one table that ranking, enforcement and the report share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

from src.catalogue.catalogue import Catalogue
from src.catalogue.credits import SHIPPED, ArtistNames
from src.catalogue.documents import artist_aliases
from src.catalogue.lookup import find_artist, known_artists
from src.catalogue.models.track import Track
from src.catalogue.names import genre_key, genre_terms, name_key
from src.constraints.models.brief import (
    Brief,
    Constraint,
    OwnListeningConstraint,
    TagConstraint,
    TrackConstraint,
    YearsConstraint,
)
from src.lexicon.vocabulary import MOOD_KIN, MOOD_SOUND, TAG_KIN, TAG_SOUND, Vocabulary

# From here on a recording counts as one without voices, as the source of the feature defines it.
INSTRUMENTAL_FROM = 0.5
# Misspelt names looked for by their letters: each costs a search, and the reader has looked before.
MAX_FORGIVING = 8
# Of these kinds several wanted ones are alternatives.
_WITH_ALTERNATIVES = frozenset({"artist", "genre", "language", "country", "version"})
# Verdicts of feedback after which a track stays out.
REFUSED = frozenset({"never", "dislike"})
# Versions that stay out unless they are asked for.
UNASKED_VERSIONS = frozenset({"karaoke", "cover", "sped up", "slowed"})


@dataclass(frozen=True, slots=True)
class OwnTracks:
    """Catalogue tracks of the listener's own listening; `detail` says why where it could not be read."""

    ids: tuple[str, ...]
    is_read: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a conversation knows in addition to its brief.

    `earlier_*` are keys of earlier turns, `feedback` holds verdicts by track id, `absent` the keys of names
    that the catalogue lacks, `own` the listener's own listening by `own_subject`; `artists` of the catalogue
    tell how joint credits are split.
    """

    earlier_artists: frozenset[str] = frozenset()
    earlier_songs: frozenset[str] = frozenset()
    feedback: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    own: Mapping[str, OwnTracks] = field(default_factory=dict)
    artists: ArtistNames = SHIPPED


def known_of(earlier: Sequence[Track], feedback: Mapping[str, str], artists: ArtistNames = SHIPPED) -> Known:
    """From the tracks of earlier answers and the verdicts on them."""
    return Known(
        earlier_artists=frozenset(key for track in earlier for key in artists.credits_of(track).keys),
        earlier_songs=frozenset(track["song_key"] for track in earlier),
        feedback=feedback,
        artists=artists,
    )


def meets(constraint: Constraint, track: Track, known: Known) -> bool | None:
    """Whether the track meets the constraint; None when its record has no value to tell by.

    Constraints on the list as a whole (`count`, `per_artist`) and what nothing can check give None.
    """
    applies = _applies(constraint, track, known)
    excludes = "relation" in constraint and constraint["relation"] not in ("wanted", "seed")
    return applies if applies is None or not excludes else not applies


def _aliases(track: Track) -> frozenset[str]:
    """Keys of the artists' aliases: a track is held against every constraint, so they are made once."""
    if not track.get("aliases"):
        return frozenset()
    return _alias_keys(track["title"], tuple(track["artists"]), tuple(track["aliases"]))


@lru_cache(maxsize=16_384)
def _alias_keys(title: str, artists: tuple[str, ...], aliases: tuple[str, ...]) -> frozenset[str]:
    record = {"title": title, "artists": artists, "aliases": aliases}
    return frozenset(map(name_key, artist_aliases(cast("Track", record))))


def _applies(constraint: Constraint, track: Track, known: Known) -> bool | None:
    """Whether what the constraint names is true of the track, be it wanted or rejected."""
    match constraint["kind"]:
        case "artist" if constraint["relation"] != "seed":
            said = known.artists.artists_in(constraint["name"])
            credited = known.artists.credits_of(track).named
            return not (said.isdisjoint(credited) and said.isdisjoint(_aliases(track)))
        case "track" if constraint["relation"] not in ("wanted", "seed"):
            return constraint.get("track_id") == track["id"] or _same_song(constraint, track)
        case "genre" if track["genres"]:
            key = genre_key(constraint["genre"])
            return any(key in genre_terms(genre) for genre in track["genres"])
        case "mood" if track["moods"]:
            return not set(track["moods"]).isdisjoint(MOOD_KIN.get(constraint["mood"], (constraint["mood"],)))
        case "mood":
            return _sounds_like(MOOD_SOUND.get(constraint["mood"]), track)
        case "tag":
            return _has_tag(constraint, track)
        case "years" if (year := track.get("year")) is not None:
            return constraint.get("year_from", year) <= year <= constraint.get("year_to", year)
        case "range" if (value := range_value(constraint["feature"], track)) is not None:
            return constraint.get("low", value) <= value <= constraint.get("high", value)
        case "language" if "language" in track:
            return track["language"] == constraint["language"]
        case "country" if "country" in track:
            return track["country"] == constraint["country"]
        case "explicit" if constraint["allowed"]:
            return True
        case "explicit" if "explicit" in track:
            return not track["explicit"]
        case "vocals" if (instrumental := is_instrumental(track)) is not None:
            return instrumental == (constraint["vocals"] == "instrumental")
        case "version":
            return constraint["version"] in {*track["versions"], *track["tags"]}
        case "new_artists":
            return not known.artists.credits_of(track).keys & known.earlier_artists
        case "own_listening" if constraint["relation"] == "rejected":
            own = known.own.get(own_subject(constraint))
            return None if own is None or not own.is_read else track["id"] in own.ids
        case _:
            return None


def own_subject(constraint: OwnListeningConstraint) -> str:
    """Which part of the listener's own listening is meant, as a key."""
    return f"{constraint['source']} {name_key(constraint.get('playlist', ''))}".strip()


def is_instrumental(track: Track) -> bool | None:
    """None when the record does not say."""
    if (language := track.get("language")) is not None:
        return language == "zxx"
    if "instrumental" in track["tags"]:
        return True
    value = track.get("features", {}).get("instrumentalness")
    return None if value is None else value >= INSTRUMENTAL_FROM


def range_value(feature: str, track: Track) -> float | None:
    """The property that a range is about; None when the record lacks it.

    Energy falls back to the editor's, 1 to 5 mapped to 0 to 1.
    """
    if feature == "duration_s":
        return track["duration_ms"] / 1000 if "duration_ms" in track else None
    if feature == "popularity":
        return track.get("popularity")
    features: Mapping[str, object] = track.get("features", {})
    measured = features.get(feature)
    if measured is None and feature == "energy" and "editorial_energy" in track:
        return (track["editorial_energy"] - 1) / 4
    return measured if isinstance(measured, int | float) else None


def _same_song(constraint: TrackConstraint, track: Track) -> bool:
    title, _, artist = track["song_key"].rpartition("|")
    return title == name_key(constraint["title"]) and (
        "artist" not in constraint or artist == name_key(constraint["artist"])
    )


def _has_tag(constraint: TagConstraint, track: Track) -> bool | None:
    """Tagged so, or of the same kind; an occasion that is wanted may also be recognised by the sound."""
    if not set(track["tags"]).isdisjoint(TAG_KIN.get(constraint["tag"], (constraint["tag"],))):
        return True
    if constraint["relation"] == "wanted":
        sounds = _sounds_like(TAG_SOUND.get(constraint["tag"]), track)
        if sounds is not None:
            return sounds
    return False if track["tags"] else None


def _sounds_like(sound: tuple[str, float | None, float | None] | None, track: Track) -> bool | None:
    """Whether a measured feature lies within the bounds of a sound; None when nothing measures it."""
    if sound is None:
        return None
    feature, low, high = sound
    value = range_value(feature, track)
    if value is None:
        return None
    return (low is None or value >= low) and (high is None or value <= high)


def all_alternatives(constraints: Sequence[Constraint]) -> list[tuple[Constraint, ...]]:
    """Groups of constraints, of each of which one must hold.

    Several wanted artists, genres, languages, countries or versions are alternatives (`jazz or blues`), and
    so are spans of years that do not overlap; every other constraint is a group of its own. Hard and soft
    constraints never share a group.
    """
    groups: dict[tuple[str, bool], list[Constraint]] = {}
    alone: list[tuple[Constraint, ...]] = []
    for constraint in constraints:
        if is_wanted(constraint) or _is_either_or(constraint, constraints):
            groups.setdefault((constraint["kind"], constraint["hard"]), []).append(constraint)
        else:
            alone.append((constraint,))
    return [*(tuple(group) for group in groups.values()), *alone]


def is_wanted(constraint: Constraint) -> bool:
    """Whether the constraint asks for one of several alternatives."""
    if constraint["kind"] not in _WITH_ALTERNATIVES:
        return False
    return "relation" in constraint and constraint["relation"] == "wanted"


def are_alternatives(one: YearsConstraint, other: YearsConstraint) -> bool:
    """Whether two spans of years are an either-or (`the 60s or the 90s`) rather than two bounds."""
    if (one["hard"], one["turn"]) != (other["hard"], other["turn"]) or not years_apart(one, other):
        return False
    return all(
        span["relation"] == "wanted" and "year_from" in span and "year_to" in span for span in (one, other)
    )


def years_apart(one: YearsConstraint, other: YearsConstraint) -> bool:
    """Whether no year lies in both spans."""
    first = max(one.get("year_from", 0), other.get("year_from", 0))
    return first > min(one.get("year_to", 9999), other.get("year_to", 9999))


def _is_either_or(constraint: Constraint, constraints: Sequence[Constraint]) -> bool:
    return constraint["kind"] == "years" and any(
        other["kind"] == "years" and are_alternatives(constraint, other) for other in constraints
    )


def meets_any(group: tuple[Constraint, ...], track: Track, known: Known) -> bool | None:
    """Whether one constraint of a group holds; None when none does and one cannot be checked."""
    verdicts = [meets(constraint, track, known) for constraint in group]
    if True in verdicts:
        return True
    return None if None in verdicts else False


async def absent_names(catalogue: Catalogue, brief: Brief, vocabulary: Vocabulary) -> frozenset[str]:
    """Keys of the artists and genres that the brief names and the catalogue lacks."""
    wishes = brief["wishes"]
    artists = {name_key(wish["name"]): wish["name"] for wish in wishes if wish["kind"] == "artist"}
    there = await known_artists(catalogue, list(artists))
    missing = [key for key in artists if key not in there]
    misspelt = {key for key in missing[-MAX_FORGIVING:] if await find_artist(catalogue, artists[key])}
    genres = [genre_key(wish["genre"]) for wish in wishes if wish["kind"] == "genre"]
    return frozenset(missing).difference(misspelt).union(key for key in genres if not vocabulary.holds(key))
