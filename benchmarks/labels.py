"""What the reader makes of real requests, against labels made by hand: precision and recall by field.

    uv run python -m benchmarks.labels --catalogue DIR [--split tuned|held] [--wrong]

`tests/cases/reddit_labels.jsonl` labels 150 requests of `../shared/data/reddit_requests.txt` by line number;
50 of them are held out: nobody tunes on them. DIR is the catalogue of names that `benchmarks.reading` builds.

A name is read right when a wish names it, or the artist it is by; its relation is judged apart. A genre is
read right when one of the two names holds the other (`prog rock`, `rock`); a mood when the words, or what
they mean, agree; a decade when the years that were read lie in it.
"""

import argparse
import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rapidfuzz import fuzz

from benchmarks.data import REQUESTS
from src.catalogue.catalogue import Catalogue
from src.catalogue.edge import load_edge
from src.catalogue.names import genre_key, genre_terms, name_key
from src.constraints.models.brief import Constraint
from src.lexicon.vocabulary import MOODS, load_vocabulary
from src.understanding.message import read_message

LABELS = Path(__file__).resolve().parent.parent / "tests" / "cases" / "reddit_labels.jsonl"
_SAME_NAME = 85


async def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--split", choices=["tuned", "held"], default="tuned")
    parser.add_argument("--wrong", action="store_true", help="show what is read wrongly")
    options = parser.parse_args(argv)
    catalogue = Catalogue(load_edge(options.catalogue), None, "names")
    vocabulary = await load_vocabulary(catalogue)
    texts = REQUESTS.read_text(encoding="utf-8").splitlines()
    counts: Counter[tuple[str, str]] = Counter()
    labels = [json.loads(line) for line in LABELS.read_text(encoding="utf-8").splitlines()]
    chosen = [label for label in labels if label["split"] == options.split]
    for label in chosen:
        text = texts[label["line"] - 1]
        constraints = (await read_message(catalogue, vocabulary, text, 1, 2026)).constraints
        wrong: list[str] = []
        for field, gold, read, same in _fields(label, constraints):
            _count(counts, field, gold, read, same, wrong)
        _count_relations(counts, label["names"], constraints, wrong)
        if options.wrong and wrong:
            print(f"{label['line']}: {text}\n    {'; '.join(wrong)}")
    print(f"{options.split}: {len(chosen)} requests")
    for field in ("names", "relations", "genres", "moods", "decades"):
        right, read, gold = (counts[field, part] for part in ("right", "read", "gold"))
        found = counts[field, "found"]
        precision = f"{right / read:.2f}" if read else "-"
        recall = f"{found / gold:.2f}" if gold else "-"
        print(f"  {field:10} precision {precision:>5} ({right}/{read})  recall {recall:>5} ({found}/{gold})")


def _fields(label, constraints: list[Constraint]):
    yield (
        "names",
        label["names"],
        [constraint for constraint in constraints if constraint["kind"] in ("artist", "track")],
        _same_name,
    )
    for relation in ("wanted", "rejected"):
        genres = [
            constraint
            for constraint in constraints
            if constraint["kind"] == "genre" and constraint["relation"] == relation
        ]
        yield "genres", label["genres"][relation], genres, _same_genre
        moods = [
            constraint
            for constraint in constraints
            if constraint["kind"] == "mood" and constraint["relation"] == relation
        ]
        yield "moods", label["moods"][relation], moods, _same_mood
    years = [constraint for constraint in constraints if constraint["kind"] == "years"]
    yield "decades", label["decades"], years, _same_decade


def _count(counts, field, gold, read, same, wrong: list[str]) -> None:
    counts[field, "gold"] += len(gold)
    counts[field, "read"] += len(read)
    for item in gold:
        found = any(same(item, constraint) for constraint in read)
        counts[field, "found"] += found
        if not found:
            wrong.append(f"missed {field}: {item['name'] if isinstance(item, dict) else item}")
    for constraint in read:
        right = any(same(item, constraint) for item in gold)
        counts[field, "right"] += right
        if not right:
            wrong.append(f"misread {field}: {constraint['words']} as {constraint['kind']}")


def _count_relations(counts, gold, constraints: list[Constraint], wrong: list[str]) -> None:
    """Of the names that were read right, how many stand as they were meant."""
    named = [constraint for constraint in constraints if constraint["kind"] in ("artist", "track")]
    for item in gold:
        matching = [constraint for constraint in named if _same_name(item, constraint)]
        if matching:
            right = any(_same_relation(item["relation"], constraint["relation"]) for constraint in matching)
            counts["relations", "gold"] += 1
            counts["relations", "read"] += 1
            counts["relations", "right"] += right
            counts["relations", "found"] += right
            if not right:
                wrong.append(f"{item['name']} is {item['relation']}, read as {matching[0]['relation']}")


def _same_relation(gold: str, read: str) -> bool:
    return gold == read or (gold == "rejected" and read in ("contrast", "satisfied"))


def _same_name(item, constraint: Constraint) -> bool:
    names = [name_key(name) for name in (item["name"], item.get("artist", "")) if name]
    said = [
        constraint["words"],
        constraint.get("name", ""),
        constraint.get("title", ""),
        constraint.get("artist", ""),
    ]
    return any(fuzz.ratio(name, name_key(other)) >= _SAME_NAME for name in names for other in said if other)


def _same_genre(item: str, constraint: Constraint) -> bool:
    read = [genre_key(constraint["genre"]), genre_key(constraint["words"])]
    return any(genre_key(item) in genre_terms(other) or other in genre_terms(item) for other in read)


def _same_mood(item: str, constraint: Constraint) -> bool:
    key = name_key(item)
    return (
        key in name_key(constraint["words"])
        or MOODS.get(key, key) == constraint["mood"]
        or name_key(constraint["words"]) in key
    )


def _same_decade(item: int, constraint: Constraint) -> bool:
    return constraint.get("year_from", 0) <= item + 9 and item <= constraint.get("year_to", 9999)


if __name__ == "__main__":
    asyncio.run(main())
