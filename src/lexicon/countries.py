"""Countries and their people, as listeners name them."""

from src.lexicon.tokens import Phrases

# Name of a country, to ISO 3166-1 alpha-2.
COUNTRIES = Phrases(
    {
    "argentina": "AR", "australia": "AU", "austria": "AT", "belgium": "BE", "brazil": "BR", "brasil": "BR",
    "bulgaria": "BG", "canada": "CA", "cape verde": "CV", "chile": "CL", "china": "CN", "colombia": "CO",
    "congo": "CD", "cuba": "CU", "czech republic": "CZ", "denmark": "DK", "egypt": "EG", "england": "GB",
    "estonia": "EE", "ethiopia": "ET", "finland": "FI", "france": "FR", "germany": "DE", "ghana": "GH",
    "great britain": "GB", "greece": "GR", "hungary": "HU", "iceland": "IS", "india": "IN",
    "indonesia": "ID", "iran": "IR", "ireland": "IE", "israel": "IL", "italy": "IT", "jamaica": "JM",
    "japan": "JP", "kenya": "KE", "korea": "KR", "lebanon": "LB", "mali": "ML", "mexico": "MX",
    "mongolia": "MN", "morocco": "MA", "netherlands": "NL", "holland": "NL", "new zealand": "NZ",
    "nigeria": "NG", "norway": "NO", "pakistan": "PK", "peru": "PE", "philippines": "PH", "poland": "PL",
    "portugal": "PT", "puerto rico": "PR", "romania": "RO", "russia": "RU", "scotland": "GB",
    "senegal": "SN", "serbia": "RS", "south africa": "ZA", "south korea": "KR", "spain": "ES",
    "sweden": "SE", "switzerland": "CH", "taiwan": "TW", "thailand": "TH", "turkey": "TR", "turkiye": "TR",
    "uk": "GB", "united kingdom": "GB", "ukraine": "UA", "usa": "US", "us": "US", "america": "US",
    "united states": "US", "venezuela": "VE", "vietnam": "VN", "wales": "GB", "zimbabwe": "ZW",
    "hong kong": "HK", "ivory coast": "CI", "cote divoire": "CI", "tanzania": "TZ", "bosnia": "BA",
    "malaysia": "MY", "belarus": "BY", "niger": "NE", "uganda": "UG", "latvia": "LV", "panama": "PA",
    "dominican republic": "DO", "kazakhstan": "KZ", "armenia": "AM", "barbados": "BB", "benin": "BJ",
    "gabon": "GA", "gambia": "GM", "guinea": "GN", "angola": "AO", "mozambique": "MZ", "sudan": "SD",
    "somalia": "SO", "burundi": "BI", "zambia": "ZM", "libya": "LY", "slovakia": "SK", "uruguay": "UY",
    "moldova": "MD", "slovenia": "SI", "lithuania": "LT", "singapore": "SG", "georgia": "GE",
    "uzbekistan": "UZ", "croatia": "HR", "ecuador": "EC", "bolivia": "BO", "haiti": "HT", "nepal": "NP",
    "algeria": "DZ", "tunisia": "TN", "cameroon": "CM", "islandia": "IS", "espana": "ES", "francia": "FR",
    "alemania": "DE", "japon": "JP", "frankreich": "FR", "schweden": "SE", "island": "IS",
    "brasilien": "BR", "japao": "JP", "franca": "FR", "allemagne": "DE", "bresil": "BR", "italia": "IT",
}
)  # fmt: skip

# Word for what comes from a country.
DEMONYMS = Phrases(
    {
    "brasileno": "BR", "brasilena": "BR", "brasileiro": "BR", "brasileira": "BR", "bresilienne": "BR",
    "bresilien": "BR", "brasilianische": "BR", "brasiliana": "BR", "frances": "FR", "francesa": "FR",
    "francais": "FR", "francaise": "FR", "francese": "FR",
    "franzosische": "FR", "alemana": "DE", "aleman": "DE",
    "allemande": "DE", "alema": "DE", "tedesca": "DE", "deutsche": "DE", "mexicana": "MX", "mexicano": "MX",
    "inglesa": "GB", "britische": "GB", "britanica": "GB", "anglaise": "GB", "americana": "US",
    "amerikanische": "US", "americaine": "US", "italiana": "IT", "italienische": "IT", "italienne": "IT",
    "japonesa": "JP", "japanische": "JP", "japonaise": "JP", "giapponese": "JP", "sueca": "SE",
    "schwedische": "SE", "suedoise": "SE", "cubana": "CU", "kubanische": "CU", "cubaine": "CU",
    "colombiana": "CO", "portuguesa": "PT", "portugaise": "PT", "portugiesische": "PT", "islandesa": "IS",
    "islandische": "IS", "islandaise": "IS", "irische": "IE", "irlandesa": "IE", "coreana": "KR",
    "koreanische": "KR", "coreenne": "KR", "nigeriana": "NG", "maliense": "ML", "espanola": "ES",
    "spanische": "ES", "espagnole": "ES", "belge": "BE", "turkische": "TR", "turca": "TR", "russische": "RU",
    "algerian": "DZ", "american": "US", "argentinian": "AR", "argentine": "AR", "australian": "AU",
    "aussie": "AU", "austrian": "AT", "belgian": "BE", "brazilian": "BR", "british": "GB", "bulgarian": "BG",
    "canadian": "CA", "chilean": "CL", "chinese": "CN", "colombian": "CO", "congolese": "CD", "cuban": "CU",
    "danish": "DK", "dutch": "NL", "egyptian": "EG", "english": "GB", "estonian": "EE", "ethiopian": "ET",
    "finnish": "FI", "french": "FR", "german": "DE", "ghanaian": "GH", "greek": "GR", "hungarian": "HU",
    "icelandic": "IS", "indian": "IN", "indonesian": "ID", "iranian": "IR", "persian": "IR", "irish": "IE",
    "israeli": "IL", "italian": "IT", "jamaican": "JM", "japanese": "JP", "kenyan": "KE", "korean": "KR",
    "lebanese": "LB", "malian": "ML", "mexican": "MX", "mongolian": "MN", "moroccan": "MA",
    "nigerian": "NG", "norwegian": "NO", "pakistani": "PK", "peruvian": "PE", "filipino": "PH",
    "polish": "PL", "portuguese": "PT", "puerto rican": "PR", "romanian": "RO", "russian": "RU",
    "scottish": "GB", "senegalese": "SN", "serbian": "RS", "south african": "ZA", "south korean": "KR",
    "spanish": "ES", "swedish": "SE", "swiss": "CH", "taiwanese": "TW", "thai": "TH", "turkish": "TR",
    "ukrainian": "UA", "venezuelan": "VE", "vietnamese": "VN", "welsh": "GB", "zimbabwean": "ZW",
    "tanzanian": "TZ", "bosnian": "BA", "malaysian": "MY",
    "belarusian": "BY", "ugandan": "UG", "latvian": "LV",
    "panamanian": "PA", "dominican": "DO", "kazakh": "KZ", "armenian": "AM", "angolan": "AO",
    "mozambican": "MZ", "sudanese": "SD", "somali": "SO", "zambian": "ZM", "libyan": "LY", "slovak": "SK",
    "uruguayan": "UY", "moldovan": "MD", "slovenian": "SI", "lithuanian": "LT", "croatian": "HR",
    "uzbek": "UZ", "haitian": "HT", "ivorian": "CI", "guinean": "GN", "czech": "CZ",
    "tunisian": "TN", "cameroonian": "CM",
}
)  # fmt: skip

COUNTRY_NAMES = {code: name.title() for name, code in reversed(COUNTRIES.items())} | {
    "US": "the United States",
    "GB": "the United Kingdom",
    "KR": "South Korea",
    "NL": "the Netherlands",
    "CD": "Congo",
    "CZ": "the Czech Republic",
    "PH": "the Philippines",
}
