"""Where the real data for measuring lies; it is not part of the repository."""

from pathlib import Path

SHARED = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
REQUESTS = SHARED / "reddit_requests.txt"
SONGS = SHARED / "spotify_songs.csv"
TRACKS_182K = SHARED / "tracks_182k.jsonl.gz"
