"""Facts by chance: any of them, with anything in their fields."""

from datetime import UTC, date, datetime
from typing import Any, get_args

from hypothesis import strategies as st

from domain.finding.events import (
    CallLogged,
    ClockName,
    EnforcementStep,
    EnforcementStepTaken,
    FindingCorrected,
    FindingEscalated,
    FindingEvent,
    FindingReported,
    HandoverOutcome,
    HandoverUndecided,
    NewCategory,
    NewDue,
    Occasion,
    OccasionKind,
    OwnershipLookedUp,
    OwnershipSought,
    OwnershipSource,
    OwnershipUnresolved,
    Part,
)
from domain.messages import Stamp
from domain.values import Channel, Evidence, Kind, Point, Severity, Shows
from tests.examples import (
    COORDINATOR,
    COUNCIL,
    GRID,
    LAMP_ANNA,
    LEADER,
    LIGHTING,
    OPERATIONS,
    POLICE,
    WALK,
)

actors = st.sampled_from(
    [COORDINATOR, LIGHTING, LAMP_ANNA, OPERATIONS, LEADER, POLICE, GRID, COUNCIL]
)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
lengths = st.integers(0, 130)
texts = st.sampled_from(["Ord.", "Flere ord."])
categories = st.sampled_from(["LGT-FAIL", "VEG-HEDGE", "POS-KEEP", "OTHER"])
points = st.builds(Point, lat=st.just(57.02), lon=st.just(10.0))
moments = st.datetimes(
    datetime(2026, 1, 1),  # noqa: DTZ001 - the zone is given beside it
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)
stamps = st.builds(Stamp, by=actors, at=moments, command_id=st.uuids())
several = st.lists(actors, max_size=3).map(tuple)
subtasks = st.sampled_from(["elskab", "væg", "partner/grid-company"])
occasions = st.builds(
    Occasion,
    clock=st.sampled_from(ClockName),
    run=st.integers(1, 3),
    kind=st.sampled_from(OccasionKind),
    on=days,
)
terms = st.builds(
    NewCategory,
    code=categories,
    kind=st.sampled_from(Kind),
    positive=st.booleans(),
    acknowledge_days=lengths,
    fix_days=lengths,
    verify_days=lengths,
    acknowledge_due=st.none() | days,
    fix_due=st.none() | days,
)
dues = st.builds(
    NewDue,
    clock=st.sampled_from(ClockName),
    days=lengths,
    computed=days,
    due=days,
)
parts = st.builds(Part, subtask=subtasks, to=actors)
groups = st.tuples(st.sampled_from(["residents", "police"]), st.integers(0, 30))

FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "stamp": stamps,
    "category": categories,
    "kind": st.sampled_from(Kind),
    "text": texts,
    "point": st.none() | points,
    "place": st.none() | texts,
    "walk": st.sampled_from([None, WALK]),
    "channel": st.sampled_from(Channel),
    "severity": st.sampled_from(Severity),
    "triage": actors,
    "positive": st.booleans(),
    "acknowledge_days": lengths,
    "fix_days": lengths,
    "verify_days": lengths,
    "acknowledge_due": days,
    "fix_due": days,
    "to": actors,
    "urgent": st.booleans(),
    "reason": texts,
    "proposed": st.none() | actors,
    "purpose": texts,
    "legal_basis": st.just("vejloven"),
    "answer_due": days,
    "reason_code": st.just("budget"),
    "review_on": days,
    "waiting_for": st.none() | actors,
    "held_days": lengths,
    "subtask": subtasks,
    "evidence": st.sampled_from(Evidence),
    "count": st.none() | lengths,
    "verifier": actors,
    "verify_due": days,
    "refer_to": st.none() | actors,
    "approver": actors,
    "master": st.sampled_from(["2026-01", "2026-02"]),
    "forum": st.just("SSP"),
    "occasions": st.lists(occasions, max_size=3).map(tuple),
    "level": st.integers(1, 5),
    "run": st.integers(1, 3),
    "follows": st.none() | st.just("2026-01"),
    "called_at": st.none() | moments,
    "whom": actors,
    "stands_in": st.none() | actors,
    "instead_of": st.none() | actors,
    "owner": actors,
    "days": lengths,
    "due": st.none() | days,
    "source": st.sampled_from(OwnershipSource),
    "summary": texts,
    "decide_due": days,
    "nth": st.integers(1, 5),
    "outcome": st.sampled_from(HandoverOutcome),
    "lead": actors,
    "parts": st.lists(parts, max_size=2).map(tuple),
    "meeting_on": st.none() | days,
    "computed": st.none() | days,
    "step": st.sampled_from(EnforcementStep),
    "deadline": st.none() | days,
    "reasons": st.none() | texts,
    "complaint": st.none() | texts,
    "contact": st.none() | texts,
    "answering": st.none() | actors,
    "held_on": st.none() | days,
    "attendance": st.lists(groups, max_size=2).map(tuple),
    "audience": st.none() | texts,
    "same_point": st.booleans(),
    "after_dark": st.booleans(),
    "link": st.none() | texts,
    "content": st.sampled_from(["a1" * 32, "b2" * 32]),
    "shows": st.sampled_from(Shows),
    "size": st.integers(1, 500_000),
    "width": st.integers(1, 1600),
    "height": st.integers(1, 1600),
    "tell": several,
    "changes": st.lists(dues, max_size=3).map(tuple),
}
SPECIAL: dict[type[FindingEvent], dict[str, st.SearchStrategy[Any]]] = {
    FindingReported: {"acknowledge_due": st.none() | days, "fix_due": st.none() | days},
    FindingCorrected: {"category": st.none() | terms, "text": st.none() | texts},
    FindingEscalated: {"to": several},
    HandoverUndecided: {"to": several},
    OwnershipUnresolved: {"to": several},
    OwnershipSought: {"due": days},
    CallLogged: {"called_at": moments},
    OwnershipLookedUp: {"owner": st.none() | actors},
    EnforcementStepTaken: {"legal_basis": st.none() | texts},
}


def facts_of(kind: type[FindingEvent]) -> st.SearchStrategy[FindingEvent]:
    """Return facts of one class."""
    known = FIELDS | SPECIAL.get(kind, {})
    return st.builds(kind, **{name: known[name] for name in kind.model_fields})


facts = st.one_of([facts_of(kind) for kind in get_args(FindingEvent)])
histories = st.lists(facts, max_size=12)
