"""What the check of words goes by besides a record: what none can support, and the words that make claims."""

import re

# Facts that no record of a catalogue holds, in folded words: firsts and places in a career, prizes, charts,
# sales, who wrote or produced, samples, films, reception, lives, in the languages that models answer in; and
# words to a machine, not to a listener.
_UNKNOWABLE_WORDS = r"""
    debut\w*|grammys?|awards?|awarded|oscars?|emmys?|mercury prize|eurovision|nominat\w+|prize\w*
    |trophy|charts?|charted|charting|billboard|hot hundred|top (?:ten|five|twenty|forty|hundred)
    |number (?:one|two|three)|(?:no|nr|number|nummer|numero) (?:\d+|one|two|three) (?:hit|single|song
    |spot|smash)s?|top \d+|\d+ hits?|peaked|platinum|certified|gold record|gold certified|hit single
    |(?:huge|big|biggest|major|smash|massive|worldwide|global|international|radio|one|chart|greatest
    |summer) hits?|hit (?:of|in|from)|best ?selling|bestseller|most (?:streamed|played|popular|famous)
    |one hit wonder|millions?|billions?|thousands|copies|streams|streamed|streaming|sold out|sales
    |(?:first|second|third|fourth|fifth|sixth|last|final|latest|sophomore|breakthrough|comeback
    |self titled) (?:album|single|record|lp|ep|hit|release|recording|song)s?|breakthrough|comeback
    |reunion|reunited|farewell|posthumous\w*|lead single|b side|title track|opening track|follow up
    |bonus track|hidden track|produced|producers?|co ?produced|penned|ghostwrit\w+|wrote|co ?wrote
    |written|songwriters?|composed|composers?|lyricists?|arranged|engineered|mastered by|mixed by
    |recorded|recordings? (?:at|in|from|of)|sampl(?:e|es|ed|ing)|interpolat\w+|originally (?:by|from
    |sung|recorded|performed|written)|covered by|remake|movies?|films?|tv|television|series|sitcom
    |netflix|commercials?|adverts?|soundtrack (?:of|to|for|from)|theme (?:song|of|from|for)
    |video ?games?|musical about|featured (?:in|on)|used in|critics?|critical\w*|acclaimed|reviews?
    |reviewers?|rolling stone|pitchfork|legendary|world ?famous|viral|tik ?tok|trending|meme|banned
    |scandal\w*|controvers\w+|lawsuit|divorce\w*|died|dies|death of|suicide|murder of|overdose|married
    |marriage|wife|husband|girlfriend|boyfriend|widow|late (?:mother|father|brother)|tribute to
    |dedicated to|inspired by (?:his|her|their|a|an|the)|story behind|(?:about|after|for) (?:his
    |her) \w+|born in|grew up|raised in|hometown|band ?mates?|frontman|frontwoman|lead singer|ex member
    |founding member|record label|signed (?:to|with|by)|\w+ records|years? (?:ago|old)|decades? (?:ago
    |old)|century|centuries|millennium|woodstock|live aid|glastonbury|coachella|super bowl|halftime
    |instructions?|system prompt|prompts?|language model|assistant|as an ai|override|jailbreak
    |developer mode|^system|premios?|premiad\w+|ganador\w*|gano|ganaron|numero uno|numero um
    |disco de (?:oro|ouro|platino|platina)|estrei?a|estreno|primer (?:album|disco|sencillo|single)
    |primeiro (?:album|disco|single)|exitos?|sucessos?|producid[ao]s?|produzid[ao]s?
    |escrit[ao]s? p[oe]r|compuest[ao]|compost[ao]|pelicula|filme|banda sonora|vendid[ao]s?|millones
    |milhoes|en vivo|em directo|en directo|ao vivo|version de|versao de|murio|morreu|debut\w+|preis\w*
    |auszeichnung\w*|ausgezeichnet\w*|hitparade\w*|nummer (?:eins|ein|1)|charterfolg\w*
    |erste[nrs]? (?:album|single|platte)|produziert\w*|produzent\w*|geschrieben|komponiert\w*
    |verkauft\w*|millionen|milliarden|spielfilm\w*|konzertaufnahme|gestorben|nummer een|geproduceerd
    |prijs|prix|recompense\w*|disque d or|premier (?:album|single|disque)|premiere? (?:place|chanson)
    |hit parade|numero un|classements?|produite?s?|ecrite?s? par|composee?s? par|tubes?|succes|cinema
    |bande originale|vendu\w*|en public|en concert|reprise de|mort de|prodott[ao]|scritt[ao] da
    |vincit\w+|ha vinto|classific\w+|primo (?:album|disco|singolo)|esordio|colonna sonora|dal vivo
    |vendut[ao]|milioni|premi(?:o|ato|ata)|production (?:by|of)|en las listas
"""
UNKNOWABLE = re.compile(rf"\b(?:{''.join(line.strip() for line in _UNKNOWABLE_WORDS.splitlines())})\b")
# The same in scripts without blanks or with many endings, compared letter by letter.
_UNKNOWABLE_PARTS = """
デビュー 受賞 賞 チャート ヒット ランキング 映画 主題歌 プロデュース カバー ライブ 年代 昭和 平成 데뷔
수상 차트 영화 히트 出道 获奖 獲獎 榜 电影 電影 主題曲 翻唱 дебют преми награ хит
чарт фильм продюс кавер альбом
"""
UNKNOWABLE_PARTS = tuple(_UNKNOWABLE_PARTS.split())
# What a record tells of a recording, and the words that claim it.
VERSION_CLAIMS = tuple(
    (re.compile(rf"\b(?:{words})\b"), version)
    for words, version in (
        (r"live (?:at|from|in|on|version|recording|take|cut|set|session|album|performance|track)", "live"),
        (r"in concert|unplugged|concert recording|recorded live|performed live", "live"),
        (r"cover (?:of|version|by)|covers? an?|a cover|rendition of|version of", "cover"),
        (r"remix\w*|rework\w*", "remix"),
        (r"karaoke", "karaoke"),
        (r"acoustic (?:version|take)|stripped down version", "acoustic"),
        (r"demo", "demo"),
        (r"remaster\w*", "remaster"),
    )
)
# Genres that a catalogue may lack; its own are read by its vocabulary.
_GENRES = """
acid house|acid jazz|afrobeat|afrobeats|ambient|americana|bachata|barbershop|baroque|bebop|big band
|black metal|bluegrass|blues|bolero|boogie|boogie woogie|bossa|bossa nova|breakbeat|britpop|cajun
|calypso|cha cha|chanson|chillout|chiptune|classical|country|cumbia|dance hall|dancehall
|death metal|disco|doo wop|downtempo|drill|drone|drum and bass|dub|dubstep|edm|electro|electronica
|emo|eurodance|fado|flamenco|folk|folktronica|footwork|forro|free jazz|funk|fusion|gabber|garage
|glam|glitch|gospel|gothic rock|grime|grindcore|grunge|gypsy jazz|hard bop|hardstyle|hip hop
|honky tonk|house|hyperpop|idm|industrial|jangle pop|jazz|jungle|k pop|j pop|klezmer|krautrock
|latin|lo fi|lounge|mambo|mariachi|math rock|mbaqanga|merengue|metal|motown|mpb|musique concrete
|new age|new jack swing|new wave|noise|opera|operetta|outlaw country|phonk|polka|post punk
|post rock|power pop|prog rock|psychedelia|psychobilly|punk|qawwali|r and b|ragga|ragtime|rai|rap
|reggae|reggaeton|rhumba|rockabilly|rocksteady|salsa|samba|schlager|sea shanty|ska|skiffle
|smooth jazz|soca|soul|sludge|stoner rock|surf rock|swing|synth pop|tango|techno|tejano|thrash
|trance|trap|trip hop|tropicalia|vallenato|vaporwave|western swing|yacht rock|zouk|zydeco
"""
GENRES = frozenset(_GENRES.replace("\n", "").split("|"))
GENRE_ENDING = re.compile(r"\w{3,}(?:core|wave|step|gaze|tronica|billy)")
# Words for moods that listeners hardly use, as the moods of which one must be on record.
MOOD_WORDS = {
    **dict.fromkeys(["tranquil", "placid", "restful", "soothes", "becalmed"], "calm"),
    **dict.fromkeys(["furious", "enraged", "raging", "livid", "wrathful"], "angry"),
    **dict.fromkeys(["brutal", "savage", "vicious", "menacing", "violent", "ferocious"], "aggressive"),
    **dict.fromkeys(
        ["jubilant", "gleeful", "merry", "jolly", "cheery", "exuberant", "sunny", "bubbly"], "joyful"
    ),
    **dict.fromkeys(["mournful", "sorrowful", "tearful", "doleful", "grieving", "morose", "somber"], "sad"),
    **dict.fromkeys(["ecstatic", "rapturous", "blissful"], "euphoric"),
    **dict.fromkeys(["ominous", "foreboding", "bleak", "grim"], "dark"),
    **dict.fromkeys(["hilarious", "comical", "goofy"], "funny"),
    **dict.fromkeys(["amorous", "lovesick"], "romantic"),
    **dict.fromkeys(["majestic", "grandiose"], "epic"),
}
# Voices and instruments: a record that has no such tag does not support them.
HEARD = frozenset(
    {"female vocals", "male vocals", "choir", "duet", "a cappella", "piano", "violin", "strings", "saxophone"}
    | {"trumpet", "brass", "acoustic guitar", "electric guitar", "accordion", "harmonica", "flute", "cello"}
    | {"banjo", "spoken word", "vocoder", "screaming"}
)
