"""Two answers side by side: tracks, constraints, claims, and what they cost."""

import re
from collections import Counter

from src.agent.models.answer import Answer
from src.catalogue.models.track import Track
from src.evaluation.models.replay import TurnsCompared
from src.evaluation.verdict_changes import verdict_changes

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def compare_turns(first: Answer, second: Answer) -> TurnsCompared:
    """What the second answer has and the first has not, and the other way round."""
    one, other = _places(first), _places(second)
    gained, lost = verdict_changes(first["constraints"], second["constraints"])
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


def _sentences(answer: Answer) -> Counter[str]:
    texts = [answer["reply"], *(pick["reason"] for pick in answer["recommendations"])]
    return Counter(
        sentence for text in texts for sentence in _SENTENCE.split(text.strip()) if sentence.strip()
    )
