"""Each figure of the council report on a small history, worked out by hand.

One walk on Thursday 8 October 2026: 19 came, six of them from groups that are heard
less often. Twelve findings, all reported on Friday 9 October. A case is assigned on
Monday 12th (1 working day) unless it says otherwise, and due on Friday 23rd. Thirty
working days end on Friday 20 November; the report is of Monday 23 November.

| No. | What happened                                             | On 23 November    |
|-----|-----------------------------------------------------------|-------------------|
| 01  | fixed Mon 19th (6) by the lighting unit, verified 20th (7) | verified          |
| 02  | as 01, reopened 21st, due 28th                            | assigned, overdue |
| 03  | fixed Tue 27th (12), two days late; nobody verifies       | fixed, overdue    |
| 04  | on hold (budget) from Wed 14th, review Fri 30th           | on hold, overdue  |
| 05  | hold for a third party Wed 14th–Mon 19th (3), goes on     | assigned, overdue |
| 06  | decline proposed 19th, approved 20th                      | declined          |
| 07  | merged into 03                                            | merged            |
| 08  | referred out                                              | referred          |
| 09  | a positive place                                          | positive          |
| 10  | social; nobody has been given it                          | reported, overdue |
| 11  | social; accepted on the 13th                              | assigned, overdue |
| 12  | offered to the police Tue 13th, who refuse Thu 15th (2);  | assigned, overdue |
|     | offered again Fri 16th, taken Mon 19th (1)                |                   |

Counted: 01–06 and 10–12, nine cases.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.reports import known
from domain.calendar import END_OF_DAY
from domain.delivery.events import DeliverySent
from domain.finding.events import (
    AssignmentAccepted,
    FindingEvent,
    FindingReopened,
    FindingResumed,
    FixVerified,
    HandoverAccepted,
    HandoverRefused,
)
from domain.messages import Recorded
from domain.values import CLOCK, Actor, Kind
from domain.walk.events import (
    AnswerAsked,
    AnsweredBy,
    Attendance,
    ParticipantAnswered,
    PlanAgreed,
    ReplyChannel,
    WalkEvaluated,
    WalkHeld,
)
from projections.cases import CASES
from projections.kpis import (
    Cohort,
    Kpi,
    KpiCode,
    Measure,
    Part,
    PartOf,
    Period,
    cohort_of,
    kpis,
    median,
    p90,
)
from projections.small_numbers import LEAST, OTHERS, published, together
from projections.walk_report import walk_report
from tests import examples as ex
from tests.projections.folding import recorded, rows_of
from tests.projections.long_history import long_history

AUTUMN = Period(date(2026, 7, 1), date(2026, 12, 31))
DAY = date(2026, 11, 23)
CALENDAR = ex.register().working_days
BENT = Actor("participant/residents/bent")
CARL = Actor("participant/residents/carl")
DORA = Actor("participant/residents/dora")

ON_WALK = ex.REPORTED.model_copy(update={"walk": ex.WALK})
SOCIAL = ON_WALK.model_copy(update={"category": "CIT-MEET", "kind": Kind.SOCIAL})
SO_FAR = (ON_WALK, ex.ASSIGNED)
TOLD_BENT = ex.VERIFIED.model_copy(update={"tell": (BENT,)})
TOLD_CARL = ex.DECLINED.model_copy(update={"tell": (CARL,)})
REOPENED = FindingReopened(
    stamp=ex.stamp(ex.COORDINATOR, "2026-10-21"),
    reason="Slukket igen.",
    fix_days=5,
    fix_due=ex.on("2026-10-28"),
    triage=ex.COORDINATOR,
    to=ex.LIGHTING,
)
RESUMED = FindingResumed(
    stamp=ex.stamp(ex.LIGHTING, "2026-10-19"), held_days=3, fix_due=ex.on("2026-10-28")
)
ACCEPTED = AssignmentAccepted(stamp=ex.stamp(ex.LIGHTING, "2026-10-13"))

HISTORIES: dict[str, tuple[FindingEvent, ...]] = {
    "2026-01": (*SO_FAR, ex.FIXED, TOLD_BENT),
    "2026-02": (*SO_FAR, ex.FIXED, ex.VERIFIED, REOPENED),
    "2026-03": (*SO_FAR, ex.fixed(day="2026-10-27")),
    "2026-04": (*SO_FAR, ex.HELD.model_copy(update={"reason_code": "budget"})),
    "2026-05": (*SO_FAR, ex.HELD, RESUMED),
    "2026-06": (*SO_FAR, ex.PROPOSED, TOLD_CARL),
    "2026-07": (ON_WALK, ex.MERGED.model_copy(update={"master": "2026-03"})),
    "2026-08": (ex.REFERRED.model_copy(update={"walk": ex.WALK}),),
    "2026-09": (ex.KEPT.model_copy(update={"walk": ex.WALK}),),
    "2026-10": (SOCIAL,),
    "2026-11": (SOCIAL, ex.ASSIGNED, ACCEPTED),
    "2026-12": (
        *SO_FAR,
        ex.offered(day="2026-10-13"),
        HandoverRefused(stamp=ex.stamp(ex.POLICE, "2026-10-15"), reason="Ikke nu."),
        ex.offered(day="2026-10-16"),
        HandoverAccepted(stamp=ex.stamp(ex.POLICE, "2026-10-19"), to=ex.POLICE),
    ),
}

WALK = (
    WalkHeld(
        stamp=ex.stamp(day="2026-10-08 20:00"),
        plan=ex.walk_plan(),
        attendance=Attendance(
            participants=(
                ("local_council", 2),
                ("police_prevention", 2),
                ("accessibility_committee", 1),
                ("youth", 1),
                ("residents", 13),
            ),
            of_which={"senior": 3, "aged_15_24": 2},
        ),
        draft_due=ex.on("2026-10-15"),
        minutes_due=ex.on("2026-10-22"),
        plan_due=ex.on("2026-10-29"),
        feedback_due=ex.on("2026-11-05"),
        follow_up_on=ex.on("2027-04-08"),
        evaluation_due=ex.on("2027-06-08"),
    ),
    *(
        AnswerAsked(stamp=ex.stamp(day="2026-10-08"), contact=who, channel=how)
        for who, how in (
            (BENT, ReplyChannel.MAIL),
            (CARL, ReplyChannel.NONE),
            (DORA, ReplyChannel.MAIL),
        )
    ),
    ParticipantAnswered(
        stamp=ex.stamp(day="2026-10-28"), contact=CARL, how=AnsweredBy.PHONE
    ),
    WalkEvaluated(stamp=ex.stamp(day="2026-11-20"), learnings="Lys først.", helped=2),
)


@cache
def facts() -> tuple[Recorded, ...]:
    """Return everything; Bent was sent a mail about 01 a day after the check."""
    found: list[Recorded] = []
    for number, events in HISTORIES.items():
        found += recorded(*events, stream=f"finding/{number}", first=len(found) + 1)
    about = next(one for one in found if one.event is TOLD_BENT)
    sent = DeliverySent(
        stamp=ex.stamp(CLOCK, "2026-10-21 08:30"),
        recipient=BENT,
        batch=1,
        message_id="1@gadelys",
        notices=(about.event_id,),
    )
    found += recorded(sent, stream=f"delivery/{BENT}", first=len(found) + 1)
    found += recorded(*WALK, stream=f"walk/{ex.WALK}", first=len(found) + 1)
    return tuple(found)


def counted(
    history: Sequence[Recorded], day: date = DAY, period: Period = AUTUMN
) -> dict[KpiCode, Kpi]:
    return {one.code: one for one in kpis(cohort(history, day, period))}


def cohort(history: Sequence[Recorded], day: date, period: Period = AUTUMN) -> Cohort:
    return cohort_of(history, period, day, CALENDAR)


BY_HAND = {
    KpiCode.WALKS: (1, None, 1, None),
    KpiCode.HEARD: (6, 19, 31.6, None),  # 3 old, 2 young (1 of them twice), 1 disabled
    KpiCode.FINDINGS_PER_WALK: (9, 1, 9.0, None),
    KpiCode.SOCIAL: (2, 9, 22.2, None),  # 10 11
    KpiCode.SOLVED: (1, 8, 12.5, None),  # 01, of nine without 06
    KpiCode.ANSWERED: (6, 9, 66.7, None),  # 01 02 03 06 11 12
    KpiCode.TO_ASSIGNED: (None, 8, 1, 1),  # all but 10
    KpiCode.TO_FIXED: (None, 2, 9, 12),  # 01: 6, 03: 12
    KpiCode.TO_VERIFIED: (None, 1, 7, 7),  # 01
    KpiCode.ON_TIME: (1, 2, 50.0, None),  # 01 of 01 03
    KpiCode.OVERDUE: (7, None, 7, None),  # 02 03 04 05 10 11 12
    KpiCode.DECLINED: (1, 9, 11.1, None),  # 06
    KpiCode.REOPENED: (1, 2, 50.0, None),  # 02 of 01 02
    KpiCode.REFUSED: (1, 2, 50.0, None),
    KpiCode.TO_ANSWER: (None, 2, 1.5, 2),  # 2 days, then 1
    KpiCode.HOLD_DAYS: (31, 2, 31, None),  # 04: 28 so far, 05: 3
    KpiCode.TOLD: (1, 2, 50.0, None),  # Bent in time, Carl a day late, Dora waits
    KpiCode.OTHER_EYES: (1, 1, 100.0, None),  # 01, by the local council
    KpiCode.HELPED: (2, 1, 2.0, None),
    KpiCode.SPREAD: (1, None, 1, None),
}


@pytest.mark.parametrize("code", KpiCode)
def test_each_figure_is_the_one_worked_out_by_hand(code: KpiCode) -> None:
    kpi = counted(facts())[code]

    assert (kpi.numerator, kpi.denominator, kpi.value, kpi.p90) == BY_HAND[code]


CASES_BEHIND = {
    KpiCode.SOCIAL: "10 11",
    KpiCode.SOLVED: "01",
    KpiCode.ANSWERED: "01 02 03 06 11 12",
    KpiCode.TO_FIXED: "01 03",
    KpiCode.ON_TIME: "01",
    KpiCode.OVERDUE: "02 03 04 05 10 11 12",
    KpiCode.DECLINED: "06",
    KpiCode.REOPENED: "02",
    KpiCode.REFUSED: "12",
    KpiCode.HOLD_DAYS: "04 05",
    KpiCode.OTHER_EYES: "01",
}


@pytest.mark.parametrize("code", CASES_BEHIND)
def test_the_cases_behind_a_figure_are_named(code: KpiCode) -> None:
    hits = [number.removeprefix("2026-") for number in counted(facts())[code].hits]

    assert hits == CASES_BEHIND[code].split()


def test_what_is_left_out_is_counted_and_said_why() -> None:
    found = counted(facts())
    never = {"positive": 1, "merged": 1, "referred": 1}

    assert found[KpiCode.SOLVED].excluded == never | {"declined": 1}
    assert found[KpiCode.ON_TIME].excluded == never | {"not_fixed": 7}
    assert found[KpiCode.TOLD].excluded == {"no_result_yet": 1}


def test_a_case_is_not_ripe_before_its_thirtieth_working_day() -> None:
    before, on_the_day = (
        counted(facts(), day)[KpiCode.ANSWERED]
        for day in (date(2026, 11, 19), date(2026, 11, 20))
    )

    assert (before.denominator, before.excluded["too_young"]) == (0, 9)
    assert before.value is None
    assert on_the_day.denominator == 9


def test_a_plan_that_both_agreed_on_answers_every_case_of_the_walk() -> None:
    agreed = PlanAgreed(stamp=ex.stamp(day="2026-10-29"))
    stream, first = f"walk/{ex.WALK}", len(facts()) + 1
    with_plan = (*facts(), *recorded(agreed, stream=stream, first=first))

    assert counted(with_plan)[KpiCode.ANSWERED].numerator == 9


def test_a_fix_during_a_hold_is_in_time_if_the_hold_began_in_time() -> None:
    events = (*SO_FAR, ex.HELD, ex.fixed(day="2026-11-06"))

    assert counted(recorded(*events))[KpiCode.ON_TIME].numerator == 1


def test_the_unit_that_fixed_it_is_not_another_pair_of_eyes() -> None:
    own = FixVerified(stamp=ex.stamp(ex.LAMP_BO, "2026-10-20"))
    found = counted(recorded(*SO_FAR, ex.FIXED, own))

    assert found[KpiCode.OTHER_EYES].numerator == 0


def test_the_parts_name_units_reasons_directions_and_areas() -> None:
    found = counted(facts())

    assert [(part.key, part.value) for part in found[KpiCode.HOLD_DAYS].parts] == [
        ("budget", 28),
        ("third_party", 3),
    ]
    assert [part.key for part in found[KpiCode.REFUSED].parts] == [
        "municipality>police"
    ]
    assert [(p.key, p.n) for p in found[KpiCode.SPREAD].parts] == [("Aalborg Øst", 9)]
    units = {p.key: p.n for p in found[KpiCode.OVERDUE].parts if p.by is PartOf.UNIT}
    assert units == {
        "municipality/street-lighting": 4,  # 02 04 05 11
        "municipality/walk-coordinator": 2,  # 03 to be verified, 10 to be assigned
        "police/prevention": 1,  # 12
    }


def test_only_the_period_and_the_area_asked_for_are_counted() -> None:
    before = Period(date(2026, 1, 1), date(2026, 6, 30))
    elsewhere = replace(AUTUMN, area="Vejgaard")
    here = replace(AUTUMN, area="Aalborg Øst")

    assert counted(facts(), period=before)[KpiCode.SOLVED].denominator == 0
    assert counted(facts(), period=before)[KpiCode.OVERDUE].numerator == 7
    assert counted(facts(), period=elsewhere)[KpiCode.OVERDUE].numerator == 0
    assert counted(facts(), period=here) == counted(facts())


def test_a_walk_of_a_later_day_has_not_been_held() -> None:
    assert counted(facts(), date(2026, 10, 7))[KpiCode.WALKS].value == 0


# ---- as of a day ----


@given(days=st.integers(min_value=0, max_value=60))
def test_a_past_day_is_what_a_history_that_ends_there_says(days: int) -> None:
    day = date.fromordinal(date(2026, 10, 1).toordinal() + days)
    until = CALENDAR.moment(day, END_OF_DAY)
    played = long_history()

    assert counted(played, day) == counted(known(played, until, None), day)


@given(position=st.integers(min_value=0, max_value=len(long_history())))
def test_what_was_known_is_what_a_shorter_history_says(position: int) -> None:
    played = long_history()
    then = kpis(cohort_of(played, AUTUMN, DAY, CALENDAR, position))

    assert list(then) == list(counted(played[:position]).values())


@pytest.mark.parametrize("day", ["2026-10-20", "2026-11-05", "2026-11-22"])
def test_the_rows_of_the_cases_give_the_same_totals(day: str) -> None:
    """What a walk's report counts from rows, the figures count from facts."""
    until = ex.moment(f"{day} 23:59:59")
    rows = rows_of(CASES, known(long_history(), until, None)).values()
    found = counted(long_history(), ex.on(day))

    report = walk_report(ex.WALK, rows, ex.on(day), 1, CALENDAR)

    rate = report["solution_rate"]
    solved, overdue = found[KpiCode.SOLVED], found[KpiCode.OVERDUE]
    assert (solved.numerator, solved.denominator) == (
        rate["numerator"],
        rate["denominator"],
    )
    assert found[KpiCode.DECLINED].numerator == report["declined"]
    assert found[KpiCode.DECLINED].denominator == report["reported"]
    assert list(found[KpiCode.SOCIAL].hits) == report["social_share"]["social"]
    assert found[KpiCode.REOPENED].denominator == report["reopen_rate"]["ever_verified"]
    assert {*report["fix_overdue"], *report["verify_overdue"]} <= {*overdue.hits}


# ---- what may be published ----


def test_no_rate_is_published_that_divides_by_fewer_than_five() -> None:
    shown = {code: published(kpi) for code, kpi in counted(facts()).items()}

    assert shown[KpiCode.SOLVED].value == 12.5
    assert shown[KpiCode.REOPENED].hidden
    assert shown[KpiCode.REOPENED].value is None
    assert shown[KpiCode.REOPENED].numerator is None
    assert shown[KpiCode.TOLD].hidden
    assert shown[KpiCode.FINDINGS_PER_WALK].value == 9.0
    assert all(kpi.counted == kpi.hits == () for kpi in shown.values())


def test_small_groups_of_people_are_put_together() -> None:
    parts = published(counted(facts())[KpiCode.HEARD]).parts

    assert [(part.key, part.n) for part in parts] == [("residents", 13), (OTHERS, 6)]


SIZES = st.lists(st.integers(min_value=1, max_value=12), max_size=8)


@given(sizes=SIZES)
def test_no_difference_gives_a_small_line_away(sizes: list[int]) -> None:
    parts = [Part(PartOf.AREA, str(n), size, size) for n, size in enumerate(sizes)]
    shown = together(parts)

    assert all(part.hidden or (part.n or 0) >= LEAST for part in shown)
    assert all(part.key == OTHERS for part in shown if part.hidden)
    assert not any(part.hidden for part in shown) or len(shown) == 1


def test_nine_of_ten_is_the_nearest_rank() -> None:
    assert p90([]) is None
    assert p90([4]) == 4
    assert p90(list(range(1, 11))) == 9
    assert p90(list(range(1, 12))) == 10


@pytest.mark.parametrize(
    ("days", "middle"), [([], None), ([3], 3), ([9, 1, 4], 4), ([4, 1, 2, 9], 3)]
)
def test_the_median_is_the_middle_one(days: list[int], middle: float | None) -> None:
    assert median(days) == middle


def test_people_are_not_counted_where_few_are_left_over() -> None:
    kpi = Kpi(KpiCode.TOLD, Measure.PERCENT, 9, 10, 90.0)

    assert published(kpi).hidden


def test_the_few_people_that_were_left_out_are_not_told_of() -> None:
    kpi = Kpi(
        KpiCode.TOLD, Measure.PERCENT, 10, 20, 50.0, excluded={"no_result_yet": 2}
    )

    assert published(kpi).value == 50.0
    assert published(kpi).excluded == {}
