"""An artist is kept out, counted and known as a guest too, whichever way the record names the guest."""

import json
from pathlib import Path

import pytest

from src.catalogue.credits import ArtistNames
from src.catalogue.names import name_key
from src.constraints.checks import Known, known_of, meets
from src.constraints.conflicts import bind
from src.constraints.enforcement import judge, make_rules
from src.constraints.models.brief import BRIEF
from src.constraints.report import write_report
from tests.fakes import make_track

FEAT = Path(__file__).parents[3] / "shared/cases/feat.jsonl"
NAMES = ArtistNames(
    {name_key(name): 2 for name in ("Drake", "Future", "Meek Mill", "Nas", "Fire", "Bob Marley")}
)
KNOWN = Known(artists=NAMES)


def constraint(kind, **fields):
    return {"kind": kind, "hard": True, "words": "w", "turn": 1, **fields}


def rules_of(*constraints, known=KNOWN):
    return make_rules(
        bind(BRIEF.validate_python({"text": "", "turn": 1, "wishes": list(constraints)})), known, None
    )


WITH_DRAKE = [
    make_track("Hotline Bling", "Drake"),
    make_track("Life Is Good (feat. Drake)", "Future"),
    make_track("Going Bad (with Drake)", "Meek Mill"),
    make_track("Sicko Mode ft. Drake & Swae Lee", "Travis Scott"),
    make_track("Some Song", "Rick Ross feat. Drake"),
    make_track("Other Song", "Meek Mill, Drake"),
    make_track("Third Song", "Meek Mill", featuring=["Drake"]),
]
PLAIN = make_track("Plain Song", "Nas")


@pytest.mark.parametrize("relation", ["rejected", "satisfied", "contrast"])
@pytest.mark.parametrize("track", WITH_DRAKE, ids=lambda track: track["title"])
def test_judge_keeps_out_whoever_is_credited(track, relation) -> None:
    rules = rules_of(constraint("artist", name="Drake", relation=relation))
    assert judge(track, (), rules).broken == "artist"
    assert judge(PLAIN, (), rules).broken is None


@pytest.mark.parametrize("name", ["Drake & Future", "Drake and Future", "Meek Mill, Drake"])
@pytest.mark.parametrize("track", WITH_DRAKE, ids=lambda track: track["title"])
def test_judge_keeps_out_each_artist_of_a_joint_name(track, name) -> None:
    rules = rules_of(constraint("artist", name=name, relation="rejected"))
    assert judge(track, (), rules).broken == "artist"
    assert judge(PLAIN, (), rules).broken is None


def test_judge_takes_an_act_whose_name_joins_two_for_one() -> None:
    rules = rules_of(constraint("artist", name="Simon & Garfunkel", relation="rejected"))
    assert judge(make_track("The Boxer", "Simon & Garfunkel"), (), rules).broken == "artist"
    assert judge(make_track("Graceland", "Paul Simon"), (), rules).broken is None


@pytest.mark.parametrize("track", WITH_DRAKE, ids=lambda track: track["title"])
def test_meets_when_the_wanted_artist_is_a_guest(track) -> None:
    by_drake = constraint("artist", name="Drake", relation="wanted")
    assert meets(by_drake, track, KNOWN) is True
    assert meets(by_drake, PLAIN, KNOWN) is False


def test_meets_when_the_wanted_artist_is_known_to_nobody() -> None:
    by_nobody = constraint("artist", name="Nobody", relation="wanted")
    assert meets(by_nobody, make_track("x", "Somebody & Nobody"), KNOWN) is True


def test_judge_keeps_out_an_artist_whom_nobody_knows() -> None:
    rules = rules_of(constraint("artist", name="Nobody", relation="rejected"))
    assert judge(make_track("x", "Meek Mill & Nobody"), (), rules).broken == "artist"
    assert judge(make_track("x", "Somebody & Nobody"), (), rules).broken == "artist"


def test_judge_lets_a_band_stand_whose_name_holds_the_artist() -> None:
    rules = rules_of(constraint("artist", name="Fire", relation="rejected"))
    assert judge(make_track("September", "Earth, Wind & Fire"), (), rules).broken is None


def test_judge_counts_guests_against_the_cap() -> None:
    rules = rules_of(constraint("per_artist", at_most=1))
    assert judge(WITH_DRAKE[1], [WITH_DRAKE[0]], rules).broken == "artist_cap"
    assert judge(WITH_DRAKE[0], [WITH_DRAKE[4]], rules).broken == "artist_cap"
    assert judge(PLAIN, WITH_DRAKE, rules).broken is None


def test_judge_counts_a_leader_and_the_band_as_one() -> None:
    rules = rules_of(constraint("per_artist", at_most=1))
    band, alone = make_track("Jamming", "Bob Marley & The Wailers"), make_track("Judge Not", "Bob Marley")
    assert judge(band, [alone], rules).broken == "artist_cap"
    assert judge(alone, [band], rules).broken == "artist_cap"


def test_judge_does_not_cap_who_is_wanted_as_a_guest() -> None:
    rules = rules_of(constraint("artist", name="Drake", relation="wanted"))
    assert judge(WITH_DRAKE[3], [WITH_DRAKE[0], WITH_DRAKE[1], WITH_DRAKE[4]], rules).broken is None


def test_judge_knows_the_guests_of_earlier_answers() -> None:
    rules = rules_of(constraint("new_artists"), known=known_of([WITH_DRAKE[1]], {}, NAMES))
    assert judge(WITH_DRAKE[0], (), rules).broken == "new_artists"
    assert judge(PLAIN, (), rules).broken is None


def test_write_report_says_when_a_guest_is_over_the_cap() -> None:
    rules = rules_of(constraint("per_artist", at_most=1))
    (line,) = [line for line in write_report(rules, WITH_DRAKE[:3], []) if line["kind"] == "per_artist"]
    assert (line["verdict"], line["detail"]) == ("unmet", "3 with drake")
    (line,) = [line for line in write_report(rules, [PLAIN], []) if line["kind"] == "per_artist"]
    assert line["verdict"] == "met"


@pytest.mark.skipif(not FEAT.exists(), reason="the shared cases lie beside the checkout")
def test_judge_on_the_shared_cases_keeps_out_all_with_drake() -> None:
    rows = [json.loads(line) for line in FEAT.read_text(encoding="utf-8").splitlines()]
    tracks = [make_track(row["title"], row["artists"][0], featuring=row["artists"][1:]) for row in rows]
    rules = rules_of(constraint("artist", name="Drake", relation="rejected"), known=Known())
    assert [track["title"] for track in tracks if judge(track, (), rules).broken is None] == ["Plain Song"]
