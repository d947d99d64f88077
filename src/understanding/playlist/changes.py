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
from src.schema import with_present
from src.understanding.merge import add_constraints

_TEXT_LIMIT = 600
MAX_QUOTAS, MAX_PLACEMENTS = 8, 100


def change_spec(spec: PlaylistSpec, change: ChangeSpecOperation, present_s: float) -> PlaylistSpec:
    """The spec with what the change adds, and without what it replaces.

    Args:
        present_s: how long the list is now, for a change of its length.

    Raises:
        InvalidInput: the list would become too short or too long, or there are too many quotas or placements.
    """
    changed: PlaylistSpec = {**spec, "brief": _brief(spec["brief"], change)}
    if "shares" in change:
        changed["shares"] = _quotas(spec["shares"], change["shares"])
    if "courses" in change:
        features = {contour["feature"] for contour in change["courses"]}
        kept = [contour for contour in spec["courses"] if contour["feature"] not in features]
        changed["courses"] = [*kept, *change["courses"]]
        changed.pop("order", None)
    if "places" in change:
        changed["places"] = _placements(spec["places"], change["places"])
    changed = with_present(
        changed,
        transitions=change.get("transitions"),
        artist_spacing=change.get("artist_spacing"),
        unfamiliar_share=change.get("unfamiliar_share"),
        order=change.get("order"),
        title=change.get("title"),
    )
    return _sized(changed, change, present_s)


def without_count(spec: PlaylistSpec) -> PlaylistSpec:
    """The spec without a count among its constraints: it would contradict the spec's own number."""
    constraints: list[Constraint] = [
        constraint for constraint in spec["brief"]["wishes"] if constraint["kind"] != "count"
    ]
    return {**spec, "brief": {**spec["brief"], "wishes": constraints}}


def quota_subject(quota: Quota) -> tuple[frozenset[str], int | None, int | None, str | None]:
    """What a quota is about: of one subject there is one quota."""
    keys = frozenset(genre_key(genre) for genre in quota_genres(quota))
    return keys, quota.get("year_from"), quota.get("year_to"), quota.get("half")


def _brief(brief: Brief, change: ChangeSpecOperation) -> Brief:
    new, text = change.get("wishes", []), brief["text"]
    if added := change.get("text"):
        text = f"{added}. {text}"[:_TEXT_LIMIT] if text else added
    turn = max([brief["turn"], *(constraint["turn"] for constraint in new)])
    return {"text": text, "turn": turn, "wishes": add_constraints(brief["wishes"], new)}


def _quotas(quotas: Sequence[Quota], new: Sequence[Quota]) -> list[Quota]:
    subjects = [quota_subject(quota) for quota in new]
    merged = [*(quota for quota in quotas if quota_subject(quota) not in subjects), *new]
    if len(merged) > MAX_QUOTAS:
        raise InvalidInput(f"A list has at most {MAX_QUOTAS} quotas of genres and eras: take one out first.")
    return merged


def _placements(placements: Sequence[Placement], new: Sequence[Placement]) -> list[Placement]:
    merged = [*(placement for placement in placements if not _is_replaced(placement, new)), *new]
    if len(merged) > MAX_PLACEMENTS:
        raise InvalidInput(
            f"A list has at most {MAX_PLACEMENTS} tracks that must be there: take one out first."
        )
    return merged


def _is_replaced(placement: Placement, new: Sequence[Placement]) -> bool:
    return any(
        placement.get("track_id", placement["title"]) == other.get("track_id", other["title"])
        or ("position" in placement and placement["position"] == other.get("position"))
        for other in new
    )


def _sized(spec: PlaylistSpec, change: ChangeSpecOperation, present_s: float) -> PlaylistSpec:
    """The spec with its new size.

    What is asked for now replaces the other measure: both together would seldom be meant.
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
    return with_present(sized, tracks=tracks, duration_s=duration_s, tolerance_s=change.get("tolerance_s"))
