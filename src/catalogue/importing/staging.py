"""How far an import has come: a small SQLite file in the folder of the generation it builds.

Rows are staged first and merged by track id; then each staged track is embedded and written. Both steps are
committed in batches, so an import that was killed resumes there, with nothing lost or doubled.
"""

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from src.catalogue.importing.rows import merge_tracks
from src.catalogue.models.track import TRACK, Track

_SCHEMA = """
CREATE TABLE IF NOT EXISTS files (
  fingerprint TEXT PRIMARY KEY, name TEXT NOT NULL, rows_read INTEGER NOT NULL, finished INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS tracks (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, track TEXT NOT NULL, done INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS rejects (
  fingerprint TEXT NOT NULL, file TEXT NOT NULL, row INTEGER NOT NULL, cause TEXT NOT NULL,
  excerpt TEXT NOT NULL, PRIMARY KEY (fingerprint, row)
);
"""


class Staging:
    """The open staging file."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self._connection.close()

    def rows_read(self, fingerprint: str) -> int:
        """How many rows of a file are staged already."""
        found = self._one("SELECT rows_read FROM files WHERE fingerprint = ?", fingerprint)
        return 0 if found is None else int(str(found))

    def is_finished(self, fingerprint: str) -> bool:
        """Whether a file was read to its end."""
        return bool(self._one("SELECT finished FROM files WHERE fingerprint = ?", fingerprint))

    def stage(
        self,
        fingerprint: str,
        name: str,
        tracks: Iterable[Track],
        rejects: Iterable[tuple[int, str, str]],
        rows_read: int,
        *,
        finished: bool,
    ) -> None:
        """Store one batch of a file: its tracks, merged with what is staged, and its rejects, all or nothing.

        Args:
            rejects: (row number, cause, excerpt).
            rows_read: rows of the file read so far, this batch included.
        """
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for track in tracks:
                self._stage_track(track)
            self._connection.executemany(
                "INSERT OR REPLACE INTO rejects VALUES (?, ?, ?, ?, ?)",
                [(fingerprint, name, row, cause, excerpt) for row, cause, excerpt in rejects],
            )
            self._connection.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", (fingerprint, name, rows_read, finished)
            )
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise

    def staged(self) -> int:
        """Number of tracks staged."""
        return int(str(self._one("SELECT count(*) FROM tracks")))

    def done(self) -> int:
        """Number of tracks written to the catalogue."""
        return int(str(self._one("SELECT count(*) FROM tracks WHERE done = 1")))

    def pending(self, limit: int) -> list[Track]:
        """The next tracks to write."""
        rows = self._connection.execute(
            "SELECT track FROM tracks WHERE done = 0 ORDER BY seq LIMIT ?", (limit,)
        ).fetchall()
        return [TRACK.validate_json(text) for (text,) in rows]

    def mark_done(self, ids: Iterable[str]) -> None:
        """Note that these tracks are in the catalogue."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("UPDATE tracks SET done = 1 WHERE id = ?", [(id_,) for id_ in ids])
        self._connection.execute("COMMIT")

    def reject_counts(self) -> dict[str, int]:
        """Rejected rows by cause, the most frequent first."""
        rows = self._connection.execute(
            "SELECT cause, count(*) FROM rejects GROUP BY cause ORDER BY count(*) DESC, cause"
        ).fetchall()
        return {str(cause): int(count) for cause, count in rows}

    def write_rejects(self, path: Path) -> int:
        """Write every rejected row as a JSON line; returns how many."""
        with closing(self._connection.cursor()) as cursor, path.open("w", encoding="utf-8") as file:
            written = 0
            for name, row, cause, excerpt in cursor.execute(
                "SELECT file, row, cause, excerpt FROM rejects ORDER BY file, fingerprint, row"
            ):
                line = {"file": name, "row": row, "cause": cause, "excerpt": excerpt}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
                written += 1
        return written

    def _stage_track(self, track: Track) -> None:
        stored = self._one("SELECT track FROM tracks WHERE id = ?", track["id"])
        if stored is None:
            self._connection.execute(
                "INSERT INTO tracks (id, track) VALUES (?, ?)", (track["id"], TRACK.dump_json(track).decode())
            )
            return
        merged = merge_tracks(TRACK.validate_json(str(stored)), track)
        self._connection.execute(
            "UPDATE tracks SET track = ?, done = 0 WHERE id = ?",
            (TRACK.dump_json(merged).decode(), track["id"]),
        )

    def _one(self, query: str, *values: str) -> object:
        row: tuple[object, ...] | None = self._connection.execute(query, values).fetchone()
        return None if row is None else row[0]
