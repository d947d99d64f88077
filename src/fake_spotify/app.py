"""The fake Spotify as an app: the API, the accounts pages and the open pages on one origin.

`/v1/…` is the API, `/authorize` and `/api/token` are the accounts, `/oembed`, `/track/{id}` and the like are
the open pages, `/fake/…` is for whoever tests with it.
"""

from functools import cache

from fastapi import FastAPI

from src.fake_spotify import (
    accounts,
    catalogue,
    control,
    library,
    me,
    pages,
    playlist_items,
    playlists,
    removed,
)
from src.fake_spotify.door import Door
from src.fake_spotify.problems import add_error_handlers
from src.fake_spotify.world import World


def create_fake_spotify(world: World) -> Door:
    """The app on a world; what it writes is seen there, and what is changed there is answered."""
    return Door(_routes(), world)


@cache
def _routes() -> FastAPI:
    """All routes; they keep no state, and are the same for every world."""
    app = FastAPI(
        title="Fake Spotify",
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    add_error_handlers(app)
    # In this order: what was removed catches all else under `/v1`, and a page could be any two words.
    for part in (accounts, catalogue, me, library, playlists, playlist_items, control, removed, pages):
        app.include_router(part.router)
    return app
