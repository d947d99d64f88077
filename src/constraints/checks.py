"""Whether a track meets a wish: the one table that retrieval's order, enforcement and the ledger share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from src.catalogue.aliases import artist_aliases
from src.catalogue.catalogue import Catalogue
from src.catalogue.credits import SHIPPED, ArtistNames
from src.catalogue.lookup import find_artist, known_artists
from src.catalogue.models.track import Track
from src.catalogue.names import genre_key, genre_terms, name_key
from src.constraints.models.brief import (
    ArtistConstraint,
    Brief,
    Constraint,
    CountryConstraint,
    ExplicitConstraint,
    GenreConstraint,
    LanguageConstraint,
    MoodConstraint,
    OwnListeningConstraint,
    RangeConstraint,
    TagConstraint,
    TrackConstraint,
    VersionConstraint,
    VocalsConstraint,
    YearsConstraint,
)
from src.lexicon.genres import Vocabulary
from src.lexicon.vocabulary import MOOD_KIN, MOOD_SOUND, TAG_KIN, TAG_SOUND

# Above this a recording is taken for one without voices, as the source of the feature does.
INSTRUMENTAL_FROM = 0.5
# Of these kinds several wanted ones are alternatives.
_WITH_ALTERNATIVES = frozenset({"artist", "genre", "language", "country", "version"})
# Versions that stay out unless they are asked for.
UNASKED_VERSIONS = frozenset({"karaoke", "cover", "sped up", "slowed"})


@dataclass(frozen=True, slots=True)
class OwnTracks:
    """What was read of the listener's own listening: ids of catalogue tracks, and what to say of it.

    `is_read` is false where it could not be had; `detail` then says why.
    """

    ids: tuple[str, ...]
    is_read: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a conversation knows besides its brief.

    Artists and songs of earlier turns, by key; the verdicts of feedback, by track id; the names that the
    brief holds and the catalogue does not, by key; the listener's own listening, by `own_subject`; and the
    artists of the catalogue, by which joint credits are parted.
    """

    earlier_artists: frozenset[str] = frozenset()
    earlier_songs: frozenset[str] = frozenset()
    feedback: Mapping[str, str] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    own: Mapping[str, OwnTracks] = field(default_factory=dict)
    artists: ArtistNames = SHIPPED


def known_of(earlier: Sequence[Track], feedback: Mapping[str, str], artists: ArtistNames = SHIPPED) -> Known:
    """What the tracks of earlier answers and the verdicts on them make known."""
    return Known(
        earlier_artists=frozenset(key for track in earlier for key in artists.credits_of(track).keys),
        earlier_songs=frozenset(track["song_key"] for track in earlier),
        feedback=feedback,
        artists=artists,
    )


def meets(constraint: Constraint, track: Track, known: Known) -> bool | None:
    """Whether the track meets the wish; None when its record has no value to tell by.

    Wishes about the list as a whole (`count`, `per_artist`) and what nothing can check give None.
    """
    match constraint["kind"]:
        case "artist":
            return _meets_artist(constraint, track, known.artists)
        case "track":
            return _meets_track(constraint, track)
        case "genre":
            return _meets_genre(constraint, track)
        case "mood":
            return _meets_mood(constraint, track)
        case "tag":
            return _meets_tag(constraint, track)
        case "years":
            return _meets_years(constraint, track)
        case "range":
            return _meets_range(constraint, track)
        case "language":
            return _meets_language(constraint, track)
        case "country":
            return _meets_country(constraint, track)
        case "explicit":
            return _meets_explicit(constraint, track)
        case "vocals":
            return _meets_vocals(constraint, track)
        case "version":
            return _meets_version(constraint, track)
        case "new_artists":
            return not known.artists.credits_of(track).keys & known.earlier_artists
        case "own_listening" if constraint["relation"] == "rejected":
            own = known.own.get(own_subject(constraint))
            return None if own is None or not own.is_read else track["id"] not in own.ids
        case _:
            return None


def own_subject(constraint: OwnListeningConstraint) -> str:
    """Which part of the listener's own listening is meant, as a key."""
    return f"{constraint['source']} {name_key(constraint.get('playlist', ''))}".strip()


def is_instrumental(track: Track) -> bool | None:
    """Whether the recording is without voices; None when the record does not say."""
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


def _flipped(wanted: bool, holds: bool | None) -> bool | None:
    return holds if wanted or holds is None else not holds


def _meets_artist(constraint: ArtistConstraint, track: Track, artists: ArtistNames) -> bool | None:
    names = artists.credits_of(track).named.union(map(name_key, artist_aliases(track)))
    by_them = name_key(constraint["name"]) in names
    match constraint["relation"]:
        case "wanted":
            return by_them
        case "rejected" | "satisfied" | "contrast":
            return not by_them
        case "seed":
            return None


def _meets_track(constraint: TrackConstraint, track: Track) -> bool | None:
    it_is = constraint.get("track_id") == track["id"] or _same_song(constraint, track)
    match constraint["relation"]:
        case "rejected" | "satisfied" | "contrast":
            return not it_is
        case "wanted" | "seed":
            return None


def _same_song(constraint: TrackConstraint, track: Track) -> bool:
    title, _, artist = track["song_key"].rpartition("|")
    return title == name_key(constraint["title"]) and (
        "artist" not in constraint or artist == name_key(constraint["artist"])
    )


def _meets_genre(constraint: GenreConstraint, track: Track) -> bool | None:
    if not track["genres"]:
        return None
    key = genre_key(constraint["genre"])
    is_one = any(key in genre_terms(genre) for genre in track["genres"])
    return _flipped(constraint["relation"] == "wanted", is_one)


def _meets_mood(constraint: MoodConstraint, track: Track) -> bool | None:
    if not track["moods"]:
        return _sounds_like(constraint, track)
    is_so = bool(set(track["moods"]) & set(MOOD_KIN.get(constraint["mood"], (constraint["mood"],))))
    return is_so == (constraint["relation"] == "wanted")


def _sounds_like(constraint: MoodConstraint, track: Track) -> bool | None:
    """Whether an untagged track sounds like the mood; None for a mood that no measured feature tells."""
    if constraint["mood"] not in MOOD_SOUND:
        return None
    return _flipped(constraint["relation"] == "wanted", _is_inside(MOOD_SOUND[constraint["mood"]], track))


def _is_inside(sound: tuple[str, float | None, float | None], track: Track) -> bool | None:
    feature, low, high = sound
    value = range_value(feature, track)
    if value is None:
        return None
    return (low is None or value >= low) and (high is None or value <= high)


def _meets_tag(constraint: TagConstraint, track: Track) -> bool | None:
    """Tagged so, or of the same kind; an occasion may also be told by the sound."""
    tagged = bool(set(track["tags"]) & set(TAG_KIN.get(constraint["tag"], (constraint["tag"],))))
    if constraint["relation"] == "rejected":
        return not tagged if track["tags"] else None
    if tagged:
        return True
    sounds = _is_inside(TAG_SOUND[constraint["tag"]], track) if constraint["tag"] in TAG_SOUND else None
    return sounds if sounds is not None else (False if track["tags"] else None)


def _meets_years(constraint: YearsConstraint, track: Track) -> bool | None:
    year = track.get("year")
    if year is None:
        return None
    inside = constraint.get("year_from", year) <= year <= constraint.get("year_to", year)
    return inside == (constraint["relation"] == "wanted")


def _meets_range(constraint: RangeConstraint, track: Track) -> bool | None:
    value = range_value(constraint["feature"], track)
    if value is None:
        return None
    return constraint.get("low", value) <= value <= constraint.get("high", value)


def _meets_language(constraint: LanguageConstraint, track: Track) -> bool | None:
    language = track.get("language")
    return (
        None
        if language is None
        else _flipped(constraint["relation"] == "wanted", language == constraint["language"])
    )


def _meets_country(constraint: CountryConstraint, track: Track) -> bool | None:
    country = track.get("country")
    return (
        None
        if country is None
        else _flipped(constraint["relation"] == "wanted", country == constraint["country"])
    )


def _meets_explicit(constraint: ExplicitConstraint, track: Track) -> bool | None:
    explicit = track.get("explicit")
    if constraint["allowed"]:
        return True
    return None if explicit is None else not explicit


def _meets_vocals(constraint: VocalsConstraint, track: Track) -> bool | None:
    return _flipped(constraint["vocals"] == "instrumental", is_instrumental(track))


def _meets_version(constraint: VersionConstraint, track: Track) -> bool | None:
    return _flipped(
        constraint["relation"] == "wanted", constraint["version"] in {*track["versions"], *track["tags"]}
    )


def all_alternatives(constraints: Sequence[Constraint]) -> list[tuple[Constraint, ...]]:
    """The wishes in groups of which one must hold.

    Several wanted artists, genres, moods, tags, languages, countries or versions are alternatives (`jazz or
    blues`), and so are spans of years that do not meet; everything else stands alone. A hard and a soft
    wish never share a group.
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
    """Whether the wish asks for one of several alternatives."""
    return (
        constraint["kind"] in _WITH_ALTERNATIVES
        and "relation" in constraint
        and constraint["relation"] == "wanted"
    )


def are_alternatives(one: YearsConstraint, other: YearsConstraint) -> bool:
    """Whether two spans of years are an either-or (`the 60s or the 90s`) rather than two bounds."""
    closed = all(
        constraint["relation"] == "wanted" and "year_from" in constraint and "year_to" in constraint
        for constraint in (one, other)
    )
    return (
        closed and one["hard"] == other["hard"] and one["turn"] == other["turn"] and years_apart(one, other)
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
    """Whether one wish of a group holds; None when none does and one cannot be told."""
    verdicts = [meets(constraint, track, known) for constraint in group]
    if True in verdicts:
        return True
    return None if None in verdicts else False


# Misspelt names looked for by their letters: each costs a search, and the reader has looked before.
MAX_FORGIVING = 8


async def absent_names(catalogue: Catalogue, brief: Brief, vocabulary: Vocabulary) -> frozenset[str]:
    """Keys of the artists and genres that the brief names and the catalogue lacks."""
    names = {
        name_key(constraint["name"]): constraint["name"]
        for constraint in brief["wishes"]
        if constraint["kind"] == "artist"
    }
    there = await known_artists(catalogue, list(names)) if names else {}
    missing = [key for key in names if key not in there]
    forgiven = {
        key for key in missing[-MAX_FORGIVING:] if await find_artist(catalogue, names[key]) is not None
    }
    absent = [key for key in missing if key not in forgiven]
    genres = [
        genre_key(constraint["genre"]) for constraint in brief["wishes"] if constraint["kind"] == "genre"
    ]
    return frozenset([*absent, *(genre for genre in genres if not vocabulary.holds(genre))])
