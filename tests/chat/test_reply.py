"""The sentences of the service about a list."""

from typing import cast

import pytest

from src.chat.reply import notes
from src.constraints.models.brief import ReportLine


def _line(**fields) -> ReportLine:
    line = {"kind": "artist", "value": "by Nobody", "hard": True, "words": "Nobody", "verdict": "unmet"}
    return cast("ReportLine", {"detail": "", **line, **fields})


@pytest.mark.parametrize(
    ("line", "is_told"),
    [
        (_line(absence="not_in_catalogue", detail="steht nicht im Katalog"), True),
        (_line(detail="0 of 3; the title is 'not in this catalogue'"), False),
        (_line(absence="from_spotify", verdict="relaxed"), False),
    ],
)
def test_notes_tell_an_absence_by_its_code_alone(line, is_told):
    said = notes([line], [], 3, 3, "en")
    assert any(sentence.startswith("Nobody: not in this catalogue") for sentence in said) is is_told
