"""The model's reading: it adds and tightens, loosens nothing, and may be absent."""

import pytest

from src.constraints.describe import describe
from src.constraints.models.spec import SPEC
from src.evaluation.runner.scripted_model import Said, serve_model
from src.lexicon.vocabulary import load_vocabulary
from src.llm.chat_completions import ChatModel, close_chat_model, open_client
from src.understanding.playlist.model_reading import TOOL, parse_proposal, refine_spec, tool_spec
from src.understanding.playlist.prompt import read_spec

PROMPT = (
    "20 jazz songs, no Drake, at most half rock, a gentle ride that swells like the sea, "
    "with Jolene of course"
)


async def _refine(catalogue, arguments, prompt=PROMPT, **said):
    vocabulary = await load_vocabulary(catalogue)
    spec = await read_spec(catalogue, vocabulary, prompt, 2026)

    async def no_wait(_seconds: float) -> None:
        return None

    answer = Said(calls=[(TOOL, arguments)], **said) if arguments is not None else Said(text="Fine.", **said)
    async with serve_model([answer]) as model:
        chat = ChatModel(
            client=open_client(model.base_url, None),
            model="scripted",
            max_output_tokens=500,
            timeout_s=5,
            attempts=1,
            retry_after_max_s=1,
            sleep=no_wait,
        )
        reading = await refine_spec(chat, catalogue, vocabulary, spec)
        await close_chat_model(chat)
    SPEC.validate_python(reading.spec)
    return spec, reading, model


async def test_refine_spec_adds_what_the_rules_missed(catalogue):
    arguments = {
        "title": "Sea Swell",
        "courses": [{"feature": "energy", "shape": "wave", "words": "swells like the sea"}],
        "places": [{"title": "Jolene", "words": "with Jolene of course"}],
    }
    _, reading, model = await _refine(catalogue, arguments)
    assert reading.spec["title"] == "Sea Swell"
    assert reading.spec["courses"][0]["shape"] == "wave"
    assert reading.spec["places"][0]["artist"] == "Dolly Parton"
    assert (reading.dropped, reading.model_calls, reading.input_tokens) == (0, 1, 11)
    assert "no Drake" in model.prompt()


async def test_refine_spec_loosens_nothing(catalogue):
    arguments = {
        "tracks": 50,
        "shares": [{"genres": ["rock"], "at_most": 0.9, "words": "at most half rock"}],
        "wishes": [{"kind": "artist", "value": "Drake", "relation": "wanted", "words": "no Drake"}],
    }
    before, reading, _ = await _refine(catalogue, arguments)
    assert reading.spec["tracks"] == 20
    assert reading.spec["shares"] == before["shares"]
    assert "no Drake" in {describe(constraint) for constraint in reading.spec["brief"]["wishes"]}


async def test_refine_spec_tightens_a_share(catalogue):
    arguments = {"shares": [{"genres": ["rock"], "at_most": 0.2, "words": "at most half rock"}]}
    _, reading, _ = await _refine(catalogue, arguments)
    assert [share["at_most"] for share in reading.spec["shares"]] == [0.2]


async def test_refine_spec_drops_and_counts_what_nobody_said(catalogue):
    arguments = {
        "minutes": 60,
        "courses": [{"feature": "energy", "shape": "sideways", "words": "swells"}],
        "shares": [{"genres": ["metal"], "at_least": 0.5, "words": "half metal"}],
        "places": [{"title": "Yellow", "words": "with Jolene of course"}],
        "wishes": [{"kind": "genre", "value": "metal", "words": "some metal"}],
        "unheard_of": 1,
    }
    _, reading, _ = await _refine(catalogue, arguments)
    assert reading.spec["places"] == []
    assert len(reading.spec["shares"]) == 1
    assert reading.dropped >= 5


@pytest.mark.parametrize("text", ["no json", "[1]", '{"tracks": "many", "title": "A"}', ""])
def test_parse_proposal_never_fails(text):
    proposal, dropped = parse_proposal(text)
    assert "tracks" not in proposal
    assert dropped == (0 if text == "" else 1)


async def test_refine_spec_when_the_model_is_down(catalogue):
    before, reading, _ = await _refine(catalogue, {}, status=500)
    assert reading.spec == before
    assert "built-in rules" in reading.notes[0]


async def test_refine_spec_when_the_model_only_talks(catalogue):
    before, reading, _ = await _refine(catalogue, None)
    assert reading.spec == before
    assert reading.notes == []


async def test_refine_spec_without_a_model(catalogue):
    vocabulary = await load_vocabulary(catalogue)
    spec = await read_spec(catalogue, vocabulary, PROMPT, 2026)
    reading = await refine_spec(None, catalogue, vocabulary, spec)
    assert (reading.spec, reading.model_calls) == (spec, 0)


def test_tool_spec_describes_every_field():
    function = tool_spec()["function"]
    assert function["name"] == TOOL
    assert "shares" in str(function["parameters"])
