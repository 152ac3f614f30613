"""An owner does not act: letter, hearing, order, work at the owner's cost."""

from typing import Any

import pytest

from domain.errors import Code, NotAllowed, NotFound
from domain.finding.events import (
    ClockName,
    EnforcementStep,
    EnforcementStepTaken,
    FindingEvent,
)
from domain.finding.state import Finding, Status
from domain.values import Actor
from tests.domain.stories import case, planned
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    COUNCIL,
    ENDED,
    FIXED,
    HELD,
    HISTORIES,
    LANDLORD,
    LIGHTING,
    POLICE,
    REPORTED,
    STRANGER,
    enforce,
    on,
    stamp,
)
from tests.given_when_then import given

GUIDANCE, HEARING, ORDER, WORK = EnforcementStep
WRITTEN: dict[EnforcementStep, dict[str, Any]] = {
    GUIDANCE: {},
    HEARING: {"legal_basis": "vejloven"},
    ORDER: {
        "legal_basis": "vejloven",
        "reasons": "Hækken står ud over stien.",
        "complaint": "Klag inden fire uger.",
    },
    WORK: {"reasons": "Fristen er udløbet."},
}


def taken(
    step: EnforcementStep, deadline: str | None, day: str = "2026-10-21"
) -> EnforcementStepTaken:
    return EnforcementStepTaken(
        stamp=stamp(COORDINATOR, day),
        step=step,
        owner=LANDLORD,
        deadline=on(deadline) if deadline else None,
        **WRITTEN[step],
    )


AFTER_GUIDANCE = (REPORTED, ASSIGNED, taken(GUIDANCE, "2026-10-20"))
AFTER_HEARING = (*AFTER_GUIDANCE, taken(HEARING, "2026-10-20"))
AFTER_ORDER = (*AFTER_HEARING, taken(ORDER, "2026-10-20"))
BEFORE: dict[EnforcementStep, tuple[FindingEvent, ...]] = {
    GUIDANCE: (REPORTED, ASSIGNED),
    HEARING: AFTER_GUIDANCE,
    ORDER: AFTER_HEARING,
    WORK: AFTER_ORDER,
}


@pytest.mark.parametrize(
    ("step", "deadline"),
    [
        (GUIDANCE, "2026-11-04"),
        (HEARING, "2026-11-04"),
        (ORDER, "2026-11-18"),
        (WORK, None),
    ],
)
def test_each_step_gives_the_owner_the_least_time_of_the_law(
    step: EnforcementStep, deadline: str | None
) -> None:
    given(*BEFORE[step]).when(enforce(step, **WRITTEN[step])).then(
        taken(step, deadline)
    )


def test_four_weeks_that_end_on_a_day_off_end_on_the_next_working_day() -> None:
    asked = enforce(ORDER, day="2026-11-26", **WRITTEN[ORDER])

    given(*AFTER_HEARING).when(asked).then(taken(ORDER, "2026-12-28", "2026-11-26"))


def test_the_owner_may_have_more_time() -> None:
    given(REPORTED, ASSIGNED).when(enforce(deadline=on("2026-12-01"))).then(
        taken(GUIDANCE, "2026-12-01")
    )


@pytest.mark.parametrize(
    ("step", "deadline"),
    [(GUIDANCE, "2026-11-03"), (HEARING, "2026-11-03"), (ORDER, "2026-11-17")],
)
def test_the_owner_has_no_less_time(step: EnforcementStep, deadline: str) -> None:
    given(*BEFORE[step]).when(
        enforce(step, deadline=on(deadline), **WRITTEN[step])
    ).then_refused(Code.DEADLINE_TOO_SHORT)


@pytest.mark.parametrize(
    ("step", "missing"), [(step, name) for step in WRITTEN for name in WRITTEN[step]]
)
def test_a_decision_without_what_the_law_asks_for_is_none(
    step: EnforcementStep, missing: str
) -> None:
    written = {name: text for name, text in WRITTEN[step].items() if name != missing}

    given(*BEFORE[step]).when(enforce(step, **written)).then_refused(
        Code.DECISION_INCOMPLETE
    )


@pytest.mark.parametrize(
    ("before", "step"),
    [
        (GUIDANCE, HEARING),
        (GUIDANCE, ORDER),
        (HEARING, GUIDANCE),
        (HEARING, WORK),
        (ORDER, WORK),
        (WORK, ORDER),
    ],
)
def test_no_step_is_passed_over_or_taken_twice(
    before: EnforcementStep, step: EnforcementStep
) -> None:
    given(*BEFORE[before]).when(enforce(step, **WRITTEN[step])).then_refused(
        Code.STEP_SKIPPED
    )


def test_after_the_work_there_is_no_step() -> None:
    given(*AFTER_ORDER, taken(WORK, None)).when(
        enforce(WORK, **WRITTEN[WORK])
    ).then_refused(Code.STEP_SKIPPED)


def test_the_next_step_waits_until_the_day_has_passed() -> None:
    waiting = (REPORTED, ASSIGNED, taken(GUIDANCE, "2026-11-04"))
    on_the_day = enforce(HEARING, day="2026-11-04", **WRITTEN[HEARING])
    after = enforce(HEARING, day="2026-11-05", **WRITTEN[HEARING])

    given(*waiting).when(on_the_day).then_refused(Code.DEADLINE_RUNNING)
    assert given(*waiting).when(after).ask()


@pytest.mark.parametrize("by", [POLICE, LANDLORD, COUNCIL])
def test_only_the_municipality_enforces(by: Actor) -> None:
    given(REPORTED, ASSIGNED).when(enforce(by=by)).then_refused(
        Code.NOT_YOUR_CASE, NotAllowed
    )


def test_the_owner_is_known() -> None:
    given(REPORTED, ASSIGNED).when(enforce(owner=STRANGER)).then_refused(
        Code.UNKNOWN_UNIT, NotFound
    )


def decision_case(*facts: FindingEvent) -> bool:
    finding: Finding = case(facts)
    assert finding.enforcement is not None
    return finding.enforcement.is_decision_case


def test_from_the_hearing_on_it_is_a_decision_case() -> None:
    assert not decision_case(*AFTER_GUIDANCE)
    assert decision_case(*AFTER_HEARING)
    assert decision_case(*AFTER_ORDER)


@pytest.mark.parametrize("held", [(), (HELD,)])
def test_the_owners_day_is_watched_whether_or_not_the_fix_clock_stands(
    held: tuple[FindingEvent, ...],
) -> None:
    facts = (REPORTED, ASSIGNED, *held, taken(GUIDANCE, "2026-11-04"))
    lines = [one for one in planned(facts, "2026-10-21") if "enforcement" in one]

    assert ClockName.ENFORCEMENT in case(facts).running
    assert lines == ["2026-11-04 enforcement.due", "2026-11-11 enforcement.late"]


def test_work_at_the_owners_cost_has_no_day_to_watch() -> None:
    assert ClockName.ENFORCEMENT not in case((*AFTER_ORDER, taken(WORK, None))).running


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED, FIXED)])
def test_only_an_assigned_case_is_enforced(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(enforce(by=LIGHTING)).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_enforced(status: Status) -> None:
    given(*HISTORIES[status]).when(enforce()).then_refused(Code.CLOSED)
