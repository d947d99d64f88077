"""A spec after a change of it, by words or by hand."""

from src.catalogue.names import genre_key
from src.playlists.models.edit import ChangeSpecEdit
from src.playlists.models.spec import Place, PlaylistSpec, ShareWish
from src.wishes.merge import add_wishes

_TEXT_LIMIT = 600
_MAX_SHARES, _MAX_PLACES = 8, 100


def changed_spec(spec: PlaylistSpec, change: ChangeSpecEdit) -> PlaylistSpec:
    """The spec with what the change adds, and without what it replaces."""
    result: PlaylistSpec = {**spec}
    brief = spec["brief"]
    wishes = add_wishes(brief["wishes"], change.get("wishes", []))
    text = brief["text"]
    if change.get("text"):
        text = f"{change['text']}. {text}"[:_TEXT_LIMIT] if text else change["text"]
    result["brief"] = {"text": text, "turn": brief["turn"] + 1, "wishes": wishes}
    if "shares" in change:
        subjects = [share_subject(share) for share in change["shares"]]
        kept = [share for share in spec["shares"] if share_subject(share) not in subjects]
        result["shares"] = [*kept, *change["shares"]][-_MAX_SHARES:]
    if "courses" in change:
        features = {course["feature"] for course in change["courses"]}
        kept_courses = [course for course in spec["courses"] if course["feature"] not in features]
        result["courses"] = [*kept_courses, *change["courses"]]
        result.pop("order", None)
    if "places" in change:
        kept_places = [place for place in spec["places"] if not _gives_way(place, change["places"])]
        result["places"] = [*kept_places, *change["places"]][-_MAX_PLACES:]
    if "transitions" in change:
        result["transitions"] = change["transitions"]
    if "artist_spacing" in change:
        result["artist_spacing"] = change["artist_spacing"]
    if "duration_s" in change:
        result["duration_s"] = change["duration_s"]
        result.pop("tolerance_s", None)
        result.pop("tracks", None)
    if "tolerance_s" in change:
        result["tolerance_s"] = change["tolerance_s"]
    if "tracks" in change:
        result["tracks"] = change["tracks"]
        if "duration_s" not in change:
            result.pop("duration_s", None)
            result.pop("tolerance_s", None)
    if "unfamiliar_share" in change:
        result["unfamiliar_share"] = change["unfamiliar_share"]
    if "order" in change:
        result["order"] = change["order"]
    if "title" in change:
        result["title"] = change["title"]
    return result


def share_subject(share: ShareWish) -> tuple[frozenset[str], int | None, int | None, str | None]:
    """What a part is about: two of one subject cannot both stand."""
    genres = [share["genre"]] if "genre" in share else share.get("genres", [])
    keys = frozenset(genre_key(genre) for genre in genres)
    return keys, share.get("year_from"), share.get("year_to"), share.get("half")


def _gives_way(place: Place, new: list[Place]) -> bool:
    return any(
        place.get("track_id", place["title"]) == other.get("track_id", other["title"])
        or ("position" in place and place["position"] == other.get("position"))
        for other in new
    )
