import time
from datetime import timedelta

import pytest
from hypothesis import given, settings

from src.errors import InvalidInput
from src.preferences.models.taste_rule import MAX_RULES, TasteRule
from src.preferences.reading import to_rule
from src.preferences.toml_file import read_toml, write_toml
from tests.preferences.rules import NOW, any_rules, make_rule, no_artist


def _back(rules: list[TasteRule]) -> list[TasteRule]:
    bodies = read_toml(write_toml(rules).encode())
    return [to_rule(body, [], id_="lost", created_at=NOW) for body in bodies]


@settings(max_examples=300, deadline=None)
@given(any_rules())
def test_toml_when_read_back_is_what_was_written(rules):
    assert _back(rules) == rules


def test_toml_of_no_rules_reads_as_none():
    assert _back([]) == []


def test_write_toml_is_readable():
    rule = make_rule(
        words="never Drake at work",
        scope=["work", "the office"],
        expires_at=(NOW + timedelta(days=1)).isoformat(),
        conversation_id="c1",
        turn_id="t1",
    )
    assert write_toml([rule]) == (
        "# Rules that hold in every conversation. A rule needs no more than its words.\n"
        "\n"
        "[[rule]]\n"
        'words = "never Drake at work"\n'
        "scope = [\n"
        '    "work",\n'
        '    "the office",\n'
        "]\n"
        "expires_at = 2026-11-24 12:00:00+00:00\n"
        'id = "r1"\n'
        "created_at = 2026-11-23 12:00:00+00:00\n"
        'conversation_id = "c1"\n'
        'turn_id = "t1"\n'
        "wishes = [\n"
        '    { kind = "artist", name = "Drake", relation = "rejected", words = "Drake" },\n'
        "]\n"
    )


def test_read_toml_by_hand_needs_words_alone():
    text = '\ufeff[[rule]]\nwords = "never  Drake"\n\n[[rule]]\nwords = "no explicit tracks, always"\r\n'
    assert read_toml(text.encode()) == [{"words": "never Drake"}, {"words": "no explicit tracks, always"}]


def test_read_toml_by_hand_completes_constraints():
    text = (
        '[[rule]]\nwords = "never Drake"\nwishes = [{kind = "artist", name = "Drake", relation = "rejected"}]'
    )
    assert read_toml(text.encode())[0]["wishes"] == [no_artist(words="never Drake")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("expires_at = 2026-12-24T18:00:00+01:00", "2026-12-24T17:00:00+00:00"),
        ('expires_at = "2026-12-24T18:00:00+01:00"', "2026-12-24T17:00:00+00:00"),
        ("expires_at = 2026-12-24 18:00:00Z", "2026-12-24T18:00:00+00:00"),
    ],
)
def test_read_toml_takes_times_in_either_form(line, expected):
    assert read_toml(f'[[rule]]\nwords = "x"\n{line}'.encode())[0]["expires_at"] == expected


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('word = "x"', "`word`"),
        ('"a b\\n" = 1', "`a?b?`"),
        ("scope = 'work'", "`scope`"),
        ("scope = [1]", "`scope.0`"),
        ("scope = ['']", "`scope.0`"),
        ("expires_at = 2026-12-24", "`expires_at`"),
        ("expires_at = 2026-12-24T18:00:00", "`expires_at`"),
        ("expires_at = 18:00:00", "`expires_at`"),
        ("expires_at = 0001-01-01T00:00:00+14:00", "`expires_at`"),
        ('created_at = "yesterday"', "`created_at`"),
        ('id = "../x"', "`id`"),
        ("wishes = []", "`wishes`"),
        ("wishes = 'x'", "`wishes`"),
        ("wishes = [1]", "`wishes.0`"),
        ("wishes = [{kind = 'count', count = 3}]", "`wishes.0`"),
        ("wishes = [{kind = 'artist', name = 'Drake', relation = 'wanted'}]", "`wishes.0`"),
        ("wishes = [{kind = 'artist', name = 'x', relation = 'rejected', hard = false}]", "`wishes.0`"),
        ("wishes = [{kind = 'artist', relation = 'rejected'}]", "`wishes.0.artist.name`"),
        ("wishes = [{kind = 'range', feature = 'tempo', low = inf}]", "`wishes.0`"),
        ("wishes = [{kind = 'range', feature = 'tempo', high = nan}]", "`wishes.0`"),
    ],
)
def test_read_toml_when_a_value_is_bad_names_rule_and_key(line, key):
    text = f'[[rule]]\nwords = "never Drake"\n\n[[rule]]\nwords = "no country"\n{line}\n'
    with pytest.raises(InvalidInput) as refused:
        read_toml(text.encode())
    assert refused.value.message.startswith(f"Rule 2: {key}")


def test_read_toml_when_words_are_missing_says_so():
    with pytest.raises(InvalidInput, match=r"^Rule 1: `words`"):
        read_toml(b"[[rule]]\nscope = ['work']\n")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[[rules]]\nwords = 'x'", "`rules` is not known"),
        (b"words = 'x'", "`words` is not known"),
        (b"rule = 'x'", r"\[\[rule\]\]"),
        (b"rule = ['x']", "Rule 1"),
        (b"[[rule]]\nwords = never Drake", "line 2, column 9"),
        (b"[[rule]]\nwords = '\xff'", "UTF-8"),
        (b"a = " + b"[" * 50_000, "no TOML"),
        (b"a = " + b"9" * 10_000, "no TOML"),
        (b"[[rule]]\nwords = 'x'\n" * (MAX_RULES + 1), "at most 200"),
    ],
)
def test_read_toml_when_it_is_no_file_of_rules_says_why(data, message):
    with pytest.raises(InvalidInput, match=message):
        read_toml(data)


@pytest.mark.parametrize(
    "data",
    [
        b"a." * 50_000 + b"a = 1",
        b"a." * 400 + ('"\u2028".' + "a." * 400).encode() * 100 + b"a = 1",
        b"[" + b"a." * 400 + b"a]\n" + (b"b." * 400 + b"b = 1\n") * 300,
    ],
)
def test_read_toml_when_keys_are_hostile_ends_soon(data):
    # Unbounded, the first takes a minute.
    began = time.perf_counter()
    with pytest.raises(InvalidInput, match="line 1 has too many dots"):
        read_toml(data)
    assert time.perf_counter() - began < 1


def test_toml_of_words_of_dots_is_read_back():
    rules = [make_rule(words="[" + "." * 499, scope=["[" + "." * 59])]
    assert _back(rules) == rules


def test_read_toml_never_shows_a_value():
    for data in (b'[[rule]]\nwords = "s3cret\\q"', b"[[rule]]\nwords = 'x'\nid = '#s3cret'"):
        with pytest.raises(InvalidInput) as refused:
            read_toml(data)
        assert "s3cret" not in refused.value.message
