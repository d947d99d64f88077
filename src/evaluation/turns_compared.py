"""Two answers side by side: tracks, constraints, claims, and what they cost."""

import re
from collections import Counter
from collections.abc import Sequence

from src.agent.models.answer import Answer
from src.catalogue.models.track import Track
from src.evaluation.models.replay import TurnsCompared
from src.wishes.models.brief import Constraint

_VERDICTS = ("unmet", "uncheckable", "relaxed", "met")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def compare_turns(first: Answer, second: Answer) -> TurnsCompared:
    """What the second answer has and the first has not, and the other way round."""
    one, other = _places(first), _places(second)
    gained, lost = _verdict_changes(first["constraints"], second["constraints"])
    before, after = _sentences(first), _sentences(second)
    usages = first["usage"], second["usage"]
    tokens = [usage["input_tokens"] + usage["output_tokens"] for usage in usages]
    return {
        "tracks_in": [name for name in other if name not in one],
        "tracks_out": [name for name in one if name not in other],
        "moved": [
            f"{name}: {one[name]} → {place}" for name, place in other.items() if one.get(name, place) != place
        ],
        "constraints_gained": gained,
        "constraints_lost": lost,
        "claims_gained": list((after - before).elements()),
        "claims_lost": list((before - after).elements()),
        "tokens": (tokens[0], tokens[1]),
        "model_calls": (usages[0]["model_calls"], usages[1]["model_calls"]),
        "ms": (usages[0]["total_ms"], usages[1]["total_ms"]),
    }


def _places(answer: Answer) -> dict[str, int]:
    return {_named(pick["track"]): pick["rank"] for pick in answer["recommendations"]}


def _named(track: Track) -> str:
    return f"{track['title']} by {', '.join(track['artists'])}"


def _verdict_changes(
    before: Sequence[Constraint], after: Sequence[Constraint]
) -> tuple[list[str], list[str]]:
    """Lines of the ledger that are better in the second or new there, and those that are worse or gone."""
    one, other = _by_wish(before), _by_wish(after)
    gained: list[str] = []
    lost: list[str] = []
    for wish in dict.fromkeys([*one, *other]):
        was, now = one.get(wish), other.get(wish)
        if was == now:
            continue
        better = was is None or (now is not None and _VERDICTS.index(now) > _VERDICTS.index(was))
        (gained if better else lost).append(f"{wish}: {was or 'not there'} → {now or 'not there'}")
    return gained, lost


def _by_wish(constraints: Sequence[Constraint]) -> dict[str, str]:
    return {constraint["value"]: constraint["verdict"] for constraint in constraints}


def _sentences(answer: Answer) -> Counter[str]:
    texts = [answer["reply"], *(pick["reason"] for pick in answer["recommendations"])]
    return Counter(
        sentence for text in texts for sentence in _SENTENCE.split(text.strip()) if sentence.strip()
    )
