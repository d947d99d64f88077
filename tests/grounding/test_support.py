from src.catalogue.names import genre_key
from src.grounding.claims import is_supported
from src.grounding.support import listener_support
from src.lexicon.vocabulary import Vocabulary

VOCABULARY = Vocabulary({genre_key("country"): "country"})


def test_listener_support_when_spelled_otherwise_supports_it():
    said = listener_support("something from the eighties in c minor, some country", VOCABULARY)
    for sentence in ("Very 80s.", "In C minor.", "A country song."):
        assert is_supported(sentence, said, VOCABULARY)
