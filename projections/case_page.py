"""Everything about one finding, folded from its own facts when somebody asks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from domain.finding.events import (
    DeclineProposed,
    FindingCorrected,
    FindingEscalated,
    FindingEvent,
    FindingPutOnHold,
    FindingReferred,
    FindingReopened,
    FindingReported,
    FixReported,
    FixVerified,
    HandoverOffered,
    NoteAdded,
    PhotoAdded,
    ReminderRaised,
)
from domain.finding.state import Finding, evolve
from domain.messages import Recorded
from domain.replacing import replace
from domain.values import (
    Actor,
    Channel,
    Evidence,
    FindingNumber,
    Kind,
    Point,
    Shows,
    WalkNumber,
)
from projections.fold import number_of


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote down."""

    by: Actor
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that somebody put beside the case, and who."""

    by: Actor
    at: datetime
    content: str
    shows: Shows
    width: int
    height: int


@dataclass(frozen=True)
class CasePage:
    """One case; dates of its clocks and who has to act are in `memory`."""

    number: FindingNumber
    memory: Finding
    version: int
    position: int
    walk: WalkNumber | None = None
    text: str = ""
    kind: Kind | None = None
    point: Point | None = None
    place: str | None = None
    channel: Channel | None = None
    reported_by: Actor | None = None
    hold: FindingPutOnHold | None = None
    handover: HandoverOffered | None = None
    decline: DeclineProposed | None = None
    evidence: Evidence | None = None
    count: int | None = None
    fixed_by: Actor | None = None
    verified_by: Actor | None = None
    forum: str | None = None
    reopened: int = 0
    reminders: int = 0
    last_escalated_at: datetime | None = None
    notes: tuple[Note, ...] = ()
    photos: tuple[Photo, ...] = ()


def case_page(facts: Iterable[Recorded]) -> CasePage | None:
    """Return the page after all `facts` of one finding; `None` without any."""
    page = None
    for fact in facts:
        if isinstance(fact.event, FindingEvent):
            page = _after(page, fact, fact.event)
    return page


def _after(page: CasePage | None, fact: Recorded, event: FindingEvent) -> CasePage:
    memory = evolve(page.memory if page else None, event)
    if page is None:
        return _told(
            CasePage(number_of(fact), memory, fact.version, fact.position), event
        )
    moved = replace(page, memory=memory, version=fact.version, position=fact.position)
    return _told(moved, event)


def _told(page: CasePage, event: FindingEvent) -> CasePage:
    by, at = event.stamp.by, event.stamp.at
    match event:
        case FindingReported():
            return replace(
                page,
                walk=event.walk,
                text=event.text,
                kind=event.kind,
                point=event.point,
                place=event.place,
                channel=event.channel,
                reported_by=by,
            )
        case FindingCorrected():
            return replace(
                page,
                text=event.text or page.text,
                kind=event.category.kind if event.category else page.kind,
                point=event.point or page.point,
                place=event.place or page.place,
            )
        case FindingPutOnHold():
            return replace(page, hold=event)
        case HandoverOffered():
            return replace(page, handover=event)
        case DeclineProposed():
            return replace(page, decline=event)
        case FixReported():
            return replace(
                page, evidence=event.evidence, count=event.count, fixed_by=by
            )
        case FixVerified():
            return replace(page, verified_by=by)
        case FindingReopened():
            return replace(
                page, reopened=page.reopened + 1, fixed_by=None, verified_by=None
            )
        case FindingReferred():
            return replace(
                page,
                forum=event.forum,
                walk=event.walk or page.walk,
                text="",
                point=None,
                place=None,
                notes=(),
                photos=(),
            )
        case NoteAdded():
            return replace(page, notes=(*page.notes, Note(by, at, event.text)))
        case PhotoAdded(content=content, shows=shows):
            photo = Photo(by, at, content, shows, event.width, event.height)
            return replace(page, photos=(*page.photos, photo))
        case ReminderRaised():
            return replace(page, reminders=page.reminders + 1)
        case FindingEscalated():
            return replace(page, last_escalated_at=at)
        case _:
            return page
