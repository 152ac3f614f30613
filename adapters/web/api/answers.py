"""What is answered: the shapes of cases, walks, texts, facts and receipts."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from adapters.texts import Texts, details_of
from adapters.web.api.callers import JSON
from domain.errors import Code
from domain.finding.events import ClockName
from domain.finding.state import Status
from domain.messages import Recorded
from domain.ports import Receipt
from domain.publication.events import Form, PublicationKind
from domain.publication.state import PublicationStatus
from domain.register.model import Register
from domain.values import (
    Actor,
    Authority,
    FindingNumber,
    Kind,
    PublicationNumber,
    Severity,
    WalkNumber,
)
from domain.walk.events import WalkClock
from domain.walk.state import WalkStatus
from projections.cases import CaseRow, NextStep
from projections.deliveries import DeliveryRow, DeliveryState
from projections.measurements import Measurements
from projections.publications import PublicationRow
from projections.walks import WalkRow

Shape = TypeVar("Shape", bound="Answer")


class Answer(BaseModel):
    """Base of all that is answered: nothing stands in it that is not described."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def of_row(kind: type[Shape], row: object, **more: object) -> Shape:
    """Return those fields of a row that are answered, and `more` beside them."""
    if not more:
        return kind.model_validate(row, from_attributes=True)
    names = kind.model_fields.keys() - more.keys()
    return kind.model_validate({name: getattr(row, name) for name in names} | more)


def answer(
    body: Answer, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an answer."""
    return Response(
        body.model_dump_json(by_alias=True), status, dict(headers or {}), JSON
    )


def tag(version: int) -> dict[str, str]:
    """Return the header that tells a version: it comes back in `If-Match`."""
    return {"ETag": f'"{version}"'}


class Case(Answer):
    """One case.

    `unit` and `person` have to act; `due_on` is the last local day of `clock`, the
    first running clock to run out. A case that was reported elsewhere (`referred`) has
    no category. Words that the caller may not read are
    `[withheld]`, those that were forgotten `[erased]`.
    """

    number: FindingNumber
    version: int
    position: int
    status: Status
    is_open: bool
    category: str
    kind: Kind | None
    severity: Severity
    text: str
    place: str | None
    lat: float | None
    lon: float | None
    walk: WalkNumber | None
    master: FindingNumber | None
    reported_at: datetime
    authority: Authority
    unit: Actor
    person: str | None
    assignee: Actor | None
    next_step: NextStep
    clock: ClockName | None
    due_on: date | None
    acknowledge_due: date | None
    fix_due: date | None
    verify_due: date | None
    review_on: date | None
    on_hold: bool
    disputed: bool
    offered: bool
    escalated: int
    reopened: int
    ever_verified: bool

    @classmethod
    def of(cls, row: CaseRow) -> "Case":
        """Return a case as it stands in a list."""
        return of_row(cls, row)


class Cases(Answer):
    """One page of cases; `next` is the `after` of the page that follows.

    `position` is that of the last fact which the list knows of, `behind` how many
    facts there are after it.
    """

    cases: list[Case]
    next: str | None
    position: int
    behind: int
    as_of: date


class Tallied(Answer):
    """How many open cases there are, and how many of them call for what."""

    every: int
    late: int
    today: int
    week: int
    hold: int


class Fact(Answer):
    """One thing that has happened; `at` when, `recorded_at` when it was told."""

    position: int
    version: int
    event_id: UUID
    topic: str
    by: Actor
    at: datetime
    recorded_at: datetime
    register_version: int
    words: str
    details: dict[str, Any]

    @classmethod
    def of(cls, fact: Recorded, texts: Texts) -> "Fact":
        """Return a fact, also in words."""
        event = fact.event
        return cls(
            position=fact.position,
            version=fact.version,
            event_id=fact.event_id,
            topic=event.TOPIC,
            by=event.stamp.by,
            at=event.stamp.at,
            recorded_at=fact.recorded_at,
            register_version=fact.register,
            words=texts.told(event),
            details=details_of(event),
        )


class Coming(Answer):
    """What the clock does next by itself; `key` is the name of the step."""

    at: datetime
    key: str
    words: str


class WholeCase(Case):
    """One case with its story and what comes by itself."""

    reported_by: Actor | None
    facts: list[Fact]
    coming: list[Coming]


class History(Answer):
    """The facts about one case, oldest first."""

    number: FindingNumber
    facts: list[Fact]


class Step(Answer):
    """One command, and whether the caller can give it now; else why not."""

    name: str
    is_open: bool
    refused: Code | None


class Steps(Answer):
    """Every command about a case that is there."""

    number: FindingNumber
    version: int
    primary: str | None
    steps: list[Step]


class Duplicate(Answer):
    """Another case that may be about the same thing."""

    number: FindingNumber
    metres: float
    days: int
    category: str
    status: Status
    follower: FindingNumber | None
    master: FindingNumber | None


class Duplicates(Answer):
    """The cases that may be about the same thing, the nearest first."""

    number: FindingNumber
    rows: list[Duplicate]


class SealedFact(Answer):
    """What was signed of one fact: whoever keeps it can show later that it was told."""

    leaf: str
    seal: str


class Taken(Answer):
    """The receipt of a command; 0 facts: nothing was left to do."""

    about: str
    stream: str
    version: int
    position: int
    facts: int
    sealed: list[SealedFact]

    @classmethod
    def of(cls, receipt: Receipt, about: str) -> "Taken":
        """Return a receipt as it is answered."""
        return cls(
            about=about,
            stream=receipt.stream,
            version=receipt.version,
            position=receipt.position,
            facts=receipt.facts,
            sealed=[SealedFact(leaf=one.leaf, seal=one.seal) for one in receipt.sealed],
        )


class ShortWalk(Answer):
    """One walk as it stands in a list; `next_due` is the day of `next_clock`."""

    number: WalkNumber
    version: int
    status: WalkStatus
    area: str
    theme: str
    starts_at: datetime | None
    ends_at: datetime | None
    next_clock: WalkClock | None
    next_due: date | None

    @classmethod
    def of(cls, row: WalkRow) -> "ShortWalk":
        """Return a walk as it stands in a list."""
        return of_row(cls, row)


class Walks(Answer):
    """All walks, the latest first."""

    walks: list[ShortWalk]


class Promise(Answer):
    """One promise of a walk's timetable."""

    clock: WalkClock
    due_on: date
    running: bool
    done_at: datetime | None
    escalation_level: int


class Walk(ShortWalk):
    """One walk; `waiting` participants have no answer yet, `ownerless` no owner."""

    meeting_point: str | None
    route_length_m: int | None
    participants: dict[str, int]
    minutes_due: date | None
    plan_due: date | None
    feedback_due: date | None
    follow_up_on: date | None
    owners: list[Actor]
    timetable: list[Promise]
    findings: dict[Status, int]
    waiting: int
    ownerless: list[FindingNumber]


class Rate(Answer):
    """A share in per cent; nothing where there is nothing to divide by."""

    numerator: int
    denominator: int
    percent: float | None


class Reopened(Answer):
    """How many of the cases that were ever verified came back."""

    reopened: int
    ever_verified: int


class Social(Answer):
    """Which of how many cases are about people."""

    social: list[FindingNumber]
    of: int


class ReportedCase(Answer):
    """One case in a walk's report."""

    status: Status
    on_hold: bool
    responsible: Actor | None
    fix_due: date | None
    verify_due: date | None
    reminders: dict[ClockName, list[date]]
    escalations: dict[str, date]


class WalkReport(Answer):
    """What became of a walk (walk-report/1), at the end of a local day."""

    walk: WalkNumber
    as_of: date
    position: int
    reported: int
    assigned: int
    on_hold: int
    fixed: int
    verified: int
    declined: int
    positive: list[FindingNumber]
    merged: dict[str, FindingNumber | None]
    referred: list[FindingNumber]
    fix_overdue: list[FindingNumber]
    verify_overdue: list[FindingNumber]
    solution_rate: Rate
    reopen_rate: Reopened
    social_share: Social
    escalation_level: dict[str, int]
    findings: dict[str, ReportedCase]


class Publication(Answer):
    """A text that both authorities sign; `content` is the SHA-256 of its bytes."""

    number: PublicationNumber
    version: int
    status: PublicationStatus
    kind: PublicationKind
    title: str
    content: str
    form: Form
    draft: int
    walk: WalkNumber | None
    finding: FindingNumber | None
    supersedes: PublicationNumber | None
    superseded_by: PublicationNumber | None
    drafted_by: Actor | None
    drafted_at: datetime | None
    approve_by: datetime | None
    approved_by: tuple[Actor, ...]
    missing: tuple[Authority, ...]
    published_at: datetime | None
    reason: str | None

    @classmethod
    def of(cls, row: PublicationRow) -> "Publication":
        """Return a publication as it stands in a list."""
        return of_row(cls, row)


class Publications(Answer):
    """Publications, the latest first."""

    publications: list[Publication]


class WholePublication(Publication):
    """One publication with its text and its story; a PDF is not shown here."""

    text: str | None
    facts: list[Fact]


class Absence(Answer):
    """Who is away, from and until which local day, and who stands in."""

    absent: Actor
    first: date
    last: date
    substitute: Actor | None
    stands_in: Actor


class Roster(Answer):
    """Who is away."""

    as_of: date
    absences: list[Absence]


class MeasuredSeries(Answer):
    """What others have measured: each series by itself, never to be joined."""

    series: list[Measurements]


class Delivery(Answer):
    """One message; `answering` is whose task it is."""

    delivery: str
    batch: int
    recipient: Actor
    state: DeliveryState
    channel: str
    attempts: int
    notices: int
    until: int
    since: datetime
    reason: str | None
    answering: Actor | None

    @classmethod
    def of(cls, row: DeliveryRow, answering: Actor | None) -> "Delivery":
        """Return a message, and whose task it is."""
        return of_row(cls, row, answering=answering)


class Deliveries(Answer):
    """Messages, the oldest first."""

    deliveries: list[Delivery]


class RegisterInForce(Answer):
    """The rules in force, and their version."""

    version: int
    rules: Register
