"""A track: as shown, as its point in an engine, and as a row of the starter catalogue."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.schema import documented

FEATURES = (
    "danceability",
    "energy",
    "valence",
    "acousticness",
    "instrumentalness",
    "speechiness",
    "liveness",
    "loudness",
    "tempo",
    "key",
    "mode",
)


@documented
class AudioFeatures(TypedDict):
    """Measured properties of the recording. Each may be absent."""

    danceability: NotRequired[Annotated[float, Field(ge=0, le=1)]]
    """0 to 1: how well it suits dancing."""
    energy: NotRequired[Annotated[float, Field(ge=0, le=1)]]
    """0 (calm) to 1 (intense)."""
    valence: NotRequired[Annotated[float, Field(ge=0, le=1)]]
    """0 (sad) to 1 (happy)."""
    acousticness: NotRequired[Annotated[float, Field(ge=0, le=1)]]
    """0 to 1: how sure it is that the recording is acoustic."""
    instrumentalness: NotRequired[Annotated[float, Field(ge=0, le=1)]]
    """0 to 1; above 0.5 most likely without voices."""
    speechiness: NotRequired[Annotated[float, Field(ge=0, le=1)]]
    """0 to 1; above 0.66 most likely spoken word."""
    liveness: NotRequired[Annotated[float, Field(ge=0, le=1)]]
    """0 to 1; above 0.8 most likely before an audience."""
    loudness: NotRequired[Annotated[float, Field(ge=-80, le=20)]]
    """Decibels relative to full scale."""
    tempo: NotRequired[Annotated[float, Field(gt=0, le=400)]]
    """Beats per minute."""
    key: NotRequired[Annotated[int, Field(ge=0, le=11)]]
    """Pitch class: 0 is C, 11 is B."""
    mode: NotRequired[Annotated[int, Field(ge=0, le=1)]]
    """1 is major, 0 is minor."""


@documented
class Track(TypedDict):
    """One recording in the catalogue."""

    id: str
    """UUIDv5 of source and the source's own id."""
    title: str
    """Title as released."""
    artists: Annotated[list[str], Field(min_length=1)]
    """Artists as credited, the main one first."""
    aliases: NotRequired[list[str]]
    """Other names of the title or the artist: romanised, translated, in the native script."""
    album: NotRequired[str]
    """Album, or the single."""
    year: NotRequired[Annotated[int, Field(ge=1860, le=2100)]]
    """Year of release."""
    release_date: NotRequired[str]
    """ISO date of release, where known to the day or month."""
    genres: list[str]
    """Lower case, from broad to narrow where the source orders them."""
    moods: list[str]
    """Lower case; empty where the source tells none."""
    tags: list[str]
    """Instruments, voices, themes and occasions."""
    language: NotRequired[str]
    """ISO 639 code of the words sung; `zxx` when there are none."""
    country: NotRequired[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]]
    """Where the first artist is from, ISO 3166-1 alpha-2."""
    duration_ms: NotRequired[Annotated[int, Field(gt=0, le=86_400_000)]]
    """Length in milliseconds."""
    explicit: NotRequired[bool]
    """Whether the source marks the words as explicit."""
    popularity: NotRequired[Annotated[int, Field(ge=0, le=100)]]
    """0 to 100 by the source's own measure."""
    editorial_energy: NotRequired[Annotated[int, Field(ge=1, le=5)]]
    """1 (very calm) to 5 (very intense), judged by an editor."""
    features: NotRequired[AudioFeatures]
    """Measured audio features."""
    isrc: NotRequired[str]
    """International Standard Recording Code."""
    mbid: NotRequired[str]
    """MusicBrainz recording id."""
    song_key: str
    """Shared by all recordings of one song: normalised title and first artist."""
    versions: list[str]
    """What the title says of the recording: `live`, `remix`, `karaoke`, …; empty for a plain studio one."""
    source: str
    """Where the record came from."""
    licence: str
    """Licence of the record, as the source states it."""


@documented
class TrackDocument(TypedDict):
    """The payload of a track's point."""

    track: Track
    """The record itself, as it is shown."""
    text: str
    """Folded text for BM25."""
    artist_keys: list[str]
    """Keys of all credited artists and of their aliases; those that only may be follow `PART_MARK`."""
    title_keys: list[str]
    """Keys of the song's name and of its aliases, without those of the artists."""
    artist_grams: str
    """Trigrams of the artists' keys, for search with typos."""
    title_grams: str
    """Trigrams of the title's keys, for search with typos."""
    genre_terms: list[str]
    """Every genre that the track falls under: `folk rock` is `folk` and `rock` too."""
    mood_keys: list[str]
    """Moods in the form in which names are compared."""
    wording: NotRequired[Literal["explicit", "clean"]]
    """`explicit` as a keyword, for qdrant-edge-py 0.9 reads a truth value in a filter as a number; absent
    where the record does not say."""


@documented
class StarterRow(TypedDict, closed=True):
    """A line of the starter catalogue's `tracks.jsonl`."""

    title: str
    """Title as released."""
    artists: list[str]
    """As credited, the main one first."""
    aliases: NotRequired[list[str]]
    """Romanised, translated or native names."""
    album: NotRequired[str]
    """Album, or the single."""
    year: int
    """First release of this recording."""
    genres: list[str]
    """From broad to narrow; the first is the family."""
    moods: list[str]
    """One to three."""
    tags: list[str]
    """Voices, instruments, themes, occasions."""
    language: str
    """ISO 639 code; `zxx` without words."""
    country: NotRequired[str]
    """Where the first artist is from, ISO 3166-1 alpha-2."""
    energy: int
    """1 (very calm) to 5 (very intense)."""


TRACK = TypeAdapter(Track)
STARTER_ROW = TypeAdapter(StarterRow)
