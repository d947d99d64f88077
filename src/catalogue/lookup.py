"""Finding a named artist or track: by its key, else by its trigrams and a closer look at the letters."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched

from rapidfuzz.distance import OSA

from src.catalogue.catalogue import Catalogue
from src.catalogue.credits import ArtistNames, credit_terms, credited_names
from src.catalogue.documents import artist_aliases, song_title_keys
from src.catalogue.engine import Condition, Match, TextMatch
from src.catalogue.models.track import Track
from src.catalogue.names import name_key, split_title, trigrams

# Names that share the most trigrams with a misspelt one; the right one is nearly always in the first few.
_NEAR = 40
# A shorter part of a name is too many people's.
_SHORTEST_PART = 4
# Names credited with the wanted ones are counted too: a tighter limit would push rare names out.
_NAMES_COUNTED = 10_000
# Keys counted in one call: it compares each with those of every track found, which takes 39 ms for 3,200 at
# once and 10 ms for the same in parts.
_KEYS_AT_ONCE = 500
# Rows of one recording, and recordings of one song, that are read at most where many are looked up at once.
_ROWS_A_NAME = 20


@dataclass(frozen=True, slots=True)
class NamedArtist:
    """An artist of the catalogue: the key, the name as credited, and the number of tracks."""

    key: str
    name: str
    tracks: int

    @property
    def is_alias(self) -> bool:
        """Whether the key is another name than the credited one."""
        return name_key(self.name) != self.key


def allowed_typos(key: str) -> int:
    """How many letters may be wrong: none in 4 letters, one in up to 7, two in longer names."""
    letters = len(key.replace(" ", ""))
    return 0 if letters <= 4 else 1 if letters <= 7 else 2


def within_typos(wanted: str, candidate: str) -> bool:
    """Whether two keys are the same but for the allowed wrong, missing, swapped or added letters."""
    typos = allowed_typos(wanted)
    return OSA.distance(wanted, candidate, score_cutoff=typos) <= typos


async def known_artists(catalogue: Catalogue, keys: Sequence[str]) -> dict[str, NamedArtist]:
    """Those of the keys that are artists of the catalogue, exactly."""
    found: dict[str, NamedArtist] = {}
    for key, count in (await _counts(catalogue, "artist_keys", keys)).items():
        if name := await _credited_name(catalogue, key):
            found[key] = NamedArtist(key, name, count)
    return found


async def _counts(catalogue: Catalogue, field: str, keys: Sequence[str]) -> dict[str, int]:
    """The number of tracks of those keys of a field that have any."""
    counts: dict[str, int] = {}
    for part in batched(dict.fromkeys(key for key in keys if key), _KEYS_AT_ONCE, strict=False):
        found = await catalogue.engine.facet(field, [Match(field, part)], _NAMES_COUNTED)
        counts |= {key: found[key] for key in part if key in found}
    return counts


async def known_titles(catalogue: Catalogue, keys: Sequence[str]) -> dict[str, int]:
    """Those of the keys that are song titles of the catalogue, exactly, with the number of recordings."""
    return await _counts(catalogue, "title_keys", keys)


async def find_artist(catalogue: Catalogue, name: str, *, forgiving: bool = True) -> NamedArtist | None:
    """The artist of this name, forgiving case, accents, punctuation, a missing `the`, one or two typos, and a
    part of the name for the whole (`Bowie`, `Bob Marley` for `Bob Marley & The Wailers`); the latter two only
    where `forgiving`.
    """
    key = name_key(name)
    spellings = [key, key.removeprefix("the "), f"the {key}"]
    exact = await known_artists(catalogue, spellings)
    for spelling in spellings:
        if spelling in exact:
            return exact[spelling]
    if not forgiving:
        return None
    near: Counter[str] = Counter()
    parts: Counter[str] = Counter()
    similar = await _near(catalogue, "artist_grams", key, [])
    for track in similar:
        for candidate in [*credited_names(track["title"], track["artists"]), *artist_aliases(track)]:
            other = name_key(candidate)
            if within_typos(key, other):
                near[other] += 1
            # An alias is a name only as a whole.
            elif candidate in track["artists"] and len(key) >= _SHORTEST_PART and f" {key} " in f" {other} ":
                parts[other] += 1
    if near:
        best = min(near, key=lambda other: (OSA.distance(key, other), -near[other], other))
    elif parts and (joint := _joint_credits(similar, key)):
        # One of several artists whom a source writes as one: the others are not meant.
        return NamedArtist(key, name, joint)
    elif parts:
        # `Marley` is who is called so last, with or without a band, rather than first.
        best = min(parts, key=lambda other: (not f"{other} and ".count(f" {key} and "), -parts[other], other))
    else:
        return None
    return (await known_artists(catalogue, [best])).get(best)


def _joint_credits(tracks: Sequence[Track], key: str) -> int:
    """How many of the tracks credit this artist jointly with others; 0 where the name is half of an act's."""
    counts = Counter(name_key(credit) for track in tracks for credit in track["artists"])
    alone, here = ArtistNames(), ArtistNames(counts)
    joint = [track for track in tracks if key in alone.credits_of(track).named]
    several = len({tuple(track["artists"]) for track in joint}) > 1
    return len(joint) if several or any(key in here.credits_of(track).named for track in joint) else 0


async def artist_tracks(
    catalogue: Catalogue, artist: NamedArtist, where: Sequence[Condition], limit: int
) -> list[Track]:
    """Tracks credited to the artist, one recording a song: their own first, then the best known."""
    by_them = Match("artist_keys", (artist.key,))
    tracks = await catalogue.engine.browse([by_them, *where], limit=4 * limit + 50)
    return _best_recordings(tracks, artist.key)[:limit]


async def find_tracks(
    catalogue: Catalogue,
    title: str,
    artist: str | NamedArtist | None,
    limit: int = 10,
    *,
    forgiving: bool = True,
) -> list[Track]:
    """Recordings of the song of this title, best match first: the plain studio version before others.

    Forgives case, accents, punctuation, `feat.` and one or two typos in either name. Without an artist,
    every song of that title is found. Not `forgiving`, the names must be right but for case and accents.
    """
    key = name_key(split_title(title).name)
    if not key:
        return []
    wanted_artist = await find_artist(catalogue, artist) if isinstance(artist, str) and artist else artist
    if artist and wanted_artist is None:
        return []
    where: list[Condition] = [Match("artist_keys", credit_terms(wanted_artist.key))] if wanted_artist else []
    exact = await catalogue.engine.browse([Match("title_keys", (key,)), *where], limit=8 * limit)
    if exact or not forgiving:
        return _best_recordings(exact, wanted_artist.key if wanted_artist else None)[:limit]
    tracks = [
        track
        for track in await _near(catalogue, "title_grams", key, where)
        if any(within_typos(key, other) for other in song_title_keys(track))
    ]
    return _best_recordings(tracks, wanted_artist.key if wanted_artist else None)[:limit]


async def tracks_by_isrc(catalogue: Catalogue, codes: Sequence[str]) -> list[Track]:
    """Recordings with any of these codes, upper case without hyphens, in order of id."""
    wanted = tuple(dict.fromkeys(code for code in codes if code))
    if not wanted:
        return []
    return await catalogue.engine.browse([Match("track.isrc", wanted)], limit=_ROWS_A_NAME * len(wanted))


async def tracks_named(
    catalogue: Catalogue, title_keys: Sequence[str], artist_keys: Sequence[str] | None
) -> list[Track]:
    """Recordings whose title and whose artist are among these keys, exactly, in order of id: for many pairs
    at once, which the caller tells apart. `artist_keys` None: by anybody.
    """
    titles, artists = tuple(dict.fromkeys(title_keys)), tuple(dict.fromkeys(artist_keys or ()))
    if not titles or (artist_keys is not None and not artists):
        return []
    where = [Match("title_keys", titles), *([Match("artist_keys", artists)] if artists else [])]
    return await catalogue.engine.browse(where, limit=_ROWS_A_NAME * len(titles))


async def _near(catalogue: Catalogue, field: str, key: str, where: Sequence[Condition]) -> list[Track]:
    (hits,) = await catalogue.engine.rank([TextMatch(field, trigrams(key), _NEAR)], where)
    tracks = await catalogue.engine.fetch([hit.id for hit in hits])
    return [tracks[hit.id] for hit in hits if hit.id in tracks]


async def _credited_name(catalogue: Catalogue, key: str) -> str | None:
    # Documents of earlier imports hold the aliases of titles among the artists' keys.
    for track in await catalogue.engine.browse([Match("artist_keys", (key,))], limit=_ROWS_A_NAME):
        names = credited_names(track["title"], track["artists"])
        credited = next((name for name in names if name_key(name) == key), None)
        if credited is not None:
            return credited
        if any(name_key(name) == key for name in artist_aliases(track)):
            # The credit itself is what to show.
            return track["artists"][0]
    return None


def _best_recordings(tracks: Sequence[Track], artist_key: str | None) -> list[Track]:
    """One recording a song: the plain version by the artist named first, the more popular, the earlier."""
    best: dict[str, Track] = {}
    for track in sorted(tracks, key=lambda track: recording_order(track, artist_key)):
        best.setdefault(track["song_key"], track)
    return list(best.values())


def recording_order(track: Track, artist_key: str | None = None) -> tuple[bool, int, int, int, str]:
    """By which recordings of a song are sorted, the best first."""
    first = artist_key is None or name_key(track["artists"][0]) == artist_key
    return (
        not first,
        len([version for version in track["versions"] if version != "remaster"]),
        -track.get("popularity", 0),
        track.get("year", 9999),
        track["id"],
    )
