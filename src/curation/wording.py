"""Numbers of a list in plain words."""

from src.playlists.models.spec import ShareWish, share_genres


def number_of_tracks(count: int) -> str:
    """`1 track`, `17 tracks`."""
    return "1 track" if count == 1 else f"{count} tracks"


def length_in_words(seconds: float) -> str:
    """`41:07`, `1:30:00`."""
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def spacing_in_words(between: int) -> str:
    """`4 tracks between two by one artist`."""
    return f"{number_of_tracks(between)} between two by one artist" if between else "one artist side by side"


def share_in_words(share: ShareWish) -> str:
    """`at least 60 % bossa nova in the first half`."""
    low, high = share.get("at_least"), share.get("at_most")
    if low is not None and low == high:
        amount = f"{low * 100:g} %"
    else:
        bounds = [("at least", low), ("at most", high)]
        amount = ", ".join(f"{words} {bound * 100:g} %" for words, bound in bounds if bound is not None)
    where = f" in the {share['half']} half" if "half" in share else ""
    return f"{amount} {_what(share)}{where}".strip()


def _what(share: ShareWish) -> str:
    first, last = share.get("year_from"), share.get("year_to")
    years = ""
    if first is not None or last is not None:
        years = f"{first or '…'} to {last or '…'}"
    genres = " or ".join(share_genres(share)) or ("tracks" if years else "")
    return " from ".join(part for part in (genres, years) if part)
