"""Known column layouts: which column of a file holds which field of a track."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from src.catalogue.models.track import FEATURES
from src.errors import InvalidInput

# Fields that a column may be mapped to. `id` is the source's own id of the recording; `genres` may be named
# by several columns, whose values are joined.
FIELDS = (
    "id",
    "title",
    "artists",
    "album",
    "year",
    "release_date",
    "genres",
    "moods",
    "tags",
    "language",
    "country",
    "duration_ms",
    "duration_s",
    "explicit",
    "popularity",
    "isrc",
    "mbid",
    *FEATURES,
)
_FEATURE_COLUMNS = {name: (name,) for name in FEATURES}

type Columns = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Columns of each field. `separator` splits a cell that holds several artists."""

    name: str
    columns: Columns
    separator: str | None = None
    required: Sequence[str] = field(default=("title", "artists"))


LAYOUTS = (
    # TidyTuesday 2020-01-21: one row a track and playlist, of whose artists only the first is given.
    Layout(
        "tidytuesday-spotify",
        {
            "id": ("track_id",),
            "title": ("track_name",),
            "artists": ("track_artist",),
            "album": ("track_album_name",),
            "release_date": ("track_album_release_date",),
            "genres": ("playlist_genre", "playlist_subgenre"),
            "duration_ms": ("duration_ms",),
            "popularity": ("track_popularity",),
            **_FEATURE_COLUMNS,
        },
    ),
    # Kaggle "Spotify Tracks Dataset": artists joined by semicolons, one row a track and genre.
    Layout(
        "kaggle-spotify-tracks",
        {
            "id": ("track_id",),
            "title": ("track_name",),
            "artists": ("artists",),
            "album": ("album_name",),
            "genres": ("track_genre",),
            "duration_ms": ("duration_ms",),
            "explicit": ("explicit",),
            "popularity": ("popularity",),
            **_FEATURE_COLUMNS,
        },
        separator=";",
    ),
    # Records with plain names, JSON Lines as a rule; `features` may be nested.
    Layout(
        "plain",
        {
            **{name: (name,) for name in FIELDS},
            "id": ("track_id", "id"),
            "title": ("title", "name"),
            "artists": ("artists", "artist"),
            "genres": ("genres", "genre"),
            "moods": ("moods", "mood"),
            "duration_s": ("duration_s", "duration"),
        },
        separator=";",
    ),
)


def choose_layout(columns: Sequence[str], mapped: Mapping[str, str]) -> Layout:
    """The layout that fits the columns best, with the caller's own mapping over it.

    Args:
        columns: names in the file's header, or keys of its first record.
        mapped: field to column, from `--map`.

    Raises:
        InvalidInput: a mapping names no field or no column, or no layout has a title and artists here.
    """
    present = {column.strip().lower(): column for column in columns}
    for name, column in mapped.items():
        if name not in FIELDS:
            raise InvalidInput(f"--map: there is no field of that name; the fields are {', '.join(FIELDS)}.")
        if column.strip().lower() not in present:
            raise InvalidInput(f"--map {name}=…: the file has no column of that name.")
    own = {name: (present[column.strip().lower()],) for name, column in mapped.items()}
    best: Layout | None = None
    for layout in LAYOUTS:
        columns_here = {
            name: tuple(present[column] for column in names if column in present)
            for name, names in layout.columns.items()
        }
        found = {name: names for name, names in columns_here.items() if names} | own
        if all(name in found for name in layout.required) and (
            best is None or len(found) > len(best.columns)
        ):
            best = Layout(layout.name, found, layout.separator)
    if best is None:
        raise InvalidInput(
            "No known layout fits this file: its columns name no title and artist. Say which do, for example "
            "--map title=song --map artists=performer."
        )
    return best
