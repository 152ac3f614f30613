"""Who is away: one row per person or unit, folded from the roster's facts."""

from domain.roster.events import AbsenceEnded, AbsenceNoted, RosterEvent
from domain.roster.state import Absence
from domain.values import Actor
from projections.roster import ROSTER, RosterRow
from tests.examples import (
    COORDINATOR,
    LAMP_ANNA,
    LAMP_BO,
    LEADER,
    LIGHTING,
    moment,
    on,
    stamp,
)
from tests.projections.folding import folded, recorded, rows_of


def noted(
    absent: Actor, first: str, last: str, substitute: Actor | None = None
) -> AbsenceNoted:
    return AbsenceNoted(
        stamp=stamp(),
        absent=absent,
        first=on(first),
        last=on(last),
        substitute=substitute,
        stands_in=substitute or LEADER,
        tell=(substitute or LEADER,),
    )


def ended(absent: Actor, last: str) -> AbsenceEnded:
    return AbsenceEnded(stamp=stamp(LEADER), absent=absent, last=on(last))


AUTUMN = noted(LAMP_ANNA, "2026-10-26", "2026-11-06", LAMP_BO)
WINTER = noted(LAMP_ANNA, "2026-12-21", "2027-01-03")


def row(*events: RosterEvent, key: Actor = LAMP_ANNA) -> RosterRow | None:
    return folded(ROSTER, key, recorded(*events, stream="roster/main"))


def test_an_absence_is_a_row_with_who_noted_it() -> None:
    assert row(AUTUMN) == RosterRow(
        absent=LAMP_ANNA,
        unit=LIGHTING,
        until=on("2026-11-06"),
        absences=(Absence(LAMP_ANNA, on("2026-10-26"), on("2026-11-06"), LAMP_BO),),
        by=COORDINATOR,
        at=moment(),
        version=1,
    )


def test_several_absences_of_one_person_are_one_row() -> None:
    found = row(WINTER, AUTUMN)

    assert found
    assert found.until == on("2027-01-03")
    assert [absence.first for absence in found.absences] == [
        on("2026-12-21"),
        on("2026-10-26"),
    ]


def test_an_absence_that_ends_sooner_is_shorter() -> None:
    found = row(AUTUMN, ended(LAMP_ANNA, "2026-10-30"))

    assert found
    assert (found.until, found.by, found.version) == (on("2026-10-30"), LEADER, 2)


def test_an_absence_that_never_came_leaves_no_row() -> None:
    assert row(AUTUMN, ended(LAMP_ANNA, "2026-10-25")) is None


def test_a_person_and_the_unit_have_rows_of_their_own() -> None:
    facts = recorded(
        AUTUMN, noted(LIGHTING, "2026-12-24", "2027-01-03"), stream="roster/main"
    )

    assert set(rows_of(ROSTER, facts)) == {LAMP_ANNA, LIGHTING}


def test_an_end_without_a_beginning_is_no_row() -> None:
    assert row(ended(LAMP_ANNA, "2026-10-30")) is None
