"""A data set's tracks as rows that `segue catalogue import` reads, and Segue's ids of them.

The catalogue must be imported under the name of the data set (`--source cpcd`, `--source music-crs`), for a
track's id is made of the source's name and of its id there.
"""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from src.catalogue.starter import track_id
from src.chat.clients import Agent
from src.errors import InvalidInput
from src.evaluation.files import write_whole
from src.evaluation.public.files import read_documents
from src.evaluation.public.models.cpcd import CPCD_TRACK, CpcdTrack
from src.evaluation.public.models.music_crs import CRS_TRACK, CrsTrack
from src.evaluation.public.models.ranking import CATALOGUE_ROW, CatalogueRow
from src.evaluation.public.ranked import OwnIds, tracks_held
from src.lexicon.tokens import tokenize
from src.lexicon.vocabulary import MOODS, Vocabulary
from src.schema import with_present
from src.understanding.genres import read_genres

CPCD = "cpcd"
MUSIC_CRS = "music-crs"
# A catalogue of which none of so many tracks is there is another one.
_PROBED = 500
# `melodic death metal` is a genre; a longer tag is somebody's note.
_LONGEST_GENRE = 4


def cpcd_row(track: CpcdTrack) -> CatalogueRow:
    """A track of CPCD: it has names alone."""
    row: CatalogueRow = {
        "track_id": track["track_ids"],
        "title": track["track_titles"],
        "artists": track["track_artists"],
    }
    return with_present(row, album=track.get("track_release_titles") or None)


def music_crs_row(track: CrsTrack) -> CatalogueRow:
    """A track of the challenge: of several titles or albums the first; tags that name a genre or a mood are
    one too.
    """
    row: CatalogueRow = {
        "track_id": track["track_id"],
        "title": next(iter(track["track_name"]), ""),
        "artists": track["artist_name"],
    }
    if tags := track.get("tag_list"):
        row["tags"] = tags
        row["genres"] = [tag for tag in tags if _is_genre(tag)]
        row["moods"] = list(dict.fromkeys(MOODS[tag.lower()] for tag in tags if tag.lower() in MOODS))
    return with_present(
        row,
        album=next(iter(track.get("album_name") or []), None),
        release_date=track.get("release_date") or None,
        popularity=track.get("popularity"),
        duration_ms=track.get("duration"),
        isrc=next(iter(track.get("ISRC") or []), None),
    )


def write_cpcd_rows(tracks: Iterable[Path], output: Path) -> int:
    """Write the rows of `cpcd_v1.tracks.jsonl`; returns how many there are.

    Raises:
        InvalidInput: a file is not as it should be, or the output is there already.
    """
    return _write(
        output, (cpcd_row(track) for path in tracks for _, track in read_documents(path, CPCD_TRACK))
    )


def write_music_crs_rows(tracks: Iterable[Path], output: Path) -> int:
    """Write the rows of the challenge's track metadata (its split `all_tracks`); returns how many there are.

    Raises:
        InvalidInput: a file is not as it should be, or the output is there already.
    """
    return _write(
        output, (music_crs_row(track) for path in tracks for _, track in read_documents(path, CRS_TRACK))
    )


def own_ids(source: str, ids: Iterable[str]) -> OwnIds:
    """Segue's ids of a source's tracks.

    Args:
        source: name under which the catalogue was imported.
    """
    segue = {id_: track_id(source, id_) for id_ in ids}
    return OwnIds(segue, {own: id_ for id_, own in segue.items()})


async def must_hold(agent: Agent, ids: OwnIds, source: str) -> None:
    """Refuse to ask a catalogue that has none of the data set's tracks.

    Raises:
        InvalidInput: it has none of the first 500.
    """
    if not await tracks_held(agent, list(ids.source)[:_PROBED]):
        raise InvalidInput(
            f"The catalogue holds no track of this data set: write its rows, and import them with "
            f"`segue catalogue import ROWS --source {source}`."
        )


async def share_held(agent: Agent, ids: OwnIds, wanted: Collection[str]) -> float:
    """Share of the tracks (the data set's ids) that the catalogue has; 0 of none."""
    asked = set(wanted)
    own = sorted(ids.segue[id_] for id_ in asked if id_ in ids.segue)
    return len(await tracks_held(agent, own)) / len(asked) if asked else 0.0


def _write(output: Path, rows: Iterable[CatalogueRow]) -> int:
    count = 0

    def lines() -> Iterator[bytes]:
        nonlocal count
        for row in rows:
            count += 1
            yield CATALOGUE_ROW.dump_json(row) + b"\n"

    write_whole(output, lines())
    return count


def _is_genre(tag: str) -> bool:
    """Whether the tag is a genre by name, or a kind of one: its last words are."""
    words = tokenize(tag.lower())
    if len(words) > _LONGEST_GENRE:
        return False
    return any(span.last == len(words) for span, _ in read_genres(words, Vocabulary({})))
