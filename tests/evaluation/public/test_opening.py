"""From a data set's own files to scores, through the import that users run."""

from src.catalogue.generations import catalogue_folder
from src.catalogue.importing.build import ImportOptions, import_files
from src.evaluation.public.catalogues import write_cpcd_rows
from src.evaluation.public.opening import open_public_agent
from src.evaluation.public.runs import run_cpcd
from src.settings import Settings
from tests.evaluation.public.made import cpcd_dialogue, cpcd_track, cpcd_turn, write_lines
from tests.fakes import hashed_embedder


async def test_open_public_agent_serves_what_was_imported(settings: Settings, tmp_path):
    tracks = write_lines(
        tmp_path / "tracks.jsonl",
        [
            cpcd_track(f"v{number}", f"c{number}", title, artist)
            for number, (title, artist) in enumerate([("Yellow", "Coldplay"), ("Alison", "Slowdive")])
        ],
    )
    dialogs = write_lines(
        tmp_path / "dialogs.jsonl", [cpcd_dialogue("d1", [cpcd_turn("songs by Slowdive")], ["v1"])]
    )
    write_cpcd_rows([tracks], tmp_path / "rows.jsonl")
    embedder = hashed_embedder()
    folder = catalogue_folder(settings.data_dir)
    options = ImportOptions({}, source="cpcd", licence="CC BY 4.0")
    await import_files(folder, [tmp_path / "rows.jsonl"], options, embedder, lambda *_: None)
    async with open_public_agent(settings, embedder) as agent:
        lines = await run_cpcd(agent, [dialogs], [tracks], tmp_path / "out.jsonl")
    assert {line["name"]: line["value"] for line in lines}["hit@1"] == 1
    # Nothing came into the user's own database.
    assert not list(settings.data_dir.rglob("*.sqlite"))
