"""How many playlist prompts are read right by the rules: on those that the readers were written with, and on
those held out.

    uv run python -m benchmarks.playlist_reading --catalogue DIR

DIR is a DATA_DIR that holds the imported `spotify_songs.csv`. A prompt is right when every field of its case
is, and nothing was read of the list as a whole that nobody asked for. `--wrong` names what is not.
"""

import argparse
import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.models.playlist_case import PlaylistCase
from benchmarks.playlist_cases import asked_fields, is_held_out, load_playlist_cases, wrong_fields
from src.catalogue.catalogue import Catalogue
from src.catalogue.edge import load_edge
from src.catalogue.generations import catalogue_folder, current_generation, own_catalogue, shard_folder
from src.constraints.models.spec import SPEC
from src.errors import DomainError
from src.lexicon.vocabulary import Vocabulary, load_vocabulary
from src.understanding.playlist.prompt import read_spec

CASES = Path("tests/cases/playlist_prompts.jsonl")
NOW_YEAR = 2026


async def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--wrong", choices=("tuned", "all"))
    arguments = parser.parse_args(argv)
    folder = catalogue_folder(arguments.catalogue)
    generation = current_generation(folder)
    assert generation is not None, "no catalogue there: import spotify_songs.csv into this DATA_DIR first"
    with own_catalogue(folder, address="", wait_s=30):
        catalogue = Catalogue(load_edge(shard_folder(generation)), None, generation.name)
        vocabulary = await load_vocabulary(catalogue)
        cases = load_playlist_cases(CASES)
        for name, held_out in (("tuned on", False), ("held out", True)):
            shown = arguments.wrong == "all" or (arguments.wrong == "tuned" and not held_out)
            chosen = [case for case in cases if is_held_out(case) == held_out]
            await _measure(catalogue, vocabulary, name, chosen, shown=shown)
        await catalogue.engine.close()


async def _measure(
    catalogue: Catalogue, vocabulary: Vocabulary, name: str, cases: list[PlaylistCase], *, shown: bool
) -> None:
    asked: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    unasked: Counter[str] = Counter()
    right, seconds = 0, []
    for case in cases:
        began = time.perf_counter()
        try:
            spec = SPEC.validate_python(await read_spec(catalogue, vocabulary, case["prompt"], NOW_YEAR))
            wrong = wrong_fields(spec, case["expect"])
        except DomainError as error:
            wrong = ["refused"]
            print(f"  {case['id']} refused: {error.message}")
        seconds.append(time.perf_counter() - began)
        right += not wrong
        fields = asked_fields(case["expect"])
        asked.update(fields)
        missed.update(field for field in wrong if field in fields)
        unasked.update(field for field in wrong if field not in fields)
        if wrong and shown:
            print(f"  {case['id']} {', '.join(wrong)}: {case['prompt']}")
    ordered = sorted(seconds)
    print(f"{name}: {right} of {len(cases)} prompts read fully right ({right / len(cases):.0%})")
    print(
        f"  median {ordered[len(ordered) // 2] * 1000:.0f} ms, slowest {ordered[-1] * 1000:.0f} ms a prompt"
    )
    print(
        "  " + ", ".join(f"{field} {asked[field] - missed[field]}/{asked[field]}" for field in sorted(asked))
    )
    if unasked:
        print(
            "  read but not asked for: " + ", ".join(f"{field} {n}" for field, n in sorted(unasked.items()))
        )


if __name__ == "__main__":
    asyncio.run(main())
