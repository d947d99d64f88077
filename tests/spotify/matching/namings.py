"""Two ways in which labels write the same things: the matcher may be tuned on the first alone."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Naming:
    """Words and templates; `{t}` is the title, `{a}` the artist, `{n}` a place or another name."""

    titles: tuple[tuple[str, ...], tuple[str, ...]]
    artists: tuple[str, ...]
    bands: tuple[str, ...]
    places: tuple[str, ...]
    live: tuple[str, ...]
    live_albums: tuple[str, ...]
    karaoke: tuple[tuple[str, str], ...]
    """(title, artist)"""
    covers: tuple[tuple[str, str], ...]
    remasters: tuple[str, ...]
    remixes: tuple[str, ...]
    speeds: tuple[str, ...]
    others: tuple[str, ...]
    """Instrumental, acoustic, demo, re-recorded: other recordings of the artist's own."""
    edits: tuple[str, ...]
    longer: tuple[str, ...]
    features: tuple[str, ...]
    """A title with a guest `{n}`."""
    joints: tuple[str, ...]
    """One credit of two artists `{a}` and `{n}`."""
    accents: tuple[tuple[str, str, str, str], ...]
    """(title, artist) as in the catalogue, and as on Spotify."""
    scripts: tuple[tuple[str, str, tuple[str, ...], str, str], ...]
    """(title, artist, aliases) in the catalogue, (title, artist) on Spotify."""
    parts: tuple[tuple[str, str, str], ...]
    """(suffix in the catalogue, the same on Spotify, another part)"""
    neighbours: tuple[str, ...]
    """Another song of the artist whose title holds this one's."""
    harmless: tuple[str, ...]
    """Notes that change nothing of the recording."""


TUNED = Naming(
    titles=(
        (
            "Silver",
            "Hollow",
            "Paper",
            "Midnight",
            "Golden",
            "Broken",
            "Distant",
            "Crimson",
            "Quiet",
            "Electric",
        ),
        ("Harbour", "Letters", "Rain", "Garden", "Windows", "Highway", "Mirror", "Season", "Signal", "Waltz"),
    ),
    artists=("Mara", "Julian", "Ada", "Theo", "Nina", "Oskar", "Wren", "Silas", "Ivy", "Conrad"),
    bands=("Lanterns", "Foxes", "Harbor Lights", "Night Swimmers", "Velvet Hours", "Pilots", "Cartographers"),
    places=("Wembley", "Montreux", "Red Rocks", "the BBC", "Paradiso", "Glastonbury 1997"),
    live=("{t} - Live at {n}", "{t} (Live)", "{t} - Live", "{t} [Live at {n}]", "{t} - MTV Unplugged"),
    live_albums=("Live at {n}", "Unplugged", "{a} Live", "In Concert"),
    karaoke=(
        ("{t} (Karaoke Version)", "Party Tyme Karaoke"),
        ("{t} (In the Style of {a}) [Karaoke Version]", "Sing King"),
        ("{t} - Originally Performed by {a}", "The Karaoke Channel"),
        ("{t} (Made Famous by {a})", "Ameritz Countdown Karaoke"),
        ("{t} - Karaoke Instrumental", "{a}"),
    ),
    covers=(
        ("{t}", "Vitamin String Quartet"),
        ("{t} (Tribute to {a})", "The Cover Crew"),
        ("{t}", "{a} Tribute Band"),
        ("{t} - Cover", "Brass Avenue"),
        ("{t}", "Rockabye Baby!"),
    ),
    remasters=(
        "{t} - Remastered 2011",
        "{t} - 2011 Remaster",
        "{t} (Remastered)",
        "{t} - 2009 Digital Remaster",
        "{t} - Remastered",
    ),
    remixes=("{t} - {n} Remix", "{t} ({n} Remix)", "{t} ({n} Rework)", "{t} - {n} Mix", "{t} ({n} Bootleg)"),
    speeds=(
        "{t} - Sped Up",
        "{t} (Nightcore)",
        "{t} - Slowed",
        "{t} (Sped Up Version)",
        "{t} - slowed + reverb",
    ),
    others=(
        "{t} - Acoustic",
        "{t} (Instrumental)",
        "{t} - Demo",
        "{t} (Re-recorded)",
        "{t} (Taylor's Version)",
        "{t} - Orchestral Version",
        "{t} - Rerecorded Version",
        "{t} (Acoustic Version)",
    ),
    edits=("{t} - Radio Edit", "{t} (Single Edit)", "{t} - Single Version", "{t} (Radio Version)"),
    longer=("{t} - Extended Mix", "{t} (Extended Version)", "{t} - 12'' Version"),
    features=("{t} (feat. {n})", "{t} (ft. {n})", "{t} [feat. {n}]", "{t} feat. {n}", "{t} (with {n})"),
    joints=("{a} & {n}", "{a} and {n}", "{a}, {n}", "{a} x {n}"),
    accents=(
        ("Cœur Brisé", "Zoë Séjour", "Coeur Brisé", "Zoe Sejour"),
        ("Don’t Look Down", "P!nk Harbour", "Don't Look Down", "Pink Harbour"),
        ("Rhythm & Bones", "Salt & Stone", "Rhythm and Bones", "Salt and Stone"),
        ("Así Es la Vida", "Los Ángeles Negros", "Asi es la vida", "Los Angeles Negros"),
        ("Über Alles Schön", "Grönland", "Uber Alles Schon", "Gronland"),
        ("Nothing Else…", "K.I.T.E.", "Nothing Else...", "KITE"),
        ("Hey! Ho!", "The Sparrow's Nest", "Hey Ho", "The Sparrows Nest"),
        ("Back-to-Back", "Jay-R", "Back to Back", "Jay R"),
        ("Thunder/Lightning", "ZZ/TT", "Thunder / Lightning", "ZZTT"),
        ("Señorita de Enero", "Niño Bravío", "Senorita De Enero", "Nino Bravio"),
        ("Fjøl", "Sørlandet", "Fjol", "Sorlandet"),
        ("The Wolves", "Wolfpack", "The Wolves", "The Wolfpack"),
    ),
    scripts=(
        ("夜空", "青い鳥楽団", ("Yozora", "Aoi Tori Gakudan"), "夜空", "青い鳥楽団"),
        ("夜空", "赤い月", ("Yozora", "Akai Tsuki"), "Yozora", "Akai Tsuki"),
        ("Spring Day Out", "Haneul", ("봄나들이", "하늘밴드"), "봄나들이", "하늘밴드"),
        ("Группа крови", "Север", ("Gruppa krovi", "Sever"), "Gruppa krovi", "Sever"),
        ("Звезда", "Полюс", ("Zvezda",), "Звезда", "Полюс"),
        ("Θάλασσα", "Μελίνα Κάππα", ("Thalassa", "Melina Kappa"), "Thalassa", "Melina Kappa"),
        ("حبيبي", "نور الليل", ("Habibi", "Nour El Leil"), "حبيبي", "نور الليل"),
        ("Sakura Road", "Kaze", ("桜道", "風"), "桜道", "Kaze"),
        ("밤하늘", "별빛", (), "밤하늘", "별빛"),
        ("Ночь", "Ветер", ("Night",), "Ночь", "Ветер"),
    ),
    parts=(
        (", Pt. 1", ", Part 1", ", Pt. 2"),
        (" (Part 1)", ", Pt. 1", " (Part 2)"),
        (" II", " II", " III"),
        (" No. 5", " No. 5", " No. 6"),
    ),
    neighbours=("{t} Blues", "After {t}", "{t} Again", "{t} (Interlude)", "{t} (Reprise)"),
    harmless=(
        "{t} - Mono",
        "{t} (Album Version)",
        "{t} - Bonus Track",
        "{t} (Original Version)",
        "{t} - Explicit",
    ),
)

HELD_OUT = Naming(
    titles=(
        (
            "Amber",
            "Restless",
            "Northern",
            "Glass",
            "Forgotten",
            "Burning",
            "Little",
            "Velvet",
            "Second",
            "Wild",
        ),
        (
            "Machine",
            "Carousel",
            "Shoreline",
            "Telephone",
            "Cathedral",
            "Fever",
            "Orchard",
            "Parade",
            "Ghost",
            "Sun",
        ),
    ),
    artists=("Dimitri", "Lola", "Bruno", "Esme", "Kofi", "Ingrid", "Rafael", "Priya", "Tomas", "Yara"),
    bands=("Moths", "Tin Soldiers", "Weather Report Club", "Drive", "Apostles", "Winter Sleepers", "Kings"),
    places=(
        "Abbey Road",
        "Rock in Rio",
        "KEXP",
        "Madison Square Garden, New York, NY",
        "Budokan",
        "La Cigale",
    ),
    live=(
        "{t} - Live From {n} / 2003",
        "{t} - En Vivo",
        "{t} (Ao Vivo)",
        "{t} (Rendition Live in {n})",
        "{t} - Live in Studio",
        "{t} - Rendition at Spotify Studios NYC",
        "{t} (BBC Session)",
    ),
    live_albums=("Live From {n}", "{a}: The Concert Live", "Live!", "MTV Unplugged"),
    karaoke=(
        ("{t} - Karaoke", "Zoom Karaoke"),
        ("{t} (Instrumental Version) [In the Style of {a}]", "Sunfly House Band"),
        ("{t} - Backing Track", "Hit Backing Crew"),
        ("{t} (Piano Karaoke Instrumentals)", "Sing2Piano"),
        ("{t} (Originally Performed By {a})", "Starlite Singers"),
    ),
    covers=(
        ("{t} (Lullaby Rendition of {a})", "Twinkle Twinkle Little Rock Star"),
        ("{t}", "Piano Tribute Players"),
        ("{t} (8-Bit {a} Emulation)", "8-Bit Arcade"),
        ("{t} (Cover Version)", "The Hit Crew"),
        ("{t} - A Tribute to {a}", "Studio Allstars"),
        ("{t}", "Postal Jukebox"),
    ),
    remasters=(
        "{t} (2015 Remastered Version)",
        "{t} - Remastered Version 1998",
        "{t} - Mono / Remastered",
        "{t} [2020 Remaster]",
        "{t} - 40th Anniversary Remaster",
        "{t} - Single Version; 2007 Remaster",
    ),
    remixes=(
        "{t} ({n} Dub)",
        "{t} - {n} Club Mix",
        "{t} [{n} Flip]",
        "{t} ({n} VIP)",
        "{t} - {n} Extended Remix",
        "{t} ({n} Edit)",
    ),
    speeds=(
        "{t} - Nightcore Version",
        "{t} (slowed down)",
        "{t} (Speed Up)",
        "{t} - Super Slowed",
        "{t} (8D Audio)",
    ),
    others=(
        "{t} (Piano Version)",
        "{t} - Home Demo",
        "{t} (Stripped)",
        "{t} (A Cappella)",
        "{t} - Early Take",
        "{t} (Re-Rendition 2015)",
        "{t} - New Recording",
        "{t} (Spanish Version)",
        "{t} - Alternate Version",
        "{t} (Symphonic Version)",
    ),
    edits=("{t} - Edit", "{t} [Radio Mix]", '{t} (7" Version)', "{t} - Short Version"),
    longer=("{t} (Long Version)", '{t} - 12" Mix', "{t} (Full Length Version)"),
    features=("{t} (featuring {n})", "{t} ft {n}", "{t} (Feat. {n}) ", "{t} - feat. {n}", "{t} [with {n}]"),
    joints=("{a} + {n}", "{a} vs. {n}", "{a} / {n}", "{a} feat. {n}"),
    accents=(
        ("Schöner Tag", "Müller Bühne", "Schoener Tag", "Mueller Buehne"),
        ("Łódka", "Mała Armia", "Lodka", "Mala Armia"),
        ("A$AP Morning", "Ke$ter", "ASAP Morning", "Kester"),
        ("Rock 'n' Roll Moon", "Guns 'n' Daisies", "Rock N Roll Moon", "Guns N' Daisies"),
        ("L'Été Indigo", "François Hâvre", "L’été indigo", "Francois Havre"),
        ("Straße", "Weißwald", "Strasse", "Weisswald"),
        ("Who Are You?", "B-52 Boys", "Who Are You", "B52 Boys"),
        ("Ain't No Way Home", "The Æther", "Aint No Way Home", "The Aether"),
        ("SOS (Help Me)", "S.O.S. Club", "S.O.S. (Help Me)", "SOS Club"),
        ("Ciné, Ciné", "Brontë & Sœur", "Cine Cine", "Bronte & Soeur"),
        ("Numb/Alive", "Nik & Jo", "Numb / Alive", "Nik and Jo"),
        ("Oh My ½", "Çelik", "Oh My 1/2", "Celik"),
    ),
    scripts=(
        ("שיר לילה", "ירח מלא", ("Shir Layla", "Yareach Male"), "Shir Layla", "Yareach Male"),
        ("ความรัก", "ดาวเหนือ", ("Kwam Rak",), "ความรัก", "ดาวเหนือ"),
        ("月光", "林海", ("Moonlight", "Lin Hai"), "月光", "Lin Hai"),
        ("Обійми", "Океан", ("Obijmy", "Okean"), "Обійми", "Океан"),
        ("Lemon Tree", "Yonezu", ("レモンの木", "米津"), "レモンの木", "米津"),
        ("너에게 (To You)", "서울밴드", ("To You",), "너에게", "서울밴드"),
        ("दिल", "राग", ("Dil", "Raag"), "Dil", "Raag"),
        ("Αγάπη", "Νύχτα", (), "Αγάπη", "Νύχτα"),
        ("სიმღერა", "თბილისი", ("Simghera", "Tbilisi"), "Simghera", "Tbilisi"),
        ("君の歌", "星野", ("Kimi no Uta",), "君の歌 - Kimi no Uta", "星野"),
    ),
    parts=(
        (", Pts. 1-5", " (Parts 1-5)", ", Pts. 6-9"),
        (" Part II", ", Pt. II", " Part III"),
        (" (Part One)", " (Pt. 1)", " (Part Two)"),
        (" Vol. 2", ", Vol. 2", ", Vol. 3"),
    ),
    neighbours=("{t} Forever", "My {t}", "{t} (Intro)", "No {t}", "{t} / The {t} of the World"),
    harmless=(
        "{t} - Stereo Version",
        "{t} - Explicit Version",
        "{t} (Deluxe Edition)",
        "{t} (Main Version)",
        '{t} - From "The Long Road"',
    ),
)
