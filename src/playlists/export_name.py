"""A name under which a list can be saved on any system."""

import re
import unicodedata
from typing import Final

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
