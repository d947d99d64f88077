"""Instruments, voices, occasions and activities: the listener's words for them, and what they mean."""

from src.lexicon.tokens import Phrases

# A listener's word, and the tag as catalogues write it.
TAGS = Phrases(
    {
    **dict.fromkeys(
        [
            "female vocals", "female vocal", "female vocalist", "female vocalists", "female singer",
            "female singers", "female voice", "female voices", "female artist", "female artists",
            "female fronted", "women singers", "woman singing", "women singing", "sung by women",
            "sung by a woman", "girl singer", "female",
            "women",
            "mujeres",
            "sangerin",
            "sangerinnen",
            "chanteuses",
        ],
        "female vocals",
    ),
    **dict.fromkeys(
        [
            "male vocals", "male vocal", "male vocalist", "male vocalists", "male singer", "male singers",
            "male voice", "male voices", "male artist", "male artists", "sung by men", "sung by a man",
        ],
        "male vocals",
    ),
    **dict.fromkeys(["choir", "choirs", "choral", "chor", "coro", "choeur"], "choir"),
    **dict.fromkeys(["duet", "duets"], "duet"),
    **dict.fromkeys(["a cappella", "acapella", "a capella"], "a cappella"),
    **dict.fromkeys(
        [
            "piano", "pianos", "klavier", "klaviermusik", "pianoforte", "ピアノ", "피아노", "钢琴"
        ],
        "piano",
    ),
    **dict.fromkeys(["violin", "violins", "fiddle", "geige", "violon", "violino", "バイオリン"], "violin"),
    **dict.fromkeys(
        [
            "strings", "string section", "streicher", "cuerdas", "cordes", "cordas", "archi"
        ],
        "strings",
    ),
    **dict.fromkeys(["saxophone", "saxophones", "sax", "saxo",
    "saxofon", "saxophon", "サックス"], "saxophone"),
    **dict.fromkeys(["trumpet", "trumpets", "trompete", "trompeta", "trompette"], "trumpet"),
    **dict.fromkeys(["brass", "horns", "horn section"], "brass"),
    **dict.fromkeys(
        [
            "guitar", "guitars", "guitarra", "guitarras",
            "guitare", "guitares", "gitarre", "gitarren", "ギター",
        ],
        "guitar",
    ),
    **dict.fromkeys(["acoustic guitar", "acoustic guitars"], "acoustic guitar"),
    **dict.fromkeys(["electric guitar", "electric guitars"], "electric guitar"),
    **dict.fromkeys(["synth", "synths", "synthesizer", "synthesizers", "synthesiser"], "synth"),
    **dict.fromkeys(["accordion", "accordions"], "accordion"),
    **dict.fromkeys(["harmonica"], "harmonica"),
    **dict.fromkeys(["flute", "flutes"], "flute"),
    **dict.fromkeys(["cello", "cellos"], "cello"),
    **dict.fromkeys(["banjo"], "banjo"),
    **dict.fromkeys(["drums", "drum"], "drums"),
    **dict.fromkeys(["spoken word"], "spoken word"),
    **dict.fromkeys(["autotune", "auto tune", "vocoder"], "vocoder"),
    **dict.fromkeys(["screaming", "screamed vocals", "screams"], "screaming"),
    **dict.fromkeys(
        ["workout", "workouts", "gym", "working out", "work out", "exercise", "exercising", "lifting"],
        "workout",
    ),
    **dict.fromkeys(["running", "jogging", "go for a run", "a run"], "running"),
    **dict.fromkeys(
        [
            "study", "studying", "homework", "focus", "focusing", "concentrate", "concentrating",
            "concentration", "study session", "reading", "coding", "estudiar", "estudar", "lernen", "etudier",
        ],
        "study",
    ),
    **dict.fromkeys(
        ["sleep", "sleeping", "fall asleep", "falling asleep", "bedtime", "sleepy", "einschlafen", "dormir"],
        "sleep",
    ),
    **dict.fromkeys(["meditation", "meditate", "meditating", "yoga"], "meditation"),
    **dict.fromkeys(
        ["road trip", "roadtrip", "road trips", "long drive", "driving", "a drive", "drive"], "road trip"
    ),
    **dict.fromkeys(["night drive", "night driving", "driving at night", "late night drive"], "night drive"),
    **dict.fromkeys(["party", "parties", "partying", "house party", "fiesta", "festa", "fete"], "party"),
    **dict.fromkeys(["dancing", "dance to", "dance floor", "dancefloor", "bailar", "tanzen"], "dancing"),
    **dict.fromkeys(["wedding", "weddings", "first dance"], "wedding"),
    **dict.fromkeys(
        [
            "dinner", "dinner party", "cooking", "candlelight dinner", "to cook", "cocinar", "kochen",
            "cuisiner", "cozinhar"
        ],
        "dinner",
    ),
    **dict.fromkeys(["rainy day", "rainy days", "rainy", "rain", "rainy afternoon"], "rainy day"),
    **dict.fromkeys(["morning", "mornings", "wake up", "waking up", "sunday morning"], "morning"),
    **dict.fromkeys(["late night", "late nights", "midnight"], "late night"),
    **dict.fromkeys(["christmas", "xmas", "holiday season", "navidad", "weihnachten", "noel"], "christmas"),
    **dict.fromkeys(["halloween"], "halloween"),
    **dict.fromkeys(["summer", "summertime", "verano", "verao"], "summer"),
    **dict.fromkeys(["beach"], "beach"),
    **dict.fromkeys(["breakup", "break up", "breakups"], "breakup"),
    **dict.fromkeys(["protest", "protest songs"], "protest"),
}
)  # fmt: skip

# Tags that satisfy a wish for one of them as well.
TAG_KIN = {
    "drums": ("drums", "drum machine", "percussion", "double bass drums", "marching drums", "breakbeat"),
    "female vocals": ("female vocals", "girl group", "male and female vocals", "soprano", "duet"),
    "male vocals": ("male vocals", "male and female vocals", "tenor", "baritone", "duet"),
    "choir": ("choir", "gospel choir"),
    "piano": ("piano", "solo piano", "electric piano"),
    "violin": ("violin", "fiddle", "strings"),
    "strings": ("strings", "orchestra", "violin", "cello"),
    "saxophone": ("saxophone", "tenor saxophone", "alto saxophone", "soprano saxophone"),
    "brass": ("brass", "horns", "trumpet", "trombone"),
    "guitar": (
        *("guitar", "electric guitar", "acoustic guitar", "slide guitar", "fuzz guitar", "jangly guitar"),
        *("distorted guitar", "reverb guitar", "guitar riff", "guitar solo", "steel guitar", "twin guitars"),
    ),
    "acoustic guitar": ("acoustic guitar", "flamenco guitar", "12-string guitar"),
    "electric guitar": ("electric guitar", "distorted guitar", "fuzz guitar", "guitar riff", "guitar solo"),
    "synth": ("synth", "synth bass", "moog", "sequencer"),
    "screaming": ("screaming", "screams", "shouting", "growls", "harsh vocals"),
    "workout": ("workout", "running"),
    "running": ("running", "workout"),
    "road trip": ("road trip", "driving", "night drive", "travel", "cars"),
    "night drive": ("night drive", "driving", "late night"),
    "party": ("party", "dance floor", "dancing", "night out"),
    "dancing": ("dancing", "dance floor", "dance", "party"),
    "rainy day": ("rainy day", "rain"),
    "late night": ("late night", "night"),
    "sleep": ("sleep", "lullaby", "meditation"),
    "meditation": ("meditation", "sleep"),
    "summer": ("summer", "beach", "sea"),
    "beach": ("beach", "summer", "sea"),
    "breakup": ("breakup", "heartbreak", "lost love"),
}

# What an occasion sounds like, for tracks that nobody has tagged so: (feature, at least, at most).
TAG_SOUND: dict[str, tuple[str, float | None, float | None]] = {
    "workout": ("energy", 0.7, None),
    "running": ("energy", 0.7, None),
    "party": ("danceability", 0.65, None),
    "dancing": ("danceability", 0.65, None),
    "study": ("energy", None, 0.4),
    "sleep": ("energy", None, 0.25),
    "meditation": ("energy", None, 0.25),
    "dinner": ("energy", None, 0.5),
}
