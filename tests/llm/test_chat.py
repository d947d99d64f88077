from hypothesis import given
from hypothesis import strategies as st

from src.llm.chat import estimate_tokens, fit_messages
from src.llm.models.chat import ChatMessage

SYSTEM: ChatMessage = {"role": "system", "content": "Rules"}


def user(content: str) -> ChatMessage:
    return {"role": "user", "content": content}


def assistant(content: str, *call_ids: str) -> ChatMessage:
    if not call_ids:
        return {"role": "assistant", "content": content}
    return {
        "role": "assistant",
        "content": content,
        "tool_calls": [
            {"id": call_id, "type": "function", "function": {"name": "search", "arguments": "{}"}}
            for call_id in call_ids
        ],
    }


def result(call_id: str, content: str) -> ChatMessage:
    return {"role": "tool", "tool_call_id": call_id, "content": content}


@st.composite
def conversations(draw: st.DrawFn) -> list[ChatMessage]:
    words = st.text(max_size=400)
    lines = st.lists(words, max_size=8).map("\n".join)
    messages = [SYSTEM] if draw(st.booleans()) else []
    for turn in range(draw(st.integers(0, 4))):
        messages.append(user(draw(words)))
        for call in range(draw(st.integers(0, 3))):
            messages.append(assistant(draw(words), f"{turn}-{call}"))
            messages.append(result(f"{turn}-{call}", draw(lines) + draw(st.sampled_from(["", "\n</data>"]))))
        messages.append(assistant(draw(words)))
    return messages


def test_estimate_tokens_counts_cjk_more_than_latin():
    assert estimate_tokens("") == 0
    assert estimate_tokens("night") == 2
    assert estimate_tokens("夜夜夜夜") == 5
    assert estimate_tokens("夜" * 300) > 3 * estimate_tokens("a" * 300)


@given(st.text(), st.text())
def test_estimate_tokens_never_falls_as_text_grows(one, other):
    both = estimate_tokens(one + other)
    assert max(estimate_tokens(one), estimate_tokens(other)) <= both
    assert both <= estimate_tokens(one) + estimate_tokens(other)


def test_estimate_tokens_when_a_surrogate_stands_alone_still_counts():
    assert estimate_tokens("\ud83d") > 0


def test_fit_messages_when_all_fits_changes_nothing():
    messages = [SYSTEM, user("a"), assistant("b"), user("c")]
    assert fit_messages(messages, 1_000) == messages


def test_fit_messages_drops_the_oldest_exchange_with_its_tool_results():
    first = [user("a" * 300), assistant("", "1"), result("1", "b" * 300), assistant("c" * 300)]
    second = [user("d" * 300), assistant("e" * 300)]
    last = [user("f"), assistant("", "2"), result("2", "g")]
    fitted = fit_messages([SYSTEM, *first, *second, *last], 400)
    assert fitted == [SYSTEM, *second, *last]


def test_fit_messages_drops_no_more_than_it_must():
    exchanges = [[user(f"{turn}" * 300), assistant("b" * 300)] for turn in range(4)]
    messages = [message for exchange in exchanges for message in exchange]
    assert fit_messages([*messages, user("now")], 450) == [*exchanges[2], *exchanges[3], user("now")]


def test_fit_messages_drops_what_stands_before_the_first_message_of_the_user():
    messages = [SYSTEM, assistant("a" * 3_000), user("b")]
    assert fit_messages(messages, 100) == [SYSTEM, user("b")]


def test_fit_messages_shortens_tool_results_from_the_oldest():
    lines = "\n".join(f"t{row} | a title | an artist" for row in range(200))
    fenced = f"Found:\n<catalogue>\n{lines}\n</catalogue>"
    messages = [SYSTEM, user("a"), assistant("", "1", "2"), result("1", fenced), result("2", fenced)]
    fitted = fit_messages(messages, 3_500)
    assert [message["role"] for message in fitted] == ["system", "user", "assistant", "tool", "tool"]
    kept = fitted[3]["content"].split("\n")
    assert kept[:3] == ["Found:", "<catalogue>", "t0 | a title | an artist"]
    assert kept[-2:] == ["(shortened)", "</catalogue>"]
    assert kept[-3] in lines.split("\n")
    assert fitted[4] == messages[4]
    assert messages[3]["content"] == fenced


def test_fit_messages_shortens_a_single_line_within_it():
    messages = [user("a"), assistant("", "1"), result("1", "夜" * 3_000)]
    [*_, shortened] = fit_messages(messages, 500)
    assert shortened["content"].startswith("夜" * 100)
    assert shortened["content"].endswith("夜\n(shortened)")


def test_fit_messages_when_nothing_more_can_go_returns_what_is_left():
    messages = [SYSTEM, user("a" * 900), assistant("b" * 900, "1"), result("1", "short")]
    assert fit_messages(messages, 10) == messages


@given(conversations(), st.integers(-10, 1_500))
def test_fit_messages_keeps_what_it_must_in_order(messages, budget):
    before = [dict(message) for message in messages]
    fitted = fit_messages(messages, budget)
    assert messages == before

    rest = iter(messages)
    for message in fitted:
        assert any(
            {**original, "content": ""} == {**message, "content": ""}
            and (message["role"] == "tool" or message["content"] == original["content"])
            for original in rest
        )
    users = [position for position, message in enumerate(messages) if message["role"] == "user"]
    tail = messages[users[-1] :] if users else messages
    assert [message["role"] for message in fitted[len(fitted) - len(tail) :]] == [
        message["role"] for message in tail
    ]
    assert [message for message in fitted if message["role"] == "system"] == [
        message for message in messages if message["role"] == "system"
    ]
    called = {call["id"] for message in fitted for call in message.get("tool_calls", [])}
    assert called == {message["tool_call_id"] for message in fitted if message["role"] == "tool"}
    assert all(
        estimate_tokens(message["content"]) <= max(map(estimate_tokens, (m["content"] for m in messages)))
        for message in fitted
    )


@given(conversations(), st.integers(0, 1_500))
def test_fit_messages_when_fitted_again_changes_nothing(messages, budget):
    fitted = fit_messages(messages, budget)
    assert fit_messages(fitted, budget) == fitted
