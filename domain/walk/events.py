"""What can have happened to a walk; due days are local days, ending at 23:59."""

from datetime import date
from typing import ClassVar

from pydantic import AwareDatetime, Field

from domain.messages import Event
from domain.values import Authority, Count, Point, ShortText, Value


class MeetingPoint(Point):
    """Where the walk starts, in words and degrees WGS 84."""

    text: str = ""


class WalkPlan(Value):
    """Where and when people will walk, and what they will look for."""

    area: ShortText
    theme: str = ""
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
    weather: str = ""
    light: str = ""


class WalkRequested(Event):
    """Somebody asked for a walk; an answer is due."""

    TOPIC: ClassVar[str] = "walk.requested.v1"
    area: ShortText
    theme: str = ""
    answer_due: date


class WalkPlanned(Event):
    """Time and route were fixed."""

    TOPIC: ClassVar[str] = "walk.planned.v1"
    plan: WalkPlan


class WalkInvited(Event):
    """The groups were invited."""

    TOPIC: ClassVar[str] = "walk.invited.v1"
    groups: tuple[ShortText, ...]


class WalkHeld(Event):
    """People walked; everything that was promised after it has its day."""

    TOPIC: ClassVar[str] = "walk.held.v1"
    plan: WalkPlan
    attendance: Attendance
    draft_due: date
    minutes_due: date
    plan_due: date
    feedback_due: date
    follow_up_on: date
    evaluation_due: date


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


class PlanAgreed(Event):
    """Every finding has an owner who accepted it, or an answer."""

    TOPIC: ClassVar[str] = "walk.plan_agreed.v1"


class ReportedBack(Event):
    """Every participant who wanted it has heard the plan."""

    TOPIC: ClassVar[str] = "walk.reported_back.v1"
    informed: Count


class FollowedUp(Event):
    """The same group met again and looked at what was done."""

    TOPIC: ClassVar[str] = "walk.followed_up.v1"


class WalkEvaluated(Event):
    """What was learned was written down."""

    TOPIC: ClassVar[str] = "walk.evaluated.v1"
    learnings: str


class WalkClosed(Event):
    """Nothing is left to do for this walk."""

    TOPIC: ClassVar[str] = "walk.closed.v1"


class WalkCancelled(Event):
    """The walk will not take place."""

    TOPIC: ClassVar[str] = "walk.cancelled.v1"
    reason: str


WalkEvent = (
    WalkRequested
    | WalkPlanned
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
)
