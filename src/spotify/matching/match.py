"""Whether a track of Spotify is the same recording as one of the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz.fuzz import ratio

from src.catalogue.models.track import Track
from src.catalogue.names import name_key, split_title
from src.spotify.client.paging import artist_names
from src.spotify.matching.models.link import LinkMethod
from src.spotify.matching.names import Likeness, artist_likeness, same_people, split_credit, title_likeness
from src.spotify.matching.versions import (
    Kind,
    TitleReading,
    album_kinds,
    is_imitation,
    is_imitation_album,
    is_imitator,
    read_title,
)
from src.spotify.models.api import SpotifyTrack

type Refusal = Literal[
    "not_a_track", "other_artist", "other_title", "wrong_version", "other_length", "not_playable"
]

# Two sources that measure one recording differ by less.
SAME_LENGTH_MS: Final = 3_000
# With the same code: a longer silence at the end, but not another cut.
CODED_LENGTH_MS: Final = 10_000
# What is less sure is not given.
LEAST_CONFIDENCE: Final = 0.6
_BY_CODE: Final = 1.0
_BY_NAME: Final = 0.95

_NEAR_NAME: Final = 0.05
_UNREADABLE_NAME: Final = 0.15
_UNKNOWN_LENGTH: Final = 0.15
_CODED_LENGTH: Final = 0.2
_UNSURE_VERSION: Final = 0.15
_CUT_OF_UNKNOWN_LENGTH: Final = 0.2
_UNSURE_GUEST: Final = 0.08
_SMALL: Final = 0.02
_YEARS_APART: Final = 1

# Kinds of which there are many, told apart by a name.
_NAMED_KINDS: Final[frozenset[Kind]] = frozenset({"remix", "version", "language"})

# The catalogue's words for kinds that it knows from elsewhere than the title.
_CATALOGUE_KINDS: Final[dict[str, Kind]] = {
    "live": "live",
    "karaoke": "karaoke",
    "cover": "cover",
    "instrumental": "instrumental",
    "acoustic": "acoustic",
    "remix": "remix",
    "demo": "demo",
    "rerecorded": "rerecorded",
    "orchestral": "orchestral",
    "sped up": "speed",
    "slowed": "speed",
}


@dataclass(frozen=True, slots=True)
class Rendition:
    """What either side tells of a recording. `album_kinds` come from the album's title alone."""

    title: TitleReading
    aliases: tuple[str, ...]
    artists: tuple[str, ...]
    kinds: frozenset[Kind]
    album_kinds: frozenset[Kind]
    album: str
    isrc: str
    duration_ms: int | None
    explicit: bool | None
    year: int | None


@dataclass(frozen=True, slots=True)
class MatchVerdict:
    """The judgement: `confidence` as documented on `Link`, or why it is refused."""

    confidence: float = 0.0
    method: LinkMethod = "name"
    refusal: Refusal | None = None


def judge(item: SpotifyTrack, track: Track) -> MatchVerdict:
    """Whether Spotify's track may be given for the catalogue's; a track that cannot be played is refused."""
    found = recording_of_item(item)
    # A file on somebody's device cannot be given to others.
    if found is None or item.get("is_local"):
        return MatchVerdict(refusal="not_a_track")
    verdict = same_recording(recording_of_track(track), found)
    playable = item.get("is_playable") is not False and not item.get("restrictions")
    if verdict.refusal is None and not playable:
        return MatchVerdict(method=verdict.method, refusal="not_playable")
    return verdict


def same_recording(wanted: Rendition, found: Rendition) -> MatchVerdict:
    """Whether the two are one recording, as far as their names, codes and lengths can tell."""
    coded = bool(wanted.isrc) and wanted.isrc == found.isrc
    artist = artist_likeness(
        wanted.artists,
        found.artists,
        aliases=wanted.aliases,
        guests=(*wanted.title.guests, *found.title.guests),
    )
    if artist == "other" and coded and _swapped(wanted, found):
        artist = "near"
    title = _titles(wanted, found)
    if _refused_name(artist, coded):
        return MatchVerdict(refusal="other_artist")
    if _refused_name(title, coded):
        return MatchVerdict(refusal="other_title")
    doubt = _version_doubt(wanted, found, coded)
    if doubt is None:
        return MatchVerdict(refusal="wrong_version")
    difference = _length_difference(wanted, found)
    if difference is not None and difference > (CODED_LENGTH_MS if coded else SAME_LENGTH_MS):
        return MatchVerdict(refusal="other_length")
    sure_length = difference is not None and difference <= SAME_LENGTH_MS
    # What is not quite the same name needs the length to speak for it.
    if "near" in (artist, title) and not sure_length and not coded:
        return MatchVerdict(refusal="other_title" if title == "near" else "other_artist")
    confidence = _BY_CODE if coded else _BY_NAME
    confidence -= doubt + _name_doubt(artist) + _name_doubt(title)
    if difference is None:
        confidence -= _UNKNOWN_LENGTH
    elif not sure_length:
        confidence -= _CODED_LENGTH
    confidence -= _small_doubts(wanted, found)
    if confidence < LEAST_CONFIDENCE:
        return MatchVerdict(refusal="wrong_version" if doubt else "other_title")
    return MatchVerdict(round(confidence, 2), "isrc" if coded else "name")


def recording_of_track(track: Track) -> Rendition:
    """The catalogue's side."""
    title = read_title(track["title"])
    # The title is read anew; kinds that the source knew from elsewhere count too.
    elsewhere = set(track["versions"]) - set(split_title(track["title"]).versions)
    album = track.get("album", "")
    return Rendition(
        title=title,
        aliases=tuple(track.get("aliases", [])),
        artists=tuple(track["artists"]),
        kinds=title.kinds | {_CATALOGUE_KINDS[name] for name in elsewhere if name in _CATALOGUE_KINDS},
        album_kinds=album_kinds(album),
        album=album,
        isrc=_code(track.get("isrc")),
        duration_ms=track.get("duration_ms"),
        explicit=track.get("explicit"),
        year=track.get("year"),
    )


def recording_of_item(item: SpotifyTrack) -> Rendition | None:
    """Spotify's side; None of what is no track, or has no title or artist."""
    names = artist_names(item)
    text = item.get("name")
    if not text or not names or item.get("type", "track") != "track":
        return None
    title = read_title(text)
    album = item.get("album") or {}
    album_name = album.get("name") or ""
    date = (album.get("release_date") or "")[:4]
    return Rendition(
        title=title,
        aliases=(),
        artists=tuple(names),
        kinds=title.kinds,
        album_kinds=album_kinds(album_name),
        album=album_name,
        isrc=_code((item.get("external_ids") or {}).get("isrc")),
        duration_ms=item.get("duration_ms") or None,
        explicit=item.get("explicit"),
        year=int(date) if date.isdecimal() else None,
    )


def _titles(wanted: Rendition, found: Rendition) -> Likeness:
    one, two = wanted.title, found.title
    likeness = title_likeness(one.name, two.name, aliases=wanted.aliases)
    if likeness in ("other", "unreadable") and (
        title_likeness(one.short, two.name) == "same" or title_likeness(one.name, two.short) == "same"
    ):
        return "near"
    return likeness


def _refused_name(likeness: Likeness, coded: bool) -> bool:
    return likeness == "other" or (likeness == "unreadable" and not coded)


def _name_doubt(likeness: Likeness) -> float:
    return {"same": 0.0, "near": _NEAR_NAME, "unreadable": _UNREADABLE_NAME, "other": 1.0}[likeness]


def _swapped(wanted: Rendition, found: Rendition) -> bool:
    """The same people credited in another order."""
    return same_people(wanted.artists[:1], found.artists) and same_people(found.artists[:1], wanted.artists)


def _version_doubt(wanted: Rendition, found: Rendition, coded: bool) -> float | None:
    """How unsure it is that both are the same version; None: they are not."""
    # What is promised to be clean must not turn out otherwise.
    unclean = wanted.explicit is False and bool(found.explicit)
    if (_imitates(found) and not _imitates(wanted)) or (unclean and not coded):
        return None
    doubts = (
        _kind_doubt(wanted, found, coded),
        _cut_doubt(wanted, found),
        _guest_doubt(wanted, found, coded),
    )
    known = [doubt for doubt in doubts if doubt is not None]
    return sum(known) if len(known) == len(doubts) else None


def _kind_doubt(wanted: Rendition, found: Rendition, coded: bool) -> float | None:
    mine, its = wanted.kinds | wanted.album_kinds, found.kinds | found.album_kinds
    # One album's title alone does not outweigh the recording's code.
    if mine != its and not (coded and wanted.kinds == found.kinds):
        return None
    one, two = wanted.title.words, found.title.words
    if mine and one and two and not _agree(one, two, exactly=bool(mine & _NAMED_KINDS)):
        return None
    # `Live` may be any night, and `Remix` anybody's.
    open_which = bool(mine) and bool(one) != bool(two) and _length_difference(wanted, found) is None
    if open_which and not coded and not _same_album(wanted, found):
        return None
    return _UNSURE_VERSION if mine != its or open_which else 0.0


def _cut_doubt(wanted: Rendition, found: Rendition) -> float | None:
    cuts = (wanted.title.cuts ^ found.title.cuts) - {"remaster"}
    if not cuts or _length_difference(wanted, found) is not None:
        return 0.0
    return None if "extended" in cuts else _CUT_OF_UNKNOWN_LENGTH


def _guest_doubt(wanted: Rendition, found: Rendition, coded: bool) -> float | None:
    mine, its = _guests(wanted), _guests(found)
    if mine and its and not same_people(mine, its):
        return _UNSURE_VERSION if coded else None
    # With and without a guest may be two recordings: the length would tell.
    unsure = bool(mine) != bool(its) and _length_difference(wanted, found) is None
    return _UNSURE_GUEST if unsure else 0.0


def _same_album(wanted: Rendition, found: Rendition) -> bool:
    return bool(wanted.album) and name_key(wanted.album) == name_key(found.album)


def _imitates(recording: Rendition) -> bool:
    return (
        "karaoke" in recording.kinds
        or is_imitation(recording.title.name)
        or is_imitation_album(recording.album)
        or any(is_imitator(name) for name in recording.artists)
    )


def _agree(one: frozenset[str], two: frozenset[str], *, exactly: bool) -> bool:
    return one <= two or two <= one if exactly else bool(one & two)


def _guests(recording: Rendition) -> list[str]:
    named = [name for guest in recording.title.guests for name in split_credit(guest)]
    return [*recording.artists[1:], *named]


def _length_difference(wanted: Rendition, found: Rendition) -> int | None:
    if wanted.duration_ms is None or found.duration_ms is None:
        return None
    return abs(wanted.duration_ms - found.duration_ms)


def _small_doubts(wanted: Rendition, found: Rendition) -> float:
    """What decides between recordings that all fit."""
    doubts = [
        bool(wanted.isrc and found.isrc) and wanted.isrc != found.isrc,
        ("remaster" in wanted.title.cuts) != ("remaster" in found.title.cuts),
        wanted.explicit is not None and found.explicit is not None and wanted.explicit != found.explicit,
        bool(wanted.album and found.album) and name_key(wanted.album) != name_key(found.album),
        bool(_guests(wanted)) != bool(_guests(found)),
        wanted.title.cuts != found.title.cuts,
        bool(wanted.year and found.year) and abs((wanted.year or 0) - (found.year or 0)) > _YEARS_APART,
    ]
    return _SMALL * sum(doubts)


def _code(isrc: str | None) -> str:
    return (isrc or "").upper().replace("-", "").strip()


_TITLE_WEIGHT: Final = 3
_ARTIST_WEIGHT: Final = 3
_WORDS_WEIGHT: Final = 2
_ALBUM_WEIGHT: Final = 1
# A word this alike is the same word misspelt.
_SAME_WORD: Final = 80.0
# Of a live take, a remix or a cover that nobody asked for.
_OTHER_VERSION: Final = 0.6


def match_score(
    item: SpotifyTrack, *, words: str = "", title: str = "", artist: str = "", album: str = ""
) -> int:
    """0 (nothing in common) to 100: how well a track matches what was looked for.

    Args:
        words: plain words, looked for in title, artists and album.
        title: title of a track.
        artist: name of an artist, who may be credited second.
        album: title of an album.
    """
    name = item.get("name") or ""
    artists = artist_names(item)
    album_name = (item.get("album") or {}).get("name") or ""
    scores: list[tuple[float, int]] = []
    if title.strip():
        scores.append((_title_score(title, name), _TITLE_WEIGHT))
    if artist.strip():
        scores.append((max((_alike(artist, other) for other in artists), default=0.0), _ARTIST_WEIGHT))
    if words.strip():
        scores.append((_covered(words, [name, *artists, album_name]), _WORDS_WEIGHT))
    if album.strip():
        scores.append((_alike(album, album_name), _ALBUM_WEIGHT))
    if not scores:
        return 0
    score = sum(value * weight for value, weight in scores) / sum(weight for _, weight in scores)
    asked = f"{words} {title} {artist} {album}"
    return round(score * (_OTHER_VERSION if _is_unasked(name, artists, asked) else 1.0))


def _title_score(wanted: str, name: str) -> float:
    return max(_alike(wanted, name), _alike(read_title(wanted).name, read_title(name).name))


def _alike(one: str, two: str) -> float:
    return ratio(name_key(one), name_key(two))


def _covered(words: str, texts: Sequence[str]) -> float:
    """The share of the words that stand in the texts, 0 to 100."""
    wanted = name_key(words).split()
    there = set(name_key(" ".join(texts)).split())
    found = sum(word in there or any(ratio(word, other) >= _SAME_WORD for other in there) for word in wanted)
    return 100 * found / len(wanted) if wanted else 0.0


def _is_unasked(name: str, artists: Sequence[str], asked: str) -> bool:
    """Whether it is another version, or an imitation, that the query does not speak of."""
    if is_imitation(name) or any(is_imitator(artist) for artist in artists):
        return not is_imitator(asked)
    kinds = read_title(name).kinds - read_title(f"x ({asked})").kinds
    return bool(kinds) and not set(name_key(name).split()) <= set(name_key(asked).split())
