"""Who must hear of what: one row per fact and recipient."""

import pytest

from domain.finding.events import (
    ClockName,
    FindingCorrected,
    FindingEscalated,
    FindingEvent,
    Occasion,
    OccasionKind,
    ReminderRaised,
)
from domain.values import CLOCK, Actor, Severity, StreamId
from projections.notices import NOTICES, NoticeRow
from tests import examples as ex
from tests.projections.folding import recorded, rows_of

OCCASION = Occasion(
    clock=ClockName.FIX, run=1, kind=OccasionKind.LATE, on=ex.on("2026-10-30")
)
REMINDER = ReminderRaised(stamp=ex.stamp(CLOCK), occasions=(OCCASION,), to=ex.LAMP_ANNA)
ESCALATED = FindingEscalated(
    stamp=ex.stamp(CLOCK), level=3, run=1, to=(ex.COORDINATOR, ex.POLICE)
)


def told(event: FindingEvent) -> list[Actor]:
    return [row.recipient for row in rows_of(NOTICES, recorded(event)).values()]


@pytest.mark.parametrize(
    ("event", "recipients"),
    [
        (ex.reported(by=ex.COUNCIL), [ex.COORDINATOR]),
        (ex.reported(by=ex.COORDINATOR), []),
        (ex.KEPT, []),
        (ex.ASSIGNED, [ex.LIGHTING]),
        (ex.OFFERED, [ex.POLICE]),
        (ex.FIXED, [ex.COORDINATOR]),
        (ex.PROPOSED, [ex.LEADER]),
        (ex.VERIFIED, []),
        (ex.DECLINED, []),
        (FindingCorrected(stamp=ex.stamp(), reason="Set.", text="Ny."), []),
        (REMINDER, [ex.LIGHTING]),
        (ESCALATED, [ex.COORDINATOR, ex.POLICE]),
    ],
)
def test_those_hear_of_it_who_did_not_do_it(
    event: FindingEvent, recipients: list[Actor]
) -> None:
    assert told(event) == recipients


def test_the_whole_row_of_a_reminder() -> None:
    [fact] = recorded(REMINDER, first=9)

    assert rows_of(NOTICES, [fact]) == {
        "9/municipality/street-lighting": NoticeRow(
            position=9,
            recipient=ex.LIGHTING,
            urgent=False,
            event_id=fact.event_id,
            stream=StreamId(f"finding/{ex.NUMBER}"),
            version=1,
            number=ex.NUMBER,
            topic="finding.reminder_raised.v1",
            at=ex.moment(),
            details={
                "occasions": [
                    {"clock": "fix", "run": 1, "kind": "late", "on": "2026-10-30"}
                ]
            },
        )
    }


def test_an_escalation_says_its_level() -> None:
    rows = rows_of(NOTICES, recorded(ESCALATED)).values()

    assert [row.details for row in rows] == [{"level": 3, "run": 1}] * 2


def test_what_is_acute_is_urgent() -> None:
    acute = ex.reported(by=ex.COUNCIL, severity=Severity.ACUTE)

    [row] = rows_of(NOTICES, recorded(acute)).values()

    assert row.urgent


def test_no_row_holds_what_people_wrote() -> None:
    events = (ex.reported(by=ex.COUNCIL), ex.OFFERED, ex.PROPOSED, ex.FIXED)

    rows = rows_of(NOTICES, recorded(*events)).values()

    words = [
        *("To lamper er slukket.", "Lampen skydes ud.", "Stien nedlægges."),
    ]
    assert len(rows) == 4
    assert not any(word in str(row) for row in rows for word in words)
