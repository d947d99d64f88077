"""`segue serve`: uvicorn with one worker, since one process owns an embedded catalogue."""

import os
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from src.cli.terminal import run_async

if TYPE_CHECKING:
    from src.settings import Settings


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; HOST.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; PORT.")] = None,
) -> None:
    """Serve the same over HTTP, with OpenAPI at /docs."""
    from src.settings import InvalidSettings, load_settings
    from src.telemetry.logging import configure_logging

    settings = load_settings()
    address = _Address(host or settings.host, settings.port if port is None else port)
    if not address.is_loopback and not settings.api_tokens:
        raise InvalidSettings(
            f"API_TOKENS must be set to listen on {address.host}: without tokens the service listens on "
            "loopback only."
        )
    # Each worker would open the embedded catalogue; a Qdrant server takes several.
    if os.environ.get("WEB_CONCURRENCY", "1") not in ("", "1") and not settings.qdrant_url:
        raise InvalidSettings(
            "WEB_CONCURRENCY: one process owns an embedded catalogue; set QDRANT_URL for several workers."
        )
    configure_logging(settings.log_level)
    run_async(_serve(settings, address))


async def _serve(settings: "Settings", address: "_Address") -> None:
    """Open everything first, so that what cannot be opened is one readable line and no traceback."""
    import uvicorn

    from src.chat.clients import open_agent, opened_tracing
    from src.main import create_app

    with opened_tracing(settings) as tracing:
        async with open_agent(settings, tracing, address=address.url) as agent:
            config = uvicorn.Config(
                create_app(settings, tracing, agent),
                host=address.host,
                port=address.port,
                log_config=None,
                access_log=False,
                server_header=False,
            )
            server = uvicorn.Server(config)
            # uvicorn raises the signal that stopped it again at its end: that would cut the closing short.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, lambda *_: None)
            await server.serve()
    if not server.started:
        raise SystemExit(1)


class _Address:
    def __init__(self, host: str, port: int) -> None:
        # Commands learn the address before the server is up, so the system must choose the port here.
        self.host, self.port = host, port or _free_port(host)

    @property
    def is_loopback(self) -> bool:
        import ipaddress

        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def url(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 - read, not bound
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def _free_port(host: str) -> int:
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        return int(listener.getsockname()[1])
