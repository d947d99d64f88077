"""The commands of `segue dev`. What they need is imported when they run."""

from typing import Annotated

import typer

dev_app = typer.Typer(help="For trying things out and for tests.", no_args_is_help=True)


@dev_app.callback()
def dev() -> None:
    """For trying things out and for tests."""


@dev_app.command("fake-spotify")
def fake_spotify(
    host: Annotated[str, typer.Option(help="Address of loopback to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = 9100,
    like_catalogue: Annotated[
        bool, typer.Option("--like-catalogue", help="Tracks named like those of the starter catalogue.")
    ] = False,
    rotation: Annotated[bool, typer.Option("--rotation", help="Refresh tokens work once.")] = False,
    no_secret: Annotated[bool, typer.Option("--no-secret", help="No client secret: PKCE alone.")] = False,
    consent_as: Annotated[
        str | None,
        typer.Option(metavar="USER", help="Consent at once as mira, tarek or nobody; `deny` refuses."),
    ] = None,
    redirect_uri: Annotated[
        list[str] | None, typer.Option(metavar="URI", help="Register this one too; may be repeated.")
    ] = None,
    marker: Annotated[str, typer.Option(help="Woven into every text that only Spotify has.")] = "",
    seed: Annotated[int, typer.Option(help="Another one makes other ids and another order.")] = 1,
) -> None:
    """Serve a fake Spotify with invented music, and print the settings to use it."""
    from src.cli.fake_spotify import FakeOptions, run_fake_spotify

    run_fake_spotify(
        FakeOptions(
            host=host,
            port=port,
            like_catalogue=like_catalogue,
            rotation=rotation,
            no_secret=no_secret,
            consent_as=consent_as,
            redirect_uris=tuple(redirect_uri or ()),
            marker=marker,
            seed=seed,
        )
    )
