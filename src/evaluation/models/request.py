"""What an evaluation is asked for by."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from src.schema import documented


@documented
class EvaluationRequest(TypedDict, closed=True):
    """A suite that ships, and who plans."""

    suite: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9-]+$")]
    """Its name: `core`, `dialogues`, `playlists`, `adversary`."""
    planner: NotRequired[Literal["rules", "scripted", "model"]]
    """The rules, the scripted model, or the configured one; the rules when left out."""
    kinds: NotRequired[Annotated[list[str], Field(max_length=50)]]
    """Only cases of these kinds."""
    cases: NotRequired[Annotated[list[str], Field(max_length=500)]]
    """Only these cases."""


EVALUATION_REQUEST = TypeAdapter(EvaluationRequest)
