"""What somebody could do now, and what would follow: the rules themselves say it.

Nothing is stored: a command is decided upon as if it were given.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from adapters.system import Gadelys
from adapters.web.forms import FORMS, Field, Kind, values_of
from domain.errors import Code, DomainError
from domain.finding.commands import BY_NAME, AnyFindingCommand
from domain.finding.state import Finding
from domain.handling import decided
from domain.messages import Event, Recorded, Stamp
from domain.permissions.asking import require_permitted
from domain.ports import Rules
from domain.register.model import Register
from domain.rehearsal import Rehearsal as Known
from domain.values import Actor, FindingNumber
from projections.cases import NextStep, next_step

REHEARSED = UUID(int=0)

ABOUT_INPUT = frozenset(
    {
        *(Code.BAD_INPUT, Code.TEXT_MISSING, Code.TEXT_TOO_LONG, Code.EVIDENCE_MISSING),
        *(Code.TACTICS_TOLD, Code.DATE_IN_PAST, Code.DATE_IN_FUTURE, Code.LINK_MISSING),
        *(Code.OUT_OF_ORDER, Code.REVIEW_TOO_FAR, Code.CALENDAR_ENDS),
        *(Code.REFERRAL_MISSING, Code.NOTHING_CHANGES, Code.OUT_OF_SEASON),
        *(Code.DECISION_INCOMPLETE, Code.DEADLINE_TOO_SHORT, Code.SAME_AUTHORITY),
        *(Code.WRONG_SOURCE, Code.STEP_SKIPPED, Code.UNKNOWN_REASON),
        *(Code.UNKNOWN_UNIT, Code.UNKNOWN_FINDING, Code.SUBTASK_EXISTS),
        *(Code.MASTER_UNUSABLE, Code.MERGE_INTO_SELF, Code.NO_SEASON, Code.IN_SEASON),
    }
)
"""Refusals of what is typed, not of the step: the form may still be filled in."""

PRIMARY: Mapping[NextStep, str] = {
    NextStep.ASSIGN: "assign",
    NextStep.ANSWER_HANDOVER: "accept_handover",
    NextStep.APPROVE_DECLINE: "approve_decline",
    NextStep.REVIEW_HOLD: "resume",
    NextStep.COMPLETE_SUBTASKS: "complete_subtask",
    NextStep.FIX: "mark_fixed",
    NextStep.VERIFY: "verify",
}
"""The one thing that a case waits for."""

BESIDE: Mapping[str, str] = {
    "accept_handover": "refuse_handover",
    "approve_decline": "refuse_decline",
    "verify": "reject_fix",
}
"""The other answer to the same question."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Whether somebody may take a step: what would follow, or why not."""

    name: str
    facts: tuple[Event, ...] = ()
    refusal: DomainError | None = None

    @property
    def is_open(self) -> bool:
        """Whether the step can be taken, once the form is filled in."""
        return self.refusal is None or self.refusal.code in ABOUT_INPUT


class Rehearsal:
    """One case as it is now, and one person who looks at it."""

    def __init__(
        self,
        system: Gadelys,
        history: tuple[Recorded, ...],
        finding: Finding,
        by: Actor,
    ) -> None:
        """Rehearse on top of `history`, which is only read."""
        self._history = history
        self._finding = finding
        self._by = by
        self._now = system.now()
        self._known = Known(system.store)
        self._rules: Rules = system.rules()

    def chances(self, number: FindingNumber) -> dict[str, Chance]:
        """Return every step that can be taken now, in the order of the forms."""
        found = (self.chance(name, number) for name in FORMS)
        return {chance.name: chance for chance in found if chance.is_open}

    def primary(self, number: FindingNumber) -> Chance | None:
        """Return what the case waits for; `None` when it waits for nothing."""
        finding = self._finding
        if not finding.is_open:
            return None
        name = PRIMARY[next_step(finding)]
        if name == "accept_handover" and finding.offer and finding.offer.decider:
            name = "decide_handover"
        return self.chance(name, number)

    def chance(self, name: str, number: FindingNumber) -> Chance:
        """Return whether this step can be taken, with a form as it would be filled."""
        stamp = Stamp(by=self._by, at=self._now, command_id=REHEARSED)
        body = {"number": number, "stamp": stamp, **self._samples(name)}
        command = BY_NAME[name].model_construct(**body)
        return self.tried(command)  # type: ignore[arg-type]

    def tried(self, command: AnyFindingCommand) -> Chance:
        """Return what would follow from this very command."""
        try:
            require_permitted(command, self._history, self._rules, self._finding)
            decision = decided(
                command,
                self._history,
                self._known,
                lambda: self._rules,
                asked="",
                finding=self._finding,
            )
        except DomainError as refusal:
            return Chance(command.NAME, refusal=refusal)
        return Chance(command.NAME, decision.events)

    def _samples(self, name: str) -> dict[str, Any]:
        register = self._rules.register
        return {
            field.name: sample(field, register, self._finding, self._by, self._now)
            for field in FORMS[name]
            if field.required or field.name in {"evidence", "category"}
        }


def sample(
    field: Field, register: Register, finding: Finding, by: Actor, now: datetime
) -> Any:
    """Return something that could stand in a field."""
    calendar = register.working_days
    match field.kind:
        case Kind.DAY:
            return calendar.next_working(calendar.local_day(now) + timedelta(days=1))
        case Kind.MOMENT:
            return now
        case Kind.NUMBER:
            return 1
        case Kind.CHOICE if field.source:
            return _first(field, register, finding, by)
        case _:
            return "0"


def _first(field: Field, register: Register, finding: Finding, by: Actor) -> object:
    if field.source is None:
        return None
    values = values_of(field.source, register, finding, by)
    value = proposed(field, register, finding) or next(iter(values), "0")
    if field.name in {"to", "owner", "proposed", "whom"}:
        return Actor.parse(value) if "/" in value else by
    return value


def proposed(field: Field, register: Register, finding: Finding) -> str | None:
    """Return what the register proposes for a field of this case."""
    if not register.has_category(finding.category):
        return None
    category = register.category(finding.category)
    match field.name:
        case "evidence":
            return str(category.evidence)
        case "to" if field.source and field.source.value == "units":
            return str(category.suggested_unit) if category.suggested_unit else None
        case _:
            return None
