"""Playlist cases: reading them from a file, and whether a spec was read as a case expects, field by field."""

from collections.abc import Callable
from pathlib import Path

from benchmarks.models.playlist_case import (
    PLAYLIST_CASE,
    ExpectedPlacement,
    ExpectedQuota,
    PlaylistCase,
    PlaylistExpectation,
)
from src.catalogue.names import genre_key, name_key, split_title
from src.constraints.models.brief import RangeName
from src.constraints.models.spec import (
    DEFAULT_TOLERANCE_S,
    Placement,
    PlaylistSpec,
    Quota,
    level_tempo,
    quota_genres,
)
from src.errors import InvalidInput
from src.evaluation.runner.cases import read_cases

# Readers are never tuned on the cases from here on.
FIRST_HELD_OUT = "p061"

# A plain part is rounded down to whole tracks; so much of a share that may be.
_SHARE_SLACK = 0.07
_BPM_SLACK = 2.0

type _Check = Callable[[PlaylistSpec, PlaylistExpectation], bool]


def load_playlist_cases(path: Path) -> list[PlaylistCase]:
    """Every case of the file, in order; empty lines are skipped.

    Raises:
        InvalidInput: the file is missing or holds no case, or a line holds none; with the file and the line.
    """
    cases: dict[str, PlaylistCase] = {}
    for place, case in read_cases(path, PLAYLIST_CASE):
        expect = case["expect"]
        if ("tolerance_s" in expect) != ("duration_s" in expect):
            raise InvalidInput(f"{place}: a length needs its tolerance, and a tolerance its length.")
        if any(not share.keys() & {"genres", "first", "last"} for share in expect.get("shares", [])):
            raise InvalidInput(f"{place}: a share needs genres or years.")
        if case["id"] in cases:
            raise InvalidInput(f"{place}: the id {case['id']} stands above already.")
        cases[case["id"]] = case
    return list(cases.values())


def is_held_out(case: PlaylistCase) -> bool:
    """Whether the case measures only."""
    return case["id"] >= FIRST_HELD_OUT


def wrong_fields(spec: PlaylistSpec, expect: PlaylistExpectation) -> list[str]:
    """Names of the fields of `expect` that the spec does not have right."""
    return [field for field, is_right in CHECKS.items() if not is_right(spec, expect)]


def asked_fields(expect: PlaylistExpectation) -> list[str]:
    """Fields that a case asks for; the others must be absent, which counts for the whole prompt alone."""
    return [field for field in CHECKS if field in expect]


def _tracks(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    return spec.get("tracks") == expect.get("tracks")


def _duration(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    if "duration_s" not in expect or "duration_s" not in spec:
        return ("duration_s" in expect) == ("duration_s" in spec)
    tolerance = spec.get("tolerance_s", DEFAULT_TOLERANCE_S)
    return abs(spec["duration_s"] - expect["duration_s"]) < 1 and abs(tolerance - expect["tolerance_s"]) < 1


def _no_artists(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    named = {
        name_key(constraint["name"])
        for constraint in spec["brief"]["wishes"]
        if constraint["kind"] == "artist"
        and constraint["hard"]
        and constraint["relation"] in ("rejected", "satisfied")
    }
    return {key.removeprefix("the ") for key in named} == {
        name_key(name).removeprefix("the ") for name in expect.get("no_artists", [])
    }


def _only_artists(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    named = {
        name_key(constraint["name"])
        for constraint in spec["brief"]["wishes"]
        if constraint["kind"] == "artist" and constraint["hard"] and constraint["relation"] == "wanted"
    }
    return "only_artists" not in expect or named == {name_key(name) for name in expect["only_artists"]}


def _genres(spec: PlaylistSpec, relation: str, *, hard: bool) -> set[str]:
    return {
        genre_key(constraint["genre"])
        for constraint in spec["brief"]["wishes"]
        if constraint["kind"] == "genre"
        and constraint["relation"] == relation
        and (constraint["hard"] or not hard)
    }


def _no_genres(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    wanted = {genre_key(genre) for genre in expect.get("no_genres", [])}
    return wanted <= _genres(spec, "rejected", hard=True)


def _genres_any(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    return _genres(spec, "wanted", hard=True) == {genre_key(genre) for genre in expect.get("genres_any", [])}


def _wants(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    shared = {genre_key(genre) for share in spec["shares"] for genre in quota_genres(share)}
    return {genre_key(genre) for genre in expect.get("wants", [])} <= shared | _genres(
        spec, "wanted", hard=False
    )


def _years(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    said = [
        constraint
        for constraint in spec["brief"]["wishes"]
        if constraint["kind"] == "years" and constraint["hard"]
    ]
    if "years" not in expect:
        # `from the 90s` may be heard as a bound: nobody is wronged by it.
        return True
    first = max((constraint["year_from"] for constraint in said if "year_from" in constraint), default=None)
    last = min((constraint["year_to"] for constraint in said if "year_to" in constraint), default=None)
    return (first, last) == (expect["years"].get("first"), expect["years"].get("last"))


def _explicit(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    clean = any(
        constraint["kind"] == "explicit" and not constraint["allowed"]
        for constraint in spec["brief"]["wishes"]
    )
    return clean == ("explicit" in expect and not expect["explicit"])


def _per_artist(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    bounds = [
        constraint["at_most"] for constraint in spec["brief"]["wishes"] if constraint["kind"] == "per_artist"
    ]
    return bounds == ([expect["per_artist"]] if "per_artist" in expect else [])


def _spacing(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    return spec.get("artist_spacing") == expect.get("spacing")


def _places(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    expected = expect.get("places", [])
    if len(expected) != len(spec["places"]):
        return False
    return all(any(_is_place(place, named) for place in spec["places"]) for named in expected)


def _is_place(place: Placement, named: ExpectedPlacement) -> bool:
    same_title = name_key(split_title(place["title"]).name) == name_key(split_title(named["title"]).name)
    same_artist = "artist" not in named or name_key(place.get("artist", "")) == name_key(named["artist"])
    is_known = ("track_id" in place) != named.get("absent", False)
    return same_title and same_artist and is_known and place.get("position") == named.get("position")


def _order(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    return spec.get("order") == expect.get("order")


def _contour(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    if "course" not in expect:
        return not spec["courses"]
    if len(spec["courses"]) != 1:
        return False
    contour, named = spec["courses"][0], expect["course"]
    if (contour["feature"], contour["shape"]) != (named["feature"], named["shape"]):
        return False
    ends = [level_tempo(point["level"]) for point in contour.get("points", [])]
    wanted = [named.get("from_bpm"), named.get("to_bpm")]
    return wanted == [None, None] or (
        bool(ends)
        and all(
            bpm is None or abs(end - bpm) <= _BPM_SLACK
            for end, bpm in zip((ends[0], ends[-1]), wanted, strict=True)
        )
    )


def _shares(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    expected = expect.get("shares", [])
    if len(expected) != len(spec["shares"]):
        return False
    return all(any(_is_share(share, named) for share in spec["shares"]) for named in expected)


def _is_share(share: Quota, named: ExpectedQuota) -> bool:
    genres = {genre_key(genre) for genre in quota_genres(share)}
    same = genres == {genre_key(genre) for genre in named.get("genres", [])}
    same = same and share.get("year_from") == named.get("first") and share.get("year_to") == named.get("last")
    same = same and share.get("half") == named.get("half")
    if "at_most" in named:
        return same and abs(share.get("at_most", 9.0) - named["at_most"]) < _SHARE_SLACK
    if "at_least" in named:
        return same and abs(share.get("at_least", 9.0) - named["at_least"]) < _SHARE_SLACK
    return same and "at_least" in share


def _unfamiliar(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    if "unfamiliar" not in expect or "unfamiliar_share" not in spec:
        return ("unfamiliar" in expect) == ("unfamiliar_share" in spec)
    return abs(spec["unfamiliar_share"] - expect["unfamiliar"]) < _SHARE_SLACK


def _harmonic(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    return spec.get("transitions", {}).get("harmonic", False) == expect.get("harmonic", False)


def _tempo_step(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    return spec.get("transitions", {}).get("tempo_step") == expect.get("tempo_step")


def _bound(spec: PlaylistSpec, feature: RangeName) -> float | None:
    bounds = [
        constraint["high"]
        for constraint in spec["brief"]["wishes"]
        if constraint["kind"] == "range"
        and constraint["feature"] == feature
        and constraint["hard"]
        and "high" in constraint
    ]
    return min(bounds, default=None)


def _tempo_max(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    return _bound(spec, "tempo") == expect.get("tempo_max")


def _track_max(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    return "track_max_s" not in expect or _bound(spec, "duration_s") == expect["track_max_s"]


def _openers(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    return len(spec["openers"]) == expect.get("openers", 0)


def _title(spec: PlaylistSpec, expect: PlaylistExpectation) -> bool:
    return "title" not in expect or spec["title"] == expect["title"]


CHECKS: dict[str, _Check] = {
    "tracks": _tracks,
    "duration_s": _duration,
    "no_artists": _no_artists,
    "only_artists": _only_artists,
    "no_genres": _no_genres,
    "genres_any": _genres_any,
    "wants": _wants,
    "years": _years,
    "explicit": _explicit,
    "per_artist": _per_artist,
    "spacing": _spacing,
    "places": _places,
    "order": _order,
    "course": _contour,
    "shares": _shares,
    "unfamiliar": _unfamiliar,
    "harmonic": _harmonic,
    "tempo_step": _tempo_step,
    "tempo_max": _tempo_max,
    "track_max_s": _track_max,
    "openers": _openers,
    "title": _title,
}
