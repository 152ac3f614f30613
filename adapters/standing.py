"""Questions that several interfaces ask alike: numbers, absences, messages, texts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from adapters.files.documents import Documents
from adapters.persistence.case_lists import highest_number
from adapters.system import Gadelys
from domain.delivery.answering import answering
from domain.roster.state import Absence, Roster
from domain.values import Actor
from projections.cases import CASES
from projections.deliveries import DELIVERIES, DeliveryRow, DeliveryState
from projections.publications import PUBLICATIONS
from projections.roster import ROSTER


@dataclass(frozen=True, slots=True)
class AbsenceLine:
    """One absence as it is shown: who stands in on the day that is looked at."""

    absent: Actor
    first: date
    last: date
    substitute: Actor | None
    stands_in: Actor


def absences_on(system: Gadelys, day: date, *, later: bool) -> Iterator[AbsenceLine]:
    """Yield the absences that count on `day`, and `later` ones if wished."""
    system.catch_up([ROSTER.name])
    table = system.rows.table(ROSTER)
    query = select(table).where(table.c.until >= day)
    register, known = system.rules().register, system.rules().roster
    for row in system.rows.rows(ROSTER, query):
        for absence in row.absences:
            seen_on = max(day, absence.first)
            if _counts(absence, seen_on, known) and (later or seen_on == day):
                yield AbsenceLine(
                    absent=absence.absent,
                    first=absence.first,
                    last=absence.last,
                    substitute=absence.substitute,
                    stands_in=known.cover_for(absence.absent, seen_on, register),
                )


def _counts(absence: Absence, day: date, known: Roster) -> bool:
    """Whether this absence, and no newer one, is what counts on `day`."""
    return known.noted(absence.absent, day) == absence


def messages_in(system: Gadelys, *states: DeliveryState) -> list[DeliveryRow]:
    """Return the messages in these states, the oldest first."""
    system.catch_up([DELIVERIES.name])
    table = system.rows.table(DELIVERIES)
    query = select(table).where(table.c.state.in_([state.value for state in states]))
    return system.rows.rows(DELIVERIES, query.order_by(table.c.since, table.c.key))


def whose_task(row: DeliveryRow, system: Gadelys) -> Actor | None:
    """Return whose task a message is; nobody's while it goes on by itself."""
    if row.state is DeliveryState.PENDING:
        return None
    return row.answering or answering(row.recipient, system.rules().register)


def next_number(system: Gadelys) -> str:
    """Return the number after the highest of this year: `2026-19`."""
    zone = system.rules().register.working_days.zone
    prefix = f"{system.now().astimezone(zone):%Y}-"
    system.catch_up([CASES.name])
    return f"{prefix}{highest_number(system.rows, prefix) + 1:02d}"


def next_publication(system: Gadelys) -> str:
    """Return the number after the highest of this year: `2027-003`."""
    zone = system.rules().register.working_days.zone
    prefix = f"{system.now().astimezone(zone):%Y}-"
    system.catch_up([PUBLICATIONS.name])
    taken = [
        int(row.number.removeprefix(prefix))
        for row in system.rows.rows(PUBLICATIONS)
        if row.number.startswith(prefix) and row.number[len(prefix) :].isdigit()
    ]
    return f"{prefix}{max(taken, default=0) + 1:03d}"


def documents_of(system: Gadelys) -> Documents:
    """Return the texts of an installation."""
    settings = system.settings
    return Documents(settings.documents_folder, settings.published_folder)
