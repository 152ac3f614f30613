"""kill -9 of worker and dispatcher while they work: nothing is lost or done twice.

Real processes, a real server with a file, real time. Cases of the past are
imported, each with steps that are due now (`tests/faults/past.py`). Meanwhile the
processes are killed at moments drawn by chance, and started again.

`tests/campaign/test_exact_kills.py` kills the worker alone, at every point of its work
and more often; here the dispatcher dies as well, and what is started is what people
start.

`make faults` asks for the long form by `GADELYS_KILLS`; `GADELYS_KILLS_SEED` draws
other moments.
"""

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters import system as installation
from adapters.settings import Settings
from adapters.system import Gadelys
from domain.register.model import Register
from tests.conftest import adopt
from tests.faults.past import (
    STEPS_OF_A_BATCH,
    Victim,
    check_mails,
    expected_news,
    expected_steps,
    far,
    import_batch,
    recorded_steps,
    told,
    victims_of,
    wait_until_done,
)
from tests.workflows.servers import OrdinaryServer, client_of, new_namespace

KILLS = int(os.environ.get("GADELYS_KILLS", "8"))
SEED = int(os.environ.get("GADELYS_KILLS_SEED", "20261122"))
KILLS_PER_BATCH = 4
"""How many kills the work of one batch is there for."""

QUIET_S = 2


@pytest.fixture
def killed_system(settings: Settings, register: Register) -> Iterator[Gadelys]:
    installation.migrate(settings)
    with installation.opened(settings) as system:
        adopt(system, far(register))
        yield system


@pytest.mark.timeout(240 + 15 * KILLS)
async def test_killing_worker_and_dispatcher_loses_and_repeats_nothing(
    killed_system: Gadelys, ordinary: OrdinaryServer, tmp_path: Path
) -> None:
    namespace = new_namespace()
    await client_of(ordinary.address, namespace)
    victims = victims_of(killed_system, ordinary.address, namespace, tmp_path)
    try:
        batches = kill_until_enough(victims, killed_system, tmp_path)
        wait_until_done(victims, killed_system)
        time.sleep(QUIET_S)
    finally:
        for victim in victims:
            victim.kill()

    assert sum(victim.kills for victim in victims) >= KILLS
    assert min(victim.kills for victim in victims) > 0
    assert len(expected_steps(killed_system)) == STEPS_OF_A_BATCH * batches
    assert recorded_steps(killed_system) == expected_steps(killed_system)
    assert told(killed_system) == expected_news(killed_system)
    check_mails(killed_system)


def kill_until_enough(victims: list[Victim], system: Gadelys, folder: Path) -> int:
    """Kill until there were enough kills; return how many batches it took."""
    chance = random.Random(SEED)
    batches = 0
    while (kills := sum(victim.kills for victim in victims)) < KILLS:
        if kills >= batches * KILLS_PER_BATCH:
            import_batch(system, folder, batches)
            batches += 1
        for victim in victims:
            victim.live_or_die(chance)
        time.sleep(0.01)
    return batches
