"""A spec after a change of it, by words or by hand."""

from collections.abc import Sequence

from src.catalogue.names import genre_key
from src.constraints.models.brief import Brief, Constraint
from src.constraints.models.edit import ChangeSpecOperation
from src.constraints.models.spec import (
    MAX_DURATION_S,
    MIN_DURATION_S,
    Placement,
    PlaylistSpec,
    Quota,
    quota_genres,
)
from src.errors import InvalidInput
from src.understanding.merge import add_constraints

_TEXT_LIMIT = 600
MAX_QUOTAS, MAX_PLACEMENTS = 8, 100


def change_spec(spec: PlaylistSpec, change: ChangeSpecOperation, present_s: float) -> PlaylistSpec:
    """The spec with what the change adds, and without what it replaces.

    Args:
        present_s: how long the list is now, for a change of its length.

    Raises:
        InvalidInput: the list would become too short or too long, or there are too many shares or places.
    """
    changed: PlaylistSpec = {**spec, "brief": _brief(spec["brief"], change)}
    if "shares" in change:
        changed["shares"] = _shares(spec["shares"], change["shares"])
    if "courses" in change:
        features = {contour["feature"] for contour in change["courses"]}
        kept = [contour for contour in spec["courses"] if contour["feature"] not in features]
        changed["courses"] = [*kept, *change["courses"]]
        changed.pop("order", None)
    if "places" in change:
        changed["places"] = _places(spec["places"], change["places"])
    if "transitions" in change:
        changed["transitions"] = change["transitions"]
    if "artist_spacing" in change:
        changed["artist_spacing"] = change["artist_spacing"]
    if "unfamiliar_share" in change:
        changed["unfamiliar_share"] = change["unfamiliar_share"]
    if "order" in change:
        changed["order"] = change["order"]
    if "title" in change:
        changed["title"] = change["title"]
    return _sized(changed, change, present_s)


def without_count(spec: PlaylistSpec) -> PlaylistSpec:
    """The number stands in the spec alone: a count among the wishes would contradict it."""
    constraints: list[Constraint] = [
        constraint for constraint in spec["brief"]["wishes"] if constraint["kind"] != "count"
    ]
    return {**spec, "brief": {**spec["brief"], "wishes": constraints}}


def share_subject(share: Quota) -> tuple[frozenset[str], int | None, int | None, str | None]:
    """What a part is about: two of one subject cannot both stand."""
    keys = frozenset(genre_key(genre) for genre in quota_genres(share))
    return keys, share.get("year_from"), share.get("year_to"), share.get("half")


def _brief(brief: Brief, change: ChangeSpecOperation) -> Brief:
    new, text = change.get("wishes", []), brief["text"]
    if added := change.get("text"):
        text = f"{added}. {text}"[:_TEXT_LIMIT] if text else added
    turn = max([brief["turn"], *(constraint["turn"] for constraint in new)])
    return {"text": text, "turn": turn, "wishes": add_constraints(brief["wishes"], new)}


def _shares(quotas: Sequence[Quota], new: Sequence[Quota]) -> list[Quota]:
    subjects = [share_subject(share) for share in new]
    merged = [*(share for share in quotas if share_subject(share) not in subjects), *new]
    if len(merged) > MAX_QUOTAS:
        raise InvalidInput(f"A list has at most {MAX_QUOTAS} shares of genres and eras: take one out first.")
    return merged


def _places(places: Sequence[Placement], new: Sequence[Placement]) -> list[Placement]:
    merged = [*(place for place in places if not _gives_way(place, new)), *new]
    if len(merged) > MAX_PLACEMENTS:
        raise InvalidInput(
            f"A list has at most {MAX_PLACEMENTS} tracks that must be there: take one out first."
        )
    return merged


def _gives_way(place: Placement, new: Sequence[Placement]) -> bool:
    return any(
        place.get("track_id", place["title"]) == other.get("track_id", other["title"])
        or ("position" in place and place["position"] == other.get("position"))
        for other in new
    )


def _sized(spec: PlaylistSpec, change: ChangeSpecOperation, present_s: float) -> PlaylistSpec:
    """The spec with its new size.

    What is asked for now takes the place of the other measure: both together would seldom be meant.
    """
    tracks, duration_s = change.get("tracks"), change.get("duration_s")
    if "duration_change_s" in change:
        duration_s = (duration_s or spec.get("duration_s") or present_s) + change["duration_change_s"]
    if duration_s is not None and not MIN_DURATION_S <= duration_s <= MAX_DURATION_S:
        raise InvalidInput("A list lasts from 1 minute to 12 hours: ask for another length.")
    if tracks is None and duration_s is None:
        return spec
    sized = without_count(spec)
    sized.pop("tracks", None)
    sized.pop("duration_s", None)
    sized.pop("tolerance_s", None)
    if tracks is not None:
        sized["tracks"] = tracks
    if duration_s is not None:
        sized["duration_s"] = duration_s
    if "tolerance_s" in change:
        sized["tolerance_s"] = change["tolerance_s"]
    return sized
