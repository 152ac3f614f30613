"""What the activity of a round does: record it, once for its period."""

from datetime import date

from adapters.retaining import due_on
from adapters.system import Gadelys
from domain.messages import Stamp, derived_id
from domain.rounds import HoldRound, RoundKind, fold, period_of
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
        if kind is RoundKind.RETENTION_LIST and not self._has_news(command, today):
            return False
        return bool(self._system.submit(command).facts)

    def _has_news(self, command: HoldRound, today: date) -> bool:
        """Whether something is due and this month's list was not told yet."""
        held = fold(self._system.store.load(command.stream))
        return command.period not in held and bool(due_on(self._system, today))
