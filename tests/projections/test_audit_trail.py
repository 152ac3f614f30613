"""Who did what when: one row per fact, nothing left out, nothing made up."""

from domain.register.adoption import RegisterAdopted
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
        stream=f"finding/{ex.NUMBER}",
        version=2,
        topic="finding.assigned.v1",
        by=ex.COORDINATOR,
        at=ex.moment("2026-10-12"),
        recorded_at=LEARNED,
        register=1,
        event_id=facts[1].event_id,
        command_id=ex.ASSIGNED.stamp.command_id,
        details={"to": "municipality/street-lighting", "urgent": False},
    )


def test_an_adopted_register_is_not_repeated() -> None:
    adopted = RegisterAdopted(stamp=ex.stamp(), rules=ex.register())

    [row] = rows_of(AUDIT_TRAIL, recorded(adopted, stream="register/main")).values()

    assert (row.topic, row.details) == ("register.adopted.v1", {})


def test_every_fact_of_a_long_history_has_its_row() -> None:
    rows = rows_of(AUDIT_TRAIL, long_history())

    assert [row.position for row in rows.values()] == [
        fact.position for fact in long_history()
    ]
    assert all("stamp" not in row.details for row in rows.values())
