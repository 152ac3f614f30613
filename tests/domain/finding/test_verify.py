"""Four eyes: somebody who did not do the work confirms it."""

import pytest

from domain.errors import Code, NotAllowed
from domain.finding.commands import VerifyFix
from domain.finding.events import (
    FindingEvent,
    FindingReopened,
    FixRejected,
    FixVerified,
)
from domain.finding.state import Status
from domain.register.model import Register
from domain.roster.events import AbsenceNoted
from domain.values import CITIZEN, Actor, Evidence
from tests.examples import (
    ASSIGNED,
    COORDINATOR,
    COUNCIL,
    ENDED,
    FIXED,
    GRID,
    HISTORIES,
    HOUSING,
    LAMP_ANNA,
    LAMP_BO,
    LIGHTING,
    OPERATIONS,
    POLICE,
    REPORTED,
    TODAY,
    VERIFIED,
    assigned,
    changed_rules,
    done,
    fixed,
    joint,
    on,
    stamp,
    verify,
    with_category,
)
from tests.given_when_then import given, remembered

REJECTED = FixRejected(
    stamp=stamp(COUNCIL, "2026-10-20"), reason="Ikke endnu.", to=LIGHTING
)
REOPENED = FindingReopened(
    stamp=stamp(COORDINATOR, "2026-10-20"),
    reason="Slukket igen.",
    fix_days=5,
    fix_due=on("2026-10-27"),
    triage=COORDINATOR,
    to=LIGHTING,
)


@pytest.mark.parametrize("by", [COUNCIL, COORDINATOR, POLICE, HOUSING, CITIZEN])
def test_somebody_else_verifies(by: Actor) -> None:
    given(REPORTED, ASSIGNED, FIXED).when(verify(by=by)).then(
        FixVerified(stamp=stamp(by))
    )


def test_a_verified_case_is_over() -> None:
    finding = remembered(REPORTED, ASSIGNED, FIXED, VERIFIED)

    assert finding is not None
    assert (finding.status, finding.next_actor) == (Status.VERIFIED, None)
    assert finding.running == ()


@pytest.mark.parametrize("by", [LIGHTING, LAMP_ANNA, LAMP_BO])
def test_the_unit_that_marked_it_cannot_verify(by: Actor) -> None:
    given(REPORTED, ASSIGNED, fixed(LAMP_ANNA)).when(verify(by=by)).then_refused(
        Code.SAME_HANDS, NotAllowed
    )


def test_whoever_was_assigned_at_the_time_cannot_verify() -> None:
    given(REPORTED, ASSIGNED, fixed(OPERATIONS)).when(verify(by=LIGHTING)).then_refused(
        Code.SAME_HANDS, NotAllowed
    )


def test_whoever_was_assigned_before_can_verify() -> None:
    moved_on = assigned(OPERATIONS, day="2026-10-14")

    given(REPORTED, ASSIGNED, moved_on, fixed(OPERATIONS)).when(
        verify(by=LIGHTING)
    ).then(FixVerified(stamp=stamp(LIGHTING)))


def test_whoever_completed_a_part_cannot_verify() -> None:
    given(REPORTED, ASSIGNED, joint(), done(), FIXED).when(
        verify(by=GRID)
    ).then_refused(Code.SAME_HANDS, NotAllowed)


def test_a_person_cannot_verify_for_another_unit() -> None:
    elsewhere = Actor("municipality/operations/a17")

    given(REPORTED, ASSIGNED, fixed(LAMP_ANNA)).when(verify(by=elsewhere)).then_refused(
        Code.SAME_HANDS, NotAllowed
    )


def test_hands_stay_after_a_rejection() -> None:
    again = fixed(OPERATIONS, day="2026-10-21 09:00")

    given(
        REPORTED, ASSIGNED, joint(), done(), FIXED, REJECTED, assigned(POLICE), again
    ).when(verify(by=LIGHTING)).then_refused(Code.SAME_HANDS, NotAllowed)


def test_hands_are_forgotten_after_a_reopening() -> None:
    again = fixed(OPERATIONS, day="2026-10-21 09:00")

    given(REPORTED, ASSIGNED, FIXED, REOPENED, assigned(OPERATIONS), again).when(
        verify(by=LIGHTING)
    ).then(FixVerified(stamp=stamp(LIGHTING)))


def test_a_persons_hands_are_never_forgotten() -> None:
    """S1: the unit may look at what others did later; whoever worked on it may not."""
    again = fixed(OPERATIONS, day="2026-10-21 09:00")
    reopened = given(
        *(REPORTED, ASSIGNED, fixed(LAMP_ANNA), REOPENED),
        *(assigned(OPERATIONS), again),
    )

    reopened.when(verify(by=LAMP_ANNA)).then_refused(Code.SAME_HANDS, NotAllowed)
    reopened.when(verify(by=LAMP_BO)).then(FixVerified(stamp=stamp(LAMP_BO)))


def test_a_person_who_did_a_part_once_cannot_verify_from_another_unit() -> None:
    elsewhere = Actor("municipality/urban-planning/a17")
    again = fixed(OPERATIONS, day="2026-10-21 09:00")

    given(
        *(REPORTED, ASSIGNED, joint(to=LIGHTING), done(by=LAMP_ANNA), FIXED),
        *(REOPENED, assigned(OPERATIONS), again),
    ).when(verify(by=elsewhere)).then_refused(Code.SAME_HANDS, NotAllowed)


def away(substitute: Actor, first: str, last: str) -> AbsenceNoted:
    return AbsenceNoted(
        stamp=stamp(COORDINATOR),
        absent=LIGHTING,
        first=on(first),
        last=on(last),
        substitute=substitute,
        stands_in=substitute,
        tell=(),
    )


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-10-21", "2026-10-30"), ("2026-10-12", "2026-10-19")],
    ids=["now", "when it was fixed"],
)
def test_whoever_stands_in_for_the_assignee_cannot_verify(
    first: str, last: str
) -> None:
    """S2: also not the coordinator who assigned it."""
    given(REPORTED, ASSIGNED, FIXED, away=[away(COORDINATOR, first, last)]).when(
        verify(by=COORDINATOR)
    ).then_refused(Code.SAME_HANDS, NotAllowed)


def test_whoever_assigned_it_verifies_when_somebody_else_stands_in() -> None:
    absence = away(OPERATIONS, "2026-10-12", "2026-10-30")

    given(REPORTED, ASSIGNED, FIXED, away=[absence]).when(verify(by=COORDINATOR)).then(
        FixVerified(stamp=stamp(COORDINATOR))
    )


@pytest.mark.parametrize("facts", [(REPORTED,), (REPORTED, ASSIGNED)])
def test_only_a_fixed_case_is_verified(facts: tuple[FindingEvent, ...]) -> None:
    given(*facts).when(verify()).then_refused(Code.WRONG_STATUS)


@pytest.mark.parametrize("status", ENDED)
def test_an_ended_case_is_not_verified(status: Status) -> None:
    given(*HISTORIES[status]).when(verify()).then_refused(Code.CLOSED)


# --- How it was seen --------------------------------------------------------------

ASKED = changed_rules(limits={"evidence_from": TODAY})


def seen(**changes: object) -> Register:
    """Return rules that ask how a category like this was seen."""
    return with_category("LGT-FAIL", ASKED, after_dark=False, **changes)


@pytest.mark.parametrize(
    "look",
    [
        verify(evidence=Evidence.ON_SITE),
        verify(evidence=Evidence.PHOTO, same_point=True),
    ],
)
def test_a_look_says_how_it_was_seen(look: VerifyFix) -> None:
    given(REPORTED, ASSIGNED, FIXED, rules=seen()).when(look).then(
        FixVerified(
            stamp=stamp(COUNCIL), evidence=look.evidence, same_point=look.same_point
        )
    )


@pytest.mark.parametrize(
    "look",
    [verify(), verify(evidence=Evidence.PHOTO), verify(evidence=Evidence.DOCUMENT)],
)
def test_a_look_that_shows_nothing_is_none(look: VerifyFix) -> None:
    given(REPORTED, ASSIGNED, FIXED, rules=seen()).when(look).then_refused(
        Code.EVIDENCE_MISSING
    )


def test_light_is_judged_after_dark() -> None:
    dark = with_category("LGT-FAIL", ASKED, after_dark=True)
    look = given(REPORTED, ASSIGNED, FIXED, rules=dark)

    look.when(verify(evidence=Evidence.ON_SITE)).then_refused(Code.EVIDENCE_MISSING)
    assert look.when(verify(evidence=Evidence.ON_SITE, after_dark=True)).ask()


@pytest.mark.parametrize("evidence", Evidence)
def test_what_people_did_is_seen_in_any_way(evidence: Evidence) -> None:
    rules = seen(done="meeting", kind="social")

    assert (
        given(REPORTED, ASSIGNED, FIXED, rules=rules)
        .when(verify(evidence=evidence))
        .ask()
    )


def test_a_social_matter_needs_no_photo_from_the_same_point() -> None:
    rules = seen(kind="social")

    assert (
        given(REPORTED, ASSIGNED, FIXED, rules=rules)
        .when(verify(evidence=Evidence.PHOTO))
        .ask()
    )


def test_before_the_day_of_the_register_a_look_is_enough() -> None:
    later = changed_rules(limits={"evidence_from": "2026-10-22"})

    given(REPORTED, ASSIGNED, FIXED, rules=later).when(verify()).then(
        FixVerified(stamp=stamp(COUNCIL))
    )


def test_those_who_asked_hear_of_it() -> None:
    contacts = [Actor("participant/residents/c9"), Actor("participant/residents/c17")]

    given(REPORTED, ASSIGNED, FIXED, asked=contacts).when(verify()).then(
        FixVerified(stamp=stamp(COUNCIL), tell=tuple(sorted(contacts)))
    )
