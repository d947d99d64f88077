"""Catalogue tracks with what Spotify has of them, trap by trap, and which URI is right; all from a seed."""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field

from src.catalogue.models.track import Track
from tests.fakes import make_track
from tests.spotify.matching.namings import Naming

_BASE62 = string.digits + string.ascii_letters
type Item = dict[str, object]


@dataclass(frozen=True)
class Case:
    """One track to resolve. `right` holds every URI that is that recording; none: Spotify lacks it."""

    kind: str
    track: Track
    right: frozenset[str]
    statuses: frozenset[str]
    """What may be said of a track that Spotify lacks."""


@dataclass
class Traps:
    """The cases in order, and all that the fake Spotify holds."""

    cases: list[Case] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)


@dataclass
class Song:
    """The song of a case in the making."""

    title: str
    artist: str
    guest: str
    place: str
    duration: int
    year: int
    isrc: str
    album: str

    def named(self, template: str, *, other: str = "") -> str:
        return template.format(t=self.title, a=self.artist, n=other or self.guest)


class Maker:
    """Draws names and numbers, and notes what Spotify holds."""

    def __init__(self, naming: Naming, seed: int) -> None:
        self.naming = naming
        self.random = random.Random(seed)
        self.traps = Traps()
        self._isrc = 0

    def isrc(self) -> str:
        self._isrc += 1
        return f"QZ{'ABC'[self._isrc % 3]}X{self._isrc:08d}"[:12]

    def person(self) -> str:
        return (
            f"{self.random.choice(self.naming.artists)} {self.random.choice(self.naming.bands).split()[-1]}"
        )

    def song(self) -> Song:
        firsts, lasts = self.naming.titles
        draw = self.random
        title = f"{draw.choice(firsts)} {draw.choice(lasts)}"
        band = f"{draw.choice(firsts)} {draw.choice(self.naming.bands)}"
        artist = draw.choice(
            [f"The {band}", band, f"{draw.choice(self.naming.artists)} & the {band}", self.person()]
        )
        return Song(
            title=title,
            artist=f"{artist} {draw.choice(string.ascii_uppercase)}{draw.choice(string.ascii_lowercase)}o",
            guest=self.person(),
            place=draw.choice(self.naming.places),
            duration=draw.randint(150_000, 320_000),
            year=draw.randint(1965, 2022),
            isrc=self.isrc(),
            album=draw.choice([title, f"{draw.choice(firsts)} {draw.choice(lasts)}"]),
        )

    def near(self, duration: int) -> int:
        """The same recording as another source measured it."""
        return duration + self.random.randint(-2_500, 2_500)

    def off(self, duration: int) -> int:
        """The length of another recording; now and then it is the same by chance."""
        return duration + self.random.choice([-1, 1]) * self.random.randint(4_500, 45_000)

    def track(
        self, song: Song, title: str = "", *, artists: list[str] | None = None, **fields: object
    ) -> Track:
        """The catalogue's record; half of the records have an ISRC, most a length, an album and a year."""
        draw = self.random
        known: dict[str, object] = {"duration_ms": song.duration} if draw.random() < 0.85 else {}
        if draw.random() < 0.5:
            known["isrc"] = song.isrc
        if draw.random() < 0.6:
            known["album"] = song.album
        if draw.random() < 0.7:
            known["year"] = song.year
        known |= fields
        first, *others = artists or [song.artist]
        track = make_track(
            title or song.title, first, featuring=others, **{k: v for k, v in known.items() if v}
        )
        # Two cases may draw the same names.
        track["id"] = f"{track['id'][:24]}{len(self.traps.cases):012d}"
        return track

    def item(self, song: Song, title: str = "", **changes: object) -> str:
        """Put a track on the fake Spotify; gives its URI."""
        id_ = "".join(self.random.choices(_BASE62, k=22))
        names = changes.get("artists") or [song.artist]
        album = {
            "name": changes.get("album", song.album),
            "release_date": str(changes.get("year", song.year)),
            "release_date_precision": "year",
            "album_type": "album",
        }
        item: Item = {
            "id": id_,
            "uri": f"spotify:track:{id_}",
            "type": "track",
            "name": title or song.title,
            "artists": [{"name": name, "id": "".join(self.random.choices(_BASE62, k=22))} for name in names],  # type: ignore[attr-defined]
            "album": album,
            "duration_ms": changes.get("duration", self.near(song.duration)),
            "explicit": changes.get("explicit", False),
            "is_local": False,
        }
        if isrc := changes.get("isrc", song.isrc):
            item["external_ids"] = {"isrc": isrc}
        if "playable" in changes:
            item["is_playable"] = changes["playable"]
        self.traps.items.append(item)
        return str(item["uri"])

    def other(self, song: Song, title: str, **changes: object) -> str:
        """Another recording: its own ISRC, and a length of its own unless told."""
        return self.item(song, title, **{"isrc": self.isrc(), "duration": self.off(song.duration), **changes})

    def noise(self, song: Song) -> None:
        """Other songs of the artist, and other artists' songs of this title."""
        firsts, lasts = self.naming.titles
        for _ in range(2):
            self.other(song, f"{self.random.choice(firsts)} {self.random.choice(lasts)} Too")
        self.other(song, song.title, artists=[f"{self.person()} Trio"])

    def case(self, kind: str, track: Track, right: set[str], *statuses: str) -> None:
        self.traps.cases.append(Case(kind, track, frozenset(right), frozenset(statuses)))

    def pick(self, choices: tuple[str, ...], place: int) -> str:
        return choices[place % len(choices)]


def _plain(m: Maker, n: int) -> None:
    song = m.song()
    m.noise(song)
    m.case("plain", m.track(song), {m.item(song)})


def _live(m: Maker, n: int) -> None:
    song = m.song()
    m.other(song, song.named(m.pick(m.naming.live, n), other=song.place))
    # A live take of the same length is a live take all the same.
    m.other(song, song.named(m.pick(m.naming.live, n + 1), other=song.place), duration=song.duration)
    m.case("live beside studio", m.track(song), {m.item(song)})


def _live_only(m: Maker, n: int) -> None:
    song = m.song()
    m.other(song, song.named(m.pick(m.naming.live, n), other=song.place), duration=m.near(song.duration))
    m.case("live alone", m.track(song), set(), "wrong_version", "not_found")


def _live_wanted(m: Maker, n: int) -> None:
    song = m.song()
    title = song.named("{t} - Live at {n}", other=song.place)
    m.other(song, song.title)
    m.other(song, song.named("{t} - Live in Reykjavik"), album="Live in Reykjavik")
    right = m.item(song, song.named(m.pick(m.naming.live[:1], n), other=song.place))
    m.case("live wanted", m.track(song, title), {right})


def _live_album(m: Maker, n: int) -> None:
    song = m.song()
    album = song.named(m.pick(m.naming.live_albums, n), other=song.place)
    m.other(song, song.title, album=album, duration=m.near(song.duration))
    m.case("live by its album", m.track(song, album="Studio Years"), {m.item(song, album="Studio Years")})


def _karaoke(m: Maker, n: int) -> None:
    song = m.song()
    for title, artist in m.naming.karaoke:
        name = song.named(artist)
        credited = [name, song.artist] if n % 3 == 0 else [name]
        m.other(
            song, song.named(title), artists=credited, duration=m.near(song.duration), album="Karaoke Hits"
        )
    m.case("karaoke", m.track(song), {m.item(song)})


def _karaoke_only(m: Maker, n: int) -> None:
    song = m.song()
    title, artist = m.naming.karaoke[n % len(m.naming.karaoke)]
    credited = [song.artist] if n % 2 else [song.named(artist)]
    m.other(song, song.named(title), artists=credited, duration=m.near(song.duration), album="Sing Along")
    m.case("karaoke alone", m.track(song), set(), "wrong_version", "not_found")


def _cover(m: Maker, n: int) -> None:
    song = m.song()
    for title, artist in m.naming.covers:
        m.other(song, song.named(title), artists=[song.named(artist)], duration=m.near(song.duration))
    m.case("cover or tribute", m.track(song), {m.item(song)})


def _cover_only(m: Maker, n: int) -> None:
    song = m.song()
    title, artist = m.naming.covers[n % len(m.naming.covers)]
    m.other(song, song.named(title), artists=[song.named(artist)], duration=m.near(song.duration))
    m.case("cover alone", m.track(song), set(), "wrong_version", "not_found")


def _remaster_only(m: Maker, n: int) -> None:
    song = m.song()
    right = m.item(song, song.named(m.pick(m.naming.remasters, n)), isrc=m.isrc(), year=2011)
    m.case("remaster alone", m.track(song, isrc=""), {right})


def _remaster_beside(m: Maker, n: int) -> None:
    song = m.song()
    right = {m.item(song, song.named(m.pick(m.naming.remasters, n)), isrc=m.isrc(), year=2011), m.item(song)}
    m.other(song, song.named(m.pick(m.naming.live, n), other=song.place) + " - Remastered")
    m.case("remaster beside plain", m.track(song), right)


def _remaster_wanted(m: Maker, n: int) -> None:
    song = m.song()
    right = m.item(song, song.named(m.pick(m.naming.remasters, n + 1)) if n % 2 else song.title)
    m.case("remaster in the catalogue", m.track(song, f"{song.title} - 2011 Remaster"), {right})


def _same_title(m: Maker, n: int) -> None:
    song = m.song()
    for _ in range(12):
        m.other(
            song,
            song.title,
            artists=[f"{m.person()} {m.random.randint(2, 99)}"],
            duration=m.near(song.duration),
        )
    m.case("same title, other artists", m.track(song), {m.item(song)})


def _same_title_only(m: Maker, n: int) -> None:
    song = m.song()
    m.other(song, song.title, artists=[f"{song.artist} Jr"], duration=m.near(song.duration))
    m.other(song, song.title, artists=[song.guest, song.artist], duration=m.near(song.duration))
    m.case("same title, other artist alone", m.track(song), set(), "not_found", "wrong_version")


def _same_artist(m: Maker, n: int) -> None:
    song = m.song()
    for template in m.naming.neighbours:
        m.other(song, song.named(template), duration=m.near(song.duration))
    if n % 2:
        m.case("same artist, other title", m.track(song), {m.item(song)})
    else:
        m.case("same artist, other title alone", m.track(song), set(), "not_found", "wrong_version")


def _part(m: Maker, n: int) -> None:
    song = m.song()
    wanted, same, another = m.naming.parts[n % len(m.naming.parts)]
    m.other(song, song.title + another, duration=m.near(song.duration))
    m.case("numbered part", m.track(song, song.title + wanted), {m.item(song, song.title + same)})


def _remix(m: Maker, n: int) -> None:
    song = m.song()
    m.other(song, song.named(m.pick(m.naming.remixes, n)), duration=m.near(song.duration))
    m.other(song, song.named(m.pick(m.naming.remixes, n + 1)), artists=[song.artist, song.guest])
    m.case("remix beside original", m.track(song), {m.item(song)})


def _remix_only(m: Maker, n: int) -> None:
    song = m.song()
    m.other(song, song.named(m.pick(m.naming.remixes, n)), duration=m.near(song.duration))
    m.case("remix alone", m.track(song), set(), "wrong_version", "not_found")


def _remix_wanted(m: Maker, n: int) -> None:
    song = m.song()
    template = m.pick(m.naming.remixes[:2], n)
    m.other(song, song.title)
    m.other(song, song.named(template, other="Zed Kay"), duration=m.near(song.duration))
    right = m.item(song, song.named(template), artists=[song.artist, song.guest])
    # The catalogue writes the same note the other way.
    note = template.removeprefix("{t} ").strip("-()[] ")
    m.case(
        "remix wanted",
        m.track(song, song.named(f"{{t}} ({note})" if " - " in template else f"{{t}} - {note}")),
        {right},
    )


def _speed(m: Maker, n: int) -> None:
    song = m.song()
    m.other(song, song.named(m.pick(m.naming.speeds, n)))
    m.other(song, song.named(m.pick(m.naming.speeds, n + 1)), duration=m.near(song.duration))
    if n % 3:
        m.case("sped up or slowed", m.track(song), {m.item(song)})
    else:
        m.case("sped up or slowed alone", m.track(song), set(), "wrong_version", "not_found")


def _other_take(m: Maker, n: int) -> None:
    song = m.song()
    m.other(song, song.named(m.pick(m.naming.others, n)), duration=m.near(song.duration))
    m.other(song, song.named(m.pick(m.naming.others, n + 1)))
    m.case("acoustic, demo, re-recorded beside", m.track(song), {m.item(song)})


def _other_take_only(m: Maker, n: int) -> None:
    song = m.song()
    m.other(song, song.named(m.pick(m.naming.others, n)), duration=m.near(song.duration))
    m.case("acoustic, demo, re-recorded alone", m.track(song), set(), "wrong_version", "not_found")


def _edit(m: Maker, n: int) -> None:
    song = m.song()
    m.other(song, song.named(m.pick(m.naming.edits, n)), duration=song.duration - 40_000)
    m.other(song, song.named(m.pick(m.naming.longer, n)), duration=song.duration + 120_000)
    m.case("radio edit and long version beside", m.track(song), {m.item(song)})


def _edit_only(m: Maker, n: int) -> None:
    song = m.song()
    m.other(song, song.named(m.pick(m.naming.edits, n)), duration=song.duration - 40_000)
    m.other(song, song.title, duration=song.duration + 30_000)
    track = m.track(song, duration_ms=song.duration)
    m.case("other length alone", track, set(), "wrong_version", "not_found")


def _feature(m: Maker, n: int) -> None:
    song = m.song()
    with_guest = song.named(m.pick(m.naming.features, n))
    again = song.named(m.pick(m.naming.features, n + 1))
    both = [song.artist, song.guest]
    ways = [
        (song.title, both, with_guest, both),
        (with_guest, [song.artist], song.title, both),
        (with_guest, [song.artist], again, both),
        (song.title, [song.artist], with_guest, both),
    ]
    title, artists, item_title, item_artists = ways[n % len(ways)]
    m.noise(song)
    m.case(
        "guest spelled differently",
        m.track(song, title, artists=artists),
        {m.item(song, item_title, artists=item_artists)},
    )


def _joint(m: Maker, n: int) -> None:
    song = m.song()
    song.artist = f"{song.artist.replace(' & ', ' ')}"
    credit = song.named(m.pick(m.naming.joints, n))
    m.noise(song)
    m.case("joint credit", m.track(song, artists=[credit]), {m.item(song, artists=[song.artist, song.guest])})


def _accent(m: Maker, n: int) -> None:
    title, artist, item_title, item_artist = m.naming.accents[n % len(m.naming.accents)]
    song = m.song()
    song.title, song.artist = title, artist
    if n >= len(m.naming.accents):
        song.title, item_title, title = (f"{text} {n}" for text in (title, item_title, title))
    m.other(song, f"{item_title} - Live", artists=[item_artist])
    m.case("accents and signs", m.track(song), {m.item(song, item_title, artists=[item_artist])})


def _script(m: Maker, n: int) -> None:
    title, artist, aliases, item_title, item_artist = m.naming.scripts[n % len(m.naming.scripts)]
    song = m.song()
    song.title, song.artist = title, artist
    m.other(song, f"{item_title} (Live)", artists=[item_artist])
    right = m.item(song, item_title, artists=[item_artist])
    # Without the alias or the code nobody could tell that these are the same.
    comparable = bool(aliases) or (title, artist) == (item_title, item_artist)
    track = m.track(song, aliases=list(aliases), duration_ms=song.duration)
    if not comparable:
        track["isrc"] = song.isrc
    m.case("other scripts", track, {right})


def _isrc_other_song(m: Maker, n: int) -> None:
    song, another = m.song(), m.song()
    m.item(another, isrc=song.isrc)
    right = m.item(song, isrc=m.isrc())
    m.case("ISRC of another song", m.track(song, isrc=song.isrc), {right})


def _isrc_live(m: Maker, n: int) -> None:
    song = m.song()
    m.other(song, song.named(m.pick(m.naming.live, n), other=song.place), isrc=song.isrc)
    right = m.item(song, isrc=m.isrc())
    m.case("ISRC of a live take", m.track(song, isrc=song.isrc), {right})


def _isrc_other_length(m: Maker, n: int) -> None:
    song = m.song()
    m.item(song, isrc=song.isrc, duration=song.duration + 60_000)
    track = m.track(song, isrc=song.isrc, duration_ms=song.duration)
    m.case("ISRC of another length", track, set(), "wrong_version", "not_found")


def _reissue(m: Maker, n: int) -> None:
    song = m.song()
    right = m.item(song, isrc=m.isrc(), album=f"{song.album} (Deluxe)", year=song.year + 20)
    m.case("re-issue with another ISRC", m.track(song, isrc=song.isrc), {right})


def _isrc_many(m: Maker, n: int) -> None:
    song = m.song()
    right = {
        m.item(song),
        m.item(song, album="Greatest Hits", year=song.year + 12),
        m.item(song, album="Now 44", artists=[song.artist]),
    }
    m.case("ISRC on several albums", m.track(song, isrc=song.isrc), right)


def _missing(m: Maker, n: int) -> None:
    song = m.song()
    m.noise(song)
    m.case("missing", m.track(song), set(), "not_found")


def _not_playable(m: Maker, n: int) -> None:
    song = m.song()
    gone = m.item(song, playable=False)
    if n % 2:
        right = m.item(song, album="Best Of", playable=True)
        m.case("playable twin", m.track(song), {right})
    else:
        m.case("not playable", m.track(song), set(), "not_playable")
    assert gone


def _explicit(m: Maker, n: int) -> None:
    song = m.song()
    clean = m.item(song, song.title, explicit=False, isrc=m.isrc())
    loud = m.item(song, song.title, explicit=True, isrc=m.isrc())
    explicit = bool(n % 2)
    track = m.track(song, isrc="")
    track["explicit"] = explicit
    m.case("explicit and clean", track, {loud if explicit else clean})


def _no_length(m: Maker, n: int) -> None:
    song = m.song()
    track = m.track(song, duration_ms=None, isrc="", album=song.album, year=song.year)
    m.other(song, song.named(m.pick(m.naming.live, n), other=song.place))
    m.other(song, song.named(m.pick(m.naming.longer, n)))
    m.other(song, song.named(m.pick(m.naming.others, n)))
    m.case("length unknown", track, {m.item(song)})


def _harmless(m: Maker, n: int) -> None:
    song = m.song()
    right = m.item(song, song.named(m.pick(m.naming.harmless, n)))
    m.case("harmless note", m.track(song), {right})


def _medley(m: Maker, n: int) -> None:
    song, another = m.song(), m.song()
    m.other(song, f"{song.title} / {another.title}", duration=m.near(song.duration))
    m.other(song, f"Medley: {song.title} / {another.title}")
    m.case("medley beside", m.track(song), {m.item(song)})


_KINDS: tuple[tuple[Callable[[Maker, int], None], int], ...] = (
    (_plain, 60),
    (_live, 12),
    (_live_only, 6),
    (_live_wanted, 8),
    (_live_album, 8),
    (_karaoke, 12),
    (_karaoke_only, 6),
    (_cover, 12),
    (_cover_only, 6),
    (_remaster_only, 12),
    (_remaster_beside, 12),
    (_remaster_wanted, 8),
    (_same_title, 10),
    (_same_title_only, 6),
    (_same_artist, 12),
    (_part, 12),
    (_remix, 12),
    (_remix_only, 6),
    (_remix_wanted, 8),
    (_speed, 12),
    (_other_take, 16),
    (_other_take_only, 10),
    (_edit, 12),
    (_edit_only, 8),
    (_feature, 20),
    (_joint, 8),
    (_accent, 24),
    (_script, 20),
    (_isrc_other_song, 6),
    (_isrc_live, 6),
    (_isrc_other_length, 4),
    (_reissue, 8),
    (_isrc_many, 10),
    (_missing, 8),
    (_not_playable, 10),
    (_explicit, 12),
    (_no_length, 12),
    (_harmless, 12),
    (_medley, 8),
)


def make_traps(naming: Naming, seed: int) -> Traps:
    """About 440 cases in a drawn order, and some 1,500 tracks on the fake Spotify."""
    maker = Maker(naming, seed)
    for make, number in _KINDS:
        for place in range(number):
            make(maker, place)
    order = random.Random(seed + 1)
    order.shuffle(maker.traps.cases)
    order.shuffle(maker.traps.items)
    return maker.traps
