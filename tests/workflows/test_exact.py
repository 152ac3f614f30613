"""Exact counts: whatever is repeated or fails, all comes out as in a quiet run.

One story (`tests/faults/story.py`) is played three times: in peace; with every fact
told twice and now and then everything once more; and with every activity failing
after it has done its work. Each time the clock must have done exactly the same on
the same days, and exactly the same mails must have left.

With the worker killed again and again it is played in
`tests/campaign/test_exact_kills.py`, which `make faults` runs.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typing_extensions import override

from adapters.bootstrap import EVERY_QUEUE, activities_of, working
from adapters.notify.deliverer import Deliverer
from adapters.notify.smtp import mailer
from adapters.system import Gadelys
from adapters.temporal.client import Client
from adapters.temporal.dispatcher import NAME, Dispatcher
from adapters.temporal.skipping import PlayedTimes
from adapters.temporal.worker import workers
from domain.register.model import Register
from tests.faults import story
from tests.faults.impatience import impatient
from tests.faults.outcome import Outcome, outcome
from tests.faults.points import FailingOnce, LosingMailer
from tests.faults.stage import play, silence, staged
from tests.workflows.servers import client_of, new_namespace
from workflows.delivery import DeliveryActivities

RESET_EVERY = 15

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(autouse=True)
def _silence() -> None:
    """Say nothing about the thousands of commands."""
    silence()


@pytest.fixture(scope="session")
def quiet(
    skipping_address: str,
    register: Register,
    tmp_path_factory: pytest.TempPathFactory,
) -> Outcome:
    """Return what comes of the story when nothing goes wrong."""
    silence()
    folder = tmp_path_factory.mktemp("quiet")
    return asyncio.run(_in_peace(skipping_address, register, folder))


async def _in_peace(address: str, register: Register, folder: Path) -> Outcome:
    times = PlayedTimes(now=story.BEGIN)
    client = await client_of(address, new_namespace())
    with staged(folder, register, times) as system:
        async with working(system, client, times):
            await play(system, client, times, Dispatcher(system, client, times))
        return outcome(system)


def test_the_story_has_everything_in_it(quiet: Outcome) -> None:
    done = {topic for _, topic, _, _ in quiet.deeds}

    assert done == {
        "finding.deadlines_recomputed.v1",
        "finding.escalated.v1",
        "finding.handover_unanswered.v1",
        "finding.handover_undecided.v1",
        "finding.ownership_unresolved.v1",
        "finding.reminder_raised.v1",
        "publication.lapsed.v1",
        "publication.reminded.v1",
        "round.held.v1",
        "walk.escalated.v1",
        "walk.reminder_raised.v1",
        "walk.status_due.v1",
    }
    assert set(quiet.deeds.values()) == {1}
    assert set(quiet.attempts.values()) == {1}
    assert {name for name, _ in quiet.told} == set(quiet.mails)


# --- every fact told twice ---


class Repeating(Dispatcher):
    """Tells every page of facts twice, and now and then everything once more."""

    def __init__(self, system: Gadelys, client: Client, times: PlayedTimes) -> None:
        """Tell `client` about the facts of `system`."""
        super().__init__(system, client, times)
        self._facts = system
        self.pages = 0
        self.resets = 0

    @override
    async def dispatch(self) -> int:
        position = self._facts.rows.position(NAME)
        read = await super().dispatch()
        if not read:
            return 0
        self.pages += 1
        if self.pages % RESET_EVERY == 0:
            self.resets += 1
            position = 0
        self._facts.rows.advance(NAME, position)
        while await super().dispatch():
            pass
        return read


async def test_every_fact_told_twice_changes_nothing(
    quiet: Outcome, skipping_address: str, register: Register, tmp_path: Path
) -> None:
    times = PlayedTimes(now=story.BEGIN)
    client = await client_of(skipping_address, new_namespace())
    with staged(tmp_path, register, times) as system:
        dispatcher = Repeating(system, client, times)
        async with working(system, client, times):
            await play(system, client, times, dispatcher)

        assert outcome(system).differences(quiet) == []
        assert dispatcher.resets > 1


# --- every activity fails after its effect ---


async def test_every_activity_retried_after_its_effect_changes_nothing(
    quiet: Outcome, skipping_address: str, register: Register, tmp_path: Path
) -> None:
    times = PlayedTimes(now=story.BEGIN)
    failing = FailingOnce()
    client = impatient(await client_of(skipping_address, new_namespace()), [failing])
    with staged(tmp_path, register, times) as system:
        async with losing(system, client, times):
            dispatcher = Dispatcher(system, client, times)
            await play(system, client, times, dispatcher)
        came_of_it = outcome(system)

    assert came_of_it.differences(quiet) == []
    failed = Counter(activity for _, activity, _ in failing.failed)
    assert set(failed) == {
        "current-plan",
        "deliver",
        "hold-round",
        "take-step",
        "waiting-news",
    }
    assert failed["take-step"] >= sum(
        not stream.startswith("round/") for stream, _, _, _ in quiet.deeds
    )
    # Each message was handed over twice under one id, and says so itself; more often
    # only where a busy machine let an attempt run out of time.
    assert min(came_of_it.attempts.values()) == 2


@asynccontextmanager
async def losing(
    system: Gadelys, client: Client, times: PlayedTimes
) -> AsyncIterator[None]:
    """Let workers run whose mail server takes every mail and then falls silent."""
    sending = Deliverer(system, LosingMailer(mailer(system.settings)))
    activities = replace(
        activities_of(system, times),
        delivery=DeliveryActivities(deliver=sending.deliver, give_up=sending.give_up),
    )
    with workers(client, activities, EVERY_QUEUE) as made:
        async with AsyncExitStack() as running:
            for worker in made:
                await running.enter_async_context(worker)
            yield
