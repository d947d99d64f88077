"""The shelf: tracks of Spotify's that the catalogue lacks, in reach of one turn by opaque handles."""

from collections.abc import Mapping
from dataclasses import dataclass

from src.catalogue.models.track import Track
from src.spotify.matching.tracks import as_record
from src.spotify.models.api import SpotifyTrack


@dataclass(frozen=True, slots=True)
class ExternalCandidate:
    """One of them. `record` lives in memory alone, for the wishes to be held against.

    `match` is how well it fits what was looked for, 0 to 100.
    """

    handle: str
    spotify_id: str
    record: Track
    match: int


class ExternalCandidates:
    """Handles of a conversation: `s1` is the first it ever saw, and stays so.

    Args:
        earlier: numbers of handles with the Spotify ids behind them, as far as they are still kept.
        last: the highest number ever given.
    """

    def __init__(self, earlier: Mapping[int, str] | None = None, last: int = 0) -> None:
        self._id_of = dict(earlier or {})
        self._number_of = {id_: number for number, id_ in self._id_of.items()}
        self._last = max([last, *self._id_of])
        self._items: dict[int, ExternalCandidate] = {}

    @property
    def last(self) -> int:
        """The highest number that was ever given."""
        return self._last

    @property
    def ids(self) -> dict[int, str]:
        """Numbers of the handles that this turn has seen, with the Spotify ids behind them."""
        return {number: item.spotify_id for number, item in self._items.items()}

    @property
    def items(self) -> list[ExternalCandidate]:
        """What this turn has seen, in order."""
        return list(self._items.values())

    def add(self, item: SpotifyTrack, match: int) -> str:
        """Keep a track for this turn; gives its handle, an earlier one where it has one."""
        id_ = item.get("id") or ""
        if id_ not in self._number_of:
            self._last += 1
            self._number_of[id_] = self._last
            self._id_of[self._last] = id_
        number = self._number_of[id_]
        handle = f"s{number}"
        self._items[number] = ExternalCandidate(handle, id_, as_record(item), match)
        return handle

    def by_handle(self, handle: str) -> ExternalCandidate | None:
        """The track of a handle, if this turn has seen it."""
        number = handle_number(handle)
        return self._items.get(number) if number is not None else None

    def spotify_id(self, handle: str) -> str | None:
        """The Spotify id behind a handle of this conversation, seen in this turn or in an earlier one."""
        number = handle_number(handle)
        return self._id_of.get(number) if number is not None else None


def handle_number(handle: str) -> int | None:
    """The number of a handle such as `s3`; None for anything else."""
    digits = handle.strip("[] ").lower()
    if not digits.startswith("s") or not digits[1:].isascii() or not digits[1:].isdigit() or len(digits) > 10:
        return None
    return int(digits[1:])
