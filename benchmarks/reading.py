"""CPU to read a message and to merge it into the brief, over the names of 182,513 tracks.

    uv run python -m benchmarks.reading --catalogue DIR

The catalogue (names and genres alone, no vectors) is built in DIR on the first run, in some minutes. Read are
600 real requests, and made-up ones that name artists and titles of the catalogue: exactly, and with one
letter wrong; last, messages of 4,000 characters full of names. Every look-up in the catalogue is included.
"""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from benchmarks.data import REQUESTS, TRACKS_182K
from src.catalogue.catalogue import Catalogue
from src.catalogue.edge import create_edge, load_edge
from src.catalogue.engine import TrackPoint
from src.catalogue.importing.files import BadRow, read_rows
from src.catalogue.importing.layouts import choose_layout
from src.catalogue.importing.rows import RowRejected, to_track
from src.catalogue.models.track import Track
from src.chat.understand import MAX_MESSAGE_CHARS
from src.constraints.models.brief import empty_brief
from src.lexicon.vocabulary import Vocabulary, load_vocabulary
from src.understanding.merge import merge_reading
from src.understanding.message import read_message

_NAMED = [
    "songs by {artist}",
    "something like {artist}, but calmer",
    "no {artist} please, and nothing after 1995",
    "play {title} by {artist}",
    "similar to {artist} and {other}",
    '"{title}" by {artist}',
    "I love {artist}'s voice, give me 7 sad songs",
    "90s rock, not as heavy as {artist}",
]
_MESSAGES = 300
# What the longest messages are full of.
_LONG = ["{artist}, ", "no {artist} and like {other}, ", "{title} by {artist}, ", '"{title}" by {artist}, ']
_BATCH = 2_000


async def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalogue", type=Path, required=True)
    folder: Path = parser.parse_args(argv).catalogue
    if not folder.exists():
        await _build(folder)
    catalogue = Catalogue(load_edge(folder), None, "names")
    vocabulary = await load_vocabulary(catalogue)
    chance = random.Random(7)
    tracks = [track for track in _tracks() if _is_plain(track)]
    lines = [line.strip() for line in REQUESTS.read_text(encoding="utf-8").splitlines() if line.strip()]
    exact = [_named(chance, tracks, _same) for _ in range(_MESSAGES)]
    typos = [_named(chance, tracks, _one_letter_wrong) for _ in range(_MESSAGES)]
    long = [_long(chance, tracks, pattern) for pattern in _LONG for _ in range(5)]
    for name, messages in (
        ("real requests", lines),
        ("exact names", exact),
        ("one letter wrong", typos),
        ("4,000 characters", long),
    ):
        best = min([await _measure(catalogue, vocabulary, messages) for _ in range(3)], key=_p95)
        median, slow = statistics.median(best), _p95(best)
        print(f"{name:18} p50 {median:6.2f} ms  p95 {slow:6.2f} ms  max {max(best):6.2f} ms")


async def _build(folder: Path) -> None:
    engine = create_edge(folder, 0)
    batch: list[TrackPoint] = []
    for track in _tracks():
        batch.append(TrackPoint(track, None))
        if len(batch) == _BATCH:
            await engine.upsert(batch)
            batch = []
    await engine.upsert(batch)
    engine.optimize()
    await engine.close()


def _tracks() -> list[Track]:
    rows = [read.content for read in read_rows(TRACKS_182K) if not isinstance(read.content, BadRow)]
    layout = choose_layout(sorted({column for row in rows for column in row}), {})
    tracks: list[Track] = []
    for row in rows:
        with suppress(RowRejected):
            tracks.append(to_track(row, layout, source="182k", licence="mixed"))
    return tracks


def _is_plain(track: Track) -> bool:
    names = f"{track['title']} {track['artists'][0]}"
    return len(names) < 60 and names.isascii() and len(track["artists"][0]) > 5


def _named(chance: random.Random, tracks: list[Track], spell) -> str:
    one, other = chance.choice(tracks), chance.choice(tracks)
    return chance.choice(_NAMED).format(
        title=one["title"], artist=spell(chance, one["artists"][0]), other=spell(chance, other["artists"][0])
    )


def _long(chance: random.Random, tracks: list[Track], pattern: str) -> str:
    message = "play "
    while len(message) < MAX_MESSAGE_CHARS:
        one, other = chance.choice(tracks), chance.choice(tracks)
        message += pattern.format(title=one["title"], artist=one["artists"][0], other=other["artists"][0])
    return message[:MAX_MESSAGE_CHARS]


def _same(_chance: random.Random, name: str) -> str:
    return name


def _one_letter_wrong(chance: random.Random, name: str) -> str:
    place = chance.randrange(1, len(name) - 1)
    return name[:place] + chance.choice("aeioulnrst") + name[place + 1 :]


async def _measure(catalogue: Catalogue, vocabulary: Vocabulary, messages: list[str]) -> list[float]:
    times: list[float] = []
    for message in messages:
        began = time.thread_time()
        merge_reading(empty_brief(), await read_message(catalogue, vocabulary, message, 1, 2026))
        times.append((time.thread_time() - began) * 1000)
    return times


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    asyncio.run(main())
