import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.constraints.checks import Known, meets
from src.constraints.models.brief import CONSTRAINT, empty_brief
from src.lexicon.vocabulary import load_vocabulary
from src.understanding.merge import merge_reading, reconcile, stricter
from src.understanding.message import read_message
from tests.fakes import make_track


async def _read(catalogue, message, turn=1):
    return await read_message(catalogue, await load_vocabulary(catalogue), message, turn, 2026)


async def test_merge_reading_when_messages_follow_carries_replaces_and_takes_back(catalogue):
    brief = empty_brief()
    for message in ("90s rock, no Coldplay, 5 songs", "make it before 1980, no metal"):
        brief = merge_reading(brief, await _read(catalogue, message, brief["turn"] + 1))
    kinds = [
        (constraint["kind"], constraint.get("year_to"), constraint.get("name"))
        for constraint in brief["wishes"]
    ]
    assert ("years", 1979, None) in kinds
    assert ("years", 1999, None) not in kinds
    assert ("artist", None, "Coldplay") in kinds
    assert not any(kind == "count" for kind, *_ in kinds)
    brief = merge_reading(brief, await _read(catalogue, "Coldplay is fine again", 3))
    assert not any(
        constraint.get("relation") == "rejected" and constraint["kind"] == "artist"
        for constraint in brief["wishes"]
    )
    brief = merge_reading(brief, await _read(catalogue, "start over", 4))
    assert brief["wishes"] == []


async def test_merge_reading_when_an_era_is_taken_back_forgets_it(catalogue):
    brief = merge_reading(empty_brief(), await _read(catalogue, "90s rock"))
    brief = merge_reading(brief, await _read(catalogue, "forget the 90s", 2))
    assert [constraint["kind"] for constraint in brief["wishes"]] == ["genre"]


def constraint(kind, *, hard=True, **fields):
    return CONSTRAINT.validate_python({"kind": kind, "hard": hard, "words": "w", "turn": 1, **fields})


def years(first=None, last=None, *, hard=True, relation="wanted"):
    bounds = {name: year for name, year in (("year_from", first), ("year_to", last)) if year is not None}
    return constraint("years", relation=relation, hard=hard, **bounds)


def tempo(low=None, high=None, *, hard=True):
    bounds = {name: bound for name, bound in (("low", low), ("high", high)) if bound is not None}
    return constraint("range", feature="tempo", hard=hard, **bounds)


def artist(name, relation, *, hard):
    return constraint("artist", name=name, relation=relation, hard=hard)


def test_reconcile_adds_what_was_missed():
    constraints, notes = reconcile([], [artist("Drake", "rejected", hard=True)])
    assert constraints == [artist("Drake", "rejected", hard=True)]
    assert notes == {}


def test_reconcile_adds_behind_what_stands():
    first = [constraint("genre", genre="jazz", relation="wanted"), artist("Drake", "rejected", hard=True)]
    new = [constraint("genre", genre="blues", relation="wanted", hard=False), constraint("count", count=5)]
    constraints, notes = reconcile(first, new)
    assert constraints == [*first, *new]
    assert notes == {}


@pytest.mark.parametrize("relation", ["wanted", "seed"])
def test_reconcile_never_loosens_what_binds(relation):
    bound = artist("Drake", "rejected", hard=True)
    constraints, notes = reconcile([bound], [artist("Drake", relation, hard=False)])
    assert constraints == [bound]
    assert "stricter reading binds" in notes["artist", "drake"]


@pytest.mark.parametrize(
    ("bound", "other"),
    [
        (artist("Drake", "rejected", hard=True), artist("DRAKE", "wanted", hard=True)),
        (
            constraint("genre", genre="jazz", relation="rejected"),
            constraint("genre", genre="jazz", relation="wanted"),
        ),
        (constraint("explicit", allowed=False), constraint("explicit", allowed=True)),
        (constraint("vocals", vocals="instrumental"), constraint("vocals", vocals="vocal")),
        (constraint("language", language="fr", relation="wanted"),
         constraint("language", language="fr", relation="rejected")),
        (constraint("count", count=3), constraint("count", count=30)),
        (constraint("per_artist", at_most=1), constraint("per_artist", at_most=5)),
        (years(None, 1979), years(1990, 1999)),
        (years(None, 1995), years(None, 2005)),
        (tempo(high=95), tempo(low=125)),
        (tempo(high=95), tempo(high=125)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("hard", [True, False])
def test_reconcile_keeps_a_hard_first_reading(bound, other, hard):
    constraints, notes = reconcile([bound], [CONSTRAINT.validate_python({**other, "hard": hard})])
    assert constraints == [bound]
    assert len(notes) == 1


def test_reconcile_makes_binding_what_was_soft():
    soft, hard = (constraint("genre", genre="jazz", relation="wanted", hard=hard) for hard in (False, True))
    constraints, notes = reconcile([soft], [hard])
    assert constraints == [hard]
    assert notes == {}


def test_reconcile_tightens_and_notes_the_other_reading():
    constraints, notes = reconcile([years(1980)], [years(1985, 1990)])
    assert constraints == [years(1985, 1990)]
    assert notes == {("years", ""): "also read as “1985 to 1990”; the stricter reading binds"}


def test_reconcile_leaves_its_arguments_as_they_are():
    first, proposed = [tempo(low=90)], [tempo(low=100, high=120)]
    reconcile(first, proposed)
    assert (first, proposed) == ([tempo(low=90)], [tempo(low=100, high=120)])


def test_stricter_counts_take_the_smaller():
    for kind, field in (("count", "count"), ("per_artist", "at_most")):
        few, many = constraint(kind, **{field: 3}), constraint(kind, **{field: 7})
        assert stricter(few, many) == few
        assert stricter(many, few) == few


@pytest.mark.parametrize(
    ("first", "second", "result"),
    [
        (years(1980), years(None, 1995), years(1980, 1995)),
        (years(1980, 1999), years(1990, 2005), years(1990, 1999)),
        (years(1990, 1999, hard=False), years(None, 1995), years(1990, 1995)),
        (years(1990, 1999, hard=False), years(1990, 1993, hard=False), years(1990, 1993, hard=False)),
        (years(1990, 1999), years(1990, 1993, hard=False), years(1990, 1999)),
        (tempo(low=90), tempo(high=120), tempo(90, 120)),
        (tempo(90, 120), tempo(100, 140), tempo(100, 120)),
        (tempo(high=95, hard=False), tempo(high=100), tempo(high=95)),
        (tempo(low=90), tempo(low=120, hard=False), tempo(low=90)),
    ],
)
def test_stricter_bounds_take_both(first, second, result):
    assert stricter(first, second) == result


YEARS = st.none() | st.integers(1950, 2025)
BPM = st.none() | st.integers(60, 200)


def _in_order(pair):
    return None in pair or pair[0] <= pair[1]


SPANS = st.tuples(YEARS, YEARS).filter(_in_order)
BOUNDS = st.tuples(BPM, BPM).filter(_in_order)


@given(SPANS, SPANS, st.booleans(), st.integers(1945, 2030))
def test_stricter_years_admit_nothing_that_a_hard_first_reading_excludes(first, second, hard, year):
    bound = years(*first)
    result = stricter(bound, years(*second, hard=hard))
    track = make_track("Title", "Artist", year=year)
    assert result["hard"]
    if meets(bound, track, Known()) is False:
        assert meets(result, track, Known()) is False


@given(BOUNDS, BOUNDS, st.booleans(), st.integers(50, 210))
def test_stricter_ranges_admit_nothing_that_a_hard_first_reading_excludes(first, second, hard, bpm):
    bound = tempo(*first)
    result = stricter(bound, tempo(*second, hard=hard))
    track = make_track("Title", "Artist", features={"tempo": float(bpm)})
    assert result["hard"]
    if meets(bound, track, Known()) is False:
        assert meets(result, track, Known()) is False


@given(SPANS, SPANS, st.booleans(), st.booleans())
def test_stricter_years_leave_some_year(first, second, hard_first, hard_second):
    """Two readings that cannot both hold are one of the two, and never an empty span."""
    result = stricter(years(*first, hard=hard_first), years(*second, hard=hard_second))
    assert result.get("year_from", 0) <= result.get("year_to", 9999)


@given(st.lists(SPANS, max_size=3), SPANS, st.booleans(), st.integers(1945, 2030))
def test_reconcile_years_admit_nothing_that_was_excluded(stated, proposed, hard, year):
    bound = [years(*span) for span in stated]
    result, _ = reconcile(bound, [years(*proposed, hard=hard)])
    track = make_track("Title", "Artist", year=year)
    if any(meets(one, track, Known()) is False for one in bound):
        assert any(one["hard"] and meets(one, track, Known()) is False for one in result)
