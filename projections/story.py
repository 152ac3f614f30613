"""A walk as a story: what was raised, where it went, who was reminded, what is public.

For people who read once a year. Everything is counted from the facts; nothing is
said that a fact does not say.

Source: domain.md S3, S16, S30; K11, K13.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from domain.calendar import Calendar
from domain.delivery.events import DeliverySent, DeliverySettled
from domain.finding.events import (
    AssignmentLapsed,
    CaseMadeJoint,
    DeadlinesRecomputed,
    EnforcementStepTaken,
    FindingAssigned,
    FindingEscalated,
    FindingEvent,
    FindingPutOnHold,
    FindingReported,
    HandoverAccepted,
    HandoverDecided,
    HandoverOffered,
    HandoverRefused,
    HandoverUnanswered,
    OwnershipSought,
    ReminderRaised,
)
from domain.finding.state import Finding, Status, evolve
from domain.messages import Event, Recorded
from domain.publication.events import (
    PublicationDrafted,
    PublicationKind,
    PublicationLapsed,
    PublicationPublished,
    PublicationWithdrawn,
)
from domain.register.adoption import RegisterAdopted
from domain.roster.events import AbsenceNoted
from domain.values import Actor, Authority, FindingNumber, WalkNumber
from domain.walk.events import (
    FollowedUp,
    MinutesPublished,
    PlanAgreed,
    ReportedBack,
    RequestAnswered,
    WalkClosed,
    WalkEvaluated,
    WalkEvent,
    WalkHeld,
    WalkInvited,
    WalkPlanned,
    WalkRequested,
)


@dataclass(frozen=True, slots=True)
class Case:
    """One finding: whose it was, one after the other, and how it ended."""

    number: FindingNumber
    memory: Finding
    text: str = ""
    path: tuple[Actor, ...] = ()
    reminders: int = 0
    level: int = 0
    ended_on: date | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Handover:
    """One offer to another authority and what became of it; days are working days."""

    number: FindingNumber
    sender: Actor
    to: Actor
    offered_on: date
    outcome: str = "open"
    days: int | None = None
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Promise:
    """One row of the walk's timetable: when it was promised and when it was kept."""

    what: str
    due: date | None
    kept_on: date | None


@dataclass(frozen=True, slots=True)
class Text:
    """One text that both authorities were to sign."""

    number: str
    kind: PublicationKind
    title: str
    published_on: date | None = None
    lapsed: int = 0
    withdrawn_on: date | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """One walk and everything that followed from it."""

    walk: WalkNumber
    promises: tuple[Promise, ...]
    cases: tuple[Case, ...]
    handovers: tuple[Handover, ...]
    texts: tuple[Text, ...]
    reminded: Mapping[Actor, int]
    escalated: Mapping[Actor, int]
    turns: Mapping[str, int]
    messages: Mapping[Authority, int]
    absences: tuple[AbsenceNoted, ...] = ()
    registers: tuple[date, ...] = field(default=())


TURNS: Mapping[type[Event], str] = {
    FindingPutOnHold: "on_hold",
    OwnershipSought: "owner_sought",
    HandoverUnanswered: "unanswered",
    CaseMadeJoint: "made_joint",
    EnforcementStepTaken: "enforced",
    AssignmentLapsed: "lapsed",
    DeadlinesRecomputed: "recomputed",
}
"""Turns of events that are counted, by the word for them."""

KEPT: Mapping[type[Event], str] = {
    RequestAnswered: "answer",
    WalkPlanned: "planned",
    WalkInvited: "invited",
    MinutesPublished: "minutes",
    PlanAgreed: "plan",
    ReportedBack: "feedback",
    FollowedUp: "follow_up",
    WalkEvaluated: "evaluation",
    WalkClosed: "closed",
}
"""What keeps which promise."""


def story(walk: WalkNumber, facts: Sequence[Recorded], calendar: Calendar) -> Story:
    """Return the story of one walk from all facts, oldest first."""
    cases = _cases(walk, facts, calendar)
    numbers = {case.number for case in cases}
    of_cases = [
        fact
        for fact in facts
        if fact.stream.startswith("finding/") and _number(fact) in numbers
    ]
    return Story(
        walk=walk,
        promises=_promises(walk, facts, calendar),
        cases=cases,
        handovers=_handovers(of_cases, calendar),
        texts=_texts(facts, calendar),
        reminded=Counter(
            fact.event.to.unit
            for fact in of_cases
            if isinstance(fact.event, ReminderRaised)
        ),
        escalated=Counter(
            to.unit
            for fact in of_cases
            if isinstance(fact.event, FindingEscalated)
            for to in fact.event.to
        ),
        turns=Counter(
            TURNS[type(fact.event)] for fact in of_cases if type(fact.event) in TURNS
        ),
        messages=Counter(
            fact.event.recipient.authority
            for fact in facts
            if isinstance(fact.event, DeliverySent | DeliverySettled)
        ),
        absences=tuple(
            fact.event for fact in facts if isinstance(fact.event, AbsenceNoted)
        ),
        registers=tuple(
            calendar.local_day(fact.event.stamp.at)
            for fact in facts
            if isinstance(fact.event, RegisterAdopted)
        )[1:],
    )


def _number(fact: Recorded) -> str:
    return fact.stream.partition("/")[2]


def _cases(
    walk: WalkNumber, facts: Iterable[Recorded], calendar: Calendar
) -> tuple[Case, ...]:
    cases: dict[str, Case] = {}
    for fact in facts:
        if isinstance(fact.event, FindingEvent):
            number = _number(fact)
            cases[number] = _case_after(cases.get(number), number, fact.event, calendar)
    mine = (case for case in cases.values() if case.memory.walk == walk)
    return tuple(sorted(mine, key=lambda case: case.number))


def _case_after(
    case: Case | None, number: str, event: FindingEvent, calendar: Calendar
) -> Case:
    memory = evolve(case.memory if case else None, event)
    case = replace(case, memory=memory) if case else Case(number, memory)
    if not memory.is_open and memory.ended_at:
        ended_on = calendar.local_day(memory.ended_at)
        reported_on = calendar.local_day(memory.reported_at)
        days = calendar.between(reported_on, ended_on)
        case = replace(case, ended_on=ended_on, days=days)
    match event:
        case FindingReported(text=text):
            return replace(case, text=text)
        case FindingAssigned(to=to) | HandoverAccepted(to=to) | HandoverDecided(to=to):
            return _gone_to(case, to.unit)
        case ReminderRaised():
            return replace(case, reminders=case.reminders + 1)
        case FindingEscalated(level=level):
            return replace(case, level=max(level, case.level))
        case _:
            is_open = memory.is_open or memory.status is Status.POSITIVE
            return replace(case, ended_on=None, days=None) if is_open else case


def _gone_to(case: Case, to: Actor) -> Case:
    if case.path[-1:] == (to,):
        return case
    return replace(case, path=(*case.path, to))


def _handovers(facts: Iterable[Recorded], calendar: Calendar) -> tuple[Handover, ...]:
    open_: dict[str, Handover] = {}
    done: list[Handover] = []
    owners: dict[str, Actor] = {}
    for fact in facts:
        number, event = _number(fact), fact.event
        day = calendar.local_day(event.stamp.at)
        match event:
            case FindingAssigned(to=to):
                owners[number] = to
            case HandoverOffered(to=to):
                sender = owners.get(number, event.stamp.by)
                open_[number] = Handover(number, sender.unit, to.unit, day)
            case HandoverUnanswered() if number in open_:
                open_[number] = replace(open_[number], silent=True)
            case HandoverAccepted(to=to):
                owners[number] = to
                _answered(open_, done, number, "accepted", day, calendar)
            case HandoverRefused():
                _answered(open_, done, number, "refused", day, calendar)
            case HandoverDecided(outcome=outcome, to=to):
                owners[number] = to
                _answered(open_, done, number, str(outcome), day, calendar)
            case _:
                pass
    both = (*done, *open_.values())
    return tuple(sorted(both, key=lambda one: (one.offered_on, one.number)))


def _answered(
    open_: dict[str, Handover],
    done: list[Handover],
    number: str,
    outcome: str,
    day: date,
    calendar: Calendar,
) -> None:
    if (offer := open_.pop(number, None)) is not None:
        days = calendar.between(offer.offered_on, day)
        done.append(replace(offer, outcome=outcome, days=days))


def _promises(
    walk: WalkNumber, facts: Iterable[Recorded], calendar: Calendar
) -> tuple[Promise, ...]:
    due: dict[str, date | None] = {}
    kept: dict[str, date] = {}
    for fact in facts:
        event = fact.event
        if fact.stream != f"walk/{walk}" or not isinstance(event, WalkEvent):
            continue
        day = calendar.local_day(event.stamp.at)
        if (what := KEPT.get(type(event))) is not None:
            kept.setdefault(what, day)
        match event:
            case WalkRequested(answer_due=answer_due):
                due["answer"] = answer_due
            case RequestAnswered(plan_due=plan_due):
                due["planned"] = plan_due
            case WalkPlanned(invite_due=invite_due):
                due["invited"] = invite_due
            case WalkHeld():
                kept["walked"] = calendar.local_day(event.plan.starts_at)
                due |= {
                    "walked": kept["walked"],
                    "minutes": event.minutes_due,
                    "plan": event.plan_due,
                    "feedback": event.feedback_due,
                    "follow_up": event.follow_up_on,
                    "evaluation": event.evaluation_due,
                    "closed": None,
                }
            case _:
                pass
    return tuple(Promise(what, day, kept.get(what)) for what, day in due.items())


def _texts(facts: Iterable[Recorded], calendar: Calendar) -> tuple[Text, ...]:
    texts: dict[str, Text] = {}
    for fact in facts:
        number, event = _number(fact), fact.event
        day = calendar.local_day(event.stamp.at)
        match event:
            case PublicationDrafted(kind=kind, title=title):
                texts.setdefault(number, Text(number, kind, title))
            case PublicationPublished():
                texts[number] = replace(texts[number], published_on=day)
            case PublicationLapsed():
                texts[number] = replace(texts[number], lapsed=texts[number].lapsed + 1)
            case PublicationWithdrawn():
                texts[number] = replace(texts[number], withdrawn_on=day)
            case _:
                pass
    return tuple(texts.values())
