"""Spotify's JSON is read whatever is left out of it, and one bad part spoils no other."""

import inspect
import json
from typing import is_typeddict

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from src.spotify.models import api
from src.spotify.models.api import (
    ALBUM,
    CONTAINS,
    ENTRY_PAGE,
    PLAYED_PAGE,
    PLAYLIST_PAGE,
    SAVED_PAGE,
    SEARCH_ANSWER,
    TRACK_PAGE,
)
from tests.spotify.conftest import TRACK_ID, TRACK_URI

PAGES = [TRACK_PAGE, PLAYLIST_PAGE, ENTRY_PAGE, SAVED_PAGE, PLAYED_PAGE]
MODELS = [model for _, model in inspect.getmembers(api, is_typeddict) if model.__module__ == api.__name__]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
TRACK: dict[str, object] = {
    "id": TRACK_ID,
    "uri": TRACK_URI,
    "name": "A",
    "type": "track",
    "artists": [{"id": "a", "uri": "b", "name": "c"}],
    "album": {"name": "d", "images": [{"url": "e", "height": 1, "width": 1}], "artists": [{"name": "f"}]},
    "duration_ms": 1,
    "explicit": False,
    "external_ids": {"isrc": "g"},
    "is_local": False,
    "is_playable": True,
    "restrictions": {"reason": "market"},
}


def test_models_are_found():
    assert len(MODELS) > 15


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_model_may_lack_every_field(model):
    assert TypeAdapter(model).validate_json(b"{}") == {}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_model_may_have_null_in_every_field(model):
    nulls = dict.fromkeys(model.__annotations__)
    assert TypeAdapter(model).validate_json(json.dumps(nulls)) == nulls


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_model_may_have_fields_that_are_not_known(model):
    answer = {"popularity": 3, "available_markets": ["SE"], "new": {"deep": [None]}}
    assert TypeAdapter(model).validate_python(answer) == {}


@pytest.mark.parametrize("page", PAGES)
def test_page_keeps_the_place_of_what_cannot_be_read(page):
    read = page.validate_python({"items": [None, {}, "junk", 3, []], "next": None, "total": 5})
    assert read == {"items": [None, {}, None, None, None], "next": None, "total": 5}


@given(field=st.sampled_from(sorted(TRACK)), junk=JSON)
def test_page_keeps_its_other_items_whatever_stands_in_one(field, junk):
    items = TRACK_PAGE.validate_python({"items": [{**TRACK, field: junk}, TRACK]}).get("items")
    assert items is not None
    assert len(items) == 2
    assert items[1] == TRACK


@given(junk=JSON)
def test_entry_keeps_what_it_is_whatever_stands_in_its_item(junk):
    items = ENTRY_PAGE.validate_python({"items": [{"item": junk, "track": TRACK}]}).get("items")
    assert items is not None
    assert items[0] is not None
    assert items[0].get("track") == TRACK


def test_track_keeps_its_other_artists_when_one_cannot_be_read():
    track = TRACK_PAGE.validate_python({"items": [{"artists": [{"name": "a"}, 3, None, {"name": ["b"]}]}]})
    assert track == {"items": [{"artists": [{"name": "a"}, None, None, None]}]}


def test_search_answer_reads_null_lists_and_null_items():
    answer = SEARCH_ANSWER.validate_python({"tracks": {"items": [None, TRACK]}})
    assert answer == {"tracks": {"items": [None, TRACK]}}


def test_album_reads_its_first_tracks_without_codes():
    album = ALBUM.validate_python({"id": "a", "tracks": {"items": [{"name": "b"}], "next": None}})
    assert album == {"id": "a", "tracks": {"items": [{"name": "b"}], "next": None}}


def test_contains_is_as_long_as_what_was_asked():
    assert CONTAINS.validate_json(b"[true, false]") == [True, False]
