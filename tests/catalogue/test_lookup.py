"""Named artists and tracks are found as people write them, and nothing else is found in their place."""

from collections.abc import Sequence

import pytest

from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import Match, TrackPoint
from src.catalogue.lookup import (
    NamedArtist,
    allowed_typos,
    artist_tracks,
    find_artist,
    find_tracks,
    known_artists,
    known_titles,
    within_typos,
)
from src.catalogue.models.track import Track
from tests.fakes import make_track, stub_vector


async def add(catalogue: Catalogue, *tracks: Track) -> None:
    await catalogue.engine.upsert([TrackPoint(track, stub_vector(track)) for track in tracks])


def names(tracks: Sequence[Track]) -> list[str]:
    return [f"{track['title']} / {track['artists'][0]}" for track in tracks]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Coldplay", "Coldplay"),
        ("COLDPLAY", "Coldplay"),
        (" coldplay ", "Coldplay"),
        ("Edith Piaf", "Édith Piaf"),
        ("SIGUR ROS", "Sigur Rós"),
        ("Dave Brubeck Quartet", "The Dave Brubeck Quartet"),
        ("the beach house", "Beach House"),
        ("The Coldplay", "Coldplay"),
        ("Bill Evans", "Bill Evans"),
        ("Coldpaly", "Coldplay"),
        ("Metalica", "Metallica"),
        ("Drakee", "Drake"),
        ("Kendrik Lamarr", "Kendrick Lamar"),
        ("Jaques Brell", "Jacques Brel"),
        ("Miles Davies", "Miles Davis"),
    ],
)
async def test_find_artist_forgives_how_the_name_is_written(
    shared_catalogue: Catalogue, name: str, found: str
) -> None:
    artist = await find_artist(shared_catalogue, name)
    assert artist is not None
    assert artist.name == found


@pytest.mark.parametrize(
    "name",
    ["", "   ", "!!!", "Taylor Swift", "Lowe", "Dove", "Metlcalia", "Coldplay Tribute Band", "the", "夜"],
)
async def test_find_artist_absent_is_none(shared_catalogue: Catalogue, name: str) -> None:
    assert await find_artist(shared_catalogue, name) is None


async def test_find_artist_counts_featured_tracks_too(shared_catalogue: Catalogue) -> None:
    assert await find_artist(shared_catalogue, "bill evans") == NamedArtist("bill evans", "Bill Evans", 1)
    assert await find_artist(shared_catalogue, "miles davis") == NamedArtist("miles davis", "Miles Davis", 2)


async def test_find_artist_prefers_the_exact_name_over_near_ones(catalogue: Catalogue) -> None:
    await add(catalogue, make_track("One", "Colplay"), make_track("Two", "The Love"))
    assert (await find_artist(catalogue, "Colplay")) == NamedArtist("colplay", "Colplay", 1)
    love = await find_artist(catalogue, "Love")
    assert love is not None
    assert love.name == "Love"


async def test_find_artist_takes_the_nearest_then_the_most_frequent(catalogue: Catalogue) -> None:
    await add(catalogue, *(make_track(f"Song {number}", "Coldplax") for number in range(5)))
    artist = await find_artist(catalogue, "Coldplau")
    assert artist is not None
    assert artist.name == "Coldplax"


async def test_find_artist_known_as_a_guest_alone(catalogue: Catalogue) -> None:
    await add(catalogue, make_track("Hit (feat. Zaho)", "Future"))
    assert await find_artist(catalogue, "zaho") == NamedArtist("zaho", "Zaho", 1)


async def test_find_artist_of_joint_credits_is_not_the_whole_credit(catalogue: Catalogue) -> None:
    await add(catalogue, make_track("One", "Meek Mill, Zaho"), make_track("Two", "Future & Zaho"))
    assert await find_artist(catalogue, "Zaho") == NamedArtist("zaho", "Zaho", 2)


async def test_find_artist_by_half_the_name_of_a_band_is_the_band(catalogue: Catalogue) -> None:
    band = "Fuzz & Fumble"
    await add(catalogue, make_track("One", band), make_track("Two", band), make_track("x", "Mumford & Sons"))
    for half, whole in (("Fumble", band), ("Mumford", "Mumford & Sons")):
        found = await find_artist(catalogue, half)
        assert found is not None
        assert found.name == whole


async def test_find_artist_by_alias_shows_the_credit(catalogue: Catalogue) -> None:
    await add(catalogue, make_track("На заре", "Альянс", aliases=["Alyans"]))
    artist = await find_artist(catalogue, "alyans")
    assert artist == NamedArtist("alyans", "Альянс", 1)


@pytest.mark.parametrize("name", ["!!!", "방탄소년단", "दिल"])
async def test_find_artist_of_any_script(catalogue: Catalogue, name: str) -> None:
    await add(catalogue, make_track("Song", name), make_track("Other", "दाल"))
    assert await find_artist(catalogue, name) == NamedArtist(name, name, 1)


async def test_known_artists_are_exact_and_in_order(shared_catalogue: Catalogue) -> None:
    found = await known_artists(shared_catalogue, ["drake", "nobody", "coldplay", "drake", "", "coldpla"])
    assert list(found) == ["drake", "coldplay"]
    assert found["coldplay"] == NamedArtist("coldplay", "Coldplay", 3)


async def test_known_names_of_an_empty_list_are_none(shared_catalogue: Catalogue) -> None:
    assert await known_artists(shared_catalogue, []) == {}
    assert await known_artists(shared_catalogue, [""]) == {}
    assert await known_titles(shared_catalogue, []) == {}
    assert await known_titles(shared_catalogue, [""]) == {}


async def test_known_artists_beside_much_credited_ones_are_not_lost(catalogue: Catalogue) -> None:
    guests = [f"Guest {number}" for number in range(300)]
    await add(catalogue, *(make_track(f"Posse {part}", "Host", featuring=guests) for part in range(2)))
    await add(catalogue, make_track("Alone", "Loner", featuring=["Guest 7"]))
    assert list(await known_artists(catalogue, ["host", "loner"])) == ["host", "loner"]


async def test_known_titles_count_recordings(shared_catalogue: Catalogue) -> None:
    assert await known_titles(shared_catalogue, ["clocks", "so what", "nothing"]) == {
        "clocks": 3,
        "so what": 1,
    }


@pytest.mark.parametrize(
    ("title", "artist", "found"),
    [
        ("Clocks", "Coldplay", ["Clocks / Coldplay"]),
        ("clocks", None, ["Clocks / Coldplay", "Clocks (Karaoke Version) / Party Tyme Karaoke"]),
        ("CLOCKS (feat. Somebody)", "coldplay", ["Clocks / Coldplay"]),
        ("Clocks - Live", "Coldplay", ["Clocks / Coldplay"]),
        ("Cloks", "Coldplay", ["Clocks / Coldplay"]),
        ("Garota de Ipanima", None, ["Garota de Ipanema / João Gilberto"]),
        ("Master of Pupets", "Metalica", ["Master of Puppets / Metallica"]),
        ("La Vie En Rose", "Edith Piaf", ["La vie en rose / Édith Piaf"]),
        ("yoru ni kakeru", None, ["夜に駆ける / YOASOBI"]),
        ("夜に駆ける", None, ["夜に駆ける / YOASOBI"]),
        ("humble", None, ["HUMBLE. / Kendrick Lamar"]),
        ("Blue in Green", "Bill Evans", ["Blue in Green / Miles Davis"]),
        ("Clocks", "Nobody At All", []),
        ("Clocks", "Metallica", []),
        ("Never Recorded", None, []),
        ("Yelow Submarine", None, []),
        ("", None, []),
    ],
)
async def test_find_tracks_by_title_and_artist(
    shared_catalogue: Catalogue, title: str, artist: str | None, found: list[str]
) -> None:
    assert names(await find_tracks(shared_catalogue, title, artist)) == found


async def test_find_tracks_puts_the_plain_version_first(catalogue: Catalogue) -> None:
    await add(
        catalogue,
        make_track("Halo - Live", "Anna", popularity=99),
        make_track("Halo (Karaoke Version)", "Karaoke Kings", popularity=99),
        make_track("Halo - 2011 Remaster", "Anna", popularity=50),
        make_track("Halo", "Anna", popularity=10),
        make_track("Halo", "Berta", popularity=30),
    )
    found = names(await find_tracks(catalogue, "halo", None))
    assert found == ["Halo - 2011 Remaster / Anna", "Halo / Berta", "Halo (Karaoke Version) / Karaoke Kings"]
    assert names(await find_tracks(catalogue, "halo", None, limit=1)) == found[:1]


async def test_artist_tracks_own_ones_first_one_recording_a_song(catalogue: Catalogue) -> None:
    await add(
        catalogue,
        make_track("Guest Spot", "Host", featuring=["Coldplay"], popularity=100),
        make_track("Old Song", "Coldplay", year=1998),
    )
    coldplay = await find_artist(catalogue, "Coldplay")
    assert coldplay is not None
    assert names(await artist_tracks(catalogue, coldplay, [], 10)) == [
        "Yellow / Coldplay",
        "Clocks / Coldplay",
        "Old Song / Coldplay",
        "Guest Spot / Host",
    ]
    where = [Match("track.genres", ("pop rock",))]
    assert names(await artist_tracks(catalogue, coldplay, where, 1)) == ["Yellow / Coldplay"]


@pytest.mark.parametrize(
    ("key", "typos"),
    [("love", 0), ("u 2", 0), ("drake", 1), ("beatles", 1), ("coldplay", 2), ("be at les", 1)],
)
def test_allowed_typos_grow_with_the_letters(key: str, typos: int) -> None:
    assert allowed_typos(key) == typos


@pytest.mark.parametrize(
    ("wanted", "candidate", "same"),
    [
        ("love", "love", True),
        ("love", "dove", False),
        ("drake", "drakes", True),
        ("drake", "darke", True),
        ("drake", "drrakes", False),
        ("coldplay", "kldplay", True),
        ("coldplay", "goldplax", True),
        ("metallica", "mtllca", False),
    ],
)
def test_within_typos_bounds(wanted: str, candidate: str, same: bool) -> None:
    assert within_typos(wanted, candidate) is same
