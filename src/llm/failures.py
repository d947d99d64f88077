"""What a failure of the model's server means: its status, its words, and how long to wait after it."""

import math
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Literal

from src.errors import ModelFailure, ModelUnavailable

_MESSAGES: dict[ModelFailure, str] = {
    "auth": "The model's server refuses the key; check LLM_API_KEY and the account behind it.",
    "rate_limited": "The model's server is at its limit; wait, or raise the limit of the account.",
    "timeout": "The model did not answer in time; raise LLM_TIMEOUT_S, or use a faster LLM_MODEL.",
    "connection": "The model's server cannot be reached, or hung up; check LLM_BASE_URL and the server.",
    "server_error": "The model's server failed; read its logs, or try again later.",
    "bad_request": "The model's server rejects the request; check LLM_TEMPERATURE, LLM_MAX_OUTPUT_TOKENS "
    "and LLM_CONTEXT_TOKENS against what LLM_MODEL takes.",
    "model_not_found": "The model's server does not know the model or the path; check LLM_MODEL, and that "
    "LLM_BASE_URL ends as the server wants it, mostly in /v1.",
    "refused": "The model refused to answer; put the request in other words.",
    "empty": "The model answered with nothing; raise LLM_MAX_OUTPUT_TOKENS, or use another LLM_MODEL.",
    "tools_rejected": "The server takes no tools for this model on Chat Completions; set LLM_MODEL to one "
    "that calls tools there, or turn tool calling on in the server behind LLM_BASE_URL.",
    "malformed": "The model's server does not stream chat completions; check that LLM_BASE_URL names an "
    "OpenAI-compatible API.",
}
_REASON_OF_STATUS: dict[int, ModelFailure] = {
    401: "auth",
    402: "auth",
    403: "auth",
    404: "model_not_found",
    408: "timeout",
    409: "server_error",
    429: "rate_limited",
}
# Words of a refusal of tools where the model does not take them together with its reasoning.
_REASONING = ("reasoning", "thinking", "effort", "/responses", "responses api")

# A parameter that some servers reject; tools may be rejected together with the model's reasoning.
type Quirk = Literal["max_tokens", "stream_options", "reasoning"]
type ToolOffer = Literal["nothing", "tools", "tools_without_reasoning"]


class ReasoningRefused(ModelUnavailable):
    """The server refuses tools to a model that reasons, or refuses to turn its reasoning off.

    `offer` is what was refused; the other way may work.
    """

    def __init__(self, offer: ToolOffer) -> None:
        super().__init__(_MESSAGES["tools_rejected"], reason="tools_rejected")
        self.offer = offer


def unavailable(reason: ModelFailure, retry_after_s: float | None = None) -> ModelUnavailable:
    """The failure, with a message that tells the operator which setting to look at."""
    return ModelUnavailable(_MESSAGES[reason], reason=reason, retry_after_s=retry_after_s)


def rejected_parameter(status: int, text: str) -> Quirk | None:
    """The parameter an error's lower-case text names as unsupported, if we can do without it."""
    if status not in (400, 422):
        return None
    if "stream_options" in text:
        return "stream_options"
    unsupported = "unsupported" in text or "not support" in text
    if "max_completion_tokens" in text or ("max_tokens" in text and unsupported):
        return "max_tokens"
    return None


def status_failure(
    status: int, text: str, offer: ToolOffer, retry_after_s: float | None = None
) -> ModelUnavailable:
    """What an HTTP status means, with the lower-case text that came with it."""
    names_tools = "tool" in text or "function" in text
    names_reasoning = any(word in text for word in _REASONING)
    # llama.cpp refuses tools with 500 as long as it runs without its templates.
    refuses = status in (400, 404, 422, 501) or (status == 500 and ("require" in text or "support" in text))
    if (
        refuses
        and names_reasoning
        and (offer == "tools_without_reasoning" or (offer == "tools" and names_tools))
    ):
        return ReasoningRefused(offer)
    if refuses and names_tools and offer != "nothing":
        return unavailable("tools_rejected", retry_after_s)
    reason = _REASON_OF_STATUS.get(status, "server_error" if status >= 500 else "bad_request")
    return unavailable(reason, retry_after_s)


def event_failure(error: object, offer: ToolOffer) -> ModelUnavailable:
    """What an `error` inside a stream means: some servers give an HTTP status as its code."""
    code = error.get("code") if isinstance(error, dict) else None
    status = int(code) if isinstance(code, int | str) and str(code).isdecimal() else 0
    return status_failure(status if 400 <= status < 600 else 500, str(error).lower(), offer)


def requested_wait_s(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait that the server asks for, at `now` in seconds since the epoch."""
    for name, unit_s in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) * unit_s
        except ValueError:
            continue
        if math.isfinite(seconds):
            return max(seconds, 0.0)
    try:
        return max(parsedate_to_datetime(headers.get("retry-after", "")).timestamp() - now, 0.0)
    except ValueError:
        return None
