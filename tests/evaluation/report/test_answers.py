"""What became of constraints between two reports."""

from src.evaluation.report.answers import verdict_changes
from tests.evaluation.answers import make_line


def test_verdict_changes_tell_better_from_worse():
    before = [make_line("years", "1995 or earlier", "relaxed"), make_line("genre", "no country", "met")]
    after = [make_line("years", "1995 or earlier", "met"), make_line("genre", "no country", "unmet")]
    gained, lost = verdict_changes(before, after)
    assert gained == ["1995 or earlier: relaxed → met"]
    assert lost == ["no country: met → unmet"]


def test_verdict_changes_of_constraints_that_are_new_or_gone():
    gained, lost = verdict_changes([make_line("genre", "jazz")], [make_line("mood", "sad", "unmet")])
    assert gained == ["sad: not there → unmet"]
    assert lost == ["jazz: met → not there"]


def test_verdict_changes_tell_two_kinds_of_the_same_words_apart():
    before = [make_line("genre", "chill"), make_line("mood", "chill", "unmet")]
    assert verdict_changes(before, before[::-1]) == ([], [])
