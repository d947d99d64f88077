"""Latency, tokens, money, and whether the calls of tools were right."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from src.chat.models.answer import Usage
from src.errors import InvalidInput
from src.evaluation.models.run import ToolUse

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars a million tokens, in and out."""

    input_usd: float
    output_usd: float


def read_prices(text: str) -> dict[str, Price]:
    """`model=in/out` pairs with commas between, as MODEL_PRICES has them.

    Raises:
        InvalidInput: an entry is of another form, a price is below 0, or a model stands twice.
    """
    prices: dict[str, Price] = {}
    for number, entry in enumerate(text.split(","), start=1):
        if not entry.strip():
            continue
        # A model's name may hold an equals sign, a slash too; the prices may not.
        name, _, amounts = entry.rpartition("=")
        model = name.strip()
        try:
            input_usd, output_usd = (float(amount) for amount in amounts.split("/"))
        except ValueError:
            raise _bad_price(number, "is no model=in/out pair") from None
        if not model:
            raise _bad_price(number, "names no model")
        if not all(math.isfinite(usd) and usd >= 0 for usd in (input_usd, output_usd)):
            raise _bad_price(number, "has a price that is no number of 0 or more")
        if model in prices:
            raise _bad_price(number, "names a model that stands there already")
        prices[model] = Price(input_usd, output_usd)
    return prices


def are_tokens_known(usage: Usage) -> bool:
    """Whether the model's server counted the tokens: a call without any is one that it says nothing of."""
    return usage["model_calls"] == 0 or usage["input_tokens"] > 0


def cost_usd(usage: Usage, model: str, prices: Mapping[str, Price]) -> float | None:
    """What a turn cost; None where the model has no known price, or its server did not count the tokens."""
    price = prices.get(model)
    if price is None or not are_tokens_known(usage):
        return None
    return tokens_usd(usage["input_tokens"], usage["output_tokens"], price)


def tokens_usd(input_tokens: float, output_tokens: float, price: Price) -> float:
    """What so many tokens cost."""
    return (input_tokens * price.input_usd + output_tokens * price.output_usd) / _MILLION


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share`, 0 to 1, of the values lie; linear between neighbours, as numpy's.

    Type 7 of Hyndman and Fan (1996).

    Raises:
        ValueError: there are no values, or `share` is out of its bounds.
    """
    if not values:
        raise ValueError("no values have no percentile")
    if not 0 <= share <= 1:
        raise ValueError("the share must be 0 to 1")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _bad_price(number: int, fault: str) -> InvalidInput:
    return InvalidInput(
        f"MODEL_PRICES: entry {number} {fault}. It takes model=in/out pairs with commas between, in US "
        "dollars a million tokens, such as qwen3=0.10/0.40."
    )


def first_calls_valid(tools: Sequence[ToolUse]) -> float | None:
    """Share of the tools whose first call in the turn was valid; None where none was called.

    First-attempt tool success, as TalkPlay-Tools (arXiv 2510.01698) reports it: a later call of the same tool
    may have mended the first, and does not count.
    """
    firsts = [use["ok"] for use in tools if use["first"]]
    return sum(firsts) / len(firsts) if firsts else None


def first_calls_by_tool(turns: Iterable[Sequence[ToolUse]]) -> dict[str, float]:
    """The same of each tool by itself, over all turns; in order of their names."""
    firsts: dict[str, list[bool]] = {}
    for tools in turns:
        for use in tools:
            if use["first"]:
                firsts.setdefault(use["tool"], []).append(use["ok"])
    return {tool: sum(valid) / len(valid) for tool, valid in sorted(firsts.items())}
