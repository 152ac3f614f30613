"""A month that passes in seconds, and servers that may be stopped."""

from collections.abc import AsyncIterator, Iterator

import pytest

from adapters import system as installation
from adapters.settings import Settings
from adapters.system import Gadelys
from adapters.temporal import server
from adapters.temporal.skipping import PlayedTimes
from domain.register.model import Register
from tests.conftest import adopt
from tests.workflows.month import BEGIN, Month, told
from tests.workflows.servers import OrdinaryServer, client_of, new_namespace


@pytest.fixture(scope="session")
def skipping_address() -> Iterator[str]:
    """Return the address of a server whose workflows can skip time."""
    port = server.free_port()
    process = server.start(port, options=server.SKIPPING_TIME)
    yield f"{server.LOOPBACK}:{port}"
    server.stop(process)


@pytest.fixture
def times() -> PlayedTimes:
    """Return the calendar that is played."""
    return PlayedTimes(now=BEGIN)


@pytest.fixture
def played_system(
    settings: Settings, times: PlayedTimes, register: Register
) -> Iterator[Gadelys]:
    """Return an installation whose wall clock is the played calendar."""
    installation.migrate(settings)
    with installation.opened(settings, lambda: times.now) as system:
        adopt(system, register)
        yield system


@pytest.fixture
async def month(
    skipping_address: str, played_system: Gadelys, times: PlayedTimes
) -> AsyncIterator[Month]:
    """Return a story to be told: real workflows, skipped time, no weekly lists."""
    client = await client_of(skipping_address, new_namespace())
    async with told(played_system, client, times, weekly=False) as story:
        yield story


@pytest.fixture
async def weeks(
    skipping_address: str, played_system: Gadelys, times: PlayedTimes
) -> AsyncIterator[Month]:
    """Return a story in which the week's list comes round as well."""
    client = await client_of(skipping_address, new_namespace())
    async with told(played_system, client, times) as story:
        yield story


@pytest.fixture(scope="session")
def _ordinary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OrdinaryServer]:
    """Return a server with a file and real time."""
    ordinary = OrdinaryServer(tmp_path_factory.mktemp("temporal"))
    yield ordinary
    ordinary.stop()


@pytest.fixture
def ordinary(_ordinary: OrdinaryServer) -> OrdinaryServer:
    """Return the server with a file, running, whatever the last test did to it."""
    _ordinary.start()
    return _ordinary
