"""What a report counts, from rows: only the cases that can count in its period.

Folding every fact gives the same; with five years of a town it takes fifty times as
long.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Select, select

from adapters.persistence.case_lists import held, that_counted
from adapters.persistence.row_store import RowStore
from adapters.system import Gadelys
from domain.calendar import Calendar
from domain.publication.commands import stream_of
from domain.publication.events import PublicationKind
from domain.values import Actor
from projections.cases import CASES, CaseRow
from projections.fold import Projection
from projections.kpis import Period
from projections.publications import PUBLICATIONS, PublicationRow
from projections.results import RESULTS, ResultLine
from projections.trails import Trails, cut, text_of, trails_of
from projections.versions import Asked
from projections.walk_paths import WALK_PATHS, WalkPath

RowT = TypeVar("RowT")

READ = (CASES, WALK_PATHS, RESULTS, PUBLICATIONS)
COUNTED_TEXTS = (PublicationKind.MESSAGE, PublicationKind.LEARNING)
"""The kinds of which an indicator counts how many were published."""

EARLIEST = date(1, 1, 2)
"""The first day that begins, in every zone, at a moment that can be written."""

AT_ONCE = 500
"""So many contacts are asked for in one statement."""


class _MovedOn(Exception):
    """Facts were stored while rows were read."""


def kept_trails(
    system: Gadelys,
    period: Period,
    happened: datetime,
    position: int,
    calendar: Calendar,
) -> Trails:
    """Return how things stood at a moment, of what was known at a position.

    Of cases that had ended, and of which nothing happened in the period, there is
    none: no figure counts them.

    Raises: Unavailable (projection_stopped).
    """
    system.catch_up([one.name for one in READ])
    reading = _Reading(system, period, Asked(happened), position, calendar)
    if system.store.last_position() == position:
        try:
            return reading.trails()
        except _MovedOn:
            pass
    return replace(reading, asked=Asked(happened, position)).trails()


@dataclass(frozen=True, slots=True)
class _Reading:
    """Rows of several projections that shall all have come to the same position."""

    system: Gadelys
    period: Period
    asked: Asked
    position: int
    calendar: Calendar

    def trails(self) -> Trails:
        """Return everything that a report counts.

        Raises: _MovedOn when rows of now are asked for and know of more by now.
        """
        walks = self._walks()
        return trails_of(
            cases=self._cases(),
            walks=walks,
            lines=self._lines(self._asked_for_answers(walks)),
            publications=self._texts(),
            calendar=self.calendar,
        )

    @property
    def _rows(self) -> RowStore:
        return self.system.rows

    @property
    def _happened(self) -> datetime:
        return self.asked.happened or self.system.now()

    def _cases(self) -> list[CaseRow]:
        begin = self.calendar.moment(max(self.period.first, EARLIEST), time())
        found: list[CaseRow] = []
        for query in that_counted(self._rows, self.asked, begin):
            found += self._answer(CASES, query)
        return sorted(found, key=attrgetter("number"))

    def _walks(self) -> list[WalkPath]:
        table = self._rows.table(WALK_PATHS)
        query = select(table).where(held(table, self.asked)).order_by(table.c.key)
        return self._answer(WALK_PATHS, query)

    def _asked_for_answers(self, walks: Iterable[WalkPath]) -> list[Actor]:
        """Return who asked to hear the results of a walk in the period."""
        day = self.calendar.local_day
        asked = {
            contact
            for walk in walks
            if walk.began_at and self.period.contains(day(walk.began_at))
            for contact in walk.asked
        }
        return sorted(asked)

    def _lines(self, contacts: Sequence[Actor]) -> list[ResultLine]:
        table = self._rows.table(RESULTS)
        known = table.c.position <= self.position
        lines: list[ResultLine] = []
        for begin in range(0, len(contacts), AT_ONCE):
            few = contacts[begin : begin + AT_ONCE]
            query = select(table).where(table.c.contact.in_(few), known)
            lines += self._answer(RESULTS, query)
        happened = (line for line in lines if line.at <= self._happened)
        return sorted(happened, key=attrgetter("position"))

    def _texts(self) -> Iterator[PublicationRow]:
        table = self._rows.table(PUBLICATIONS)
        query = select(table).where(table.c.kind.in_(COUNTED_TEXTS))
        for row in self._rows.rows(PUBLICATIONS, query.order_by(table.c.number)):
            facts = self.system.store.load(stream_of(row.number))
            known = cut(facts, self._happened, self.position)
            if text := text_of(row.number, known):
                yield text

    def _answer(self, projection: Projection[RowT], query: Select[Any]) -> list[RowT]:
        found, position = self._rows.asked(projection, query)
        if self.asked.known is None and position != self.position:
            raise _MovedOn
        return found
