"""What runs out when: every running clock has its own day, all others none."""

from datetime import date

import pytest

from domain.finding.events import FindingEvent
from domain.finding.state import Status
from domain.values import Actor, Authority
from projections.overdue import OVERDUE, OverdueRow
from tests import examples as ex
from tests.projections.folding import row_of

SO_FAR = (ex.REPORTED, ex.ASSIGNED)


def days(row: OverdueRow) -> tuple[date | None, ...]:
    return (row.acknowledge_due, row.fix_due, row.verify_due, row.review_on)


def on(*texts: str | None) -> tuple[date | None, ...]:
    return tuple(date.fromisoformat(text) if text else None for text in texts)


@pytest.mark.parametrize(
    ("facts", "unit", "due"),
    [
        (
            (ex.REPORTED,),
            ex.COORDINATOR,
            on("2026-10-13", "2026-10-23", None, None),
        ),
        (SO_FAR, ex.LIGHTING, on(None, "2026-10-23", None, None)),
        ((*SO_FAR, ex.OFFERED), ex.POLICE, on(None, "2026-10-23", None, None)),
        ((*SO_FAR, ex.HELD), ex.LIGHTING, on(None, None, None, "2026-10-30")),
        ((*SO_FAR, ex.FIXED), ex.COORDINATOR, on(None, None, "2026-10-26", None)),
    ],
)
def test_only_running_clocks_have_a_day(
    facts: tuple[FindingEvent, ...], unit: Actor, due: tuple[date | None, ...]
) -> None:
    row = row_of(OVERDUE, *facts)

    assert (row.unit, row.authority) == (unit, unit.authority)
    assert days(row) == due


@pytest.mark.parametrize("status", ex.ENDED)
def test_nothing_runs_when_a_case_has_ended(status: Status) -> None:
    assert days(row_of(OVERDUE, *ex.HISTORIES[status])) == on(None, None, None, None)


def test_a_person_counts_for_the_unit() -> None:
    row = row_of(OVERDUE, ex.REPORTED, ex.assigned(ex.LAMP_ANNA))

    assert row.unit == ex.LIGHTING


def test_a_partner_is_an_authority_of_its_own() -> None:
    row = row_of(OVERDUE, ex.REPORTED, ex.assigned(ex.GRID))

    assert row.authority is Authority.PARTNER
