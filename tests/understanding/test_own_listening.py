"""The listener's own listening is read as an example, or as what to leave out."""

import pytest

from src.lexicon.tokens import tokenize
from src.lexicon.vocabulary import load_vocabulary
from src.understanding.message import read_message
from src.understanding.own_listening import read_own_listening


@pytest.mark.parametrize(
    ("message", "source", "playlist"),
    [
        ("like what I've been playing lately but instrumental", "recent", ""),
        ("more of what I have been listening to", "recent", ""),
        ("like the stuff I play most", "top", ""),
        ("based on my top tracks", "top", ""),
        ("more of my liked songs", "saved", ""),
        ('something like my playlist "Night Drive" but calmer', "playlist", "Night Drive"),
        ("like my Road Trip playlist", "playlist", "Road Trip"),
        ("songs like my playlist Dinner Jazz, slower", "playlist", "Dinner Jazz"),
    ],
)
def test_read_own_listening_source(message, source, playlist):
    (reading,) = read_own_listening(tokenize(message), message)
    assert (reading.source, reading.playlist) == (source, playlist)


@pytest.mark.parametrize(
    "message",
    ["make me a workout playlist", "for my workout playlist: fast songs", "my favourite band is Coldplay"],
)
def test_read_own_listening_leaves_other_words_alone(message):
    assert read_own_listening(tokenize(message), message) == []


async def constraints_of(catalogue, message):
    return await read_message(catalogue, await load_vocabulary(catalogue), message, 1, 2026)


async def test_read_message_takes_own_listening_for_an_example(catalogue):
    reading = await constraints_of(catalogue, "like what I've been playing lately but instrumental")
    kinds = {constraint["kind"]: constraint for constraint in reading.constraints}
    assert set(kinds) == {"own_listening", "vocals"}
    own = kinds["own_listening"]
    assert own["kind"] == "own_listening"
    assert (own["relation"], own["hard"], own["words"]) == ("seed", False, "what I've been playing lately")
    assert "playing" not in reading.text


@pytest.mark.parametrize(
    "message",
    [
        "dream pop, but nothing I've been listening to recently",
        "jazz, but none of my saved songs",
        "jazz, none of what I've been playing lately",
        "jazz I haven't heard lately",
        "no songs I already saved, jazz",
        "nothing from my liked songs",
        "jazz without my liked songs",
    ],
)
async def test_read_message_leaves_out_own_listening_when_told(catalogue, message):
    reading = await constraints_of(catalogue, message)
    own = next(constraint for constraint in reading.constraints if constraint["kind"] == "own_listening")
    assert own["kind"] == "own_listening"
    assert (own["relation"], own["hard"]) == ("rejected", True)
