import pytest

from src.lexicon.tokens import tokenize
from src.understanding.origin import message_language


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
def test_message_language_when_words_tell(message, language):
    assert message_language(message, tokenize(message)) == language
