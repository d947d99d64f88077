"""A spec in a few plain lines, as a model is told it and a listener sees it."""

from src.playlists.models.spec import Course, Place, PlaylistSpec, ShareWish
from src.wishes.plain import describe


def describe_spec(spec: PlaylistSpec) -> list[str]:
    """Every wish of the list, one a line; those that bind softly say so."""
    lines: list[str] = []
    if "tracks" in spec:
        lines.append(f"{spec['tracks']} tracks")
    if "duration_s" in spec:
        lines.append(f"{spec['duration_s'] / 60:g} minutes")
    lines += [_course(course) for course in spec["courses"]]
    transitions = spec.get("transitions")
    if transitions and "tempo_step" in transitions:
        lines.append(f"tempo steps of at most {transitions['tempo_step']:g} bpm")
    if transitions and transitions.get("harmonic"):
        lines.append("neighbours fit by key")
    if "artist_spacing" in spec:
        lines.append(f"at least {spec['artist_spacing']} tracks between two by one artist")
    lines += [
        f"{describe_share(share)}{'' if share['hard'] else ' (if possible)'}" for share in spec["shares"]
    ]
    lines += [_place(place) for place in spec["places"]]
    lines += [f"opens with: {describe(wish)} (if possible)" for wish in spec["openers"]]
    if "unfamiliar_share" in spec:
        lines.append(f"{spec['unfamiliar_share']:.0%} little known (if possible)")
    if "order" in spec:
        lines.append("newest first" if spec["order"] == "year_descending" else "oldest first")
    lines += [
        f"{describe(wish)}{'' if wish['hard'] else ' (if possible)'}" for wish in spec["brief"]["wishes"]
    ]
    return lines


def describe_share(share: ShareWish) -> str:
    """For example `at least 60% soul or bossa nova`, `at most 25% 1980 to 1989 in the second half`."""
    bounds = []
    if "at_least" in share:
        bounds.append(f"at least {share['at_least']:.0%}")
    if "at_most" in share:
        bounds.append(f"at most {share['at_most']:.0%}" if share["at_most"] else "no")
    genres = " or ".join([share["genre"]] if "genre" in share else share.get("genres", []))
    years = f"{share.get('year_from', '')}-{share.get('year_to', '')}".strip("-")
    half = f"in the {share['half']} half" if "half" in share else ""
    return " ".join(part for part in (" and ".join(bounds), genres, years, half) if part)


def _course(course: Course) -> str:
    return f"{course['feature']}: {course['shape'].replace('_', ' ')}"


def _place(place: Place) -> str:
    name = f"{place['title']} by {place['artist']}" if "artist" in place else place["title"]
    position = place.get("position")
    where = {None: "in the list", 1: "first", -1: "last"}.get(position, f"at place {position}")
    return f"{name} {where}"
