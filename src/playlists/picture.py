"""The contour of a list: energy, tempo and year, as an SVG and as lines for the terminal."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Final, Literal
from unicodedata import east_asian_width

from src.playlists.formats.text import tidy, xml_text
from src.playlists.models.result import PlaylistEntry

type LaneName = Literal["energy", "tempo", "year"]


@dataclass(frozen=True, slots=True)
class Lane:
    """One property over the list. `low` and `high` are of the known values, None where there is none."""

    name: LaneName
    unit: str
    values: tuple[float | None, ...]
    low: float | None
    high: float | None
    known: int


def lanes_of(entries: Sequence[PlaylistEntry]) -> list[Lane]:
    """The three lanes, in order."""
    return [
        _lane("energy", "", [entry.get("energy") for entry in entries]),
        _lane("tempo", "bpm", [entry["track"].get("features", {}).get("tempo") for entry in entries]),
        _lane("year", "", [entry["track"].get("year") for entry in entries]),
    ]


def _value_in_words(name: LaneName, value: float) -> str:
    """`0.62`, `128`, `1971`."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if name == "energy" else f"{value:.0f}"


def _range_in_words(lane: Lane) -> str:
    """`0.2 to 0.9`, `54 to 174 bpm`, `1971`, `not known`."""
    if lane.low is None or lane.high is None:
        return "not known"
    low, high = _value_in_words(lane.name, lane.low), _value_in_words(lane.name, lane.high)
    return f"{low if low == high else f'{low} to {high}'}{f' {lane.unit}' if lane.unit else ''}"


def _lane(name: LaneName, unit: str, values: Sequence[float | None]) -> Lane:
    known = [value for value in values if value is not None]
    return Lane(
        name, unit, tuple(values), min(known, default=None), max(known, default=None), known=len(known)
    )


MEDIA_TYPE: Final = "image/svg+xml"

_WIDTH: Final = 720
_LEFT: Final = 72
_RIGHT: Final = 14
_TOP: Final = 76
_LANE_HEIGHT: Final = 84
_LANE_GAP: Final = 40
_FOOT: Final = 36
# Room above the highest and below the lowest value.
_PAD: Final = 8
_MOST_TICKS: Final = 10
_EDGE: Final = 12
_STEPS: Final = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500)
# Longer lists get smaller dots, and very long ones lines alone.
_LARGE_DOTS: Final = 60
_DOTS: Final = 150
_TITLE_COLUMNS: Final = 44
_NAMELESS: Final = "Playlist"
_NAMES: Final[dict[LaneName, str]] = {"energy": "Energy", "tempo": "Tempo", "year": "Year"}
_SOURCES: Final = {"measured": "measured", "editorial": "judged by an editor", "moods": "from the moods"}

# On a narrow screen the drawing shrinks, so its letters grow and every other number is hidden.
_STYLE: Final = """
.ground{fill:#fff}.frame{fill:#f4f4f6}.edge{stroke:#c9c9d0;stroke-width:1}
text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;font-size:13px;fill:#55555f}
.head{font-size:16px;font-weight:600;fill:#1d1d24;unicode-bidi:plaintext}.name{font-weight:600;fill:#1d1d24}.range{font-weight:400;fill:#55555f}
.energy{--ink:#b3400f}.tempo{--ink:#0b6a8f}.year{--ink:#5a4bb0}
.line{fill:none;stroke:var(--ink);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.dot{fill:var(--ink)}.stand-in{fill:#fff;stroke:var(--ink);stroke-width:1.5}
.asked{fill:none;stroke:#77777f;stroke-width:1.5;stroke-dasharray:5 5;opacity:.75}
.hit{fill:transparent}.hit:hover{fill:#8884}
@media (prefers-color-scheme:dark){.ground{fill:#16161b}.frame{fill:#202027}.edge{stroke:#45454f}
text,.range{fill:#b4b4bf}.head,.name{fill:#f2f2f5}.energy{--ink:#ff9a66}.tempo{--ink:#5cc4ec}.year{--ink:#b3a6ff}
.stand-in{fill:#16161b}.asked{stroke:#a4a4ae}}
@media (max-width:520px){text{font-size:20px}.head{font-size:23px}.minor{display:none}}
"""


def contour_picture(
    title: str, entries: Sequence[PlaylistEntry], asked: Mapping[LaneName, Sequence[float]] | None = None
) -> str:
    """The drawing as SVG text.

    Args:
        asked: the asked contours in the lane's own unit (energy 0 to 1, tempo in bpm), evenly spaced from the
            first track to the last.
    """
    lanes = lanes_of(entries)
    contours = {name: levels for name, levels in (asked or {}).items() if levels and entries}
    name, count = tidy(title) or _NAMELESS, f"{len(entries)} track{'' if len(entries) == 1 else 's'}"
    heading, description = f"{name}: energy, tempo and year over {count}", _described(lanes, contours)
    # A page may hold several drawings, whose ids must differ.
    mark = f"{zlib.crc32(f'{heading}\n{description}'.encode(errors='ignore')):08x}"
    height = _TOP + len(lanes) * _LANE_HEIGHT + (len(lanes) - 1) * _LANE_GAP + _FOOT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-labelledby="t{mark} d{mark}">',
        f'<title id="t{mark}">{xml_text(heading)}</title>',
        f'<desc id="d{mark}">{xml_text(description)}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="ground" width="{_WIDTH}" height="{height}" rx="8"/>',
        f'<text class="head" x="{_LEFT}" y="30">{xml_text(_cut(name))}</text>',
    ]
    for number, lane in enumerate(lanes):
        top = _TOP + number * (_LANE_HEIGHT + _LANE_GAP)
        stand_ins = _stand_ins(entries) if lane.name == "energy" else frozenset[int]()
        parts += _drawn(lane, top, contours.get(lane.name, ()), stand_ins)
    parts += _ticks(len(entries), height - _FOOT)
    parts += _tips(entries, height - _FOOT)
    parts.append("</svg>")
    return "\n".join(parts) + "\n"


def _cut(text: str) -> str:
    """The text as far as the drawing has room; letters of East Asia are twice as wide."""
    widths = (2 if east_asian_width(letter) in "WF" else 1 for letter in text)
    room = sum(1 for filled in accumulate(widths) if filled <= _TITLE_COLUMNS)
    return text if room == len(text) else f"{text[: room - 1].rstrip()}…"


def _described(lanes: Sequence[Lane], contours: Mapping[LaneName, Sequence[float]]) -> str:
    """The drawing in words."""
    sentences: list[str] = []
    for lane in lanes:
        name = _NAMES[lane.name]
        if not lane.known:
            sentences.append(f"{name}: not known for any track.")
            continue
        least, most = (lane.values.index(value) + 1 for value in (lane.low, lane.high))
        where = f", lowest at track {least}, highest at track {most}" if lane.low != lane.high else ""
        unknown, tracks = len(lane.values) - lane.known, len(lane.values)
        gaps = f"; not known for {unknown} of {tracks}" if unknown else ""
        sentences.append(f"{name}: {_range_in_words(lane)}{where}{gaps}.")
        if contour := contours.get(lane.name):
            first, last = (_value_in_words(lane.name, level) for level in (contour[0], contour[-1]))
            sentences.append(f"Asked for: from {first} to {last}, a dashed line.")
    return " ".join(sentences)


def _stand_ins(entries: Sequence[PlaylistEntry]) -> frozenset[int]:
    """Indices of the tracks whose energy is not measured."""
    return frozenset(
        index
        for index, entry in enumerate(entries)
        if "energy" in entry and entry.get("energy_source", "measured") != "measured"
    )


def _drawn(lane: Lane, top: float, asked: Sequence[float], stand_ins: frozenset[int]) -> list[str]:
    low, high = _scale(lane, asked)
    ys = [None if value is None else _y(value, low, high, top) for value in lane.values]
    xs = [_x(index, len(lane.values)) for index in range(len(lane.values))]
    points = [None if y is None else (x, y) for x, y in zip(xs, ys, strict=True)]
    words = f"{_range_in_words(lane)}{', hollow: not measured' if stand_ins and len(points) <= _DOTS else ''}"
    parts = [
        f'<g class="{lane.name}">',
        f'<text class="name" x="{_LEFT}" y="{top - 9}">{_NAMES[lane.name]}'
        f'<tspan class="range" dx="8">{xml_text(words)}</tspan></text>',
        f'<rect class="frame" x="{_LEFT}" y="{top}" width="{_WIDTH - _LEFT - _RIGHT}" '
        f'height="{_LANE_HEIGHT}"/>',
    ]
    if lane.known or asked:
        for value in dict.fromkeys((high, low)):
            y = _y(value, low, high, top)
            parts.append(
                f'<line class="edge" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            )
            label = _value_in_words(lane.name, value)
            parts.append(f'<text x="{_LEFT - 8}" y="{y + 5:.1f}" text-anchor="end">{label}</text>')
    if asked:
        spread = [(x, _y(level, low, high, top)) for x, level in _spread(asked, len(lane.values))]
        parts.append(f'<path class="asked" d="{_path(spread)}"/>')
    parts += [f'<path class="line" d="{_path(run)}"/>' for run in _runs(points) if len(run) > 1]
    return [*parts, *_dots(points, stand_ins), "</g>"]


def _scale(lane: Lane, asked: Sequence[float]) -> tuple[float, float]:
    """Energy from 0 to 1; the others from the lowest to the highest known or asked value."""
    if lane.name == "energy":
        return 0.0, 1.0
    ends = [value for value in (lane.low, lane.high, *asked) if value is not None]
    return min(ends, default=0.0), max(ends, default=0.0)


def _x(index: int, tracks: int) -> float:
    """The middle of a track's column."""
    return _LEFT + (index + 0.5) * (_WIDTH - _LEFT - _RIGHT) / tracks


def _spread(levels: Sequence[float], tracks: int) -> list[tuple[float, float]]:
    """Each level with its x, evenly from the first track to the last; a single one spans the drawing."""
    if len(levels) == 1 or tracks == 1:
        return [(_LEFT, levels[0]), (_WIDTH - _RIGHT, levels[0])]
    first, last = _x(0, tracks), _x(tracks - 1, tracks)
    return [(first + index * (last - first) / (len(levels) - 1), level) for index, level in enumerate(levels)]


def _height(value: float, low: float, high: float) -> float:
    """How high a value lies between two others, 0 to 1."""
    return min(max((value - low) / (high - low) if high > low else 0.5, 0.0), 1.0)


def _y(value: float, low: float, high: float, top: float) -> float:
    return top + _PAD + (1 - _height(value, low, high)) * (_LANE_HEIGHT - 2 * _PAD)


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    """The points between the gaps."""
    groups = groupby(points, key=lambda point: point is None)
    return [[point for point in run if point is not None] for is_gap, run in groups if not is_gap]


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _dots(points: Sequence[tuple[float, float] | None], stand_ins: frozenset[int]) -> list[str]:
    """A dot a track in a list that has room for it, and wherever a track is between two gaps."""
    lonely = {run[0] for run in _runs(points) if len(run) == 1}
    radius = 3.5 if len(points) <= _LARGE_DOTS else 2
    return [
        f'<circle class="{"stand-in" if index in stand_ins else "dot"}" cx="{point[0]:.1f}" '
        f'cy="{point[1]:.1f}" r="{radius}"/>'
        for index, point in enumerate(points)
        if point is not None and (len(points) <= _DOTS or point in lonely)
    ]


def _ticks(tracks: int, bottom: float) -> list[str]:
    """Numbers of tracks below the lanes."""
    step = next((step for step in _STEPS if tracks / step <= _MOST_TICKS), tracks)
    numbers = sorted({1, *range(step, tracks + 1, step)}) if tracks else []
    # The first and the second may be too near to be read.
    numbers = [number for number in numbers if number == 1 or number - 1 >= step / 2]
    parts = [f'<text x="{_LEFT - 14}" y="{bottom + 22}" text-anchor="end">Track</text>']
    for index, number in enumerate(numbers):
        x = _x(number - 1, tracks)
        minor = ' class="minor"' if index % 2 else ""
        # A wide number at the edge would be cut off.
        at, anchor = (x, "middle") if x < _WIDTH - _RIGHT - _EDGE else (_WIDTH - _RIGHT, "end")
        parts.append(f'<text{minor} x="{at:.1f}" y="{bottom + 22}" text-anchor="{anchor}">{number}</text>')
    return parts


def _tips(entries: Sequence[PlaylistEntry], bottom: float) -> list[str]:
    """A column a track that shows its name and values under the pointer."""
    width = (_WIDTH - _LEFT - _RIGHT) / max(len(entries), 1)
    return [
        f'<rect class="hit" x="{_LEFT + index * width:.2f}" y="{_TOP}" width="{width:.2f}" '
        f'height="{bottom - _TOP}"><title>{xml_text(_tip(entry))}</title></rect>'
        for index, entry in enumerate(entries)
    ]


def _tip(entry: PlaylistEntry) -> str:
    track = entry["track"]
    lines = [f"{entry['position']}. {tidy(', '.join(track['artists']))} – {tidy(track['title'])}"]
    for lane in lanes_of([entry]):
        source = entry.get("energy_source") if lane.name == "energy" and lane.known else None
        lines.append(
            f"{_NAMES[lane.name]}: {_range_in_words(lane)}{f', {_SOURCES[source]}' if source else ''}"
        )
    return "\n".join(lines)


BLOCKS: Final = "▁▂▃▄▅▆▇█"
UNKNOWN: Final = " "
# `energy`, `tempo`, `year`, two blanks between the parts, `100 to 200 bpm`.
_NAME_COLUMNS: Final = 6
_GAP: Final = "  "
LEAST_BLOCKS: Final = 8
DEFAULT_WIDTH: Final = 80


def sparklines(entries: Sequence[PlaylistEntry], width: int = DEFAULT_WIDTH) -> str:
    """Three lines: the lane's name, a block a track, and from which to which value.

    A blank is a track of unknown value. A list longer than `width` (columns of the terminal) is drawn by the
    means of equally long runs of tracks.
    """
    lanes = lanes_of(entries)
    words = [_words(lane) for lane in lanes]
    room = width - _NAME_COLUMNS - 2 * len(_GAP) - max(len(text) for text in words)
    columns = min(len(entries), max(room, LEAST_BLOCKS))
    return "\n".join(
        f"{lane.name:<{_NAME_COLUMNS}}{_GAP}{blocks(lane, columns)}{_GAP}{text}".rstrip()
        for lane, text in zip(lanes, words, strict=True)
    )


def blocks(lane: Lane, columns: int) -> str:
    """The lane in so many blocks: energy on a scale of 0 to 1, the others on that of the known values."""
    low, high = (0.0, 1.0) if lane.name == "energy" else (lane.low or 0.0, lane.high or 0.0)
    return "".join(_block(value, low, high) for value in _bucketed(lane.values, columns))


def _block(value: float | None, low: float, high: float) -> str:
    if value is None:
        return UNKNOWN
    return BLOCKS[min(int(_height(value, low, high) * len(BLOCKS)), len(BLOCKS) - 1)]


def _bucketed(values: Sequence[float | None], columns: int) -> list[float | None]:
    """The means of so many runs, of the known values in each."""
    if len(values) <= columns:
        return list(values)
    means: list[float | None] = []
    for column in range(columns):
        run = values[column * len(values) // columns : (column + 1) * len(values) // columns]
        known = [value for value in run if value is not None]
        means.append(sum(known) / len(known) if known else None)
    return means


def _words(lane: Lane) -> str:
    tracks = len(lane.values)
    unknown = f" ({lane.known} of {tracks} known)" if 0 < lane.known < tracks else ""
    return f"{_range_in_words(lane)}{unknown}"
