"""What can be asked of a walk."""

from datetime import date
from typing import ClassVar, get_args

from domain.messages import Command
from domain.values import Count, ShortText, StreamId, WalkNumber
from domain.walk.events import Attendance, WalkPlan


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


class PlanWalk(WalkCommand):
    """Fix time and route."""

    NAME: ClassVar[str] = "plan"
    plan: WalkPlan


class InviteToWalk(WalkCommand):
    """Invite the groups."""

    NAME: ClassVar[str] = "invite"
    groups: tuple[ShortText, ...]


class RecordWalk(WalkCommand):
    """Note that people walked; also for a walk that was never planned here.

    `minutes_due` and `follow_up_on` are taken as promised on the walk; without
    them the register's timetable counts.
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


class AgreePlan(WalkCommand):
    """Say that every finding has an owner or an answer."""

    NAME: ClassVar[str] = "agree_plan"


class ReportBack(WalkCommand):
    """Say that the participants have heard the plan."""

    NAME: ClassVar[str] = "report_back"
    informed: Count


class FollowUpWalk(WalkCommand):
    """Say that the group met again on site."""

    NAME: ClassVar[str] = "follow_up"


class EvaluateWalk(WalkCommand):
    """Write down what was learned."""

    NAME: ClassVar[str] = "evaluate"
    learnings: str


class CloseWalk(WalkCommand):
    """Say that nothing is left to do."""

    NAME: ClassVar[str] = "close"


class CancelWalk(WalkCommand):
    """Call the walk off before it takes place."""

    NAME: ClassVar[str] = "cancel"
    reason: str


AnyWalkCommand = (
    RequestWalk
    | PlanWalk
    | InviteToWalk
    | RecordWalk
    | DraftMinutes
    | ApproveMinutes
    | AgreePlan
    | ReportBack
    | FollowUpWalk
    | EvaluateWalk
    | CloseWalk
    | CancelWalk
)

BY_NAME: dict[str, type[WalkCommand]] = {
    command.NAME: command for command in get_args(AnyWalkCommand)
}
"""Every walk command by name."""
