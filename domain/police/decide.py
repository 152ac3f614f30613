"""The rules beside a case: the police write, and share a copy only as two persons.

What moves to the municipality is always a new text, never the note itself, and exactly
the words that the second person has read.

Source: S14, S20 (tactics and persons stay with the police); S4 and S5 of the rules of
separated hands (a proposer never approves, a copy never a relabelled note, 72 hours).
"""

from datetime import timedelta

from domain.errors import Code, NotAllowed, NotFound, Refused
from domain.finding.state import Finding
from domain.plain_text import check_text
from domain.police.commands import (
    AddPoliceNote,
    AnyPoliceCommand,
    ApproveSharing,
    ProposeSharing,
)
from domain.police.events import (
    NoteKind,
    PoliceEvent,
    PoliceNoteAdded,
    SharingApproved,
    SharingProposed,
)
from domain.police.state import PoliceFile, Proposal
from domain.values import Actor

Facts = tuple[PoliceEvent, ...]

APPROVAL_HOURS = 72
TEXT_LENGTH = 10_000


def decide(
    memory: PoliceFile, command: AnyPoliceCommand, finding: Finding | None
) -> Facts:
    """Return the facts that follow from `command`; none when nothing is left to do.

    Args:
        memory: what the police keep beside the case.
        command: what is asked.
        finding: the shared case that it is about, if there is one.

    Raises: Refused, NotFound or NotAllowed with a code.
    """
    if finding is None:
        raise NotFound(Code.UNKNOWN_FINDING, number=command.number)
    match command:
        case AddPoliceNote():
            return _note(memory, command)
        case ProposeSharing(stamp=stamp, text=text):
            check_text("text", text, TEXT_LENGTH)
            nth = len(memory.proposals) + 1
            return (SharingProposed(stamp=stamp, nth=nth, text=text),)
        case ApproveSharing():
            return _approve(memory, command)


def _note(memory: PoliceFile, command: AddPoliceNote) -> Facts:
    check_text("text", command.text, TEXT_LENGTH)
    first, last = command.first, command.last
    if first and last and last < first:
        raise Refused(Code.PERIOD_REVERSED, first=first, last=last)
    if (first or last) and command.kind is not NoteKind.TACTICS:
        raise Refused(Code.DAYS_WITHOUT_TACTICS, kind=str(command.kind))
    return (
        PoliceNoteAdded(
            stamp=command.stamp,
            nth=memory.notes + 1,
            kind=command.kind,
            text=command.text,
            first=first,
            last=last,
        ),
    )


def _approve(memory: PoliceFile, command: ApproveSharing) -> Facts:
    proposal = memory.proposals.get(command.nth)
    if proposal is None:
        raise NotFound(Code.UNKNOWN_SHARING, number=command.number, nth=command.nth)
    if proposal.is_approved:
        return ()
    _check_approval(proposal, command)
    return (
        SharingApproved(stamp=command.stamp, nth=command.nth, content=proposal.content),
    )


def _check_approval(proposal: Proposal, command: ApproveSharing) -> None:
    by, end = command.stamp.by, proposal.at + timedelta(hours=APPROVAL_HOURS)
    if not _is_second_person(by, proposal.by):
        raise NotAllowed(Code.SECOND_PERSON_NEEDED, by=str(by), first=str(proposal.by))
    if command.content != proposal.content:
        raise Refused(Code.SHARING_CHANGED, number=command.number, nth=command.nth)
    if command.stamp.at > end:
        raise Refused(Code.SHARING_TOO_LATE, number=command.number, nth=command.nth)


def _is_second_person(by: Actor, first: Actor) -> bool:
    """Two of one unit are two persons if both say who they are."""
    if by.person and first.person:
        return not by.same_person(first)
    return by.unit != first.unit
