"""Who is credited with a track: whichever way the record says it, and no band taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.catalogue.credits import PART_MARK, SHIPPED, ArtistNames, credited_names, indexed_keys
from src.catalogue.documents import to_document
from src.catalogue.names import name_key
from tests.fakes import make_track

KNOWN = ArtistNames(
    {
        name_key(name): 3
        for name in (
            *("Drake", "Future", "Meek Mill", "Rick Ross", "Earth", "Fire", "Tyler", "Selena Gomez", "You"),
            *(
                "Bob Marley",
                "Nick Cave",
                "Prince",
                "初音ミク",
                "Anitta",
                "OneRepublic",
                "Foo & Bar",
                "Rihanna",
            ),
        )
    }
)

CREDITED = [
    # guests in the title
    ("Life Is Good (feat. Drake)", ["Future"], "Drake"),
    ("Life Is Good [Featuring Drake]", ["Future"], "Drake"),
    ("Sicko Mode ft. Drake & Swae Lee", ["Travis Scott"], "Drake"),
    ("Sicko Mode ft. Drake & Swae Lee", ["Travis Scott"], "Swae Lee"),
    ("Hit feat. Drake - Radio Edit", ["Future"], "Drake"),
    ("Hit feat. Drake Remix", ["Future"], "Drake"),
    ("Hit (feat. Drake, prod. Nobody)", ["Future"], "Drake"),
    ("Hit - Live (Feat Nobody, Drake and Future)", ["Someone"], "Nobody"),
    ("Going Bad (with Drake)", ["Meek Mill"], "Drake"),
    ("Going Bad - with Drake", ["Meek Mill"], "Drake"),
    ("Going Bad with Drake", ["Meek Mill"], "Drake"),
    ("Going Bad (with Nobody)", ["Meek Mill"], "Nobody"),
    ("Going Bad {w/ Drake}", ["Meek Mill"], "Drake"),
    ("This Girl (Kungs vs. Nobody)", ["Kungs"], "Nobody"),
    ("Lose Myself - Alesso vs OneRepublic", ["Alesso"], "OneRepublic"),
    ("Freestyle (Drake x Future)", ["Someone"], "Future"),
    ("Song (feat. Earth, Wind & Fire)", ["Someone"], "Earth, Wind & Fire"),
    # other languages' forms
    ("Vivere Tutte Le Vite - con Carl Brave", ["Elisa"], "Carl Brave"),
    ("Chanson (avec Drake)", ["Someone"], "Drake"),
    ("Lied (mit Drake)", ["Someone"], "Drake"),
    ("Onda (part. Anitta)", ["Someone"], "Anitta"),
    ("メルト feat.初音ミク", ["ryo"], "初音ミク"),
    ("曲（ｆｅａｔ．Drake）", ["ryo"], "Drake"),
    ("曲「with Drake」", ["ryo"], "Drake"),
    ("Song (w/Drake)", ["Someone"], "Drake"),
    ("Song (f/ Drake)", ["Someone"], "Drake"),
    ("Песня (при уч. Drake)", ["Someone"], "Drake"),
    ("Canción (junto a Anitta)", ["Someone"], "Anitta"),
    ("Canción (con la participación de Drake)", ["Someone"], "Drake"),
    ("Chanson (avec la participation de Drake)", ["Someone"], "Drake"),
    ("Song (starring Drake)", ["Someone"], "Drake"),
    # several artists in one credit
    ("x", ["YG | Drake"], "Drake"),
    ("x", ["YG | Drake"], "YG"),
    ("x", ["Dave · Drake"], "Drake"),
    ("x", ["Smiley • Drake"], "Drake"),
    ("x", ["Trey with special guest Drake"], "Drake"),
    ("x", ["Rick Ross feat. Drake"], "Drake"),
    ("x", ["Rick Ross (feat. Drake)"], "Rick Ross"),
    ("x", ["Meek Mill, Drake"], "Drake"),
    ("x", ["Meek Mill & Drake"], "Meek Mill"),
    ("x", ["Meek Mill x Drake"], "Drake"),
    ("x", ["Meek Mill vs. Drake"], "Drake"),
    ("x", ["Meek Mill with Drake"], "Drake"),
    ("x", ["Meek Mill y Drake"], "Drake"),
    ("x", ["Meek Mill、Drake"], "Drake"),
    ("x", ["Meek Mill, Earth, Wind & Fire"], "Earth, Wind & Fire"),
    ("x", ["Tyler, The Creator & Drake"], "Drake"),
    ("x", ["Meek Mill", "Drake"], "Drake"),
    # an artist whom nobody knows
    ("x", ["Rick Ross & Nobody"], "Nobody"),
    ("x", ["Somebody & Nobody"], "Nobody"),
    # a leader who is an artist alone
    ("x", ["Bob Marley & The Wailers"], "Bob Marley"),
    ("x", ["Prince & The Revolution"], "Prince"),
]
WHOLE = [
    ("Simon & Garfunkel", "Garfunkel"),
    ("Earth, Wind & Fire", "Fire"),
    ("Earth, Wind & Fire", "Earth"),
    ("Tyler, The Creator", "Tyler"),
    ("Crosby, Stills, Nash & Young", "Young"),
    ("Blood, Sweat & Tears", "Blood"),
    ("Mumford & Sons", "Sons"),
    ("Hall & Oates", "Oates"),
    ("Belle and Sebastian", "Sebastian"),
    ("TOMORROW X TOGETHER", "Together"),
    ("Chloe x Halle", "Halle"),
    ("MAN WITH A MISSION", "A Mission"),
    ("Hank Williams, Jr.", "Jr."),
    ("Ricchi e Poveri", "Poveri"),
    ("Black Country, New Road", "New Road"),
    ("10,000 Maniacs", "000 Maniacs"),
    # no shipped name, but one act of this catalogue
    ("Foo & Bar", "Bar"),
]


@pytest.mark.parametrize(("title", "artists", "name"), CREDITED)
def test_credits_of_finds_everybody_named(title, artists, name) -> None:
    assert name_key(name) in KNOWN.credits_of(make_track(title, artists[0], featuring=artists[1:])).named


@pytest.mark.parametrize(("band", "part"), WHOLE)
def test_credits_of_leaves_a_band_whole(band, part) -> None:
    credits_ = KNOWN.credits_of(make_track("x", band))
    assert credits_.artists == (frozenset({name_key(band)}),)
    assert name_key(part) not in credits_.named


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("With or Without You", "You"),
        ("Playing With Drakes", "Drake"),
        ("Malcolm X", "X"),
        ("Defeat Drake", "Drake"),
        ("Hit (prod. Drake)", "Drake"),
        ("Rock With You", "You"),
    ],
)
def test_credits_of_when_a_word_of_the_title_is_no_credit(title, name) -> None:
    assert name_key(name) not in KNOWN.credits_of(make_track(title, "Somebody")).named


def test_credits_of_parts_a_credit_of_unknown_names_for_exclusions_alone() -> None:
    credits_ = KNOWN.credits_of(make_track("x", "Somebody & Nobody"))
    assert credits_.artists == (frozenset({"somebody and nobody"}),)
    assert credits_.named == {"somebody and nobody", "somebody", "nobody"}


def test_credits_of_counts_a_leader_and_the_band_as_one() -> None:
    credits_ = KNOWN.credits_of(make_track("x", "Bob Marley & The Wailers", featuring=["Bob Marley"]))
    assert credits_.artists == (frozenset({"bob marley", "bob marley and the wailers"}),)


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=4))
def test_credits_of_keeps_every_credit_whole(title: str, artists: list[str]) -> None:
    track = make_track("x", "y")
    track["title"], track["artists"] = title, artists
    for names in (SHIPPED, KNOWN):
        credits_ = names.credits_of(track)
        assert {name_key(name) for name in artists} <= credits_.keys <= credits_.named
        assert credits_ == ArtistNames(names.tracks).credits_of(track)


_PIECES = st.sampled_from(
    [
        "Drake",
        "Nobody",
        "Earth, Wind & Fire",
        " & ",
        ", ",
        " feat. ",
        "(",
        ")",
        " x ",
        " - ",
        " with ",
        "[",
        "]",
    ]
)


@given(st.lists(_PIECES, min_size=1, max_size=12).map("".join))
def test_credits_of_says_of_its_own_artists_what_it_said_of_the_track(credit: str) -> None:
    for artist in SHIPPED.credits_of(make_track("x", credit)).artists:
        for key in artist:
            assert key in SHIPPED.credits_of(make_track("x", key)).keys


@given(st.text(max_size=80), st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=4))
def test_indexed_keys_hold_every_credit(title: str, artists: list[str]) -> None:
    keys = indexed_keys(title, artists)
    assert {name_key(name) for name in artists} - {""} <= set(keys)
    assert len(keys) == len(set(keys))


def test_indexed_keys_mark_who_may_be_an_artist() -> None:
    assert indexed_keys("Hit (feat. Drake)", ["Future"]) == ["future", "drake"]
    assert indexed_keys("Hit", ["Meek Mill, Drake"]) == ["meek mill drake", "&meek mill", "&drake"]
    assert indexed_keys("Hit", ["Earth, Wind & Fire"]) == ["earth wind and fire"]
    assert indexed_keys("Here (with You)", ["Future"]) == ["future", f"{PART_MARK}you"]


def test_credited_names_are_spelt_as_written() -> None:
    assert credited_names("Hit (feat. JAY-Z & Beyoncé)", ["Drake"]) == ["Drake", "JAY-Z", "Beyoncé"]


def test_to_document_holds_guests() -> None:
    document = to_document(make_track("Sicko Mode ft. Drake & Swae Lee", "Travis Scott"))
    assert document["artist_keys"] == ["travis scott", "drake", "swae lee"]
