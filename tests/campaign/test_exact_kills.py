"""Exact counts while workers die: all comes out as in a quiet run.

The story of `tests/workflows/test_exact.py` is played with the worker killed
(`kill -9`) again and again, at every named point and at moments drawn by chance. The
clock must have done exactly the same on the same days as in peace, and exactly the
same mails must have left.

More kills in one story leave no worker enough time to get anywhere;
`GADELYS_EXACT_CAMPAIGNS` asks for more campaigns, `GADELYS_EXACT_SEED` for others.
"""

import asyncio
import os
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from adapters.temporal import skipping
from adapters.temporal.dispatcher import Dispatcher
from domain.register.model import Register
from tests.faults import story
from tests.faults.figures import note
from tests.faults.impatience import impatient
from tests.faults.nursery import Life, Nursery
from tests.faults.outcome import Outcome, outcome
from tests.faults.stage import WrittenTimes, play, staged
from tests.workflows.conftest import skipping_address
from tests.workflows.servers import client_of, new_namespace
from tests.workflows.test_exact import quiet

__all__ = ["quiet", "skipping_address"]

SEED = int(os.environ.get("GADELYS_EXACT_SEED", "20261122"))
CAMPAIGNS = int(os.environ.get("GADELYS_EXACT_CAMPAIGNS", "1"))
KILLS = 200
"""So often at least the worker is killed in one campaign, which takes three minutes."""

STORIES = 3
POINTS_OF_A_LIFE = 26
LONGEST_LIFE_S = 1.2
PATIENCE_S = 240
BY_MOMENT = 0.3
KILLED = "dead -9"

pytestmark = pytest.mark.timeout(900)

ASKED_OF_THE_WORKER = (
    "current-plan",
    "deliver",
    "hold-round",
    "take-step",
    "waiting-news",
)
STORED = (
    "begin_delivery",
    "confirm_delivery",
    "finding escalate",
    "finding handover undecided",
    "finding handover unanswered",
    "finding nobodys-land",
    "finding recompute",
    "finding remind",
    "hold_round",
    "publication lapse",
    "publication remind",
    "walk escalate",
    "walk remind",
    "walk status",
)
EVERY_POINT = {
    *(f"{one}: begun" for one in ASKED_OF_THE_WORKER),
    *(f"{one}: done, not answered" for one in ASKED_OF_THE_WORKER),
    *(f"{one}: about to submit" for one in STORED),
    *(f"{one}: submitted" for one in STORED),
    "mail: about to send",
    "mail: sent, not confirmed",
}


@dataclass
class Campaign:
    """Lets one worker after the other live on a story, and kills each of them.

    A worker dies at the first point at which none has died before. Where nothing is
    new it dies a few points later, or at a moment drawn by chance.
    """

    nursery: Nursery
    life: Life
    seed: int
    kills: int = 0
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Draw the same moments for the same seed."""
        self.chance = random.Random(self.seed)

    async def wage(self) -> None:
        """Kill until nobody asks for more."""
        while True:
            by_moment = self.chance.random() < BY_MOMENT
            nth = None if by_moment else self.chance.randint(1, POINTS_OF_A_LIFE)
            life = replace(self.life, spared=tuple(self.points), nth=nth)
            heard = await self.nursery.born(life)
            if heard == "up" and by_moment:
                await asyncio.sleep(self.chance.uniform(0, LONGEST_LIFE_S))
                self.nursery.kill()
            if heard == "up":
                heard = await self.nursery.heard()
            assert heard == KILLED, f"{heard}, after {self.kills} kills"
            self.kills += 1

    @property
    def points(self) -> Counter[str]:
        """At which points a worker died by itself, and how often."""
        log = Path(self.life.log)
        return Counter(log.read_text("utf-8").splitlines() if log.exists() else ())

    def told(self) -> str:
        """Return what was done, for whoever looks into a failure."""
        points = self.points
        lines = [f"{count:5} {point}" for point, count in sorted(points.items())]
        missing = [f"never {point}" for point in sorted(EVERY_POINT - set(points))]
        head = f"seed {self.seed}: {self.kills} kills, {points.total()} at named points"
        return "\n".join([head, *lines, *missing])


@pytest.mark.parametrize("seed", range(SEED, SEED + CAMPAIGNS))
async def test_killing_the_worker_at_every_step_changes_nothing(
    seed: int,
    quiet: Outcome,
    skipping_address: str,
    register: Register,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # What is killed on its way again and again may well take longer than usual.
    monkeypatch.setattr(skipping, "PATIENCE_S", PATIENCE_S)
    points, kills, told = Counter[str](), 0, ""
    # How many workers die while the story lasts is chance: one story may not do.
    for nth in range(STORIES):
        folder = tmp_path / str(nth)
        folder.mkdir()
        campaign, came_of_it = await _waged(
            seed + nth * CAMPAIGNS, folder, skipping_address, register
        )
        told += campaign.told()
        assert came_of_it.differences(quiet) == [], told
        points += campaign.points
        kills += campaign.kills
        if kills >= KILLS:
            break

    print(told)
    note(f"kills-worker-{seed}", kills=kills, points=len(points), differences=0)
    assert points.keys() >= EVERY_POINT, told
    assert kills >= KILLS, told


async def _waged(
    seed: int, folder: Path, skipping_address: str, register: Register
) -> tuple[Campaign, Outcome]:
    """Play the story once while workers die; return what was done and what came."""
    namespace = new_namespace()
    client = impatient(await client_of(skipping_address, namespace))
    times = WrittenTimes(story.BEGIN, folder / "times.json")
    nursery = await Nursery.opened(folder / "nursery.log")
    with staged(folder, register, times) as system:
        life = Life(
            data=str(system.settings.data),
            times=str(folder / "times.json"),
            address=skipping_address,
            namespace=namespace,
            log=str(folder / "points.log"),
        )
        campaign = Campaign(nursery, life, seed)
        dispatcher = Dispatcher(system, client, times)
        killing = asyncio.create_task(campaign.wage())
        playing = asyncio.create_task(
            play(system, client, times, dispatcher, times.write)
        )
        try:
            # Killing has no end: if it ends first, it says why.
            await asyncio.wait([killing, playing], return_when=asyncio.FIRST_COMPLETED)
            await (playing if playing.done() else killing)
        finally:
            playing.cancel()
            killing.cancel()
            await nursery.close()
        return campaign, outcome(system)
