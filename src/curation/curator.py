"""What making a playlist works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from src.catalogue.generations import CatalogueSource
from src.llm.chat import Chat
from src.storage.database import Database


@dataclass(frozen=True, slots=True)
class Curator:
    """Open clients, the clock and the ids. `chat` hears prompts beside the rules; `solve_limit_s` bounds one
    solving.
    """

    catalogue: CatalogueSource
    database: Database
    chat: Chat | None
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    solve_limit_s: float = 10.0
