"""Metrics of lists, by hand."""

import pytest

from src.evaluation.metrics.lists import (
    artist_concentration,
    catalogue_diversity,
    distinct_n,
    genre_diversity,
    near_duplicates,
    new_to,
    popularity_bias,
    top_artist_share,
    without_popularity,
)
from tests.fakes import make_track


def of_genres(*genres):
    return [make_track(f"Song {number}", "Artist", genres=own) for number, own in enumerate(genres)]


def by(*artists):
    return [make_track(f"Song {number}", artist) for number, artist in enumerate(artists)]


def test_catalogue_diversity_counts_each_track_of_all_lists_once():
    assert catalogue_diversity([["a", "b"], ["b", "c"], []], 10) == 0.3


def test_catalogue_diversity_when_catalogue_is_empty_refuses():
    with pytest.raises(ValueError, match="empty catalogue"):
        catalogue_diversity([["a"]], 0)


def test_genre_diversity_is_the_mean_jaccard_distance_of_all_pairs():
    # {rock, pop} and {rock}: 1/2; {rock, pop} and {jazz}: 1; {rock} and {jazz}: 1.
    assert genre_diversity(of_genres(["rock", "pop"], ["rock"], ["jazz"])) == pytest.approx(2.5 / 3)


def test_genre_diversity_knows_one_genre_by_its_spellings():
    assert genre_diversity(of_genres(["Hip-Hop"], ["rap"])) == 0


def test_genre_diversity_leaves_tracks_without_genre_out():
    assert genre_diversity(of_genres(["rock"], [], ["rock"])) == 0
    assert genre_diversity(of_genres(["rock"], [])) is None


def test_artist_concentration_is_the_sum_of_squared_shares_of_first_artists():
    assert artist_concentration(by("A", "a", "B", "C")) == pytest.approx(0.25 + 0.0625 + 0.0625)
    assert artist_concentration(by("A", "B", "C", "D")) == 0.25
    assert artist_concentration([]) is None


def test_artist_concentration_goes_by_the_first_artist():
    duets = [make_track("One", "A", featuring=["B"]), make_track("Two", "B", featuring=["A"])]
    assert artist_concentration(duets) == 0.5


def test_top_artist_share_is_that_of_the_most_frequent():
    assert top_artist_share(by("A", "Á", "B", "C")) == 0.5
    assert top_artist_share([]) is None


def test_near_duplicates_counts_every_recording_of_a_song_after_its_first():
    clocks = [make_track(title, "Coldplay") for title in ("Clocks", "Clocks - Live", "Clocks (Remastered)")]
    assert near_duplicates([*clocks, make_track("Clocks", "Somebody")]) == 2
    assert near_duplicates([]) == 0


def test_popularity_bias_is_the_mean_of_known_ones_over_the_catalogue():
    tracks = [make_track("A", "A", popularity=80), make_track("B", "B", popularity=40), make_track("C", "C")]
    assert popularity_bias(tracks, 50) == 10
    assert without_popularity(tracks) == 1


def test_popularity_bias_when_no_track_has_one_is_none():
    assert popularity_bias(by("A", "B"), 50) is None
    assert without_popularity(by("A", "B")) == 2


def test_new_to_is_the_share_nobody_of_whom_was_credited():
    earlier = [make_track("Then", "A", featuring=["B"])]
    now = [make_track("One", "b"), make_track("Two", "C"), make_track("Three", "D", featuring=["A"])]
    assert new_to(now, earlier) == pytest.approx(1 / 3)
    assert new_to([], earlier) is None


def test_distinct_n_pools_texts_and_keeps_their_bigrams_apart():
    # `here is`, `is a`, `a song`, and `here is`, `is b`: 4 distinct of 5; `song here` is none.
    assert distinct_n(["Here is a song", "here is b"], 2) == 0.8


def test_distinct_n_splits_at_white_space_alone():
    assert distinct_n(["dream pop, dream  pop\nand"], 2) == 1


def test_distinct_n_when_no_text_has_n_words_is_none():
    assert distinct_n(["one", ""], 2) is None
    assert distinct_n([], 2) is None
