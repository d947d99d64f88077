"""The one place that decides whether a track may be in the answer; every path goes through it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from src.catalogue.models.track import Track
from src.catalogue.names import name_key
from src.constraints.checks import REFUSED, UNASKED_VERSIONS, Known, all_alternatives, meets_any
from src.constraints.conflicts import Binding
from src.constraints.describe import describe
from src.constraints.filters import wanted_songs, wanted_versions
from src.constraints.models.brief import Constraint

DEFAULT_COUNT = 10
DEFAULT_ARTIST_CAP = 2


@dataclass(frozen=True, slots=True)
class Rules:
    """What binds one answer: the hard constraints in groups of alternatives, and the service's own rules.

    `notes` holds what the report adds to a constraint, by its kind and subject.
    """

    binding: Binding
    groups: tuple[tuple[Constraint, ...], ...]
    known: Known
    count: int
    artist_cap: int
    uncapped_artists: frozenset[str]
    asked_versions: frozenset[str]
    wanted_ids: frozenset[str]
    notes: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What enforcement says of one track.

    `broken` names the rule that keeps it out, None if it may be in the answer. `unchecked` holds the hard
    constraints that its record has no value for: such a track comes last, when no checked one is left.
    """

    broken: str | None
    detail: str = ""
    unchecked: list[str] = field(default_factory=list)


def make_rules(
    binding: Binding, known: Known, limit: int | None, notes: Mapping[tuple[str, str], str] | None = None
) -> Rules:
    """The rules of one answer.

    Args:
        limit: the caller's own number of tracks; of it and a number in the words, the smaller counts.
    """
    hard = [constraint for constraint in binding.constraints if constraint["hard"]]
    counts = [constraint["count"] for constraint in hard if constraint["kind"] == "count"]
    counts += [] if limit is None else [limit]
    caps = [constraint["at_most"] for constraint in hard if constraint["kind"] == "per_artist"]
    wanted_artists = {
        name_key(constraint["name"]): constraint["hard"]
        for constraint in binding.constraints
        if constraint["kind"] == "artist" and constraint["relation"] == "wanted"
    }
    # An artist that the catalogue lacks cannot bind, but was asked for, and may come from Spotify.
    uncapped = {key for key, is_hard in wanted_artists.items() if is_hard or key in known.absent}
    return Rules(
        binding=binding,
        groups=tuple(all_alternatives(hard)),
        known=known,
        count=min(counts, default=DEFAULT_COUNT),
        artist_cap=min(caps, default=DEFAULT_ARTIST_CAP),
        uncapped_artists=frozenset() if caps else frozenset(uncapped),
        asked_versions=wanted_versions(hard),
        wanted_ids=wanted_songs(hard),
        notes=notes or {},
    )


def judge(track: Track, chosen: Sequence[Track], rules: Rules) -> Judgement:
    """Whether the track may join those chosen already."""
    verdict = rules.known.feedback.get(track["id"])
    if verdict in REFUSED:
        return Judgement("feedback", f"{verdict} by your own word")
    if any(other["song_key"] == track["song_key"] for other in chosen):
        return Judgement("one_per_song", "another recording of the song is in the list")
    if track["song_key"] in rules.known.earlier_songs and track["id"] not in rules.wanted_ids:
        return Judgement("not_repeated", "was in an earlier answer")
    unasked = UNASKED_VERSIONS & set(track["versions"]) - rules.asked_versions
    if unasked and track["id"] not in rules.wanted_ids:
        return Judgement("versions", f"is a {min(unasked)} version")
    unchecked: list[str] = []
    for group in rules.groups:
        holds = meets_any(group, track, rules.known)
        if holds is False:
            return Judgement(group[0]["kind"], _in_words(group))
        if holds is None and is_checkable(group):
            unchecked.append(_in_words(group))
    for artist in rules.known.artists.credits_of(track).artists:
        if artist & rules.uncapped_artists:
            continue
        by_them = sum(bool(artist & rules.known.artists.credits_of(other).keys) for other in chosen)
        if by_them >= rules.artist_cap:
            return Judgement("artist_cap", f"at most {rules.artist_cap} by one artist")
    return Judgement(None, unchecked=unchecked)


def _in_words(group: tuple[Constraint, ...]) -> str:
    return " or ".join(describe(constraint) for constraint in group)


def is_checkable(group: tuple[Constraint, ...]) -> bool:
    """Whether a record could ever tell: a count or a seed is about the list, not about a track."""
    match group[0]["kind"]:
        case "count" | "per_artist" | "own_listening" | "uncheckable":
            return False
        case "artist":
            return group[0]["relation"] != "seed"
        case "track":
            return group[0]["relation"] not in ("seed", "wanted")
        case _:
            return True
