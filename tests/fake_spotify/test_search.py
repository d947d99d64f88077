"""What a search finds: filters bind, words are loose, and wrong versions come along."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.fake_spotify.models.answers import TrackRow
from src.fake_spotify.search import find_tracks, read_query, trap_of, trap_rows
from src.fake_spotify.worlds import invented_rows, make_world, world_of_tracks

ROWS: list[TrackRow] = [
    {
        "title": "Don't Wait, Ása",
        "artists": ["Sigrún Þöll"],
        "album": "Fjord",
        "year": 1994,
        "genres": ["folk"],
    },
    {
        "title": "Other Rooms",
        "artists": ["Kaito Mirren"],
        "album": "Fjord Two",
        "year": 2005,
        "isrc": "QZAAA0500001",
    },
    {"title": "夜の駅", "artists": ["三日月倶楽部"], "year": 2010},
]


def titles(query, rows=ROWS):
    return [track.title for track in find_tracks(world_of_tracks(rows), read_query(query))]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('track:"dont wait asa"', 0),
        ('artist:"Sigrun Þöll" track:wait', 0),
        ('album:"Fjord Two"', 1),
        ("year:2000-2006", 1),
        ("year:1994", 0),
        ("genre:folk", 0),
        ("isrc:QZAAA0500001", 1),
        ("isrc:qzaaa0500001", 1),
        ('track:"夜の駅" artist:"三日月倶楽部"', 2),
        ("rooms mirren fjord", 1),
    ],
)
def test_find_tracks_by_filters_and_words(query, found):
    assert titles(query) == [ROWS[found]["title"]]


@pytest.mark.parametrize(
    "query",
    [
        "isrc:QZAAA0500001 OR isrc:QZAAA0500002",
        "year:soon",
        'track:"Other Rooms" artist:"Sigrún Þöll"',
        "tag:new",
        '"',
        "one of four words: rooms",
    ],
)
def test_find_tracks_when_nothing_matches(query):
    assert titles(query) == []


def test_find_tracks_ranks_wrong_versions_first_now_and_then():
    rows = invented_rows(40)
    world = world_of_tracks([*rows, *trap_rows(rows, each=4)])
    firsts = []
    for row in rows:
        found = find_tracks(world, read_query(f"{row['title']} {row['artists'][0]}"))
        assert {"original"} < {track.kind for track in found[:10]}
        firsts.append(found[0].kind)
    assert 0.05 < sum(kind != "original" for kind in firsts) / len(firsts) < 0.5


@pytest.mark.parametrize("kind", ["karaoke", "live", "remaster", "remix", "cover", "tribute", "same_title"])
def test_trap_of_is_another_recording_found_beside_the_original(kind):
    row = invented_rows(1)[0]
    world = world_of_tracks([row, trap_of(row, kind)])
    original, trap = world.tracks.values()
    assert trap.kind == kind
    assert (trap.isrc, trap.duration_ms) != (original.isrc, original.duration_ms)
    assert trap in find_tracks(world, read_query(f'track:"{row["title"]}"'))


@given(st.text(max_size=80))
def test_find_tracks_reads_any_text(text):
    world = world_of_tracks(ROWS)
    assert len(find_tracks(world, read_query(text))) <= len(ROWS)


def test_make_world_is_the_same_with_the_same_seed():
    assert list(make_world(seed=3).tracks) == list(make_world(seed=3).tracks)
    assert set(make_world(seed=3).tracks).isdisjoint(make_world(seed=4).tracks)


def test_make_world_weaves_the_marker_into_what_only_spotify_knows():
    world = make_world(marker="Xq7")
    for track in world.tracks.values():
        artists = " ".join(artist.name for artist in track.artists)
        assert "Xq7" in track.album.title
        assert ("Xq7" in f"{track.title} {artists}") == (track.kind != "original")
    assert all("Xq7" in user.display_name for user in world.users.values())
    assert all("Xq7" in playlist.name for playlist in world.playlists.values())


def test_world_of_tracks_takes_ids_and_codes_as_given():
    world = world_of_tracks(
        [{"title": "A", "artists": ["B"], "id": "0" * 22, "isrc": "", "is_playable": False, "duration_ms": 7}]
    )
    track = world.tracks["0" * 22]
    assert (track.isrc, track.playable_in, track.duration_ms) == (None, frozenset(), 7)
