"""What can be asked of a walk."""

from datetime import date
from typing import ClassVar, get_args

from pydantic import Field

from domain.messages import Command
from domain.values import (
    Actor,
    Count,
    PublicationNumber,
    ShortText,
    StreamId,
    WalkNumber,
)
from domain.walk.events import (
    AnsweredBy,
    Attendance,
    Helped,
    ReplyChannel,
    Stop,
    WalkPlan,
)

MOST_STOPS = 40
"""More than anybody walks in an evening."""


def stream_of(number: WalkNumber) -> StreamId:
    """Return where the facts about walk `number` are kept."""
    return StreamId(f"walk/{number}")


class WalkCommand(Command):
    """Something asked of one walk."""

    number: WalkNumber

    @property
    def stream(self) -> StreamId:
        """The stream of the walk."""
        return stream_of(self.number)


class RequestWalk(WalkCommand):
    """Ask for a walk."""

    NAME: ClassVar[str] = "request"
    area: ShortText
    theme: str = ""


class AnswerRequest(WalkCommand):
    """Say whether there will be a walk, and if possible about when."""

    NAME: ClassVar[str] = "answer"
    accepted: bool
    reason: str = ""
    walk_on: date | None = None


class PlanWalk(WalkCommand):
    """Fix time and route, name the owners and book the meeting after the walk."""

    NAME: ClassVar[str] = "plan"
    plan: WalkPlan
    owners: tuple[Actor, ...] = ()
    follow_up_on: date | None = None


class SetRoute(WalkCommand):
    """Say where people will walk, stop by stop; all of it at once."""

    NAME: ClassVar[str] = "set_route"
    stops: tuple[Stop, ...] = Field(min_length=1, max_length=MOST_STOPS)


class InviteToWalk(WalkCommand):
    """Invite the groups."""

    NAME: ClassVar[str] = "invite"
    groups: tuple[ShortText, ...]


class RecordWalk(WalkCommand):
    """Note that people walked; also for a walk that was never planned here.

    `minutes_due` and `follow_up_on` are taken as promised on the walk; without
    them the meeting that was booked and the register's timetable count.
    """

    NAME: ClassVar[str] = "record"
    plan: WalkPlan
    attendance: Attendance = Attendance()
    minutes_due: date | None = None
    follow_up_on: date | None = None


class DraftMinutes(WalkCommand):
    """Say that a draft of the minutes lies ready."""

    NAME: ClassVar[str] = "draft_minutes"


class ApproveMinutes(WalkCommand):
    """Agree, for one's own authority, to publish the minutes."""

    NAME: ClassVar[str] = "approve_minutes"


class PublishMinutes(WalkCommand):
    """Say that the minutes are out: a publication that both authorities signed."""

    NAME: ClassVar[str] = "publish_minutes"
    publication: PublicationNumber


class AgreePlan(WalkCommand):
    """Say that every finding has an owner or an answer."""

    NAME: ClassVar[str] = "agree_plan"
    publication: PublicationNumber | None = None


class ReportBack(WalkCommand):
    """Say that the participants have heard the plan."""

    NAME: ClassVar[str] = "report_back"
    informed: Count


class FollowUpWalk(WalkCommand):
    """Say that the group met again on site."""

    NAME: ClassVar[str] = "follow_up"
    attendance: Attendance | None = None


class EvaluateWalk(WalkCommand):
    """Write down what was learned."""

    NAME: ClassVar[str] = "evaluate"
    learnings: str
    helped: Helped | None = None


class CloseWalk(WalkCommand):
    """Say that nothing is left to do."""

    NAME: ClassVar[str] = "close"


class CancelWalk(WalkCommand):
    """Call the walk off before it takes place."""

    NAME: ClassVar[str] = "cancel"
    reason: str


class AskForAnswer(WalkCommand):
    """Say that a participant wants to hear what becomes of it."""

    NAME: ClassVar[str] = "ask_answer"
    contact: Actor
    channel: ReplyChannel


class NoteAnswered(WalkCommand):
    """Say that a participant who asked has been told by a person."""

    NAME: ClassVar[str] = "note_answered"
    contact: Actor
    how: AnsweredBy


class TakeWalkStep(WalkCommand):
    """Do what the plan says is due; only the clock asks this.

    Without effect when it is not due, was done, or is wanted no more.
    """

    NAME: ClassVar[str] = "take_step"
    key: str


PersonWalkCommand = (
    RequestWalk
    | AnswerRequest
    | PlanWalk
    | SetRoute
    | InviteToWalk
    | RecordWalk
    | DraftMinutes
    | ApproveMinutes
    | PublishMinutes
    | AgreePlan
    | ReportBack
    | FollowUpWalk
    | EvaluateWalk
    | CloseWalk
    | CancelWalk
    | AskForAnswer
    | NoteAnswered
)

AnyWalkCommand = PersonWalkCommand | TakeWalkStep

BY_NAME: dict[str, type[WalkCommand]] = {
    command.NAME: command for command in get_args(PersonWalkCommand)
}
"""What a person can ask of a walk, by name."""
