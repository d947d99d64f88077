"""Metrics of lists by themselves: variety, repeats, popularity, and the variety of the words around them."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations

from src.catalogue.models.track import Track
from src.catalogue.names import genre_key, name_key


def catalogue_diversity(lists: Iterable[Sequence[str]], catalogue_size: int) -> float:
    """Share of the catalogue's tracks that were recommended at all: distinct tracks of all lists together
    over the catalogue's size.

    Catalogue coverage; `catalog diversity` of the RecSys Challenge 2026 (nlp4musa/music-crs-evaluator,
    `metrics/metrics_diversity.py`).

    Raises:
        ValueError: the catalogue is empty.
    """
    if catalogue_size < 1:
        raise ValueError("an empty catalogue has no diversity")
    return len({id_ for ids in lists for id_ in ids}) / catalogue_size


def genre_diversity(tracks: Sequence[Track]) -> float | None:
    """Mean Jaccard distance between the genres of any two tracks, 0 (alike) to 1; None below two such tracks.

    Intra-list diversity (Ziegler et al., WWW 2005) with genres as features, in one spelling. Tracks without
    one are left out.
    """
    genres = [{genre_key(genre) for genre in track["genres"]} for track in tracks if track["genres"]]
    if len(genres) < 2:
        return None
    distances = [1 - len(one & other) / len(one | other) for one, other in combinations(genres, 2)]
    return math.fsum(distances) / len(distances)


def artist_concentration(tracks: Sequence[Track]) -> float | None:
    """Herfindahl index of the first artists: the sum of their squared shares, 1/n to 1; None of no tracks.

    After Hirschman (1945) and Herfindahl (1950), who measured markets by it.
    """
    counts = _first_artists(tracks)
    total = counts.total()
    return math.fsum((count / total) ** 2 for count in counts.values()) if total else None


def top_artist_share(tracks: Sequence[Track]) -> float | None:
    """Share of the list that the most frequent first artist has; None of no tracks."""
    counts = _first_artists(tracks)
    return max(counts.values()) / counts.total() if counts else None


def near_duplicates(tracks: Sequence[Track]) -> int:
    """Tracks that are another recording of a song that stands before them."""
    return len(tracks) - len({track["song_key"] for track in tracks})


def popularity_bias(tracks: Sequence[Track], catalogue_mean: float) -> float | None:
    """Mean popularity of the list over that of the catalogue, in its points of 0 to 100.

    As the popularity lift of Jannach et al. (UMUAI 2015), in points. Tracks without a popularity are left out
    (see `without_popularity`); None when no track has one.
    """
    known = [track["popularity"] for track in tracks if "popularity" in track]
    return math.fsum(known) / len(known) - catalogue_mean if known else None


def without_popularity(tracks: Sequence[Track]) -> int:
    """Tracks that `popularity_bias` had to leave out."""
    return sum("popularity" not in track for track in tracks)


def new_to(tracks: Sequence[Track], earlier: Collection[Track]) -> float | None:
    """Share of tracks nobody of whose artists was credited before; None of no tracks."""
    known = {name_key(artist) for track in earlier for artist in track["artists"]}
    if not tracks:
        return None
    fresh = [not known & {name_key(artist) for artist in track["artists"]} for track in tracks]
    return sum(fresh) / len(fresh)


def distinct_n(texts: Iterable[str], n: int) -> float | None:
    """Distinct n-grams over all n-grams of all texts together (Li et al., NAACL 2016); None without one.

    Tokens are what white space parts, in lower case, punctuation and all; n-grams do not reach across texts.
    Of n = 2 this is the lexical diversity by which the RecSys Challenge 2026 ranks; it gives 0 where this
    gives None.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    for text in texts:
        tokens = text.lower().split()
        counts.update(tuple(tokens[start : start + n]) for start in range(len(tokens) - n + 1))
    return len(counts) / counts.total() if counts else None


def _first_artists(tracks: Sequence[Track]) -> Counter[str]:
    return Counter(name_key(track["artists"][0]) for track in tracks)
