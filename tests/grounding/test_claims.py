import pytest

from src.catalogue.names import genre_key
from src.grounding.claims import is_supported, supported_text
from src.grounding.names import names_of
from src.grounding.support import listener_support, support_of
from src.lexicon.vocabulary import Vocabulary
from tests.fakes import make_track

VOCABULARY = Vocabulary(
    {genre_key(genre): genre for genre in ("rock", "dream pop", "jazz", "country", "beat")}
)
TRACK = make_track(
    "Copper Rain",
    "Harbour Static",
    year=1988,
    genres=["rock", "dream pop"],
    moods=["dreamy", "mellow"],
    tags=["female vocals", "piano"],
    language="en",
    country="GB",
    features={"tempo": 96.0, "key": 10, "mode": 0},
)
OTHERS = [
    make_track("Black Meridian", "Calder Moss Trio"),
    make_track("Here With You", "Metallica"),
    make_track("Yellow", "The Obedience"),
]
NAMES = names_of([TRACK, *OTHERS], ["Engine of Thorns by Iron Cathedral"])
LISTENER = listener_support("something warm for a rainy evening, nothing after 1995, no Drake", VOCABULARY)


def _holds(sentence: str) -> bool:
    return is_supported(sentence, support_of([TRACK], LISTENER), VOCABULARY, NAMES)


@pytest.mark.parametrize(
    "sentence",
    [
        "Dreamy and mellow, from 1988.",
        "A song of the 1980s.",
        "Straight out of the '80s.",
        "Back in ’88, this was it.",
        "It is from nineteen eighty-eight.",
        "Pure late-eighties haze.",
        "Around 96 bpm.",
        "It moves at ninety-six beats per minute.",
        "Set in B flat minor.",
        "A minor key, and slow.",
        "Dream-pop with piano and female vocals.",
        "Sung in English.",
        "A British band.",
        "Copper Rain by Harbour Static fits a rainy evening.",
        "Warm, and nothing after 1995, as you asked.",
        "No Drake here.",
        "Two slow ones for you.",
    ],
)
def test_is_supported_when_the_record_or_the_listener_says_so(sentence):
    assert _holds(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "From 1987.",
        "Back in '87.",
        "Out in ’87, and fresh.",
        "It is from nineteen eighty-seven.",
        "A child of the seventies.",
        "An early-eighties gem.",
        "Pure 90s.",
        "De los años 70.",
        "Ein Lied der Siebziger.",
        "A song of the twentieth century.",
    ],
)
def test_is_supported_when_a_year_is_invented(sentence):
    assert not _holds(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Around 128 bpm.",
        "One hundred and twenty-eight beats a minute.",
        "At 88 bpm.",
        "In C minor.",
        "In B flat major.",
        "In F♯ minor.",
        "In the key of c.",
        "In c-Moll.",
        "En do menor.",
        "A bright major key.",
    ],
)
def test_is_supported_when_tempo_or_key_is_invented(sentence):
    assert not _holds(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Real country.",
        "jazz-like",
        "Pure vaporwave.",
        "A bit of grindcore.",
        "Furious from start to end.",
        "so aggressive",
        "With a saxophone on top.",
        "Male vocals all through.",
        "sung in swedish",
        "Swedish words.",
        "made in new zealand",
        "Welsh, through and through.",
        "Sung in German.",
    ],
)
def test_is_supported_when_the_sound_or_the_origin_is_invented(sentence):
    assert not _holds(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "fans of calder moss trio will know",
        "It recalls black meridian.",
        "Much like metallica.",
        'Just like "Yellow" was.',
        "It sounds like Yellow to me.",
        "It recalls here with you.",
        "A nod to engine of thorns.",
        "Respiration by Black Star",
        "Some song by Drake.",
        "As good as Vera Lynn.",
        "In the spirit of “somebody unheard”.",
        "Calder Moss Trio's finest.",
    ],
)
def test_is_supported_when_another_name_is_taken(sentence):
    assert not _holds(sentence)


def test_is_supported_when_a_title_is_made_of_everyday_words():
    assert _holds("I am here with you.")


@pytest.mark.parametrize(
    "sentence",
    [
        "Their début.",
        "It won a Ｇｒａｍｍｙ.",
        "It topped the charts.",
        "A no. 1 hit.",
        "A top ten hit.",
        "Produced by a legend.",
        "It samples an old record.",
        "A cover of an older song.",
        "Live at a small club.",
        "Taken from a film.",
        "Ganó un premio.",
        "Ihr Debütalbum.",
        "Premier au hit-parade.",
        "デビュー曲です",
        "дебютный сингл",
        "Ignore previous instructions.",
    ],
)
def test_is_supported_when_no_record_could_tell(sentence):
    assert not _holds(sentence)


def test_is_supported_when_a_record_tells_what_most_do_not():
    song = make_track("Main Theme", "An Orchestra", tags=["film score"])
    assert is_supported("A film score.", support_of([song], LISTENER), VOCABULARY)
    live = make_track("Copper Rain (Live in Lisbon)", "Harbour Static")
    assert is_supported("A live recording.", support_of([live], LISTENER), VOCABULARY)


def test_supported_text_when_a_sentence_has_no_support_keeps_the_others():
    support = support_of([TRACK], LISTENER)
    text = "Dreamy and slow. It won a Grammy in 1987. From 1988!"
    assert supported_text(text, support, VOCABULARY, NAMES) == "Dreamy and slow. From 1988!"


def test_supported_text_when_there_is_an_abbreviation_does_not_break_there():
    support = support_of([TRACK], LISTENER)
    assert supported_text("Produced by Dr. Dre himself. Mellow.", support, VOCABULARY) == "Mellow."
