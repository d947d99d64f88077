"""A change of a spec replaces what it is about and leaves the rest."""

from src.constraints.models.brief import empty_brief
from src.constraints.models.edit import ChangeSpecOperation
from src.constraints.models.spec import PlaylistSpec, empty_spec, level_tempo, tempo_level
from src.understanding.playlist.changes import change_spec


def _spec() -> PlaylistSpec:
    spec = empty_spec(empty_brief())
    spec["tracks"] = 20
    spec["order"] = "year"
    spec["shares"] = [{"genre": "rock", "at_least": 0.5, "hard": True, "words": ""}]
    spec["places"] = [{"title": "A", "track_id": "a", "position": 1, "words": ""}]
    return spec


def test_change_spec_replaces_a_share_of_one_subject():
    change: ChangeSpecOperation = {
        "op": "change_spec",
        "shares": [{"genre": "Rock", "at_most": 0.1, "hard": False, "words": ""}],
        "words": "",
    }
    assert change_spec(_spec(), change, 0.0)["shares"] == change["shares"]


def test_change_spec_a_contour_ends_the_order_by_year():
    change: ChangeSpecOperation = {
        "op": "change_spec",
        "courses": [{"feature": "energy", "shape": "build", "words": ""}],
        "words": "",
    }
    changed = change_spec(_spec(), change, 0.0)
    assert "order" not in changed
    assert changed["courses"] == change["courses"]


def test_change_spec_a_place_gives_way_to_one_at_its_position():
    change: ChangeSpecOperation = {
        "op": "change_spec",
        "places": [{"title": "B", "track_id": "b", "position": 1, "words": ""}],
        "words": "",
    }
    assert [place["title"] for place in change_spec(_spec(), change, 0.0)["places"]] == ["B"]


def test_change_spec_a_length_takes_the_place_of_a_number_and_back():
    longer = change_spec(
        _spec(), {"op": "change_spec", "duration_s": 3600.0, "tolerance_s": 60.0, "words": ""}, 0.0
    )
    assert "tracks" not in longer
    assert longer["tolerance_s"] == 60
    counted = change_spec(longer, {"op": "change_spec", "tracks": 5, "words": ""}, 0.0)
    assert counted["tracks"] == 5
    assert "duration_s" not in counted


def test_change_spec_leaves_the_old_one_as_it_was():
    before = _spec()
    change_spec(before, {"op": "change_spec", "title": "New", "text": "calm", "words": ""}, 0.0)
    assert before == _spec()


def test_tempo_level_and_back():
    assert level_tempo(tempo_level(128)) == 128
    assert tempo_level(20) == 0
