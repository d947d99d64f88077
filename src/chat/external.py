"""External candidates: tracks that only Spotify has, which one turn may pick by opaque handles."""

from collections.abc import Mapping
from dataclasses import dataclass

from src.catalogue.models.track import Track
from src.spotify.matching.tracks import as_record
from src.spotify.models.api import SpotifyTrack


@dataclass(frozen=True, slots=True)
class ExternalCandidate:
    """A track that the catalogue lacks. `record` is never stored: constraints are checked against it.

    `match` is how well the track matches the search, 0 to 100.
    """

    handle: str
    spotify_id: str
    record: Track
    match: int


class ExternalCandidates:
    """The external candidates of a conversation by handle: `s1` is the first that it ever saw, for good.

    Args:
        earlier: Spotify ids by the numbers of their handles, as far as they are still stored.
        last: the highest number ever used.
    """

    def __init__(self, earlier: Mapping[int, str] | None = None, last: int = 0) -> None:
        self._id_of = dict(earlier or {})
        self._number_of = {id_: number for number, id_ in self._id_of.items()}
        self._last = max([last, *self._id_of])
        self._items: dict[int, ExternalCandidate] = {}

    @property
    def last(self) -> int:
        """The highest number that was ever used."""
        return self._last

    @property
    def ids(self) -> dict[int, str]:
        """Spotify ids by the numbers of the handles that this turn has seen."""
        return {number: item.spotify_id for number, item in self._items.items()}

    @property
    def items(self) -> list[ExternalCandidate]:
        """What this turn has seen, in order."""
        return list(self._items.values())

    def add(self, item: SpotifyTrack, match: int) -> str:
        """Add a track to this turn; returns its handle, the earlier one where it has one."""
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
        """The Spotify id of a handle of this conversation, from this turn or an earlier one."""
        number = handle_number(handle)
        return self._id_of.get(number) if number is not None else None


def handle_number(handle: str) -> int | None:
    """The number of a handle such as `s3`; None for anything else."""
    digits = handle.strip("[] ").lower()
    if not digits.startswith("s") or not digits[1:].isascii() or not digits[1:].isdigit() or len(digits) > 10:
        return None
    return int(digits[1:])
