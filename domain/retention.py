"""What has been kept long enough on a day: from the facts and the register.

Nothing is disposed of by this: it is a list, and people act on it.

Source: domain.md §8; GDPR Art. 5(1)(e), arkivloven.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from domain.calendar import months_after
from domain.delivery.events import DeliveryAttempted, DeliverySent, DeliverySettled
from domain.finding.events import FindingEvent
from domain.finding.state import Finding
from domain.finding.state import evolve as evolve_finding
from domain.messages import Event, Recorded
from domain.personal import is_participant
from domain.register.model import Register
from domain.register.retention import (
    Disposal,
    RetentionAnchor,
    RetentionClass,
    RetentionRule,
)
from domain.subject.state import Subject, SubjectStatus
from domain.values import Actor, Authority, StreamId
from domain.walk.events import AnswerAsked, WalkCancelled, WalkClosed


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that is kept; `ended_at` is missing while its time does not run."""

    name: str
    keeps: RetentionClass
    after: RetentionAnchor
    ended_at: datetime | None = None
    authority: Authority = Authority.MUNICIPALITY


@dataclass(frozen=True, slots=True)
class Due:
    """What is due for something that is kept, since when, and who sees to it."""

    kept: Kept
    rule: RetentionRule
    ended_on: date
    due_on: date
    responsible: Actor
    subject: Subject


@dataclass(frozen=True, slots=True)
class Term:
    """When somebody's words may be disposed of; no day while their time does not run.

    `archive_first`: they are a record, which must be in the archive before.
    """

    keeps: RetentionClass
    due_on: date | None
    archive_first: bool


@dataclass(slots=True)
class _Seen:
    """What was met so far, reading fact after fact."""

    findings: dict[StreamId, Finding | None] = field(default_factory=dict)
    walks: dict[StreamId, datetime | None] = field(default_factory=dict)
    asked: dict[Actor, set[StreamId]] = field(default_factory=dict)
    messages: dict[Actor, datetime | None] = field(default_factory=dict)


def kept(facts: Iterable[Recorded]) -> tuple[Kept, ...]:
    """Return all that has a term, from facts in order; of one stream or of many."""
    seen = _Seen()
    for fact in facts:
        _look(seen, fact.stream, fact.event)
    return (*_cases(seen), *_walks(seen), *_contacts(seen), *_messages(seen))


def due(
    things: Iterable[Kept],
    subjects: Mapping[str, Subject],
    register: Register,
    today: date,
) -> tuple[Due, ...]:
    """Return what is due on a day and not done yet, the oldest first.

    Args:
        things: all that is kept.
        subjects: what is remembered of their words, by name; nothing is missing.
        register: the rules in force.
        today: the day, in local time.
    """
    found = [
        Due(one, rule, ended_on, due_on, register.coordinator(one.authority), subject)
        for one in things
        for rule, ended_on, due_on in _terms(one, register)
        if due_on <= today
        for subject in [subjects.get(one.name, Subject())]
        if not _is_done(rule, subject)
    ]
    return tuple(sorted(found, key=lambda one: (one.due_on, one.kept.name)))


def term_of(things: Iterable[Kept], register: Register) -> Term | None:
    """Return when all these things of one subject may be disposed of; the last counts.

    Nothing if the register says nothing of it.
    """
    ruled = [
        (one, rule)
        for one in things
        for rule in _rules(one, register)
        if rule.then is not Disposal.RESTRICT
    ]
    if not ruled:
        return None
    days = [_due_on(one, rule, register) for one, rule in ruled]
    known = [day for day in days if day]
    first = min((one.keeps for one, _ in ruled), key=list(RetentionClass).index)
    return Term(
        keeps=first,
        due_on=max(known) if len(known) == len(days) else None,
        archive_first=any(
            rule.then is Disposal.ARCHIVE_THEN_DISPOSE for _, rule in ruled
        ),
    )


def _look(seen: _Seen, stream: StreamId, event: Event) -> None:
    if isinstance(event, FindingEvent):
        seen.findings[stream] = evolve_finding(seen.findings.get(stream), event)
    elif stream.startswith("walk/"):
        seen.walks.setdefault(stream, None)
    match event:
        case WalkClosed(stamp=stamp) | WalkCancelled(stamp=stamp):
            seen.walks[stream] = stamp.at
        case AnswerAsked(contact=contact):
            seen.asked.setdefault(contact, set()).add(stream)
        case DeliveryAttempted(recipient=to) if is_participant(to):
            seen.messages[to] = None
        case DeliverySent(recipient=to) | DeliverySettled(recipient=to):
            if is_participant(to):
                seen.messages[to] = event.stamp.at
        case _:
            pass


def _cases(seen: _Seen) -> Iterator[Kept]:
    record, after = RetentionClass.RECORD, RetentionAnchor.CASE_ENDED
    for stream, finding in seen.findings.items():
        if finding:
            side = finding.responsible.authority
            yield Kept(stream, record, after, finding.ended_at, side)


def _walks(seen: _Seen) -> Iterator[Kept]:
    record, after = RetentionClass.RECORD, RetentionAnchor.WALK_ENDED
    for stream, ended_at in seen.walks.items():
        yield Kept(stream, record, after, ended_at)


def _contacts(seen: _Seen) -> Iterator[Kept]:
    """Yield whoever asked to hear: until the last of their walks has ended."""
    for who, walks in seen.asked.items():
        ends = [seen.walks.get(walk) for walk in walks]
        known = [end for end in ends if end]
        last = max(known) if len(known) == len(ends) else None
        after = RetentionAnchor.WALK_ENDED
        yield Kept(str(who), RetentionClass.CONTACT, after, last)


def _messages(seen: _Seen) -> Iterator[Kept]:
    message, after = RetentionClass.MESSAGE, RetentionAnchor.MESSAGE_ENDED
    for who, ended_at in seen.messages.items():
        yield Kept(str(who), message, after, ended_at)


def _terms(one: Kept, register: Register) -> Iterator[tuple[RetentionRule, date, date]]:
    if one.ended_at is None:
        return
    ended_on = register.working_days.local_day(one.ended_at)
    for rule in _rules(one, register):
        yield rule, ended_on, months_after(ended_on, rule.months)


def _rules(one: Kept, register: Register) -> list[RetentionRule]:
    return [
        rule
        for rule in register.retention
        if (rule.keeps, rule.after) == (one.keeps, one.after)
    ]


def _due_on(one: Kept, rule: RetentionRule, register: Register) -> date | None:
    if one.ended_at is None:
        return None
    ended_on = register.working_days.local_day(one.ended_at)
    return months_after(ended_on, rule.months)


def _is_done(rule: RetentionRule, subject: Subject) -> bool:
    if subject.status is SubjectStatus.ERASED:
        return True
    return rule.then is Disposal.RESTRICT and subject.restricted is not None
