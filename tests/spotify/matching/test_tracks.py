"""Every track has a link: to itself where it is known, else to a search by the catalogue's own names."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.spotify.matching.models.link import Link
from src.spotify.matching.tracks import links_of
from tests.fakes import make_track
from tests.spotify.matching.items import ID

RESOLVED: Link = {
    "track_id": "a",
    "status": "resolved",
    "uri": f"spotify:track:{ID}",
    "method": "name",
    "confidence": 0.95,
    "detail": "",
}


def test_links_of_a_resolved_track() -> None:
    (link,) = links_of(make_track("Alison", "Slowdive"), RESOLVED, "https://open.spotify.com")
    assert link == {"service": "spotify", "url": f"https://open.spotify.com/track/{ID}", "exact": True}


@pytest.mark.parametrize("status", ["not_found", "wrong_version", "not_playable", "not_looked_up"])
def test_links_of_any_other_track_is_a_search(status: str) -> None:
    link: Link = {"track_id": "a", "status": status, "confidence": 0.0, "detail": ""}  # type: ignore[typeddict-item]
    for known in (link, None):
        (search,) = links_of(make_track("Back/Forth?", "Sigur Rós"), known, None)
        assert search == {
            "service": "spotify",
            "url": "https://open.spotify.com/search/Back%2FForth%3F%20Sigur%20R%C3%B3s",
            "exact": False,
        }


def test_links_of_speaks_of_where_spotify_is() -> None:
    (link,) = links_of(make_track("Alison", "Slowdive"), RESOLVED, "http://127.0.0.1:9100")
    assert link["url"] == f"http://127.0.0.1:9100/track/{ID}"


@given(st.text(min_size=1), st.text(min_size=1))
def test_links_of_any_names_stay_on_the_search_page(title: str, artist: str) -> None:
    (link,) = links_of(make_track(title, artist), None)
    parts = urlsplit(link["url"])
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("https", "open.spotify.com", "", "")
    assert parts.path.count("/") == 2
    assert unquote(parts.path).startswith("/search/")
