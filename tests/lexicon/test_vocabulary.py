from src.lexicon.vocabulary import keywords


def test_keywords_when_every_request_holds_a_word_drops_it():
    assert keywords("I am looking for some sad songs") == "sad"
    assert keywords("songs for me") == ""
