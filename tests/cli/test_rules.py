"""`segue rules`, on this machine and beside a server."""

import re
import time

import pytest

from src.catalogue.generations import catalogue_folder, own_catalogue
from tests.cli.conftest import Command, one_line


@pytest.fixture(params=["here", "beside"])
def anywhere(request, segue, tmp_path):
    """The command on this machine's own catalogue, and on one that a server owns: without a rule."""
    if request.param == "here":
        yield segue
        return
    command = request.getfixturevalue("beside")
    yield command
    none = tmp_path / "none.toml"
    none.write_text("rule = []\n")
    assert command("rules", "import", str(none)).code == 0


@pytest.fixture
def _in_berlin(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def _ids(segue: Command) -> list[str]:
    return re.findall(r"\b[0-9a-f]{32}$", segue("rules", "list").out, re.MULTILINE)


def test_rules_are_added_listed_exported_removed_and_imported(anywhere, tmp_path):
    assert anywhere("rules", "list").out == "no rules\n"
    added = anywhere("rules", "add", "never Drake", "--scope", "work", "--scope", "kids")
    assert (added.code, added.err) == (0, "")
    assert re.fullmatch(
        r"never Drake\n     no Drake · where you say work or kids · [0-9a-f]{32}\n", added.out
    )
    anywhere("rules", "add", "no country")
    listed = anywhere("rules", "list").out
    assert listed.startswith(added.out)

    file = tmp_path / "rules.toml"
    assert anywhere("rules", "export", str(file)).out == ""
    assert anywhere("rules", "export").out == file.read_text(encoding="utf-8")
    first, second = _ids(anywhere)
    assert anywhere("rules", "remove", first).out == "removed\n"
    assert _ids(anywhere) == [second]
    assert anywhere("rules", "import", str(file)).out == "2 rules now\n"
    assert anywhere("rules", "list").out == listed


def test_rules_when_something_is_wrong_say_so_in_one_line(anywhere, tmp_path):
    assert "never Drake" in one_line(anywhere("rules", "add", "hello there"))
    for rule_id in ("nowhere", "../../health/live", "a?b#c"):
        assert "no such" in one_line(anywhere("rules", "remove", rule_id))
    assert "past" in one_line(anywhere("rules", "add", "never Drake", "--until", "2020-01-01"))
    bad = tmp_path / "bad.toml"
    bad.write_text('[[rule]]\nwords = "never Drake"\n\n[[rule]]\nwords = "hello"\n')
    assert "Rule 2: Nothing" in one_line(anywhere("rules", "import", str(bad)))
    assert anywhere("rules", "list").out == "no rules\n"


def test_import_by_hand_reads_words_and_replaces_all(segue, tmp_path):
    segue("rules", "add", "no country")
    file = tmp_path / "mine.toml"
    file.write_text('[[rule]]\nwords = "never Drake"\n\n[[rule]]\nwords = "no explicit tracks, always"\n')
    assert segue("rules", "import", str(file)).out == "2 rules now\n"
    lines = segue("rules", "list").out.splitlines()
    assert lines[::2] == ["never Drake", "no explicit tracks, always"]
    assert lines[3].startswith("     no explicit words · ")


@pytest.mark.parametrize(
    ("until", "expires_at"),
    [
        ("2098-12-24", "2098-12-24 23:00:00+00:00"),
        ("2098-06-30", "2098-06-30 22:00:00+00:00"),
        ("2098-12-24T18:00", "2098-12-24 17:00:00+00:00"),
        ("2098-12-24T18:00:00+05:00", "2098-12-24 13:00:00+00:00"),
    ],
)
@pytest.mark.usefixtures("_in_berlin")
def test_add_until_a_day_holds_to_its_end_here(segue, until, expires_at):
    assert " · until 2098-" in segue("rules", "add", "never Drake", "--until", until).out
    assert f"expires_at = {expires_at}\n" in segue("rules", "export").out


@pytest.mark.parametrize("until", ["tomorrow", "", "2098-13-01", "9999-12-31"])
def test_add_when_the_day_is_none_says_so_in_one_line(segue, until):
    assert "--until" in one_line(segue("rules", "add", "never Drake", "--until", until))


@pytest.mark.parametrize(
    ("content", "said"), [("[[rule]]\nwrods = 1", "Rule 1: `w"), ("[[rule", "TOML"), (None, "cannot be read")]
)
def test_import_when_the_file_is_bad_says_so_in_one_line(segue, tmp_path, content, said):
    file = tmp_path / "bad.toml"
    if content is not None:
        file.write_text(content)
    assert said in one_line(segue("rules", "import", str(file)))


def test_export_when_the_file_cannot_be_written_says_so_in_one_line(segue, tmp_path):
    assert "cannot be written" in one_line(segue("rules", "export", str(tmp_path / "no" / "rules.toml")))


def test_rules_when_another_command_has_the_catalogue_name_its_process(segue, data_dir):
    with own_catalogue(catalogue_folder(data_dir), address="", wait_s=0):
        assert "has this catalogue open" in one_line(segue("rules", "list"))


def test_rules_with_escape_codes_are_printed_as_text(segue):
    out = segue("rules", "add", "never [red]Drake\x1b[31m").out
    assert out.startswith("never [red]Drake [31m\n")


@pytest.mark.parametrize("arguments", [[], ["add"], ["remove"], ["import"]])
def test_rules_when_called_wrongly_are_a_usage_error(segue, arguments):
    ran = segue("rules", *arguments)
    assert ran.code == 2
    assert "Traceback" not in ran.err
