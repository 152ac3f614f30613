"""The rules of co-signing: both authorities, exactly these bytes, in time.

Source: S6, S18 (joint consent, both approvals logged), S23 (learnings).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from domain.errors import Code, NotAllowed, NotFound, Refused
from domain.plain_text import check_line, check_text
from domain.publication.commands import (
    AnyPublicationCommand,
    ApprovePublication,
    DraftPublication,
    TakePublicationStep,
    WithdrawPublication,
)
from domain.publication.events import (
    PublicationApproved,
    PublicationDrafted,
    PublicationEvent,
    PublicationKind,
    PublicationLapsed,
    PublicationPublished,
    PublicationReminded,
    PublicationWithdrawn,
)
from domain.publication.plan import ApprovalLapse, ApprovalReminder, plan
from domain.publication.state import Publication, PublicationStatus
from domain.register.model import Register
from domain.register.staff import check_staff
from domain.values import (
    BOTH_AUTHORITIES,
    CLOCK,
    Actor,
    FindingNumber,
    PublicationNumber,
    WalkNumber,
)

Facts = tuple[PublicationEvent, ...]

ABOUT_A_WALK = (PublicationKind.MINUTES, PublicationKind.PLAN)
AT_AN_END = ("verified", "declined")
"""Statuses of a finding that has an answer everybody may read."""


@dataclass(frozen=True, slots=True)
class Given:
    """What the rules may look at besides the publication itself.

    `findings` holds the status of each finding that it is about.
    """

    register: Register
    findings: Mapping[FindingNumber, str] = field(default_factory=dict)
    walks: frozenset[WalkNumber] = frozenset()
    publications: Mapping[PublicationNumber, Publication] = field(default_factory=dict)


def decide(
    publication: Publication | None, command: AnyPublicationCommand, given: Given
) -> Facts:
    """Return the facts that follow from `command`.

    Returns: 0-2 facts, in order; none when nothing is left to do.
    Raises: Refused, NotFound or NotAllowed with a code.
    """
    if isinstance(command, TakePublicationStep):
        return _take_step(_known(publication, command), command, given.register)
    check_staff(command.stamp.by, given.register)
    _check_day(command.stamp.at, given.register)
    if isinstance(command, DraftPublication):
        return _draft(publication, command, given)
    found = _known(publication, command)
    _refuse_before_draft(found, command, given.register)
    match command:
        case ApprovePublication():
            return _approve(found, command, given)
        case WithdrawPublication():
            return _withdraw(found, command, given.register)


def _draft(
    publication: Publication | None, command: DraftPublication, given: Given
) -> Facts:
    register = given.register
    check_line("title", command.title, register.limits.text_length)
    _check_subject(command, given)
    _check_superseded(command, given)
    if publication:
        _check_next_draft(publication, command, register)
    hours = timedelta(hours=register.limits.approval_hours)
    return (
        PublicationDrafted(
            stamp=command.stamp,
            draft=publication.draft + 1 if publication else 1,
            kind=command.kind,
            title=command.title,
            content=command.content,
            form=command.form,
            walk=command.walk,
            finding=command.finding,
            supersedes=command.supersedes,
            # Real hours: added in UTC, where no night is shorter than another.
            approve_by=command.stamp.at.astimezone(UTC) + hours,
            to=_coordinators(register),
        ),
    )


def _check_subject(command: DraftPublication, given: Given) -> None:
    """Refuse a text that does not say which walk or finding it is about."""
    if command.kind in ABOUT_A_WALK and command.walk is None:
        raise Refused(Code.SUBJECT_MISSING, kind=command.kind, field="walk")
    if command.kind is PublicationKind.LEARNING and command.finding is None:
        raise Refused(Code.SUBJECT_MISSING, kind=command.kind, field="finding")
    if command.walk is not None and command.walk not in given.walks:
        raise NotFound(Code.UNKNOWN_WALK, walk=command.walk)
    if command.finding is not None:
        _check_finding(command.kind, command.finding, given)


def _check_finding(kind: PublicationKind, number: FindingNumber, given: Given) -> None:
    if (status := given.findings.get(number)) is None:
        raise NotFound(Code.UNKNOWN_FINDING, number=number)
    if kind is PublicationKind.LEARNING and status not in AT_AN_END:
        raise Refused(Code.WRONG_STATUS, status=status, needed=list(AT_AN_END))


def _check_superseded(command: DraftPublication, given: Given) -> None:
    """Refuse to supersede what is not published, or is about something else."""
    if (number := command.supersedes) is None:
        return
    if (old := given.publications.get(number)) is None:
        raise NotFound(Code.UNKNOWN_PUBLICATION, number=number)
    if number == command.number or old.status is not PublicationStatus.PUBLISHED:
        raise _not_ready(old, PublicationStatus.PUBLISHED)
    for name in ("kind", "walk", "finding"):
        if getattr(old, name) != getattr(command, name):
            raise Refused(Code.SUBJECT_FIXED, number=number, field=name)


def _check_next_draft(
    publication: Publication, command: DraftPublication, register: Register
) -> None:
    if publication.status is PublicationStatus.PUBLISHED:
        raise Refused(Code.ALREADY_PUBLISHED, number=command.number)
    _refuse_before_draft(publication, command, register)
    for name in ("kind", "walk", "finding"):
        if getattr(publication, name) != getattr(command, name):
            raise Refused(Code.SUBJECT_FIXED, number=command.number, field=name)
    if publication.status is PublicationStatus.DRAFT and all(
        getattr(publication, name) == getattr(command, name)
        for name in ("title", "content", "form", "supersedes")
    ):
        raise Refused(Code.DRAFT_UNCHANGED, number=command.number)


def _approve(
    publication: Publication, command: ApprovePublication, given: Given
) -> Facts:
    """Approve for one authority; the second of the two publishes (S6, S18)."""
    stamp, authority = command.stamp, command.stamp.by.authority
    _require(publication, PublicationStatus.DRAFT)
    if command.content != publication.content:
        raise Refused(
            Code.CONTENT_CHANGED, seen=command.content, current=publication.content
        )
    if authority in publication.approvals:
        raise Refused(Code.ALREADY_APPROVED, authority=authority)
    end = publication.approve_by
    if end is not None and stamp.at > end:
        raise Refused(Code.APPROVAL_TOO_LATE, approve_by=_local(end, given.register))
    if publication.finding is not None:
        _check_finding(publication.kind, publication.finding, given)
    approved = PublicationApproved(
        stamp=stamp, authority=authority, content=command.content
    )
    approvals = {**publication.approvals, authority: stamp.by}
    if any(one not in approvals for one in BOTH_AUTHORITIES):
        return (approved,)
    published = PublicationPublished(
        stamp=stamp,
        draft=publication.draft,
        content=publication.content,
        approved_by=tuple(approvals[one] for one in BOTH_AUTHORITIES),
        supersedes=publication.supersedes,
        to=_coordinators(given.register),
    )
    return (approved, published)


def _withdraw(
    publication: Publication, command: WithdrawPublication, register: Register
) -> Facts:
    _require(
        publication,
        PublicationStatus.DRAFT,
        PublicationStatus.PUBLISHED,
        PublicationStatus.LAPSED,
    )
    check_text("reason", command.reason, register.limits.text_length)
    return (
        PublicationWithdrawn(
            stamp=command.stamp, reason=command.reason, to=_coordinators(register)
        ),
    )


def _take_step(
    publication: Publication, command: TakePublicationStep, register: Register
) -> Facts:
    """Do the step if it is due and still wanted; the world may have changed."""
    stamp = command.stamp
    if stamp.by != CLOCK:
        raise NotAllowed(Code.NOT_YOUR_CASE, owner=str(CLOCK))
    for step in plan(publication, register, stamp.at):
        if step.key != command.key or step.at > stamp.at:
            continue
        match step:
            case ApprovalReminder(at=_):
                return (_reminded(publication, command, register),)
            case ApprovalLapse(at=_):
                return (_lapsed(publication, command, register),)
    return ()


def _reminded(
    publication: Publication, command: TakePublicationStep, register: Register
) -> PublicationReminded:
    return PublicationReminded(
        stamp=command.stamp,
        draft=publication.draft,
        approve_by=publication.approve_by or command.stamp.at,
        to=tuple(register.coordinator(one) for one in publication.missing),
    )


def _lapsed(
    publication: Publication, command: TakePublicationStep, register: Register
) -> PublicationLapsed:
    drafter = publication.drafted_by
    own = (drafter.unit,) if drafter else ()
    to = tuple(dict.fromkeys((*own, *_coordinators(register))))
    return PublicationLapsed(stamp=command.stamp, draft=publication.draft, to=to)


def _coordinators(register: Register) -> tuple[Actor, ...]:
    return tuple(register.coordinator(authority) for authority in BOTH_AUTHORITIES)


def _known(
    publication: Publication | None, command: AnyPublicationCommand
) -> Publication:
    if publication is None:
        raise NotFound(Code.UNKNOWN_PUBLICATION, number=command.number)
    return publication


def _check_day(moment: datetime, register: Register) -> None:
    calendar = register.working_days
    if not calendar.covers(day := calendar.local_day(moment)):
        raise Refused(Code.CALENDAR_ENDS, day=day.isoformat())


def _refuse_before_draft(
    publication: Publication, command: AnyPublicationCommand, register: Register
) -> None:
    """Refuse what is said to have happened before there was anything to see."""
    drafted = publication.drafted_at
    if drafted is not None and command.stamp.at < drafted:
        raise Refused(
            Code.OUT_OF_ORDER,
            date=_local(command.stamp.at, register),
            earliest=_local(drafted, register),
        )


def _require(publication: Publication, *statuses: PublicationStatus) -> None:
    if publication.status not in statuses:
        raise _not_ready(publication, *statuses)


def _not_ready(publication: Publication, *needed: PublicationStatus) -> Refused:
    return Refused(
        Code.PUBLICATION_NOT_READY,
        status=publication.status,
        needed=[str(status) for status in needed],
    )


def _local(moment: datetime, register: Register) -> str:
    zone = register.working_days.zone
    return moment.astimezone(zone).isoformat(timespec="minutes")
