"""Whether a list is what its prompt asked for, and whether none could be: told from the records alone.

Nothing here is shared with what reads, chooses or proves: names, genres and titles are compared by code of
its own, and arguments that no list exists look at the whole catalogue, not at a pool of it.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import ceil, floor

from benchmarks.models.playlist_case import ExpectedPlacement, ExpectedQuota, PlaylistExpectation
from src.catalogue.models.track import Track
from src.constraints.models.spec import PlaylistSpec, Quota

# Lengths are whole milliseconds.
_ROUNDING_S = 1e-3
# `0.333` of a case stands for a third.
_SHARE_ROUNDING = 0.002
_SHARE_FIELDS = ("year_from", "year_to", "at_least", "at_most", "half")


def plain(text: str) -> str:
    """Lower case, no accents, no punctuation, no leading article."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = "".join(letter if letter.isalnum() else " " for letter in letters).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


def is_of_genre(track: Track, genre: str) -> bool:
    """Whether one of its genres is this one, or a kind of it by its name; rap and hip hop are one."""
    wanted = f" {_rap(genre)} "
    return any(wanted in f" {_rap(own)} " for own in track["genres"])


def _rap(genre: str) -> str:
    return plain(genre).replace("hip hop", "rap")


def is_by(track: Track, names: Iterable[str]) -> bool:
    """Whether one of them is credited, under any of the record's names."""
    credited = {plain(name) for name in (*track["artists"], *track.get("aliases", []))}
    return not credited.isdisjoint(plain(name) for name in names)


def is_named(track: Track, place: ExpectedPlacement) -> bool:
    """Whether the track is the one that was named, version notes aside."""
    same = _song(track["title"]) == _song(place["title"])
    return same and ("artist" not in place or is_by(track, [place["artist"]]))


def _song(title: str) -> str:
    return plain(re.split(r" - | \(| \[|\bfeat\.", title, maxsplit=1)[0]) or plain(title)


def may_stand(track: Track, expect: PlaylistExpectation) -> str | None:
    """What the track by itself breaks; None when nothing."""
    years = expect.get("years", {})
    year = track.get("year")
    tempo = track.get("features", {}).get("tempo")
    length = track["duration_ms"] / 1000 if "duration_ms" in track else None
    broken = {
        "an artist who was not wanted": is_by(track, expect.get("no_artists", [])),
        "an artist who was not asked for": "only_artists" in expect
        and not is_by(track, expect["only_artists"]),
        "a genre that was not wanted": any(is_of_genre(track, name) for name in expect.get("no_genres", [])),
        "a genre that was not asked for": "genres_any" in expect
        and not any(is_of_genre(track, name) for name in expect["genres_any"]),
        "too old": "first" in years and (year is None or year < years["first"]),
        "too new": "last" in years and (year is None or year > years["last"]),
        "explicit": expect.get("explicit") is False and track.get("explicit") is True,
        "too fast": "tempo_max" in expect and (tempo is None or tempo > expect["tempo_max"]),
        "too long": "track_max_s" in expect and (length is None or length > expect["track_max_s"]),
    }
    return next((fault for fault, is_so in broken.items() if is_so), None)


def faults_of(expect: PlaylistExpectation, tracks: Sequence[Track]) -> list[str]:
    """What the list breaks of the hard parts, in words."""
    faults = [
        f"{track['title']}: {fault}" for track in tracks if (fault := may_stand(track, expect)) is not None
    ]
    count = len(tracks)
    if "tracks" in expect and count != expect["tracks"]:
        faults.append(f"{count} tracks, not {expect['tracks']}")
    if "duration_s" in expect:
        off = abs(sum(track.get("duration_ms", 0) for track in tracks) / 1000 - expect["duration_s"])
        if off > expect["tolerance_s"] + _ROUNDING_S:
            faults.append(f"{off:.1f} s off the length")
    songs = Counter((plain(track["artists"][0]), _song(track["title"])) for track in tracks)
    faults += [f"{title} by {artist} twice" for (artist, title), times in songs.items() if times > 1]
    artists = [plain(track["artists"][0]) for track in tracks]
    often = Counter(artists).most_common(1)
    if "per_artist" in expect and often and often[0][1] > expect["per_artist"]:
        faults.append(f"{often[0][1]} by {often[0][0]}")
    spacing = expect.get("spacing", 0)
    near = [name for place, name in enumerate(artists) if name in artists[place + 1 : place + 1 + spacing]]
    faults += [f"{name} within {spacing} of itself" for name in dict.fromkeys(near)]
    if "order" in expect:
        years = [track.get("year", 0) for track in tracks]
        if 0 in years or years != sorted(years, reverse=expect["order"] == "year_descending"):
            faults.append("not in order of years")
    faults += [fault for share in expect.get("shares", []) if (fault := _share_fault(share, tracks))]
    return faults + [
        f"{place['title']} is not where it was asked"
        for place in expect.get("places", [])
        if not _stands(place, tracks)
    ]


def _stands(place: ExpectedPlacement, tracks: Sequence[Track]) -> bool:
    if "position" not in place:
        return any(is_named(track, place) for track in tracks)
    at = place["position"] - 1 if place["position"] > 0 else len(tracks) + place["position"]
    return 0 <= at < len(tracks) and is_named(tracks[at], place)


def is_of_share(track: Track, share: ExpectedQuota) -> bool:
    """Whether the track counts for the share."""
    if "genres" in share and not any(is_of_genre(track, genre) for genre in share["genres"]):
        return False
    year = track.get("year")
    return not (
        ("first" in share and (year is None or year < share["first"]))
        or ("last" in share and (year is None or year > share["last"]))
    )


def _share_fault(share: ExpectedQuota, tracks: Sequence[Track]) -> str | None:
    middle = -(-len(tracks) // 2)
    part = {"first": tracks[:middle], "second": tracks[middle:]}.get(share.get("half", ""), tracks)
    members = sum(is_of_share(track, share) for track in part)
    # A share without a bound is most of it.
    least = share.get("at_least", 0.0 if "at_most" in share else 0.5)
    low = floor(least * len(part) + _SHARE_ROUNDING * len(part))
    low = low if "at_least" in share else ceil(least * len(part))
    high = floor((share.get("at_most", 1.0) + _SHARE_ROUNDING) * len(part))
    return None if low <= members <= high else f"{members} of {len(part)} for {_share_name(share)}"


def _share_name(share: ExpectedQuota) -> str:
    bounds = [f"{name} {share[name]:g}" for name in ("at_least", "at_most") if name in share]
    years = [str(share.get("first", "")), str(share.get("last", ""))]
    of = " or ".join(share.get("genres", [])) or "-".join(years)
    return " ".join([of, *bounds, share.get("half", "")]).strip()


def as_read(spec: PlaylistSpec) -> PlaylistExpectation:
    """What a spec demands of the list as a whole, as a case says it; the wishes of the brief are left out."""
    constraints = [constraint for constraint in spec["brief"]["wishes"] if constraint["hard"]]
    counts = [constraint["count"] for constraint in constraints if constraint["kind"] == "count"]
    caps = [constraint["at_most"] for constraint in constraints if constraint["kind"] == "per_artist"]
    read: PlaylistExpectation = {}
    if "tracks" in spec or counts:
        read["tracks"] = spec["tracks"] if "tracks" in spec else min(counts)
    if "duration_s" in spec:
        read["duration_s"], read["tolerance_s"] = spec["duration_s"], spec.get("tolerance_s", 20.0)
    if caps:
        read["per_artist"] = min(caps)
    if "artist_spacing" in spec:
        read["spacing"] = spec["artist_spacing"]
    if "order" in spec:
        read["order"] = spec["order"]
    if spec["places"]:
        read["places"] = [_place_read(place) for place in spec["places"]]
    quotas = [_share_read(share) for share in spec["shares"] if share["hard"]]
    if quotas:
        read["shares"] = quotas
    return read


def _place_read(place: dict[str, str | int]) -> ExpectedPlacement:
    return {name: place[name] for name in ("title", "artist", "position") if name in place}


def _share_read(share: Quota) -> ExpectedQuota:
    names = {
        "year_from": "first",
        "year_to": "last",
        "at_least": "at_least",
        "at_most": "at_most",
        "half": "half",
    }
    read = {to: share[name] for name, to in names.items() if name in share}
    genres = [share["genre"]] if "genre" in share else share.get("genres", [])
    return {**read, "genres": genres} if genres else read


def why_none(
    expect: PlaylistExpectation, catalogue: Sequence[Track], is_kept_out: Callable[[Track], object]
) -> str | None:
    """An argument that no list of the catalogue meets the hard parts; None when none is found.

    Args:
        is_kept_out: whether a track may not stand, whatever the list.
    """
    for place in expect.get("places", []):
        named = [track for track in catalogue if is_named(track, place)]
        if not named:
            return f"no {place['title']} among {len(catalogue)} tracks"
        if all(is_kept_out(track) for track in named):
            return f"every {place['title']} is kept out by another demand"
    fixed: dict[int, ExpectedPlacement] = {}
    for place in expect.get("places", []):
        other = fixed.setdefault(place["position"], place) if "position" in place else place
        if other is not place and not any(
            is_named(track, place) and is_named(track, other) for track in catalogue
        ):
            return f"{other['title']} and {place['title']} at the same place"
    eligible = [track for track in catalogue if not is_kept_out(track)]
    longest = _longest(eligible, expect.get("per_artist"), expect.get("spacing", 0))
    if "tracks" in expect and len(longest) < expect["tracks"]:
        return f"{len(longest)} tracks at most, {len(eligible)} eligible, of {expect['tracks']}"
    if "duration_s" in expect:
        seconds = sorted((track.get("duration_ms", 0) / 1000 for track in longest), reverse=True)
        most = sum(seconds[: expect.get("tracks", len(seconds))])
        if most < expect["duration_s"] - expect["tolerance_s"]:
            return f"{most / 60:.0f} minutes at most of {expect['duration_s'] / 60:.0f}"
        if "tracks" in expect:
            known = sorted(track["duration_ms"] / 1000 for track in eligible if "duration_ms" in track)
            least = sum(known[: expect["tracks"]])
            if least > expect["duration_s"] + expect["tolerance_s"]:
                return f"{least / 60:.0f} minutes at least for {expect['duration_s'] / 60:.0f}"
    for share in expect.get("shares", []):
        members = [track for track in eligible if is_of_share(track, share)]
        there = len(_longest(members, expect.get("per_artist"), expect.get("spacing", 0)))
        size = expect.get("tracks", 0) // (2 if "half" in share else 1)
        if there < floor(share.get("at_least", 0.0) * size):
            return f"{there} tracks at most for {_share_name(share)} of {size}"
    return None


def _longest(eligible: Sequence[Track], cap: int | None, spacing: int) -> list[Track]:
    """No list has more tracks or seconds: the longest recording of each song, up to the cap an artist."""
    songs: dict[str, Track] = {}
    for track in sorted(eligible, key=lambda track: (-track.get("duration_ms", 0), track["id"])):
        songs.setdefault(track["song_key"], track)
    taken: Counter[str] = Counter()
    longest: list[Track] = []
    artists = {plain(track["artists"][0]) for track in songs.values()}
    # Fewer artists than stand between two of one: nobody comes twice.
    cap = 1 if spacing >= len(artists) else cap
    for track in songs.values():
        artist = plain(track["artists"][0])
        if cap is None or taken[artist] < cap:
            taken[artist] += 1
            longest.append(track)
    return longest
