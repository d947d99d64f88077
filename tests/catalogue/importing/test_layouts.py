"""Which column holds which field."""

import pytest

from src.catalogue.importing.layouts import FIELDS, LAYOUTS, choose_layout
from src.errors import InvalidInput

TIDYTUESDAY = ["track_id", "track_name", "track_artist", "track_album_name", "playlist_genre", "tempo"]
KAGGLE = ["", "track_id", "artists", "album_name", "track_name", "track_genre", "explicit"]
PLAIN = ["title", "artist", "year", "genre"]


@pytest.mark.parametrize(
    ("columns", "name"),
    [(TIDYTUESDAY, "tidytuesday-spotify"), (KAGGLE, "kaggle-spotify-tracks"), (PLAIN, "plain")],
)
def test_choose_layout_when_columns_are_known(columns, name):
    assert choose_layout(columns, {}).name == name


def test_choose_layout_takes_the_layout_with_the_most_fields():
    layout = choose_layout(["title", "artists", "track_name", "track_id", "track_genre"], {})
    assert layout.name == "kaggle-spotify-tracks"


def test_choose_layout_ignores_case_and_spaces_of_columns():
    layout = choose_layout([" Title", "ARTIST "], {})
    assert layout.columns["title"] == (" Title",)
    assert layout.columns["artists"] == ("ARTIST ",)


def test_choose_layout_leaves_out_fields_without_a_column():
    assert set(choose_layout(["title", "artist"], {}).columns) == {"title", "artists"}


def test_choose_layout_when_mapped_puts_the_mapping_over_the_layout():
    layout = choose_layout(["title", "artist", "Song"], {"title": "song"})
    assert layout.columns["title"] == ("Song",)
    assert layout.columns["artists"] == ("artist",)


def test_choose_layout_when_only_the_mapping_names_title_and_artists():
    layout = choose_layout(["song", "performer"], {"title": "song", "artists": "performer"})
    assert layout.columns == {"title": ("song",), "artists": ("performer",)}


def test_choose_layout_when_mapped_field_is_unknown_names_the_fields():
    with pytest.raises(InvalidInput, match="the fields are id, title") as caught:
        choose_layout(PLAIN, {"secret-field": "title"})
    assert "secret-field" not in caught.value.message


def test_choose_layout_when_mapped_column_is_unknown():
    with pytest.raises(InvalidInput, match=r"--map title=…: the file has no column"):
        choose_layout(PLAIN, {"title": "nowhere"})


def test_choose_layout_when_none_fits_says_how_to_map():
    with pytest.raises(InvalidInput, match=r"--map title=song --map artists=performer"):
        choose_layout(["a", "b"], {})


def test_layouts_name_known_fields_alone():
    assert {name for layout in LAYOUTS for name in layout.columns} <= set(FIELDS)
