"""A track of Spotify's is given for the catalogue's only where it is the same recording."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.spotify.matching.match import CODED_LENGTH_MS, LEAST_CONFIDENCE, SAME_LENGTH_MS, judge
from src.spotify.matching.names import artist_keys
from src.spotify.models.api import SpotifyTrack
from tests.fakes import make_track
from tests.spotify.matching.items import make_item

BOATS = "Nine Paper Boats"
ISRC = "QZABC2400001"


def refusal(title: str, item_title: str, **fields: object) -> str | None:
    """Of a track and an item of one artist and one length."""
    track = make_track(title, BOATS, duration_ms=180_000, **fields)
    return judge(make_item(item_title), track).refusal


@pytest.mark.parametrize(
    ("title", "item_title"),
    [
        ("Harbour", "Harbour"),
        ("Harbour", "HARBOUR"),
        ("Don’t Look Down", "Don't Look Down"),
        ("Café Noir", "Cafe Noir"),
        ("Rhythm & Bones", "Rhythm and Bones"),
        ("Rock 'n' Roll Moon", "Rock and Roll Moon"),
        ("Schöner Tag", "Schoener Tag"),
        ("Harbour", "Harbour - Remastered 2011"),
        ("Harbour", "Harbour (2011 Remaster)"),
        ("Harbour - 1998 Remaster", "Harbour"),
        ("Harbour", "Harbour - Mono / Remastered"),
        ("Harbour", "Harbour (Album Version)"),
        ("Harbour", "Harbour - Original Mix"),
        ("Harbour", "Harbour - Radio Edit"),
        ("Harbour", "Harbour (Extended Version)"),
        ("Harbour", 'Harbour - From "The Long Road - Part Two"'),
        ("Harbour", "Harbour (feat. Ada Moth)"),
        ("Harbour (feat. Ada Moth)", "Harbour"),
        ("Harbour feat. Ada Moth", "Harbour [with Ada Moth]"),
        ("Harbour, Pt. 1", "Harbour (Part One)"),
        ("Harbour II", "Harbour 2"),
        ("Running (A Deal With Somebody)", "Running"),
        ("Favourite Harbour", "Favorite Harbour"),
        ("Harbour - Live at Wembley", "Harbour (Live from Wembley Stadium, 1986)"),
        ("Harbour (Acoustic)", "Harbour - Acoustic Version"),
        ("Harbour (Ada Moth Remix)", "Harbour - Ada Moth Remix"),
        ("Harbour (Instrumental)", "Harbour - Instrumental Version"),
        ("Harbour (Taylor's Version)", "Harbour (Taylor’s Version)"),
    ],
)
def test_judge_when_titles_say_one_recording(title: str, item_title: str) -> None:
    assert refusal(title, item_title) is None


@pytest.mark.parametrize(
    "note",
    [
        "Live",
        "Live at Wembley",
        "Live in Paris / 2011 Remaster",
        "En Vivo",
        "Ao Vivo",
        "MTV Unplugged",
        "BBC Session",
        "Rendition at Spotify Studios NYC",
        "Karaoke Version",
        "Originally Performed by Nine Paper Boats",
        "In the Style of Nine Paper Boats",
        "Made Famous by Nine Paper Boats",
        "Backing Track",
        "Tribute to Nine Paper Boats",
        "Cover Version",
        "Lullaby Rendition",
        "8-Bit Emulation",
        "Instrumental",
        "A Cappella",
        "Acoustic",
        "Stripped",
        "Piano Version",
        "Ada Moth Remix",
        "Ada Moth Edit",
        "Ada Moth Club Mix",
        "Sped Up",
        "slowed + reverb",
        "Nightcore",
        "8D Audio",
        "Demo",
        "Early Take",
        "Alternate Version",
        "Re-Rendition",
        "Rerecorded Version",
        "Taylor's Version",
        "New Recording",
        "Orchestral Version",
        "Spanish Version",
        "Country Version",
        "Version 2",
    ],
)
def test_judge_when_one_side_is_another_version(note: str) -> None:
    """Even where the lengths agree, and in both directions."""
    assert refusal("Harbour", f"Harbour - {note}") == "wrong_version"
    assert refusal("Harbour", f"Harbour ({note})") == "wrong_version"
    assert refusal(f"Harbour ({note})", "Harbour") == "wrong_version"


@pytest.mark.parametrize(
    ("title", "item_title"),
    [
        ("Harbour - Live at Wembley", "Harbour - Live in Paris"),
        ("Harbour (Ada Moth Remix)", "Harbour (Zed Kay Remix)"),
        ("Harbour (Spanish Version)", "Harbour (French Version)"),
        ("Harbour (feat. Ada Moth)", "Harbour (feat. Zed Kay)"),
    ],
)
def test_judge_when_both_are_versions_but_others(title: str, item_title: str) -> None:
    assert refusal(title, item_title) == "wrong_version"


@pytest.mark.parametrize(
    ("title", "item_title"),
    [
        ("Harbour", "Harbour Lights"),
        ("Harbour", "My Harbour"),
        ("Harbour", "No Harbour"),
        ("Harbour", "Harbour / Letters"),
        ("Harbour", "Medley: Harbour"),
        ("Harbour", "Harbour (Interlude)"),
        ("Harbour", "Harbour, Pt. 2"),
        ("Harbour, Pt. 1", "Harbour, Pt. 2"),
        ("Harbour II", "Harbour III"),
        ("Harbour (Blue)", "Harbour (Red)"),
        ("Symphony No. 3: II. Adagio", "Symphony No. 5: II. Adagio"),
    ],
)
def test_judge_when_another_song_of_the_artist(title: str, item_title: str) -> None:
    assert refusal(title, item_title) == "other_title"


@pytest.mark.parametrize(
    ("artists", "item_artists"),
    [
        (["Sigur Rós"], ["SIGUR ROS"]),
        (["R.E.M."], ["REM"]),
        (["The Wolves"], ["Wolves"]),
        (["Salt & Stone"], ["Salt and Stone"]),
        (["P!nk Harbour"], ["Pink Harbour"]),
        (["Jay-R"], ["Jay R"]),
        (["Mötley"], ["Moetley"]),
        (["Ada Moth"], ["Ada Moth", "Zed Kay"]),
        (["Ada Moth & Zed Kay"], ["Ada Moth", "Zed Kay"]),
        (["Ada Moth", "Zed Kay"], ["Ada Moth & Zed Kay"]),
        (["Ada Moth feat. Zed Kay"], ["Ada Moth"]),
        (["Prince Moth"], ["Prince Moth & The Revolvers"]),
        (["Moth Ada"], ["Ada Moth"]),
    ],
)
def test_judge_when_artists_are_spelled_differently(artists: list[str], item_artists: list[str]) -> None:
    track = make_track("Harbour", artists[0], featuring=artists[1:], duration_ms=180_000)
    assert judge(make_item("Harbour", *item_artists), track).refusal is None


@pytest.mark.parametrize(
    ("artists", "item_artists"),
    [
        (["Ada Moth"], ["Zed Kay"]),
        (["Ada Moth"], ["Zed Kay", "Ada Moth"]),
        (["Ada Moth"], ["Ada Moth Jr"]),
        (["Simon & Garfield"], ["Simon"]),
        (["Simon"], ["Simon & Garfield"]),
        (["Ada Moth"], ["Ada Moth Tribute Band"]),
        (["Ada Moth"], ["Vitamin String Quartet"]),
        (["Ada Moth"], ["Party Tyme Karaoke"]),
    ],
)
def test_judge_when_another_artist_comes_first(artists: list[str], item_artists: list[str]) -> None:
    track = make_track("Harbour", artists[0], featuring=artists[1:], duration_ms=180_000)
    assert judge(make_item("Harbour", *item_artists), track).refusal in ("other_artist", "wrong_version")


def test_judge_when_a_karaoke_record_names_the_artist_too() -> None:
    track = make_track("Harbour", BOATS, duration_ms=180_000)
    assert judge(make_item("Harbour", BOATS, "Sing King"), track).refusal == "wrong_version"
    assert judge(make_item("Harbour", BOATS, album="Karaoke Hits 7"), track).refusal == "wrong_version"


def test_judge_when_the_catalogue_holds_the_tribute_itself() -> None:
    track = make_track("Harbour", "Vitamin String Quartet", duration_ms=180_000)
    assert judge(make_item("Harbour", "Vitamin String Quartet"), track).refusal is None


def test_judge_when_an_album_is_called_tribute() -> None:
    track = make_track("Harbour", BOATS, duration_ms=180_000)
    assert judge(make_item("Harbour", album="Tribute"), track).refusal is None


@pytest.mark.parametrize("album", ["Live at Wembley", "Unplugged", "In Concert", "Harbour (Instrumentals)"])
def test_judge_when_the_album_tells_the_version(album: str) -> None:
    """A plain title on a live album is live; on both sides it is the same night."""
    plain = make_track("Harbour", BOATS, duration_ms=180_000, album="Letters")
    assert judge(make_item("Harbour", album=album), plain).refusal == "wrong_version"
    live = make_track("Harbour", BOATS, duration_ms=180_000, album=album)
    assert judge(make_item("Harbour", album=album), live).refusal is None
    assert judge(make_item("Harbour", album="Letters"), live).refusal == "wrong_version"


def test_judge_when_the_source_knows_the_version_beside_the_title() -> None:
    track = make_track("Harbour", BOATS, duration_ms=180_000, versions=["live"])
    assert judge(make_item("Harbour"), track).refusal == "wrong_version"
    assert judge(make_item("Harbour - Live"), track).refusal is None


def test_judge_when_lengths_differ() -> None:
    """3 s by names; with the code 3 to 10 s are less sure, and more is another recording."""
    by_name = make_track("Harbour", BOATS, duration_ms=180_000)
    at_limit = make_item("Harbour", duration_ms=180_000 + SAME_LENGTH_MS)
    beyond = make_item("Harbour", duration_ms=180_000 + SAME_LENGTH_MS + 1)
    assert judge(at_limit, by_name).refusal is None
    assert judge(beyond, by_name).refusal == "other_length"
    by_code = make_track("Harbour", BOATS, duration_ms=180_000, isrc=ISRC)
    longer = make_item("Harbour", isrc=ISRC, duration_ms=180_000 + CODED_LENGTH_MS)
    much_longer = make_item("Harbour", isrc=ISRC, duration_ms=180_000 + CODED_LENGTH_MS + 1)
    sure = judge(make_item("Harbour", isrc=ISRC), by_code)
    assert sure.confidence > judge(longer, by_code).confidence >= LEAST_CONFIDENCE
    assert judge(much_longer, by_code).refusal == "other_length"


def test_judge_when_a_code_is_on_another_recording() -> None:
    track = make_track("Harbour", BOATS, duration_ms=180_000, isrc=ISRC)
    assert judge(make_item("Letters", isrc=ISRC), track).refusal == "other_title"
    assert judge(make_item("Harbour", "Zed Kay", isrc=ISRC), track).refusal == "other_artist"
    assert judge(make_item("Harbour - Live", isrc=ISRC), track).refusal == "wrong_version"


def test_judge_when_confidence_falls_with_what_is_known() -> None:
    """As documented on `Link.confidence`."""
    coded = make_track("Harbour", BOATS, duration_ms=180_000, isrc=ISRC)
    named = make_track("Harbour", BOATS, duration_ms=180_000)
    unknown = make_track("Harbour", BOATS)
    by_code = judge(make_item("Harbour", isrc="qz-abc-24-00001"), coded)
    assert (by_code.method, by_code.confidence) == ("isrc", 1.0)
    by_name = judge(make_item("Harbour"), named)
    assert (by_name.method, by_name.confidence) == ("name", 0.95)
    assert judge(make_item("Harbour"), unknown).confidence == 0.8
    assert judge(make_item("Harbour", isrc="QZABC2499999"), coded).method == "name"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (make_item("Harbour"), make_item("Harbour - Remastered 2011")),
        (make_item("Harbour", album="Letters"), make_item("Harbour", album="Best Of")),
        (make_item("Harbour", explicit=True), make_item("Harbour", explicit=False)),
        (make_item("Harbour"), make_item("Harbour - Radio Edit")),
        (make_item("Harbour"), make_item("Harbour (feat. Ada Moth)")),
    ],
)
def test_judge_when_two_fit_the_closer_one_is_surer(better: SpotifyTrack, worse: SpotifyTrack) -> None:
    track = make_track("Harbour", BOATS, duration_ms=180_000, album="Letters", explicit=True, year=1999)
    assert judge(better, track).confidence > judge(worse, track).confidence >= LEAST_CONFIDENCE


def test_judge_when_the_length_is_unknown_asks_for_more() -> None:
    """A long version, an unnamed remix and a typo are accepted where the length agrees, and not without."""

    def verdicts(title: str, item_title: str) -> tuple[str | None, str | None]:
        track = make_track(title, BOATS, duration_ms=180_000)
        return (
            judge(make_item(item_title), track).refusal,
            judge(make_item(item_title, duration_ms=None), track).refusal,
        )

    assert verdicts("Harbour", "Harbour (Extended Version)") == (None, "wrong_version")
    assert verdicts("Harbour - Remix", "Harbour - Ada Moth Remix") == (None, "wrong_version")
    assert verdicts("Favourite Harbour", "Favorite Harbour") == (None, "other_title")
    assert verdicts("Running (A Deal)", "Running") == (None, "other_title")


def test_judge_when_clean_is_promised() -> None:
    clean = make_track("Harbour", BOATS, duration_ms=180_000, explicit=False)
    assert judge(make_item("Harbour", explicit=True), clean).refusal == "wrong_version"
    loud = make_track("Harbour", BOATS, duration_ms=180_000, explicit=True)
    assert judge(make_item("Harbour", explicit=False), loud).refusal is None


@pytest.mark.parametrize("fields", [{"is_playable": False}, {"restrictions": {"reason": "market"}}])
def test_judge_when_it_cannot_be_played(fields: dict[str, object]) -> None:
    track = make_track("Harbour", BOATS, duration_ms=180_000)
    assert judge(make_item("Harbour", **fields), track).refusal == "not_playable"
    assert judge(make_item("Letters", **fields), track).refusal == "other_title"


@pytest.mark.parametrize(
    ("title", "artist", "aliases", "item_title", "item_artist"),
    [
        ("夜空", "赤い月", ["Yozora", "Akai Tsuki"], "Yozora", "Akai Tsuki"),
        ("Spring Day Out", "Haneul", ["봄나들이", "하늘밴드"], "봄나들이", "하늘밴드"),
        ("Звезда", "Полюс", [], "ЗВЕЗДА", "полюс"),
        ("너에게 (To You)", "서울밴드", [], "너에게", "서울밴드"),
        ("君の歌", "星野", [], "君の歌 - Kimi no Uta", "星野"),
    ],
)
def test_judge_when_scripts_differ(
    title: str, artist: str, aliases: list[str], item_title: str, item_artist: str
) -> None:
    track = make_track(title, artist, duration_ms=180_000, aliases=aliases)
    assert judge(make_item(item_title, item_artist), track).refusal is None


def test_judge_when_a_note_in_another_script_is_no_other_name() -> None:
    track = make_track("隔離", "星野", duration_ms=180_000)
    assert judge(make_item("隔離 - Studio Live Duet", "星野"), track).refusal is not None


def test_judge_when_scripts_cannot_be_compared_only_the_code_tells() -> None:
    coded = make_track("Звезда", "Полюс", duration_ms=180_000, isrc=ISRC)
    named = make_track("Звезда", "Полюс", duration_ms=180_000)
    item = make_item("Zvezda", "Polyus", isrc=ISRC)
    assert 0.6 <= judge(item, coded).confidence < 0.95
    assert judge(item, named).refusal == "other_artist"


@pytest.mark.parametrize(
    "item",
    [
        {},
        {"type": "episode", "name": "Harbour", "artists": [{"name": BOATS}]},
        {"name": "Harbour", "artists": None},
        {"name": "Harbour", "artists": [None, {"name": None}]},
        {"name": None, "artists": [{"name": BOATS}]},
        {"name": "Harbour", "artists": [{"name": BOATS}], "is_local": True},
    ],
)
def test_judge_when_it_is_no_track(item: SpotifyTrack) -> None:
    assert judge(item, make_track("Harbour", BOATS)).refusal == "not_a_track"


_NAMES = st.text(st.sampled_from("abcdefghij &-'.(é"), min_size=1, max_size=14).filter(str.strip)


@given(_NAMES, _NAMES, _NAMES, st.booleans(), st.booleans())
def test_judge_never_accepts_another_first_artist(
    title: str, artist: str, other: str, coded: bool, timed: bool
) -> None:
    """Whatever else agrees: title, code, length."""
    fields: dict[str, object] = {"duration_ms": 180_000} if timed else {}
    if coded:
        fields["isrc"] = ISRC
    # Letters that the first name cannot hold.
    stranger = f"zyx {other.translate(str.maketrans('abcdefghij', 'klmnopqrst'))}"
    item = make_item(title, stranger, artist, isrc=ISRC if coded else None)
    track = make_track(title, artist, **fields)
    assert not artist_keys(stranger) & artist_keys(artist)
    assert judge(item, track).refusal is not None


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_judge_survives_any_text(title: str, artist: str, album: str) -> None:
    item = make_item(title or "x", artist or "x", album=album)
    verdict = judge(item, make_track(title or "x", artist or "x", duration_ms=180_000))
    assert 0 <= verdict.confidence <= 1
    assert (verdict.refusal is None) == (verdict.confidence >= LEAST_CONFIDENCE)
