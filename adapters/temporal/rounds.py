"""What the activity of a round does: record it, once for its period."""

from adapters.system import Gadelys
from domain.messages import Stamp, derived_id
from domain.rounds import HoldRound, RoundKind, period_of
from domain.values import CLOCK
from workflows.rounds import RoundRequest


class Rounds:
    """Holds the rounds of one installation."""

    def __init__(self, system: Gadelys) -> None:
        """Record in `system`, by its clock."""
        self._system = system

    def hold(self, request: RoundRequest) -> bool:
        """Record that the round of this period has come; tell whether it was new."""
        now, calendar = self._system.now(), self._system.rules().register.working_days
        today = calendar.local_day(now)
        if not calendar.is_working(today):
            return False
        kind = RoundKind(request.kind)
        period = period_of(kind, today)
        stamp = Stamp(by=CLOCK, at=now, command_id=derived_id("round", kind, period))
        command = HoldRound(stamp=stamp, kind=kind, period=period)
        return bool(self._system.submit(command).facts)
