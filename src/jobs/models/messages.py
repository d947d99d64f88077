"""The message that asks a worker to do a job."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

type JobKind = Literal["playlist", "refresh", "evaluation"]


class JobMessage(BaseModel):
    """What is sent to the queue of jobs: a name for a row, since everything else stands in the database."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    version: Literal[1]
    """Version of this contract. A worker refuses every other one."""
    job_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    """Id of the job."""
    kind: JobKind
    """Which handler does it."""
    attempt: Annotated[int, Field(ge=1)]
    """Which attempt this message is for, from 1."""
