"""The rules' memory of a finding, folded once for all projections that keep it.

Several projections fold the same page of facts one after the other. Each starts
from the same memory and meets the same fact, so the result is the same object:
it is kept for the length of a few pages. Another memory or another fact is
folded anew; the function stays a pure one.
"""

from uuid import UUID

from domain.finding.events import FindingEvent
from domain.finding.state import Finding, evolve
from domain.messages import Recorded

_KEPT = 10_000
_latest: dict[UUID, tuple[Finding | None, FindingEvent, Finding]] = {}


def remembered(before: Finding | None, event: FindingEvent, fact: Recorded) -> Finding:
    """Return the memory after `event`, which is that of `fact`."""
    known = _latest.get(fact.event_id)
    if known and known[0] is before and known[1] is event:
        return known[2]
    after = evolve(before, event)
    if len(_latest) >= _KEPT:
        _latest.clear()
    _latest[fact.event_id] = (before, event, after)
    return after
