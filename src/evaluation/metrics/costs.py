"""Latency, tokens and money."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from src.agent.models.answer import Usage
from src.errors import InvalidInput

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars a million tokens, in and out."""

    input_usd: float
    output_usd: float


def read_prices(text: str) -> dict[str, Price]:
    """`model=in/out` pairs with commas between, as MODEL_PRICES has them.

    Raises:
        InvalidInput: an entry is of another form, or a price is below 0.
    """
    prices: dict[str, Price] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        # A model's name may hold an equals sign, a slash too; the prices may not.
        model, _, amounts = entry.rpartition("=")
        try:
            input_usd, output_usd = (float(amount) for amount in amounts.split("/"))
        except ValueError:
            raise _bad_prices() from None
        if not model.strip() or not all(math.isfinite(usd) and usd >= 0 for usd in (input_usd, output_usd)):
            raise _bad_prices()
        prices[model.strip()] = Price(input_usd, output_usd)
    return prices


def cost_usd(usage: Usage, model: str, prices: Mapping[str, Price]) -> float | None:
    """What a turn cost; None where the model has no known price."""
    price = prices.get(model)
    return tokens_usd(usage["input_tokens"], usage["output_tokens"], price) if price else None


def tokens_usd(input_tokens: float, output_tokens: float, price: Price) -> float:
    """What so many tokens cost."""
    return (input_tokens * price.input_usd + output_tokens * price.output_usd) / _MILLION


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share`, 0 to 1, of the values lie; linear between neighbours, as numpy's.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values have no percentile")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _bad_prices() -> InvalidInput:
    return InvalidInput("MODEL_PRICES takes model=in/out pairs with commas between, such as qwen3=0.10/0.40.")
