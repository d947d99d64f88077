"""What the record of a track says, for those who judge answers by it."""

import re

from src.catalogue.credits import SHIPPED
from src.catalogue.models.track import FEATURES, Track
from src.catalogue.names import genre_terms, name_key, split_title
from src.evaluation.models.case import Named

# What `ValueSpan.feature` may name.
MEASURES = (*FEATURES, "popularity", "duration_s", "editorial_energy")
# Above this, the source of the feature says, a recording is most likely without voices.
_INSTRUMENTAL_FROM = 0.5
_BRACKETED = re.compile(r"[(\[][^()\[\]]*[)\]]")


def matches(named: Named, track: Track) -> bool:
    """Whether the track is the one named."""
    if "title" in named and not title_keys(named["title"]) & title_keys(track["title"]):
        return False
    return "artist" not in named or name_key(named["artist"]) in artist_keys(track)


def measure(feature: str, track: Track) -> float | None:
    """A measured property of the track; None when its record has none.

    Energy that was not measured is the editor's, 1 to 5 mapped to 0 to 1.
    """
    match feature:
        case "popularity":
            return track.get("popularity")
        case "duration_s":
            return track["duration_ms"] / 1000 if "duration_ms" in track else None
        case "editorial_energy":
            return track.get("editorial_energy")
    value = dict(track.get("features", {}).items()).get(feature)
    if value is None and feature == "energy" and "editorial_energy" in track:
        return (track["editorial_energy"] - 1) / 4
    return value if isinstance(value, int | float) else None


def is_instrumental(track: Track) -> bool | None:
    """Whether the recording is without voices; None when nothing on record tells."""
    language = track.get("language")
    value = track.get("features", {}).get("instrumentalness")
    if language == "zxx" or "instrumental" in track["tags"] or (value or 0) >= _INSTRUMENTAL_FROM:
        return True
    has_voice = language is not None or value is not None
    return False if has_voice or any(tag.endswith("vocals") for tag in track["tags"]) else None


def title_keys(title: str) -> set[str]:
    """Forms of a title that are compared: as written, without version notes, without brackets."""
    forms = (title, split_title(title).name, _BRACKETED.sub(" ", title))
    return {key for form in forms if (key := name_key(form))}


def artist_keys(track: Track) -> set[str]:
    """Every credited artist, as names are compared."""
    return set(SHIPPED.credits_of(track).keys)


def versions_of(track: Track) -> set[str]:
    """Versions on record and those that the title names."""
    return {*track["versions"], *split_title(track["title"]).versions}


def genre_terms_of(track: Track) -> set[str]:
    """The track's genres with all that they are kinds of."""
    return {term for genre in track["genres"] for term in genre_terms(genre)}


def titled(track: Track) -> str:
    """`Title by Artist, Artist`."""
    return f"{track['title']} by {', '.join(track['artists'])}"
