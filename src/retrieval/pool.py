"""The candidates of a list: what several unlike searches find, fused into one ranking."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from src.catalogue.catalogue import Catalogue
from src.catalogue.engine import Hit, NotIds
from src.catalogue.lookup import recording_order
from src.catalogue.models.track import Track
from src.catalogue.names import fold_text, name_key
from src.catalogue.search import DEPTH, FusedHit, fuse
from src.constraints.checks import Known
from src.constraints.conflicts import bind
from src.constraints.enforcement import judge, make_rules
from src.constraints.filters import hard_conditions
from src.constraints.models.brief import Brief, Constraint, YearsConstraint
from src.constraints.models.spec import PlaylistSpec
from src.lexicon.vocabulary import keywords
from src.retrieval.examples import Examples, must_have_ids, read_examples, shared_traits
from src.retrieval.searches import Aim, Finds, Part, find, parts_of, weights_of


@dataclass(frozen=True, slots=True)
class PoolTrack:
    """One track of the pool.

    `relevance` is 0 to 1 among the pool, `sources` the searches that found it, and `familiar` whether the
    listener has met it, here or by its popularity.
    """

    track: Track
    relevance: float
    sources: tuple[str, ...]
    familiar: bool


POOL_SIZE = 2_000
# Enough candidates for one position of the list: caps, quotas and a contour all take from them.
_PER_POSITION = 8
# The spec counts what is less popular as unfamiliar.
_FAMILIAR_FROM = 40
# Records read at once: each call holds the interpreter for their whole length.
_READ_AT_ONCE = 500
# More are read than are taken, for enforcement drops some.
_SPARE = 1.25
# The parts of a list share this much of the pool among them, whatever the fusion says.
_RESERVED = 0.5
# What each of the first named examples adds to the weight of what they have in common; more add nothing.
_NAMED_WEIGHT = 2.4
_TELLING_EXAMPLES = 5
# The same where an artist's tracks stand for the artist, or the first finds for examples that are lacking.
_STAND_IN_WEIGHT = 3.0
_FIRST_FINDS = 10


async def gather_pool(
    catalogue: Catalogue,
    spec: PlaylistSpec,
    *,
    known: Known,
    liked_ids: Sequence[str] = (),
    excluded_ids: Sequence[str] = (),
    rule_constraints: Sequence[Constraint] = (),
    size: int = POOL_SIZE,
) -> list[PoolTrack]:
    """The candidates of a list, the most relevant first.

    None breaks a hard constraint. Those whose record cannot tell are added where there are too few others.
    Tracks that must be in the list come first. Several recordings of one song may be in it, the best one
    before the others.

    Args:
        rule_constraints: those of the listener's taste rules.
        size: how many candidates at most, without the tracks that must be there.

    Raises:
        EmbeddingUnavailable: the embedding endpoint fails.
        CatalogueUnavailable: the engine cannot serve.
    """
    binding = bind(spec["brief"], rule_constraints)
    examples = await read_examples(catalogue, spec, binding.constraints, known, liked_ids)
    musts = frozenset(must_have_ids(spec, binding.constraints))
    text = _text(spec["brief"], known)
    away = tuple(sorted({*excluded_ids} - musts))
    excluded = [NotIds(away)] if away else []
    aim = Aim(
        constraints=binding.constraints,
        examples=examples,
        words=fold_text(keywords(text) or text),
        vector=await catalogue.embed(text),
        hard=[*hard_conditions(binding.constraints, known), *excluded],
        loose=[*hard_conditions(binding.constraints, known, allow_missing=True), *excluded],
        enough=min(size, _PER_POSITION * wanted_tracks(spec, examples.named)),
        depth=max(DEPTH, size),
    )
    parts = parts_of(spec, binding.constraints)
    finds = await find(catalogue, aim, parts)
    tracks = await _records(catalogue, finds, parts, size)
    rules = make_rules(binding, known, None)
    kept = [track for track in tracks if track["id"] not in musts and judge(track, (), rules).broken is None]
    ranked = _ranked(finds, kept, examples)
    chosen = _cut(ranked, parts, size)
    sources = {hit.id: tuple(sorted(hit.ranks)) for hit in ranked}
    met = _met(known, liked_ids, examples)
    return [
        *(PoolTrack(track, 1.0, ("must have",), familiar=True) for track in examples.musts),
        *(
            PoolTrack(track, relevance, sources[track["id"]], _is_familiar(track, met, known))
            for track, relevance in _best_recordings_first(chosen, {track["id"]: track for track in kept})
        ),
    ]


def _text(brief: Brief, known: Known) -> str:
    """The words of the brief, with the names and years that its reader took out of them: they say a lot."""
    taken: list[str] = []
    for constraint in brief["wishes"]:
        match constraint["kind"]:
            case "artist" if constraint["relation"] in ("seed", "wanted"):
                taken.append(constraint["name"])
            case "track" if constraint["relation"] in ("seed", "wanted"):
                taken.append(constraint["title"])
            case "years" if constraint["relation"] == "wanted":
                taken += _as_records_say(constraint)
            case _:
                pass
    said = f" {name_key(brief['text'])} "
    missing = [
        words
        for words in dict.fromkeys(taken)
        if name_key(words) not in known.absent and f" {name_key(words)} " not in said
    ]
    return " ".join([brief["text"], *missing]).strip()


def _as_records_say(constraint: YearsConstraint) -> list[str]:
    """A year, or a decade; a longer span has no word of its own."""
    if "year_from" not in constraint or "year_to" not in constraint:
        return []
    first, last = constraint["year_from"], constraint["year_to"]
    if first == last:
        return [str(first)]
    return [f"{first // 10 * 10}s"] if first // 10 == last // 10 else []


async def _records(catalogue: Catalogue, finds: Finds, parts: Sequence[Part], size: int) -> list[Track]:
    """The records of the best finds, in their order."""
    ids = [hit.id for hit in _cut(finds.fused(), parts, max(DEPTH, int(_SPARE * size)))]
    records = dict(finds.records)
    missing = [id_ for id_ in ids if id_ not in records]
    for start in range(0, len(missing), _READ_AT_ONCE):
        await asyncio.sleep(0)
        records |= await catalogue.engine.fetch(missing[start : start + _READ_AT_ONCE])
    return [records[id_] for id_ in ids if id_ in records]


def _cut(ranked: Sequence[FusedHit], parts: Sequence[Part], size: int) -> list[FusedHit]:
    """The first `size` of a ranking, that keeps the best of each part of the list."""
    each = int(_RESERVED * size) // len(parts) if parts else 0
    reserved = {hit.id for part in parts for hit in [hit for hit in ranked if part.name in hit.ranks][:each]}
    left = size - len(reserved)
    first = [hit.id for hit in ranked if hit.id not in reserved][: max(0, left)]
    wanted = reserved.union(first)
    return [hit for hit in ranked if hit.id in wanted]


def _ranked(finds: Finds, tracks: Sequence[Track], examples: Examples) -> list[FusedHit]:
    """The tracks as every search ranks them, and by what they share with the examples, or the first finds."""
    records = {track["id"]: track for track in tracks}
    rankings = [(name, [hit for hit in hits if hit.id in records]) for name, hits in finds.rankings]
    weights = weights_of(name for name, _ in rankings)
    first = tuple(records[hit.id] for hit in fuse(rankings, weights)[:_FIRST_FINDS])
    like = examples.named or examples.like or first
    weight = _NAMED_WEIGHT * min(len(examples.named), _TELLING_EXAMPLES) or _STAND_IN_WEIGHT
    scores = shared_traits(like, tracks)
    # An example is not like itself.
    away = examples.ids
    traits = [
        Hit(track["id"], score)
        for track, score in zip(tracks, scores, strict=True)
        if track["id"] not in away
    ]
    return fuse([*rankings, ("traits", traits)], {**weights, "traits": weight})


def _best_recordings_first(ranked: Sequence[FusedHit], tracks: dict[str, Track]) -> list[tuple[Track, float]]:
    """The tracks with their relevance, 0 to 1; of each song the best recording takes the best rank."""
    songs: dict[str, list[Track]] = {}
    for hit in ranked:
        track = tracks[hit.id]
        songs.setdefault(track["song_key"], []).append(track)
    queues = {song: iter(sorted(group, key=recording_order)) for song, group in songs.items()}
    best = ranked[0].score if ranked else 1.0
    return [(next(queues[tracks[hit.id]["song_key"]]), hit.score / best) for hit in ranked]


def _met(known: Known, liked_ids: Sequence[str], examples: Examples) -> frozenset[str]:
    """Ids of the tracks that the listener has met here, or named."""
    own = (id_ for tracks in known.own.values() for id_ in tracks.ids)
    return frozenset([*known.feedback, *liked_ids, *own, *(track["id"] for track in examples.named)])


def _is_familiar(track: Track, met: frozenset[str], known: Known) -> bool:
    is_met = track["id"] in met or track["song_key"] in known.earlier_songs
    return is_met or track.get("popularity", 0) >= _FAMILIAR_FROM


DEFAULT_TRACKS: Final = 25


# Where no length is known: the median of popular recordings lies near three and a half minutes.
TYPICAL_DURATION_S: Final = 210.0


def wanted_tracks(spec: PlaylistSpec, like: Sequence[Track] = ()) -> int:
    """How many tracks a list of this spec has, about.

    Args:
        spec: its number of tracks, or its duration.
        like: tracks such as it will have: their lengths tell how many fill a duration.
    """
    if "tracks" in spec:
        return spec["tracks"]
    if "duration_s" not in spec:
        return DEFAULT_TRACKS
    known = [track["duration_ms"] / 1000 for track in like if "duration_ms" in track]
    typical = sum(known) / len(known) if known else TYPICAL_DURATION_S
    return max(1, ceil(spec["duration_s"] / typical))
