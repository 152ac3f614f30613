"""What runs out when, by unit and authority; late is whatever lies before today."""

from dataclasses import dataclass
from datetime import date

from domain.finding.events import ClockName, FindingEvent
from domain.finding.state import Finding
from domain.messages import Recorded
from domain.values import Actor, Authority, FindingNumber
from projections.fold import Projection, own_stream
from projections.memory import remembered


@dataclass(frozen=True, slots=True)
class OverdueRow:
    """The last days of the running clocks of one finding; `None`: not running.

    A finding on hold has only its review day: it is never late with the fix.
    """

    number: FindingNumber
    unit: Actor
    authority: Authority
    acknowledge_due: date | None
    fix_due: date | None
    verify_due: date | None
    review_on: date | None
    escalated: int
    memory: Finding


def apply(_: str, row: OverdueRow | None, fact: Recorded) -> OverdueRow | None:
    """Return the running clocks after one more fact."""
    if not isinstance(fact.event, FindingEvent):
        return row
    memory = remembered(row.memory if row else None, fact.event, fact)
    due = {name: memory.clocks[name].due for name in memory.running}
    unit = (memory.next_actor or memory.triage).unit
    return OverdueRow(
        number=fact.stream.partition("/")[2],
        unit=unit,
        authority=unit.authority,
        acknowledge_due=due.get(ClockName.ACKNOWLEDGE),
        fix_due=due.get(ClockName.FIX),
        verify_due=due.get(ClockName.VERIFY),
        review_on=due.get(ClockName.HOLD),
        escalated=memory.escalated,
        memory=memory,
    )


OVERDUE = Projection(
    name="overdue_v2",
    row=OverdueRow,
    keys=own_stream("finding"),
    apply=apply,
    indexes=("unit", "acknowledge_due", "fix_due", "verify_due", "review_on"),
)
