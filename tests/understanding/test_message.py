"""What the reader makes of messages, over the small catalogue."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from src.constraints.models.brief import BRIEF, empty_brief
from src.lexicon.genres import Vocabulary, load_vocabulary
from src.lexicon.keywords import keywords
from src.lexicon.numbers import number_of
from src.lexicon.tokens import tokenize, words_of
from src.understanding.language import message_language
from src.understanding.measures import read_count
from src.understanding.merge import merge_reading
from src.understanding.message import read_message
from src.understanding.negation import read_polarity
from src.understanding.playlist.prompt import read_spec
from src.understanding.sound import read_ranges
from src.understanding.years import read_years


async def _read(catalogue, message, turn=1):
    return await read_message(catalogue, await load_vocabulary(catalogue), message, turn, 2026)


def _of(reading, kind):
    return [constraint for constraint in reading.constraints if constraint["kind"] == kind]


@pytest.mark.parametrize(
    ("message", "first", "last", "hard"),
    [
        ("nothing after 1995", None, 1995, True),
        ("no later than 1969", None, 1969, True),
        ("not before 1980", 1980, None, True),
        ("before 2000", None, 1999, True),
        ("pre-2000", None, 1999, True),
        ("post-2010", 2011, None, True),
        ("since 2010", 2010, None, True),
        ("1975 or later", 1975, None, True),
        ("1960 or earlier", None, 1960, True),
        ("from 1990 onwards", 1990, None, True),
        ("from 1990 to 1995", 1990, 1995, True),
        ("1990-1995 britpop", 1990, 1995, True),
        ("between 1965 and 1972", 1965, 1972, True),
        ("songs from 2015", 2015, 2015, True),
        ("90's rock", 1990, 1999, False),
        ("1990s", 1990, 1999, False),
        ("nineties rnb", 1990, 1999, False),
        ("late 60s", 1967, 1969, False),
        ("mid-2000s emo", 2004, 2006, False),
        ("2015 2016 era", 2015, 2016, False),
        ("80s-90s hip hop", 1980, 1999, False),
        ("90s feel", 1990, 1999, False),
        ("canciones de los años 80", 1980, 1989, False),
        ("Musik nach 1990", 1991, None, True),
        ("chansons avant 1970", None, 1969, True),
        ("something recent", 2023, None, False),
    ],
)
def test_read_years_in_every_spelling(message, first, last, hard):
    (reading,) = read_years(tokenize(message), 2026)
    assert (reading.year_from, reading.year_to, reading.hard) == (first, last, hard)


@pytest.mark.parametrize("message", ["songs about 99 luftballons", "room 2500", "give me 12", "7 minutes"])
def test_read_years_leaves_other_numbers_alone(message):
    assert read_years(tokenize(message), 2026) == []


@pytest.mark.parametrize(
    ("message", "stances"),
    [
        ("no country or metal", {"country": "rejected", "metal": "rejected"}),
        ("no country, metal or pop, calm stuff", {"country": "rejected", "pop": "rejected", "calm": "plain"}),
        ("nothing but jazz", {"jazz": "only"}),
        ("jazz only please", {"jazz": "only"}),
        ("anything except live versions", {"live": "rejected", "versions": "rejected"}),
        ("not only hits", {"hits": "waived"}),
        ("no techno, dream pop", {"techno": "rejected", "dream": "plain"}),
        ("tired of Drake, give me rap", {"drake": "satisfied", "rap": "plain"}),
        ("not like Coldplay but calm", {"coldplay": "contrast", "calm": "plain"}),
        ("rock sin reggaeton por favor", {"reggaeton": "rejected", "rock": "plain"}),
        ("Musik ohne Gesang", {"gesang": "rejected"}),
        ("du rock sans metal", {"metal": "rejected", "rock": "plain"}),
    ],
)
def test_read_polarity_scope(message, stances):
    tokens = tokenize(message)
    found = {token.key: stance for token, stance in zip(tokens, read_polarity(tokens), strict=True)}
    assert {key: found[key] for key in stances} == stances


@pytest.mark.parametrize(
    ("message", "count"),
    [
        ("give me 7", 7),
        ("a dozen songs", 12),
        ("top five", 5),
        ("25 tracks of jazz", 25),
        ("three reggae songs", 3),
        ("dame 5 canciones", 5),
        ("seventeen songs", 17),
        ("twenty-three songs", 23),
        ("thirty one songs", 31),
        ("two dozen songs", 24),
        ("3 dozen tracks", 36),
        ("a couple of dozen songs", 24),
        ("siebzehn Lieder", 17),
        ("zwei Dutzend Lieder", 24),
        ("diecisiete canciones", 17),
        ("una docena de canciones", 12),
        ("dix-sept chansons", 17),
        ("trois douzaines de chansons", 36),
        ("five dozen songs", None),
        ("one hundred and twenty songs", None),
        ("nineteen eighties songs", None),
        ("nineteen eighty seven songs", None),
        ("a 90 minute set", None),
        ("two per artist", None),
        ("around 120 bpm", None),
        ("500 songs", None),
        ("0 songs", None),
        ("the 80s", None),
    ],
)
def test_read_count(message, count):
    found = read_count(tokenize(message))
    assert (found[1] if found else None) == count


@pytest.mark.parametrize(
    ("message", "feature", "low", "high", "hard"),
    [
        ("around 120 bpm", "tempo", 114.0, 126.0, True),
        ("between 100 and 120 bpm", "tempo", 100.0, 120.0, True),
        ("under 100 bpm", "tempo", None, 100.0, True),
        ("over 140bpm", "tempo", 140.0, None, True),
        ("slow songs", "tempo", None, 95.0, False),
        ("songs under 3 minutes", "duration_s", None, 180.0, True),
        ("longer than ten minutes", "duration_s", 600.0, None, True),
        ("obscure gems", "popularity", None, 35.0, False),
        ("no hits", "popularity", None, 60.0, False),
    ],
)
def test_read_ranges(message, feature, low, high, hard):
    tokens = tokenize(message)
    (reading,) = read_ranges(tokens, read_polarity(tokens))
    assert (reading.feature, reading.low, reading.high, reading.hard) == (feature, low, high, hard)


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("songs by Coldplay", [("Coldplay", "wanted")]),
        ("songs by coldplay", [("Coldplay", "wanted")]),
        (
            "something like Miles Davis and John Coltrane",
            [("Miles Davis", "seed"), ("John Coltrane", "seed")],
        ),
        ("no Mazzy Star", [("Mazzy Star", "rejected")]),
        ("anything but Drake", [("Drake", "rejected")]),
        ("tired of Drake", [("Drake", "satisfied")]),
        ("more like sigur ros", [("Sigur Rós", "seed")]),
        ("songs by Metalica", [("Metallica", "wanted")]),
        ("songs by edith piaff", [("Édith Piaf", "wanted")]),
        ("songs by Love", [("Love", "wanted")]),
        ("I love sad songs", []),
        ("love songs for a drive", []),
        ("Coldplay's best", [("Coldplay", "wanted")]),
        ("songs by Nobody Atall", [("Nobody Atall", "wanted")]),
    ],
)
async def test_read_message_names_artists(catalogue, message, names):
    constraints = _of(await _read(catalogue, message), "artist")
    assert [(constraint["name"], constraint["relation"]) for constraint in constraints] == names


@pytest.mark.parametrize(
    ("message", "title", "relation", "known"),
    [
        ('play "Jolene"', "Jolene", "wanted", True),
        ("songs like Clocks by Coldplay", "Clocks", "seed", True),
        ('something similar to "Take Five"', "Take Five", "seed", True),
        ("Play Ring of Fire by Johnny Cash", "Ring of Fire", "wanted", True),
        ('like "Yoru ni Kakeru"', "夜に駆ける", "seed", True),
        ("songs like Shiver Nights by Coldplay", "Shiver Nights", "seed", False),
        ('play "No Such Title"', "No Such Title", "wanted", False),
    ],
)
async def test_read_message_names_tracks(catalogue, message, title, relation, known):
    (constraint,) = _of(await _read(catalogue, message), "track")
    assert (constraint["title"], constraint["relation"], "track_id" in constraint) == (title, relation, known)
    if not known and "Coldplay" in message:
        (artist,) = _of(await _read(catalogue, message), "artist")
        assert (artist["name"], artist["relation"]) == ("Coldplay", "seed")


@pytest.mark.parametrize(
    ("message", "genres"),
    [
        ("dream pop", [("dream pop", "wanted", False)]),
        ("only jazz", [("jazz", "wanted", True)]),
        ("no country or metal", [("country", "rejected", True), ("metal", "rejected", True)]),
        ("some rap", [("hip hop", "wanted", False)]),
        ("r&b and bossa nova", [("r&b", "wanted", False), ("bossa nova", "wanted", False)]),
        ("a piano for a rainy day", []),
    ],
)
async def test_read_message_genres(catalogue, message, genres):
    constraints = _of(await _read(catalogue, message), "genre")
    assert [
        (constraint["genre"], constraint["relation"], constraint["hard"]) for constraint in constraints
    ] == genres


@pytest.mark.parametrize(
    ("message", "kind", "expected"),
    [
        ("no vocals", "vocals", {"vocals": "instrumental", "hard": True}),
        ("instrumental", "vocals", {"vocals": "instrumental"}),
        ("nothing explicit please", "explicit", {"allowed": False, "hard": True}),
        ("explicit is fine", "explicit", {"allowed": True}),
        ("rap sin letras explícitas", "explicit", {"allowed": False, "hard": True}),
        ("Rap ohne explizite Texte", "explicit", {"allowed": False, "hard": True}),
        ("du rap sans paroles explicites", "explicit", {"allowed": False, "hard": True}),
        ("rap sem letras explícitas", "explicit", {"allowed": False, "hard": True}),
        ("rap senza testi espliciti", "explicit", {"allowed": False, "hard": True}),
        ("rap without any explicit words", "explicit", {"allowed": False, "hard": True}),
        ("no live versions", "version", {"version": "live", "relation": "rejected"}),
        ("remixes of pop songs", "version", {"version": "remix", "relation": "wanted"}),
        ("songs in French", "language", {"language": "fr", "hard": True}),
        ("french songs", "language", {"language": "fr", "hard": False}),
        ("french rock", "country", {"country": "FR", "hard": False}),
        ("bands from Iceland", "country", {"country": "IS", "hard": True}),
        ("Swedish metal bands", "country", {"country": "SE", "hard": True}),
        ("nothing from the US", "country", {"country": "US", "relation": "rejected"}),
        ("for the gym", "tag", {"tag": "workout", "relation": "wanted", "hard": False}),
        ("no saxophone", "tag", {"tag": "saxophone", "relation": "rejected", "hard": True}),
        ("nothing sad", "mood", {"mood": "sad", "relation": "rejected", "hard": True}),
        ("nothing too sad", "mood", {"mood": "sad", "relation": "rejected", "hard": False}),
        ("nothing in German", "language", {"language": "de", "relation": "rejected"}),
        ("by another artist", "new_artists", {"hard": True}),
        ("at most two per artist", "per_artist", {"at_most": 2}),
        ("sad songs", "mood", {"mood": "sad", "relation": "wanted"}),
        ("with a key change", "uncheckable", {"what": "a key change"}),
    ],
)
async def test_read_message_other_constraints(catalogue, message, kind, expected):
    constraint = _of(await _read(catalogue, message), kind)[0]
    assert {key: constraint.get(key) for key in expected} == expected


@pytest.mark.parametrize(
    "message", ["rap sin letra explícita", "du rap sans paroles explicites", "rap sem letra explícita"]
)
async def test_read_message_clean_words_are_words(catalogue, message):
    assert _of(await _read(catalogue, message), "vocals") == []


@pytest.mark.parametrize("number", ["seventeen", "two dozen", "twenty-one", "diecinueve", "treize"])
async def test_read_message_counts_as_the_reader_of_lists_does(catalogue, number):
    message = f"{number} songs"
    spec = await read_spec(catalogue, await load_vocabulary(catalogue), message, 2026)
    (count,) = _of(await _read(catalogue, message), "count")
    assert count["count"] == spec["tracks"] == number_of(number)


async def test_read_message_searches_without_what_is_ruled_out(catalogue):
    reading = await _read(catalogue, "mellow dream pop, nothing after 1995, no Mazzy Star")
    assert "mellow dream pop" in reading.text
    assert "Mazzy" not in reading.text
    assert "1995" not in reading.text


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("calm jazz for the evening", "en"),
        ("canciones tristes para la noche", "es"),
        ("ich suche ruhige Musik", "de"),
        ("je cherche des chansons calmes", "fr"),
        ("músicas para uma noite com chuva", "pt"),
        ("静かなピアノの曲", "ja"),
        ("조용한 노래", "ko"),
        ("安静的音乐", "zh"),
        ("грустные песни", "ru"),
        ("jazz", "en"),
    ],
)
def test_message_language(message, language):
    assert message_language(message, tokenize(message)) == language


def test_keywords_drop_what_every_request_holds():
    assert keywords("I am looking for some sad songs") == "sad"
    assert keywords("songs for me") == ""


async def test_merge_carries_replaces_and_takes_back(catalogue):
    brief = empty_brief()
    for message in ("90s rock, no Coldplay, 5 songs", "make it before 1980, no metal"):
        brief = merge_reading(brief, await _read(catalogue, message, brief["turn"] + 1))
    kinds = [
        (constraint["kind"], constraint.get("year_to"), constraint.get("name"))
        for constraint in brief["wishes"]
    ]
    assert ("years", 1979, None) in kinds
    assert ("years", 1999, None) not in kinds
    assert ("artist", None, "Coldplay") in kinds
    assert not any(kind == "count" for kind, *_ in kinds)
    brief = merge_reading(brief, await _read(catalogue, "Coldplay is fine again", 3))
    assert not any(
        constraint.get("relation") == "rejected" and constraint["kind"] == "artist"
        for constraint in brief["wishes"]
    )
    brief = merge_reading(brief, await _read(catalogue, "start over", 4))
    assert brief["wishes"] == []


async def test_merge_forgets_an_era(catalogue):
    brief = merge_reading(empty_brief(), await _read(catalogue, "90s rock"))
    brief = merge_reading(brief, await _read(catalogue, "forget the 90s", 2))
    assert [constraint["kind"] for constraint in brief["wishes"]] == ["genre"]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1, max_size=200))
async def test_read_message_takes_any_text(catalogue, text):
    vocabulary = Vocabulary({"rock": "rock"})
    reading = await read_message(catalogue, vocabulary, text, 1, 2026)
    brief = merge_reading(empty_brief(), reading)
    assert BRIEF.validate_python(brief) == brief


@given(st.text(max_size=300))
def test_tokenize_positions_are_those_of_the_message(text):
    for token in tokenize(text):
        if token.text != '"':
            assert text[token.start : token.end] == token.text
    tokens = tokenize(text)
    assert words_of(tokens, type("S", (), {"first": 0, "last": 0})(), text) == ""
