"""Days pass: a played calendar over a real server, worker, dispatcher and store.

How time is skipped is known here and in `conftest.py` only.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from itertools import count
from typing import Any, TypeVar, cast
from uuid import UUID

from temporalio.client import WorkflowExecutionDescription, WorkflowHandle
from typing_extensions import override

from adapters.bootstrap import working
from adapters.system import Gadelys
from adapters.temporal.client import Client
from adapters.temporal.dispatcher import NAME, Dispatcher
from adapters.temporal.skipping import (
    Calendar,
    Entry,
    PlayedRounds,
    PlayedTimes,
)
from adapters.temporal.subjects import open_subjects
from domain.delivery.events import DeliverySent
from domain.finding.commands import BY_NAME as OF_FINDINGS
from domain.finding.events import FindingEscalated, ReminderRaised
from domain.handling import AnyCommand
from domain.messages import Command, Event, Recorded, Stamp, derived_id
from domain.publication.commands import BY_NAME as OF_PUBLICATIONS
from domain.register.adoption import AdoptRegister
from domain.register.model import Register
from domain.roster.commands import BY_NAME as OF_THE_ROSTER
from domain.rounds import RoundHeld
from domain.values import Actor
from domain.walk.commands import BY_NAME as OF_WALKS
from workflows.follow_up import FollowUp
from workflows.reactions import urgent_deliveries

COORDINATOR = Actor("municipality/walk-coordinator")
OPERATIONS = Actor("municipality/operations")
PARKS = Actor("municipality/parks")
ROADS = Actor("municipality/roads-operations")
LIGHTING = Actor("municipality/street-lighting")
PREVENTION = Actor("police/prevention")
LOCAL_POLICE = Actor("police/local-police")
COUNCIL = Actor("participant/local-council")
CITIZEN = Actor("citizen")

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
NUMBER = "2026-01"
ASKED: Mapping[str, Mapping[str, type[Command]]] = {
    "finding": OF_FINDINGS,
    "walk": OF_WALKS,
    "publication": OF_PUBLICATIONS,
    "roster": OF_THE_ROSTER,
}
"""What people can ask, by the kind of stream and the name in a walk file."""

NOON = time(12)
END_OF_DAY = time(23, 59, 59)

E = TypeVar("E", bound=Event)


@dataclass
class Month:
    """What a story needs: people act, days pass, and what came of it."""

    system: Gadelys
    client: Client
    times: PlayedTimes
    dispatcher: Dispatcher
    calendar: Calendar

    def __post_init__(self) -> None:
        """Number the commands, so that each has an id of its own."""
        self._ids = count(1)

    # --- what happens ---

    async def happens(
        self, when: str, by: Actor, do: str, number: str = NUMBER, **fields: Any
    ) -> None:
        """Let days pass until `when`, then let somebody do something to a finding.

        Args:
            when: a day (noon is meant) or a day and time, local.
            by: who does it.
            do: the name of the command in a walk file.
            number: of the finding.
            fields: the command's own.
        """
        await self.happens_to(f"finding/{number}", when, by, do, **fields)

    async def happens_to(
        self, stream: str, when: str, by: Actor, do: str, **fields: Any
    ) -> None:
        """Let days pass until `when`, then let somebody do something.

        Args:
            stream: what it is done to: `walk/…`, `publication/…`, `roster/main`.
            when: see `happens`, as the rest.
            by: who does it.
            do: the name of the command.
            fields: the command's own.
        """
        at = self.moment(when)
        command = self.command(at, by, do, stream, **fields)
        entry = Entry(at, stream, partial(self.system.submit, command))
        await self.calendar.play([entry], at)

    async def adopts(self, when: str, register: Register) -> None:
        """Let days pass until `when`, then put another register into force."""
        at = self.moment(when)
        stamp = Stamp(by=COORDINATOR, at=at, command_id=self._next_id())
        command = AdoptRegister(stamp=stamp, rules=register)
        entry = Entry(at, None, partial(self.system.submit, command))
        await self.calendar.play([entry], at)

    def did(
        self, when: str, by: Actor, do: str, number: str = NUMBER, **fields: Any
    ) -> AnyCommand:
        """Return what somebody did `when`; see `happens`."""
        return self.command(self.moment(when), by, do, f"finding/{number}", **fields)

    async def learns(self, *past: AnyCommand) -> None:
        """Type in at once what people did in the past; no time passes."""

        def type_in() -> None:
            for command in past:
                self.system.submit(command)

        now = self.times.now
        await self.calendar.play([Entry(now, None, type_in)], now)

    async def passes(self, until: str) -> None:
        """Let days pass until the end of the day `until`, or a day and time."""
        await self.calendar.play([], self.moment(until, END_OF_DAY))

    async def tells_everything_again(self) -> None:
        """Dispatch every fact since the beginning once more, and every plan."""
        self.system.rows.advance(NAME, 0)
        while await self.dispatcher.dispatch():
            pass
        await self.dispatcher.redispatch(open_subjects(self.system))
        register = self.system.rules().register
        at_once = [
            start.workflow_id
            for fact in self.facts()
            for start in urgent_deliveries(fact, register)
        ]
        await self.calendar._ended(dict.fromkeys(at_once))

    def command(
        self, at: datetime, by: Actor, do: str, stream: str, **fields: Any
    ) -> AnyCommand:
        """Return a command by its name in a walk file."""
        kind, _, number = stream.partition("/")
        if do == "report":
            fields = {"text": "Hækken skjuler stien.", **fields}
        if kind != "roster":
            fields["number"] = number
        stamp = {"by": by, "at": at, "command_id": self._next_id()}
        command = ASKED[kind][do].model_validate({"stamp": stamp, **fields})
        return cast("AnyCommand", command)

    def _next_id(self) -> UUID:
        return derived_id("story", next(self._ids))

    def moment(self, when: str, usual: time = NOON) -> datetime:
        """Return a day or a local time as an aware moment."""
        days = self.system.rules().register.working_days
        if "T" in when:
            local = datetime.fromisoformat(when).replace(tzinfo=days.zone)
            return local.astimezone(UTC)
        return days.moment(date.fromisoformat(when), usual)

    # --- what came of it ---

    def facts(self) -> tuple[Recorded, ...]:
        """Return every fact, in order."""
        return self.system.store.after(0, 100_000)

    def all_of(self, kind: type[E], number: str | None = None) -> list[E]:
        """Return the events of one kind, of one finding or of all."""
        stream = f"finding/{number}"
        return [
            fact.event
            for fact in self.facts()
            if isinstance(fact.event, kind) and (not number or fact.stream == stream)
        ]

    def reminded(self, number: str = NUMBER) -> list[str]:
        """Return the days on which somebody was reminded, and who: `10-23 unit`."""
        return [
            f"{self.day(raised)} {raised.to}"
            for raised in self.all_of(ReminderRaised, number)
        ]

    def reminder_days(self, number: str = NUMBER) -> list[str]:
        """Return the days on which somebody was reminded."""
        return [self.day(raised) for raised in self.all_of(ReminderRaised, number)]

    def escalated(self, number: str = NUMBER) -> list[tuple[int, str]]:
        """Return each level that was raised, and its day."""
        return [
            (raised.level, self.day(raised))
            for raised in self.all_of(FindingEscalated, number)
        ]

    def day(self, event: Event) -> str:
        """Return the local day of `event`."""
        return self.local(event.stamp.at).date().isoformat()

    def local(self, moment: datetime) -> datetime:
        """Return `moment` in local time."""
        return moment.astimezone(self.system.rules().register.working_days.zone)

    def mails(self) -> list[EmailMessage]:
        """Return the messages in the mailbox, by the time they were written."""
        files = self.system.settings.mailbox.glob("*.eml")
        return [
            message_from_bytes(file.read_bytes(), policy=SMTP)
            for file in sorted(files, key=lambda file: file.stat().st_mtime_ns)
        ]

    def sent(self) -> list[tuple[str, str, int]]:
        """Return each message that left: local time, to whom, how many notices.

        Messages of one moment are sorted by recipient.
        """
        return sorted(
            (self._left_at(one), str(one.recipient), len(one.notices))
            for one in self.all_of(DeliverySent)
        )

    def sent_about_cases(self) -> list[tuple[str, str, int]]:
        """Return the messages with news, and how much, leaving out what comes round."""
        rounds = {
            str(fact.event_id)
            for fact in self.facts()
            if isinstance(fact.event, RoundHeld)
        }
        counted = [
            (one, [notice for notice in one.notices if str(notice) not in rounds])
            for one in self.all_of(DeliverySent)
        ]
        return sorted(
            (self._left_at(one), str(one.recipient), len(news))
            for one, news in counted
            if news
        )

    def _left_at(self, sent: DeliverySent) -> str:
        return f"{self.local(sent.stamp.at):%Y-%m-%d %H:%M}"

    # --- the workflow itself ---

    def run(self, number: str = NUMBER) -> "WorkflowHandle[Any, int]":
        """Return a handle of the newest run that follows `number`."""
        return self.client.get_workflow_handle_for(FollowUp.run, f"finding/{number}")

    async def status(self, number: str = NUMBER) -> str:
        """Return the status of the newest run that follows `number`."""
        return status_of(await self.run(number).describe())


def status_of(run: WorkflowExecutionDescription) -> str:
    """Return the status of a run in words."""
    return run.status.name.lower() if run.status else "unknown"


class OnlyDigests(PlayedRounds):
    """The morning's digests alone: every week's list would make a story long."""

    @override
    def _next_list(self) -> datetime:
        return datetime.max.replace(tzinfo=UTC)


@asynccontextmanager
async def told(
    system: Gadelys, client: Client, times: PlayedTimes, *, weekly: bool = True
) -> AsyncIterator[Month]:
    """Let a story be told on `system`, whose `now` is that of `times`.

    Args:
        system: where it happens.
        client: of a server that skips time.
        times: the calendar that is played.
        weekly: whether the week's list and the half-year's status come as well.
    """
    dispatcher = Dispatcher(system, client, times)
    async with working(system, client, times):
        calendar = Calendar(system, client, dispatcher, times)
        if not weekly:
            calendar._rounds = OnlyDigests(system, client)
        yield Month(system, client, times, dispatcher, calendar)
