"""Cases of the past whose steps are due now, and the processes that take them.

Each imported finding has one reminder and one level that are due; every third of
them is acute: one reminder more, and their messages leave at once.
"""

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from email import message_from_bytes
from pathlib import Path
from typing import Any

from adapters.files.importing import import_walk
from adapters.system import Gadelys
from adapters.temporal.server import die_with_parent
from domain.delivery.events import DeliverySent
from domain.delivery.notices import notices
from domain.finding.commands import stream_of
from domain.finding.events import FindingEscalated, ReminderRaised
from domain.finding.plan import Escalation, Reminder, plan
from domain.finding.state import fold
from domain.messages import Recorded, derived_id
from domain.register.model import Register
from domain.values import CLOCK, Severity
from tests.workflows.month import COORDINATOR, OPERATIONS, PARKS

BATCH = 15
ACUTE = 3
"""Every third finding of a batch."""

STEPS_OF_A_BATCH = 2 * BATCH + BATCH // ACUTE
LONGEST_LIFE_S = 1.2
START_PATIENCE_S = 60
END_PATIENCE_S = 120

Step = tuple[str, str]
Told = tuple[str, str]


@dataclass
class Victim:
    """A process that is killed again and again."""

    verb: str
    environment: dict[str, str]
    log: Path
    kills: int = 0
    kill_at: float | None = None
    process: "subprocess.Popen[bytes]" = field(init=False)
    born: float = field(init=False)

    def __post_init__(self) -> None:
        """Let it live."""
        self.start()

    def start(self) -> None:
        """Start it; its log begins anew."""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "adapters.cli.main", self.verb],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
            )
        self.born, self.kill_at = time.monotonic(), None

    def is_up(self) -> bool:
        """Whether it says that it has started."""
        assert self.process.poll() is None, self.log.read_text("utf-8")
        assert time.monotonic() - self.born < START_PATIENCE_S, "it never started"
        return b"r.started" in self.log.read_bytes()

    def live_or_die(self, chance: random.Random) -> None:
        """Draw the moment of its death once it is up; when that comes, kill it."""
        now = time.monotonic()
        if self.kill_at is None:
            if self.is_up():
                self.kill_at = now + chance.uniform(0.02, LONGEST_LIFE_S)
        elif now >= self.kill_at:
            self.kill()
            self.kills += 1
            self.start()

    def kill(self) -> None:
        """End it without any warning."""
        self.process.kill()
        self.process.wait()


def victims_of(
    system: Gadelys, address: str, namespace: str, folder: Path
) -> list[Victim]:
    """Start worker and dispatcher of `system`, as people start them."""
    environment = {
        **os.environ,
        "GADELYS_DATA": str(system.settings.data),
        "GADELYS_TEMPORAL_ADDRESS": address,
        "GADELYS_TEMPORAL_NAMESPACE": namespace,
        "GADELYS_LOG_FORMAT": "json",
    }
    return [
        Victim(verb, environment, folder / f"{verb}.log")
        for verb in ("work", "dispatch")
    ]


def far(register: Register) -> Register:
    """Return rules by which the clock speaks twelve hours from now, not meanwhile.

    Nobody works today: what is said once a working day would else be said today
    too, if the hour twelve hours from now has already passed this morning.
    """
    days = register.working_days
    now = datetime.now(UTC)
    then = (now + timedelta(hours=12)).astimezone(days.zone)
    at = clock_time(then.hour, then.minute)
    clock = register.clock.model_copy(update={"remind_at": at, "digest_at": at})
    calendar = register.calendar.model_copy(
        update={
            "extra_closing_days": (
                *register.calendar.extra_closing_days,
                days.local_day(now),
            )
        }
    )
    return register.model_copy(update={"clock": clock, "calendar": calendar})


def walk_file(batch: int, today: date) -> dict[str, Any]:
    """Return a walk with findings that are weeks and months late."""
    findings = []
    for nth in range(BATCH):
        day = (today - timedelta(days=14 + 7 * nth)).isoformat()
        findings.append(
            {
                "number": f"K{batch}-{nth:02}",
                "category": "GRF-TAG",
                "text": "Tags på muren.",
                "severity": "acute" if nth % ACUTE == 0 else "normal",
                "history": [
                    {"on": day, "do": "report", "by": "citizen"},
                    {
                        "on": day,
                        "do": "assign",
                        "by": str(COORDINATOR),
                        "to": str(OPERATIONS if nth % 2 else PARKS),
                    },
                ],
            }
        )
    walked = today - timedelta(days=14 + 7 * BATCH)
    return {
        "schema": "walk-file/1",
        "walk": {
            "number": f"KILL-{batch}",
            "area": "Opdigtet",
            "starts_at": f"{walked.isoformat()}T17:00:00+01:00",
            "ends_at": f"{walked.isoformat()}T19:00:00+01:00",
        },
        "findings": findings,
    }


def import_batch(system: Gadelys, folder: Path, batch: int) -> None:
    today = datetime.now(UTC).date()
    path = folder / f"walk-{batch}.json"
    path.write_text(json.dumps(walk_file(batch, today)), "utf-8")
    import_walk(system, path)


def all_facts(system: Gadelys) -> tuple[Recorded, ...]:
    return system.store.after(0, 1_000_000)


def expected_steps(system: Gadelys) -> list[Step]:
    """Return what the pure plan asks for, seen from what people did."""
    register, now = system.rules().register, datetime.now(UTC)
    numbers = dict.fromkeys(
        fact.stream.removeprefix(stream_of(""))
        for fact in all_facts(system)
        if fact.stream.startswith(stream_of(""))
    )
    steps: list[Step] = []
    for number in numbers:
        facts = system.store.load(stream_of(number))
        finding = fold(fact for fact in facts if fact.event.stamp.by != CLOCK)
        assert finding
        due = [step for step in plan(finding, register, now) if step.at <= now]
        assert {type(step) for step in due} == {Reminder, Escalation}
        # Whoever reported something acute has not telephoned either.
        assert len(due) == (3 if finding.severity is Severity.ACUTE else 2)
        steps += [(number, step.key) for step in due]
    return sorted(steps)


def recorded_steps(system: Gadelys) -> list[Step]:
    """Return what the clock did, as often as it did it."""
    steps: list[Step] = []
    for fact in all_facts(system):
        number = fact.stream.removeprefix(stream_of(""))
        match fact.event:
            case ReminderRaised(occasions=occasions):
                key = "+".join(occasion.key for occasion in occasions)
                steps.append((number, f"remind.{key}"))
            case FindingEscalated(run=run, level=level):
                steps.append((number, f"escalate.{run}.{level}"))
            case _:
                pass
    return sorted(steps)


def expected_news(system: Gadelys) -> list[Told]:
    """Return which urgent notice has to leave for whom."""
    return sorted(
        (str(notice.recipient), str(fact.event_id))
        for fact in all_facts(system)
        for notice in notices(fact)
        if notice.urgent
    )


def sent(system: Gadelys) -> list[tuple[str, DeliverySent]]:
    """Return every message that left, with its key."""
    return [
        (fact.stream.removeprefix("delivery/"), fact.event)
        for fact in all_facts(system)
        if isinstance(fact.event, DeliverySent)
    ]


def told(system: Gadelys) -> list[Told]:
    """Return which notice left for whom, as often as it left."""
    return sorted(
        (str(one.recipient), str(notice))
        for _, one in sent(system)
        for notice in one.notices
    )


def is_done(system: Gadelys) -> bool:
    steps = len(recorded_steps(system)) >= len(expected_steps(system))
    return steps and len(told(system)) >= len(expected_news(system))


def wait_until_done(victims: list[Victim], system: Gadelys) -> None:
    """Wait for what was interrupted: it is tried again after 10 or 30 seconds."""
    deadline = time.monotonic() + END_PATIENCE_S
    while not is_done(system):
        assert time.monotonic() < deadline, "something was lost"
        assert all(victim.process.poll() is None for victim in victims)
        time.sleep(0.3)


def check_mails(system: Gadelys) -> None:
    """Each message is one file; its id follows from its key and its number."""
    files = list(system.settings.mailbox.glob("*.eml"))
    found = [message_from_bytes(file.read_bytes())["Message-ID"] for file in files]
    ids = {
        one.message_id: derived_id("message", key, one.batch)
        for key, one in sent(system)
    }

    assert len(ids) == len(sent(system))
    assert all(str(derived) in message for message, derived in ids.items())
    assert sorted(found) == sorted(ids)
