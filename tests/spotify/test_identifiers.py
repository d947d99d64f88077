import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.errors import InvalidInput
from src.spotify.identifiers import (
    PLAYABLE,
    check_id,
    check_uri,
    id_of,
    is_id,
    playlist_id_of,
    uri_of,
)

ID = "4uLU6hMCjMI75M1A2tKUQC"
_IDS = st.from_regex(r"[0-9A-Za-z]{22}", fullmatch=True)


@pytest.mark.parametrize(
    "text",
    [
        ID,
        f"  {ID}\n",
        f"spotify:track:{ID}",
        f"https://open.spotify.com/track/{ID}",
        f"http://open.spotify.com/track/{ID}/",
        f"https://open.spotify.com/intl-de/track/{ID}?si=0123456789abcdef",
        f"https://open.spotify.com/intl-pt-BR/track/{ID}#t=10",
        f"HTTPS://Open.Spotify.com:443/track/{ID}",
        f"open.spotify.com/track/{ID}?si=1",
    ],
)
def test_track_id_of_what_people_paste(text):
    assert id_of(text, "track") == ID


@pytest.mark.parametrize(
    "text",
    [
        "",
        ID[:-1],
        f"{ID}A",
        f"{ID[:-1]}_",
        f"{ID[:-1]}é",
        "４uLU6hMCjMI75M1A2tKUQC",
        f"spotify:album:{ID}",
        f"spotify:track:{ID}:extra",
        f"spotify::{ID}",
        f"Spotify:track:{ID}",
        f"https://open.spotify.com/episode/{ID}",
        f"https://open.spotify.com/track/{ID}/x",
        f"https://open.spotify.com/x/track/{ID}",
        f"https://open.spotify.com/intl-de/intl-de/track/{ID}",
        f"https://open.spotify.com.evil.test/track/{ID}",
        f"https://evil.test/track/{ID}",
        f"https://open.spotify.com@evil.test/track/{ID}",
        f"//open.spotify.com/track/{ID}",
        f"ftp://open.spotify.com/track/{ID}",
        f"https://[::1/track/{ID}",
        f"https://open.spotify.com/track/{ID}?{'x' * 500}",
        "https://open.spotify.com",
    ],
)
def test_track_id_of_anything_else_is_refused(text):
    with pytest.raises(InvalidInput, match="Name the track"):
        id_of(text, "track")


@given(st.text().filter(lambda text: not is_id(text.strip())))
def test_id_of_any_text_is_refused_without_an_echo(text):
    with pytest.raises(InvalidInput) as raised:
        id_of(text, "album")
    assert raised.value.message == "Name the album by its Spotify id, its URI, or the address of its page."


@given(_IDS, st.sampled_from(["track", "album", "artist", "playlist"]))
def test_id_of_reads_what_uri_of_writes(id_, kind):
    assert id_of(uri_of(kind, id_), kind) == id_
    assert check_uri(uri_of(kind, id_), {kind}) == uri_of(kind, id_)
    assert check_id(id_) == id_


def test_playlist_id_of_another_kind_is_refused():
    assert playlist_id_of(f"spotify:playlist:{ID}") == ID
    with pytest.raises(InvalidInput, match="Name the playlist"):
        playlist_id_of(f"spotify:track:{ID}")


@pytest.mark.parametrize("id_", ["", ID[:-1], f"{ID}\n", "../../me/library?uris=abcdef"])
def test_check_id_and_uri_of_refuse_what_is_no_id(id_):
    for check in (check_id, lambda text: uri_of("track", text)):
        with pytest.raises(InvalidInput):
            check(id_)


@pytest.mark.parametrize(
    "uri",
    [
        f"spotify:album:{ID}",
        f"spotify:local:{ID}",
        f"spotify:track:{ID},spotify:track:{ID}",
        f"spotify:track:{ID}\n",
        "spotify:track:",
        ID,
    ],
)
def test_check_uri_refuses_other_kinds_and_other_texts(uri):
    assert check_uri(f"spotify:episode:{ID}", PLAYABLE) == f"spotify:episode:{ID}"
    with pytest.raises(InvalidInput, match="spotify:episode:, spotify:track:"):
        check_uri(uri, PLAYABLE)
