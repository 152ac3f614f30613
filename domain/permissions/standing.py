"""How somebody stands to what a command is about, as its history says."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.delivery.answering import answering
from domain.delivery.decide import Delivery, DeliveryCommand
from domain.delivery.decide import fold as fold_delivery
from domain.finding.commands import (
    AcceptHandover,
    ApproveDecline,
    CompleteSubtask,
    FindingCommand,
    MoveVerification,
    RefuseDecline,
    RefuseHandover,
    RejectFix,
    VerifyFix,
)
from domain.finding.state import Finding
from domain.finding.state import fold as fold_finding
from domain.measurement.commands import RecordIndicator
from domain.messages import Command, Recorded, Stamp
from domain.permissions.words import Relation
from domain.ports import Rules
from domain.publication.commands import PublicationCommand
from domain.roster.commands import RosterCommand
from domain.values import BOTH_AUTHORITIES, Actor, Authority
from domain.walk.commands import AskForAnswer, WalkCommand
from domain.walk.state import fold as fold_walk

NEW = frozenset({Relation.OWN, Relation.OWN_AUTHORITY})
"""What is not there yet belongs to whoever makes it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The relations of somebody to a thing, and for whom it waits."""

    relations: frozenset[Relation]
    holder: Actor | None = None


def standing(
    command: Command,
    history: tuple[Recorded, ...],
    rules: Rules,
    finding: Finding | None = None,
) -> Standing | None:
    """Return how whoever asks stands to it; `None` when it is not there.

    A person acts for their unit: what waits for a unit waits for each of them.

    Args:
        command: what is asked, with its stamp.
        history: the facts of its stream.
        rules: the rules in force.
        finding: what `history` folds to, where somebody has folded it already.
    """
    stamp = command.stamp
    by = stamp.by
    match command:
        case FindingCommand():
            memory = finding or fold_finding(history)
            if memory is None:
                return None
            return _to_finding(memory, _holders(memory, command), stamp, history, rules)
        case WalkCommand():
            walk = fold_walk(history)
            own = _started(by, history) or (
                isinstance(command, AskForAnswer) and command.contact.unit == by.unit
            )
            return _simple(by, (walk.led_by,), own=own) if walk else None
        case PublicationCommand():
            own = _started(by, history)
            return _simple(by, BOTH_AUTHORITIES, own=own) if history else None
        case RosterCommand():
            return _to_holders(stamp, (command.absent,), (), rules)
        case RecordIndicator():
            owners = _owners(command, rules)
            return _to_holders(stamp, owners, (), rules) if owners else None
        case DeliveryCommand():
            recipient = _recipient(fold_delivery(history))
            if recipient is None:
                return None
            holder = answering(recipient, rules.register)
            return _to_holders(stamp, (holder,), (), rules)
        case _:
            return Standing(NEW)


def standing_to_case(
    stamp: Stamp, history: tuple[Recorded, ...], rules: Rules
) -> Standing | None:
    """Return how somebody stands to a case that they look at; `None` without one."""
    finding = fold_finding(history)
    if finding is None:
        return None
    owner = finding.assignee or finding.triage
    asked = (finding.verifier, finding.offered_to, finding.decline_approver)
    holders = (owner, *(one for one in asked if one))
    return _to_finding(finding, holders, stamp, history, rules)


def _to_finding(
    finding: Finding,
    holders: tuple[Actor, ...],
    stamp: Stamp,
    history: tuple[Recorded, ...],
    rules: Rules,
) -> Standing:
    parts = [part.to for part in finding.subtasks]
    found = _to_holders(stamp, holders, (finding.triage, *parts), rules)
    if _started(stamp.by, history):
        own = found.relations - {Relation.OTHER} | {Relation.OWN}
        return Standing(own, found.holder)
    return found


def _holders(finding: Finding, command: FindingCommand) -> tuple[Actor, ...]:
    """Return for whom this step of the case waits."""
    owner = finding.assignee or finding.triage
    match command:
        case CompleteSubtask(subtask=name):
            parts = [part.to for part in finding.subtasks if part.name == name]
            return (*parts, owner)
        case VerifyFix() | RejectFix() | MoveVerification():
            asked = finding.verifier
        case AcceptHandover() | RefuseHandover():
            asked = finding.offered_to
        case ApproveDecline() | RefuseDecline():
            asked = finding.decline_approver
        case _:
            asked = None
    return (asked or owner,)


def _to_holders(
    stamp: Stamp,
    holders: tuple[Actor, ...],
    beside: Iterable[Actor],
    rules: Rules,
) -> Standing:
    by, register = stamp.by, rules.register
    day = register.working_days.local_day(stamp.at)
    found = set[Relation]()
    for holder in holders:
        if holder in {by, by.unit}:
            found.add(Relation.ASSIGNED)
        behind = (
            holder,
            register.behind(holder),
            register.leader_of(holder),
            rules.roster.cover_for(holder, day, register),
        )
        if any(by.same_hands(one) for one in behind):
            found.add(Relation.OWN_UNIT)
    sides = {register.behind(one).authority for one in (*holders, *beside)}
    if by.authority in sides:
        found.add(Relation.OWN_AUTHORITY)
    return Standing(frozenset(found or {Relation.OTHER}), holders[0])


def _simple(by: Actor, sides: Iterable[Authority], *, own: bool) -> Standing:
    found = {Relation.OWN} if own else set[Relation]()
    if by.authority in sides:
        found.add(Relation.OWN_AUTHORITY)
    return Standing(frozenset(found or {Relation.OTHER}))


def _owners(command: RecordIndicator, rules: Rules) -> tuple[Actor, ...]:
    """Return who tells how an effort goes, the asker's own authority first."""
    areas = (one for one in rules.register.focus_areas if one.code == command.focus)
    owners = next((one.owners for one in areas), None)
    if owners is None:
        return ()
    own = owners.of(command.stamp.by.authority)
    return (own, *(one for one in owners.both if one != own))


def _started(by: Actor, history: tuple[Recorded, ...]) -> bool:
    """Whether whoever asks, or their unit or group, began it."""
    return bool(history) and by.same_hands(history[0].event.stamp.by)


def _recipient(delivery: Delivery | None) -> Actor | None:
    begun = delivery and (delivery.pending or next(iter(delivery.failed), None))
    return begun.recipient if begun else None
