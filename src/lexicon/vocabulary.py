"""Words that listeners use, and what they mean in terms of a record. The words are data: one table each."""

from src.lexicon.numbers import NUMBER_WORDS
from src.lexicon.tokens import Phrases

# A listener's word for a mood, and the mood as catalogues tag it.
MOODS = Phrases(
    {
        "mellow": "mellow",
        "chill": "mellow",
        "chilled": "mellow",
        "chilled out": "mellow",
        "chillout": "mellow",
        "laid back": "mellow",
        "relaxed": "calm",
        "relaxing": "calm",
        "calm": "calm",
        "calming": "calm",
        "soothing": "calm",
        "quiet": "calm",
        "soft": "tender",
        "gentle": "tender",
        "tender": "tender",
        "peaceful": "peaceful",
        "serene": "peaceful",
        "dreamy": "dreamy",
        "ethereal": "dreamy",
        "hazy": "dreamy",
        "melancholic": "melancholic",
        "melancholy": "melancholic",
        "wistful": "bittersweet",
        "bittersweet": "bittersweet",
        "sad": "sad",
        "sadness": "sad",
        "depressing": "sad",
        "heartbreaking": "heartbroken",
        "heartbroken": "heartbroken",
        "heartbreak": "heartbroken",
        "nostalgic": "nostalgic",
        "nostalgia": "nostalgic",
        "romantic": "romantic",
        "love songs": "romantic",
        "warm": "warm",
        "warm up": "energetic",
        "atmospheric": "dreamy",
        "sentimental": "romantic",
        "manic": "intense",
        "angsty": "angry",
        "threatening": "dark",
        "menacing": "dark",
        "ominous": "dark",
        "brooding": "dark",
        "soulful": "warm",
        "suspenseful": "tense",
        "bouncy": "playful",
        "bubbly": "playful",
        "warming up": "energetic",
        "cozy": "warm",
        "cosy": "warm",
        "hopeful": "hopeful",
        "uplifting": "uplifting",
        "inspiring": "uplifting",
        "feel good": "joyful",
        "happy": "joyful",
        "cheerful": "joyful",
        "joyful": "joyful",
        "upbeat": "joyful",
        "playful": "playful",
        "fun": "fun",
        "energetic": "energetic",
        "high energy": "energetic",
        "hype": "energetic",
        "pumped": "energetic",
        "euphoric": "euphoric",
        "triumphant": "triumphant",
        "epic": "epic",
        "anthemic": "epic",
        "intense": "intense",
        "heavy": "intense",
        "angry": "angry",
        "aggressive": "aggressive",
        "agressive": "aggressive",
        "dark": "dark",
        "gloomy": "dark",
        "evil": "dark",
        "sinister": "dark",
        "eerie": "eerie",
        "spooky": "eerie",
        "creepy": "eerie",
        "haunting": "eerie",
        "mysterious": "mysterious",
        "tense": "tense",
        "rebellious": "rebellious",
        "defiant": "defiant",
        "confident": "confident",
        "sexy": "sensual",
        "sensual": "sensual",
        "sultry": "sensual",
        "groovy": "groovy",
        "funky": "groovy",
        "danceable": "groovy",
        "hypnotic": "hypnotic",
        "trippy": "hypnotic",
        "introspective": "introspective",
        "lonely": "lonely",
        "spiritual": "spiritual",
        "funny": "funny",
        "happier": "joyful",
        "sadder": "sad",
        "darker": "dark",
        "dreamier": "dreamy",
        "mellower": "mellow",
        "softer": "tender",
        "calmer": "calm",
        "quieter": "calm",
        "heavier": "intense",
        "angrier": "angry",
        "warmer": "warm",
        "chiller": "mellow",
        "more chill": "mellow",
        "chilling": "mellow",
        "smooth": "mellow",
        "summery": "joyful",
        "breezy": "mellow",
        "moody": "melancholic",
        "emotional": "bittersweet",
        "hopeless": "sad",
        "rowdy": "energetic",
        "banging": "energetic",
        "tristes": "sad",
        "alegres": "joyful",
        "tranquilas": "calm",
        "relajante": "calm",
        "relajantes": "calm",
        "entspannt": "calm",
        "entspannte": "calm",
        "frohliche": "joyful",
        "frohlich": "joyful",
        "romantische": "romantic",
        "romantique": "romantic",
        "romantiques": "romantic",
        "romantico": "romantic",
        "romantica": "romantic",
        "romanticas": "romantic",
        "calmes": "calm",
        "joyeuses": "joyful",
        "calmas": "calm",
        "animadas": "energetic",
        "静 かな": "calm",
        "静 か": "calm",
        "悲 しい": "sad",
        "切 ない": "bittersweet",
        "明 るい": "joyful",
        "楽 しい": "fun",
        "元気": "energetic",
        "激 しい": "intense",
        "ロマンチック": "romantic",
        "チル": "mellow",
        "夢 のような": "dreamy",
        "triste": "sad",
        "traurig": "sad",
        "traurige": "sad",
        "feliz": "joyful",
        "alegre": "joyful",
        "joyeux": "joyful",
        "tranquila": "calm",
        "tranquilo": "calm",
        "ruhig": "calm",
        "ruhige": "calm",
        "calme": "calm",
        "calma": "calm",
    }
)

# Moods that satisfy a wish for one of them as well.
MOOD_KIN = {
    "mellow": ("mellow", "calm", "peaceful", "warm", "tender", "dreamy"),
    "calm": ("calm", "peaceful", "mellow", "tender"),
    "peaceful": ("peaceful", "calm", "mellow"),
    "tender": ("tender", "romantic", "calm"),
    "sad": ("sad", "melancholic", "heartbroken"),
    "melancholic": ("melancholic", "sad", "bittersweet"),
    "heartbroken": ("heartbroken", "sad"),
    "bittersweet": ("bittersweet", "melancholic", "nostalgic"),
    "joyful": ("joyful", "fun", "uplifting", "playful", "euphoric"),
    "fun": ("fun", "joyful", "playful"),
    "uplifting": ("uplifting", "hopeful", "joyful", "triumphant"),
    "energetic": ("energetic", "euphoric", "intense"),
    "euphoric": ("euphoric", "energetic"),
    "epic": ("epic", "triumphant"),
    "angry": ("angry", "aggressive"),
    "aggressive": ("aggressive", "angry", "intense"),
    "intense": ("intense", "aggressive"),
    "dark": ("dark", "eerie"),
    "eerie": ("eerie", "dark", "mysterious"),
    "sensual": ("sensual", "romantic"),
    "romantic": ("romantic", "tender"),
}

# What a mood sounds like, for tracks that nobody has tagged: (feature, at least, at most).
MOOD_SOUND: dict[str, tuple[str, float | None, float | None]] = {
    "sad": ("valence", None, 0.35),
    "melancholic": ("valence", None, 0.4),
    "heartbroken": ("valence", None, 0.4),
    "dark": ("valence", None, 0.3),
    "joyful": ("valence", 0.6, None),
    "fun": ("valence", 0.6, None),
    "uplifting": ("valence", 0.5, None),
    "mellow": ("energy", None, 0.5),
    "calm": ("energy", None, 0.4),
    "peaceful": ("energy", None, 0.35),
    "tender": ("energy", None, 0.45),
    "dreamy": ("energy", None, 0.6),
    "energetic": ("energy", 0.7, None),
    "euphoric": ("energy", 0.75, None),
    "intense": ("energy", 0.75, None),
    "aggressive": ("energy", 0.8, None),
    "angry": ("energy", 0.75, None),
    "epic": ("energy", 0.65, None),
    "groovy": ("danceability", 0.7, None),
}


# Names of languages and of their speakers, to ISO 639.
LANGUAGES = Phrases(
    {
        "english": "en",
        "spanish": "es",
        "french": "fr",
        "german": "de",
        "italian": "it",
        "portuguese": "pt",
        "brazilian": "pt",
        "japanese": "ja",
        "korean": "ko",
        "chinese": "zh",
        "mandarin": "zh",
        "cantonese": "yue",
        "hindi": "hi",
        "punjabi": "pa",
        "tamil": "ta",
        "urdu": "ur",
        "bengali": "bn",
        "arabic": "ar",
        "persian": "fa",
        "farsi": "fa",
        "hebrew": "he",
        "turkish": "tr",
        "greek": "el",
        "russian": "ru",
        "ukrainian": "uk",
        "polish": "pl",
        "czech": "cs",
        "hungarian": "hu",
        "romanian": "ro",
        "bulgarian": "bg",
        "swedish": "sv",
        "norwegian": "no",
        "danish": "da",
        "finnish": "fi",
        "icelandic": "is",
        "dutch": "nl",
        "catalan": "ca",
        "basque": "eu",
        "welsh": "cy",
        "irish gaelic": "ga",
        "gaelic": "gd",
        "yoruba": "yo",
        "igbo": "ig",
        "zulu": "zu",
        "xhosa": "xh",
        "swahili": "sw",
        "wolof": "wo",
        "amharic": "am",
        "bambara": "bm",
        "lingala": "ln",
        "shona": "sn",
        "vietnamese": "vi",
        "thai": "th",
        "indonesian": "id",
        "malay": "ms",
        "tagalog": "tl",
        "filipino": "tl",
        "mongolian": "mn",
        "armenian": "hy",
        "georgian": "ka",
        "quechua": "qu",
        "espanol": "es",
        "español": "es",
        "francais": "fr",
        "deutsch": "de",
        "deutsche": "de",
        "italiano": "it",
        "portugues": "pt",
    }
)
LANGUAGE_NAMES = {code: name.capitalize() for name, code in reversed(LANGUAGES.items())} | {
    "pt": "Portuguese",
    "zh": "Chinese",
    "es": "Spanish",
    "fr": "French",
    "de": "German",
    "it": "Italian",
    "zxx": "no words",
}

VERSIONS = Phrases(
    {
        "live": "live",
        "live version": "live",
        "live versions": "live",
        "live recordings": "live",
        "live tracks": "live",
        "remix": "remix",
        "remixes": "remix",
        "remixed": "remix",
        "karaoke": "karaoke",
        "karaoke versions": "karaoke",
        "cover": "cover",
        "covers": "cover",
        "cover version": "cover",
        "cover versions": "cover",
        "tribute": "cover",
        "tributes": "cover",
        "acoustic version": "acoustic",
        "acoustic versions": "acoustic",
        "unplugged": "live",
        "remaster": "remaster",
        "remasters": "remaster",
        "remastered": "remaster",
        "demo": "demo",
        "demos": "demo",
    }
)

# Wishes that no record can prove or disprove, however they are said.
UNCHECKABLE = Phrases(
    {
        "key change": "a key change",
        "in the key of": "a key",
        "minor key": "a key",
        "major key": "a key",
        "the word": "a word in the lyrics",
        "guitar solo": "a guitar solo",
        "whistling": "whistling",
        "odd time signature": "an odd time signature",
        "from the movie": "from a film",
        "from the film": "from a film",
        "from the game": "from a game",
        "award winning": "awards",
        "grammy winning": "awards",
        "number one hits": "chart positions",
        "number one": "chart positions",
        "number ones": "chart positions",
        "no 1": "chart positions",
        "top 40": "chart positions",
        "top of the charts": "chart positions",
        "topped the charts": "chart positions",
        "chart": "chart positions",
        "charts": "chart positions",
        "charted": "chart positions",
        "billboard": "chart positions",
        "chart toppers": "chart positions",
        "chart topping": "chart positions",
        "grammy": "awards",
        "grammys": "awards",
        "oscar": "awards",
        "won an award": "awards",
        "award": "awards",
        "awards": "awards",
        "from a movie": "from a film",
        "from a film": "from a film",
        "from the series": "from a series",
        "from the show": "from a series",
        "from the tv show": "from a series",
        "from the anime": "from a series",
        "from the soundtrack of": "from a film",
        "time signature": "a time signature",
        "in 7 8": "a time signature",
        "modulation": "a key change",
        "produced by": "a producer",
        "written by": "a writer",
        "sampled": "samples",
        "samples": "samples",
        "debut": "debuts",
        "debut album": "debuts",
        "debut albums": "debuts",
        "b side": "b-sides",
        "b sides": "b-sides",
        "one hit wonder": "one-hit wonders",
        "one hit wonders": "one-hit wonders",
        "tiktok": "what was shared on TikTok",
        "viral": "what was shared online",
    }
)

# Numbers that only a request for a few tracks is said with.
VAGUE_NUMBERS = {"a single": 1, "a couple of": 2, "a handful of": 5}
COUNTED = frozenset(
    {"song", "songs", "track", "tracks", "tune", "tunes", "pieces", "recommendations", "suggestions", "picks"}
    | {"titles", "bangers", "hits", "examples", "results", "numbers", "ones", "canciones", "temas", "lieder"}
    | {"titel", "stucke", "chansons", "titres", "morceaux", "musicas", "cancoes", "canzoni", "bops", "jams"}
    | {"曲", "首", "곡", "sangre", "nummers", "canzone", "chanson", "lied", "faixas"}
    | {"albums", "anthems", "ballads", "classics"}
)

# Talk of a request that says nothing of music.
_TALK = """
a about again album albums all also am an and another any anyone anything are around artist artists as at
avec back background band bands be because been before being best better big bit but by called can canciones
chansons check cherche com como con cool could cover da dans das day days de del der des die different do
does dont down du dunno during e each early ein eine el else em end energy era et even ever every everyone
everything fan favorite favourite feel feeling few find fine first fit for friends from full fun fur get
gimme girl give gives go going gonna good got great group had happy has have hear heard heavy hello help her
here heres hey hi high him his home hot how i ich if ill im in indie instrumental into is it its je just
keep kind kinda know la las last late lately le lemme les less let lets lieder life like listen listening
little long look looking los lot lots love low made make man many maybe me means melody mit mix mood moon
more morning most much music musica musik musique my na nach need never new nice night no not nothing now o
oder of off ok old on once one only or original os other others ou our out over para party people perfect
play playlist please pls plz pop por pour put puts que quiet rain rainy really recommend recommendation
recommendations right road rock same search searching set she short should show similar simple since singer
singers slow so some somebody someone something song songs soon sort sorta soul sound sounding sounds
soundtrack start starts stuff style suche suggest suggestion suggestions summer sunday sure surprise sweet
take tell than thank thanks that thats the their them then there theres these they thing things think this
those thx time title to today together tonight too top track tracks trip tune tunes two um uma un una und
under until up upbeat us use very vibe vibes vocal vocals voice von wanna want was way we well were what
whats when where which while who whole why wie will wind winter with without wonderful words work workout
world would y year years yes yesterday you young your youre
"""
TALK_WORDS = frozenset(_TALK.split())

# Words that are never by themselves the name of somebody, however the catalogue's artists are called.
_COMMON = """
first second third fourth fifth sixth seventh eighth ninth tenth last erste zweite dritte primera segunda
tercera
primero segundo tercero premier deuxieme troisieme
a about absolutely accident across actually addicted after afternoon again ago aint air album albums all
almost along already also although always am amazing among an and angry another answer any anyone anything
anywhere are arent around artist artists as at avec awesome back background band bands basic basically bass
be beach beat became because become bed been before begin beginning begins being besides best better between
big bigger birthday bit black blue bored born both bottom boy boyfriend boys bright bring brings broken
brother build building built bus but by call called calmer can canciones cant car certain change changed
changes chansons cheap check checking cheers cherche child children chill chorus city classic classics clean
cleaning clear close closer college com como completely complex con cook cooking cool cooler could couldnt
count country couple cover covers crazy create created creating cry crying curious currently da dad dance
dancing dans dark darker das day days de deeper default del der des didnt die different dirty discover
discovering discovery do does doesnt dont door down dream dreaming drink drinking drive driving drum drums
du dude dunno during e each early earth easier easy eat eating ein eine either el else em emotion emotional
emotions empty end ending ends energy enjoy enjoying enough ep era et even evening ever every everyone
everything everywhere exact exactly example examples except explore exploring extra false family famous fan
fans fast faster father favorite favourite feel feeling feelings few find fine finish finished fire first
fit flower folks for free fresh friday friend friends from front full fun fur garden general get gimme girl
girlfriend girls give go going gold gonna good got gotta great green grew group grow growing guitar guitars
guy guys had haha half happier happy hard harder has hasnt have havent hear heard hearing heart heavier
heavy hello help her here heres herself hes hey hi high higher him himself his hmm home honestly hook hooked
hope hoping hot hour hours house how however huge human humans husband i ich id idea ideas if ill im in
indie insane inside instead instrumental instrumentals into intro introduce is isnt it its itself ive je job
just keep keeping keeps kid kids kind kinda kinds kitchen know la language large las last late lately later
latest le least leave leaving left lemme les less let lets lieder life light lighter like list listen
listened listening lists literally little live lol lonely long longer look looking los lost lot lots loud
louder love lovely low lower lyric lyrics made main mainstream make makes making man many mate mates maybe
me mean meaning means melody men middle minute minutes mistake mit mix mixtape modern mom monday month mood
moods moon more morning most mother mountain mouth move moving much music musica musik musique my myself na
nach nah need neither never new newer nice night no nobody none not nothing now number numbers o obscure
obsessed ocean oder of off office often ok old older oldies on once one only open opposite or original os
ost other others ou our out outro outside over overall overrated para part particular party people perfect
perhaps piano piece pieces plane play played playing playlist plays please plenty pls plz poor pop popular
por pour power powerful probably problem produce produced put puts putting que question quiet quieter rain
rainy random rap rapper rather read reading real really reason reasons recent recently recommend
recommendation recommendations record recorded recording recordings red relax relaxing release released
remix remixes request retro rich right river road rock room run running sad sadder same sang saturday sax
school sea search searching second seconds seriously set several she shes short shorter should shouldnt show
shower sick silver similar simple since sing singer singers singing single sister sky sleep sleeping slow
slower small smaller so softer some somebody someone something sometimes somewhere song songs soon sorry
sort sorts soul sound sounding sounds soundtrack soundtracks space specific star stars start starting starts
stay staying still stop stopped stops stories story strange street strong stuck study studying stuff style
styles such suche suggest suggestion suggestions summer sun sunday sung sure sweet switch take tape tell
than thank thanks that thats the their them theme themes then there therefore theres these they theyre thing
things think this tho those though through thursday thx time tiny tired title to today together tomorrow
tonight too top topic totally town track tracks train tree trip true try trying tuesday tune tunes turn
turned turns twice two type types uh um uma un una und under underrated unknown unlike until up upbeat us
use usually various verse version versions very vibe vibes vibing vintage violin vocal vocals voice voices
von wake waking walk walking wanna want warmer was wasnt water way ways we weak wednesday week weekend weird
well were werent weve what whats when where which while white who whole why wie wife will wind window winter
wish wishes with within without woman women wonder wonderful wondering wont word words work working workout
world worse worst would wouldnt wow write writing y yeah year years yep yes yesterday yet you young younger
your youre yourself youve
"""
COMMON_WORDS = frozenset([*_COMMON.split(), *NUMBER_WORDS, "couple", "handful", "single"])
