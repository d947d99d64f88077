"""Whether a list obeys a spec, told from the spec and the list alone: written apart from the solver.

Only the records are read, and `judge` for the hard wishes of the brief.
"""

from collections import Counter
from collections.abc import Sequence

from src.catalogue.models.track import Track
from src.catalogue.names import genre_key, genre_terms, name_key
from src.constraints.enforcement import Rules, judge
from src.constraints.models.spec import PlaylistSpec, Quota


def broken(spec: PlaylistSpec, tracks: Sequence[Track], rules: Rules) -> list[str]:
    """What the list breaks, in words; empty when it obeys."""
    faults: list[str] = []
    count = len(tracks)
    said = [
        constraint["count"]
        for constraint in spec["brief"]["wishes"]
        if constraint["kind"] == "count" and constraint["hard"]
    ]
    asked = spec.get("tracks", min(said) if said else None)
    if asked is not None and count != asked:
        faults.append(f"{count} tracks, not {asked}")
    verdicts = [(track["title"], judge(track, (), rules).broken) for track in tracks]
    faults += [f"{title}: {rule}" for title, rule in verdicts if rule]
    if len({track["song_key"] for track in tracks}) != count:
        faults.append("a song twice")
    caps = [
        constraint["at_most"]
        for constraint in spec["brief"]["wishes"]
        if constraint["kind"] == "per_artist" and constraint["hard"]
    ]
    artists = [name_key(track["artists"][0]) for track in tracks]
    if caps and tracks and max(Counter(artists).values()) > min(caps):
        faults.append("an artist too often")
    if "duration_s" in spec:
        seconds = sum(track["duration_ms"] for track in tracks) / 1000
        if abs(seconds - spec["duration_s"]) > spec.get("tolerance_s", 20.0) + 1e-5:
            faults.append(f"{seconds} s, not {spec['duration_s']}")
    spacing = spec.get("artist_spacing", 0)
    for place, artist in enumerate(artists):
        if artist in artists[place + 1 : place + 1 + spacing]:
            faults.append(f"{artist} too near itself at {place + 1}")
    if "order" in spec:
        years = [track["year"] for track in tracks]
        if years != sorted(years, reverse=spec["order"] == "year_descending"):
            faults.append("not in order of years")
    faults += [fault for share in spec["shares"] if share["hard"] and (fault := _off(share, tracks))]
    for wanted in spec["places"]:
        ids = [track["id"] for track in tracks]
        position = wanted.get("position")
        if wanted.get("track_id") not in ids:
            faults.append(f"{wanted['title']} is not there")
        elif position is not None:
            at = position - 1 if position > 0 else count + position
            if position == 0 or not 0 <= at < count or ids[at] != wanted.get("track_id"):
                faults.append(f"{wanted['title']} is not at {position}")
    return faults


def _off(share: Quota, tracks: Sequence[Track]) -> str | None:
    middle = -(-len(tracks) // 2)
    part = {"first": tracks[:middle], "second": tracks[middle:]}.get(share.get("half", ""), tracks)
    members = sum(_is_of(share, track) for track in part)
    low, high = share.get("at_least", 0.0) * len(part), share.get("at_most", 1.0) * len(part)
    if share.get("at_least") == share.get("at_most") and abs(members - low) < 1:
        return None
    return None if low - 1e-6 <= members <= high + 1e-6 else f"{members} of {len(part)} for {share}"


def _is_of(share: Quota, track: Track) -> bool:
    genres = [share["genre"]] if "genre" in share else share.get("genres", [])
    if genres and not any(
        genre_key(wanted) in genre_terms(genre) for genre in track["genres"] for wanted in genres
    ):
        return False
    if "year_from" in share and track.get("year", -1) < share["year_from"]:
        return False
    return "year_to" not in share or track.get("year", 9999) <= share["year_to"]
