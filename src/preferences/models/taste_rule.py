"""Taste rules: what holds for a listener in every conversation, until it is taken back."""

from typing import Annotated, NotRequired

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter
from typing_extensions import TypedDict

from src.constraints.models.brief import Constraint
from src.preferences.rules import check_constraint, check_kind, clean_words, utc_time
from src.schema import documented

MAX_RULES = 200
MAX_WORDS_CHARACTERS = 500
MAX_CONSTRAINTS = 50
MAX_SCOPES = 20
MAX_SCOPE_CHARACTERS = 60

type RuleConstraint = Annotated[Constraint, BeforeValidator(check_kind), AfterValidator(check_constraint)]
type Moment = Annotated[
    str,
    Field(max_length=64, examples=["2026-12-24T18:00:00+01:00"], json_schema_extra={"format": "date-time"}),
    AfterValidator(utc_time),
]
type RuleId = Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]


@documented
class TasteRule(TypedDict):
    """A taste rule of the listener."""

    id: str
    """Id of the rule, by which it is changed and deleted."""
    words: str
    """The listener's words."""
    wishes: list[Constraint]
    """What every track must obey; one wish at least, and all of them hard."""
    scope: list[str]
    """Words of an occasion (`work`, `kids`): the rule holds where the listener's words of the conversation
    hold one of them. Empty: it always holds."""
    conversation_id: NotRequired[str]
    """The conversation in which it was said; absent when it was said in none."""
    turn_id: NotRequired[str]
    """The turn that said it."""
    created_at: str
    """ISO time in UTC."""
    expires_at: NotRequired[str]
    """ISO time in UTC from which it no longer holds; absent when it holds until it is taken back."""


@documented
class TasteRules(TypedDict):
    """All taste rules of the listener."""

    rules: list[TasteRule]
    """The oldest first."""


@documented
class RuleBody(TypedDict, closed=True):
    """A rule as it is sent: its words are enough. A rule as it was given may be sent back as it is."""

    words: Annotated[
        str,
        Field(min_length=1, max_length=MAX_WORDS_CHARACTERS, examples=["never Drake"]),
        AfterValidator(clean_words),
    ]
    """The listener's words, in any language."""
    wishes: NotRequired[Annotated[list[RuleConstraint], Field(min_length=1, max_length=MAX_CONSTRAINTS)]]
    """What every track must obey, all of it hard; read from the words when left out. A rule holds what one
    track can be held against: no `count`, `new_artists`, `uncheckable`, nor artists, tracks, moods or tags
    that are wanted."""
    scope: NotRequired[
        Annotated[
            list[
                Annotated[
                    str, Field(min_length=1, max_length=MAX_SCOPE_CHARACTERS), AfterValidator(clean_words)
                ]
            ],
            Field(max_length=MAX_SCOPES, examples=[["work"]]),
        ]
    ]
    """Words of an occasion: the rule holds where the listener's words of the conversation hold one of them.
    Empty or left out: it always holds."""
    expires_at: NotRequired[Moment]
    """ISO time with its zone, in the future, from which it no longer holds."""
    id: NotRequired[RuleId]
    """Its id; a new one is given when left out."""
    conversation_id: NotRequired[Annotated[str, Field(min_length=1, max_length=64)]]
    """The conversation in which it was said."""
    turn_id: NotRequired[Annotated[str, Field(min_length=1, max_length=64)]]
    """The turn that said it."""
    created_at: NotRequired[Moment]
    """ISO time with its zone; that of a rule that is replaced, or else now, when left out."""


@documented
class RuleSet(TypedDict, closed=True):
    """All rules of the listener, in place of those that stand."""

    rules: Annotated[list[RuleBody], Field(max_length=MAX_RULES)]
    """Every rule of the listener, in their order."""


TASTE_RULE = TypeAdapter(TasteRule)
TASTE_RULES = TypeAdapter(TasteRules)
RULE_BODY = TypeAdapter(RuleBody)
RULE_SET = TypeAdapter(RuleSet)
