"""The process that answers browsers."""

import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn
from typing_extensions import override

from adapters import system as installation
from adapters.errors import Unavailable
from adapters.persistence.visits import Visits
from adapters.settings import Settings
from adapters.web.app import web
from adapters.web.site import site_of
from domain.errors import Code

log = structlog.get_logger()
QUEUE = 128


def serve(settings: Settings) -> None:
    """Answer browsers until told to stop.

    Raises: Refused (bad_file) when the file of providers cannot be used; Unavailable
        (already_running) when something else listens at the address.
    """
    site = site_of(settings)
    with installation.opened(settings) as system, _listening(settings) as here:
        visits = Visits(settings.visits_file)
        config = uvicorn.Config(
            web(system, site, visits),
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
        )
        log.info("web.started", address=site.origin)
        _Server(config).run(sockets=[here])
        visits.close()
    log.info("web.stopped")


class _Server(uvicorn.Server):
    """Ends when it is told, and lets us close what we opened."""

    @contextmanager
    @override
    def capture_signals(self) -> Iterator[None]:
        """Hear of signals, and do not raise them again afterwards."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.handle_exit)
        yield


def _listening(settings: Settings) -> socket.socket:
    host, _, port = settings.web_address.rpartition(":")
    try:
        return socket.create_server((host, int(port)), backlog=QUEUE)
    except OSError as problem:
        raise Unavailable(Code.ALREADY_RUNNING, path=settings.web_address) from problem
