"""The catalogue's tracks behind the relevant ones that a case names."""

from src.agent.agent import Agent
from src.catalogue.lookup import find_tracks
from src.errors import InvalidInput
from src.evaluation.expectations import matches
from src.evaluation.models.case import Case, Named

_SEARCHED = 20


async def relevant_ids(agent: Agent, case: Case, place: str) -> list[frozenset[str]]:
    """Ids of the relevant tracks of each turn; every recording of a named song counts.

    Args:
        place: where the case stands, `file:line`.

    Raises:
        InvalidInput: a track is not in the catalogue.
    """
    found: list[frozenset[str]] = []
    for number, turn in enumerate(case["turns"], start=1):
        ids: set[str] = set()
        for named in turn.get("relevant", []):
            tracks = await _tracks_of(agent, named)
            if not tracks:
                raise InvalidInput(
                    f"{place}: turn {number}: {_in_words(named)} is not in the catalogue {case['catalogue']}."
                )
            ids |= tracks
        found.append(frozenset(ids))
    return found


async def _tracks_of(agent: Agent, named: Named) -> set[str]:
    async with agent.catalogue.use() as catalogue:
        tracks = await find_tracks(catalogue, named["title"], named.get("artist"), limit=_SEARCHED)
    return {track["id"] for track in tracks if matches(named, track)}


def _in_words(named: Named) -> str:
    return f"{named['title']} by {named['artist']}" if "artist" in named else named["title"]
