"""Metrics of lists by themselves: variety, repeats, popularity, and the variety of the words around them."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations

from src.catalogue.models.track import Track
from src.catalogue.names import name_key


def catalogue_diversity(lists: Iterable[Sequence[str]], catalogue_size: int) -> float:
    """Share of the catalogue's tracks that were recommended at all.

    Raises:
        ValueError: the catalogue is empty.
    """
    if catalogue_size < 1:
        raise ValueError("an empty catalogue has no diversity")
    return len({id_ for ids in lists for id_ in ids}) / catalogue_size


def genre_diversity(tracks: Sequence[Track]) -> float | None:
    """Mean Jaccard distance between the genres of any two tracks, 0 (alike) to 1; None below two such tracks.

    Intra-list diversity (Ziegler et al., WWW 2005) with genres as features. Tracks without one are left out.
    """
    genres = [set(track["genres"]) for track in tracks if track["genres"]]
    if len(genres) < 2:
        return None
    distances = [1 - len(one & other) / len(one | other) for one, other in combinations(genres, 2)]
    return math.fsum(distances) / len(distances)


def artist_concentration(tracks: Sequence[Track]) -> float | None:
    """Herfindahl index of the first artists: the sum of their squared shares, 1/n to 1; None of no tracks."""
    counts = Counter(name_key(track["artists"][0]) for track in tracks)
    total = counts.total()
    return math.fsum((count / total) ** 2 for count in counts.values()) if total else None


def near_duplicates(tracks: Sequence[Track]) -> int:
    """Tracks that are another recording of a song that stands before them."""
    return len(tracks) - len({track["song_key"] for track in tracks})


def popularity_bias(tracks: Sequence[Track], catalogue_mean: float) -> float | None:
    """Mean popularity of the list over that of the catalogue, in its points of 0 to 100.

    Tracks without a popularity are left out; None when no track has one.
    """
    known = [track["popularity"] for track in tracks if "popularity" in track]
    return math.fsum(known) / len(known) - catalogue_mean if known else None


def new_to(tracks: Sequence[Track], earlier: Collection[Track]) -> float | None:
    """Share of tracks nobody of whose artists was credited before; None of no tracks."""
    known = {name_key(artist) for track in earlier for artist in track["artists"]}
    if not tracks:
        return None
    fresh = [not known & {name_key(artist) for artist in track["artists"]} for track in tracks]
    return sum(fresh) / len(fresh)


def distinct_n(texts: Iterable[str], n: int) -> float | None:
    """Distinct n-grams over all n-grams of all texts together (Li et al., NAACL 2016); None without one.

    Tokens are what spaces part, in lower case; n-grams do not reach across texts.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        tokens = text.lower().split()
        counts.update(tuple(tokens[start : start + n]) for start in range(len(tokens) - n + 1))
    return len(counts) / counts.total() if counts else None
