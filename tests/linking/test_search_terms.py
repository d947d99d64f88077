"""What is searched for holds the names, and nothing that other sources write differently."""

import pytest

from src.linking.search_terms import code_query, name_query, words_query
from tests.fakes import make_track


@pytest.mark.parametrize(
    ("title", "artist", "query"),
    [
        ("Amber Rain", "Kin of Moss", 'track:"Amber Rain" artist:"Kin of Moss"'),
        ("Amber Rain - 2011 Remaster (feat. Ada)", "Kin of Moss", 'track:"Amber Rain" artist:"Kin of Moss"'),
        ("Amber Rain, Pt. 1", "Kin of Moss", 'track:"Amber Rain, 1" artist:"Kin of Moss"'),
        ("No Surprise", "Salt & Stone", 'track:"No Surprise" artist:"Salt & Stone"'),
        ("Amber Rain", "Ada Moth x Zed Kay", 'track:"Amber Rain" artist:"Ada Moth"'),
        ("Amber Rain", "Ada Moth feat. Zed Kay", 'track:"Amber Rain" artist:"Ada Moth"'),
        ("Rain - Live at Wembley", "Moss", 'track:"Rain live wembley" artist:Moss'),
        ("Rain (Ada Moth Remix)", "Moss", 'track:"Rain ada moth remix" artist:Moss'),
    ],
)
def test_name_query_of_a_track(title: str, artist: str, query: str) -> None:
    assert name_query(make_track(title, artist)) == query


def test_code_query_is_the_code_alone() -> None:
    assert code_query(make_track("Amber Rain", "Moss", isrc="QZABC2400001")) == "isrc:QZABC2400001"


@pytest.mark.parametrize(
    ("title", "artist", "aliases", "query"),
    [
        ("P!nk Cœur", "R.E.M. & Ada", [], "pink coeur rem"),
        ("夜空", "赤い月", ["Yozora", "Akai Tsuki"], "Yozora Akai Tsuki"),
        ("Sakura Road", "Kaze", ["桜道", "風"], "桜道 Kaze"),
    ],
)
def test_words_query_spells_the_names_the_other_way(
    title: str, artist: str, aliases: list[str], query: str
) -> None:
    assert words_query(make_track(title, artist, aliases=aliases)) == query
