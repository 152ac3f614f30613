"""Where invented people act: the real rules decide, and nothing is stored."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, NamedTuple

from domain.errors import DomainError
from domain.finding.commands import TakeStep
from domain.finding.events import (
    FindingMerged,
    FindingReferred,
    FindingReported,
    is_about_a_finding,
)
from domain.finding.plan import Step
from domain.finding.plan import plan as finding_plan
from domain.finding.state import Finding
from domain.finding.state import evolve as evolve_finding
from domain.handling import AnyCommand, decided
from domain.messages import Event, Recorded, Stamp, derived_id
from domain.ports import Rules
from domain.register.model import Register
from domain.values import CLOCK, Actor, FindingNumber, StreamId, WalkNumber
from domain.walk.commands import TakeWalkStep
from domain.walk.events import WalkEvent
from domain.walk.plan import WalkStep
from domain.walk.plan import plan as walk_plan
from domain.walk.state import SafetyWalk
from domain.walk.state import evolve as evolve_walk

ASKED = "generated"
"""Stands where the digest of a command is kept: nobody gave these commands."""


class Deed(NamedTuple):
    """What one command led to, in which stream, and when it happened."""

    stream: StreamId
    at: datetime
    events: tuple[Event, ...]


@dataclass
class Stage:
    """Facts that were decided, beside nothing else."""

    register: Register
    until: datetime
    deeds: list[Deed] = field(default_factory=list)
    _streams: dict[StreamId, tuple[Recorded, ...]] = field(default_factory=dict)
    _states: dict[StreamId, Finding | SafetyWalk] = field(default_factory=dict)
    _due: dict[StreamId, "Due | None"] = field(default_factory=dict)

    def load(self, stream: StreamId) -> tuple[Recorded, ...]:
        """Return the facts of one stream, oldest first."""
        return self._streams.get(stream, ())

    def findings_of(self, walk: WalkNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were reported or referred on a walk, in order."""
        told = (FindingReported, FindingReferred)
        return tuple(
            deed.stream.partition("/")[2]
            for deed in self.deeds
            for event in deed.events
            if isinstance(event, told) and event.walk == walk
        )

    def duplicates_of(self, master: FindingNumber) -> tuple[FindingNumber, ...]:
        """Return the findings that were merged into another, in order."""
        return tuple(
            deed.stream.partition("/")[2]
            for deed in self.deeds
            for event in deed.events
            if isinstance(event, FindingMerged) and event.master == master
        )

    def act(self, command: AnyCommand) -> tuple[Event, ...]:
        """Let the rules decide a command; what they refuse does not happen.

        Nothing happens after `until` either.
        """
        if command.stamp.at > self.until:
            return ()
        history = self.load(command.stream)
        with suppress(DomainError):
            found = decided(command, history, self, self._rules, ASKED)
            self._keep(command, history, found.events)
            return found.events
        return ()

    def _rules(self) -> Rules:
        return Rules(1, self.register)

    def _keep(
        self,
        command: AnyCommand,
        history: Sequence[Recorded],
        events: tuple[Event, ...],
    ) -> None:
        if not events:
            return
        at = command.stamp.at
        self._due.pop(command.stream, None)
        for event in events:
            self._remember(command.stream, event)
        self.deeds.append(Deed(command.stream, at, events))
        self._streams[command.stream] = (
            *history,
            *(
                Recorded(
                    event=event,
                    stream=command.stream,
                    version=len(history) + nth,
                    position=0,
                    event_id=derived_id(command.stamp.command_id, nth),
                    recorded_at=at,
                    register=1,
                )
                for nth, event in enumerate(events, start=1)
            ),
        )

    def _remember(self, stream: StreamId, event: Event) -> None:
        """Go on from what was remembered: a fold from the first fact costs more."""
        before = self._states.get(stream)
        if isinstance(event, WalkEvent):
            walk = before if isinstance(before, SafetyWalk) else None
            self._states[stream] = evolve_walk(walk, event)
        elif is_about_a_finding(event):
            finding = before if isinstance(before, Finding) else None
            self._states[stream] = evolve_finding(finding, event)

    def clock(self, stream: StreamId, until: datetime) -> None:
        """Let the clock do what is due in one stream until a moment."""
        kind, _, number = stream.partition("/")
        last = min(until, self.until)
        while (step := self._next_step(stream)) and step.at <= last:
            stamp = Stamp(by=CLOCK, at=step.at, command_id=derived_id(stream, step.key))
            take = TakeWalkStep if kind == "walk" else TakeStep
            if not self.act(take(stamp=stamp, number=number, key=step.key)):
                return

    def _next_step(self, stream: StreamId) -> "Due | None":
        """Return what is due next, as it was planned after the last fact."""
        if stream not in self._due:
            self._due[stream] = self._planned(stream) if self.load(stream) else None
        return self._due[stream]

    def _planned(self, stream: StreamId) -> "Due | None":
        state = self._states.get(stream)
        last = self.load(stream)[-1].event.stamp.at
        steps: Sequence[Step | WalkStep] = ()
        if isinstance(state, Finding):
            steps = finding_plan(state, self.register, last)
        elif isinstance(state, SafetyWalk):
            steps = walk_plan(state, self.register, last)
        return Due(steps[0].key, max(steps[0].at, last)) if steps else None

    def finding(self, stream: StreamId) -> Finding | None:
        """Return what the rules remember of a case."""
        state = self._states.get(stream)
        return state if isinstance(state, Finding) else None


class Due(NamedTuple):
    """What the clock has to do next, and when."""

    key: str
    at: datetime


@dataclass
class Diary:
    """The days of one case or walk, and who does what on them."""

    stage: Stage
    stream: StreamId
    day: date
    chance: Random

    @property
    def register(self) -> Register:
        """The rules."""
        return self.stage.register

    @property
    def number(self) -> str:
        """What people call the case or walk."""
        return self.stream.partition("/")[2]

    @property
    def finding(self) -> Finding | None:
        """What the rules remember of the case."""
        return self.stage.finding(self.stream)

    def passes(self, days: int) -> None:
        """Let some working days pass; at least to the next one that is one."""
        calendar = self.register.working_days
        self.day = calendar.add(calendar.next_working(self.day), max(0, days))

    def does(
        self, by: Actor, kind: type[Any], /, hour: int | None = None, **fields: object
    ) -> bool:
        """Let somebody do something on this day; return whether it happened."""
        at = self._moment(hour)
        self.stage.clock(self.stream, at)
        identity = derived_id(self.stream, len(self.stage.load(self.stream)) + 1)
        stamp = Stamp(by=by, at=at, command_id=identity)
        command = kind(stamp=stamp, **{"number": self.number, **fields})
        return bool(self.stage.act(command))

    def _moment(self, hour: int | None) -> datetime:
        """Return a moment of this day, after all that has happened."""
        chosen = time(hour or self.chance.randrange(9, 15), self.chance.randrange(60))
        at = self.register.working_days.moment(self.day, chosen)
        history = self.stage.load(self.stream)
        earliest = history[-1].event.stamp.at + timedelta(minutes=1) if history else at
        return max(at, earliest)

    def goes_on(self) -> None:
        """Let the clock speak until the end, of what nobody does any more."""
        self.stage.clock(self.stream, self.stage.until)
