"""Reading the message into the brief, and the brief into what binds the answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from src.catalogue.catalogue import Catalogue
from src.chat.clients import Agent, OpenTurn
from src.chat.models.answer import ANSWER, Answer
from src.chat.state import EarlierTurn, TurnTask, listener_words, with_list
from src.constraints.checks import Known, absent_names, known_of
from src.constraints.models.brief import BRIEF, Brief
from src.errors import InvalidInput
from src.lexicon.tokens import tokenize
from src.lexicon.vocabulary import Vocabulary, load_vocabulary
from src.preferences.models.taste_rule import MAX_RULES, TasteRule
from src.preferences.reading import RuleKeeper
from src.preferences.store import active_rules, list_rules, rule_constraints
from src.understanding.merge import MAX_CONSTRAINTS, merge_reading
from src.understanding.message import Reading, read_message
from src.understanding.origin import message_language
from src.understanding.references import resolve_references

MAX_MESSAGE_CHARS = 4_000
# Earlier turns that the model reads.
TURNS_TOLD = 3


def clean_message(text: str) -> str:
    """The message as it is read and stored: without control characters and surrounding blanks.

    Raises:
        InvalidInput: nothing is left, or it is longer than 4,000 characters.
    """
    readable = "".join(
        character if character in "\n\t" or character.isprintable() or ord(character) > 0x9F else " "
        for character in text
    )
    message = readable.encode("utf-8", "replace").decode("utf-8").strip()
    if not message:
        raise InvalidInput("The message is empty.")
    if len(message) > MAX_MESSAGE_CHARS:
        raise InvalidInput(f"The message is longer than {MAX_MESSAGE_CHARS} characters.")
    return message


async def understand(turn: OpenTurn, catalogue: Catalogue, text: str) -> tuple[TurnTask, list[TasteRule]]:
    """What the turn has to answer, and the taste rules that the message makes.

    Args:
        turn: the turn; its message is read.
        catalogue: whose genres and names the message may mean.
        text: the message without its command; empty when it only commands.
    """
    agent, request, message = turn.agent, turn.request, turn.message
    vocabulary = await vocabulary_of(agent, catalogue)
    before = BRIEF.validate_json(turn.conversation["brief"])
    async with agent.reading:
        await asyncio.sleep(0)
        reading = await read_message(catalogue, vocabulary, text, before["turn"] + 1, agent.now().year)
    earlier = [
        (recent["message"], ANSWER.validate_json(recent["answer"])) for recent in turn.conversation["recent"]
    ]
    answers = [answer for _, answer in earlier]
    lists = with_list(answers)
    brief = _merged(before, reading, lists)
    known = await _known(turn, catalogue, vocabulary, brief, answers)
    stored = await list_rules(agent.database, request.listener, agent.now())
    if turn.recorder is not None:
        turn.recorder.rules = stored
    keeper = RuleKeeper(
        turn.conversation["id"],
        turn.id,
        catalogue,
        vocabulary,
        agent.now,
        agent.new_id,
        room=MAX_RULES - len(stored),
    )
    kept = keeper.keep_read(message, reading)
    last_turns = [as_told(said, answer) for said, answer in earlier[-TURNS_TOLD:]]
    active = active_rules([*stored, *kept], listener_words(message, last_turns, brief), agent.now())
    task = TurnTask(
        message=message,
        language=reading.language if text else message_language(message, tokenize(message)),
        limit=request.limit,
        known=known,
        rule_constraints=rule_constraints(active, brief),
        keep_rule=keeper.keep,
        catalogue=catalogue,
        vocabulary=vocabulary,
        earlier=last_turns,
        brief=brief,
        is_for_music=bool(text),
        last_list=lists[-1] if lists else None,
        given_handles=frozenset(
            pick["handle"] for answer in lists for pick in answer.get("from_spotify", [])
        ),
        # A full brief takes no more: the answer must say that something was left out.
        in_part=reading.in_part or len(brief["wishes"]) >= MAX_CONSTRAINTS,
    )
    return task, kept


def _merged(before: Brief, reading: Reading, lists: Sequence[Answer]) -> Brief:
    """The brief after the message; what refers to the last list is resolved."""
    last = [pick["track"] for pick in lists[-1]["recommendations"]] if lists else []
    meant = resolve_references(reading.references, last, before["turn"] + 1)
    return merge_reading(before, replace(reading, constraints=[*reading.constraints, *meant]))


async def _known(
    turn: OpenTurn, catalogue: Catalogue, vocabulary: Vocabulary, brief: Brief, answers: Sequence[Answer]
) -> Known:
    absent = await absent_names(catalogue, brief, vocabulary)
    given = [pick["track"] for answer in answers for pick in answer["recommendations"]]
    return replace(known_of(given, turn.conversation["feedback"], vocabulary.artists), absent=absent)


async def vocabulary_of(agent: Agent, catalogue: Catalogue) -> Vocabulary:
    """The genres of this version of the catalogue; loaded once."""
    vocabulary = agent.vocabularies.get(catalogue.version)
    if vocabulary is None:
        vocabulary = await load_vocabulary(catalogue)
        agent.vocabularies.clear()
        agent.vocabularies[catalogue.version] = vocabulary
    return vocabulary


def as_told(message: str, answer: Answer) -> EarlierTurn:
    """A finished turn as the model reads it."""
    picks = [
        f"{pick['track']['title']} by {pick['track']['artists'][0]}" for pick in answer["recommendations"]
    ]
    return EarlierTurn(message, answer["reply"], picks)
