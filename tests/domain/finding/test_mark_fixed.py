"""The responsible party says it is done; somebody else must look."""

from typing import Any

import pytest

from domain.errors import Code
from domain.finding.events import (
    ClockName,
    FindingEvent,
    FindingResumed,
    FixReported,
)
from domain.finding.state import Status
from domain.register.model import Register
from domain.roster.events import AbsenceNoted
from domain.values import Actor, Evidence
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    ENDED,
    FIXED,
    GRID,
    HELD,
    HISTORIES,
    LIGHTING,
    OFFERED,
    OPERATIONS,
    POLICE,
    PROPOSED,
    REPORTED,
    TODAY,
    assigned,
    changed_rules,
    done,
    joint,
    mark_fixed,
    on,
    stamp,
    with_category,
)
from tests.given_when_then import given, remembered


def fixed_today(
    by: Actor = LIGHTING, verifier: Actor = COORDINATOR, count: int | None = None
) -> FixReported:
    return FixReported(
        stamp=stamp(by),
        evidence=Evidence.PHOTO,
        count=count,
        verifier=verifier,
        verify_due=on("2026-10-28"),
    )


def test_a_fix_is_looked_at_within_five_working_days() -> None:
    given(REPORTED, ASSIGNED).when(mark_fixed()).then(fixed_today())


def test_a_fix_can_carry_a_headcount() -> None:
    given(REPORTED, ASSIGNED).when(mark_fixed(count=24)).then(fixed_today(count=24))


def test_the_coordinator_is_asked_to_look() -> None:
    finding = remembered(REPORTED, ASSIGNED, fixed_today())

    assert finding is not None
    assert (finding.status, finding.next_actor) == (Status.FIXED, COORDINATOR)
    assert finding.running == (ClockName.VERIFY,)


@pytest.mark.parametrize(
    ("owner", "by"), [(COORDINATOR, LIGHTING), (LIGHTING, COORDINATOR)]
)
def test_the_other_authority_looks_at_the_coordinators_own_fix(
    owner: Actor, by: Actor
) -> None:
    given(REPORTED, assigned(owner)).when(mark_fixed(by=by)).then(
        fixed_today(by, POLICE)
    )


def test_the_other_authority_looks_when_the_coordinator_stands_in() -> None:
    absence = AbsenceNoted(
        stamp=stamp(COORDINATOR),
        absent=LIGHTING,
        first=on(TODAY),
        last=on(TODAY),
        substitute=COORDINATOR,
        stands_in=COORDINATOR,
        tell=(),
    )

    given(REPORTED, ASSIGNED, away=[absence]).when(mark_fixed()).then(
        fixed_today(LIGHTING, POLICE)
    )


def test_the_other_authority_looks_when_the_coordinator_did_a_part() -> None:
    given(REPORTED, ASSIGNED, joint(), done(by=COORDINATOR)).when(mark_fixed()).then(
        fixed_today(verifier=POLICE)
    )


def test_a_joint_case_is_fixed_when_every_part_is_done() -> None:
    given(REPORTED, ASSIGNED, joint(), done()).when(mark_fixed()).then(fixed_today())


def test_a_joint_case_with_an_open_part_is_not_fixed() -> None:
    given(REPORTED, ASSIGNED, joint(), joint("væg", OPERATIONS), done()).when(
        mark_fixed()
    ).then_refused(Code.SUBTASKS_OPEN)


def test_a_fix_resumes_a_case_on_hold_first() -> None:
    given(REPORTED, ASSIGNED, HELD).when(mark_fixed()).then(
        FindingResumed(stamp=stamp(LIGHTING), held_days=5, fix_due=on("2026-10-30")),
        fixed_today(),
    )


def test_a_fix_settles_what_was_offered_or_proposed() -> None:
    finding = remembered(REPORTED, ASSIGNED, OFFERED, PROPOSED, fixed_today())

    assert finding is not None
    assert (finding.offered_to, finding.decline_proposed_by) == (None, None)


@pytest.mark.parametrize("by", [LIGHTING, GRID])
def test_everybody_with_a_hand_in_the_fix_is_remembered(by: Actor) -> None:
    finding = remembered(REPORTED, ASSIGNED, joint(), done(), fixed_today(by))

    assert finding is not None
    assert finding.workers == {LIGHTING, GRID, by}


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED, FIXED)])
def test_only_an_assigned_case_is_fixed(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(mark_fixed()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_fixed(status: Status) -> None:
    given(*HISTORIES[status]).when(mark_fixed()).then_refused(Code.CLOSED)


# --- What shows that it was done --------------------------------------------------

ASKED = changed_rules(limits={"evidence_from": TODAY})
"""From today on a fix must show what its category asks for."""


def asked_of(done: str = "mended", **changes: object) -> Register:
    """Return rules that ask for the evidence of a category like this."""
    return with_category("LGT-FAIL", ASKED, done=done, **changes)


@pytest.mark.parametrize("evidence", [Evidence.PHOTO, Evidence.ON_SITE])
def test_something_mended_is_shown_or_seen(evidence: Evidence) -> None:
    shown = mark_fixed(evidence=evidence)

    assert given(REPORTED, ASSIGNED, rules=asked_of()).when(shown).ask()


def test_a_paper_does_not_show_a_lamp() -> None:
    given(REPORTED, ASSIGNED, rules=asked_of()).when(
        mark_fixed(evidence=Evidence.DOCUMENT)
    ).then_refused(Code.EVIDENCE_MISSING)


@pytest.mark.parametrize("shown", [{"kind": "social"}, {"evidence": "document"}])
def test_a_paper_shows_what_its_category_says(shown: dict[str, str]) -> None:
    command = mark_fixed(evidence=Evidence.DOCUMENT)

    assert given(REPORTED, ASSIGNED, rules=asked_of(**shown)).when(command).ask()


HELD_ON: dict[str, Any] = {"held_on": on("2026-10-20")}
CAME: dict[str, Any] = {"attendance": (("residents", 12), ("youth", 2))}
WHAT_PEOPLE_DID: dict[str, dict[str, Any]] = {
    "meeting": {**HELD_ON, **CAME},
    "started": {**HELD_ON, "count": 14},
    "patrolled": {"count": 6},
    "talk": {**HELD_ON, "audience": "7. klasse", "count": 24},
    "talked": {**HELD_ON},
}


@pytest.mark.parametrize("done", WHAT_PEOPLE_DID)
def test_what_people_did_is_told(done: str) -> None:
    told_of = WHAT_PEOPLE_DID[done]
    (fact,) = (
        given(REPORTED, ASSIGNED, rules=asked_of(done))
        .when(mark_fixed(evidence=Evidence.DOCUMENT, **told_of))
        .ask()
    )

    assert told_of.items() <= dict(fact).items()


@pytest.mark.parametrize(
    ("done", "missing"),
    [(done, name) for done, names in WHAT_PEOPLE_DID.items() for name in names],
)
def test_nothing_that_must_be_told_is_left_out(done: str, missing: str) -> None:
    rest = {
        name: told_of
        for name, told_of in WHAT_PEOPLE_DID[done].items()
        if name != missing
    }

    given(REPORTED, ASSIGNED, rules=asked_of(done)).when(
        mark_fixed(evidence=Evidence.DOCUMENT, **rest)
    ).then_refused(Code.EVIDENCE_MISSING)


@pytest.mark.parametrize("tactics", [HELD_ON, CAME, {"audience": "Trekanten"}])
def test_nobody_reads_where_or_when_the_police_patrol(
    tactics: dict[str, Any],
) -> None:
    given(REPORTED, ASSIGNED, rules=asked_of("patrolled")).when(
        mark_fixed(count=6, **tactics)
    ).then_refused(Code.TACTICS_TOLD)


def test_a_meeting_was_not_held_tomorrow() -> None:
    given(REPORTED, ASSIGNED, rules=asked_of("meeting")).when(
        mark_fixed(held_on=on("2026-10-22"), **CAME)
    ).then_refused(Code.DATE_IN_FUTURE)


def test_a_meeting_may_have_been_held_today() -> None:
    held = mark_fixed(held_on=on(TODAY), **CAME)

    assert given(REPORTED, ASSIGNED, rules=asked_of("meeting")).when(held).ask()


@pytest.mark.parametrize("begins", [None, "2026-10-22"])
def test_before_the_day_of_the_register_nothing_more_is_asked_for(
    begins: str | None,
) -> None:
    rules = changed_rules(asked_of("meeting"), limits={"evidence_from": begins})

    given(REPORTED, ASSIGNED, rules=rules).when(mark_fixed()).then(fixed_today())


def test_of_a_category_that_left_the_register_nothing_more_is_asked_for() -> None:
    gone = REPORTED.model_copy(update={"category": "LGT-GONE"})

    given(gone, ASSIGNED, rules=ASKED).when(mark_fixed()).then(fixed_today())
