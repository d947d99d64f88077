"""Text in every format: decoded, cleaned on the way in and out, and bounded."""

import re
import unicodedata
from html import escape
from typing import Final

from src.catalogue.models.track import Track
from src.errors import InvalidInput
from src.playlists.models.imports import ForeignTrack

MAX_FILE_BYTES: Final = 5 * 1024 * 1024
MAX_FILE_TRACKS: Final = 5_000
MAX_TEXT_CHARS: Final = 1_000
MAX_TRACK_ARTISTS: Final = 50
MAX_IDENTIFIERS: Final = 20
MAX_DURATION_MS: Final = 86_400_000

UUID_URN: Final = "urn:uuid:"
ISRC_URN: Final = "urn:isrc:"
NOT_UTF8: Final = (
    "The file is not in UTF-8: it was read as Western European text (Windows-1252), so letters with accents "
    "may be wrong. Save it as UTF-8 to be sure."
)

_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ISRC: Final = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_NONCHARACTERS: Final = frozenset({"\ufffe", "\uffff"})


def tidy(text: str) -> str:
    """One line without control characters, surrogates and extra spaces: what all five formats can hold."""
    spaced = (" " if letter.isspace() else letter for letter in text)
    kept = (
        letter
        for letter in spaced
        if letter not in _NONCHARACTERS and unicodedata.category(letter) not in ("Cc", "Cs")
    )
    return " ".join("".join(kept).split())


def decode_text(data: bytes) -> tuple[str, list[str]]:
    """The text of a file, and notes on how it was read.

    Raises:
        InvalidInput: it is too large, or no text.
    """
    check_size(data)
    try:
        text = data.decode(next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8"))
        notes: list[str] = []
    except UnicodeDecodeError:
        text, notes = data.decode("cp1252", errors="replace"), [NOT_UTF8]
    if (at := text.find("\0")) >= 0:
        raise InvalidInput(f"Line {text.count('\n', 0, at) + 1}: the file is not a text.")
    return text, notes


def check_size(data: bytes) -> None:
    """Raises InvalidInput where a file is larger than any list."""
    if len(data) > MAX_FILE_BYTES:
        raise InvalidInput(f"The file is too large: at most {MAX_FILE_BYTES // 1024 // 1024} MiB are read.")


def check_room(tracks: int, where: str) -> None:
    """Raises InvalidInput where one track more would be too many."""
    if tracks >= MAX_FILE_TRACKS:
        raise InvalidInput(f"{where}: a list may have at most {MAX_FILE_TRACKS} tracks. Split the file.")


def foreign_track(
    line: int,
    *,
    title: str,
    artists: list[str],
    album: str = "",
    duration_ms: float | None = None,
    isrc: str = "",
    identifiers: list[str],
) -> ForeignTrack | None:
    """A track of a file with all texts tidy and bounded; None where nothing names it."""
    names = [name for artist in artists[:MAX_TRACK_ARTISTS] if (name := _bounded(artist))]
    uris = list(dict.fromkeys(uri for text in identifiers if (uri := _bounded(text))))[:MAX_IDENTIFIERS]
    code = isrc_of(isrc) or next((code for uri in uris if (code := isrc_of(uri))), "")
    track: ForeignTrack = {"title": _bounded(title), "artists": names, "identifiers": uris, "line": line}
    if not (track["title"] or code or uris):
        return None
    if album := _bounded(album):
        track["album"] = album
    if duration_ms is not None and 0 < duration_ms <= MAX_DURATION_MS:
        track["duration_ms"] = max(1, round(duration_ms))
    if code:
        track["isrc"] = code
    return track


def isrc_of(text: str) -> str:
    """The code in `GB-AYE-09-00542`, `urn:isrc:…`, or a page of MusicBrainz; empty where there is none."""
    bare = text.strip().rpartition("/" if "/isrc/" in text else ":")[2]
    code = bare.replace("-", "").replace(" ", "").upper()
    return code if _ISRC.fullmatch(code) else ""


def _bounded(text: str) -> str:
    return tidy(text[: 4 * MAX_TEXT_CHARS])[:MAX_TEXT_CHARS].strip()


_ALLOWED: Final = ((0x20, 0xD7FF), (0xE000, 0xFFFD), (0x10000, 0x10FFFF))
_SPACES: Final = frozenset({0x9, 0xA})


def xml_text(text: str) -> str:
    """Escaped for an element or an attribute; what no XML may hold, even escaped, is left out."""
    return escape("".join(letter for letter in text if _is_allowed(ord(letter))))


def _is_allowed(code: int) -> bool:
    return code in _SPACES or any(low <= code <= high for low, high in _ALLOWED)


MAX_NAME_CHARS: Final = 100
# File systems bound a name at 255 bytes; an ending and a number in brackets must still fit.
MAX_NAME_BYTES: Final = 200
NAMELESS: Final = "playlist"

# Separators of paths and drives, and what Windows, shells and M3U (`#`) take for more than a name.
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*#%]+')
# Reserved on Windows with any ending, in any case.
_RESERVED: Final = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])", re.IGNORECASE)
# Invisible, unpaired or without a meaning; direction marks could show `gpj.exe` as `exe.jpg`.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# A joiner within an emoji or an Indic word is part of what is seen.
_JOINERS: Final = frozenset({"\u200c", "\u200d"})


def export_name(title: str) -> str:
    """A file name without its ending, made of a title: no path, nothing invisible, never empty, bounded."""
    composed = unicodedata.normalize("NFC", title)
    spaced = "".join(" " if letter.isspace() else letter for letter in composed)
    seen = "".join(
        letter for letter in spaced if letter in _JOINERS or unicodedata.category(letter) not in _UNSEEN
    )
    name = _trimmed(" ".join(_FORBIDDEN.sub("-", seen).split()))
    if not any(letter.isalnum() or unicodedata.category(letter) == "So" for letter in name):
        return NAMELESS
    if _RESERVED.fullmatch(name.split(".")[0].strip()):
        name = f"_{name}"
    cut = name[:MAX_NAME_CHARS].encode()[:MAX_NAME_BYTES].decode(errors="ignore")
    return _trimmed(cut) or NAMELESS


def _trimmed(name: str) -> str:
    """Windows drops dots and spaces at the end; a dot in front hides a file, a dash looks like an option."""
    return name.strip(" .-\u200c\u200d")


# The `application` of our extension in XSPF and JSPF, and its XML namespace.
EXTENSION: Final = "segue:playlist"
_MUSICBRAINZ_RECORDING: Final = "https://musicbrainz.org/recording/"


def identifiers_of(track: Track) -> list[str]:
    """Names that hold anywhere: of this catalogue, of the recording's code, of MusicBrainz."""
    uris = [f"{UUID_URN}{track['id']}"]
    if isrc := isrc_of(track.get("isrc", "")):
        uris.append(f"{ISRC_URN}{isrc}")
    if mbid := track.get("mbid"):
        uris.append(f"{_MUSICBRAINZ_RECORDING}{mbid}")
    return uris
