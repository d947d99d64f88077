"""Words that listeners use, and what they mean in terms of a record."""

from src.lexicon.numbers import NUMBER_WORDS
from src.lexicon.tables import bounds, groups, meanings, numbers, word_set
from src.lexicon.tokens import Phrases

# A listener's word for a mood or for an instrument, a voice, an occasion, and what catalogues write for it;
# the moods and tags that count as one of them as well; and what it sounds like.
MOODS = Phrases(meanings("moods", "names"))
MOOD_KIN = groups("moods", "kin")
MOOD_SOUND = bounds("moods", "sound")
TAGS = Phrases(meanings("tags", "names"))
TAG_KIN = groups("tags", "kin")
TAG_SOUND = bounds("tags", "sound")

# Names of languages and of their speakers, to ISO 639; and how a language is shown.
LANGUAGES = Phrases(meanings("languages", "names"))
LANGUAGE_NAMES = {code: name.capitalize() for name, code in reversed(LANGUAGES.items())} | {
    "pt": "Portuguese",
    "zh": "Chinese",
    "es": "Spanish",
    "fr": "French",
    "de": "German",
    "it": "Italian",
    "zxx": "no words",
}

# Names of countries and words for what comes from them, to ISO 3166-1 alpha-2; and how a country is shown.
COUNTRIES = Phrases(meanings("countries", "names"))
DEMONYMS = Phrases(meanings("countries", "people"))
COUNTRY_NAMES = {code: name.title() for name, code in reversed(COUNTRIES.items())} | {
    "US": "the United States",
    "GB": "the United Kingdom",
    "KR": "South Korea",
    "NL": "the Netherlands",
    "CD": "Congo",
    "CZ": "the Czech Republic",
    "PH": "the Philippines",
}

VERSIONS = Phrases(meanings("versions", "names"))

# What no record can prove or disprove, however it is said.
UNCHECKABLE = Phrases(meanings("uncheckable", "names"))

VAGUE_NUMBERS = numbers("numbers", "vague")
# What a number of tracks is said with.
COUNTED = word_set("words", "counted")

# Talk of a request that says nothing of music.
TALK_WORDS = word_set("words", "talk")
# Words that are never by themselves the name of somebody, however the catalogue's artists are called.
COMMON_WORDS = word_set("words", "common") | NUMBER_WORDS | {"couple", "handful", "single"}
