"""A list that cannot be: what is offered comes from beyond what the hard wishes let in."""

from src.playlists.make import PlaylistClients, make_list, spec_of_prompt
from tests.fakes import songs


def _curator(agent) -> PlaylistClients:
    return PlaylistClients(agent.catalogue, agent.database, None, agent.now, agent.new_id)


async def _made(agent, prompt: str):
    spec, _ = await spec_of_prompt(_curator(agent), prompt)
    return await make_list(_curator(agent), "anna", spec)


async def test_make_list_when_nothing_fits_offers_to_leave_out_each_constraint_that_can_go(agent):
    result = await _made(agent, "2 songs, only jazz, all released before 1900")
    assert (result["status"], result["proven"], result["entries"]) == ("nearest", True, [])
    jazz = sum("jazz" in track["genres"] for track in songs())
    assert jazz >= 2
    # Without the genre there is still nothing so old, so that the genre is not offered.
    assert [offer["relax"] for offer in result["offers"]] == ["1899 or earlier"]


async def test_make_list_looks_for_no_more_to_relax_when_it_is_complete(agent, monkeypatch):
    async def never(*_args):
        raise AssertionError

    monkeypatch.setattr("src.playlists.make._kept_out", never)
    result = await _made(agent, "2 jazz songs")
    assert (result["status"], len(result["entries"])) == ("complete", 2)
