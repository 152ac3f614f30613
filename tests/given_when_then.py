"""Rules as sentences: given what happened, when somebody asks, then this follows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

import pytest

from domain.delivery import decide as delivery
from domain.delivery.decide import AnyDeliveryCommand
from domain.delivery.events import DeliveryEvent
from domain.errors import Code, DomainError, Refused
from domain.finding import decide as finding
from domain.finding import state
from domain.finding.commands import AnyFindingCommand
from domain.finding.events import FindingEvent
from domain.finding.rules.checks import Given
from domain.finding.state import Finding
from domain.register.model import Register
from domain.roster import state as roster_state
from domain.roster.events import AbsenceNoted
from domain.roster.state import Roster
from domain.values import Actor, FindingNumber
from domain.walk import decide as walk
from domain.walk import state as walk_state
from domain.walk.commands import AnyWalkCommand
from domain.walk.events import WalkEvent
from domain.walk.given import WalkGiven
from tests.examples import WALK, register

Asked = TypeVar("Asked")
Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True)
class Answer(Generic[Fact]):
    """What the rules say; asked when the expectation is stated."""

    ask: Callable[[], tuple[Fact, ...]]

    def then(self, *facts: Fact) -> None:
        """Expect exactly these facts; none at all means nothing happens."""
        assert self.ask() == facts

    def then_refused(self, code: Code, kind: type[DomainError] = Refused) -> None:
        """Expect a refusal with this code and of exactly this kind."""
        with pytest.raises(DomainError) as refusal:
            self.ask()

        assert (refusal.value.code, refusal.type) == (code, kind)


@dataclass(frozen=True, slots=True)
class Situation(Generic[Asked, Fact]):
    """Something with a history, ready to be asked."""

    decide: Callable[[Asked], tuple[Fact, ...]]

    def when(self, command: Asked) -> Answer[Fact]:
        """Ask for something."""
        return Answer(lambda: self.decide(command))


def given(
    *facts: FindingEvent,
    others: Mapping[FindingNumber, Finding] | None = None,
    rules: Register | None = None,
    away: Iterable[AbsenceNoted] = (),
    asked: Iterable[Actor] = (),
) -> Situation[AnyFindingCommand, FindingEvent]:
    """Begin with a finding to which `facts` happened; `others` stand beside it.

    Besides may be said which `rules` are in force, who is `away`, and which
    participants `asked` to hear the end.
    """
    found = remembered(*facts)
    known = Given(
        rules or register(),
        others or {},
        frozenset({WALK}),
        roster=reduce(roster_state.evolve, away, Roster()),
        asked=frozenset(asked),
    )
    return Situation(lambda command: finding.decide(found, command, known))


def remembered(*facts: FindingEvent) -> Finding | None:
    """Return what the rules remember of a finding."""
    return reduce(state.evolve, facts, None)


def given_walk(
    *facts: WalkEvent, around: WalkGiven | None = None
) -> Situation[AnyWalkCommand, WalkEvent]:
    """Begin with a walk to which `facts` happened; `around` is what else is known."""
    found = reduce(walk_state.evolve, facts, None)
    known = around or WalkGiven(register())
    return Situation(lambda command: walk.decide(found, command, known))


def given_messages(
    *facts: DeliveryEvent,
) -> Situation[AnyDeliveryCommand, DeliveryEvent]:
    """Begin with the messages of one recipient to which `facts` happened."""
    found = reduce(delivery.evolve, facts, None)
    return Situation(lambda command: delivery.decide(found, command))
