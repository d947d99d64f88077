"""The tracks that a list is to be like, or unlike: what the listener named, liked, or gave as a seed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import Vector
from src.catalogue.lookup import NamedArtist, artist_tracks
from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.playlists.models.spec import PlaylistSpec
from src.wishes.checks import Known, own_subject
from src.wishes.conditions import wanted_songs
from src.wishes.models.brief import Wish

# Artists given as examples that are looked at, the latest first: each costs a call of the engine.
MAX_ARTISTS = 10
# A handful of an artist's best known tracks stands for them.
_TRACKS_OF_ARTIST = 5
# Records, vectors, and one call an artist to be like or unlike.
MAX_EXAMPLE_CALLS = 2 + 2 * MAX_ARTISTS
# Of the listener's own listening, as many as a search by likeness takes.
_MAX_OWN = 50


@dataclass(frozen=True, slots=True)
class Examples:
    """What to go by.

    `like` are the tracks to be like, `named` those of them that the listener named or liked one by one,
    `musts` the ones that must be in the list, in order; `likes` and `unlikes` are vectors, none where BM25
    alone serves.
    """

    like: tuple[Track, ...]
    named: tuple[Track, ...]
    musts: tuple[Track, ...]
    likes: tuple[Vector, ...]
    unlikes: tuple[Vector, ...]

    @property
    def ids(self) -> frozenset[str]:
        """Ids of the tracks to be like."""
        return frozenset(track["id"] for track in self.like)


async def read_examples(
    catalogue: Catalogue, spec: PlaylistSpec, wishes: Sequence[Wish], known: Known, liked_ids: Sequence[str]
) -> Examples:
    """Fetch what the list is to be like; ids that the catalogue lacks are passed over.

    Args:
        catalogue: where they are.
        spec: its places must be there, and are examples too.
        wishes: those that bind.
        known: holds the listener's own listening, where a wish asks to go by it.
        liked_ids: tracks that the listener liked.
    """
    must_ids = must_have_ids(spec, wishes)
    seeds = [wish for wish in wishes if wish["kind"] == "track" and wish["relation"] == "seed"]
    named_ids = list(dict.fromkeys([*must_ids, *_ids_of(seeds), *liked_ids]))
    own_ids = [
        id_
        for wish in wishes
        if wish["kind"] == "own_listening" and wish["relation"] == "seed" and own_subject(wish) in known.own
        for id_ in known.own[own_subject(wish)].ids[:_MAX_OWN]
    ]
    away = [wish for wish in wishes if wish["kind"] == "track" and wish["relation"] == "contrast"]
    away_ids = _ids_of(away)
    records = await catalogue.engine.fetch(list(dict.fromkeys([*named_ids, *own_ids, *away_ids])))
    by_artists = await _by_artists(catalogue, _artists(wishes, "seed"))
    not_by = await _by_artists(catalogue, _artists(wishes, "contrast"))
    like = _once(chain(_records(records, named_ids), _records(records, own_ids), by_artists))
    unlike = _once(chain(_records(records, away_ids), not_by))
    vectors = (
        await catalogue.engine.vectors([track["id"] for track in (*like, *unlike)])
        if catalogue.embedder is not None and like
        else {}
    )
    return Examples(
        like=like,
        named=_once(_records(records, named_ids)),
        musts=_once(_records(records, must_ids)),
        likes=tuple(vectors[track["id"]] for track in like if track["id"] in vectors),
        unlikes=tuple(vectors[track["id"]] for track in unlike if track["id"] in vectors),
    )


def must_have_ids(spec: PlaylistSpec, wishes: Sequence[Wish]) -> list[str]:
    """Ids of the tracks that must be in the list, each once: its places, and the songs asked for by name."""
    places = [place["track_id"] for place in spec["places"] if "track_id" in place]
    return list(dict.fromkeys([*places, *sorted(wanted_songs(wishes))]))


def _ids_of(wishes: Iterable[Wish]) -> list[str]:
    return [wish["track_id"] for wish in wishes if wish["kind"] == "track" and "track_id" in wish]


def _artists(wishes: Sequence[Wish], relation: str) -> list[str]:
    """Keys of the artists that stand in this relation; a track that the catalogue lacks leaves its artist."""
    names: list[str] = []
    for wish in wishes:
        if wish["kind"] == "artist" and wish["relation"] == relation:
            names.append(wish["name"])
        elif wish["kind"] == "track" and wish["relation"] == relation and "track_id" not in wish:
            names += [wish["artist"]] if "artist" in wish else []
    return list(dict.fromkeys(map(name_key, names)))[-MAX_ARTISTS:]


async def _by_artists(catalogue: Catalogue, keys: Sequence[str]) -> list[Track]:
    found: list[Track] = []
    for key in keys:
        # The reader has looked the name up: a key that the catalogue lacks simply finds nothing.
        found += await artist_tracks(catalogue, NamedArtist(key, key, 0), [], _TRACKS_OF_ARTIST)
    return found


def _records(records: Mapping[str, Track], ids: Sequence[str]) -> list[Track]:
    return [records[id_] for id_ in ids if id_ in records]


def _once(tracks: Iterable[Track]) -> tuple[Track, ...]:
    return tuple({track["id"]: track for track in tracks}.values())
