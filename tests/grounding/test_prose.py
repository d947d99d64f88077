import pytest

from src.grounding.prose import is_prose


@pytest.mark.parametrize(
    "text",
    [
        "see https://evil.example",
        "evil-music.com",
        "t4 is better",
        "T0",
        "[t1][t2]",
        "<b>bold</b>",
        "**bold**",
        "[album](x)",
        '{"picks": 1}',
        "&lt;b&gt;",
        "gram\u200bmy",
        "a gr\u0430mmy",
        "x" * 200,
    ],
)
def test_is_prose_when_it_is_not(text):
    assert not is_prose(text)


@pytest.mark.parametrize(
    "text", ["calm, slow & warm", "夜の静かな曲です", "r&b, 2/3 of it", "it's fine - really"]
)
def test_is_prose_when_it_is(text):
    assert is_prose(text)
