"""`segue catalogue` on this machine."""

import json
import re

import pytest
from qdrant_client import AsyncQdrantClient

from src.catalogue import wiring as opening
from src.catalogue.embedding.embedder import Embedder
from src.settings import Settings
from tests.cli.conftest import one_line, write_json_lines
from tests.fakes import hashed_embedder, songs

NEW = [{"title": "Zanzibar Nights", "artists": ["The Newcomers"], "genres": ["rock"], "year": 1994}]
# Qdrant's stand-in for a server says that it has no payload indexes.
NO_INDEXES = "ignore:Payload indexes have no effect:UserWarning"


@pytest.fixture
def new_file(tmp_path):
    return str(write_json_lines(tmp_path / "new.jsonl", NEW))


@pytest.fixture
def hashed(segue, monkeypatch):
    """The command with an embedding model."""

    async def choose(settings: Settings) -> Embedder:
        return hashed_embedder()

    monkeypatch.setattr("src.catalogue.embedding.choose.choose_embedder", choose)
    return segue


def test_info_says_size_engine_and_model(segue):
    lines = segue("catalogue", "info").out.splitlines()
    assert lines == [
        f"tracks: {len(songs())}",
        "engine: qdrant-edge",
        "embedding model: none",
        "version: g000001",
    ]


def test_facets_lists_genres_moods_languages_and_decades(segue):
    out = segue("catalogue", "facets").out
    for name, value in [
        ("genres", "dream pop"),
        ("moods", "dreamy"),
        ("languages", "fr"),
        ("decades", "1950"),
    ]:
        assert name in out
        assert re.search(rf"{value}.* \d+ ", out)


def test_search_lists_tracks_with_genres_and_ids(segue):
    first, second = segue("catalogue", "search", "Fade Into You", "--limit", "1").out.splitlines()
    assert first == "Mazzy Star – Fade Into You (1993)"
    assert re.fullmatch(r" +rock, dream pop  [0-9a-f-]{36}", second)


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (["--genre", "jazz"], {"Miles Davis", "The Dave Brubeck Quartet", "John Coltrane"}),
        (["--genre", "jazz", "--not-artist", "Miles Davis"], {"The Dave Brubeck Quartet", "John Coltrane"}),
        (["--artist", "Coldplay", "--year-from", "2001"], {"Coldplay"}),
        (["--genre", "country", "--not-genre", "country"], set()),
        (["--genre", "jazz", "--year-to", "1960"], {"Miles Davis", "The Dave Brubeck Quartet"}),
    ],
)
def test_search_obeys_its_filters(segue, options, kept):
    lines = segue("catalogue", "search", "jazz country rock 1959", *options).out.splitlines()
    assert {line.split(" – ")[0].split(",")[0] for line in lines[::2]} == kept


@pytest.mark.parametrize(
    "arguments", [["search"], ["search", "x", "--year-from", "1"], ["import"], ["remove"], []]
)
def test_catalogue_when_called_wrongly_is_a_usage_error(segue, arguments):
    ran = segue("catalogue", *arguments)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_import_adds_and_says_what_it_did(segue, new_file):
    ran = segue("catalogue", "import", new_file)
    assert (ran.code, ran.err) == (0, "")
    total = len(songs()) + 1
    assert re.fullmatch(
        rf"1 rows read, 1 tracks, 0 embedded, {total} tracks in the catalogue now, \d+\.\d s\n", ran.out
    )
    assert "Zanzibar Nights" in segue("catalogue", "search", "Zanzibar").out


def test_import_says_why_rows_were_rejected_and_where_they_are(segue, data_dir, tmp_path):
    path = tmp_path / "some.csv"
    path.write_text("song,who\na,b\n,b\n,c\nd\n")
    ran = segue("catalogue", "import", str(path), "--map", "title=song", "--map", "artists=who")
    assert "  rejected, no title: 2\n" in ran.out
    assert "  rejected, wrong number of columns: 1\n" in ran.out
    rejects = data_dir / "catalogue" / "rejects.jsonl"
    assert f"  rejected rows: {rejects}\n" in ran.out
    assert len(rejects.read_text().splitlines()) == 3


@pytest.mark.parametrize("mapping", ["title", "title=", "=song"])
def test_import_when_a_mapping_is_half_says_how_to_write_it(segue, new_file, mapping):
    assert "FIELD=COLUMN" in one_line(segue("catalogue", "import", new_file, "--map", mapping))


def test_import_when_the_file_is_missing_says_so_in_one_line(segue):
    assert "no such file" in one_line(segue("catalogue", "import", "nowhere.csv"))


def test_import_on_a_terminal_shows_the_step_as_text(segue, tmp_path, monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "120")
    path = write_json_lines(tmp_path / "[bold]new.jsonl", NEW)
    assert "%" in segue("catalogue", "import", str(path)).err


def test_imported_markup_and_escape_codes_are_printed_as_text(segue, tmp_path):
    title = "[red]Xylophon[/red]\x1b[31m\x07"
    row = {"title": title, "artists": ["[bold]B\x9b2J"], "genres": ["[/x]\x1b[2J"]}
    segue("catalogue", "import", str(write_json_lines(tmp_path / "evil.jsonl", [row])))
    for command in (["catalogue", "search", "Xylophon"], ["chat", "Xylophon"], ["catalogue", "facets"]):
        ran = segue(*command)
        assert ran.code == 0
        assert not set(ran.out) & {"\x1b", "\x07", "\x9b"}
    assert "[bold]B 2J – [red]Xylophon[/red] [31m" in segue("catalogue", "search", "Xylophon").out
    assert json.loads(segue("chat", "--json", "Xylophon").out)


def test_remove_takes_tracks_out_and_names_unknown_ids(segue):
    found = segue("catalogue", "search", "Jolene", "--limit", "1").out.split()
    ran = segue("catalogue", "remove", found[-1], found[-1], "no-id\x1b[31m")
    left = len(songs()) - 1
    assert ran.out == f"removed 1 tracks, {left} are left\nnot in the catalogue: no-id [31m\n"
    assert "Jolene" not in segue("catalogue", "search", "Jolene").out
    assert f"tracks: {left}\n" in segue("catalogue", "info").out


def test_reembed_fills_the_catalogue_by_the_configured_model(hashed):
    ran = hashed("catalogue", "reembed")
    assert (ran.out, ran.err) == (f"embedded {len(songs())} tracks anew\n", "")
    assert "embedding model: hashed-words\n" in hashed("catalogue", "info").out
    assert "Slowdive – Alison (1993)" in hashed("catalogue", "search", "Alison by Slowdive").out


@pytest.mark.parametrize("command", [["remove", "x"], ["reembed"]])
def test_changes_when_a_server_is_set_are_refused(segue, monkeypatch, command):
    monkeypatch.setenv("QDRANT_URL", "http://127.0.0.1:1")
    assert "QDRANT_URL is set" in one_line(segue("catalogue", *command))


@pytest.mark.filterwarnings(NO_INDEXES)
def test_import_when_a_server_is_set_writes_there(segue, new_file, data_dir, monkeypatch):
    monkeypatch.setenv("QDRANT_URL", "http://127.0.0.1:1")
    monkeypatch.setattr(opening, "open_client", lambda settings: AsyncQdrantClient(":memory:"))
    assert "1 tracks in the catalogue now" in segue("catalogue", "import", new_file).out
    assert [path.name for path in (data_dir / "catalogue").glob("g*")] == ["g000001"]


def test_info_when_the_qdrant_server_does_not_answer_says_so_in_one_line(segue, monkeypatch):
    monkeypatch.setenv("QDRANT_URL", "http://127.0.0.1:1")
    assert "check QDRANT_URL" in one_line(segue("catalogue", "info"))


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (BrokenPipeError(32, "gone"), 1)])
def test_command_when_it_is_interrupted_ends_quietly(segue, monkeypatch, error, code):
    def fail(_level: str) -> None:
        raise error

    monkeypatch.setattr("src.cli.catalogue.command_settings", fail)
    ran = segue("catalogue", "info")
    assert ran.code == code
    assert "Traceback" not in ran.err
