from src.constraints.models.brief import empty_brief
from src.lexicon.genres import load_vocabulary
from src.understanding.merge import merge_reading
from src.understanding.message import read_message


async def _read(catalogue, message, turn=1):
    return await read_message(catalogue, await load_vocabulary(catalogue), message, turn, 2026)


async def test_merge_reading_when_messages_follow_carries_replaces_and_takes_back(catalogue):
    brief = empty_brief()
    for message in ("90s rock, no Coldplay, 5 songs", "make it before 1980, no metal"):
        brief = merge_reading(brief, await _read(catalogue, message, brief["turn"] + 1))
    kinds = [
        (constraint["kind"], constraint.get("year_to"), constraint.get("name"))
        for constraint in brief["wishes"]
    ]
    assert ("years", 1979, None) in kinds
    assert ("years", 1999, None) not in kinds
    assert ("artist", None, "Coldplay") in kinds
    assert not any(kind == "count" for kind, *_ in kinds)
    brief = merge_reading(brief, await _read(catalogue, "Coldplay is fine again", 3))
    assert not any(
        constraint.get("relation") == "rejected" and constraint["kind"] == "artist"
        for constraint in brief["wishes"]
    )
    brief = merge_reading(brief, await _read(catalogue, "start over", 4))
    assert brief["wishes"] == []


async def test_merge_reading_when_an_era_is_taken_back_forgets_it(catalogue):
    brief = merge_reading(empty_brief(), await _read(catalogue, "90s rock"))
    brief = merge_reading(brief, await _read(catalogue, "forget the 90s", 2))
    assert [constraint["kind"] for constraint in brief["wishes"]] == ["genre"]
