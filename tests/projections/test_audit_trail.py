"""Who did what when: one row per fact, nothing left out, nothing made up."""

from projections.audit_trail import AUDIT_TRAIL, AuditRow
from tests import examples as ex
from tests.projections.folding import LEARNED, recorded, rows_of
from tests.projections.long_history import long_history


def test_a_fact_becomes_one_row() -> None:
    facts = recorded(ex.REPORTED, ex.ASSIGNED, first=7)

    rows = rows_of(AUDIT_TRAIL, facts)

    assert list(rows) == ["7", "8"]
    assert rows["8"] == AuditRow(
        position=8,
        stream=facts[1].stream,
        version=2,
        topic="finding.assigned.v1",
        by=ex.COORDINATOR,
        at=ex.moment("2026-10-12"),
        recorded_at=LEARNED,
    )


def test_every_fact_of_a_long_history_has_its_row() -> None:
    rows = rows_of(AUDIT_TRAIL, long_history())

    assert [row.position for row in rows.values()] == [
        fact.position for fact in long_history()
    ]


def test_what_people_wrote_is_not_repeated() -> None:
    [row] = rows_of(AUDIT_TRAIL, recorded(ex.REPORTED)).values()

    assert ex.REPORTED.text not in str(row)
