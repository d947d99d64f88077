"""Playlists as the fake API answers them, and what is sent to change them."""

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from src.fake_spotify.models.answers import Episode, Image, LocalTrack, Page, PublicUser, Thing, Track
from src.schema import documented

type Played = Track | LocalTrack | Episode | None


@documented
class PlaylistEntry(TypedDict):
    """An entry; what it holds is null when it is gone."""

    added_at: str
    """ISO time."""
    added_by: PublicUser | None
    """By whom."""
    is_local: bool
    """Whether it is a file on somebody's own machine."""
    item: NotRequired[Played]
    """What it holds, in the new spelling."""
    track: NotRequired[Played]
    """What it holds, in the old spelling."""


@documented
class EntryCount(TypedDict):
    """Where the entries are, and how many."""

    href: str
    """Where they are."""
    total: int
    """How many."""


@documented
class BarePlaylist(Thing):
    """A playlist without its entries: all that others see of it."""

    name: str
    """Name."""
    description: str
    """Words about it."""
    owner: PublicUser
    """Whose it is."""
    public: bool
    """Whether the owner's profile shows it."""
    collaborative: bool
    """Whether others may change it."""
    snapshot_id: str
    """Of its last change."""
    images: list[Image]
    """Its cover, once one was set."""


@documented
class SimplifiedPlaylist(BarePlaylist):
    """A playlist in a list of them."""

    items: NotRequired[EntryCount]
    """How many entries, in the new spelling."""
    tracks: NotRequired[EntryCount]
    """How many entries, in the old spelling."""


@documented
class Playlist(BarePlaylist):
    """A playlist."""

    items: NotRequired[Page[PlaylistEntry]]
    """Its first entries, in the new spelling; for its owner and collaborators alone."""
    tracks: NotRequired[Page[PlaylistEntry]]
    """Its first entries, in the old spelling."""


@documented
class Snapshot(TypedDict):
    """The state that a write made."""

    snapshot_id: str
    """Names this state of the playlist's entries."""


@documented
class CreateBody(TypedDict):
    """A new playlist."""

    name: Annotated[str, Field(min_length=1)]
    """What the new playlist is called."""
    public: NotRequired[bool]
    """True without it."""
    collaborative: NotRequired[bool]
    """False without it; must not be public."""
    description: NotRequired[str | None]
    """Words about it."""


@documented
class DetailsBody(TypedDict):
    """What is to change."""

    name: NotRequired[Annotated[str, Field(min_length=1)]]
    """What the playlist is called from now on."""
    public: NotRequired[bool]
    """Whether the owner's profile shows it."""
    collaborative: NotRequired[bool]
    """Whether others may change it; must not be public."""
    description: NotRequired[str | None]
    """Words about it."""


@documented
class AddBody(TypedDict):
    """Entries to add."""

    uris: NotRequired[list[str]]
    """At most 100."""
    position: NotRequired[int]
    """Before which entry; at the end without it."""


@documented
class ReplaceBody(TypedDict):
    """Either the new entries, or a move."""

    uris: NotRequired[list[str]]
    """The new entries, at most 100; none clears the playlist."""
    range_start: NotRequired[int]
    """The first entry to move."""
    insert_before: NotRequired[int]
    """Before which entry."""
    range_length: NotRequired[int]
    """How many; 1 without it."""
    snapshot_id: NotRequired[str]
    """Against which state."""


@documented
class RemovedItem(TypedDict):
    """What is to go."""

    uri: str
    """Every entry that holds it goes."""


@documented
class RemoveBody(TypedDict):
    """Entries to remove."""

    items: list[RemovedItem]
    """At most 100."""
    snapshot_id: NotRequired[str]
    """Against which state."""
