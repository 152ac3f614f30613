"""Dispatchers die between telling and remembering; Temporal dies under load.

The exact counts of a worker that dies are in `test_exact_kills.py`, which
`make faults` plays in full; here it is the other two.
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from adapters.system import Gadelys
from adapters.temporal.dispatcher import Dispatcher, TemporalAway
from adapters.temporal.steps import Steps
from adapters.temporal.subjects import open_subjects
from adapters.temporal.times import SameTime
from domain.register.model import Register
from tests.campaign.conftest import installed
from tests.faults.figures import SEED, either, note
from tests.faults.killing import Killing
from tests.faults.past import (
    STEPS_OF_A_BATCH,
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
from tests.faults.writers import TOLD
from tests.workflows.servers import OrdinaryServer, client_of, new_namespace
from workflows.following import Plan

KILLS = either(short=100, long=1_000)
RESTARTS = either(short=3, long=30)
LOAD_S = (0.5, 2.5)
AWAY_S = 1.0
QUIET_S = 2.0
PATIENCE_S = 60
LISTED_AFTER_S = 0.5

pytestmark = pytest.mark.timeout(3 * 3600)


@pytest.fixture
def ordinary(tmp_path: Path) -> Iterator[OrdinaryServer]:
    """Return a server with a file and real time."""
    folder = tmp_path / "temporal"
    folder.mkdir()
    server = OrdinaryServer(folder)
    yield server
    server.stop()


async def test_dispatchers_that_die_leave_every_case_followed_once(
    register: Register, tmp_path: Path, ordinary: OrdinaryServer
) -> None:
    namespace = new_namespace()
    client = await client_of(ordinary.address, namespace)
    with installed(tmp_path, register) as system:
        killing = Killing(
            system,
            tmp_path / "killing",
            SEED,
            gapless=False,
            temporal=(ordinary.address, namespace),
            writers=1,
        )
        killing.wage(KILLS)
        dispatcher = Dispatcher(system, client, SameTime())
        while await dispatcher.dispatch():
            pass
        deadline = time.monotonic() + PATIENCE_S
        while wrong := await wrongly_followed(system, client):
            # The server lists a run some time after it has taken it.
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(LISTED_AFTER_S)

    note("kills-dispatcher", **killing.figures(), **{"wrongly followed": len(wrong)})
    assert killing.problems == []
    assert wrong == []
    assert killing.points[TOLD]


async def wrongly_followed(system: Gadelys, client: Client) -> list[str]:
    """Return the subjects that have not exactly one run with the newest plan."""
    runs: dict[str, list[str]] = defaultdict(list)
    async for run in client.list_workflows():
        runs[run.id].append(run.run_id)
    wrong = []
    for subject in open_subjects(system):
        plan = Steps(system, SameTime()).plan(subject, system.now())
        found = len(runs[subject])
        newest = await newest_version(client, subject) if found == 1 else -1
        if plan.steps and newest != plan.version:
            wrong.append(f"{subject}: {found} runs, {newest} for {plan.version}")
    return wrong


async def newest_version(client: Client, subject: str) -> int:
    """Return the newest version of a plan that a run was told of."""
    told_of: list[int] = []
    async for event in client.get_workflow_handle(subject).fetch_history_events():
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            signal = event.workflow_execution_signaled_event_attributes
            [plan] = await client.data_converter.decode(signal.input.payloads, [Plan])
            told_of.append(plan.version)
    return max(told_of)


async def test_temporal_dies_under_load_and_no_step_is_lost_or_taken_twice(
    register: Register, tmp_path: Path, ordinary: OrdinaryServer
) -> None:
    chance = random.Random(SEED)
    namespace = new_namespace()
    await client_of(ordinary.address, namespace)
    with installed(tmp_path, far(register)) as system:
        victims = victims_of(system, ordinary.address, namespace, tmp_path)
        try:
            while not all(victim.is_up() for victim in victims):
                time.sleep(0.1)
            for nth in range(RESTARTS):
                import_batch(system, tmp_path, nth)
                time.sleep(chance.uniform(*LOAD_S))
                ordinary.kill()
                if nth % 3 == 1:
                    ordinary.forget()
                time.sleep(chance.uniform(0, AWAY_S))
                ordinary.start()
                client = await client_of(ordinary.address, namespace)
                if nth % 3 == 1:
                    # As people do who know of the loss; the dispatcher would by
                    # itself within the hour, or at the first call that fails.
                    await redispatched(system, client)
            wait_until_done(victims, system)
            time.sleep(QUIET_S)
        finally:
            for victim in victims:
                victim.kill()
        steps, wanted = recorded_steps(system), expected_steps(system)
        left, to_leave = told(system), expected_news(system)
        unfollowed = await not_followed(system, client)

        note(
            "temporal-restarts",
            restarts=RESTARTS,
            steps=len(steps),
            lost=len(set(wanted) - set(steps)),
            doubled=len(steps) - len(set(steps)),
            told=len(left),
            **{"told twice": len(left) - len(set(left)), "unfollowed": len(unfollowed)},
        )
        assert len(wanted) == STEPS_OF_A_BATCH * RESTARTS
        assert steps == wanted
        assert left == to_leave
        assert unfollowed == []
        check_mails(system)


async def redispatched(system: Gadelys, client: Client) -> None:
    """Send every plan again; a server just back may not know its namespace yet."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            dispatcher = Dispatcher(system, client, SameTime())
            await dispatcher.redispatch(open_subjects(system))
        except TemporalAway:
            assert time.monotonic() < deadline, "Temporal stays away"
            await asyncio.sleep(0.2)
        else:
            return


async def not_followed(system: Gadelys, client: Client) -> list[str]:
    """Return the open subjects with a plan that no run follows."""
    running = {
        run.id async for run in client.list_workflows("ExecutionStatus = 'Running'")
    }
    return [
        subject
        for subject in open_subjects(system)
        if Steps(system, SameTime()).plan(subject, system.now()).steps
        and subject not in running
    ]
