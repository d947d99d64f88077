"""How many tracks: told apart from years, names of artists and numbers of something else."""

import pytest

from src.curation.prompt_text import open_prompt
from src.curation.spec_tracks import read_tracks
from src.errors import InvalidInput


@pytest.mark.parametrize(
    ("prompt", "number"),
    [
        ("25 tracks of jazz", 25),
        ("thirty slow songs", 30),
        ("a hundred songs", 100),
        ("a 40-song list", 40),
        ("a list of thirty-two tracks", 32),
        ("playlist of 60: everything", 60),
        ("top 20", 20),
        ("20er Playlist", 20),
        ("rock, newest first, 20", 20),
        ("make it 40", 40),
        ("zwanzig Lieder", 20),
        ("treinta y cinco canciones", 35),
        ("vingt chansons", 20),
        ("just 1 song", 1),
        ("500 songs", 500),
        ("20 90s rock songs", 20),
        ("5 songs by Coldplay, 20 songs in total", 20),
        ("two songs per artist", None),
        ("max 3 songs by the same artist", None),
        ("at least 5 songs between", None),
        ("the first 5 songs", None),
        ("1999 songs", None),
        ("track 3", None),
        ("one song per artist", None),
    ],
)
async def test_read_tracks(catalogue, prompt, number):
    assert (await read_tracks(catalogue, open_prompt(prompt)))[1] == number


@pytest.mark.parametrize("prompt", ["0 songs", "10,000 tracks", "a 2000-song playlist", "501 tracks"])
async def test_read_tracks_out_of_bounds(catalogue, prompt):
    with pytest.raises(InvalidInput, match="1 to 500"):
        await read_tracks(catalogue, open_prompt(prompt))
