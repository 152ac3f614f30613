"""The process that answers browsers."""

import socket

import structlog
import uvicorn

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
        uvicorn.Server(config).run(sockets=[here])
        visits.close()
    log.info("web.stopped")


def _listening(settings: Settings) -> socket.socket:
    host, _, port = settings.web_address.rpartition(":")
    try:
        return socket.create_server((host, int(port)), backlog=QUEUE)
    except OSError as problem:
        raise Unavailable(Code.ALREADY_RUNNING, path=settings.web_address) from problem
