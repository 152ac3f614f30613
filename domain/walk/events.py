"""What can have happened to a walk; due days are local days, ending at 23:59.

`tell` names the participants who asked and must hear of the fact; `to` the units
that must. A participant is a contact, `participant/<group>/<contact>`: how to
reach them stands in no fact.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from domain.messages import Event
from domain.values import (
    Actor,
    Authority,
    Count,
    PersonalText,
    Point,
    PublicationNumber,
    ShortText,
    Value,
)

Helped = Annotated[int, Field(ge=0, le=3)]
"""How much a walk helped: 0 not at all, 3 a lot."""


class WalkClock(StrEnum):
    """The promises of a walk's timetable, in order (R1)."""

    ANSWER = "answer"
    PLANNED = "planned"
    INVITED = "invited"
    WALKED = "walked"
    DRAFT = "draft"
    MINUTES = "minutes"
    PLAN = "plan"
    FEEDBACK = "feedback"
    FOLLOW_UP = "follow_up"
    EVALUATION = "evaluation"


class WalkMoment(StrEnum):
    """Why a walk's clock speaks (R2)."""

    BEFORE = "before"
    DUE = "due"
    LATE = "late"


class ReplyChannel(StrEnum):
    """How a participant wants the answer; `none`: somebody tells them."""

    MAIL = "mail"
    LETTER = "letter"
    NONE = "none"


class AnsweredBy(StrEnum):
    """How a participant was answered by a person."""

    PHONE = "phone"
    MET = "met"
    LETTER = "letter"
    MAIL = "mail"


class Recomputation(StrEnum):
    """Why due days were computed anew (R19)."""

    REGISTER = "register"


class NewDue(Value):
    """One clock whose due day moved."""

    clock: WalkClock
    before: date
    after: date


class MeetingPoint(Point):
    """Where the walk starts, in words and degrees WGS 84."""

    text: PersonalText = ""


class Stop(Point):
    """Where a walk stands still and looks around; `name` is a place, no person."""

    name: ShortText


class WalkPlan(Value):
    """Where and when people will walk, and what they will look for."""

    area: ShortText
    theme: PersonalText = ""
    strategy: str | None = None
    municipality_code: str | None = None
    police_district_code: str | None = None
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    meeting_point: MeetingPoint | None = None
    route_length_m: Count | None = None


class Attendance(Value):
    """Who came, counted by group and never by name."""

    participants: tuple[tuple[ShortText, Count], ...] = ()
    of_which: dict[str, Count] = Field(default_factory=dict)
    weather: PersonalText = ""
    light: PersonalText = ""


class WalkRequested(Event):
    """Somebody asked for a walk; an answer is due."""

    TOPIC: ClassVar[str] = "walk.requested.v1"
    area: ShortText
    theme: PersonalText = ""
    answer_due: date


class RequestAnswered(Event):
    """Whoever asked for the walk has an answer.

    `walk_on` is about when it will be; `plan_due` is counted back from it, or
    forward from the answer while no day is known.
    """

    TOPIC: ClassVar[str] = "walk.request_answered.v1"
    accepted: bool
    reason: PersonalText = ""
    walk_on: date | None = None
    plan_due: date | None = None
    tell: tuple[Actor, ...] = ()


class WalkPlanned(Event):
    """Time and route were fixed, the owners named and the next meeting booked.

    `short_notice`: fewer working days before the walk than the timetable asks.
    """

    TOPIC: ClassVar[str] = "walk.planned.v1"
    plan: WalkPlan
    owners: tuple[Actor, ...] = ()
    follow_up_on: date | None = None
    invite_due: date | None = None
    short_notice: bool = False


class RouteSet(Event):
    """Where people will walk, stop by stop; it takes the place of an earlier route."""

    TOPIC: ClassVar[str] = "walk.route_set.v1"
    stops: tuple[Stop, ...]


class WalkInvited(Event):
    """The groups were invited."""

    TOPIC: ClassVar[str] = "walk.invited.v1"
    groups: tuple[ShortText, ...]
    walk_on: date | None = None
    short_notice: bool = False


class WalkHeld(Event):
    """People walked; everything that was promised after it has its day.

    `promised` are the days that people chose: another register does not move
    them. Older facts do not say, so what could have been chosen is left alone.
    """

    TOPIC: ClassVar[str] = "walk.held.v1"
    plan: WalkPlan
    attendance: Attendance
    draft_due: date
    minutes_due: date
    plan_due: date
    feedback_due: date
    follow_up_on: date
    evaluation_due: date
    promised: tuple[WalkClock, ...] | None = None


class MinutesDrafted(Event):
    """A draft of the minutes lies ready for both authorities."""

    TOPIC: ClassVar[str] = "walk.minutes_drafted.v1"


class MinutesApproved(Event):
    """One authority agreed to publish the minutes."""

    TOPIC: ClassVar[str] = "walk.minutes_approved.v1"
    authority: Authority


class MinutesPublished(Event):
    """Both authorities had agreed; participants and the public can read them."""

    TOPIC: ClassVar[str] = "walk.minutes_published.v1"
    publication: PublicationNumber | None = None
    tell: tuple[Actor, ...] = ()


class PlanAgreed(Event):
    """Every finding has an owner who accepted it, or an answer."""

    TOPIC: ClassVar[str] = "walk.plan_agreed.v1"
    publication: PublicationNumber | None = None
    tell: tuple[Actor, ...] = ()


class ReportedBack(Event):
    """Every participant who wanted it has heard the plan."""

    TOPIC: ClassVar[str] = "walk.reported_back.v1"
    informed: Count


class FollowedUp(Event):
    """The same group met again and looked at what was done."""

    TOPIC: ClassVar[str] = "walk.followed_up.v1"
    attendance: Attendance | None = None
    tell: tuple[Actor, ...] = ()


class WalkEvaluated(Event):
    """What was learned was written down."""

    TOPIC: ClassVar[str] = "walk.evaluated.v1"
    learnings: PersonalText
    helped: Helped | None = None


class WalkClosed(Event):
    """Nothing is left to do for this walk."""

    TOPIC: ClassVar[str] = "walk.closed.v1"


class WalkCancelled(Event):
    """The walk will not take place."""

    TOPIC: ClassVar[str] = "walk.cancelled.v1"
    reason: PersonalText
    tell: tuple[Actor, ...] = ()


class AnswerAsked(Event):
    """A participant wants to hear what becomes of it."""

    TOPIC: ClassVar[str] = "walk.answer_asked.v1"
    contact: Actor
    channel: ReplyChannel


class ParticipantAnswered(Event):
    """A person told a participant who had asked."""

    TOPIC: ClassVar[str] = "walk.participant_answered.v1"
    contact: Actor
    how: AnsweredBy


class WalkReminderRaised(Event):
    """One clock of the walk is about to end, ends, or has ended."""

    TOPIC: ClassVar[str] = "walk.reminder_raised.v1"
    clock: WalkClock
    run: int
    kind: WalkMoment
    on: date
    due: date
    to: tuple[Actor, ...]


class WalkEscalated(Event):
    """One clock of the walk is so late that others hear of it (R3)."""

    TOPIC: ClassVar[str] = "walk.escalated.v1"
    clock: WalkClock
    run: int
    level: int
    due: date
    to: tuple[Actor, ...]


class WalkStatusDue(Event):
    """Months have passed: everybody who asked hears how it stands."""

    TOPIC: ClassVar[str] = "walk.status_due.v1"
    tell: tuple[Actor, ...] = ()


class WalkDeadlinesRecomputed(Event):
    """Another register is in force, and computed due days moved with it (R19)."""

    TOPIC: ClassVar[str] = "walk.deadlines_recomputed.v1"
    changes: tuple[NewDue, ...]
    reason: Recomputation


WalkEvent = (
    WalkRequested
    | RequestAnswered
    | WalkPlanned
    | RouteSet
    | WalkInvited
    | WalkHeld
    | MinutesDrafted
    | MinutesApproved
    | MinutesPublished
    | PlanAgreed
    | ReportedBack
    | FollowedUp
    | WalkEvaluated
    | WalkClosed
    | WalkCancelled
    | AnswerAsked
    | ParticipantAnswered
    | WalkReminderRaised
    | WalkEscalated
    | WalkStatusDue
    | WalkDeadlinesRecomputed
)
