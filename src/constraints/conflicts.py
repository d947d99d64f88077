"""What binds one answer: the wishes of the brief and of the listener's rules, without contradictions."""

from collections.abc import Sequence
from dataclasses import dataclass

from src.catalogue.names import genre_key, genre_terms
from src.constraints.checks import are_alternatives, years_apart
from src.constraints.describe import wish_subject
from src.constraints.models.brief import Brief, RangeWish, Wish, YearsWish

# Voices in the tags of a track that is to be instrumental.
_VOICE_TAGS = frozenset(
    {"female vocals", "male vocals", "choir", "duet", "a cappella", "screaming", "spoken word"}
)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A wish that cannot stand beside another one, and that other one."""

    wish: Wish
    by: Wish


@dataclass(frozen=True, slots=True)
class Binding:
    """The wishes of one answer.

    `brief` and `standing` (of the listener's taste rules) hold all of them; `set_aside` those that contradict
    a firmer one and are left out of `wishes`, which decides.
    """

    brief: tuple[Wish, ...]
    standing: tuple[Wish, ...]
    set_aside: tuple[SetAside, ...]

    @property
    def wishes(self) -> list[Wish]:
        """What retrieval and enforcement go by."""
        aside = {id(item.wish) for item in self.set_aside}
        return [wish for wish in (*self.brief, *self.standing) if id(wish) not in aside]


def bind(brief: Brief, standing: Sequence[Wish] = ()) -> Binding:
    """Find what cannot hold together; of two contradicting wishes the softer one is set aside.

    A rule is firmer than a wish, a hard wish than a soft one, a newer than an older, an exclusion than what
    it excludes, and what was said first than what came after it.
    """
    wishes = [*brief["wishes"], *standing]
    order = sorted(
        range(len(wishes)),
        key=lambda place: (
            place < len(brief["wishes"]),
            not wishes[place]["hard"],
            -wishes[place]["turn"],
            not _excludes(wishes[place]),
            place,
        ),
    )
    kept: list[Wish] = []
    aside: list[SetAside] = []
    for place in order:
        wish = wishes[place]
        firmer = next((other for other in kept if contradict(wish, other)), None)
        if firmer is None:
            kept.append(wish)
        else:
            aside.append(SetAside(wish, firmer))
    return Binding(tuple(brief["wishes"]), tuple(standing), tuple(aside))


def contradict(one: Wish, other: Wish) -> bool:
    """Whether no track can meet both wishes."""
    if one["kind"] == other["kind"]:
        return _same_kind_contradict(one, other)
    return _needs_voices(one, other) or _needs_voices(other, one)


def _same_kind_contradict(one: Wish, other: Wish) -> bool:
    if one["kind"] == "vocals" and other["kind"] == "vocals":
        return one["vocals"] != other["vocals"]
    if one["kind"] == "explicit" and other["kind"] == "explicit":
        return one["allowed"] != other["allowed"]
    if one["kind"] == "years" and other["kind"] == "years":
        return _years_contradict(one, other)
    if one["kind"] == "range" and other["kind"] == "range":
        return one["feature"] == other["feature"] and _ranges_apart(one, other)
    if one["kind"] == "genre" and other["kind"] == "genre":
        return (
            _genre_excluded(one["genre"], other["genre"])
            if _wants_against(one, other)
            else (_wants_against(other, one) and _genre_excluded(other["genre"], one["genre"]))
        )
    if wish_subject(one) != wish_subject(other):
        return False
    return _wants_against(one, other) or _wants_against(other, one)


def _wants_against(one: Wish, other: Wish) -> bool:
    """Whether the one asks for what the other, of the same kind, rules out."""
    return _asks_for(one) and _excludes(other)


def _asks_for(wish: Wish) -> bool:
    # To be like somebody and not by them is no contradiction.
    return "relation" in wish and wish["relation"] == "wanted"


def _excludes(wish: Wish) -> bool:
    if wish["kind"] == "explicit":
        return not wish["allowed"]
    return "relation" in wish and wish["relation"] in ("rejected", "satisfied", "contrast")


def _genre_excluded(wanted: str, rejected: str) -> bool:
    """`no rock` rules out `folk rock`; `no punk rock` leaves `rock`."""
    return genre_key(rejected) in genre_terms(wanted)


def _needs_voices(silent: Wish, other: Wish) -> bool:
    if silent["kind"] != "vocals" or silent["vocals"] != "instrumental":
        return False
    if other["kind"] == "language":
        return other["relation"] == "wanted" and other["language"] != "zxx"
    return other["kind"] == "tag" and other["relation"] == "wanted" and other["tag"] in _VOICE_TAGS


def _years_contradict(one: YearsWish, other: YearsWish) -> bool:
    if one["relation"] == other["relation"]:
        wanted = one["relation"] == "wanted"
        return wanted and years_apart(one, other) and not are_alternatives(one, other)
    wanted_years, rejected_years = (one, other) if one["relation"] == "wanted" else (other, one)
    first, last = rejected_years.get("year_from", 0), rejected_years.get("year_to", 9999)
    return first <= wanted_years.get("year_from", 0) and wanted_years.get("year_to", 9999) <= last


def _ranges_apart(one: RangeWish, other: RangeWish) -> bool:
    lowest = max(one.get("low", float("-inf")), other.get("low", float("-inf")))
    return lowest > min(one.get("high", float("inf")), other.get("high", float("inf")))
